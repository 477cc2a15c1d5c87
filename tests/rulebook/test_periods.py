"""Periods: text, order, dates."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaoxin.rulebook.periods import PER_YEAR, period_dates, period_ordinal, period_text, period_year

FREQUENCIES = list(PER_YEAR)


@given(st.sampled_from(FREQUENCIES), st.integers(1000, 9998), st.integers(0, 11))
def test_text_and_ordinal_are_the_same_thing(frequency, year, part):
    ordinal = year * PER_YEAR[frequency] + part % PER_YEAR[frequency]
    assert period_ordinal(period_text(ordinal, frequency), frequency) == ordinal


@pytest.mark.parametrize(
    ("earlier", "later", "frequency"),
    [("2024", "2025", "year"), ("2024-Q4", "2025-Q1", "quarter"), ("2024-12", "2025-01", "month")],
)
def test_consecutive_periods_have_consecutive_ordinals(earlier, later, frequency):
    assert period_ordinal(later, frequency) - period_ordinal(earlier, frequency) == 1
    first, last = period_dates(period_ordinal(later, frequency), frequency)
    assert first - datetime.timedelta(days=1) == period_dates(period_ordinal(earlier, frequency), frequency)[1]
    assert period_year(period_ordinal(later, frequency), frequency) == first.year == last.year


@pytest.mark.parametrize(
    ("text", "frequency"),
    [("2025", "quarter"), ("2025-Q5", "quarter"), ("2025-13", "month"), ("2025-8", "month"), ("25", "year"),
     ("2025年", "year"), (" 2025", "year"), ("２０２５", "year"), ("2025-Q3", "year"), ("0999", "year")],
)  # fmt: skip
def test_what_is_no_period_is_refused(text, frequency):
    with pytest.raises(ValueError, match="write it like"):
        period_ordinal(text, frequency)
