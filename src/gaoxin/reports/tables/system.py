"""Tables of the system and the run: indicators, correlation, reliability, method, sources."""

from __future__ import annotations

import numpy as np

from gaoxin.reports import terms
from gaoxin.reports.outline import document_order, label, n_indicators, positions
from gaoxin.reports.tables.table import Cell, Column, Note, Table, known
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

INDICATOR = Column("indicator", Text("指标", "Indicator"), wide=True)


def indicators(result: RunResult) -> Table:
    """The system as used: every node with unit, direction, weight and how far it is confirmed, formula, document."""
    columns = (
        Column("code", Text("编号", "No.")),
        Column("name", Text("名称", "Name"), wide=True),
        Column("unit", Text("计量单位", "Unit")),
        Column("direction", Text("方向", "Direction")),
        Column("source", Text("数据来源", "Data")),
        Column("weight", Text("权重", "Weight"), "number", decimals=2),
        Column("confirmed", Text("权重状态", "Status of the weight")),
        Column("effective", Text("总权重", "Weight in index"), "share", decimals=2),
        Column("formula", Text("算式", "Formula"), wide=True),
        Column("document", Text("依据", "Document"), wide=True),
        Column("confidence", Text("可信程度", "Confidence")),
    )
    rows: list[tuple[Cell, ...]] = []
    notes: dict[tuple[int, int], Note] = {}
    for at, depth in document_order(result):
        node = result.nodes[at]
        leaf = at < n_indicators(result)
        clause = node.citation
        document = " ".join(part for part in (clause.number or clause.title, clause.article) if part) if clause else ""
        if not node.weight_confirmed:
            notes[len(rows), 6] = Note("unconfirmed", terms.UNCONFIRMED)
        indent = "　" * depth
        rows.append(
            (
                node.code,
                Text(indent + node.name.say("zh"), indent + node.name.say("en")),
                node.unit,
                (terms.HIGHER if node.direction > 0 else terms.LOWER) if leaf else "",
                terms.word(terms.DATA_SOURCES, node.source) if node.source else "",
                known(node.weight),
                terms.CONFIRMED if node.weight_confirmed else terms.UNCONFIRMED,
                known(node.effective_weight),
                node.formula,
                document,
                terms.word(terms.CONFIDENCE, clause.confidence) if clause else "",
            )
        )
    foot: tuple[Text, ...] = ()
    if result.n_unconfirmed_weights:
        foot = (
            Text(
                "未确认：没有官方文件证实的权重，按 1.0 计入或按所注资料取值。",
                "Unconfirmed: no official document confirms the weight; it counts 1.0 or as the named source says.",
            ),
        )
    return Table("indicators", Text("指标体系", "Indicator system"), columns, tuple(rows), notes, foot)


def correlations(result: RunResult, most: int = 20) -> Table:
    """The ``most`` strongest correlations between two indicators, strongest first."""
    n = n_indicators(result)
    i, j = np.triu_indices(n, k=1)
    strength = np.abs(result.correlation[i, j])
    order = np.argsort(np.where(np.isnan(strength), -1.0, strength), kind="stable")
    pairs = [(int(i[k]), int(j[k])) for k in order[::-1] if not np.isnan(strength[k])][:most]
    columns = (
        Column("first", Text("指标", "Indicator"), wide=True),
        Column("second", Text("指标", "Indicator"), wide=True),
        Column("r", Text("相关系数", "Correlation"), "number", decimals=2),
    )
    rows = tuple((label(result.nodes[a]), label(result.nodes[b]), known(result.correlation[a, b])) for a, b in pairs)
    return Table("correlations", Text("相关最强的指标对", "Indicators most strongly correlated"), columns, rows)


def reliability(result: RunResult) -> Table:
    """Cronbach's alpha of every aggregate."""
    at = positions(result)
    columns = (
        Column("node", Text("层级", "Node"), wide=True),
        Column("alpha", Text("克朗巴赫系数 α", "Cronbach's alpha"), "number", decimals=2),
    )
    rows = tuple(
        (label(result.nodes[at[code]]) if code in at else code, known(value)) for code, value in result.alpha.items()
    )
    return Table("reliability", Text("内部一致性", "Internal consistency"), columns, rows)


def indicator_notes(result: RunResult) -> Table:
    """What an analyst should know of single indicators."""
    at = positions(result)
    columns = (
        INDICATOR,
        Column("kind", Text("类型", "Kind")),
        Column("message", Text("说明", "Message"), wide=True),
    )
    rows = tuple(
        (
            label(result.nodes[at[note.node]]) if note.node in at else note.node,
            terms.word(terms.INDICATOR_NOTES, note.kind),
            note.message,
        )
        for note in result.indicator_notes
    )
    return Table("indicator_notes", Text("指标提示", "Notes on indicators"), columns, rows)


def method(result: RunResult) -> Table:
    """The method in words, step by step."""
    columns = (Column("step", Text("步骤", "Step")), Column("done", Text("做法", "What was done"), wide=True))
    return Table("method", Text("评价方法", "Method"), columns, result.method)


def sources(result: RunResult) -> Table:
    """Documents, input files with their SHA-256, versions."""
    columns = (
        Column("kind", Text("种类", "Kind")),
        Column("name", Text("名称", "Name"), wide=True),
        Column("detail", Text("标识", "Identity"), wide=True),
    )
    system = Text("指标体系", "system")
    rows: list[tuple[Cell, ...]] = [(system, result.system_title, f"{result.system} {result.system_version}".strip())]
    if result.citation:
        confidence = terms.word(terms.CONFIDENCE, result.citation.confidence)
        number = result.citation.number
        identity = Text(f"{number}（{confidence.zh}）", f"{number} ({confidence.en})")
        rows.append((Text("文件", "document"), result.citation.title, identity))
    rows += [(Text("数据文件", "input file"), name, f"SHA-256 {digest}") for name, digest in result.sources]
    rows += [(Text("软件版本", "software"), name, version) for name, version in result.versions.items()]
    if result.created:
        rows.append((Text("运行时间", "time of the run"), "UTC", result.created))
    return Table("sources", Text("来源与版本", "Sources and versions"), columns, tuple(rows))
