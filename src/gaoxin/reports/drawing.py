"""Pictures drawn in a process of their own: Vega-Lite specifications on standard input, PNG files on standard output.

Starting the drawing library and drawing one chart each take about half a second, in which nothing else in the process
can run (the library keeps Python's lock). Here they take the second core. This module imports little else, so that
the process begins to draw at once.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any, Self

import vl_convert


@dataclass(frozen=True)
class Order:
    """What is to be drawn: specifications by name, the version of Vega-Lite they are written in, and the scale."""

    specs: dict[str, dict[str, Any]]
    version: str
    scale: float


class Drawn(AbstractContextManager["Drawn"]):
    """Pictures being drawn while the caller goes on; ``get`` waits for them."""

    def __init__(self, order: Order) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._pictures: Future[dict[str, bytes]] = self._pool.submit(_drawn_apart, order)

    def get(self, name: str) -> bytes | None:
        """The picture ``name`` as PNG; None when it was not ordered or the process did not draw it."""
        return self._pictures.result().get(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()


def _drawn_apart(order: Order) -> dict[str, bytes]:
    """Draw in a new process; empty when it cannot be started or ends early: the caller then draws itself."""
    given = json.dumps(asdict(order))
    try:
        answer = subprocess.run(  # noqa: S603 - this interpreter and this module
            [sys.executable, "-m", __name__], input=given.encode(), capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {name: base64.b64decode(picture) for name, picture in json.loads(answer.stdout).items()}


def draw(order: Order) -> dict[str, bytes]:
    """Draw here and now; PNG files by name."""
    return {
        name: vl_convert.vegalite_to_png(spec, vl_version=order.version, scale=order.scale, allowed_base_urls=[])
        for name, spec in order.specs.items()
    }


def main() -> None:
    """Draw what standard input orders."""
    pictures = draw(Order(**json.load(sys.stdin)))
    json.dump({name: base64.b64encode(picture).decode() for name, picture in pictures.items()}, sys.stdout)


if __name__ == "__main__":
    main()
