"""Composite indicators on NumPy arrays: one folder per step of the method, one module per family of methods.

The whole chain is ``evaluate``; what can be asked of its result is in modules of their own:

>>> from gaoxin.evaluation import Hierarchy, evaluate
>>> from gaoxin.evaluation.diagnosis.contributions import contributions
>>> tree = Hierarchy.build({"a": "I", "b": "I", "I": None}, weights={"a": 3.0})
>>> done = evaluate([[1.0, 9.0], [5.0, 5.0], [3.0, 7.0]], tree, units=["X", "Y", "Z"])
>>> done.index.tolist()
[25.0, 75.0, 50.0]
>>> contributions(done).values.tolist()
[[0.0, 25.0], [75.0, 0.0], [37.5, 12.5]]

=====================  ===============================================================================
step or question       where
=====================  ===============================================================================
before the index       ``preparation``, ``imputation``, ``normalisation``, ``weights``; ``experts``
the index              ``aggregation``, ``rank``, ``groups``, ``adjustments`` (bonus, deduction, veto)
how sure is it         ``robustness``: ``uncertainty``, ``sensitivity``
what made the score    ``diagnosis.contributions``, ``diagnosis.strengths``
what made it change    ``diagnosis.decomposition`` (figures, scale, weights, method), ``diagnosis.panel``
what would it take     ``diagnosis.attainment`` (reach a rank), ``diagnosis.what_if`` (marginal effects)
is it one thing        ``diagnosis.correlation``, ``diagnosis.reliability``, ``diagnosis.description``
another version        ``diagnosis.comparison``
who is behind a value  ``diagnosis.influence`` (members of a unit)
=====================  ===============================================================================

The names below are loaded when they are used, so that reading a method does not import SciPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gaoxin.evaluation.errors import EvaluationError
    from gaoxin.evaluation.index import Evaluation, evaluate, evaluate_by_group
    from gaoxin.evaluation.method import Method
    from gaoxin.evaluation.structure import Hierarchy

__all__ = ["Evaluation", "EvaluationError", "Hierarchy", "Method", "evaluate", "evaluate_by_group"]

_MODULE_OF = {
    "Evaluation": "index",
    "EvaluationError": "errors",
    "Hierarchy": "structure",
    "Method": "method",
    "evaluate": "index",
    "evaluate_by_group": "index",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
