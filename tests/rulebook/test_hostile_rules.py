"""Rule files that try to run code, read files, recurse or exhaust the machine: each gets a clear error, quickly."""

import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gaoxin.rulebook import BookError
from small_books import derived, small_book


def refused(folder: Path, *entries: str) -> str:
    started = time.perf_counter()
    with pytest.raises(BookError) as error:
        small_book(folder, derived=list(entries))
    assert time.perf_counter() - started < 5
    found = error.value.findings[0]
    assert found.file
    assert found.line
    assert found.entry
    return found.message.en


REFUSED = [
    ("read_csv('/etc/passwd')", "read_csv is not a function of rules"),
    ("read_text('/etc/passwd')", "read_text is not a function"),
    ("getenv('HOME')", "getenv is not a function"),
    ("system('true')", "system is not a function"),
    ("eval(rev)", "eval is not a function"),
    ("random()", "random is not a function"),
    ("(SELECT max(rev) FROM firm)", "a sub-select is not allowed"),
    ("SELECT 1", "a query is not allowed"),
    ("rev IN (SELECT rev FROM other)", "a sub-select is not allowed"),
    ("EXISTS (SELECT 1)", "is not allowed"),
    ("rev; DROP TABLE firm", "a semicolon"),
    ("rev -- the rest is ignored", "a comment"),
    ("rev /* hidden */", "a comment"),
    ("SUM(rev) OVER (ORDER BY rd)", "a window function is not allowed"),
    ("COUNT(DISTINCT sector)", "DISTINCT is not allowed"),
    ("other.rev", "is not allowed"),
    ("rev::VARCHAR", "no type conversions"),
    ("CAST(rev AS INT)", "is not allowed"),
    ("rev || sector", "is not allowed"),
    ("rev % 2", "remainder"),
    ("rev ** 2", "cannot be parsed"),
    ("rev ^ 2", "is not allowed"),
    ("rev[1]", "is not allowed"),
    ("[rev, rd]", "is not allowed"),
    ("x -> x + 1", "is not allowed"),
    ("@rev", "is not allowed"),
    ("rev AS other", "an alias"),
    ("rev rd", "an alias"),
    ("label ILIKE 'a'", "is not allowed"),
    ("label LIKE 'a' ESCAPE '!'", "is not allowed"),
    ("rev <=> rd", "is not allowed"),
    ("CASE rev WHEN 1 THEN 2 ELSE 3 END", "is not allowed"),
    ("ATTACH 'x'", ""),
    ("PRAGMA version", "is not allowed"),
    ("COPY firm TO 'x'", "is not allowed"),
    ("1e5 + rev", "not a plain decimal number"),
    ("0.1234567890123", "not a plain decimal number"),
    ("1" * 31, "not a plain decimal number"),
    ("rev +", "cannot be parsed"),
    ("'unterminated", "cannot be parsed"),
    ("", "expr"),
    ("   ", "exactly one expression"),
    ("rev = ANY(rd)", "ANY is not a function"),
    ("rev IS TRUE", "IS is followed by NULL"),
    ("rev = NULL", "NULL may only be"),
]


@cache
def refusals():
    """What is said of each of them, all in one book."""
    with TemporaryDirectory() as folder, pytest.raises(BookError) as error:
        small_book(Path(folder), derived=[derived(f"x{i}", "firm", expr) for i, (expr, _) in enumerate(REFUSED)])
    return {finding.entry: finding for finding in error.value.findings}


@pytest.mark.parametrize(("expr", "says"), REFUSED)
def test_a_construct_that_is_not_on_the_list_is_refused_by_name(expr, says):
    found = refusals()[f"x{REFUSED.index((expr, says))}"]
    assert says in found.message.en
    assert found.file
    assert found.line


@pytest.mark.parametrize(
    "expr",
    [
        "rev + " * 20_000 + "rev",
        "(" * 5_000 + "rev" + ")" * 5_000,
        "ABS(" * 500 + "rev" + ")" * 500,
        "NOT " * 2_500 + "hnte",
        "- " * 2_500 + "rev",
        "CASE WHEN hnte THEN " * 200 + "1" + " ELSE 2 END" * 200,
        "rev + " * 500 + "rev",
        "[" * 2_000,
        "a IN (" * 500,
        "rev / (" * 200 + "rev" + ")" * 200,
    ],
)
def test_an_expression_beyond_all_bounds_is_refused_at_once(tmp_path: Path, expr):
    says = refused(tmp_path, derived("x", "firm", expr))
    assert "too long" in says or "too deeply" in says


def test_a_megabyte_of_expression_is_not_even_read(tmp_path: Path):
    with pytest.raises(BookError, match="more than the 1000000 a rule file may have"):
        small_book(tmp_path, derived=[derived("x", "firm", "rev + " * 200_000 + "rev")])


def test_a_long_expression_is_not_even_parsed(tmp_path: Path):
    assert "200000 characters" in refused(tmp_path, derived("x", "firm", "a" * 200_000))


def test_an_entry_that_uses_itself_is_refused(tmp_path: Path):
    assert refused(tmp_path, derived("x", "firm", "x + 1")) == "x uses itself"


def test_not_even_the_earlier_value_of_an_entry_is_its_own(tmp_path: Path):
    assert refused(tmp_path, derived("x", "firm", "rev + prior(x)")) == "x uses itself"


def test_a_circle_of_entries_is_refused_with_its_path(tmp_path: Path):
    says = refused(tmp_path, derived("a", "firm", "b + rev"), derived("b", "firm", "c"), derived("c", "firm", "a"))
    assert "in a circle" in says
    assert says.count("→") == 3


def test_a_circle_through_an_aggregate_is_refused(tmp_path: Path):
    head = derived("a", "firm", "SUM(b)"), derived("b", "project", "a + cost")
    assert "circle" in refused(tmp_path, *head) or "circle" in refused(tmp_path, *reversed(head))


def test_a_chain_of_entries_that_no_reader_could_follow_is_refused(tmp_path: Path):
    chain = [derived("x0", "firm", "rev")] + [derived(f"x{i}", "firm", f"x{i - 1} + rev") for i in range(1, 400)]
    assert "rests on a chain of more than" in refused(tmp_path, *chain)


def test_quoted_names_are_names_and_nothing_else(tmp_path: Path):
    book = small_book(tmp_path, derived=[derived("x", "firm", '"rev" + rd')])
    assert book.dependents("rev") == ("x",)
    assert "unknown name" in refused(tmp_path, derived("y", "firm", '"rev"" FROM firm"'))
