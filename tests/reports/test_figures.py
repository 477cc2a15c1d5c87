from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaoxin.reports.figures import decimals_of, score_decimals, write_number, write_rank, write_share


@given(st.floats(min_value=-1e12, max_value=1e12), st.integers(min_value=0, max_value=6))
def test_a_written_number_reads_back_within_its_decimals(value: float, decimals: int) -> None:
    written = Decimal(write_number(value, decimals).replace(",", ""))
    assert abs(written - Decimal(value)) <= Decimal(5).scaleb(-decimals - 1)


@pytest.mark.parametrize("value", [None, math.nan])
def test_missing_is_a_dash_everywhere(value: float | None) -> None:
    assert write_number(value) == write_rank(value) == write_share(value) == "—"


def test_a_rounded_zero_has_no_sign() -> None:
    assert write_number(-0.004, 2) == "0.00"
    assert write_number(0.004, 2, signed=True) == "0.00"


def test_nearly_everything_is_not_written_as_everything() -> None:
    assert write_share(0.99999) == ">99%"
    assert write_share(1e-9) == "<1%"
    assert write_share(0.99999, 2) == ">99.99%"
    assert (write_share(1.0), write_share(0.0)) == ("100%", "0%")


@pytest.mark.parametrize(
    ("values", "unit", "decimals"),
    [
        ([3, 120, 41], "家", 0),
        ([3.123, 9.8], "%", 2),
        ([0.31, 0.42], "吨标准煤/万元", 3),
        ([250.5, 310.25], "亿元", 1),
        ([np.nan], "家", 0),
        ([0.0, 0.5], "", 3),
    ],
)
def test_decimals_follow_the_size_of_the_values(values: list[float], unit: str, decimals: int) -> None:
    assert decimals_of(np.array(values, dtype=float), unit) == decimals


def test_scores_on_a_scale_of_one_get_four_decimals() -> None:
    assert score_decimals(np.array([0.956, 0.4])) == 4
    assert score_decimals(np.array([np.nan])) == 4
    assert score_decimals(np.array([9.1, 3.0])) == 3
