"""Lines of a terminal that break where Unicode lets them: between Chinese characters, never in a code or an amount.

Rich breaks at blanks only and cuts what has none where the line ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from icu4py.breakers import LineBreaker
from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text


def broken(text: str, width: int) -> Iterator[str]:
    """``text`` in lines of at most ``width`` cells (Unicode annex 14); a word that is wider than a line is cut.

    >>> list(broken("取决于：年末资产总额（ts_assets）、产品（ts_no_bar）", 24))
    ['取决于：年末资产总额', '（ts_assets）、产品', '（ts_no_bar）']
    """
    line = ""
    for piece in LineBreaker(text, "zh"):
        if cell_len(line) + cell_len(piece.rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            yield line.rstrip()
        *full, line = chop_cells(piece.rstrip(), width)
        yield from full
        line += piece[len(piece.rstrip()) :]
    yield line.rstrip()


@dataclass(frozen=True)
class Line:
    """A line, or a cell of a table, that breaks so; later lines are indented like the first, and by ``hang``."""

    text: str
    style: str = ""
    hang: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        said = self.text.lstrip()
        before = " " * (len(self.text) - len(said))
        for number, one in enumerate(broken(said, max(options.max_width - len(before) - self.hang, 1))):
            yield Text(before + (" " * self.hang if number else "") + one, style=self.style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        pieces = LineBreaker(self.text, "zh")
        least = max((cell_len(piece.rstrip()) for piece in pieces), default=0)
        return Measurement(least, cell_len(self.text)).with_maximum(options.max_width)
