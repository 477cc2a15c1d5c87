"""Everything about one firm and year in one object: what it is entitled to, the best combination, what looks wrong.

Every output of it (text, JSON, notebook, Word) carries the day it was made for, the version of the rulebook, how far
the rules are confirmed, that it is no tax advice, and whether the figures are synthetic.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gaoxin.incentives.answers import DISCLAIMER, NOBODY, Answer, entitlements
from gaoxin.incentives.combination.data import combination_data
from gaoxin.incentives.combination.wording import combination_lines
from gaoxin.incentives.combination.year import Combination, combine
from gaoxin.incentives.data import answer_data, both
from gaoxin.incentives.firm_file import FirmFile
from gaoxin.incentives.notebook import Told, page
from gaoxin.incentives.plausibility import finding_words, findings
from gaoxin.incentives.wording import answer_lines
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import Rows
from gaoxin.rulebook.explain import explain_rows
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.words import Language, Text

SYNTHETIC = Text("合成数据，不是真实企业", "synthetic figures, no real firm")


@dataclass(frozen=True)
class Assessment:
    """The answers of a book for one firm and year.

    ``answers`` are all benefits in the order of the book; those about contracts, persons … of whom the file says
    nothing are among them, with the figures that would be needed. ``warnings`` are what looks wrong in the file.
    ``combination`` is None where the book has no income tax to combine.
    """

    book: Book
    rows: Rows
    name: str
    reporter: str
    period: str
    synthetic: bool
    answers: tuple[Answer, ...]
    combination: Combination | None
    warnings: tuple[Problem, ...]
    as_of: datetime.date

    @property
    def answered(self) -> tuple[Answer, ...]:
        """The answers about the firm itself and about those below it that the file describes."""
        return tuple(answer for answer in self.answers if answer.reporter != NOBODY)

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What every output says first or last: origin of the figures, day, version, confidence, no advice."""
        later: tuple[Text, ...] = ()
        if int(self.period[:4]) > self.as_of.year:
            year = self.period[:4]
            later = (
                Text(f"{year} 年在截止日之后，按目前已知的规则", f"{year} lies after that day: rules as known now"),
            )
        weak = [answer for answer in self.answered if answer.confidence in {"secondary", "unknown"}]
        marks = Text(
            f"{len(weak)} 项结果依据非官方或未确认的文本，须核对原文",
            f"{len(weak)} answers rest on texts that are unofficial or not confirmed: check the originals",
        )
        return (
            *((SYNTHETIC,) if self.synthetic else ()),
            Text(
                f"规则书 {self.book.name} {self.book.version}；截至 {self.as_of}",
                f"Rulebook {self.book.name} {self.book.version}; as of {self.as_of}",
            ),
            *later,
            *((marks,) if weak else ()),
            DISCLAIMER,
        )

    def lines(self, language: Language = "zh") -> list[str]:
        """The whole assessment as text."""
        title = f"{self.name or self.reporter} {self.period}"
        found = [title, *(finding_words(one).say(language) for one in self.warnings), ""]
        if self.combination is not None:
            found += [*combination_lines(self.combination, language), ""]
        found += answer_lines(self.answered, language, end=False)
        return [*found, *(remark.say(language) for remark in self.remarks)]

    def explain(self, code: str) -> Told:
        """How any figure of the book came about for the firm: formula, values and clauses, down to what was reported.

        ``code`` is a benefit, its amount (``…_amount``), a condition or any other entry of the firm. Raises BookError
        where there is none.
        """
        entry = self.book.entry(code)
        entity = next(answer.entity for answer in self.answers)
        plan = self.book.compile([entry.code], periods=[self.period])
        ordinal = period_ordinal(self.period, self.book.frequency)
        return Told(explain_rows(plan, self.rows, entity, self.reporter, ordinal, entry.code))

    def data(self) -> dict[str, Any]:
        """The whole assessment for JSON: exact numbers as text, every text in both languages."""
        return {
            "firm": self.name or None,
            "reporter": self.reporter,
            "period": self.period,
            "synthetic": self.synthetic,
            "as_of": self.as_of.isoformat(),
            "rulebook": {"book": self.book.name, "version": self.book.version},
            "answers": [answer_data(answer) for answer in self.answers],
            "combination": None if self.combination is None else combination_data(self.combination),
            "warnings": [
                {"rule": one.rule, "place": one.file, "item": one.item, "text": both(one.message)}
                for one in self.warnings
            ],
            "remarks": [both(remark) for remark in self.remarks],
            "disclaimer": both(DISCLAIMER),
        }

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        """The assessment in a notebook: a table of the answers, each with its details to unfold."""
        title = f"{self.name or self.reporter} {self.period}"
        return page(title, self.warnings, self.combination, self.answered, self.remarks)


def assess(book: Book, firm: FirmFile, period: str, *, as_of: datetime.date) -> Assessment:
    """What ``firm`` is entitled to in ``period``, and its lowest lawful income tax.

    Raises
    ------
    InputError
        The file has no figures for the period; figures contradict each other or cannot be right; the book knows no rule
        for the year.
    """
    try:
        ordinal = period_ordinal(period, book.frequency)
    except ValueError:
        message = Text(f"{period} 不是年度", f"{period} is not a year")
        raise InputError([Problem("year", "error", message, value=period)]) from None
    if period not in firm.periods:
        listed = ", ".join(firm.periods)
        message = Text(f"文件中没有 {period} 的数据，有：{listed}", f"no figures for {period}; there are: {listed}")
        raise InputError([Problem("year", "error", message, file=firm.file, value=period)])
    if not any(_known(book, code, ordinal) for code in book.benefits):
        message = Text(f"{book.name} 没有 {period} 年的任何规则", f"{book.name} knows no rule at all for {period}")
        raise InputError([Problem("year", "error", message, value=period)])
    found = findings(book, firm)
    errors = [one for one in found if one.severity == "error"]
    if errors:
        raise InputError(errors)
    answers = entitlements(book, firm.rows, firm.reporter, period, as_of=as_of)
    taxed = any(benefit.reduces for benefit in book.benefits.values())
    return Assessment(
        book=book,
        rows=firm.rows,
        name=firm.name,
        reporter=firm.reporter,
        period=period,
        synthetic=firm.synthetic,
        answers=answers,
        combination=combine(book, firm.rows, firm.reporter, period, as_of=as_of) if taxed else None,
        warnings=found,
        as_of=as_of,
    )


def _known(book: Book, code: str, ordinal: int) -> bool:
    """Whether a rule of the benefit is known for the period, and it is in force."""
    rule, _ = book.rule_in(code, ordinal)
    return rule is not None and not isinstance(rule, tree.Literal)


def grouped(answers: Iterable[Answer]) -> Mapping[str, tuple[Answer, ...]]:
    """Answers by instrument, in their order."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.instrument, []).append(answer)
    return {instrument: tuple(listed) for instrument, listed in groups.items()}
