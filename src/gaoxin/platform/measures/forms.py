"""What is typed on the pages of following up."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from gaoxin.platform.frame.forms import DateInput, Form
from gaoxin.platform.language import say, words
from gaoxin.platform.measures import catalogue
from gaoxin.platform.measures.models import Figure, Link, Node, Origin
from gaoxin.platform.measures.models.notices import FRESH_DAYS, default_days
from gaoxin.platform.measures.models.progress import Light
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books


def _long(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Filters(Form):
    """The filters of the list; they live in the address."""

    q = forms.CharField(label=words("事项、条款或代码", "Measure, clause or code"), required=False)
    node = forms.ChoiceField(
        label=words("节点", "Node"), required=False, choices=[("", words("全部", "all")), *Node.choices]
    )
    light = forms.ChoiceField(
        label=words("亮灯", "Light"), required=False, choices=[("", words("全部", "all")), *Light.choices]
    )
    unit = forms.CharField(label=words("单位代码", "Code of a unit"), required=False)
    notice = forms.CharField(label=words("通知代码", "Code of a notice"), required=False)
    before = forms.DateField(label=words("期限不晚于", "Due by"), required=False, widget=DateInput())
    late = forms.BooleanField(label=words("只看逾期", "Overdue only"), required=False)
    mine = forms.BooleanField(label=words("只看待我办理", "Waiting for me only"), required=False)

    _FIRST = ("q", "mine", "late")

    @property
    def first(self) -> list[forms.BoundField]:
        """Those that are always in sight."""
        return [self[name] for name in self._FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        """Those that are folded away."""
        return [field for field in self if field.name not in self._FIRST]

    @property
    def narrowed(self) -> bool:
        """Whether one of those is in use."""
        return any(field.value() for field in self.more)


class Receive(Form):
    """A notice as a file."""

    file = forms.FileField(
        label=words("通知文件", "File of the notice"),
        help_text=words("txt、docx、html 或带文字的 pdf", "txt, docx, html, or pdf with text"),
    )
    code = forms.CharField(
        label=words("代码", "Code"), max_length=40, help_text=words("例如 hf-2021-9", "for example hf-2021-9")
    )
    title_en = forms.CharField(label=words("英文标题", "Title in English"), max_length=300, required=False)


class Register(Form):
    """What is settled when a notice is registered."""

    title = forms.CharField(label=words("标题", "Title"), max_length=300)
    fresh_days = forms.IntegerField(label=words("进展多少天内算最新", "Progress is fresh for days"), initial=FRESH_DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for node, number in default_days().items():
            label = words(f"“{_zh(node)}”后的天数", f"Days after “{_en(node)}”")
            self.fields[node] = forms.IntegerField(label=label, initial=number)

    @property
    def days(self) -> dict[str, int]:
        """Days for each node."""
        return {node: self.cleaned_data[node] for node in default_days()}


_NAMES = {
    "registered": ("立项", "registered"), "split": ("分解", "split"), "assigned": ("交办", "assigned"),
    "signed": ("签收", "signed for"), "reported": ("反馈", "reported"), "reviewed": ("审核", "reviewed"),
}  # fmt: skip


def _zh(node: str) -> str:
    return _NAMES[node][0]


def _en(node: str) -> str:
    return _NAMES[node][1]


class Split(Form):
    """The measures of a clause, one a line."""

    lines = forms.CharField(
        label=words("每行一项", "One measure a line"),
        widget=_long(8),
        help_text=words(
            "用本条的原文；改写请写“改写 &lt;= 原文”",
            "In words of the clause; to reword, write “own words &lt;= words of the clause”",
        ),
    )


class WithUnits(Form):
    """A form in which organisations are chosen; ``chosen`` gives them back."""

    def __init__(self, *args: Any, units: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.code: unit for unit in units}
        choices = [(code, f"{unit} · {code}") for code, unit in self.units.items()]
        self.choosing = [name for name, field in self.fields.items() if isinstance(field, forms.ChoiceField)]
        for name in self.choosing:
            field = self.fields[name]
            several = isinstance(field, forms.MultipleChoiceField)
            field.choices = choices if several else [("", "—"), *choices]  # type: ignore[attr-defined]

    def chosen(self, name: str) -> Any:
        """The organisation, or organisations, chosen in the field ``name``."""
        value = self.cleaned_data[name]
        return [self.units[code] for code in value] if isinstance(value, list) else self.units[value]


class DecideUnit(WithUnits):
    """What a unit of a notice means."""

    organisations = forms.MultipleChoiceField(
        label=words("平台上的机构", "Organisations of the platform"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    outside = forms.BooleanField(label=words("不在平台内", "Not on the platform"), required=False)


class Assign(WithUnits):
    """To whom, and by when."""

    lead = forms.ChoiceField(label=words("牵头单位", "Lead unit"))
    cooperating = forms.MultipleChoiceField(
        label=words("配合单位", "Co-operating units"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    due = forms.DateField(label=words("完成期限", "Due"), widget=DateInput())


class Transfer(WithUnits):
    """To another lead unit."""

    lead = forms.ChoiceField(label=words("新的牵头单位", "New lead unit"))
    reason = forms.CharField(label=words("原因", "Reason"), widget=_long())


class AskTransfer(WithUnits):
    """The unit that should lead instead."""

    to = forms.ChoiceField(label=words("建议的牵头单位", "Proposed lead unit"))
    reason = forms.CharField(label=words("原因", "Reason"), widget=_long())


class Nothing(Form):
    """An act that needs no words."""


class Reason(Form):
    """An act that is explained."""

    reason = forms.CharField(label=words("说明", "Reason"), widget=_long())


class Said(Form):
    """What a unit says."""

    text = forms.CharField(label=words("进展", "Progress"), widget=_long(6))


class Due(Form):
    """Another day, and why."""

    due = forms.DateField(label=words("延至", "New date"), widget=DateInput())
    reason = forms.CharField(label=words("原因", "Reason"), widget=_long())


class Judge(Form):
    """A light with its reasons."""

    light = forms.ChoiceField(label=words("亮灯", "Light"), choices=Light.choices, widget=forms.RadioSelect())
    text = forms.CharField(label=words("判断依据", "What it rests on"), widget=_long())


class AddFigure(Form):
    """An indicator or milestone; one that follows what is published takes its name and unit from there."""

    kind = forms.ChoiceField(label=words("类别", "Kind"), choices=Figure.Kind.choices)
    origin = forms.ChoiceField(
        label=words("数据来源", "Where its values come from"), choices=Origin.choices, initial=Origin.HAND,
        help_text=words("跟随公布数据的指标由系统更新，不能手工录入",
                        "Figures that follow what is published are filled by the system, nobody types them"),
    )  # fmt: skip
    indicator = forms.ChoiceField(label=words("评价指标", "Indicator of an evaluation"), required=False)
    item = forms.ChoiceField(label=words("统计项目", "Item of a return"), required=False)
    zone = forms.ChoiceField(
        label=words("园区（统计项目留空为全市）", "Zone (for an item, blank is the whole city)"), required=False
    )
    name = forms.CharField(
        label=words("中文名称（跟随公布数据的可留空）", "Name in Chinese (may be blank if it follows)"),
        max_length=200, required=False,
    )  # fmt: skip
    name_en = forms.CharField(label=words("英文名称", "Name in English"), max_length=200, required=False)
    unit = forms.CharField(label=words("单位（人工录入时）", "Unit (if noted by hand)"), max_length=40, required=False)
    start = forms.DecimalField(label=words("起点值", "Start"), required=False, max_digits=18, decimal_places=6)
    target = forms.DecimalField(label=words("目标值", "Target"), required=False, max_digits=18, decimal_places=6)
    due = forms.DateField(label=words("目标日期", "By"), required=False, widget=DateInput())
    weight = forms.DecimalField(label=words("权重", "Weight"), initial=Decimal(1), max_digits=8, decimal_places=4)

    def __init__(self, *args: Any, zones: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zones = {zone.code: zone for zone in zones}
        self.fields["zone"].choices = [  # type: ignore[attr-defined]
            ("", "—"), *((code, f"{zone} · {code}") for code, zone in self.zones.items())
        ]  # fmt: skip
        self.fields["indicator"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((system, [(key, f"{node.no} {say(node.name)}") for key, node in nodes])
              for system, nodes in catalogue.indicators()),
        ]  # fmt: skip
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((book, [(f"{book}:{one.code}", f"{one.code} {say(one.name)}") for one in found])
              for book in books.book_names() if (found := catalogue.items(book))),
        ]  # fmt: skip

    def values(self) -> dict[str, Any]:
        """As the action takes them: one code, and the zone."""
        asked = dict(self.cleaned_data)
        indicator, item = asked.pop("indicator"), asked.pop("item")
        code = {Origin.EVALUATION: indicator, Origin.SNAPSHOT: item}.get(asked["origin"], indicator or item)
        return {**asked, "code": code, "zone": self.zones.get(asked["zone"])}

    def add_error(self, field: str | None, error: Any) -> None:
        """What the action says of the code stands at the list that it was chosen from."""
        if field == "code":
            field = "item" if self.cleaned_data.get("origin") == Origin.SNAPSHOT else "indicator"
        super().add_error(field, error)


class SetValue(Form):
    """A value for a day."""

    value = forms.DecimalField(label=words("数值", "Value"), max_digits=18, decimal_places=6)
    as_of = forms.DateField(label=words("截至日期", "As of"), widget=DateInput())
    source = forms.CharField(label=words("来源", "Source"), max_length=300)


class Correct(Form):
    """Another value, and why."""

    value = forms.DecimalField(label=words("应为", "It should be"), max_digits=18, decimal_places=6)
    as_of = forms.DateField(label=words("截至日期", "As of"), widget=DateInput())
    reason = forms.CharField(label=words("理由", "Reason"), widget=_long())


class AddLink(Form):
    """What a measure has to do with."""

    kind = forms.ChoiceField(label=words("类别", "Kind"), choices=Link.Kind.choices)
    code = forms.CharField(
        label=words("代码", "Code"), max_length=160,
        help_text=words("指标 national-2021:1.2；统计项目 zone-return-2021:gx_new_firms；"
                        "优惠政策 rd_super_deduction；或园区代码",
                        "an indicator national-2021:1.2, an item zone-return-2021:gx_new_firms, "
                        "an incentive rd_super_deduction, or the code of a zone"),
    )  # fmt: skip


class Decide(Form):
    """The answer to a request."""

    granted = forms.ChoiceField(
        label=words("答复", "Answer"),
        choices=[("yes", words("同意", "grant")), ("no", words("不同意", "refuse"))],
        widget=forms.RadioSelect(),
    )
    reason = forms.CharField(label=words("说明", "Reason"), widget=_long())
