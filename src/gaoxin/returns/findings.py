"""Problems met while reading, collected so that the person who has to mend the files sees all of them at once.

A message about every one of a million cells helps nobody: what was read with a liberty is said once for each column
with its count, and errors are listed one by one up to a limit for each file, then counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from gaoxin.problems import InputError, Problem
from gaoxin.words import Text

ERRORS_PER_FILE = 200


class Findings:
    """Collects problems in the order in which they are met."""

    def __init__(self) -> None:
        self._errors: list[Problem] = []
        self._per_file: Counter[str] = Counter()
        self._others: dict[tuple[str | None, ...], Problem] = {}
        self._counts: Counter[tuple[str | None, ...]] = Counter()

    def add(self, problem: Problem) -> None:
        """Note one problem."""
        if problem.severity == "error":
            file = problem.file or ""
            self._per_file[file] += 1
            if self._per_file[file] <= ERRORS_PER_FILE:
                self._errors.append(problem)
            return
        key = (problem.rule, problem.file, problem.sheet, problem.column, problem.item)
        self._others.setdefault(key, problem)
        self._counts[key] += 1

    @property
    def failed(self) -> bool:
        """True when at least one problem is an error."""
        return bool(self._errors)

    def all(self) -> list[Problem]:
        """Errors first; then warnings and notes, each with the number of further places."""
        beyond = [
            Problem(
                rule="file.more-errors",
                severity="error",
                message=Text(
                    f"另有 {count - ERRORS_PER_FILE} 处错误未列出",
                    f"{count - ERRORS_PER_FILE} more errors are not listed",
                ),
                remedy=Text("请先改正已列出的", "mend the listed ones first"),
                file=file or None,
            )
            for file, count in self._per_file.items()
            if count > ERRORS_PER_FILE
        ]
        others = [
            problem if self._counts[key] == 1 else _with_count(problem, self._counts[key] - 1)
            for key, problem in self._others.items()
        ]
        others.sort(key=lambda problem: problem.severity != "warning")
        return self._errors + beyond + others

    def stop_on_errors(self) -> None:
        """Raise InputError with everything found so far when there is an error."""
        if self.failed:
            raise InputError(self.all())


def _with_count(problem: Problem, further: int) -> Problem:
    where = Text("同列", " in this column") if problem.column else Text("", "")
    places = Text(f"（{where.zh}另有 {further} 处）", f" (and {further} more{where.en})")
    return replace(problem, message=Text(problem.message.zh + places.zh, problem.message.en + places.en))
