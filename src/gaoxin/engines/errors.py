"""What can go wrong when a plan meets its tables."""

from __future__ import annotations

from gaoxin.words import Text


class EngineError(Exception):
    """A table or a figure that a plan cannot be run on: what is wrong and what to do.

    ``item``, ``reporter``, ``period`` and ``value`` say where, as far as it is known.
    """

    def __init__(
        self,
        message: Text,
        remedy: Text | None = None,
        *,
        entity: str | None = None,
        item: str | None = None,
        reporter: str | None = None,
        period: str | None = None,
        value: str | None = None,
    ) -> None:
        self.message, self.remedy = message, remedy or Text("", "")
        self.entity, self.item, self.reporter, self.period, self.value = entity, item, reporter, period, value
        super().__init__(f"{message.en} {self.remedy.en}".strip())
