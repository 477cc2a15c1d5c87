"""What is wrong with a rulebook: file, line, entry, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gaoxin.words import Language, Text

NO_REMEDY = Text("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a rulebook.

    ``line`` counts from 1. ``entry`` is the code of the entry, where there is one.

    >>> print(Finding(Text("单位不一致", "units differ"), file="firms.yaml", line=7, entry="qz001").say("en"))
    firms.yaml:7: qz001: units differ
    """

    message: Text
    remedy: Text = NO_REMEDY
    file: str | None = None
    line: int | None = None
    entry: str | None = None

    @property
    def place(self) -> str:
        """``file:line``, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line) if part is not None)

    def say(self, language: Language = "zh") -> str:
        """The finding in one line: place, entry, what is wrong, what to do."""
        between = "：" if language == "zh" else ": "
        head = f"{self.place}: " if self.place else ""
        entry = f"{self.entry}{between}" if self.entry else ""
        remedy = self.remedy.say(language)
        pause = "" if language == "zh" else " "
        message = self.message.say(language)
        if remedy and message[-1:] not in ".。!?！？":
            message += "。" if language == "zh" else "."
        return f"{head}{entry}{message}{pause + remedy if remedy else ''}"


class BookError(Exception):
    """A rulebook that cannot be used; ``findings`` holds everything that was found."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("\n".join(finding.say("en") for finding in self.findings))
