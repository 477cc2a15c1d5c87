"""Rows of the permission matrix: who gets in at which address, with which verb, at their own and at another's place."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gaoxin.platform.access.roles import Role

HERE = Path(__file__).parent
EVERYONE = tuple(Role)

Arguments = Callable[[str, Role], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One address with one verb.

    ``city`` are the roles that get in at any place, ``place`` those that get in at their own and find nothing (404) at
    another's; every other role is refused (403). ``arguments`` makes what the address needs for the organisation of
    that code and the person of that role; without it the address has no object, and both lists mean the same.
    ``anyone``: without signing in too. ``data`` is what is sent: pages get an empty form by default and answer 422,
    which is in; the API looks at the form of what is sent before anything else, so its rows send something well-formed,
    which may depend on the role.
    """

    address: str
    verb: str = "GET"
    city: tuple[Role, ...] = ()
    place: tuple[Role, ...] = ()
    arguments: Arguments | None = None
    query: str = ""
    anyone: bool = False
    data: dict[str, Any] | Callable[[Role], dict[str, Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.verb} {self.address}{self.query}"


def code(organisation: str, _: Role) -> dict[str, Any]:
    """The usual argument: the organisation itself."""
    return {"code": organisation}


def rows() -> Iterable[Row]:
    """The rows of all apps: ``ROWS`` of each ``tests/platform/<app>/matrix_of_<app>.py``."""
    for path in sorted(HERE.glob("*/matrix_of_*.py")):
        if path.stem not in sys.modules:
            spec = importlib.util.spec_from_file_location(path.stem, path)
            assert spec is not None
            assert spec.loader is not None
            sys.modules[path.stem] = module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        yield from sys.modules[path.stem].ROWS
