"""What a firm is entitled to: states, amounts, missing figures, deadlines, clauses."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from gaoxin.engines.rows import as_tables
from gaoxin.incentives.answers import entitlements
from gaoxin.problems import InputError
from gaoxin.rulebook import Book
from gaoxin.rulebook.facts import read_facts
from incentives.small_book import AS_OF, GOOD, answer


def test_a_firm_that_meets_all_conditions_is_entitled_to_the_exact_amount(book: Book) -> None:
    found = answer(book, rd_staff_cost="4000000.03")
    assert (found.state, found.entitled) == ("entitled", True)
    assert found.amount is not None
    assert (found.amount.value, found.amount.unit) == (Decimal("900000.00"), "元")
    assert [condition.met for condition in found.conditions] == [True] * 5
    assert (found.missing, found.open, found.changes, found.changes_suffice) == ((), (), (), None)


def test_the_amount_is_rounded_half_up_to_the_fen(book: Book) -> None:
    found = answer(book, rd_staff_cost="4000000.10")
    assert found.amount is not None
    assert found.amount.value == Decimal("900000.02")  # 900000.015


def test_not_entitled_gets_nothing_and_learns_what_it_would_be_worth(book: Book) -> None:
    found = answer(book, sector="B")
    assert found.state == "not_entitled"
    assert found.amount is not None
    assert (found.amount.value, found.amount.worth) == (Decimal("0.00"), Decimal("900000.00"))


def test_unknown_names_the_figures_that_would_decide(book: Book) -> None:
    found = answer(book, researchers="", founded="")
    assert (found.state, found.entitled) == ("unknown", None)
    assert [one.code for one in found.missing] == ["researchers", "founded"]
    assert (found.missing[0].unit, found.missing[0].period, found.missing[0].key) == ("人", "2024", "1")


def test_a_known_failure_decides_whatever_is_missing(book: Book) -> None:
    found = answer(book, researchers="", sector="C")
    assert found.state == "not_entitled"
    assert found.missing == ()


def test_entitled_with_an_unknown_amount_names_what_the_amount_needs(book: Book) -> None:
    rows = read_facts(book, {"firm": GOOD, "award": [{"prize": 10}, {"award": "x"}]}, "2024")
    one, other = entitlements(book, rows, "1", "2024", as_of=AS_OF, benefits=["prize_relief"])
    assert (one.entity, one.reporter, one.state) == ("award", "1", "entitled")
    assert one.amount is not None
    assert one.amount.value == Decimal("5.00")
    assert (other.reporter, other.state) == ("x", "unknown")
    assert [(missing.code, missing.form) for missing in other.missing] == [("prize", "F-9")]


def test_of_whom_nothing_is_given_the_figures_needed_are_named(book: Book) -> None:
    found = answer(book, benefit="prize_relief")
    assert (found.entity, found.reporter, found.state) == ("award", "–", "unknown")
    assert [(one.code, one.entity) for one in found.missing] == [("prize", "award")]


def test_where_there_is_none_there_is_no_answer(book: Book) -> None:
    rows = read_facts(book, {"firm": GOOD, "award": []}, "2024")
    assert entitlements(book, rows, "1", "2024", as_of=AS_OF, benefits=["prize_relief"]) == ()


def test_past_the_last_known_date_nothing_is_extended(book: Book) -> None:
    found = answer(book, "2025")
    assert found.state == "unknown"
    assert [text.en for text in found.open] == ["whether it continues (would be settled by: an announcement)"]
    assert found.amount is not None
    assert (found.amount.value, found.amount.worth) == (None, None)


def test_what_stands_in_the_way_besides_figures_is_said(book: Book) -> None:
    found = answer(book, sales="0")
    assert (found.state, found.missing, found.open) == ("unknown", (), ())
    assert [text.en for text in found.obstacles] == ["division by zero for 1 in 2024"]


def test_before_it_began_there_is_no_such_benefit(book: Book) -> None:
    found = answer(book, "2019")
    assert (found.state, found.entitled, found.conditions) == ("not_in_force", False, ())


def test_what_it_excludes_is_said_by_both(book: Book) -> None:
    (one,) = answer(book, "2020").excludes
    assert (one.benefit, one.entitled) == ("subsidy", True)
    assert one.citation is not None
    assert one.citation.article == "第九条"
    (other,) = answer(book, "2020", "subsidy").excludes
    assert other.benefit == "relief"
    (later,) = answer(book, "2024").excludes
    assert later.entitled is False


@pytest.mark.parametrize(
    ("claimed", "claim"), [("0", "not_claimed"), ("900000", "claimed"), ("899999.99", "partly"), ("", "unknown")]
)
def test_what_was_claimed_is_compared_with_what_is_due(book: Book, claimed: str, claim: str) -> None:
    assert answer(book, relief_claimed=claimed).claim == claim


def test_a_benefit_without_a_claim_item_says_nothing_of_it(book: Book) -> None:
    assert answer(book, benefit="subsidy").claim is None


def test_deadlines_are_those_of_the_year(book: Book) -> None:
    assert [one.when for one in answer(book, "2024").deadlines] == ["2025-05-31"]
    assert [one.when for one in answer(book, "2021").deadlines] == ["2022-05-31", "2021-10"]


def test_the_least_confirmed_clause_marks_the_answer(book: Book) -> None:
    found = answer(book)
    assert found.confidence == "secondary"
    assert found.rests_on[0].number == "网页1"
    assert {clause.number for clause in found.rests_on} == {"网页1", "第1号"}


def test_every_answer_carries_its_date_and_the_version_of_the_rules(book: Book) -> None:
    found = answer(book)
    assert (found.as_of, found.book, found.version) == (AS_OF, "small", book.version)
    assert found.note.en == "judged year by year"


def test_tables_and_rows_give_the_same_answers(book: Book) -> None:
    given = {
        "firm": [{**GOOD, "firm": "a"}, {**GOOD, "firm": "b", "sector": "B"}],
        "award": [{"firm": "a", "prize": 3}],
    }
    rows = read_facts(book, given, "2024")
    for firm in ("a", "b"):
        from_tables = entitlements(book, as_tables(book, rows), firm, "2024", as_of=AS_OF)
        assert from_tables == entitlements(book, rows, firm, "2024", as_of=AS_OF)


def test_one_benefit_from_tables_knows_those_it_excludes(book: Book) -> None:
    rows = read_facts(book, {"firm": GOOD}, "2020")
    tables = as_tables(book, rows)
    (subsidy,) = entitlements(book, tables, "1", "2020", as_of=AS_OF, benefits=["subsidy"])
    assert [(one.benefit, one.entitled) for one in subsidy.excludes] == [("relief", True)]


@pytest.mark.parametrize(
    ("reporter", "period", "benefits", "message"),
    [
        ("2", "2024", None, "there are no figures of 2 for 2024"),
        ("1", "2023", None, "there are no figures of 1 for 2023"),
        ("1", "24", None, "24 is not a period"),
        ("1", "2024", ["releif"], "no benefit releif There are: relief, subsidy, prize_relief."),
    ],
)
def test_what_cannot_be_answered_is_refused(
    book: Book, reporter: str, period: str, benefits: list[str] | None, message: str
) -> None:
    rows = read_facts(book, {"firm": GOOD}, "2024")
    with pytest.raises(InputError, match=message):
        entitlements(book, rows, reporter, period, as_of=datetime.date(2025, 1, 1), benefits=benefits)
