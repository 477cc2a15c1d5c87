"""The folder of a simulation: page with charts, workbook, the firms that change; marked as hypothetical everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import altair as alt
import pyarrow as pa

from gaoxin import __version__
from gaoxin.incentives.answers import DISCLAIMER
from gaoxin.incentives.simulation import SimulationResult
from gaoxin.incentives.simulation.comparison import STEPS, Alternatives
from gaoxin.reports.charts.look import ACCENT, MARKED
from gaoxin.reports.incentives.batch import files_data, move
from gaoxin.reports.incentives.batch_tables import marks_words
from gaoxin.reports.incentives.groups import GROUPS, NOTE, group_name
from gaoxin.reports.incentives.page import Picture, Section, render_page
from gaoxin.reports.incentives.workbook import write_workbook
from gaoxin.reports.tables.table import Cell, Column, Table
from gaoxin.reports.terms import SYNTHETIC
from gaoxin.words import Language, Text

PAGE, WORKBOOK, CHANGES, ABOUT = "simulation.html", "simulation.xlsx", "changes.parquet", "about.json"
FILES = (PAGE, WORKBOOK, CHANGES, ABOUT)
MOST_BARS = 30

HYPOTHETICAL = Text(
    "假设：以下是规则改变后的推算，不是现行政策", "Hypothetical: what a changed rule would do, not the law as it is"
)
UNCHANGED = Text(
    "只看规则本身：企业行为不变，其他政策不变。",
    "The rule alone: firms behave as before, everything else stays as it is.",
)
_FIRMS = (
    Column("before_entitled", Text("现行可享受", "entitled today"), "number"),
    Column("after_entitled", Text("改变后可享受", "entitled after"), "number"),
    Column("winners", Text("受益户数", "winners"), "number"),
    Column("losers", Text("受损户数", "losers"), "number"),
    Column("unknown", Text("未知户数", "unknown"), "number"),
)
_MONEY = (
    Column("before", Text("现行金额", "amount today"), "number", "元", 2),
    Column("after", Text("改变后金额", "amount after"), "number", "元", 2),
    Column("change", Text("变化", "change"), "change", "元", 2),
    Column("gained", Text("受益金额", "gained"), "number", "元", 2),
    Column("lost", Text("受损金额", "lost"), "number", "元", 2),
)
_BENEFIT = Column("benefit", Text("优惠", "benefit"), wide=True)
_NAMES = {
    "size": Text("按规模", "By size"),
    "section": Text("按行业", "By industry"),
    "zone": Text("按园区", "By zone"),
}


def write_simulation(result: SimulationResult, staging: Path, folder: Path, language: Language) -> list[Path]:
    """Write everything beside the changes in ``staging``, then move it into ``folder``; the paths there."""
    head, lines = title(result), about(result)
    warning = [*([SYNTHETIC] if result.synthetic else []), HYPOTHETICAL]
    tables = [totals(result), *(by_group(result, group) for group in GROUPS), classes(result), named(result)]
    write_workbook(staging / WORKBOOK, head, [*warning, *lines], tables, language, synthetic=result.synthetic)
    sections = [
        Section(tables[0].title, (UNCHANGED,), tuple(_distribution(result, language)), (tables[0],)),
        *(
            Section(_NAMES[group], (), tuple(_bars(result, group, language)), (table,))
            for group, table in zip(GROUPS, tables[1:4], strict=True)
        ),
        *(Section(table.title, tables=(table,)) for table in tables[4:]),
    ]
    page = render_page(head, lines, findings(result), sections, language, warning=warning)
    (staging / PAGE).write_text(page, encoding="utf-8")
    (staging / ABOUT).write_text(json.dumps(_data(result), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return move(staging, folder, FILES)


def title(result: SimulationResult) -> Text:
    """The title of everything that a simulation writes."""
    change = result.overlay.title
    return Text(
        f"政策模拟（假设）：{change.say('zh')}，{result.year} 年度",
        f"Simulation (hypothetical): {change.say('en')}, {result.year}",
    )


def about(result: SimulationResult) -> list[Text]:
    """What the figures rest on."""
    today, then = result.today, result.hypothetical
    changed = ", ".join(result.overlay.codes)
    every, marks = len(result.clauses), marks_words(result.marks)
    return [
        Text(
            f"截至 {result.as_of}；现行规则书 {today.name} {today.version}，假设 {then.version}（改变了 {changed}）；"
            f"企业 {result.firms} 家",
            f"As of {result.as_of}; rulebook {today.name} {today.version} against {then.version} (changed: {changed}); "
            f"{result.firms} firms",
        ),
        Text(
            f"现行条款和参数 {every} 条，其中 {result.unconfirmed} 条尚未经官方原文核实（{marks.zh}）",
            f"{every} clauses and parameters of today, {result.unconfirmed} of them not confirmed by an official text "
            f"({marks.en})",
        ),
        DISCLAIMER,
    ]


def findings(result: SimulationResult) -> list[Text]:
    """The main results in sentences."""
    said = []
    for row in _rows(result.comparison.totals):
        group = _group(result, row["alternatives"])
        name, meaning = group_title(result, group), _meaning(result, group)
        up = row["change"] >= 0
        said.append(
            Text(
                f"“{name.zh}”：{meaning.zh}{'增加' if up else '减少'} {abs(row['change']):,.2f} 元"
                f"（{row['before']:,.2f} → {row['after']:,.2f}），{row['winners']:,} 家受益，{row['losers']:,} 家受损，"
                f"可享受的由 {row['before_entitled']:,} 家变为 {row['after_entitled']:,} 家，"
                f"{row['unknown']:,} 家未知。",
                f"“{name.en}”: {meaning.en} {'rises' if up else 'falls'} by {abs(row['change']):,.2f} yuan "
                f"({row['before']:,.2f} → {row['after']:,.2f}); {row['winners']:,} firms gain, {row['losers']:,} lose; "
                f"entitled {row['before_entitled']:,} → {row['after_entitled']:,}; {row['unknown']:,} unknown.",
            )
        )
    if result.rejected:
        number = result.rejected
        zh, en = f"{number:,} 家因数据有误未计入。", f"{number:,} firms are left out for faults in their figures."
        said.append(Text(zh, en))
    return said


def group_title(result: SimulationResult, group: Alternatives) -> Text:
    """The changed benefits among the alternatives; that the best of several counts, where there are others."""
    changed = [benefit.name for benefit in result.changed if benefit.code in group.codes]
    zh, en = "、".join(name.zh for name in changed), ", ".join(name.en for name in changed)
    if len(group.codes) > len(changed):
        others = len(group.codes) - len(changed)
        return Text(f"{zh}（与另 {others} 项择优）", f"{en} (the best of it and {others} alternatives)")
    return Text(zh, en)


def totals(result: SimulationResult) -> Table:
    """Cost, winners and losers."""
    columns = (
        _BENEFIT,
        Column("meaning", Text("金额是", "the amount is"), wide=True),
    )
    rows = tuple(
        (
            group_title(result, _group(result, row["alternatives"])),
            _meaning(result, _group(result, row["alternatives"])),
            *_cells(row),
        )
        for row in _rows(result.comparison.totals)
    )
    foot = (
        Text(
            "不能同享的几项按金额最大的一项计；金额的含义见第二列，含义不同的不可相加。",
            "Of benefits that exclude each other the greatest counts; amounts of different meaning cannot be added.",
        ),
    )
    return Table("totals", Text("总体影响", "Overall"), (*columns, *_FIRMS, *_MONEY), rows, foot=foot)


def by_group(result: SimulationResult, group: str) -> Table:
    """The same by one of the groups."""
    columns = (_BENEFIT, Column(group, GROUPS[group]))
    rows = tuple(
        (group_title(result, _group(result, row["alternatives"])), group_name(group, row[group]), *_cells(row))
        for row in sorted(
            _rows(result.comparison.by[group]), key=lambda row: (row["alternatives"], _place(group, row[group]))
        )
    )
    return Table(f"by-{group}", _NAMES[group], (*columns, *_FIRMS, *_MONEY), rows, foot=(NOTE,))


def classes(result: SimulationResult) -> Table:
    """How many firms gain or lose how much."""
    columns = (
        _BENEFIT,
        Column("direction", Text("方向", "direction")),
        Column("class", Text("变化（元）", "change (yuan)")),
        Column("firms", Text("户数", "firms"), "number"),
        Column("change", Text("变化合计", "change in all"), "change", "元", 2),
    )
    rows = tuple(
        (
            group_title(result, _group(result, row["alternatives"])),
            Text("受益", "gain") if row["sign"] > 0 else Text("受损", "loss"),
            _class_name(row["class"]),
            row["firms"],
            _float(row["change"]),
        )
        for row in _rows(result.comparison.classes)
    )
    return Table("classes", Text("变化的分布", "Distribution"), columns, rows)


def named(result: SimulationResult) -> Table:
    """The firms that gain and those that lose most."""
    columns = (
        Column("firm", Text("企业代码", "firm")),
        Column("firm_name", Text("企业名称", "name")),
        _BENEFIT,
        *_MONEY[:3],
        *(Column(group, name) for group, name in GROUPS.items()),
    )
    rows = tuple(
        (
            row["firm"],
            row["firm_name"],
            group_title(result, _group(result, row["alternatives"])),
            *(_float(row[name]) for name in ("before", "after", "change")),
            *(group_name(group, row[group]) for group in GROUPS),
        )
        for row in _rows(result.comparison.named)
    )
    foot = (Text("全部变化的企业在 changes.parquet。", "All firms that change are in changes.parquet."),)
    return Table("named", Text("变化最大的企业", "Largest changes"), columns, rows, foot=foot)


def _distribution(result: SimulationResult, language: Language) -> Iterator[Picture]:
    """How many firms gain and lose how much, a picture for each benefit."""
    gain, loss = Text("受益", "gain").say(language), Text("受损", "loss").say(language)
    every = [_class_name(at).say(language) for at in range(len(STEPS) + 1)]
    for group in result.groups:
        rows = [row for row in _rows(result.comparison.classes) if row["alternatives"] == group.name]
        if not rows:
            continue
        values = [
            {
                "class": _class_name(row["class"]).say(language),
                "firms": row["firms"] * row["sign"],
                "direction": gain if row["sign"] > 0 else loss,
            }
            for row in rows
        ]
        chart = (
            alt.Chart({"values": values})
            .mark_bar()
            .encode(
                y=alt.Y("class:N", sort=None, scale=alt.Scale(domain=every),
                        title=Text("变化（元）", "change (yuan)").say(language)),
                x=alt.X("firms:Q", axis=alt.Axis(format=",d", tickMinStep=1),
                        title=Text("户数（受损为负）", "firms (losers below 0)").say(language)),
                color=_colour("direction", [gain, loss]),
            )
            .properties(width=400, height={"step": 24})
        )  # fmt: skip
        name = group_title(result, group)
        yield Picture(
            Text(f"变化的分布：{name.zh}", f"Distribution: {name.en}"),
            Text("每类中受益和受损的企业数（假设）", "firms that gain and lose, by how much (hypothetical)"),
            chart.to_dict(),
        )


def _bars(result: SimulationResult, by: str, language: Language) -> Iterator[Picture]:
    """What is gained and lost in each group, a picture for each benefit."""
    gain, loss = Text("受益", "gained").say(language), Text("受损", "lost").say(language)
    for group in result.groups:
        rows = [
            row
            for row in _rows(result.comparison.by[by])
            if row["alternatives"] == group.name and (row["gained"] or row["lost"])
        ]
        rows = sorted(rows, key=lambda row: -(row["gained"] + row["lost"]))[:MOST_BARS]
        if not rows:
            continue
        values = [
            {
                "group": group_name(by, row[by]).say(language),
                "yuan": sign * float(row[name]) / 10_000,
                "direction": word,
            }
            for row in rows
            for name, sign, word in (("gained", 1, gain), ("lost", -1, loss))
            if row[name]
        ]
        placed = sorted(rows, key=lambda row: _place(by, row[by]))
        order = None if by == "zone" else [group_name(by, row[by]).say(language) for row in placed]
        chart = (
            alt.Chart({"values": values})
            .mark_bar()
            .encode(
                y=alt.Y("group:N", sort=order or "-x", title=None),
                x=alt.X("yuan:Q", title=Text("万元", "10 000 yuan").say(language), axis=alt.Axis(format=",.0f")),
                color=_colour("direction", [gain, loss]),
            )
            .properties(width=380, height={"step": 24})
        )
        name = group_title(result, group)
        yield Picture(
            Text(f"{_NAMES[by].zh}：{name.zh}", f"{_NAMES[by].en}: {name.en}"),
            Text(
                f"{_meaning(result, group).zh}的变化（假设）", f"change of: {_meaning(result, group).en} (hypothetical)"
            ),
            chart.to_dict(),
        )


def _place(by: str, value: str | None) -> tuple[int, str]:
    """The order of the groups: sizes by their lower limit, others by their name."""
    if value is None:
        return (10**9, "")
    digits = value.split("–")[0].rstrip("+")
    return (int(digits) if by == "size" and digits.isdecimal() else 0, value)


def _colour(field: str, domain: list[str]) -> alt.Color:
    scale = alt.Scale(domain=domain, range=[ACCENT, MARKED])
    return alt.Color(f"{field}:N", scale=scale, title=None)


def _class_name(at: int) -> Text:
    def short(yuan: int) -> Text:
        return Text(f"{yuan // 10_000}万" if yuan >= 10_000 else f"{yuan}", f"{yuan:,}")

    if at == 0:
        limit = short(STEPS[0])
        return Text(f"< {limit.zh}", f"< {limit.en}")
    if at == len(STEPS):
        limit = short(STEPS[-1])
        return Text(f"≥ {limit.zh}", f"≥ {limit.en}")
    low, high = short(STEPS[at - 1]), short(STEPS[at])
    return Text(f"{low.zh}–{high.zh}", f"{low.en}–{high.en}")


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _cells(row: Mapping[str, Any]) -> Iterator[Cell]:
    yield from (row[column.key] for column in _FIRMS)
    yield from (_float(row[column.key]) for column in _MONEY)


def _group(result: SimulationResult, name: str) -> Alternatives:
    return next(group for group in result.groups if group.name == name)


def _meaning(result: SimulationResult, group: Alternatives) -> Text:
    amounts = [result.today.benefits[code].amount for code in group.codes]
    name = next((amount.name for amount in amounts if amount is not None), None)
    return name or Text("无金额", "no amount")


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _data(result: SimulationResult) -> dict[str, Any]:
    return {
        "kind": "incentives.simulation",
        "hypothetical": True,
        "gaoxin": __version__,
        "year": result.year,
        "as_of": result.as_of.isoformat(),
        "rulebook": {"book": result.today.name, "version": result.today.version},
        "changed": {"version": result.hypothetical.version, "codes": list(result.overlay.codes),
                    "title": {"zh": result.overlay.title.say("zh"), "en": result.overlay.title.say("en")}},
        "benefits": [benefit.code for benefit in result.changed],
        "alternatives": [list(group.codes) for group in result.groups],
        "firms": result.firms,
        "files": files_data(result.files),
        "synthetic": result.synthetic,
        "confidence": dict(result.marks),
        "unconfirmed": result.unconfirmed,
        "disclaimer": {"zh": DISCLAIMER.zh, "en": DISCLAIMER.en},
    }  # fmt: skip
