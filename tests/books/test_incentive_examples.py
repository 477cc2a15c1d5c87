"""The worked examples that the rules on incentives were written from, each with the vector or test that repeats it.

``incentive_examples.csv`` has a line for every figure of every example: who worked it out (an official example, an
exercise, somebody's unit test, derived from the rule, or a mistake met elsewhere), where it is repeated, and the value.
An example that is dropped, or whose value is changed, is missed here.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from gaoxin.rulebook import load_book
from gaoxin.rulebook.vectors import Vector, load_vectors

HERE = Path(__file__).parent
with (HERE / "incentive_examples.csv").open(encoding="utf-8", newline="") as file:
    LINES = list(csv.DictReader(file))
NUMBERS = (
    "RD-01", "RD-02", "RD-05", "RD-06", "RD-07", "RD-09", "RD-10", "RD-12", "RD-13", "RD-14", "RD-15", "RD-17", "RD-18",
    "SM-01..07 (TI100)", "SM-01..07 (TI200)", "SM-01..07 (TI300)", "SM-01..07 (TI300.01)", "SM-08", "TT-01", "TT-02",
    "SW-01", "SW-02", "HN-01", "HN-03", "HN-04", "HN-06", "CA-01", "IT-01", "RW-01", "TC-01", "TC-02", "FS-01",
    *(f"N-{number:02d}" for number in range(1, 15)),
)  # fmt: skip
"""Every example of the sources: 32 worked numbers or groups of them, 14 mistakes."""


@cache
def vectors() -> dict[str, Vector]:
    return {vector.id: vector for vector in load_vectors(load_book("incentives-cn"))}


def test_no_example_is_left_out():
    found = dict.fromkeys(
        line["example"].split(" ")[0] if line["status"] == "negative" else line["example"] for line in LINES
    )
    assert tuple(found) == NUMBERS


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['example']}:{line['where']}:{line['figure']}")
def test_every_example_is_repeated_with_its_origin(line):
    if line["where"].startswith("test_"):
        tests = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_incentives_*.py"))
        assert f"def {line['where']}(" in tests
        return
    vector = vectors()[line["where"]]
    assert vector.status == line["status"]
    assert vector.document.document in load_book("incentives-cn").documents
    said = str(vector.expect[line["figure"]]).lower()
    try:
        assert Decimal(said) == Decimal(line["value"])
    except ArithmeticError:
        assert said == line["value"]


def test_every_mistake_met_elsewhere_is_in_the_table():
    beyond = {
        "NEG-hnte-15-halved",
        "NEG-hnte-halved",
        "NEG-ic-design-draft",
    }  # mistakes that need no example of their own
    negative = {number for number, vector in vectors().items() if vector.status == "negative"}
    assert negative - beyond == {line["where"] for line in LINES if line["status"] == "negative"} & negative


def test_tax_above_the_cap_of_small_firms_is_the_same_in_every_year():
    cliff = [line for line in LINES if line["example"] == "SM-01..07 (TI300.01)"]
    assert {line["value"] for line in cliff} == {"750025"}
    assert len(cliff) == 6
