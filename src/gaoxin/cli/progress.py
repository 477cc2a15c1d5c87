"""A progress line on the terminal for work that takes longer than a second."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from gaoxin.cli.language import language
from gaoxin.words import Text

PATIENCE = 1.0
"""Seconds of work before anything is shown."""


class Progress:
    """Shows the step at work and how far it is; silent when the work is short or nobody watches."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._started = time.monotonic()
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def step(self, name: Text, share: float | None = None) -> None:
        """Say that ``name`` is at work; ``share`` of it (0–1) is done, if that is known."""
        if not self._console.is_terminal or time.monotonic() - self._started < PATIENCE:
            return
        if self._bar is None:
            self._bar = Bar(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._bar.add_task("", total=None)
            self._bar.start()
        said = name.say(language())
        self._bar.update(self._bar.task_ids[0], description=said, total=None if share is None else 1.0)
        if share is not None:
            self._bar.update(self._bar.task_ids[0], completed=share)
