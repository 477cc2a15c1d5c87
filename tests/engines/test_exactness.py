"""Engine = explanation = an independent reference, for random rules over random returns."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exact_reference import RATES, Who, World, aggregates, conditions, numbers, rounded, worlds
from gaoxin.engines import EngineError, explain, run
from gaoxin.rulebook.entries import Derived
from gaoxin.words import Text
from small_books import parameter, small_book

ITEMS = """\
items:
  - {code: a, entity: firm, name: {zh: 甲, en: a}, type: decimal, unit: "1"}
  - {code: b, entity: firm, name: {zh: 乙, en: b}, type: decimal, unit: "1"}
  - {code: n, entity: firm, name: {zh: 丙, en: n}, type: integer, unit: "1"}
  - {code: f, entity: firm, name: {zh: 丁, en: f}, type: flag}
"""
BANDS = [
    {"to": -1, "inclusive": True, "value": 0.5},
    {"to": 1, "inclusive": False, "value": -2},
    {"value": 0.25},
]
MODES = ["half_up", "half_even", "down", "up"]


@cache
def the_book():
    rates = [{"from": "2000", "to": "2024", "value": 0.05}, {"from": "2025", "value": 0.075}]
    parameters = [parameter("rate", rates), parameter("table", [{"from": "2000", "bands": BANDS}])]
    with TemporaryDirectory() as folder:
        return small_book(Path(folder), parameters=parameters, items=ITEMS)


def table(world: World) -> pa.Table:
    def decimal(value):
        return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)

    rows = list(world.firms.items())
    columns = {code: [figures[code] for _, (_, figures) in rows] for code in "abnf"}
    return pa.table(
        {
            "firm": [firm for (firm, _), _ in rows],
            "zone": [zone for _, (zone, _) in rows],
            "period": [str(year) for (_, year), _ in rows],
            "a": pa.array([decimal(v) for v in columns["a"]], pa.decimal128(12, 2)),
            "b": pa.array([None if v is None else float(v) for v in columns["b"]], pa.float64()),
            "n": pa.array([None if v is None else int(v) for v in columns["n"]], pa.int32()),
            "f": pa.array(columns["f"], pa.bool_()),
        }
    )


@st.composite
def cases(draw):
    mode, coverage = draw(st.sampled_from(MODES)), draw(st.sampled_from(["1", "0.5", "0.25"]))
    rules = [("firm", draw(numbers(mode))), ("firm", draw(conditions(mode)))]
    rules += [("zone", draw(aggregates(mode, Fraction(coverage)))) for _ in range(2)]
    return mode, coverage, rules, draw(worlds())


def same(given, wanted, scale, mode):
    if isinstance(given, Decimal):
        return wanted is not None and Fraction(given) == rounded(Fraction(wanted), scale, mode)
    return given is wanted


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # large expressions have a large repr
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cases())
def test_engine_explanation_and_reference_agree_exactly(case):
    book = the_book()
    mode, coverage, rules, world = case
    entries = [
        Derived(
            code=f"r{i}", entity=entity, name=Text("规则", "rule"), expr=rule.text, rounding=mode, min_coverage=coverage
        )
        for i, (entity, rule) in enumerate(rules)
    ]
    plan = book.with_derived(entries).compile([entry.code for entry in entries], periods=["2024", "2025"])
    sources = {"firm": table(world)}
    seen = set()
    try:
        with run(plan, sources, threads=1) as outcome:
            results = {entity: outcome.values(entity).to_pylist() for entity in ("firm", "zone")}
            floats = {entity: outcome.array(entity) for entity in ("firm", "zone")}
    except EngineError as error:
        assert "overflow" in error.message.en  # noqa: PT017 - an overflow may happen, a wrong number may not
        return
    for i, (entity, rule) in enumerate(rules):
        code = f"r{i}"
        for row in results[entity]:
            who = Who(entity, row[entity], int(row["period"]))
            wanted = rule.value(world, who)
            scale = plan.shown_scale(code) if isinstance(wanted, Fraction) else 0
            assert same(row[code], wanted, scale, mode), (rule.text, who, row[code], wanted)
            seen.add((entity, who.key, who.year))
            if i in {0, 2} and who.key in {"x1", "Z1"}:
                explained = explain(plan, sources, entity, who.key, row["period"], code)
                assert explained.value == wanted, (rule.text, who)
                assert (wanted is None) == bool(explained.reasons)
    asked = {(firm, zone, year) for (firm, year), (zone, _) in world.firms.items() if year in {2024, 2025}}
    assert seen == {("firm", f, y) for f, _, y in asked} | {("zone", z, y) for _, z, y in asked}
    numeric = [f"r{i}" for i, (entity, _) in enumerate(rules) if plan.columns[f"r{i}"].type.kind == "number"]
    for entity in ("firm", "zone"):
        codes = [code for code in plan.targets_of(entity) if code in numeric]
        for row, exact in zip(results[entity], floats[entity], strict=True):
            for code, value in zip(codes, exact, strict=True):
                who = Who(entity, row[entity], int(row["period"]))
                wanted = rules[int(code[1:])][1].value(world, who)
                assert (value != value) if wanted is None else value == pytest.approx(float(wanted), rel=1e-12)  # noqa: PLR0124


def test_the_reference_knows_the_parameters_of_the_book():
    assert {year: str(float(rate)) for year, rate in RATES.items()} == {2023: "0.05", 2024: "0.05", 2025: "0.075"}
    assert [str(value.value) for value in the_book().parameters["rate"].values] == ["0.05", "0.075"]
