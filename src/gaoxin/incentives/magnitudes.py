"""What tells that an amount is in another unit than yuan, or an industry code is none: for one firm and for many alike.

The amount alone does not show whether it is in yuan, thousands or ten thousands; it shows against other figures.
"""

from __future__ import annotations

from gaoxin.words import Text

ALIKE = (
    ("total_revenue", "sales_revenue", "main_revenue"),
    ("assets_open", "assets_q1", "assets_q2", "assets_q3", "assets_q4", "assets_average", "ts_assets"),
)
"""Amounts of one firm and year that are of one order of magnitude."""

APART = 1000
"""Such amounts this many times apart are in different units."""

STAFF = ("staff_total", "staff_average")
"""Numbers of persons to which revenue is compared: the first that is reported."""

LEAST_PER_HEAD = 5000
"""Revenue in yuan per person and year below which the amounts are hardly in yuan."""

MOST_PER_HEAD = 1_000_000_000
"""Revenue in yuan per person and year above which the amounts are hardly what they seem."""

DIVISIONS = 97
"""The divisions of GB/T 4754-2017 are 01 to 97."""

INDUSTRY_CODE = r"[A-T]?([0-9]{2})[0-9]{0,2}"
"""A code of GB/T 4754-2017: division, group or class, with or without the letter of the section."""

NO_INDUSTRY = Text(
    "没有这个行业代码（GB/T 4754—2017，大类 01 至 97）", "no industry code of GB/T 4754-2017 (divisions 01 to 97)"
)
