"""Properties of a small book of benefits: what is proven, what is refuted and by whom, and what stays open."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gaoxin.proofs.bands import astray
from gaoxin.proofs.confirming import unconfirmed
from gaoxin.proofs.facts import with_presence
from gaoxin.proofs.outcomes import Example, Outcome
from gaoxin.proofs.properties import load_properties
from gaoxin.proofs.proving import prove
from gaoxin.proofs.searching import Search
from gaoxin.proofs.setting import Setting
from gaoxin.proofs.solving import Effort
from gaoxin.proofs.values import Term, negated
from gaoxin.rulebook import Book, BookError, load_book
from gaoxin.rulebook.entries import Band
from gaoxin.rulebook.evaluate import At, Row
from small_books import check, small_book

SMALL = Path(__file__).parent / "small"
PROPERTIES = (SMALL / "properties.yaml").read_text(encoding="utf-8")


def write(folder: Path, properties: str = PROPERTIES) -> Book:
    """The small book with these properties, in a folder of its own."""
    (folder / "book.yaml").write_text((SMALL / "book.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "properties.yaml").write_text(properties, encoding="utf-8")
    return load_book(folder)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    proofs = prove(write(tmp_path_factory.mktemp("small")), "2024", effort=Effort(seconds=20))
    return {one.name: one for one in proofs.outcomes}


def state(outcomes: dict[str, Outcome], name: str) -> str:
    return outcomes[name].verdict.state


def figures(example: Example | None) -> dict[str, object]:
    assert example is not None
    return {item.code: value for item, _, value in example.shown}


def test_a_cliff_is_found_with_its_place_its_amount_and_where_it_is_made_good(outcomes):
    verdict = outcomes["cliffs:p_keeps"].verdict
    income, staff = verdict.cliffs
    assert verdict.complete
    assert (income.figure, income.causes) == ("income", ("small_income",))
    assert (income.before, income.after) == (1000, Fraction("1000.01"))
    assert (income.kept_before, income.kept_after) == (950, Fraction("750.0075"))
    assert income.most
    assert income.recovers == Fraction("1266.67")  # 950 / 0.75, up to the next fen
    assert (staff.figure, staff.before, staff.after, staff.lost) == ("staff", 10, 11, 200)
    assert staff.never


def test_a_kink_is_no_cliff(outcomes):
    assert state(outcomes, "cliffs:p_kink") == "proven"


def test_a_ratio_is_lost_by_one_fen_of_its_denominator_and_never_by_its_numerator(outcomes):
    (cliff,) = outcomes["cliffs:p_ratio"].verdict.cliffs
    assert (cliff.figure, cliff.before, cliff.lost, cliff.most) == ("sales", 700, 100, True)


def test_what_nobody_can_have_is_refuted(outcomes):
    assert state(outcomes, "possible:never") == "refuted"
    assert state(outcomes, "possible:small") == "proven"
    assert figures(outcomes["possible:research"].verdict.example)["sound"] is True


def test_a_check_must_be_one_that_can_be_passed_and_failed(outcomes):
    assert state(outcomes, "possible:staff_given") == "proven"
    assert figures(outcomes["possible:staff_given"].verdict.example)["staff"] < 0
    assert outcomes["possible:vacuous"].verdict.detail.en == "nobody can fail it: it checks nothing"
    assert outcomes["possible:impossible"].verdict.detail.en == "nobody can pass it"
    assert state(outcomes, "possible:unknown_limit") == "not_applicable"


def test_a_gap_is_told_from_what_the_rule_itself_leaves_open(outcomes):
    gap = outcomes["known:research_ratio"]
    assert gap.verdict.state == "refuted"
    assert figures(gap.verdict.example)["sales"] == 0
    said = outcomes["known:research_sound"].verdict
    assert said.state == "proven"
    assert figures(said.example) == {"sound": False}
    assert outcomes["known:small_income"].verdict.example is None


def test_what_excludes_each_other_may_yet_both_be_met(outcomes):
    assert state(outcomes, "exclusive:small:research") == "refuted"
    assert state(outcomes, "exclusive:small:never") == "proven"


def test_a_condition_that_is_sometimes_false_is_refuted_by_a_reporter(outcomes):
    assert state(outcomes, "always:p_tax") == "proven"
    example = outcomes["always:p_tax_small"].verdict.example
    assert example is not None
    assert example.claims == {"p_tax_small": False}


def test_the_wrong_order_is_shown_by_two_reporters_that_differ_in_one_figure(outcomes):
    assert state(outcomes, "monotone:p_rises") == "proven"
    verdict = outcomes["monotone:p_relief"].verdict
    less, more = figures(verdict.example), figures(verdict.beyond)
    assert less["income"] <= 1000 < more["income"]
    assert {**less, "income": None} == {**more, "income": None}


def test_what_holds_for_any_number_of_reporters_below_is_proven_and_the_rest_is_not_claimed(outcomes):
    assert state(outcomes, "always:p_count") == "proven"
    assert state(outcomes, "always:p_one") == "refuted"
    few = outcomes["always:p_few"].verdict
    assert few.state == "undecided"
    assert few.detail.en == "there is none with up to 2 reporters below; with more it is not decided"


def test_what_cannot_be_put_into_logic_is_named(outcomes):
    verdict = outcomes["always:p_named"].verdict
    assert (verdict.state, verdict.detail.en) == ("undecided", "wide_length cannot be put into logic")


def test_only_what_the_book_does_not_expect_is_surprising(outcomes):
    surprising = {name for name, one in outcomes.items() if one.surprising}
    assert surprising == {
        "always:p_tax_small", "always:p_one", "monotone:p_relief", "possible:never", "exclusive:small:research",
        "cliffs:p_ratio", "possible:vacuous", "possible:impossible",
    }  # fmt: skip
    expected = outcomes["cliffs:p_keeps"]
    assert expected.citation is not None
    assert (expected.citation.article, expected.citation.confidence) == ("第三条", "quoted")


def test_outside_its_dates_nothing_is_claimed_of_a_benefit(tmp_path):
    found = {one.name: one.verdict.state for one in prove(write(tmp_path), "2030").outcomes}
    assert found["possible:small"] == "not_applicable"
    assert found["always:p_tax"] == "not_applicable"
    assert "known:small_income" not in found
    assert found["possible:research"] == "proven"


def test_an_expectation_that_is_no_longer_true_is_surprising(tmp_path):
    properties = PROPERTIES.replace(
        "expr: tax >= 0}", "expr: tax >= 0, expected: refuted, why: {zh: 曾经, en: it once was}}"
    )
    (one,) = prove(write(tmp_path, properties), "2024", only="always:p_tax").outcomes
    assert one.verdict.state == "proven"
    assert one.surprising


def test_a_limit_that_is_reached_leaves_the_question_open(tmp_path):
    (one,) = prove(write(tmp_path), "2024", only="monotone:p_rises", effort=Effort(steps=10)).outcomes
    assert one.verdict.state == "undecided"
    assert "not decided within" in one.verdict.detail.en
    (cliffs,) = prove(write(tmp_path), "2024", only="cliffs:p_keeps", effort=Effort(steps=10)).outcomes
    assert not cliffs.verdict.complete


def test_the_same_question_has_the_same_answer(tmp_path):
    book = write(tmp_path)
    first, second = (prove(book, "2024", instrument="small").outcomes for _ in range(2))
    assert [one.verdict for one in first] == [one.verdict for one in second]


def test_an_example_that_the_engine_does_not_confirm_is_noticed(tmp_path):
    book = write(tmp_path)
    at = At("firm", "1", 2024)
    row = Row(None, {"income": Fraction(2000), "staff": Fraction(3)})
    rows = with_presence({"firm": {("1", 2024): row}})
    right, wrong = (Example(rows, at, (), {"tax": Fraction(value)}) for value in (500, 501))
    assert unconfirmed(book, [right, wrong, right]) == {1}


def test_a_number_in_two_bands_or_in_none_is_found():
    def band(to: str | None, inclusive: bool | None) -> Band:
        return Band(to=None if to is None else Decimal(to), inclusive=inclusive, value=Decimal(0))

    sound = (band("1", True), band("2", False), band(None, None))
    assert astray(sound, Effort()) is None
    overlapping = astray((band("5", True), band("3", True), band(None, None)), Effort())
    assert overlapping is not None
    assert 3 < overlapping[0] <= 5
    assert overlapping[1] == 2
    closed = astray((band("5", True), band("8", True)), Effort())
    assert closed is not None
    assert closed[0] > 8
    assert closed[1] == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("expr: tax >= 0", "expr: tax >= staff", "properties.yaml:4: p_tax: units differ: 元 and 人"),
        ("expr: tax >= 0", "expr: tax", "properties.yaml:4: p_tax: this must be a condition"),
        ("result: tax", "result: sound", "properties.yaml:11: p_rises: this must be a number"),
        ("in: [income, staff]", "in: [sound]", "properties.yaml:11: sound is no numeric item"),
        ("signed: [income]", "signed: [incom]", "incom is no numeric item of that entity. Did you mean income?"),
        ("source: {document: law, article: 第三条}", "source: {document: lex}", "no document lex"),
        ("    why: {zh: 断崖, en: a cliff}\n", "", "what is expected to be refuted must say why"),
        ("always:", "never:", "the file must hold lists called signed, assume, always"),
        ("direction: rising", "direction: up", "rising, falling"),
        (
            "known:research_ratio",
            "known:research_rato",
            "no property known:research_rato; write it like known:hn_cond_rd",
        ),
        ("known:research_ratio", "sound:research_ratio", "no property sound:research_ratio"),
        ("code: p_tax,", "code: tax,", "tax"),
    ],
)
def test_a_statement_that_does_not_fit_is_refused_with_its_place(tmp_path, old, new, said):
    book = write(tmp_path, PROPERTIES.replace(old, new, 1))
    with pytest.raises(BookError) as error:
        load_properties(book)
    assert said in str(error.value)


def test_a_book_without_statements_has_the_properties_that_any_book_has(tmp_path):
    book = write(tmp_path, "findings: []\n")
    kinds = {one.kind for one in prove(book, "2024", effort=Effort(seconds=20)).outcomes}
    assert kinds == {"bands", "possible", "known", "exclusive", "cliffs"}


def test_what_is_asked_for_and_does_not_exist_is_refused(tmp_path):
    book = write(tmp_path)
    with pytest.raises(BookError, match="there is no hnte; the instruments are: research, small"):
        prove(book, "2024", instrument="hnte")
    with pytest.raises(BookError, match="2024-Q1 is no period of this book"):
        prove(book, "2024-Q1")


def test_a_counter_example_passes_the_error_checks_also_those_of_figures_that_other_checks_bring_in(tmp_path):
    book = small_book(
        tmp_path,
        checks=[
            check("rd_within", "firm", "rd <= rev"),
            check("rev_within", "firm", "rev <= qty(3, '千元') * score"),
            check("score_within", "firm", "score <= 2"),
            check("much", "firm", "rd <= qty(6, '千元')", severity="warning"),
        ],
    )
    search = Search(load_properties(book), At("firm", "1-1", 2024), Effort())

    def ask(setting: Setting) -> list[Term]:
        return [negated(setting.truth("much").value)]

    assert search.within(search.complete, ask) is None
    assert search.within(search.complete, ask, passing=False) is not None
