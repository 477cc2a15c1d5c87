"""The tables of a batch: what was not claimed first, then the answers by benefit, size, industry and zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from gaoxin.incentives.answers import DISCLAIMER
from gaoxin.incentives.batch import BatchResult
from gaoxin.incentives.batch.causes import CAUSES
from gaoxin.reports.incentives.groups import GROUPS, NOTE, STATES, group_name
from gaoxin.reports.tables.table import Cell, Column, Table
from gaoxin.reports.terms import CONFIDENCE, SYNTHETIC
from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.entries import Confidence
from gaoxin.rulebook.periods import period_dates, period_ordinal, period_year
from gaoxin.words import Text

_COUNTS = tuple(Column(state, name, "number") for state, name in STATES.items())
_AMOUNT = Column("amount", Text("金额合计", "amount"), "number", "元", 2)
_OPEN = (
    Column("unclaimed", Text("未享受数", "with something unclaimed"), "number"),
    Column("gain", Text("未享受金额", "unclaimed"), "number", "元", 2),
)
_BENEFIT = Column("benefit", Text("优惠", "benefit"), wide=True)


def title(result: BatchResult) -> Text:
    """The title of everything that a batch writes."""
    return Text(f"企业优惠政策匹配 {result.year} 年度", f"Incentives of firms, {result.year}")


def about(result: BatchResult) -> list[Text]:
    """What the answers rest on; the label of synthetic data first where they are."""
    lines = [SYNTHETIC] if result.synthetic else []
    book = result.book
    lines.append(
        Text(
            f"截至 {result.as_of}；规则书 {book.name} {book.version}；年度 {result.year}；企业 {result.firms} 家",
            f"As of {result.as_of}; rulebook {book.name} {book.version}; year {result.year}; {result.firms} firms",
        )
    )
    every, marks = sum(result.marks.values()), marks_words(result.marks)
    lines.append(
        Text(
            f"所据条款和参数 {every} 条，其中 {result.unconfirmed} 条尚未经官方原文核实（{marks.zh}）",
            f"{every} clauses and parameters used, {result.unconfirmed} of them not confirmed by an official text "
            f"({marks.en})",
        )
    )
    lines.append(DISCLAIMER)
    return lines


def marks_words(marks: Mapping[Confidence, int]) -> Text:
    """How many clauses carry each confidence mark, in words."""
    zh = "，".join(f"{CONFIDENCE[mark].zh} {number}" for mark, number in marks.items())
    return Text(zh, ", ".join(f"{CONFIDENCE[mark].en} {number}" for mark, number in marks.items()))


def findings(result: BatchResult) -> list[Text]:
    """The main results in sentences."""
    totals = result.summary.totals.to_pylist()
    open_ = sorted((row for row in totals if row["gain"]), key=lambda row: -row["gain"])
    status = [row for row in totals if row["unclaimed"] and result.book.benefits[row["benefit"]].amount is None]
    said = [
        Text(
            f"{_number(result, row).zh}可以享受“{_name(result, row['benefit']).zh}”而没有享受（或没有享受足）："
            f"{_meaning(result, row['benefit']).zh} {row['gain']:,.2f} 元。",
            f"{_number(result, row).en} are entitled to “{_name(result, row['benefit']).en}” and have not claimed "
            f"all of it: {_meaning(result, row['benefit']).en}, {row['gain']:,.2f} yuan.",
        )
        for row in open_[:5]
    ]
    said += [
        Text(
            f"{_number(result, row).zh}符合“{_name(result, row['benefit']).zh}”而没有取得或申报。",
            f"{_number(result, row).en} meet the conditions of “{_name(result, row['benefit']).en}” and have "
            "not got or claimed it.",
        )
        for row in sorted(status, key=lambda row: -row["unclaimed"])[:5]
    ]
    if not said:
        said.append(Text("没有发现可以享受而未享受的。", "Nothing was found that is open and unclaimed."))
    if result.rejects.num_rows:
        said.append(
            Text(
                f"{result.rejected:,} 家因数据有误未作判断，原因见 rejects.xlsx。最多的是：{_reasons(result).zh}。",
                f"{result.rejected:,} firms were not answered because of faults in their figures: see rejects.xlsx. "
                f"Most often: {_reasons(result).en}.",
            )
        )
    if result.absent:
        names = [result.book.items[code].name for code in result.absent]
        shown_zh, shown_en = "、".join(name.zh for name in names[:8]), ", ".join(name.en for name in names[:8])
        said.append(
            Text(
                f"数据中没有 {len(names)} 个要用的项目（{shown_zh}…），依赖它们的结果为未知。",
                f"{len(names)} figures that are needed are in no file ({shown_en} …); what rests on them is unknown.",
            )
        )
    for file, columns in result.unknown_columns.items():
        shown = ", ".join(columns[:10])
        said.append(Text(f"{file} 中不认识的列：{shown}。", f"Columns of {file} that nobody knows: {shown}."))
    if result.elsewhere:
        parts = [
            (_entity(result, entity), number, entity)
            for entity, number in Counter(benefit.entity for benefit in result.elsewhere).items()
        ]
        zh = "、".join(f"{name.zh} {number} 项（--with {entity}=文件）" for name, number, entity in parts)
        en = ", ".join(f"{number} of each {name.en} (--with {entity}=FILE)" for name, number, entity in parts)
        said.append(
            Text(
                f"另有 {len(result.elsewhere)} 项优惠按明细判断，没有给出明细表：{zh}。",
                f"{len(result.elsewhere)} more benefits need tables that were not given: {en}.",
            )
        )
    return said


def _reasons(result: BatchResult) -> Text:
    """The most frequent reasons why firms were refused, each with the item and how often."""
    counted = result.rejects.group_by(["zh", "en", "item"]).aggregate([([], "count_all")])
    order = [("count_all", "descending"), ("item", "ascending"), ("zh", "ascending")]
    often = counted.sort_by(order).slice(0, 3).to_pylist()
    # What concerns many items together is named by the first two of them.
    named = [
        (Text(row["zh"], row["en"]), _items(result, " ".join((row["item"] or "").split()[:2])), row["count_all"])
        for row in often
    ]
    return Text(
        "；".join(f"{f'{item.zh}：' if item else ''}{said.zh} {number:,} 次" for said, item, number in named),
        "; ".join(f"{f'{item.en}: ' if item else ''}{said.en}, {number:,} times" for said, item, number in named),
    )


def unclaimed(result: BatchResult) -> Table:
    """Who is entitled to what and has not claimed it, the largest amounts first (免申即享)."""
    # Whose contract or person it is stands beside the firm, where there are any.
    below = len(result.answers) > 1
    columns = (
        Column("firm", Text("企业代码", "firm")),
        *((Column("reporter", Text("合同、人员等", "contract, person …")),) if below else ()),
        Column("firm_name", Text("企业名称", "name")),
        _BENEFIT,
        Column("gain", Text("尚未享受", "unclaimed"), "number", "元", 2),
        Column("meaning", Text("金额是", "the amount is"), wide=True),
        Column("amount", Text("可享受", "entitled to"), "number", "元", 2),
        Column("claimed", Text("已申报", "claimed"), "number", "元", 2),
        Column("zone", GROUPS["zone"]),
        Column("section", GROUPS["section"]),
        Column("size", GROUPS["size"]),
        Column("deadline", Text("期限", "deadline")),
        Column("confidence", Text("依据的可靠程度", "confidence")),
    )
    told = {benefit.code: _told(result, benefit) for benefit in result.benefits}
    sections = {value: group_name("section", value) for value in result.summary.cells["section"].unique().to_pylist()}
    rows = []
    for row in result.summary.unclaimed.to_pylist():
        name, meaning, deadline, mark = told[row["benefit"]]
        money = (_money(row["gain"]), meaning, _money(row["amount"]), _money(row["claimed"]))
        where = (row["zone"], sections[row["section"]], row["size"])
        who = (row["firm"], *((row["reporter"],) if below else ()), row["firm_name"], name)
        rows.append((*who, *money, *where, deadline, mark))
    foot = [
        Text(
            "可以享受而未申报或未申报足的；与已享受的政策不能同享时，只列多出的部分。属“免申即享”的核对清单，以主管机关认定为准。",
            "Entitled and not, or not fully, claimed; where something else that excludes it was claimed, only the "
            "difference. A list to be checked for 免申即享; the authority decides.",
        )
    ]
    if result.summary.more:
        more = result.summary.more
        zh, en = f"另有 {more:,} 条，全部在 unclaimed.parquet。", f"{more:,} more are in unclaimed.parquet."
        foot.append(Text(zh, en))
    return Table("unclaimed", Text("可享受未享受", "Unclaimed"), columns, tuple(rows), foot=tuple(foot))


def _told(result: BatchResult, benefit: Benefit) -> tuple[Text, Text, str, Text]:
    clauses = result.clauses[benefit.code]
    mark = clauses[0].confidence if clauses else benefit.confidence
    return _name(result, benefit.code), _meaning(result, benefit.code), _deadline(result, benefit), CONFIDENCE[mark]


def _deadline(result: BatchResult, benefit: Benefit) -> str:
    ordinal = period_ordinal(result.year, result.book.frequency)
    first, last = period_dates(ordinal, result.book.frequency)
    year = period_year(ordinal, result.book.frequency)
    dates = [
        deadline.when(year)
        for deadline in benefit.deadlines
        if deadline.from_ <= last and (deadline.to is None or deadline.to >= first)
    ]
    return max((date for date in dates if date), default="")


def totals(result: BatchResult) -> Table:
    """The answers by benefit."""
    columns = (
        _BENEFIT,
        Column("instrument", Text("政策", "instrument"), wide=True),
        *_COUNTS,
        _AMOUNT,
        Column("meaning", Text("金额是", "the amount is"), wide=True),
        *_OPEN,
        Column("clauses", Text("所据条款", "clauses"), "number"),
        Column("unconfirmed", Text("未核实条款", "not confirmed"), "number"),
    )
    rows = []
    for row in result.summary.totals.to_pylist():
        benefit = result.book.benefits[row["benefit"]]
        clauses = result.clauses[benefit.code]
        weak = sum(clause.confidence not in {"official", "quoted"} for clause in clauses)
        instrument = result.book.instruments.get(benefit.instrument, Text(benefit.instrument, benefit.instrument))
        rows.append(
            (
                _name(result, benefit.code),
                instrument,
                *(row[state] for state in STATES),
                _money(row["amount"]) if benefit.amount else None,
                _meaning(result, benefit.code),
                row["unclaimed"] if benefit.claimed else None,
                _money(row["gain"]) if benefit.claimed and benefit.amount else None,
                len(clauses),
                weak,
            )
        )
    return Table("totals", Text("按政策", "By benefit"), columns, tuple(rows))


def by_group(result: BatchResult, group: str) -> Table:
    """The answers by benefit and one of the groups, where anybody is entitled, nearly entitled or unknown."""
    columns = (_BENEFIT, Column(group, GROUPS[group]), *_COUNTS, _AMOUNT, *_OPEN)
    rows = tuple(
        (_name(result, row["benefit"]), group_name(group, row[group]), *_measures(result, row))
        for row in result.summary.by[group].to_pylist()
        if row["entitled"] or row["nearly"] or row["unknown"]
    )
    names = {"size": "By size", "section": "By industry", "zone": "By zone"}
    name = Text(f"按{GROUPS[group].zh.split('（')[0]}", names[group])
    return Table(f"by-{group}", name, columns, rows, foot=(NOTE,))


def cells(result: BatchResult) -> Table:
    """The answers by benefit, size, industry and zone, where anybody is entitled or nearly so."""
    columns = (_BENEFIT, *(Column(group, name) for group, name in GROUPS.items()), *_COUNTS, _AMOUNT, *_OPEN)
    rows = tuple(
        (_name(result, row["benefit"]), *(group_name(group, row[group]) for group in GROUPS), *_measures(result, row))
        for row in result.summary.cells.to_pylist()
        if row["entitled"] or row["nearly"]
    )
    return Table("cells", Text("交叉汇总", "All groups"), columns, rows, foot=(NOTE,))


def near(result: BatchResult) -> Table:
    """By which condition firms are nearly entitled."""
    columns = (
        _BENEFIT,
        Column("condition", Text("未满足的条件", "the condition not met"), wide=True),
        Column("firms", Text("户数", "firms"), "number"),
        Column("distance", Text("与门槛的差距（中位数）", "distance to the threshold (median)"), "share", decimals=1),
    )
    rows = tuple(
        (_name(result, row["benefit"]), result.book.derived[row["condition"]].name, row["firms"], row["distance"])
        for row in result.summary.near.to_pylist()
    )
    share = f"{result.near:.0%}"
    zh = f"只有一个条件不满足、且数值与门槛相差不超过 {share} 的企业。"
    en = f"Firms that miss one condition only, by at most {share} of the threshold."
    return Table("near", Text("接近符合", "Nearly entitled"), columns, rows, foot=(Text(zh, en),))


def missing(result: BatchResult) -> Table:
    """Because of which figures answers are unknown."""
    columns = (
        _BENEFIT,
        Column("figure", Text("缺的数据", "what is missing"), wide=True),
        Column("code", Text("项目代码", "item")),
        Column("firms", Text("因此未知的户数", "firms unknown for want of it"), "number"),
        Column("alone", Text("只缺这一项的户数", "firms that lack only this"), "number"),
    )
    rows = []
    for row in result.summary.missing.to_pylist():
        item = result.book.items.get(row["figure"])
        name = item.name if item is not None else CAUSES[row["figure"]]
        code = item.code if item is not None else ""
        rows.append((_name(result, row["benefit"]), name, code, row["firms"], row["alone"]))
    return Table("missing", Text("未知的原因", "Why unknown"), columns, tuple(rows))


def sources(result: BatchResult) -> Table:
    """The clauses behind the answers, the least confirmed first."""
    columns = (
        _BENEFIT,
        Column("title", Text("文件", "document"), wide=True),
        Column("number", Text("文号", "number")),
        Column("article", Text("条款", "article")),
        Column("confidence", Text("可靠程度", "confidence")),
    )
    rows = tuple(
        (_name(result, code), clause.title, clause.number, clause.article, CONFIDENCE[clause.confidence])
        for code, clauses in result.clauses.items()
        for clause in clauses
    )
    return Table("sources", Text("依据", "Sources"), columns, rows)


def rejects(result: BatchResult) -> Table:
    """The firms that were not answered, with the reasons."""
    columns = (
        Column("firm", Text("企业代码", "firm")),
        Column("whose", Text("明细", "of")),
        Column("key", Text("明细代码", "code")),
        Column("period", Text("年度", "year")),
        Column("file", Text("文件", "file")),
        Column("row", Text("行", "row"), "number"),
        Column("reason", Text("原因", "reason"), wide=True),
        Column("item", Text("项目", "item"), wide=True),
        Column("value", Text("所填", "what stands there"), wide=True),
        Column("rule", Text("规则", "rule")),
    )
    rows = tuple(
        (
            row["firm"],
            *_whose(result, row),
            row["period"],
            row["file"],
            row["row"],
            Text(row["zh"], row["en"]),
            _items(result, row["item"]),
            row["value"],
            row["rule"],
        )
        for row in result.rejects.to_pylist()
    )
    return Table("rejects", Text("未作判断", "Rejects"), columns, rows)


def _whose(result: BatchResult, row: Mapping[str, Any]) -> tuple[Cell, Cell]:
    """What it is that is refused, and its code, where it is not the firm."""
    if row["entity"] == result.answers[0].entity:
        return None, None
    return _entity(result, row["entity"]), row["key"]


def _items(result: BatchResult, codes: str | None) -> Text | None:
    names = [result.book.items[code].name for code in (codes or "").split() if code in result.book.items]
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names)) if names else None


def _measures(result: BatchResult, row: Mapping[str, Any]) -> Iterator[Cell]:
    benefit = result.book.benefits[row["benefit"]]
    yield from (row[state] for state in STATES)
    yield _money(row["amount"]) if benefit.amount else None
    yield row["unclaimed"] if benefit.claimed else None
    yield _money(row["gain"]) if benefit.claimed and benefit.amount else None


def _name(result: BatchResult, code: str) -> Text:
    """The name of a benefit, with whose it is where that is not the firm."""
    benefit = result.book.benefits[code]
    if benefit.entity == result.answers[0].entity:
        return benefit.name
    whose = _entity(result, benefit.entity)
    return Text(f"{benefit.name.zh}（每{whose.zh}）", f"{benefit.name.en} (each {whose.en})")


def _entity(result: BatchResult, entity: str) -> Text:
    return result.book.entities[entity].name


def _number(result: BatchResult, row: Mapping[str, Any]) -> Text:
    """How many have something left to claim: firms, or what belongs to them."""
    number, entity = row["unclaimed"], result.book.entities[result.book.benefits[row["benefit"]].entity]
    if entity.parent is None:
        return Text(f"{number:,} 家", f"{number:,} firms")
    return Text(f"{number:,} 个{entity.name.zh}", f"{number:,} ({entity.name.en})")


def _meaning(result: BatchResult, code: str) -> Text:
    amount = result.book.benefits[code].amount
    return Text("无金额", "no amount") if amount is None else amount.name


def _money(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
