"""Decision rules: what a result of one or several years leads to, and what stands against it.

A decision is written as one entry and becomes a derived truth value under its code, so that it is checked, evaluated
and explained like every other expression.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from gaoxin.rulebook.entries import Derived, Model, Rule, listed, wrong

Action = Literal["commend", "admit_first", "warn", "rectify", "withdraw"]

ADVERSE: tuple[Action, ...] = ("warn", "rectify", "withdraw")
"""The actions against a zone, the mildest first."""

Days = Annotated[int, Field(ge=1, le=3660)]


class Terms(Model):
    """How many days each step of the procedure may take; None where the rule sets no limit."""

    statement: Days | None = None
    """For the zone to state its view, from the day it is notified."""
    plan: Days | None = None
    """For the rectification plan, from the day of the decision."""
    rectification: Days | None = None
    """For the rectification itself, from the day of the decision."""


class Decision(Rule):
    """One rule: ``action`` is what is proposed where the expression is true, ``bars`` are the actions that may not be
    proposed then (a veto). A rule may do both, or one of them."""

    action: Action | None = None
    bars: Annotated[tuple[Action, ...], BeforeValidator(listed)] = ()
    terms: Terms = Terms()

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.action is None and not self.bars:
            wrong(
                "要有 action（建议什么）或 bars（否决什么）", "give action (what is proposed) or bars (what it vetoes)"
            )
        if self.action in self.bars:
            wrong(f"不能既建议又否决 {self.action}", f"{self.action} cannot be proposed and barred at once")
        return self

    def expanded(self) -> Derived:
        """The derived truth value that the rule stands for."""
        shared = set(Rule.model_fields)
        return Derived.model_validate({name: getattr(self, name) for name in shared})
