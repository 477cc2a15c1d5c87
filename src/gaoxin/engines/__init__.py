"""Running compiled plans over tables: results, checks, explanations, and what each reporter does to the one above."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaoxin.engines.errors import EngineError
    from gaoxin.engines.explaining import explain
    from gaoxin.engines.influence import leave_one_out
    from gaoxin.engines.outcome import Outcome
    from gaoxin.engines.running import run

__all__ = ["EngineError", "Outcome", "explain", "leave_one_out", "run"]

_HOME = {
    "EngineError": "errors",
    "Outcome": "outcome",
    "explain": "explaining",
    "leave_one_out": "influence",
    "run": "running",
}


def __getattr__(name: str) -> object:
    # DuckDB and Arrow are loaded when they are first needed, not by `gaoxin --help`.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
