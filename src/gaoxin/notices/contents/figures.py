"""Figures in the text of a clause: deadlines, targets with unit and year, amounts of support."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gaoxin.notices.notice import Deadline, Target
from gaoxin.notices.text.numerals import amount, integer
from gaoxin.notices.text.patterns import one_of
from gaoxin.notices.text.view import View
from gaoxin.words import Text

_YEAR = r"(?:20[0-9]{2}|19[0-9]{2}|二〇[〇一二三四五六七八九]{2})"
_COUNT = r"(?:[0-9]{1,3}|[一二三四五六七八九十两]{1,3})"
DEADLINE = re.compile(
    rf"""
    (?P<to>(?:力争|确保|计划)?(?:到|至|截至|截止|在|于)?)(?P<year>{_YEAR})年
        (?:(?P<month>{_COUNT})月(?:(?P<day>{_COUNT})日)?)?
        (?P<when>(?:年)?(?:上半年|下半年|[一二三四]季度|[一二三四]季末|底|末|初|内)?)(?P<before>(?:以|之)?前)?
    | (?P<plan>“?(?P<which>十三五|十四五|十五五)”?(?:时期|期间|规划期|末期|末|期末)(?:内|末)?)
    | (?P<within>(?:今后|未来)?(?P<years>{_COUNT})(?P<unit>年|个月|个季度)(?:以?内|时间))
    | (?P<soon>(?:今年|本年度?|当年|年)(?:内|底前?|底以前|末前?))
    | (?P<yearly>每(?:年|季度|半年|月)(?:[0-9]{{1,2}}月)?(?:[0-9]{{1,2}}日)?(?:底|末|初)?前?)
    """,
    re.VERBOSE,
)
_LABELLED = re.compile(r"(?:完成|办理|实施|整改)(?:时限|时间|期限|节点):$")
"""In front of a date that needs no 前 to be a deadline."""
_PLANS = {"十三五": 2020, "十四五": 2025, "十五五": 2030}
_MONTH_OF = {"上半年": 6, "下半年": 12, "底": 12, "末": 12, "一季度": 3, "二季度": 6, "三季度": 9, "四季度": 12}

_UNITS = one_of(
    """
    万亿元 亿美元 万美元 美元 亿元 万元 千元 元 个百分点 百分点 % ‰ 倍 亿吨 万吨 吨标准煤 吨 千克 公斤 兆瓦时 兆瓦
    千瓦时 千瓦 亿千瓦时 万千瓦 平方公里 万平方米 平方米 公里 千米 公顷 万亩 亩 立方米 标方 万人次 人次 万人 人年 人月
    人 万户 户 万家 家 个工作日 工作日 个月 小时 分钟 天 万件 件 万项 项 名 所 座 条 台 套 辆 艘 架 张 批 场 次 处 片
    家次 台次 户次 件次 项次
    栋 间 例 支 只 种 类 门 册 部 篇 期 层 级 站 根 万个 个 岗位 床 头 株 公里/小时 PB EFLOPS PFLOPS P
    """
)
_DIGITS = r"[0-9][0-9,]*(?:\.[0-9]+)?"
_FIGURE = re.compile(
    rf"(?P<from>{_DIGITS}|[二三四五六七八九十百千两]{{1,6}})(?:(?P<dash>[-~]|至|到)(?P<to>{_DIGITS}))?"
    rf"(?P<scale>万亿|千亿|百亿|亿|万|千|百)?(?:多|余)?(?P<unit>{_UNITS})(?P<more>级)?"
)
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}
_SCALED = frozenset(
    ("元", "美元", "人", "家", "件", "亩", "吨", "平方米", "千瓦时", "人次", "家次", "台次", "户次", "件次", "项次")
)
"""Units that keep 万 or 亿 in front, as people write them: 1.2万家次."""
_BEFORE: tuple[tuple[str, str], ...] = (
    (">", r"突破|超过|超|大于|高于|多于"),
    (">=", r"不低于|不少于|不小于|至少|达到或超过|力争不低于"),
    ("<=", r"不超过|不高于|不多于|最高|最多|最高不超过|控制在|低于|小于|少于|压缩至|缩短至|降至|上限|限额"),
    ("~", r"约|近|大约|接近"),
)
_AFTER: tuple[tuple[str, str], ...] = ((">=", r"(?:及|或)?以上"), ("<=", r"(?:及|或)?以(?:内|下)"), ("~", r"左右|上下"))
_COUNTED = one_of(
    """
    培育 引进 新增 建设 建成 打造 达到 达 形成 认定 支持 实施 创建 新建 设立 集聚 遴选 布局 组建 培养 完成 举办 突破
    发展 招引 储备 推广 落地 超过 不少于
    """
)
"""Verbs before a number in Chinese numerals that make it a count: 培育十家企业, not 十大行动."""
_HAN_NEEDS = re.compile(rf"{_COUNTED}[^,。;]{{0,18}}$")
_SUPPORT = re.compile(
    r"给予|补助|奖励|资助|补贴|奖补|扶持|贴息|资金支持|最高|补偿|返还|退还|减免|减按|抵扣|扣除|授信|额度|贷款"
)
_NOT_A_TARGET = re.compile(r"第$|[〔(\[]$|[A-Za-z]$|“[^”]*$")
_SEGMENT = "。;,、:"


def deadlines(view: View, cells: Sequence[tuple[int, int]] = ()) -> list[Deadline]:
    """Every date or time by which something is to be done; in ``cells`` of deadlines every date is one.

    >>> from gaoxin.notices.text.view import Span
    >>> text = "到2025年,形成一批成果;2026年6月底前完成"
    >>> [(d.words.text, d.year, d.month) for d in deadlines(View(text, [Span(0, len(text))]))]
    [('到2025年', 2025, None), ('2026年6月底前', 2026, 6)]
    """
    found = []
    for match in DEADLINE.finditer(view.text):
        if _in_title(view.text, match.start()):
            continue
        words = view.passage(match.start(), match.end())
        alone = any(a <= match.start() and match.end() <= b for a, b in cells) or _LABELLED.search(
            view.text, max(0, match.start() - 8), match.start()
        )
        if match["year"]:
            if not (alone or match["to"] or match["before"] or match["when"] or match["day"]):
                continue
            if match["to"] in {"在", "于"} and not (match["before"] or match["when"]):
                continue
            year, month, day = (integer(match[key] or "") for key in ("year", "month", "day"))
            if match["day"] and not (
                alone or match["before"] or "到" in match["to"] or "至" in match["to"] or "截" in match["to"]
            ):
                continue
            if month is None and match["when"]:
                month = _MONTH_OF.get(match["when"].removeprefix("年"))
            found.append(
                Deadline(words, year, month if month and month <= 12 else None, day if day and day <= 31 else None)
            )
        elif match["plan"]:
            found.append(Deadline(words, _PLANS[match["which"]], kind="during"))
        elif match["yearly"]:
            if len(match["yearly"]) > 2:
                found.append(Deadline(words, None, kind="yearly"))
        else:
            found.append(Deadline(words, None, kind="within"))
    return found


@dataclass(frozen=True, slots=True)
class _Year:
    start: int
    end: int
    year: int
    deadline: bool


def targets(view: View, skip: Sequence[tuple[int, int]] = ()) -> list[Target]:
    """Figures with units; ``skip`` are stretches that are no text (statements of responsibility).

    The year of a target is the last one before it in its sentence; failing that, the last 到…年 of an earlier sentence,
    and then the target says so.

    >>> from gaoxin.notices.text.view import Span
    >>> text = "到2025年,高新区营业收入突破1.2万亿元,培育高新技术企业8000家以上。"
    >>> for t in targets(View(text, [Span(0, len(text))])):
    ...     print(t.words.text, t.value, t.unit, t.comparison, t.year)
    高新区营业收入突破1.2万亿元 1.2 万亿元 > 2025
    培育高新技术企业8000家以上 8000 家 >= 2025
    """
    text = view.text
    years = list(_years(text))
    found = []
    for match in _FIGURE.finditer(text):
        start, end = match.span()
        if any(a <= start < b for a, b in skip) or _in_title(text, start):
            continue
        segment = max((text.rfind(mark, 0, start) for mark in _SEGMENT), default=-1) + 1
        before = text[segment:start]
        if _NOT_A_TARGET.search(text[max(0, start - 12) : start]):
            continue
        figures = match["from"]
        if not figures[0].isdigit() and not (_HAN_NEEDS.search(before) and len(figures) + len(match["unit"]) > 1):
            continue
        value = amount(figures)
        if value is None or (
            match["unit"] in {"次", "层", "级", "期", "类", "门", "部", "条", "P"} and not _HAN_NEEDS.search(before)
        ):
            continue
        scale = match["scale"] or ""
        # 1.2万亿元 keeps its unit; 5千家 does not have one that people use.
        unit = scale + match["unit"] if match["unit"] in _SCALED else match["unit"]
        if unit == match["unit"] and scale:
            value *= _SCALES[scale]
        after = next(((sign, m) for sign, p in _AFTER if (m := re.match(f" ?(?:{p})", text[end:]))), None)
        ahead = next((sign for sign, p in _BEFORE if re.search(rf"(?:{p})(?:到|至|了)?$", before)), "=")
        stop = end + (after[1].end() if after else 0)
        if after and re.match(r" ?的", text[stop:]):
            continue  # 50万元以上的仪器: which ones, not how many
        comparison = after[0] if after else ahead
        year, doubts = _year_of(text, years, start)
        support = _SUPPORT.search(text[max(segment - 24, _sentence_start(text, start)) : start]) is not None
        money = match["unit"].endswith(("元", "%"))
        words_start = segment
        while words_start < start and text[words_start] in " “":
            words_start += 1
        found.append(
            Target(
                words=view.passage(words_start, stop),
                figure=view.passage(start, end),
                value=value,
                unit=unit + (match["more"] or ""),
                kind="support" if support and money else "goal",
                comparison=comparison,  # type: ignore[arg-type]
                to=amount(match["to"]) if match["to"] else None,
                year=year.year if year else None,
                year_words=view.passage(year.start, year.end) if year else None,
                doubts=doubts,
            )
        )
    return found


def _years(text: str) -> Iterator[_Year]:
    for match in re.finditer(rf"(?P<to>到|至|截至|力争到)?(?P<year>{_YEAR})年(?:底|末)?", text):
        if _in_title(text, match.start()):
            continue
        year = integer(match["year"])
        if year:
            yield _Year(match.start(), match.end(), year, bool(match["to"]) or match[0][-1] in "底末")
    for match in re.finditer(r"“?(十三五|十四五|十五五)”?(?:时期|期间|末|规划期)", text):
        yield _Year(match.start(), match.end(), _PLANS[match[1]], True)


def _year_of(text: str, years: Sequence[_Year], position: int) -> tuple[_Year | None, tuple[Text, ...]]:
    start = _sentence_start(text, position)
    before = [year for year in years if year.end <= position]
    here = [year for year in before if year.start >= start]
    if here:
        return max(here, key=lambda year: year.end), ()
    earlier = [year for year in before if year.deadline]
    if not earlier:
        return None, ()
    doubt = Text("年份取自前一句", "the year is that of an earlier sentence")
    return max(earlier, key=lambda year: year.end), (doubt,)


def _sentence_start(text: str, position: int) -> int:
    return max(text.rfind("。", 0, position), text.rfind("!", 0, position)) + 1


def _in_title(text: str, position: int) -> bool:
    """Whether ``position`` is inside 《…》."""
    return text.count("《", 0, position) > text.count("》", 0, position)
