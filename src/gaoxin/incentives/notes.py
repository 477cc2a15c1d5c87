"""What a Parquet file of answers says of itself in its metadata, where it has no page or sheet to say it on."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable

from gaoxin.incentives.answers import DISCLAIMER
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.explain import Citation


def notes(
    book: Book, year: str, as_of: datetime.date, clauses: Iterable[Citation], *, synthetic: bool
) -> dict[str, str]:
    """Day, rulebook, how many ``clauses`` behind the answers carry each confidence mark, and that it is no advice."""
    marks = Counter(clause.confidence for clause in dict.fromkeys(clauses))
    return {
        "year": year,
        "as_of": as_of.isoformat(),
        "rulebook": f"{book.name} {book.version}",
        "confidence": ", ".join(f"{mark} {number}" for mark, number in marks.items()),
        "synthetic": str(synthetic).lower(),
        "disclaimer": f"{DISCLAIMER.zh} {DISCLAIMER.en}",
    }
