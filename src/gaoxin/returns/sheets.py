"""One table as it stands in a file: rows of cell texts with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook, or a CSV file (then ``name`` is None).

    ``rows`` yields every row from the first, blank ones too, so that the n-th row is row n of the sheet. Cells are
    text; a number is the shortest text that gives it back, a date is in ISO form.
    """

    file: str
    name: str | None
    rows: Iterator[list[str]]
