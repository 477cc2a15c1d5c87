"""The proofs of the book of incentives, and the published list of its cliffs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gaoxin.engines.duckdb import run
from gaoxin.engines.rows import as_tables
from gaoxin.proofs.cliff_list import with_cliffs
from gaoxin.proofs.data import proofs_data
from gaoxin.proofs.facts import with_presence
from gaoxin.proofs.properties import Properties, load_properties
from gaoxin.proofs.proving import prove
from gaoxin.proofs.solving import Effort
from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.evaluate import At, Evaluator, Row, rounded
from gaoxin.rulebook.facts import read_facts

DOCS = Path(__file__).parents[2] / "docs"
LIST = DOCS / "incentives-cliffs-2024.json"


@cache
def the_book() -> Book:
    return load_book("incentives-cn")


@cache
def stated() -> Properties:
    return load_properties(the_book())


@cache
def published() -> dict[str, Any]:
    return json.loads(LIST.read_text(encoding="utf-8"))


def published_cliffs() -> list[tuple[str, dict[str, Any]]]:
    return [(outcome["property"], cliff) for outcome in published()["outcomes"] for cliff in outcome["cliffs"]]


@pytest.mark.parametrize(("year", "jump"), [("2019", 500_000), ("2021", 525_000), ("2022", 625_000), ("2027", 600_000)])
def test_one_fen_above_three_million_costs_a_small_firm(year: str, jump: int) -> None:
    (one,) = prove(the_book(), year, only="cliffs:keeps_small").outcomes
    income, staff, assets = one.verdict.cliffs
    assert one.verdict.complete
    assert (income.figure, income.before, income.causes) == ("taxable_income", 3_000_000, ("small_cond_income",))
    assert income.lost == jump - Fraction("0.0075")  # the fen brings what is left of it after tax
    assert income.recovers is not None
    # Of 3 million as much was left as 75 % of this, to the fen above.
    assert 0 <= income.recovers * Fraction(3, 4) - (2_250_000 + jump) < Fraction("0.0075")
    assert (staff.figure, staff.before, staff.lost, staff.never) == ("staff_average", 300, jump, True)
    assert (assets.figure, assets.before, assets.lost, assets.never) == ("assets_average", 50_000_000, jump, True)
    assert all(cliff.most for cliff in one.verdict.cliffs)


@pytest.mark.parametrize("instrument", ["small-low-profit", "technology-transfer", "software-vat-refund"])
def test_these_instruments_are_as_the_book_says(instrument: str) -> None:
    proofs = prove(the_book(), "2024", instrument=instrument, effort=Effort(seconds=20))
    assert [one.name for one in proofs.surprising] == []
    assert [one.name for one in proofs.outcomes if one.verdict.state == "undecided"] == []


def test_fifteen_percent_is_never_halved() -> None:
    (one,) = prove(the_book(), "2024", only="always:prove_never_halved").outcomes
    assert one.verdict.state == "proven"


def test_a_firm_registered_for_exactly_365_days_is_what_the_rule_leaves_open() -> None:
    (one,) = prove(the_book(), "2024", only="known:hn_cond_age").outcomes
    assert one.verdict.state == "proven"
    assert one.verdict.example is not None
    assert [(item.code, value) for item, _, value in one.verdict.example.shown] == [("hn_days_registered", 365)]


@pytest.mark.parametrize("benefit", ["hn_education", "fb_first_batch"])
def test_an_amount_that_the_book_does_not_know_is_not_said_to_have_no_cliff(benefit: str) -> None:
    (one,) = prove(the_book(), "2024", only=f"cliffs:{benefit}_amount").outcomes
    assert one.verdict.state == "not_applicable"
    assert one.verdict.detail.en == "this book does not know how much it is"


def test_the_published_list_is_what_the_command_wrote() -> None:
    page = (DOCS / "incentives.md").read_text(encoding="utf-8")
    assert with_cliffs(page, published()) == page


def test_the_published_cliffs_of_small_firms_are_found_again() -> None:
    found = proofs_data(prove(the_book(), "2024", only="cliffs:keeps_small"))["outcomes"][0]["cliffs"]
    (before,) = (one for one in published()["outcomes"] if one["property"] == "cliffs:keeps_small")
    keys = ("figure", "before", "after", "kept_before", "kept_after", "no_one_loses_more", "made_good_at", "causes")
    assert [[cliff[key] for key in keys] for cliff in before["cliffs"]] == [
        [cliff[key] for key in keys] for cliff in found
    ]


def test_every_result_of_the_book_is_in_the_published_list() -> None:
    listed = {outcome["property"] for outcome in published()["outcomes"]}
    assert {f"cliffs:{one.code}" for one in stated().cliffs} <= listed
    assert all(outcome["complete"] and not outcome["unexpected"] for outcome in published()["outcomes"])


def test_every_published_cliff_runs_through_the_engine_and_gives_its_amounts() -> None:
    book = stated().book
    sides: list[tuple[str, str, At, Fraction]] = []
    returns: dict[str, dict[str, dict[tuple[str, int], Row]]] = {}
    for number, (name, cliff) in enumerate(published_cliffs()):
        (code,) = cliff["example"]["gives"]
        rows = read_facts(book, cliff["example"]["facts"], "2024")
        entity = book.items[cliff["figure"]].entity
        ((key, ordinal),) = [place for place in rows.returns[entity] if place[1] == 2024]
        row = rows.returns[entity][key, ordinal]
        assert row.figures[cliff["figure"]] == Fraction(cliff["before"]), name
        for side in ("before", "after"):
            here = At(entity, f"{number} {side}", 2024)
            moved = Row(row.parent, {**row.figures, cliff["figure"]: Fraction(cliff[side])})
            returns.setdefault(entity, {}).setdefault(code, {})[here.key, 2024] = moved
            sides.append((code, name, here, Fraction(cliff[f"kept_{side}"])))
    computed: dict[tuple[str, str], Any] = {}
    for entity, by_code in returns.items():
        for code, rows_of in by_code.items():
            rows = with_presence({entity: rows_of})
            plan = book.compile([code], periods=["2024"])
            with run(plan, as_tables(book, rows)) as outcome:
                computed |= {(code, row[entity]): row[code] for row in outcome.values(entity).to_pylist()}
            exact = Evaluator(book, rows)
            for wanted, name, here, kept in sides:
                if (wanted, here.entity) == (code, entity):
                    assert exact.figure(code, here).value == kept, name
                    shown = rounded(kept, plan.shown_scale(code), "half_up")
                    assert computed[code, here.key] == Decimal(shown.numerator) / Decimal(shown.denominator), name
    assert len(sides) == 2 * len(published_cliffs()) > 60


def test_every_published_amount_is_the_difference_of_what_is_kept() -> None:
    for name, cliff in published_cliffs():
        lost = Fraction(cliff["kept_before"]) - Fraction(cliff["kept_after"])
        assert Fraction(cliff["lost"]) == lost > 0, name


def test_the_example_of_the_guide_fits_the_book(tmp_path: Path) -> None:
    guide = (DOCS / "rulebooks.md").read_text(encoding="utf-8")
    (example,) = [block for block in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL) if "signed:" in block]
    path = tmp_path / "properties.yaml"
    path.write_text(example, encoding="utf-8")
    found = load_properties(replace(the_book(), properties=(path,)))
    assert [one.code for one in found.statements] == ["p_range", "p_rises", "p_keeps"]
    assert list(found.findings) == ["exclusive:hnte_reduced_rate:small_low_profit"]
