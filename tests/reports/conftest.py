"""A realistic run: 22 zones, the 46 indicators of the 2021 system in 5 dimensions, three periods, seeded."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gaoxin.problems import Problem
from gaoxin.runs.result import (
    Adjustment,
    Citation,
    IndicatorNote,
    Node,
    PreviousStanding,
    RobustnessResult,
    RunResult,
    Sensitivity,
    Unit,
    UnitNote,
)
from gaoxin.words import Text

ZONES = (
    ("31103001", "上海张江高新技术产业开发区"),
    ("31103002", "上海紫竹高新技术产业开发区"),
    ("32103001", "南京高新技术产业开发区"),
    ("32103002", "无锡高新技术产业开发区"),
    ("32103003", "江阴高新技术产业开发区"),
    ("32103004", "徐州高新技术产业开发区"),
    ("32103005", "常州高新技术产业开发区"),
    ("32103006", "武进高新技术产业开发区"),
    ("32103007", "苏州高新技术产业开发区"),
    ("32103008", "昆山高新技术产业开发区"),
    ("32103009", "常熟高新技术产业开发区"),
    ("32103010", "南通高新技术产业开发区"),
    ("33103001", "杭州高新技术产业开发区"),
    ("33103002", "萧山临江高新技术产业开发区"),
    ("33103003", "宁波高新技术产业开发区"),
    ("33103004", "温州高新技术产业开发区"),
    ("33103005", "嘉兴秀洲高新技术产业开发区"),
    ("34103001", "合肥高新技术产业开发区"),
    ("34103002", "芜湖高新技术产业开发区"),
    ("34103003", "蚌埠高新技术产业开发区"),
    ("34103004", "马鞍山慈湖高新技术产业开发区"),
    ("34103005", "铜陵狮子山高新技术产业开发区"),
)

DIMENSIONS = (
    ("1", "创新能力和创业活跃度", "Innovation capability and entrepreneurial activity", 0.20),
    ("2", "结构优化和产业价值链", "Structure and industrial value chain", 0.20),
    ("3", "绿色发展和宜居包容性", "Green development, liveability, inclusiveness", 0.15),
    ("4", "开放创新和国际竞争力", "Open innovation and international competitiveness", 0.15),
    ("5", "综合质效和持续创新力", "Overall quality, efficiency and sustained innovation", 0.30),
)

# The 46 second-level indicators of 国科发火〔2021〕106号, with a scale for the made-up values.
with (Path(__file__).parent / "indicators.csv").open(encoding="utf-8") as file:
    INDICATORS = tuple(
        (row["no"], row["zh"], row["en"], row["unit"], row["source"], float(row["scale"]))
        for row in csv.DictReader(file)
    )

PERIODS = ("2023", "2024", "2025")
LOWER_IS_BETTER = {"3.1", "3.2"}
CONFIRMED = {"1.1": 0.8, "1.2": 1.2}
COUNTS = {"个", "家"}
DOCUMENT, NUMBER = "国家高新技术产业开发区综合评价指标体系", "国科发火〔2021〕106号"


def nodes() -> tuple[Node, ...]:
    """The system as a run holds it: indicators, dimensions, index."""
    weight = {no: CONFIRMED.get(no, 1.0) for no, *_ in INDICATORS}
    total = {no: sum(w for code, w in weight.items() if code.split(".")[0] == no) for no, *_ in DIMENSIONS}
    share = {no: w for no, _, _, w in DIMENSIONS}
    leaves = tuple(
        Node(
            code=no,
            name=Text(zh, en),
            parent=no.split(".", maxsplit=1)[0],
            level=1,
            weight=weight[no],
            effective_weight=share[no.split(".")[0]] * weight[no] / total[no.split(".")[0]],
            weight_confirmed=no in CONFIRMED,
            maximum=100.0,
            unit=unit,
            direction=-1 if no in LOWER_IS_BETTER else 1,
            source=source,
            formula="convert(z_sumqh40_rd / z_qd01, '%')" if source == "firm" else "",
            citation=Citation(DOCUMENT, NUMBER, f"二级指标 {no}", "official" if no in CONFIRMED else "secondary"),
        )
        for no, zh, en, unit, source, _ in INDICATORS
    )
    known = Citation(DOCUMENT, NUMBER, "", "official")
    dimensions = tuple(
        Node(no, Text(zh, en), "index", 2, w, w, no == "1", 100.0, citation=known) for no, zh, en, w in DIMENSIONS
    )
    return (*leaves, *dimensions, Node("index", Text("综合得分", "Index"), None, 3, 1.0, 1.0, True, 100.0))


def ranks_of(scores: np.ndarray) -> np.ndarray:
    """Rank of every value in its column, 1 for the largest, ties get the smallest rank, NaN stays NaN."""
    ranks = np.full(scores.shape, np.nan)
    for column in range(scores.shape[1]):
        known = ~np.isnan(scores[:, column])
        values = scores[known, column]
        ranks[known, column] = [1 + (values > value).sum() for value in values]
    return ranks


def build_run(
    *, units: int = 22, robust: bool = True, synthetic: bool = True, adjusted: bool = True, seed: int = 7
) -> RunResult:
    """A whole run; ``units`` beyond the 22 named zones get made-up names."""
    random = np.random.default_rng(seed)
    tree = nodes()
    n, m = len(INDICATORS), len(tree)
    zones = [*ZONES, *((f"9{k:07d}", f"示例园区{k}") for k in range(units - len(ZONES)))][:units]
    groups = ("世界一流高科技园区", "创新型科技园区", "创新型特色园区")

    strength = np.sort(random.normal(size=units))[::-1][random.permutation(units)]
    scale = np.array([row[5] for row in INDICATORS])
    sign = np.array([node.direction for node in tree[:n]])
    spread = 0.18 * (0.8 * strength[:, None] * sign + random.normal(size=(units, n)))
    raw = scale * np.exp(spread)
    raw[:, 21] = random.normal(2.0, 3.0, size=units)  # a growth rate, negative for some
    raw[:, 37] = random.normal(6.0, 5.0, size=units)
    counted = np.array([row[3] in COUNTS for row in INDICATORS])
    raw[:, counted] = np.round(raw[:, counted])
    raw[0, 6] *= 6  # an outlier
    missing = [(3, 12), (8, 44), (units - 1, 26)] if units > 8 else []
    for row, column in missing:
        raw[row, column] = np.nan

    imputed, treated = np.zeros((units, n), dtype=bool), np.zeros((units, n), dtype=bool)
    filled = raw.copy()
    for row, column in missing[:1]:
        filled[row, column] = np.nanmedian(raw[:, column])
        imputed[row, column] = True
    if units > 1:
        filled[0, 6] = np.sort(raw[:, 6])[-2]
        treated[0, 6] = True

    low, high = np.nanmin(filled, axis=0), np.nanmax(filled, axis=0)
    normalised = 100 * (filled - low) / np.where(high > low, high - low, 1.0)
    normalised = np.where(sign == 1, normalised, 100 - normalised)

    effective = np.array([node.effective_weight for node in tree[:n]])
    parents = np.array([int(node.parent or 0) - 1 for node in tree[:n]])
    known = ~np.isnan(normalised)
    local = np.zeros((units, n))
    for dimension, (_, _, _, share) in enumerate(DIMENSIONS):
        columns = np.flatnonzero(parents == dimension)
        there = effective[columns] * known[:, columns]
        local[:, columns] = share * there / there.sum(axis=1, keepdims=True)
    contributions = np.where(known, local * normalised, np.nan)

    scores = np.full((units, m), np.nan)
    scores[:, :n] = normalised
    for dimension, (_, _, _, share) in enumerate(DIMENSIONS):
        scores[:, n + dimension] = np.nansum(contributions[:, parents == dimension], axis=1) / share
    scores[:, -1] = np.nansum(contributions, axis=1)
    adjustments: tuple[Adjustment, ...] = ()
    if adjusted and units > 5:
        adjustments = (
            Adjustment(zones[2][0], "bonus", 1.5, "国务院督查激励通报表扬"),
            Adjustment(zones[5][0], "deduction", -2.0, "统计数据重报，经核实后扣分"),
        )
        for adjustment in adjustments:
            at = [code for code, _ in zones].index(adjustment.unit)
            scores[at, -1] += adjustment.points
    ranks = ranks_of(scores)

    membership = [groups[k % 3] for k in range(units)]
    group_ranks = np.zeros(units)
    for group in groups:
        inside = np.array([g == group for g in membership])
        if inside.any():
            group_ranks[inside] = ranks_of(scores[inside, -1:])[:, 0]

    previous = []
    for age, period in enumerate(PERIODS[:-1]):
        earlier = scores[:, -1] - (2 - age) * 1.2 + random.normal(0, 2.0, size=units)
        standing = ranks_of(earlier[:, None])[:, 0]
        previous += [PreviousStanding(period, zones[k][0], float(earlier[k]), float(standing[k])) for k in range(units)]

    correlation = np.full((n, n), np.nan)
    if units > 1:
        correlation = np.ma.corrcoef(np.ma.masked_invalid(normalised), rowvar=False).filled(np.nan)
    notes = []
    for unit in range(units):
        order = np.argsort(np.where(np.isnan(ranks[unit, :n]), np.inf, ranks[unit, :n]))
        for at, strong in ((order[0], True), (order[1], True), (order[-4], False), (order[-5], False)):
            value, median = float(normalised[unit, at]), float(np.nanmedian(normalised[:, at]))
            notes.append(UnitNote(zones[unit][0], tree[at].code, strong, value, median, float(ranks[unit, at])))

    return RunResult(
        title=Text("2025 年度高新区综合评价", "Evaluation of high-tech zones, 2025"),
        system="national-2021",
        system_title=Text("国家高新区综合评价指标体系（2021）", "National evaluation system (2021)"),
        system_version="2021.1",
        citation=Citation(DOCUMENT, NUMBER, "", "official", "https://most.gov.cn/"),
        period="2025",
        synthetic=synthetic,
        units=tuple(Unit(code, name, membership[k]) for k, (code, name) in enumerate(zones)),
        nodes=tree,
        raw=raw,
        coverage=np.where([row[4] == "firm" for row in INDICATORS], random.uniform(0.86, 1.0, (units, n)), np.nan),
        imputed=imputed,
        treated=treated,
        normalised=normalised,
        scores=scores,
        ranks=ranks,
        group_ranks=group_ranks,
        contributions=contributions,
        contributions_exact=True,
        adjustments=adjustments,
        previous=tuple(previous),
        correlation=correlation,
        alpha={"1": 0.71, "2": 0.64, "3": 0.22, "4": 0.58, "5": 0.69, "index": 0.87},
        unit_notes=tuple(notes),
        indicator_notes=(
            IndicatorNote("3.7", "screen", Text("22 个园区中 1 个没有数据", "1 of 22 zones has no figure")),
            IndicatorNote("4.4", "silent", Text("与综合得分几乎无关", "hardly related to the index")),
        ),
        robustness=robustness(zones, ranks[:, -1], random) if robust else None,
        problems=problems(),
        method=(
            (Text("筛选", "Screening"), Text("不剔除单位和指标", "no unit or indicator is dropped")),
            (Text("填补", "Imputation"), Text("组内中位数", "median of the group")),
            (Text("异常值", "Outliers"), Text("缩尾，每项最多 5 个点", "winsorised, at most 5 points an indicator")),
            (Text("标准化", "Normalisation"), Text("极差法，0–100，按当期", "min-max, 0–100, within the period")),
            (Text("赋权", "Weights"), Text("按指标体系", "as in the system; unconfirmed ones count 1.0")),
            (Text("合成", "Aggregation"), Text("算术平均", "arithmetic mean")),
        ),
        sources=(
            ("firms-2025.csv", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            ("zones-2025.xlsx", "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"),
            ("experts-2025.xlsx", "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13"),
        ),
        versions={"gaoxin": "0.1.0", "python": "3.13.1", "duckdb": "1.4.2", "numpy": "2.3.5"},
        created="2026-03-02T08:15:00+00:00",
    )


def robustness(zones: list[tuple[str, str]], rank: np.ndarray, random: np.random.Generator) -> RobustnessResult:
    """Ranks under noise on the ranks themselves: enough to have honest intervals and dominance."""
    units = len(zones)
    draws = rank + random.normal(0, 1.1, size=(400, units)) * np.where(rank > 2, 1.0, 0.2)
    samples = np.argsort(np.argsort(draws, axis=1), axis=1) + 1.0
    k = min(5, units)
    return RobustnessResult(
        replications=400,
        seed=20250302,
        factors=(
            Text("权重（±25% 扰动）", "weights (±25 % noise)"),
            Text("标准化方法", "normalisation"),
            Text("未确认权重", "unconfirmed weights"),
        ),
        rank_low=np.quantile(samples, 0.05, axis=0),
        rank_median=np.quantile(samples, 0.5, axis=0),
        rank_high=np.quantile(samples, 0.95, axis=0),
        top_k=k,
        probability_top=(samples <= k).mean(axis=0),
        bottom_k=k,
        probability_bottom=(samples > units - k).mean(axis=0),
        dominance=(samples[:, :, None] < samples[:, None, :]).mean(axis=0),
        sensitivity=(
            Sensitivity(Text("权重", "weights"), 0.42, (0.35, 0.49), 0.58, (0.50, 0.66)),
            Sensitivity(Text("标准化方法", "normalisation"), 0.23, (0.17, 0.29), 0.31, (0.24, 0.38)),
            Sensitivity(Text("未确认权重", "unconfirmed weights"), 0.11, (0.05, 0.17), 0.24, (0.18, 0.30)),
        ),
        failed=3,
    )


def problems() -> tuple[Problem, ...]:
    """Findings of every severity, with and without places."""
    firms = {"file": "firms-2025.csv", "period": "2025"}
    return (
        Problem(
            "unit_slip",
            "error",
            Text("营业收入比上年大 1000 倍，可能单位用错", "revenue is 1000 times last year's: a slip of the unit?"),
            Text("核对单位（千元）后重报", "check the unit (thousand yuan) and report again"),
            **firms,
            row=4711,
            column="qc05_0",
            reporter="91310000MA1K00471X",
            value="812345678",
        ),
        Problem(
            "missing",
            "warning",
            Text("没有从业人员期末人数", "the number of employed persons is missing"),
            Text("补报 qd01", "report qd01"),
            **firms,
            row=88,
            column="qd01",
        ),
        Problem(
            "late",
            "warning",
            Text("园区报表未报送，相应指标为未知", "the zone return was not handed in"),
            Text("补报后重新运行", "hand it in and run again"),
            file="zones-2025.xlsx",
            sheet="园区表",
            reporter="34103005",
        ),
        Problem(
            "outlier",
            "info",
            Text("与同类企业相比偏高", "high in comparison with its peers"),
            **firms,
            row=912,
            value="388",
        ),
    )


HOSTILE = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"


def hostile_run() -> RunResult:
    """A run whose names try to be markup and formulas everywhere a name can come from."""
    run = build_run()
    units = list(run.units)
    units[0] = dataclasses.replace(units[0], name=HOSTILE, group="<img src=x onerror=alert(2)>")
    units[1] = dataclasses.replace(units[1], name=FORMULA, code="@SUM(1)")
    units[3] = dataclasses.replace(units[3], name="甲\x00\x0b乙")
    units[2] = dataclasses.replace(units[2], name="</script><script>alert(3)</script>", code='"><b id=hostile>')
    tree = list(run.nodes)
    tree[0] = dataclasses.replace(
        tree[0], name=Text(HOSTILE, HOSTILE), unit="=1+1", formula="</script><svg onload=alert(4)>"
    )
    tree[-2] = dataclasses.replace(tree[-2], name=Text("<b>粗</b>{{7*7}}", "<b>bold</b>{{7*7}}"))
    renamed = {old.code: new.code for old, new in zip(run.units, units, strict=True)}
    first = Problem(FORMULA, "error", Text(HOSTILE, HOSTILE), Text("-2+3", "-2+3"), file=HOSTILE, value="=1+1")
    return dataclasses.replace(
        run,
        title=Text("评价<!--<script>", "Evaluation<!--<script>"),
        units=tuple(units),
        nodes=tuple(tree),
        adjustments=tuple(
            dataclasses.replace(a, unit=renamed[a.unit], reason=f"+1;{HOSTILE}") for a in run.adjustments
        ),
        previous=tuple(dataclasses.replace(p, unit=renamed[p.unit]) for p in run.previous),
        unit_notes=tuple(dataclasses.replace(u, unit=renamed[u.unit]) for u in run.unit_notes),
        problems=(first, *run.problems),
        sources=((HOSTILE, "00"), *run.sources),
    )


@pytest.fixture(scope="session")
def run() -> RunResult:
    return build_run()


@pytest.fixture(scope="session")
def plain_run() -> RunResult:
    """Without robustness, adjustments and the synthetic flag."""
    return dataclasses.replace(
        build_run(robust=False, synthetic=False, adjusted=False), previous=(), group_ranks=None, problems=()
    )


@pytest.fixture(scope="session")
def vetoed_run() -> RunResult:
    """The unit with the highest score is left out of the ranking by a veto."""
    run = build_run(robust=False, adjusted=False)
    first = int(np.nanargmax(run.scores[:, -1]))
    ranks = run.ranks.copy()
    ranks[:, -1] -= 1
    ranks[first, -1] = np.nan
    veto = Adjustment(run.units[first].code, "veto", 0.0, "发生重大安全事故")
    return dataclasses.replace(run, ranks=ranks, adjustments=(veto,))


@pytest.fixture(scope="session")
def hostile() -> RunResult:
    return hostile_run()


@pytest.fixture(scope="session")
def flat_run() -> RunResult:
    """Four indicators right below the index, no groups, names in English only, one unit without a score."""
    random = np.random.default_rng(3)
    names = ("Life expectancy", "Expected years of schooling", "Mean years of schooling", "Income")
    tree = tuple(
        Node(f"h{k}", Text("", name), "I", 1, 1.0, 0.25, True, 1.0, "years", source="given")
        for k, name in enumerate(names)
    )
    tree = (*tree, Node("I", Text("", "HDI"), None, 2, 1.0, 1.0, True, 1.0))
    raw = random.uniform(5, 80, size=(6, 4))
    raw[5, :] = np.nan
    normalised = (raw - 5) / 75
    index = normalised.mean(axis=1, keepdims=True)
    scores = np.hstack([normalised, index])
    nothing = np.zeros((6, 4), dtype=bool)
    return RunResult(
        title=Text("", "Human development"),
        system="hdi",
        system_title=Text("", "HDI"),
        system_version="",
        citation=None,
        period="2021",
        synthetic=False,
        units=tuple(Unit(f"C{k}", f"Country {k}") for k in range(6)),
        nodes=tree,
        raw=raw,
        coverage=np.full((6, 4), np.nan),
        imputed=nothing,
        treated=nothing,
        normalised=normalised,
        scores=scores,
        ranks=ranks_of(scores),
        group_ranks=None,
        contributions=normalised / 4,
        contributions_exact=False,
        adjustments=(),
        previous=(),
        correlation=np.eye(4),
        alpha={},
        unit_notes=(),
        indicator_notes=(),
        robustness=None,
        problems=(),
        method=(),
        sources=(),
    )


@pytest.fixture(scope="session")
def empty_run() -> RunResult:
    """Nobody has a score: every indicator value is missing."""
    run = build_run(units=3, robust=False, adjusted=False)
    gone = np.full_like(run.raw, np.nan)
    nowhere = np.full_like(run.scores, np.nan)
    return dataclasses.replace(
        run,
        raw=gone,
        normalised=gone,
        contributions=gone,
        scores=nowhere,
        ranks=nowhere,
        previous=(),
        group_ranks=None,
        correlation=np.full_like(run.correlation, np.nan),
        unit_notes=(),
    )


@pytest.fixture(scope="session")
def make_run() -> Callable[..., RunResult]:
    return build_run


@pytest.fixture(scope="session")
def geojson() -> dict[str, object]:
    """Squares for the first 21 zones, matched by code or by name, one foreign feature, one zone without a shape."""
    features = []
    for k, (code, name) in enumerate(ZONES[:21]):
        x, y = 118.0 + 0.6 * (k % 6), 30.0 + 0.5 * (k // 6)
        ring = [[x, y], [x + 0.5, y], [x + 0.5, y + 0.4], [x, y + 0.4], [x, y]]
        properties = {"code": code} if k % 2 else {"name": name}
        geometry = {"type": "Polygon", "coordinates": [ring]} if k else {"type": "Point", "coordinates": [x, y]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    elsewhere = {"type": "Point", "coordinates": [121.0, 31.0]}
    features.append({"type": "Feature", "properties": {"name": "别处"}, "geometry": elsewhere})
    return {"type": "FeatureCollection", "features": features}
