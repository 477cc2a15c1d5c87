"""A small rulebook for tests of answers: one relief, its ratios written in every way that rules write them."""

from __future__ import annotations

import datetime
from pathlib import Path

from gaoxin.incentives.answers import Answer, entitlements
from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.facts import read_facts

AS_OF = datetime.date(2025, 3, 1)

BOOK = """
book: small
version: "1"
title: {zh: 小书, en: small book}
frequency: year
outside: unknown
entities:
  firm: {name: {zh: 企业, en: firm}, count_unit: 家}
  award: {name: {zh: 奖励, en: award}, parent: firm, count_unit: 项, if_none: zero}
documents:
  law: {title: {zh: 创新法, en: innovation law}, number: 第1号, confidence: official}
  blog: {title: {zh: 网页, en: web page}, number: 网页1, confidence: secondary}
items:
  - {code: rd_staff_cost, entity: firm, name: {zh: 研发人工, en: "R&D personnel"}, type: decimal, unit: 元, kind: flow}
  - {code: rd_material, entity: firm, name: {zh: 研发材料, en: "R&D material"}, type: decimal, unit: 元, kind: flow}
  - {code: sales, entity: firm, name: {zh: 销售收入, en: sales}, type: decimal, unit: 元, kind: flow}
  - {code: staff, entity: firm, name: {zh: 职工, en: staff}, type: integer, unit: 人, kind: stock}
  - {code: researchers, entity: firm, name: {zh: 科技人员, en: researchers}, type: integer, unit: 人, kind: stock}
  - {code: listed, entity: firm, name: {zh: 列入名单, en: listed}, type: flag}
  - {code: certified, entity: firm, name: {zh: 有证书, en: certified}, type: flag}
  - {code: banned, entity: firm, name: {zh: 受限, en: banned}, type: flag}
  - {code: sector, entity: firm, name: {zh: 行业, en: sector}, type: code, values: [A, B, C]}
  - {code: founded, entity: firm, name: {zh: 成立日期, en: founded}, type: date}
  - {code: relief_claimed, entity: firm, name: {zh: 已申报减免, en: relief claimed}, type: decimal, unit: 元}
  - {code: prize, entity: award, name: {zh: 奖金, en: prize money}, type: decimal, unit: 元, kind: flow, form: F-9}
parameters:
  - code: ratio_needed
    name: {zh: 研发占比下限, en: least R&D ratio}
    unit: "%"
    band_unit: 元
    values:
      - from: 2020-01-01
        bands: [{to: 50000000, inclusive: true, value: 5}, {to: 200000000, inclusive: true, value: 4}, {value: 3}]
        source: {document: law, article: 第二条}
        confidence: official
  - code: researcher_share
    name: {zh: 科技人员占比下限, en: least share of researchers}
    values: [{from: 2020-01-01, value: 0.10, source: {document: blog}, confidence: secondary}]
derived:
  - {code: rd, entity: firm, name: {zh: 研发费用, en: "R&D"}, unit: 元, scale: 2, expr: rd_staff_cost + rd_material}
  - {code: c_covered, entity: firm, name: {zh: 有凭证, en: is covered}, expr: "COALESCE(listed, certified)"}
  - {code: rd_ratio, entity: firm, name: {zh: 研发占比, en: "R&D ratio"}, unit: "%", expr: "convert(rd / sales, '%')"}
benefits:
  - code: relief
    instrument: relief
    entity: firm
    name: {zh: 创新减免, en: innovation relief}
    kind: relief
    source: {document: law, article: 第一条}
    confidence: official
    note: {zh: 逐年判断, en: judged year by year}
    valid: [{from: 2020-01-01, to: 2024-12-31, begins: true, source: {document: law}, confidence: official}]
    unknown:
      - {from: 2025-01-01, what: {zh: 是否延续, en: whether it continues}, settled_by: {zh: 公告, en: an announcement}}
    conditions:
      - code: c_ratio
        name: {zh: 研发占比达标, en: "enough R&D"}
        expr: rd_ratio >= band(sales, ratio_needed)
        source: {document: law, article: 第二条}
        confidence: official
        remedy: {zh: 增加研发投入, en: spend more on R&D}
      - code: c_researchers
        name: {zh: 科技人员占比达标, en: enough researchers}
        expr: researchers >= staff * param(researcher_share)
        source: {document: blog}
        confidence: secondary
      - {code: c_status, name: {zh: 有资格, en: has a status}, expr: listed OR (certified AND NOT banned)}
      - {code: c_sector, name: {zh: 行业 A, en: sector A}, expr: sector = 'A'}
      - {code: c_age, name: {zh: 成立满一年, en: one year old}, expr: "founded <= DATE '2023-12-31'"}
    amount: {name: {zh: 减免税额, en: tax saved}, expr: "rd * 0.15", unit: 元}
    excludes: [{benefit: subsidy, source: {document: law, article: 第九条}, confidence: official}]
    claimed: relief_claimed
    documents: [{zh: 台账, en: the ledger}]
    deadlines:
      - {name: {zh: 汇算清缴, en: annual filing}, from: 2020-01-01, due: "+1-05-31", source: {document: law}}
      - {name: {zh: 旧期限, en: old deadline}, from: 2020-01-01, to: 2022-12-31, due: "10"}
  - code: subsidy
    instrument: subsidy
    entity: firm
    name: {zh: 补助, en: subsidy}
    kind: reward
    valid: [{from: 2020-01-01, to: 2020-12-31, begins: true, ends: true}]
    conditions:
      - {code: c_subsidy, name: {zh: 列入名单, en: listed}, expr: listed AND c_covered}
      - {code: c_year, name: {zh: 2020 年, en: the year 2020}, expr: period_year() = 2020}
  - code: prize_relief
    instrument: prize
    entity: award
    name: {zh: 奖金减免, en: relief on prizes}
    kind: exemption
    valid: [{from: 2020-01-01}]
    conditions: [{code: c_prize, name: {zh: 奖金为正, en: there is prize money}, expr: prize > 0}]
    amount: {name: {zh: 免税额, en: amount exempt}, expr: prize * 0.5, unit: 元}
"""

GOOD = {
    "rd_staff_cost": "4000000",
    "rd_material": "2000000",
    "sales": "120000000",
    "staff": "100",
    "researchers": "10",
    "listed": True,
    "certified": False,
    "banned": False,
    "sector": "A",
    "founded": "2020-05-01",
    "relief_claimed": "0",
}
"""A firm that meets every condition: R&D 5 % of 120 million, where 4 % are needed; 10 researchers of 100."""


def small_book(folder: Path, book: str = BOOK) -> Book:
    """The book, from a file of its own."""
    (folder / "book.yaml").write_text(book, encoding="utf-8")
    return load_book(folder)


def answer(book: Book, period: str = "2024", benefit: str = "relief", **changes: object) -> Answer:
    """The answer for the good firm with other figures; an empty one is unknown."""
    rows = read_facts(book, {"firm": {**GOOD, **changes}}, period)
    (found,) = entitlements(book, rows, "1", period, as_of=AS_OF, benefits=[benefit])
    return found
