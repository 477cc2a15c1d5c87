"""What the example rules propose for small results made by hand, three-valued and with their vetoes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from math import nan
from pathlib import Path

import numpy as np
import pytest

from gaoxin.decisions import Proposal, Proposals, RankSample, Result, propose
from gaoxin.decisions.events import read_events
from gaoxin.decisions.wording import plain, told
from gaoxin.problems import InputError
from gaoxin.rulebook import Book, BookError, load_book
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

Make = Callable[..., RunResult]


def records(zones: str, period: str = "2025", **changed: dict[str, str]) -> list[dict[str, str]]:
    """A record for each zone that says that nothing happened, but for what ``changed`` says."""
    nothing = {"ev_major_accidents": "0", "ev_falsified": "false", "ev_plan_failed": "false"}
    return [{"zone": zone, "period": period, **nothing, **changed.get(zone, {})} for zone in zones]


def found(proposals: Proposals, zone: str, rule: str) -> Proposal | None:
    return next((one for one in proposals.proposals if (one.zone, one.rule) == (zone, rule)), None)


@pytest.fixture
def years(make: Make) -> list[RunResult]:
    return [
        make("2024", {"a": 1, "b": 2, "c": 3, "d": 5, "e": 4, "f": 6}),
        make("2025", {"a": 1, "b": 3, "c": 2, "d": 5, "e": 4, "f": 6}),
    ]


def test_one_and_several_years(book: Book, years: list[RunResult]) -> None:
    proposals = propose(book, [Result(run) for run in years], records("abcdef"))
    leading = {(one.zone, one.action) for one in proposals.proposals if one.leading}
    assert leading == {
        ("a", "commend"), ("a", "admit_first"), ("c", "commend"), ("d", "rectify"), ("f", "rectify"),
    }  # fmt: skip
    warned = found(proposals, "d", "dx_warn")
    assert warned is not None
    assert warned.graver == "dx_rectify"
    assert [(s.period, s.rank, s.ranked) for s in warned.history] == [("2024", 5.0, 6), ("2025", 5.0, 6)]
    assert (warned.statement_days, warned.confidence) == (15, "inferred")
    assert warned.citation is not None
    assert warned.citation.article == "第六条第一款"


def test_a_year_that_is_missing_is_unknown_and_not_false(book: Book, years: list[RunResult]) -> None:
    alone = propose(book, [Result(years[1])], records("abcdef"))
    rectify = found(alone, "f", "dx_rectify")
    assert rectify is not None
    assert rectify.state == "unknown"
    assert any("2024" in reason.zh for reason in rectify.reasons)
    assert found(alone, "b", "dx_rectify") is None, "what is false this year is false whatever was last year"
    warn = found(alone, "f", "dx_warn")
    assert warn is not None
    assert warn.leading


def test_a_zone_without_a_rank_is_said_to_be_unknown(book: Book, make: Make) -> None:
    run = make("2025", {"a": 1, "b": nan, "c": 2}, absent=["d"])
    proposals = propose(book, [Result(run)], records("abcd"))
    for zone in "bd":
        warn = found(proposals, zone, "dx_warn")
        assert warn is not None
        assert warn.state == "unknown"
        assert warn.reasons


def test_a_veto_bars_and_an_unrecorded_one_is_to_be_settled(book: Book, years: list[RunResult]) -> None:
    results = [Result(run) for run in years]
    barred = propose(book, results, records("abcdef", a={"ev_major_accidents": "1"}))
    one = found(barred, "a", "dx_commend")
    assert one is not None
    assert (one.state, [v.code for v in one.vetoes if v.holds]) == ("barred", ["dx_accident"])
    open_ = found(propose(book, results), "a", "dx_commend")
    assert open_ is not None
    assert open_.state == "proposed"
    assert [(v.code, v.holds) for v in open_.vetoes] == [("dx_accident", None), ("dx_falsified", None)]
    assert any("ev_major_accidents" in reason.zh for reason in open_.vetoes[0].reasons)


def test_falsified_data_bar_and_are_themselves_a_reason(book: Book, years: list[RunResult]) -> None:
    proposals = propose(book, [Result(run) for run in years], records("abcdef", a={"ev_falsified": "true"}))
    rectify, commend = found(proposals, "a", "dx_falsified"), found(proposals, "a", "dx_commend")
    assert rectify is not None
    assert rectify.leading
    assert rectify.certainty is None
    assert rectify.uncertain_because.en
    assert commend is not None
    assert commend.state == "barred"


def test_withdrawal_is_the_gravest(book: Book, years: list[RunResult]) -> None:
    proposals = propose(book, [Result(run) for run in years], records("abcdef", f={"ev_plan_failed": "true"}))
    assert {one.rule: one.graver for one in proposals.proposals if one.zone == "f"} == {
        "dx_warn": "dx_withdraw", "dx_rectify": "dx_withdraw", "dx_withdraw": None,
    }  # fmt: skip


def sample(ranks: list[list[float]], units: str = "abc", points: float = 0.0) -> RankSample:
    table = np.array(ranks, dtype=np.float64)
    return RankSample(tuple(units), table, np.full((len(table), 1), points), (Text("权重", "weights"),))


def test_certainty_counts_the_draws_in_which_the_rule_holds(book: Book, make: Make) -> None:
    run = make("2025", {"a": 1, "b": 2, "c": 3})
    draws = [[1, 2, 3]] * 6 + [[2, 3, 1]] * 3 + [[3, 2, 1]]
    proposals = propose(book, [Result(run, sample(draws))], records("abc"))
    commend = found(proposals, "a", "dx_commend")
    assert commend is not None
    assert commend.certainty is not None
    assert (commend.certainty.true, commend.certainty.draws) == (0.9, 10)
    assert commend.certainty.error == pytest.approx((0.9 * 0.1 / 10) ** 0.5)
    assert [(one.zone, one.rule, one.certainty.true) for one in proposals.near] == [
        ("a", "dx_warn", 0.4), ("c", "dx_commend", 0.4),
    ]  # fmt: skip


def test_draws_of_two_years_with_the_same_choices_stay_together(book: Book, make: Make) -> None:
    first, second = make("2024", {"a": 1, "b": 2, "c": 3, "d": 4}), make("2025", {"a": 1, "b": 2, "c": 3, "d": 4})
    good, bad = [1, 2, 3, 4], [4, 2, 3, 1]
    paired = [good, bad] * 50
    same = propose(
        book, [Result(first, sample(paired, "abcd")), Result(second, sample(paired, "abcd"))], records("abcd")
    )
    apart = propose(
        book,
        [Result(first, sample(paired, "abcd", 1.0)), Result(second, sample(paired, "abcd"))],
        records("abcd"),
    )
    one, other = found(same, "a", "dx_admit_first"), found(apart, "a", "dx_admit_first")
    assert one is not None
    assert one.certainty is not None
    assert (one.certainty.true, one.certainty.together) == (0.5, True)
    assert other is not None
    assert other.certainty is not None
    assert not other.certainty.together
    assert 0.1 < other.certainty.true < 0.4  # a quarter, when the years have nothing to do with each other


def test_a_year_without_draws_is_held_and_said(book: Book, years: list[RunResult]) -> None:
    draws = [[1, 3, 2, 5, 4, 6], [1, 3, 2, 4, 5, 6]]
    proposals = propose(book, [Result(years[0]), Result(years[1], sample(draws, "abcdef"))], records("abcdef"))
    one = found(proposals, "d", "dx_rectify")
    assert one is not None
    assert one.certainty is not None
    assert (one.certainty.true, one.certainty.held) == (0.5, ("2024",))


def test_the_rank_that_would_reverse_a_finding(book: Book, years: list[RunResult]) -> None:
    proposals = propose(book, [Result(run) for run in years], records("abcdef"))
    ranks = {}
    for zone, rule in (("f", "dx_warn"), ("d", "dx_rectify"), ("a", "dx_commend")):
        one = found(proposals, zone, rule)
        assert one is not None
        assert one.reversal is not None
        ranks[zone] = one.reversal.rank
    assert ranks == {"f": 4.0, "d": 4.0, "a": 3.0}


def test_another_system_between_the_years_is_said(book: Book, years: list[RunResult]) -> None:
    other = dataclasses.replace(years[0], system="other")
    proposals = propose(book, [Result(other), Result(years[1])], records("abcdef"))
    assert any("other" in text.en for text in proposals.differing)


@pytest.mark.parametrize(
    ("events", "rule"),
    [
        ([{"zone": "a", "period": "2025", "ev_falsified": "perhaps"}], "facts"),
        ([{"zone": "a", "ev_falsified": "true"}], "events"),
        ([{"zone": "a", "period": "2025", "result_rank": "1"}], "events.reserved"),
    ],
)
def test_records_that_cannot_be_used(
    book: Book, years: list[RunResult], events: list[dict[str, str]], rule: str
) -> None:
    with pytest.raises(InputError) as error:
        propose(book, [Result(years[1])], events)
    assert error.value.problems[0].rule == rule


def test_nothing_to_decide_upon(book: Book, years: list[RunResult]) -> None:
    with pytest.raises(InputError, match="no decision rules"):
        propose(load_book("national-2021"), [Result(years[1])])
    with pytest.raises(InputError, match="two evaluations"):
        propose(book, [Result(years[1]), Result(years[1])])


def test_words_and_data_say_the_same(book: Book, years: list[RunResult]) -> None:
    proposals = propose(book, [Result(run) for run in years], records("abcde"))
    for language, words in (("zh", "责令整改"), ("en", "order rectification")):
        text = "\n".join(told(proposals, language))  # type: ignore[arg-type]
        assert words in text
        assert {"zh": "合成数据", "en": "synthetic data"}[language] in text
    data = json.loads(json.dumps(plain(proposals)))
    assert [one["rule"] for one in data["proposals"]] == [one.rule for one in proposals.proposals]
    assert data["proposals"][0]["explanation"]["zh"]


def test_a_book_of_ones_own(tmp_path: Path) -> None:
    head = """
book: own
version: "1"
title: {zh: 自己的, en: own}
frequency: year
extends: [evaluation-results]
decisions:
"""
    (tmp_path / "book.yaml").write_text(
        head + "  - {code: x, entity: zone, name: {zh: 甲, en: a}, expr: result_rank + 1, action: warn}\n",
        encoding="utf-8",
    )
    with pytest.raises(BookError, match="must be a condition"):
        load_book(tmp_path)
    (tmp_path / "book.yaml").write_text(
        head + "  - {code: x, entity: zone, name: {zh: 甲, en: a}, expr: result_rank = 1}\n", encoding="utf-8"
    )
    with pytest.raises(BookError, match="give action"):
        load_book(tmp_path)


def test_records_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("zone,period,ev_falsified\na,2025,是\n", encoding="utf-8-sig")
    (tmp_path / "e.yaml").write_text("- {zone: a, period: 2025, ev_falsified: 是}\n", encoding="utf-8")
    assert read_events(tmp_path / "e.csv") == read_events(tmp_path / "e.yaml")
    (tmp_path / "e.yaml").write_text("a: 1\n", encoding="utf-8")
    with pytest.raises(InputError, match="list"):
        read_events(tmp_path / "e.yaml")
