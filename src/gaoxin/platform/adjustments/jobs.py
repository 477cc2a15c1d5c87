"""Applying the rules in the background: it draws on evaluations and searches what would reverse a finding."""

from __future__ import annotations

from typing import Any

from gaoxin.decisions import Proposals, Result, propose
from gaoxin.decisions.wording import certainty_words, plain, reversal_words
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.adjustments import actions, books, queries
from gaoxin.platform.evaluations import results
from gaoxin.platform.jobs.kinds import Report, job
from gaoxin.words import Text


@job(actions.KIND)
def run(reader: Reader, report: Report, *, period: str, book: str) -> str:
    """Apply ``book`` to the published evaluations of the period and of the years before."""
    city = queries.city(reader)
    runs = queries.evaluated_years(reader, period)
    rules = books.book(book)
    found = []
    for number, one in enumerate(runs):
        report(
            0.1 + 0.5 * number / len(runs), Text(f"读取 {one.period} 年评价", f"reading the evaluation of {one.period}")
        )
        # Only the latest is decided upon: what would reverse it is searched there.
        evaluation = results.evaluated(one).evaluation if number == 0 else None
        found.append(Result(results.result_of(one), results.sample_of(one), evaluation))
    report(0.7, Text("套用规则", "applying the rules"))
    proposals = propose(rules, found, queries.records(period, book))
    kept = actions.keep(reader, city, proposals, as_data(proposals), [one.pk for one in runs])
    return f"/adjustments/proposals/{kept.pk}/"


def as_data(proposals: Proposals) -> dict[str, Any]:
    """Everything as JSON values, with the sentences that pages and letters use."""
    data: dict[str, Any] = plain(proposals)
    for one, said in zip(data["proposals"], proposals.proposals, strict=True):
        one["leading"] = said.leading
        one["certainty_words"] = plain(certainty_words(said.certainty, said.uncertain_because))
        one["reversal_words"] = plain(reversal_words(said.reversal)) if said.reversal else None
    return data
