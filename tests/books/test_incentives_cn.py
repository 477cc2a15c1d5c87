"""The book of incentives as a whole: nothing without a source, nothing past its dates, nothing guessed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import cache

import pytest

from gaoxin.incentives.answers import entitlements
from gaoxin.rulebook import Book, load_book, tree
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.parameters import value_in
from gaoxin.rulebook.vectors import load_vectors

YEARS = [str(year) for year in range(2005, 2031)]


@cache
def the_book() -> Book:
    return load_book("incentives-cn")


@pytest.mark.parametrize("year", YEARS)
def test_every_year_compiles(year: str) -> None:
    book = the_book()
    plan = book.compile(periods=[year])
    assert set(book.derived) <= set(plan.targets)


def test_every_parameter_outside_its_dates_is_unknown_and_no_error() -> None:
    assert {parameter.outside for parameter in the_book().parameters.values()} == {"unknown"}


def test_every_value_rule_and_condition_names_its_document() -> None:
    book = the_book()
    without = [
        f"{code} from {value.from_}"
        for code, parameter in book.parameters.items()
        for value in parameter.values
        if value.source is None and value.unknown is None and parameter.source is None
    ]
    for code, entry in book.derived.items():
        versions = [version.source for version in entry.versions if version.expr]
        if entry.source is None and not (versions and all(versions)):
            without.append(code)
    assert without == []


CODIFIED = {"cit-law", "cit-regulation"}
"""Statutes that are cited by a later text than the one the years before had."""


def clauses_behind(book: Book, code: str, year: int) -> Iterator[tuple[str, str, str]]:
    """Entry, document and mark of everything that ``code`` rests on in the year."""
    stack, seen = [code], set[str]()
    while stack:
        here = stack.pop()
        entry = book.derived.get(here)
        if here in seen or entry is None:
            continue
        seen.add(here)
        rule, version = book.rule_in(here, year)
        own = version if version is not None and version.source is not None else entry
        if rule is None:
            continue
        if own.source is not None:
            yield here, own.source.document, own.confidence
        for node in tree.walk(rule):
            if isinstance(node, tree.Figure):
                stack.append(node.code)
            elif isinstance(node, (tree.Param, tree.Band)):
                value = value_in(book.parameters[node.code], year, book.frequency)
                if value is not None and value.source is not None:
                    yield node.code, value.source.document, value.confidence


def test_no_year_rests_on_a_document_that_came_after_its_return() -> None:
    # A return is filed in the year after; what rests on a later text says that it is inferred or second hand.
    book, late = the_book(), set[tuple[str, str]]()
    issued = {code: int(one.date[:4]) for code, one in book.documents.items() if one.date and code not in CODIFIED}
    for year in range(2012, 2031):
        for benefit in book.benefits.values():
            rule, _ = book.rule_in(benefit.code, year)
            if rule is None or isinstance(rule, tree.Literal):
                continue
            for code in filter(None, (benefit.code, benefit.amount_code)):
                late |= {
                    (entry, document)
                    for entry, document, mark in clauses_behind(book, code, year)
                    if issued.get(document, 0) > year + 1 and mark not in {"inferred", "secondary"}
                }
    assert late == set()


def test_every_rule_says_how_far_it_is_confirmed() -> None:
    book = the_book()
    silent = [
        f"{code} from {value.from_}"
        for code, parameter in book.parameters.items()
        for value in parameter.values
        if value.unknown is None and value.confidence == "unknown"
    ]
    silent += [
        f"{benefit.code}: {condition.code}"
        for benefit in book.benefits.values()
        for condition in benefit.conditions
        if condition.confidence == "unknown" and condition.unknown is None
        if not all(version.confidence != "unknown" for version in condition.versions or [condition])
    ]
    silent += [code for code, item in book.items.items() if item.source is None]
    assert silent == []


def test_nobody_is_entitled_to_anything_without_figures() -> None:
    book = the_book()
    for year in YEARS:
        rows = read_facts(book, {"firm": {}}, year)
        answers = entitlements(book, rows, "1", year, as_of=datetime.date(2025, 1, 1))
        for answer in answers:
            assert answer.state in {"unknown", "not_in_force"}, (year, answer.code)
            assert answer.amount is None or answer.amount.value in {None, 0}


def test_far_past_every_known_date_only_open_ended_rules_are_left() -> None:
    book = the_book()
    rows = read_facts(book, {"firm": {}}, "2060")
    answers = entitlements(book, rows, "1", "2060", as_of=datetime.date(2025, 1, 1))
    for answer in answers:
        open_ended = any(span.to is None for span in book.benefits[answer.code].valid)
        if not open_ended and answer.state != "not_in_force":
            assert answer.open, answer.code
            assert answer.conditions == () or all(condition.met is None for condition in answer.conditions)


def test_what_excludes_what_is_never_one_sided_in_an_answer() -> None:
    book = the_book()
    rows = read_facts(book, {"firm": {}}, "2024")
    answers = {one.code: one for one in entitlements(book, rows, "1", "2024", as_of=datetime.date(2025, 1, 1))}
    for code, answer in answers.items():
        for other in answer.excludes:
            if other.benefit in answers:
                assert code in {back.benefit for back in answers[other.benefit].excludes}


def test_every_benefit_says_which_papers_to_keep_and_by_when():
    benefits = the_book().benefits
    assert [code for code, benefit in benefits.items() if not benefit.documents] == []
    assert [code for code, benefit in benefits.items() if not benefit.deadlines] == []


def test_a_deadline_that_is_not_known_is_marked_as_unknown():
    for code, benefit in the_book().benefits.items():
        for deadline in benefit.deadlines:
            open_ = deadline.text is not None and "没有写明期限" in deadline.text.zh
            assert open_ == (deadline.confidence == "unknown"), code
            assert deadline.source is not None, code


def test_a_claim_can_be_recorded_for_every_benefit_but_the_prepayment_of_an_expiring_certificate():
    # A firm that is entitled and has not claimed is what the office looks for.
    without = [code for code, benefit in the_book().benefits.items() if benefit.claimed is None]
    assert without == ["hnte_prepayment"]


@pytest.mark.parametrize(
    ("code", "claimed"),
    [("hnte_recognition", "hnte"), ("tsme_evaluation", "tsme"), ("software_vat_refund", "sw_refund_claimed")],
)
def test_what_counts_as_claimed(code: str, claimed: str):
    assert the_book().benefits[code].claimed == claimed


@pytest.mark.parametrize(("holds", "claim"), [("false", "not_claimed"), ("true", "claimed"), ("", "unknown")])
def test_a_firm_that_could_be_recognised_and_is_not_has_not_claimed(holds: str, claim: str):
    (vector,) = [one for one in load_vectors(the_book()) if one.id == "HN-all-met"]
    facts = {"firm": {**vector.facts["firm"], "hnte": holds}}
    (answer,) = entitlements(
        the_book(), read_facts(the_book(), facts, "2024"), "1", "2024",
        as_of=datetime.date(2025, 3, 1), benefits=["hnte_recognition"],
    )  # fmt: skip
    assert (answer.state, answer.claim) == ("entitled", claim)
