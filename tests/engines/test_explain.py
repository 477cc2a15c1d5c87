"""Explanations: values, formulas, clauses, who is missing, which condition fails and by how much."""

from fractions import Fraction

import pytest

from gaoxin.engines import EngineError, explain, run
from gaoxin.rulebook.narrate import narrate
from small_books import check, derived, firms, parameter, small_book

PARTS = {
    "parameters": [
        parameter(
            "minimum",
            [
                {
                    "from": "2020",
                    "to": "2025",
                    "source": {"document": "law", "article": "第五条"},
                    "confidence": "official",
                    "bands": [
                        {"to": 5000, "inclusive": True, "value": 0.05},
                        {"to": 20000, "inclusive": True, "value": 0.04},
                        {"value": 0.03},
                    ],
                }
            ],
            unit="1",
            band_unit="千元",
        ),
        parameter("floor", [{"from": "2020", "value": 10}], unit="千元"),
    ],
    "derived": [
        derived(
            "intensity", "firm", "rd / rev", scale=4, confidence="secondary",
            source={"document": "law", "article": "第六条"}, note={"zh": "按年", "en": "by year"},
        ),
        derived("z_rd", "zone", "SUM(rd)", unit="千元", min_coverage="0.5"),
        derived("z_share", "zone", "convert(z_rd / SUM(rev), '%')", unit="%", scale=2),
        derived("z_growth", "zone", "z_rd - prior(z_rd)", unit="千元"),
        derived("z_strong", "zone", "COUNT(*) FILTER (WHERE intensity >= 0.03)", unit="家"),
        derived("over", "firm", "rev - prior(rd + rev)", unit="千元"),
    ],
    "checks": [check("meets", "firm", "NOT hnte OR (intensity >= band(rev, minimum) AND rd > param(floor))")],
}  # fmt: skip
ROWS = [
    ("a", "Z", "2025", {"rev": 10000, "rd": "370.00", "hnte": True}),
    ("b", "Z", "2025", {"rev": 3000, "rd": 1000, "hnte": False}),
    ("c", "Z", "2025", {"rev": 500, "hnte": None}),
    ("a", "Z", "2024", {"rev": 9000, "rd": 300}),
    ("z", "Y", "2025", {"rev": 0, "rd": 1}),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    book = small_book(tmp_path_factory.mktemp("told"), **PARTS)
    plan, sources = book.compile(periods=["2025"]), {"firm": firms(book, *ROWS)}
    return lambda entity, key, code: explain(plan, sources, entity, key, "2025", code)


def test_a_derived_figure_shows_value_formula_unit_clause_and_parts(told):
    found = told("firm", "a", "intensity")
    assert (found.kind, found.code, found.entity, found.key, found.period) == (
        "derived",
        "intensity",
        "firm",
        "a",
        "2025",
    )
    assert found.value == Fraction(37, 1000)
    assert found.shown == "0.0370"
    assert (found.formula, found.substituted) == ("rd / rev", "370.00 / 10,000.00")
    assert found.citation is not None
    assert (found.citation.title.zh, found.citation.number, found.citation.article, found.citation.confidence) == (
        "办法", "〔2020〕1号", "第六条", "secondary",
    )  # fmt: skip
    assert found.note.en == "by year"
    assert [(part.code, part.shown, str(part.unit)) for part in found.children] == [
        ("rd", "370.00", "千元"), ("rev", "10,000.00", "千元"),
    ]  # fmt: skip
    assert found.children[0].citation is not None
    assert found.children[0].citation.article == "第三条"


def test_a_failing_check_names_the_condition_and_by_how_much_it_fails(told):
    found = told("firm", "a", "meets")
    assert found.value is False
    flag, ratio = found.conditions
    assert (flag.formula, flag.holds, flag.margin) == ("hnte", True, None)
    assert ratio.formula == "intensity >= band(rev, minimum)"
    assert ratio.substituted == "0.037 >= 0.04"
    assert (ratio.holds, ratio.margin) == (False, Fraction(37, 1000) - Fraction(4, 100))


def test_the_band_says_its_limits_dates_and_clause(told):
    (band,) = [part for part in told("firm", "a", "meets").children if part.code == "minimum"]
    assert band.value == Fraction(4, 100)
    assert band.formula == "band(rev, minimum) [2020-01-01 … 2025-12-31] (5000, 20000] 千元"
    assert band.citation is not None
    assert (band.citation.article, band.citation.confidence) == ("第五条", "official")


def test_an_undecided_check_names_what_would_decide_it(told):
    found = told("firm", "c", "meets")
    assert found.value is None
    assert {reason.code for reason in found.reasons} == {"hnte", "rd"}
    assert [condition.holds for condition in found.conditions] == [None, None, None]


def test_a_passing_check_blames_nothing(told):
    assert told("firm", "b", "meets").conditions == ()


def test_an_aggregate_names_its_largest_contributors_and_who_is_missing(told):
    found = told("zone", "Z", "z_rd")
    assert found.value == 1370
    assert found.aggregation is not None
    assert (found.aggregation.known, found.aggregation.expected) == (2, 3)
    assert [(one.key, one.value) for one in found.aggregation.largest] == [("b", 1000), ("a", 370)]
    (missing,) = found.aggregation.missing
    assert missing.key == "c"
    assert missing.reasons[0].message.en == "c did not report rd R&D expense for 2025"


def test_the_lists_are_bounded_and_the_numbers_are_not(tmp_path):
    book = small_book(tmp_path, derived=[derived("x", "zone", "SUM(rev)", min_coverage="0.1")])
    rows = [(f"f{i:03d}", "Z", "2025", {"rev": i if i % 2 else None}) for i in range(300)]
    found = explain(book.compile(periods=["2025"]), {"firm": firms(book, *rows)}, "zone", "Z", "2025", "x")
    assert found.aggregation is not None
    assert (found.aggregation.known, found.aggregation.expected) == (150, 300)
    assert [one.key for one in found.aggregation.largest] == [f"f{i}" for i in range(299, 279, -2)]
    assert len(found.aggregation.missing) == 10


def test_an_earlier_value_is_explained_in_its_own_period(told):
    found = told("firm", "a", "over")
    rev, prior = found.children
    assert (prior.kind, prior.code, prior.period, prior.value) == ("prior", "prior(rd + rev)", "2024", 9300)
    assert prior.substituted == "300.00 + 9,000.00"
    assert [(part.code, part.period) for part in prior.children] == [("rd", "2024"), ("rev", "2024")]
    assert (rev.code, rev.period) == ("rev", "2025")


def test_division_by_zero_is_the_reason(told):
    found = told("firm", "z", "intensity")
    assert found.value is None
    assert [(reason.kind, reason.message.zh) for reason in found.reasons] == [("division", "z 2025 的除数为 0")]


def test_what_was_told_is_only_named_again(told):
    lines = narrate(told("zone", "Z", "z_growth"), "en")
    assert lines[0] == "z_growth [Z, 2025] = 1,070.00 thousand yuan"
    assert "    formula: z_rd - prior(z_rd)" in lines
    assert "    with values: 1,370.00 - 300.00" in lines
    assert any("2 of 3 reporters have the figure" in line for line in lines)


def test_the_text_is_complete_in_both_languages(told):
    chinese, english = (narrate(told("firm", "a", "meets"), language) for language in ("zh", "en"))
    assert len(chinese) == len(english)
    assert chinese[0] == "meets 审核meets [a, 2025] = 否"
    assert english[0] == "meets [a, 2025] = no"
    assert any(line.startswith("    不满足：intensity >= band(rev, minimum)") and "-0.003" in line for line in chinese)
    assert any(line.startswith("    not met: intensity >= band(rev, minimum)") and "-0.003" in line for line in english)
    assert any("出处：《办法》 〔2020〕1号 第五条（官方）" in line for line in chinese)
    assert any("source: the measures, 〔2020〕1号, 第五条 (official)" in line for line in english)
    assert not any("未知" in line or "unknown" in line for line in (*chinese, *english))


def test_an_unknown_value_says_why_in_both_languages(told):
    assert "    未知的原因：c 2025 未填 rd 研发费用" in narrate(told("firm", "c", "intensity"), "zh")
    assert "    unknown because: c did not report rd R&D expense for 2025" in narrate(
        told("firm", "c", "intensity"), "en"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("zone", "X", "2025", "z_rd"), "there are no data of the zone X for 2025"),
        (("zone", "Z", "2024", "z_rd"), "2024 is not compiled: 2025"),
        (("zone", "Z", "2025", "intensity"), "intensity is no target of zone"),
        (("zone", "Z", "2025", "nothing"), "nothing is no target of zone"),
    ],
)
def test_what_cannot_be_explained_is_said(tmp_path, arguments, says):
    book = small_book(tmp_path, **PARTS)
    with pytest.raises(EngineError, match=says):
        explain(book.compile(periods=["2025"]), {"firm": firms(book, *ROWS)}, *arguments)


def test_a_long_chain_of_entries_is_explained_and_computed(tmp_path):
    chain = [derived("x0", "firm", "rev / staff")]
    chain += [derived(f"x{i}", "firm", f"(((((x{i - 1} + rev / staff) * 1) - 0) * 1) - 0)") for i in range(1, 40)]
    book = small_book(tmp_path, derived=chain)
    plan, sources = (
        book.compile(["x39"], periods=["2025"]),
        {"firm": firms(book, ("f", "Z", "2025", {"rev": 3, "staff": 2}))},
    )
    assert explain(plan, sources, "firm", "f", "2025", "x39").value == 60
    with run(plan, sources) as outcome:
        assert outcome.array("firm").tolist() == [[60.0]]


def test_rules_too_deep_for_the_engine_are_an_error_and_no_crash(tmp_path):
    def nested(inner):
        return "1 / (1 + " * 25 + inner + ")" * 25

    chain = [derived("x0", "firm", nested("score"))]
    chain += [derived(f"x{i}", "firm", nested(f"x{i - 1}")) for i in range(1, 20)]
    book = small_book(tmp_path, derived=chain)
    rows = firms(book, ("f", "Z", "2025", {"score": 1}))
    with (
        run(book.compile(["x19"], periods=["2025"]), {"firm": rows}) as outcome,
        pytest.raises(EngineError, match="build on each other too deeply"),
    ):
        outcome.values("firm")
