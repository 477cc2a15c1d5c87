"""The examples reproduce published figures, and their pages say exactly what differs."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from gaoxin.evaluation.index import Evaluation, evaluate
from gaoxin.evaluation.method import Method
from gaoxin.evaluation.structure import Hierarchy
from gaoxin.rulebook.system import INDEX, load_system

EXAMPLES = Path(__file__).parents[2] / "examples"
Rows = list[dict[str, str]]


def computed(example: str) -> tuple[Rows, Evaluation]:
    system = load_system(EXAMPLES / example)
    rows = list(csv.DictReader((EXAMPLES / example / "countries.csv").read_text(encoding="utf-8").splitlines()))
    numbers = [node.no for node in system.indicators]
    tree = Hierarchy.build(system.parent_of, weights=system.weights, directions=system.directions, indicators=numbers)
    x = system.values({node.figure: column(rows, node.figure) for node in system.indicators})
    method = Method.model_validate(system.method)
    return rows, evaluate(x, tree, method, units=[row["country"] for row in rows])


def column(rows: Rows, name: str) -> list[float]:
    return [float(row[name]) for row in rows]


@pytest.fixture(scope="module")
def hdi() -> tuple[Rows, Evaluation]:
    return computed("hdi-2021")


@pytest.fixture(scope="module")
def tai() -> tuple[Rows, Evaluation]:
    return computed("tai")


def test_hdi_is_within_rounding_of_all_191_published_values(hdi: tuple[Rows, Evaluation]) -> None:
    rows, done = hdi
    difference = np.abs(done.index - column(rows, "published_hdi"))
    assert len(rows) == 191
    assert difference.max() < 0.0015
    assert (rows[int(difference.argmax())]["country"], int((difference < 0.0005).sum())) == ("Cyprus", 109)


def test_hdi_follows_the_technical_note(hdi: tuple[Rows, Evaluation]) -> None:
    rows, done = hdi
    life, expected, mean, income = (
        np.array(column(rows, name))
        for name in ("life_expectancy", "expected_schooling", "mean_schooling", "gni_per_capita")
    )
    health = np.clip((life - 20) / 65, 0, 1)
    education = (np.clip(expected / 18, 0, 1) + np.clip(mean / 15, 0, 1)) / 2
    standard = np.clip((np.log(income) - np.log(100)) / (np.log(75000) - np.log(100)), 0, 1)
    np.testing.assert_allclose(done.index, np.cbrt(health * education * standard), rtol=1e-13)
    np.testing.assert_allclose(done.scores[:, done.hierarchy.position("2")], education, rtol=1e-13)


def test_hdi_published_ranks_are_those_of_the_published_scores(hdi: tuple[Rows, Evaluation]) -> None:
    rows, _ = hdi
    scores = np.array(column(rows, "published_hdi"))
    assert column(rows, "published_rank") == [1 + int((scores > score).sum()) for score in scores]


def test_hdi_page_lists_exactly_the_ranks_that_rounding_moves(hdi: tuple[Rows, Evaluation]) -> None:
    rows, done = hdi
    page = (EXAMPLES / "hdi-2021/README.md").read_text(encoding="utf-8")
    listed = [(name, int(a), int(b)) for name, a, b in re.findall(r"^\| ([^|]+) \| (\d+) \| (\d+) \|$", page, re.M)]
    ranks = done.ranks[:, done.hierarchy.position(INDEX)].astype(int)
    moved = [
        (row["country"], int(row["published_rank"]), int(rank))
        for row, rank in zip(rows, ranks, strict=True)
        if int(row["published_rank"]) != rank
    ]
    assert listed == moved
    assert (len(moved), max(abs(a - b) for _, a, b in moved)) == (41, 3)


def test_tai_is_within_rounding_of_the_published_values(tai: tuple[Rows, Evaluation]) -> None:
    rows, done = tai
    published = {row["country"]: float(row["published_tai"]) for row in rows if row["published_tai"]}
    found = dict(zip((row["country"] for row in rows), done.index, strict=True))
    assert (len(rows), len(published)) == (72, 22)
    assert max(abs(found[country] - value) for country, value in published.items()) < 0.0055


def test_tai_is_the_mean_of_the_capped_indicators(tai: tuple[Rows, Evaluation]) -> None:
    rows, done = tai
    posts = {
        "patents": (0, 994),
        "royalties": (0, 272.6),
        "internet": (0, 232.4),
        "exports": (0, 80.8),
        "telephones": (0, 2.9547),
        "electricity": (1.3424, 3.84317),
        "schooling": (0.8, 12),
        "university": (0.1, 27.4),
    }
    free = np.column_stack([(np.array(column(rows, c)) - low) / (high - low) for c, (low, high) in posts.items()])
    np.testing.assert_allclose(done.index, np.clip(free, 0, 1).mean(axis=1), rtol=1e-13)
    assert int((free > 1).sum()) == 23
    assert np.abs(free.mean(axis=1) - done.index).max() == pytest.approx(0.034, abs=0.0005)


@pytest.mark.parametrize("example", ["hdi-2021", "tai"])
def test_page_gives_the_command_the_origin_and_the_licence(example: str) -> None:
    page = (EXAMPLES / example / "README.md").read_text(encoding="utf-8")
    assert f"gaoxin evaluate examples/{example}/countries.csv --system examples/{example} --period" in page
    assert "## Origin" in page
    assert "terms, not checked" in page
