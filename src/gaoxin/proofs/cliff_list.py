"""The list of cliffs as a table in a Markdown file, between two marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from gaoxin.problems import InputError, Problem
from gaoxin.proofs.wording import amount_text
from gaoxin.words import Text

BEGIN, END = "<!-- cliffs: begin -->", "<!-- cliffs: end -->"


def with_cliffs(text: str, proofs: Mapping[str, Any]) -> str:
    """``text`` with the list of cliffs of ``proofs`` (as ``data.proofs_data`` gives them) between the marks.

    Raises InputError where the marks are missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = Text(f"文件中没有 {BEGIN} 和 {END}", f"the file lacks {BEGIN} and {END}")
        remedy = Text("在清单的位置写上这两行。", "Write these two lines where the list belongs.")
        raise InputError([Problem("cliffs", "error", message, remedy)])
    return f"{before}{BEGIN}\n\n{cliff_table(proofs)}\n{END}{after}"


def cliff_table(proofs: Mapping[str, Any]) -> str:
    """The cliffs of ``proofs``, one table for each result that was searched."""
    return "\n".join(_tables(proofs))


def _tables(proofs: Mapping[str, Any]) -> Iterator[str]:
    for outcome in proofs["outcomes"]:
        if outcome["kind"] != "cliffs":
            continue
        said, where = outcome["statement"], f"{proofs['period']}, `{outcome['property']}`"
        yield f"**{said['zh']}** ({said['en']}), {where}: {outcome['detail']['en']}."
        yield ""
        if outcome["cliffs"]:
            yield "| one step more of | loses | made good at | because of | clause |"
            yield "|---|---:|---|---|---|"
            yield from map(_row, outcome["cliffs"])
            yield ""


_NEVER = {True: "never by this alone", False: "undecided"}


def _row(cliff: Mapping[str, Any]) -> str:
    name = f"{cliff['name']['zh']} {cliff['name']['en']}"
    unit = "" if cliff["unit"] == "1" else f" {cliff['unit']}"
    before, after = (_grouped(cliff[key]) for key in ("before", "after"))
    lost = f"{amount_text(Fraction(cliff['lost']))} {cliff['result_unit']}".strip()
    lost += "" if cliff["no_one_loses_more"] else " †"
    back = cliff["made_good_at"]
    made_good = f"{_grouped(back)}{unit}" if back is not None else _NEVER[cliff["never_made_good"]]
    causes = "; ".join(f"{cause['name']['zh']} {cause['name']['en']}" for cause in cliff["causes"])
    clauses = "; ".join(dict.fromkeys(_clause(cause["source"]) for cause in cliff["causes"] if cause["source"]))
    return f"| {name}: {before} → {after}{unit} | {lost} | {made_good} | {causes} | {clauses} |"


def _grouped(number: str) -> str:
    """A number as it is written, with groups of three digits."""
    return amount_text(Fraction(number), len(number.partition(".")[2]))


def _clause(source: Mapping[str, Any]) -> str:
    parts = (source["number"] or source["title"]["zh"], source["article"])
    return f"{' '.join(part for part in parts if part)} ({source['confidence']})"
