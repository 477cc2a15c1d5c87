"""Proving a book: every property in turn, and every example confirmed by the evaluator and the engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from gaoxin.proofs.catalogue import Property, catalogue
from gaoxin.proofs.confirming import unconfirmed
from gaoxin.proofs.outcomes import Example, Outcome, Verdict
from gaoxin.proofs.properties import Expectation, Properties, load_properties
from gaoxin.proofs.searching import Search
from gaoxin.proofs.solving import Effort
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import At
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.words import Text


@dataclass(frozen=True)
class Proofs:
    """What came out for one book and period.

    ``book`` has the expressions of its statements among its derived figures.
    """

    book: Book
    period: str
    instrument: str
    effort: Effort
    outcomes: tuple[Outcome, ...]

    @property
    def surprising(self) -> tuple[Outcome, ...]:
        """Properties that came out otherwise than the book says."""
        return tuple(one for one in self.outcomes if one.surprising)


def prove(
    book: Book,
    period: str,
    *,
    instrument: str = "",
    only: str = "",
    effort: Effort = Effort(),  # noqa: B008 - frozen
    progress: Callable[[Text], None] = lambda _: None,
) -> Proofs:
    """Every property of ``book`` in ``period``: those that any book has, and those it states.

    ``instrument`` restricts them to the benefits and statements of one instrument, ``only`` to one kind or one name;
    ``effort`` is for one question, of which a property may have several; ``progress`` is called with what each property
    says before it is looked at.

    Raises
    ------
    BookError
        The statements of the book are wrong, or there is no such period, instrument or property.
    """
    properties = load_properties(book)
    try:
        ordinal = period_ordinal(period, book.frequency)
    except ValueError:
        raise _refused(f"{period} 不是本书的报告期", f"{period} is no period of this book") from None
    everything = catalogue(properties, ordinal, effort)
    chosen = [one for one in everything if instrument in {"", one.instrument} and only in {"", one.kind, one.name}]
    if not chosen and (instrument or only):
        names = ", ".join(sorted({one.instrument for one in everything} - {""})) or "–"
        wanted = instrument or only
        raise _refused(f"没有 {wanted}；政策有：{names}", f"there is no {wanted}; the instruments are: {names}")
    searches: dict[str, Search] = {}
    outcomes = []
    for one in chosen:
        progress(one.statement)
        if one.entity not in searches:
            searches[one.entity] = Search(properties, _reporter(book, one.entity, ordinal), effort)
        started = time.monotonic()
        verdict = one.decide(searches[one.entity])
        outcomes.append(_outcome(properties, one, verdict, time.monotonic() - started))
    confirmed = tuple(_confirmed(properties.book, outcomes))
    return Proofs(properties.book, period, instrument, effort, confirmed)


def _outcome(properties: Properties, one: Property, verdict: Verdict, seconds: float) -> Outcome:
    return Outcome(
        name=one.name,
        kind=one.kind,
        statement=one.statement,
        instrument=one.instrument,
        verdict=verdict,
        seconds=seconds,
        expected=one.stated.expected,
        why=one.stated.why,
        citation=_cited(properties.book, one.stated),
    )


def _refused(zh: str, en: str) -> BookError:
    return BookError([Finding(Text(zh, en))])


def _reporter(book: Book, entity: str, ordinal: int) -> At:
    """The reporter that is looked at: the first below the first, down from the top."""
    depth, above = 0, book.entities[entity].parent if entity else None
    while above is not None:
        depth, above = depth + 1, book.entities[above].parent
    return At(entity, "1" + "-1" * depth, ordinal)


def _cited(book: Book, stated: Expectation) -> Citation | None:
    if stated.source is None:
        return None
    document = book.documents[stated.source.document]
    return Citation(document.title, document.number, stated.source.article, stated.confidence, document.url)


def _examples(outcome: Outcome) -> list[Example]:
    verdict = outcome.verdict
    found = [one for one in (verdict.example, verdict.beyond) if one is not None]
    return [*found, *(example for cliff in verdict.cliffs for example in (cliff.example, cliff.beyond))]


def _confirmed(book: Book, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    """``outcomes``; one whose example the evaluator or the engine computes otherwise is undecided and says so."""
    by_entity: dict[str, list[tuple[int, Example]]] = {}
    for number, outcome in enumerate(outcomes):
        for example in _examples(outcome):
            by_entity.setdefault(example.at.entity, []).append((number, example))
    denied: set[int] = set()
    for pairs in by_entity.values():
        denied |= {pairs[place][0] for place in unconfirmed(book, [example for _, example in pairs])}
    for number, outcome in enumerate(outcomes):
        if number in denied:
            zh, en = "执行引擎算出的结果与此不符", "the engine computes otherwise"
            was = outcome.verdict.detail
            detail = Text(f"{was.zh}；{zh}", f"{was.en}; {en}")
            yield replace(outcome, verdict=replace(outcome.verdict, state="undecided", detail=detail))
        else:
            yield outcome
