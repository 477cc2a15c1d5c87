"""gaoxin (高新): from returns to ranked zones, with every number traceable.

import gaoxin

run = gaoxin.evaluate("returns/", system="national-2021", period="2025", robustness=1000)
gaoxin.ranking(run)          # an Arrow table: unit, score, rank, interval
gaoxin.write(run, "out/")    # workbook, page, Word report, data, manifest
print(gaoxin.explain(run, "31103001", "1.2"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaoxin.library import (
        check,
        compare,
        evaluate,
        explain,
        firm_effects,
        firm_incentives,
        plan_income_tax,
        ranking,
        sample_city,
        verify,
        write,
    )
    from gaoxin.rulebook import load_book
    from gaoxin.rulebook.system import load_system

__version__ = "0.1.0"
__all__ = [
    "check",
    "compare",
    "evaluate",
    "explain",
    "firm_effects",
    "firm_incentives",
    "load_book",
    "load_system",
    "plan_income_tax",
    "ranking",
    "sample_city",
    "verify",
    "write",
]

_HOME = {"load_book": "gaoxin.rulebook", "load_system": "gaoxin.rulebook.system"}


def __getattr__(name: str) -> object:
    # The numerical libraries take a second to import; the command line must not wait for them to show its help.
    if name not in __all__:
        raise AttributeError(f"module 'gaoxin' has no attribute {name!r}")
    return getattr(import_module(_HOME.get(name, "gaoxin.library")), name)
