"""From the name of a unit, as notices abbreviate it, to the body it stands for.

In this order: the register of the place, the national register, groups (各区政府), the forms that names of local bodies
take (市 + 科技 + 局). What none of them explains is unknown, with names like it for a person to decide; a name is never
stretched to fit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from gaoxin.notices.notice import Certainty, Doubts, Jurisdiction
from gaoxin.notices.text.patterns import one_of
from gaoxin.notices.units.register import Forms, Register, forms, shipped_registers
from gaoxin.words import Text

LEVELS = {
    "省": "provincial", "自治区": "provincial", "市": "municipal", "州": "municipal", "自治州": "municipal",
    "地区": "municipal", "盟": "municipal", "区": "county", "县": "county", "旗": "county", "新区": "zone",
    "示范区": "zone", "高新区": "zone", "经开区": "zone", "开发区": "zone", "试验区": "zone", "度假区": "zone",
    "管理区": "zone",
}  # fmt: skip
_LEVEL = "(?:地区|自治区|自治州|新区|示范区|高新区|经开区|开发区|试验区|度假区|管理区|省|市|州|盟|区|县|旗)"
_ZH = "[\u4e00-\u9fff]"
_PLACE = "(?:(?!由|会同|局|厅|委|以及|负责|政府|公司|中心|等|[府部办院会][和与及])[\u4e00-\u9fff])"
"""A character of a place name: none that shows that another name stands there."""
_CLOSE = 0.5
"""Likeness from which a name is offered as a candidate."""
_CLOSE_FIELD, _NEARLY = 0.7, 0.1
_MAX_CANDIDATES = 3
_MAX_GROUP = 30
_SENTENCE = re.compile("[要应须将]|负责|承担|建立|加强|推进")
"""Words that make a name that begins with 各 a sentence instead."""

_GROUP_ENDS = one_of(
    """
    部门 单位 机构 企业 公司 银行 园区 开发区 功能区 委办局 管委会 政府 区县 县区 区市县 县市区 街道 乡镇 镇街 街镇
    镇乡 镇 乡 市 州 县 区 旗 院校 行署 公署 高校 学校 院所 平台 协会 商会 地区 地方 方面 主体 载体 基地 成员 办事处
    党委 党组 村 社区 医院 局 委 办 厅 党工委 集团 组织 中心
    """
)
_GROUP = re.compile(
    rf"""
    (?:{_ZH}{{0,10}}?(?:各|有关|相关|其他|所有|全体))(?!方面)[^;。]*?{_GROUP_ENDS}(?:\([^()]*\))?
    | (?:属地|所在地|事发地|当地|辖区|所属|项目所在地?|受影响)[^;。]*
    | (?:[省市区县](?:级|直|属)|驻[市区]|中央驻{_ZH}{{1,4}})[^;。]*?(?:部门|单位|企业|机构|国企|平台|公司)
    | (?:全市|全区|全省|全县)[^;。]*?(?:部门|单位|企业|机构|银行)
    | {_ZH}{{0,24}}?各?(?:成员单位|责任单位|牵头单位|职能部门|主管部门|行业部门|监管部门|承办单位|实施单位|用人单位)
    | (?:区县|县区|县市区|市县区|县|区|市|州|盟|旗|乡镇|镇|乡)(?:\([^()]*\))?
        [、和]?(?:[县市区州旗镇乡])?(?:\([^()]*\))?级?(?:人民)?政府(?:\([^()]*\))?
    | (?:商业|国有|政策性|股份制|合作)?(?:银行业?|保险业?|证券业?|担保|金融)(?:金融)?机构
    | (?:房地产)?(?:开发|物业服务|金融|用工|重点|市属|国有|商贸|电商)企业
    """,
    re.VERBOSE,
)
_DISTRICT_GROUP = re.compile(
    r"(?:全市)?各(?:市辖)?(?:区县|县区|区、县|县、区|区)(?:\([^()]*\))?(?:级)?(?:人民政府|政府|委区政府|区委、区政府)?"
)
_NAMED = f"(?!市|省|县|区|州|地方){_ZH}"
_VERTICAL: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (rf"(?:市|县|区)?国家税务总局({_ZH}{{2,12}})税务(局|所)", "国家税务总局{0}税务{1}"),
        (rf"(?:中国)?人民银行({_ZH}{{1,10}}(?:中心支行|分行|支行|营业管理部|营管部|总部))", "中国人民银行{0}"),
        (rf"人行({_ZH}{{1,10}}(?:中支|中心支行|分行|支行|营业管理部|营管部|总部))", "中国人民银行{0}"),
        (rf"((?:省|市|县|区|州)?)(?:中国)?人民银行({_ZH}{{0,8}})", ""),
        (
            rf"(?:国家)?金融(?:监督管理|监管)总局({_ZH}{{2,10}})(?:监管|监督管理)((?:分|支)?局)",
            "国家金融监督管理总局{0}监管{1}",
        ),
        (rf"({_NAMED}{{1,7}}?)金融监管((?:分|支)?局)", "国家金融监督管理总局{0}监管{1}"),
        (rf"(?:中国)?(?:银保监会|银监会)({_ZH}{{2,10}})(?:监管)?(局|分局|监管组)", ""),
        (rf"{_ZH}{{0,10}}(?:银保监|银监|保监)(?:分)?(?:局|监管组|组|办)(?:{_ZH}{{2,6}}(?:监管组|组))?", ""),
        (rf"({_NAMED}{{1,7}}?)证监局", "中国证券监督管理委员会{0}监管局"),
        (rf"{_NAMED}{{1,7}}?海关", ""),
        (rf"{_NAMED}{{1,7}}?海事(?:局|处)", ""),
        (rf"{_NAMED}{{1,9}}?(?:出入境)?(?:边防检查|边检)(?:总)?站", ""),
        (rf"国家统计局({_ZH}{{2,8}})调查((?:总)?队)", "国家统计局{0}调查{1}"),
        (rf"(?:国家)?外汇(?:管理)?局({_ZH}{{2,10}}(?:分局|支局|中心支局))", "国家外汇管理局{0}"),
    )
)
_BRANCH = re.compile(
    rf"(?:国网)?{_ZH}{{2,12}}供电(?:公司|局|所)|{_ZH}{{2,14}}公积金(?:管理)?(?:中心)?{_ZH}{{0,8}}(?:中心|管理部|办事处|分中心)"
)
_OFFICE_OF = re.compile(
    rf"(?P<body>{_ZH}{{3,14}}?(?:局|厅|委|部|中心))"
    r"(?P<office>(?:(?!会同|市|省|委|局|[和与及])[\u4e00-\u9fff]){1,8}?(?:分局|支队|大队|总队|办事处|管理部|分中心|检查站|办|处|科|所|站))"
)
"""市交通运输局松影分局, 市公安局交警支队: an office of a body."""
_OF_GOVERNMENT = re.compile(
    rf"(?P<prefix>(?:{_PLACE}{{1,8}}?)?(?:省|自治区|市|州|区|县|旗))(?:人民)?政府"
    rf"(?P<office>(?:(?!政府|[、和与及])[\u4e00-\u9fff]){{2,10}}?(?:办公室|办公厅|研究室|参事室|督查室))"
)
"""市政府港澳事务办公室: an office of a government itself."""
_COMMITTEE = re.compile(rf"(?:{_PLACE}|[()]){{2,20}}(?:管委会|管理委员会|执委会|执行委员会|党工委|筹委会|工管委)")
_AD_HOC = re.compile(
    rf"(?P<prefix>{_LEVEL})?(?:委)?{_ZH}{{2,24}}(?:领导小组|工作专班|专班|联席会议|指挥部|工作组|协调小组)(?:办公室|办)?"
)
_TOWNSHIP = re.compile(rf"{_PLACE}{{1,8}}(?:街道|镇|乡|苏木)(?:人民政府|政府|办事处|党工委)?")
_NAMED_GOVERNMENT = re.compile(rf"({_PLACE}{{1,8}}(?:新区|区|县|市|旗|州))(?:人民政府|政府|区政府)")
_NAMED_DISTRICT = re.compile(rf"{_ZH}{{2,4}}(?:新区|区|县|旗)")
_INSTITUTION = re.compile(
    r".{2,24}(?:公司|集团|大学|学院|研究院|研究所|实验室|医院|协会|学会|联合会|商会|银行|分行|支行|保险|通信|电网|电信|移动|联通|铁塔|中国电信|"
    r"中国移动|中国联通|基金会|工会|中心|平台公司|城投|交易所|车站|机场|港务|学校|党校|馆)"
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name was taken for."""

    body: str | None
    certainty: Certainty
    level: str = ""
    members: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    doubts: Doubts = ()
    prefix: str = ""
    """Place and level in front of the name (市, 省, 上海市, 市委): what the next names of the series may inherit."""


UNKNOWN = Resolution(None, "unknown")


class Bodies:
    """All that is known of bodies for one notice: the registers that cover its place, and the forms of names.

    >>> from gaoxin.notices.text.view import Passage, Span
    >>> shanghai = Bodies(Jurisdiction("上海市", "市", Passage("", Span(0, 0))))
    >>> shanghai.resolve("市科委").body, shanghai.resolve("市科委").certainty
    ('上海市科学技术委员会', 'register')
    >>> len(shanghai.resolve("各区政府").members)
    16
    >>> Bodies(Jurisdiction("云州市", "市", Passage("", Span(0, 0)))).resolve("市科技局").body
    '云州市科学技术局'
    """

    def __init__(self, jurisdiction: Jurisdiction | None = None, registers: Sequence[Register] = ()) -> None:
        self.place = jurisdiction.place if jurisdiction else ""
        self.level = jurisdiction.level if jurisdiction else ""
        known = (*registers, *shipped_registers())
        self.local = tuple(register for register in known if register.covers(self.place))
        self.national = tuple(register for register in known if register.level == "国家")
        self.forms = forms()

    def resolve(self, name: str, inherited: str = "") -> Resolution:
        """The body that ``name`` (folded, without blanks) stands for; ``inherited`` is the prefix of the series."""
        name = name.strip("“”\"'〈〉《》*")
        if not name:
            return UNKNOWN
        found = self._registered(name)
        if found:
            return found
        if inherited and not self._own_prefix(name):
            found = self._registered(inherited + name)
            if found:
                return replace(found, prefix=inherited)
        group = self._group(name)
        if group:
            return group
        found = self._by_form(name, inherited)
        return found or replace(UNKNOWN, candidates=self.like(name, inherited))

    def is_form(self, name: str) -> bool:
        """Whether ``name`` is built like the name of a local body, with no level in front (自然资源局)."""
        return any(
            shape in {"field", "other"} and (match := pattern.fullmatch(name)) is not None and not match["prefix"]
            for shape, pattern in self._shapes
        )

    def like(self, name: str, inherited: str = "") -> tuple[str, ...]:
        """Names like ``name``: ways to write the bodies of the place's register, most alike first."""
        wanted = inherited + name if inherited and not self._own_prefix(name) else name
        scored: dict[str, float] = {}
        # Without a level in front, a name may be that of a ministry.
        for register in self.local or (() if self._own_prefix(wanted) else self.national):
            for written, body in register.names.items():
                matcher = SequenceMatcher(None, wanted, written, autojunk=False)
                if matcher.quick_ratio() >= _CLOSE and (score := matcher.ratio()) >= _CLOSE:
                    scored[body.name] = max(score, scored.get(body.name, 0.0))
        if not self.local:
            scored |= self._misspelt(wanted)
        return tuple(sorted(scored, key=lambda body: (-scored[body], body))[:_MAX_CANDIDATES])

    def _misspelt(self, name: str) -> dict[str, float]:
        """What 市白然资源局 may have been meant to be: the same level and kind, a field that differs in a character."""
        kinds = one_of(self.forms.kinds)
        match = re.fullmatch(
            rf"(?P<prefix>(?:{_PLACE}{{1,8}}?)?{_LEVEL})(?P<field>{_ZH}{{2,14}}?)(?P<kind>{kinds})", name
        )
        if match is None:
            return {}
        found: dict[str, float] = {}
        for field in self.forms.fields:
            alike = SequenceMatcher(None, match["field"], field, autojunk=False).ratio()
            if alike >= _CLOSE_FIELD:
                rank = re.search(rf"{_LEVEL}$", match["prefix"])
                body = self._place(match["prefix"], rank[0] if rank else "") + self._in_full(field, match["kind"])
                found[body] = max(alike, found.get(body, 0.0))
        best = max(found.values(), default=0.0)
        return {body: alike for body, alike in found.items() if alike > best - _NEARLY}

    def _own_prefix(self, name: str) -> bool:
        return re.match(rf"(?:{_LEVEL}|国家|中国|中央|{re.escape(self.place) or '$^'})", name) is not None

    def _registered(self, name: str) -> Resolution | None:
        for register in (*self.local, *self.national):
            body = register.names.get(name)
            if body is None:
                continue
            doubts: Doubts = ()
            if body.confidence in {"inferred", "unknown"}:
                doubts = (
                    Text(f"名录中“{body.name}”的依据不足", f"the register is not certain of “{body.name}”"),
                )  # fmt: skip
            prefix = next((p for p in (register.place, register.level) if name.startswith(p)), "")
            if prefix and name.startswith(f"{register.level}委") and body.name.startswith("中共"):
                prefix = f"{register.level}委"
            return Resolution(body.name, "register", body.level, prefix=prefix, doubts=doubts)
        for ending in ("人民政府", "区政府", "政府"):
            district = name.removesuffix(ending)
            if district != name and any(district in register.districts for register in self.local):
                return Resolution(f"{district}人民政府", "register", "county")
        return None

    def _group(self, name: str) -> Resolution | None:
        if _DISTRICT_GROUP.fullmatch(name):
            districts = next((register.districts for register in self.local if register.districts), ())
            members = tuple(f"{district}人民政府" for district in districts) if self.level == "市" else ()
            return Resolution(None, "group", "county", members)
        if len(name) <= _MAX_GROUP and not _SENTENCE.search(name) and _GROUP.fullmatch(name):
            return Resolution(None, "group")
        return None

    def department(self, name: str, inherited: str = "") -> Resolution:
        """The body of a field that is named without its kind: 科技 in 市发展改革、科技、财政等部门."""
        match = re.fullmatch(rf"(?P<prefix>(?:{_ZH}{{1,8}}?)?{_LEVEL})?(?P<field>{one_of(self.forms.fields)})", name)
        if match is None:
            return UNKNOWN
        prefix = match["prefix"] or inherited or self.level
        field = self.forms.fields.get(match["field"]) or match["field"]
        bodies = {
            body.name
            for register in self.local
            for body in register.bodies
            if body.name.removeprefix(register.place).startswith((field, match["field"]))
        }
        doubt = Text("只写了领域，没有写机构", "only the field is named, not the body")
        if len(bodies) == 1:
            return Resolution(bodies.pop(), "pattern", prefix=prefix, doubts=(doubt,))
        candidates = tuple(sorted(bodies)) or (f"{self._place(prefix, prefix)}{field}…",)
        return replace(UNKNOWN, candidates=candidates, prefix=prefix, doubts=(doubt,))

    @cached_property
    def _shapes(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        f: Forms = self.forms
        field, kind = one_of(f.fields), one_of(f.kinds)
        prefix = rf"(?P<prefix>(?:{_PLACE}{{1,8}}?)?{_LEVEL})?"
        committee = rf"(?P<prefix>(?:{_PLACE}{{1,8}}?)?(?:省|市|区|县|州|旗|自治区|新区))"
        return (
            ("other", re.compile(rf"{prefix}(?P<stem>{one_of(f.others)})")),
            ("party", re.compile(rf"{committee}委(?P<stem>{one_of(f.party)})")),
            ("youth", re.compile(rf"(?P<stem>团){committee}委")),
            (
                "field",
                re.compile(rf"{prefix}(?P<stem>(?P<fields>{field}(?:[和与及、]?{field}){{0,4}})(?P<kind>{kind}))"),
            ),
        )

    def _by_form(self, name: str, inherited: str) -> Resolution | None:
        for vertical, full in _VERTICAL:
            match = vertical.fullmatch(name)
            if match:
                return Resolution(full.format(*match.groups()) if full else name, "pattern", "central-agency")
        if inherited.endswith("委") and name in self.forms.party:
            return self._formed("party", inherited.removesuffix("委"), name, self.forms.party[name])
        for shape, pattern in self._shapes:
            match = pattern.fullmatch(name)
            if match is None:
                continue
            prefix = match["prefix"] or inherited.removesuffix("委")
            stem = match["stem"]
            if shape == "field":
                return self._formed(shape, prefix, stem, self._in_full(match["fields"], match["kind"]))
            if shape == "youth":
                return self._formed(shape, prefix, stem, "共产主义青年团{place}委员会")
            table = self.forms.others if shape == "other" else self.forms.party
            return self._formed(shape, prefix, stem, table[stem])
        if _BRANCH.fullmatch(name):
            return Resolution(name, "pattern", "institution")
        office = _OF_GOVERNMENT.fullmatch(name)
        if office:
            return self._formed("other", office["prefix"], office["office"], f"{{place}}人民政府{office['office']}")
        branch = _OFFICE_OF.fullmatch(name)
        if branch:
            above = self.resolve(branch["body"], inherited)
            if above.body:
                return replace(above, body=above.body + branch["office"], certainty="pattern")
        match = _AD_HOC.fullmatch(name)
        if match:
            prefix = match["prefix"] or ""
            return Resolution(
                self._place(prefix, prefix) + name.removeprefix(prefix), "pattern", LEVELS.get(prefix, "")
            )
        if _COMMITTEE.fullmatch(name):
            body = name.replace("管委会", "管理委员会").replace("执委会", "执行委员会")
            return Resolution(body, "pattern", "zone")
        match = _NAMED_GOVERNMENT.fullmatch(name)
        if match:
            return Resolution(f"{match[1]}人民政府", "pattern", "county")
        if _NAMED_DISTRICT.fullmatch(name):
            districts = {district for register in self.local for district in register.districts}
            doubt = Text("只写了地名，按其人民政府理解", "only the place is named; read as its government")
            sure: Certainty = "register" if name in districts else "pattern"
            return Resolution(f"{name}人民政府", sure, "county", doubts=(doubt,))
        if _TOWNSHIP.fullmatch(name):
            return Resolution(name.replace("政府", "人民政府").replace("人民人民", "人民"), "pattern", "township")
        if _INSTITUTION.fullmatch(name):
            doubt = Text("像是企事业单位，名录中没有", "looks like an institution; it is in no register")
            return replace(UNKNOWN, level="institution", doubts=(doubt,), candidates=self.like(name, inherited))
        return None

    def _in_full(self, fields: str, kind: str) -> str:
        """发改 + 委 → 发展和改革委员会; a field of several (发展改革和统计) is nobody's short form and stays."""
        return (self.forms.fields.get(fields) or fields) + self.forms.kinds[kind]

    def _formed(self, shape: str, prefix: str, stem: str, full: str) -> Resolution | None:
        """The body that the parts of a name amount to, as far as the place is known."""
        doubts: list[Text] = []
        level = re.search(rf"{_LEVEL}$", prefix)
        rank = level[0] if level else ""
        if not prefix:
            prefix, rank = self.place, self.level
            doubts.append(Text("没有写层级，按发文地理解", "no level is written; read as the notice's own place"))
            if not prefix:
                return replace(UNKNOWN, candidates=(stem,))
        place = self._place(prefix, rank)
        if shape == "party":
            body = f"中共{place}委{full or stem}"
        elif "{place}" in full:
            body = full.format(place=place)
        else:
            body = place + (full or stem)
        outer = prefix + "委" if shape == "party" else prefix
        result = Resolution(body, "pattern", LEVELS.get(rank, ""), prefix=outer, doubts=tuple(doubts))
        if any(register.level == rank and place == register.place for register in self.local):
            # The register claims to know the bodies of this place: one it does not have is for a person to decide.
            candidates = tuple(dict.fromkeys((*self.like(prefix + stem), body)))[: _MAX_CANDIDATES + 1]
            note = Text("名录中没有这个机构", "the register of the place does not have this body")
            return Resolution(None, "unknown", result.level, candidates=candidates, doubts=(note,), prefix=outer)
        return result

    def _place(self, prefix: str, rank: str) -> str:
        """The place that 市 or 省 means in this notice; the prefix itself where it names one, or nobody knows."""
        if prefix != rank or not self.place:
            return prefix
        if rank == self.level:
            return self.place
        for end in range(len(self.place), 0, -1):
            if self.place[:end].endswith(rank):
                return self.place[:end]
        return prefix
