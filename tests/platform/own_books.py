"""Rulebooks of a city, as files in the folder of its site: forms of zones by the month and by the quarter (made up)."""

from __future__ import annotations

from pathlib import Path

MONTHLY, QUARTERLY = "sample-city-monthly", "sample-city-quarterly"
_BOOK = """
book: {name}
version: "1"
title: {{zh: 示例市园区{zh}（合成）, en: "{en} return of zones of the sample city (made up)"}}
frequency: {frequency}
entities:
  zone: {{name: {{zh: 园区, en: zone}}}}
documents:
  own: {{title: {{zh: 示例市统计制度（合成）, en: rules of the sample city (made up)}}, confidence: secondary}}
items:
  - {{code: m_output, entity: zone, name: {{zh: 工业总产值, en: industrial output}}, type: decimal, unit: 千元,
     scale: 3, kind: flow, form: 表一, source: {{document: own}}, confidence: secondary}}
  - {{code: m_export, entity: zone, name: {{zh: 出口额, en: exports}}, type: decimal, unit: 千元, scale: 3,
     kind: flow, form: 表一, source: {{document: own}}, confidence: secondary}}
  - {{code: m_people, entity: zone, name: {{zh: 从业人员, en: people employed}}, type: integer, unit: 人,
     kind: stock, form: 表二, source: {{document: own}}, confidence: secondary}}
derived:
  - {{code: m_total, entity: zone, name: {{zh: 内外销合计, en: total}}, unit: 千元, scale: 3, expr: m_output + m_export,
     source: {{document: own}}, confidence: secondary}}
checks:
  - {{code: m_export_in_output, entity: zone, name: {{zh: 出口不超过产值, en: exports within output}},
     expr: m_export <= m_output, severity: error,
     message: {{zh: 出口额大于工业总产值, en: exports exceed output}}, source: {{document: own}},
     confidence: secondary}}
"""


def write_books(site: Path) -> None:
    """Put both books into the folder of a site."""
    kinds = ((MONTHLY, "月报", "Monthly", "month"), (QUARTERLY, "季报", "Quarterly", "quarter"))
    for name, zh, en, frequency in kinds:
        folder = site / "books" / name
        folder.mkdir(parents=True)
        text = _BOOK.format(name=name, zh=zh, en=en, frequency=frequency)
        (folder / "book.yaml").write_text(text, encoding="utf-8")
