"""Exact thresholds and named rounding: right at the boundary, below zero, and beyond what binary floats can hold."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.engines import EngineError, run
from small_books import derived, firms, small_book, values


def test_a_ratio_exactly_at_the_threshold_qualifies(tmp_path):
    rules = [
        derived("at_least", "firm", "rd / rev >= 0.03"),
        derived("above", "firm", "rd / rev > 0.03"),
        derived("percent", "firm", "convert(rd / rev, '%') >= qty(3, '%')"),
        derived("third", "firm", "rd / rev = 1 / 3"),
    ]
    book = small_book(tmp_path, derived=rules)
    rows = [("exact", "Z", "2025", {"rd": "0.21", "rev": "7"}), ("third", "Z", "2025", {"rd": "0.07", "rev": "0.21"})]
    rows += [("below", "Z", "2025", {"rd": "3000000000000.00", "rev": "100000000000000.01"})]
    rows += [
        ("negative", "Z", "2025", {"rd": "-0.21", "rev": "-7"}),
        ("mixed", "Z", "2025", {"rd": "0.21", "rev": "-7"}),
    ]
    found = values(book, "firm", {"firm": firms(book, *rows)}, ["at_least", "above", "percent", "third"])
    assert {key: tuple(row.values()) for key, row in found.items()} == {
        "exact": (True, False, True, False),
        "third": (True, True, True, True),
        "below": (False, False, False, False),
        "negative": (True, False, True, False),
        "mixed": (False, False, False, False),
    }


MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}


@pytest.mark.parametrize("mode", MODES)
def test_rounding_is_that_of_decimal_arithmetic_on_both_sides_of_zero(tmp_path, mode):
    rules = [
        derived("x", "firm", "ROUND(score / 10, 2)", rounding=mode),
        derived("y", "firm", "score / 10", scale=2, rounding=mode),
    ]
    book = small_book(tmp_path, derived=rules)
    numbers = [Decimal(i) / 1000 for i in range(-260, 261, 1)]
    rows = [(f"f{i:04d}", "Z", "2025", {"score": number}) for i, number in enumerate(numbers)]
    found = values(book, "firm", {"firm": firms(book, *rows)}, ["x", "y"])
    for i, number in enumerate(numbers):
        wanted = str((number / 10).quantize(Decimal("0.01"), MODES[mode])).replace("-0.00", "0.00")
        assert found[f"f{i:04d}"] == {"x": wanted, "y": wanted}, number


def test_the_shown_value_is_rounded_and_the_compared_value_is_not(tmp_path):
    rules = [derived("share", "firm", "rd / rev", scale=2), derived("reached", "firm", "share >= 0.34")]
    book = small_book(tmp_path, derived=rules)
    sources = {"firm": firms(book, ("f", "Z", "2025", {"rd": "0.337", "rev": 1} | {"rd": "33.7", "rev": "100"}))}
    assert values(book, "firm", sources, ["share", "reached"]) == {"f": {"share": "0.34", "reached": False}}


def test_amounts_beyond_binary_floats_are_exact(tmp_path):
    rules = [derived("total", "zone", "SUM(rev)"), derived("same", "zone", "SUM(rev) = SUM(rev) + qty(0.01, '千元')")]
    book = small_book(tmp_path, derived=rules)
    rows = [(f"f{i}", "Z", "2025", {"rev": "9007199254740993.01"}) for i in range(100)]
    found = values(book, "zone", {"firm": firms(book, *rows)}, ["total", "same"])["Z"]
    assert found == {"total": "900719925474099301.00", "same": False}


@cache
def large_book():
    rules = [
        derived("product", "firm", "rev * rd"),
        derived("cube", "firm", "rev * rev * rev"),
        derived("ratio", "firm", "rev / rd", scale=6, rounding="half_even"),
        derived("larger", "firm", "rev * 3 / 7 > rd * 3 / 7 + qty(1, '千元')"),
    ]
    with TemporaryDirectory() as folder:
        return small_book(Path(folder), derived=rules)


LARGE = st.integers(-(10**24), 10**24).map(lambda n: Decimal(n).scaleb(-2))


@settings(max_examples=10)
@given(st.lists(st.tuples(LARGE, LARGE), min_size=1, max_size=3))
def test_large_numbers_give_the_exact_result_or_an_overflow(rows):
    book = large_book()
    table = pa.table(
        {
            "firm": [f"f{i}" for i in range(len(rows))],
            "zone": ["Z"] * len(rows),
            "period": ["2025"] * len(rows),
            "rev": pa.array([a for a, _ in rows], pa.decimal128(38, 2)),
            "rd": pa.array([b for _, b in rows], pa.decimal128(38, 2)),
        }
    )
    rules = {
        "product": lambda a, b: a * b,
        "cube": lambda a, b: a * a * a,
        "ratio": lambda a, b: round(a / b * 10**6) / Fraction(10**6) if b else None,
        "larger": lambda a, b: a * 3 / 7 > b * 3 / 7 + 1,
    }
    for code, rule in rules.items():
        try:
            with run(book.compile([code], periods=["2025"]), {"firm": table}, threads=1) as outcome:
                found = outcome.values("firm").to_pylist()
        except EngineError as error:
            assert "overflow" in error.message.en  # noqa: PT017 - an overflow is right, a wrong number is not
            continue
        for row in found:
            a, b = (Fraction(number) for number in rows[int(row["firm"][1:])])
            wanted = rule(a, b)
            assert (row[code] if wanted is None or isinstance(wanted, bool) else Fraction(row[code])) == wanted


def test_an_overflow_names_the_entry(tmp_path):
    rules = [derived("fine", "zone", "SUM(rev)"), derived("huge", "zone", "SUM(rev) * SUM(rev) * SUM(rev)")]
    book = small_book(tmp_path, derived=rules)
    sources = {"firm": firms(book, ("f", "Z", "2025", {"rev": "12345678901234567.89"}))}
    with (
        run(book.compile(periods=["2025"]), sources) as outcome,
        pytest.raises(EngineError, match="huge: overflow: an intermediate result has more than 38 digits") as error,
    ):
        outcome.values("zone")
    assert error.value.item == "huge"
    assert error.value.remedy.zh


def test_a_sum_that_overflows_is_an_error(tmp_path):
    book = small_book(tmp_path, derived=[derived("x", "zone", "SUM(rev * rev)")])
    rows = [(f"f{i}", "Z", "2025", {"rev": "9999999999999999.99"}) for i in range(20)]
    many = {"firm": firms(book, *rows)}
    exact = 20 * Fraction("9999999999999999.99") ** 2
    try:
        found = values(book, "zone", many, ["x"])
        assert Fraction(found["Z"]["x"]) == exact
    except EngineError as error:
        assert "overflow" in error.message.en  # noqa: PT017


def test_a_constant_no_column_can_hold_is_an_overflow(tmp_path):
    big = " * ".join(["999999999999999999999999999999"] * 2)
    book = small_book(tmp_path, derived=[derived("x", "firm", big + " * score")])
    with pytest.raises(EngineError, match="overflow"):
        values(book, "firm", {"firm": firms(book, ("f", "Z", "2025", {"score": 1}))}, ["x"])
