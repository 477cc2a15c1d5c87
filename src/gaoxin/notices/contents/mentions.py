"""Named programmes and places in the text of a clause.

Where a name begins is not marked in Chinese. It is taken to begin behind the verb, preposition or mark before it;
what is left of generic words (国家级高新区, 特色园区) is no name and is left out. A name found without quotation marks
says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from gaoxin.notices.contents.lexicon import VERBS
from gaoxin.notices.notice import Mention
from gaoxin.notices.text.patterns import one_of
from gaoxin.notices.text.view import View
from gaoxin.notices.units.bodies import Bodies
from gaoxin.words import Text

_ZH = "[\u4e00-\u9fff]"
_PROGRAMME_END = one_of("专项行动 行动计划 行动方案 攻坚行动 提升行动 工程 计划 行动 专项 工作方案")
_QUOTED = re.compile(r"“(?P<name>[^“”]{2,24})”(?=(?P<behind>.{0,14}))")
_PROGRAMME = re.compile(rf"{_PROGRAMME_END}(?=[,。;、:)”(]|等|和|与|及|中|的|为|$)")
_COMMON = """
    重大 重点 民生 系统 基础设施 建设 工作 年度 行动 三年 五年 投资 实施 财政 预算 发展 生产 采购 用地 招生 供应 供地
    科技 研发 项目 推进 专项 科研 市政 安居 环保 土木 软件 水利 电力 通信 公共 保障性 相关 有关 各类 该 本 此 国家
    省级 市级 改造 提升 企业 创新 人才 标志性 示范 综合 整治 治理 规划 监测 教学 改革 培训 服务
"""
"""Words that make no name of a programme: 重大工程, 三年行动计划."""
_NO_PROGRAMME = re.compile(rf"{one_of(_COMMON)}*{_PROGRAMME_END}")
_ZONES = """
    高新技术产业开发区 高新技术产业园区 高新技术产业开发园区 高新产业开发区 经济技术开发区 自主创新示范区
    自由贸易试验区 自由贸易港 综合保税区 保税区 保税港区 出口加工区 临空经济区 自贸试验区 自贸区 示范区 先行区 先导区
    试验区 高新区 经开区 开发区 新片区 新区 集聚区 合作区 园博区 商务区 功能区 港区
"""
_PARKS = """
    科学城 科技城 科创城 未来城 产业城 大学科技园 科技园区 科技园 软件园 产业园区 产业园 工业园区 工业园 创新园 生态园
    孵化园 创业园 物流园 农业园 智慧园 园区 产业基地 创新基地 示范基地 产业港 科创港 创新港 科技港 创新谷 硅谷 光谷
    药谷 智谷 科技小镇 特色小镇 小镇 街区 孵化器
"""
_PLACES = """
    科创走廊 创新走廊 科技创新走廊 走廊 创新带 产业带 经济带 秀带 城市群 都市圈 一体化示范区 大湾区 新城 组团 片区
    枢纽
"""
_ZONE = re.compile(rf"(?P<zone>{one_of(_ZONES)})|(?P<park>{one_of(_PARKS)})|(?P<place>{one_of(_PLACES)})")
_GENERIC_WORDS = """
    国家级 国家 省级 市级 区级 县级 世界级 国际 全球 全国 全省 全市 全区 本市 我市 我省 我区 本区 各类 各级 各 有关
    相关 重点 特色 智慧 高新技术 高科技 科技 科学 技术 产业 工业 农业 现代 新型 绿色 低碳 零碳 近零碳 数字 数字化 综合
    示范 先行 先导 试点 试验 创新型 创新 创业 自主 驱动 高质量 发展 先进 制造业 制造 战略性 新兴 未来 大学 专业 专业化
    高端 高水平 一流 一批 若干 一个 多个 两个 条件的 符合 优势 传统 跨境 电商 电子商务 物流 文化 旅游 生态 健康 医药
    生物 人工智能 集成电路 大数据 软件 信息 服务业 服务 集聚 融合 开放 改革 经济 区域 城市 城乡 农村 乡村 中心 功能
    核心 标杆 海关 特殊 监管 保税 化工 所在 部分 其他 原有 老旧 存量 低效 新 老 大 小 型 级 类 的 省 市 区 县 两 三 四
    五 六 七 八 九 十 多 双创 众创 孵化 加速 孵化器 公共 配套 标准 海外 离岸 境外 飞地 反向 主 副 内 外 和 与 及 、
"""
"""What describes a zone without naming it."""
_GENERIC = re.compile(rf"[0-9]+个|{one_of(_GENERIC_WORDS)}")
_BOUNDARY_WORDS = """
    在 对 向 从 由 将 把 与 和 及 以 于 到 至 等 为 是 的 使 用 赴 给 按 经 全面 深入 加快 大力 积极 着力 进一步 不断
    持续 充分 重点 已 各 以及 包括 特别是 联合 争取 力争 除 如 入 出 区位 位于
"""
_BOUNDARY = re.compile(one_of((VERBS - {"发展", "创新", "融合", "规划"}) | frozenset(_BOUNDARY_WORDS.split())))
_PLACE_SERIES_END = re.compile(
    r"^(?:、“[^”]{2,16}”)*(?:等(?:[^,。;]{0,24}?)(?:园|园区|生态园|基地|走廊|秀带|街区|小镇|片区|载体|空间|社区|新区|城))"
)
_UNSURE = Text("名称的起点是推定的", "where the name begins was inferred")


def mentions(view: View, bodies: Bodies, skip: Sequence[tuple[int, int]] = ()) -> list[Mention]:
    """Named programmes and places in ``view``; ``skip`` are stretches that are no text.

    >>> from gaoxin.notices.text.view import Span
    >>> text = "落实卓越制造人才提升工程,打造“云上水岸”等一批生态园,支持云州高新区建设国家级高新区。"
    >>> [(m.name.text, m.kind) for m in mentions(View(text, [Span(0, len(text))]), Bodies())]
    [('卓越制造人才提升工程', 'programme'), ('云上水岸', 'park'), ('云州高新区', 'zone')]
    """
    found: dict[tuple[int, int], Mention] = {}
    for start, end, mention in (*_quoted(view), *_programmes(view), *_zones(view), *_districts(view, bodies)):
        inside = any(a <= start and end <= b for a, b in (*skip, *_titles(view.text)))
        if not inside and not any(a < end and start < b for a, b in found):
            found[start, end] = mention
    return [found[place] for place in sorted(found)]


def _quoted(view: View) -> Iterator[tuple[int, int, Mention]]:
    text = view.text
    for match in _QUOTED.finditer(text):
        start, end = match.span("name")
        name = match["name"]
        ending = re.match(rf"(?:{_ZH}{{0,6}}?){_PROGRAMME_END}", match["behind"])
        if re.search(rf"(?:{_PROGRAMME_END}|方案|战略)$", name):
            yield start, end, Mention(view.passage(start, end), "programme")
        elif ending:
            yield (
                start - 1,
                end + 1 + ending.end(),
                Mention(view.passage(start - 1, end + 1 + ending.end()), "programme"),
            )
        elif _PLACE_SERIES_END.match(text[end + 1 : end + 90]):
            yield start, end, Mention(view.passage(start, end), "park")


def _programmes(view: View) -> Iterator[tuple[int, int, Mention]]:
    text = view.text
    for match in _PROGRAMME.finditer(text):
        start = _begin(text, match.start(), 24, verb_may_end=True)
        name = text[start : match.end()]
        if "“" in name or "”" in name or len(name) < 5 or _NO_PROGRAMME.fullmatch(name):
            continue
        yield start, match.end(), Mention(view.passage(start, match.end()), "programme", (_UNSURE,))


def _zones(view: View) -> Iterator[tuple[int, int, Mention]]:
    text = view.text
    for match in _ZONE.finditer(text):
        start = _begin(text, match.start(), 14)
        # 海关 in front of 特殊监管区, 张江高新区管委会: the name of a thing or a body, not of a place.
        if re.match(r"管委会|管理委员会|域|内(?:外)?企业|党工委", text[match.end() : match.end() + 6]):
            continue
        own = _GENERIC.sub("", text[start : match.start()])
        if len(own) < 2 or not re.fullmatch(rf"{_ZH}+", own) or start == match.start():
            continue
        kind: Literal["zone", "park", "place"] = match.lastgroup  # type: ignore[assignment]
        yield start, match.end(), Mention(view.passage(start, match.end()), kind, (_UNSURE,))


def _districts(view: View, bodies: Bodies) -> Iterator[tuple[int, int, Mention]]:
    """Districts that the register of the place knows, unless they are part of a unit's name."""
    for district in {district for register in bodies.local for district in register.districts}:
        for match in re.finditer(re.escape(district) + r"(?!政府|人民政府|委|[\u4e00-\u9fff]{1,8}局)", view.text):
            yield *match.span(), Mention(view.passage(*match.span()), "district")


def _begin(text: str, end: int, most: int, *, verb_may_end: bool = False) -> int:
    """Where the name that goes up to ``end`` begins: behind the last boundary before it.

    ``verb_may_end``: a verb right before ``end`` is a part of the name (…提升工程, …创新行动).
    """
    start = end
    while start > 0 and end - start < most and (text[start - 1].isalnum() or text[start - 1] in "+"):
        start -= 1
    begin = start
    position = start
    while position < end:
        match = _BOUNDARY.match(text, position, end)
        if match is None:
            position += 1
            continue
        if match.end() < end or not verb_may_end:
            begin = match.end()
        position = match.end()
    return begin


def _titles(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"《[^》]*》", text):
        yield match.span()
