"""An assessment of one firm as a piece of HTML for a notebook: no scripts, everything that is not ours escaped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from gaoxin.incentives.answers import Answer
from gaoxin.incentives.combination.wording import combination_lines
from gaoxin.incentives.combination.year import Combination
from gaoxin.incentives.plausibility import finding_words
from gaoxin.incentives.wording import STATE, answer_lines, brief
from gaoxin.problems import Problem
from gaoxin.rulebook.explain import Explanation
from gaoxin.rulebook.narrate import narrate
from gaoxin.words import Language, Text

_HEADS = (
    Text("政策", "benefit"),
    Text("结果", "result"),
    Text("金额，或所缺", "amount, or what is lacking"),
)


@dataclass(frozen=True)
class Told:
    """An explanation that shows itself: as text where it is printed, as escaped HTML in a notebook."""

    explanation: Explanation

    def lines(self, language: Language = "zh") -> list[str]:
        """The explanation as lines."""
        return narrate(self.explanation, language)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        return _preformatted(self.lines())


def page(
    title: str,
    warnings: Iterable[Problem],
    combination: Combination | None,
    answers: Iterable[Answer],
    remarks: Iterable[Text],
    language: Language = "zh",
) -> str:
    """A table of the answers, each with its details to unfold, below the best combination and above the remarks."""
    heads = "".join(f"<th>{_written(head, language)}</th>" for head in _HEADS)
    rows = "".join(_row(answer, language) for answer in answers)
    taxes = "" if combination is None else _preformatted(combination_lines(combination, language))
    looks_wrong = "".join(f"<p>⚠ {_written(finding_words(one), language)}</p>" for one in warnings)
    notes = "".join(f"<p>{_written(remark, language)}</p>" for remark in remarks)
    return (
        f"<div><h4>{escape(title)}</h4>{looks_wrong}{taxes}"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table><small>{notes}</small></div>"
    )


def _row(answer: Answer, language: Language) -> str:
    name = f"<summary>{_written(answer.name, language)}</summary>"
    details = _preformatted(answer_lines([answer], language, end=False))
    cells = (
        f"<details>{name}{details}</details>",
        _written(STATE[answer.state], language),
        _written(brief(answer), language),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _preformatted(lines: Iterable[str]) -> str:
    return f"<pre>{escape(chr(10).join(lines))}</pre>"


def _written(text: Text, language: Language) -> str:
    return escape(text.say(language))
