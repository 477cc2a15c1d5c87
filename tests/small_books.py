"""Small rulebooks for tests: zones, their firms and the firms' projects, with whatever entries a test is about."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from gaoxin.engines import run
from gaoxin.rulebook import Book, load_book

HEAD = """\
book: small
version: "1"
title: {zh: 小书, en: small book}
frequency: year
entities:
  zone: {name: {zh: 园区, en: zone}}
  firm: {name: {zh: 企业, en: firm}, parent: zone, count_unit: 家}
  project: {name: {zh: 项目, en: project}, parent: firm, count_unit: 项, if_none: zero}
documents:
  law: {title: {zh: 办法, en: the measures}, number: 〔2020〕1号, confidence: quoted}
"""

ITEMS = """\
items:
  - {code: rev, entity: firm, name: {zh: 营业收入, en: revenue}, type: decimal, unit: 千元, kind: flow}
  - {code: rd, entity: firm, name: {zh: 研发费用, en: R&D expense}, type: decimal, unit: 千元, kind: flow,
     source: {document: law, article: 第三条}, confidence: official}
  - {code: staff, entity: firm, name: {zh: 从业人员, en: staff}, type: integer, unit: 人, kind: stock}
  - {code: patents, entity: firm, name: {zh: 专利, en: patents}, type: integer, unit: 件, kind: flow}
  - {code: hnte, entity: firm, name: {zh: 高企, en: high-tech enterprise}, type: flag}
  - {code: sector, entity: firm, name: {zh: 行业, en: industry}, type: code}
  - {code: listing, entity: firm, name: {zh: 上市, en: listing}, type: code, values: ["1", "2", "12"]}
  - {code: founded, entity: firm, name: {zh: 成立, en: founded}, type: date}
  - {code: label, entity: firm, name: {zh: 名称, en: name}, type: text}
  - {code: score, entity: firm, name: {zh: 某数, en: a number}, type: decimal, unit: "1", scale: 3}
  - {code: odd, entity: firm, name: {zh: 单位不明, en: of unknown unit}, type: decimal, unit: unknown}
  - {code: cost, entity: project, name: {zh: 项目经费, en: project cost}, type: decimal, unit: 千元, kind: flow}
  - {code: months, entity: project, name: {zh: 人月, en: person-months}, type: integer, unit: 人月, kind: flow}
  - {code: land, entity: zone, name: {zh: 面积, en: land}, type: decimal, unit: 公顷, kind: stock}
"""


def derived(code: str, entity: str, expr: str, **fields: object) -> str:
    """One derived entry as a line of YAML."""
    return _line({"code": code, "entity": entity, "name": {"zh": f"指标{code}", "en": code}, "expr": expr, **fields})


def check(code: str, entity: str, expr: str, **fields: object) -> str:
    """One check as a line of YAML."""
    given = {"severity": "error", "message": {"zh": "有误", "en": "wrong"}, **fields}
    return _line({"code": code, "entity": entity, "name": {"zh": f"审核{code}", "en": code}, "expr": expr, **given})


def parameter(code: str, values: list[dict[str, object]], **fields: object) -> str:
    """One parameter as a line of YAML."""
    return _line({"code": code, "name": {"zh": f"参数{code}", "en": code}, "values": values, **fields})


def codelist(code: str, **fields: object) -> str:
    """One code list as a line of YAML."""
    return _line({"code": code, "name": {"zh": f"代码表{code}", "en": code}, **fields})


def small_book(
    folder: Path,
    *,
    derived: list[str] | None = None,
    checks: list[str] | None = None,
    parameters: list[str] | None = None,
    codelists: list[str] | None = None,
    head: str = HEAD,
    items: str = ITEMS,
) -> Book:
    """Write a book with the entries given into ``folder`` and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(head + items, encoding="utf-8")
    sections = {"derived": derived, "checks": checks, "parameters": parameters, "codelists": codelists}
    rules = "".join(f"{key}:\n{''.join(lines)}" for key, lines in sections.items() if lines)
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    return load_book(str(folder))


def _line(entry: dict[str, object]) -> str:
    # JSON is YAML; numbers stand without quotes, as an author writes them.
    return f"  - {json.dumps(entry, ensure_ascii=False)}\n"


def table(book: Book, entity: str, rows: list[dict[str, object]]) -> pa.Table:
    """Returns as the engine reads them: numbers written as text become exact decimals."""
    kinds = {"decimal": pa.decimal128(30, 6), "integer": pa.int64(), "flag": pa.bool_(), "date": pa.date32()}
    columns = {}
    for code in dict.fromkeys(code for row in rows for code in row):
        item = book.items.get(code)
        kind = kinds.get(item.type, pa.string()) if item else pa.string()
        values = [row.get(code) for row in rows]
        if item and item.type == "decimal":
            values = [None if value is None else Decimal(str(value)) for value in values]
        columns[code] = pa.array(values, kind)
    return pa.table(columns)


def firms(book: Book, *rows: tuple[str, str, str, dict[str, object]]) -> pa.Table:
    """Firms' returns, each as (firm, zone, period, figures)."""
    return table(
        book,
        "firm",
        [{"firm": firm, "zone": zone, "period": period, **figures} for firm, zone, period, figures in rows],
    )


def projects(book: Book, *rows: tuple[str, str, str, dict[str, object]]) -> pa.Table:
    """Projects, each as (project, firm, period, figures)."""
    return table(
        book,
        "project",
        [{"project": key, "firm": firm, "period": period, **figures} for key, firm, period, figures in rows],
    )


def values(
    book: Book, entity: str, sources: dict[str, object], codes: list[str], period: str = "2025"
) -> dict[str, dict]:
    """What the engine gives: key → code → value (numbers as text with their decimals)."""
    with run(book.compile(codes, periods=[period]), sources, threads=1) as outcome:
        rows = outcome.values(entity).to_pylist()
    return {
        row[entity]: {code: str(row[code]) if isinstance(row[code], Decimal) else row[code] for code in codes}
        for row in rows
    }
