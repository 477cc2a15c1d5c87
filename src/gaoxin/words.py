"""Text in the two languages of the system: Simplified Chinese first, English complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One message, name or title in Chinese and English.

    >>> Text("营业收入", "operating revenue").say("en")
    'operating revenue'
    """

    zh: str
    en: str

    def say(self, language: Language = "zh") -> str:
        """Return the text in ``language``; the other language stands in for an empty one."""
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first or second

    def __str__(self) -> str:
        return self.zh or self.en
