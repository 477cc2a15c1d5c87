"""Refusing a write: what is wrong, at which field, and what to do. Page, API and command show it each in their way."""

from __future__ import annotations

from typing import NoReturn

from gaoxin.problems import NO_REMEDY, InputError, Problem
from gaoxin.words import Text


def problem(rule: str, field: str | None, message: Text, remedy: Text = NO_REMEDY) -> Problem:
    """An error at ``field`` of what was sent; None when it is about the whole."""
    return Problem(rule, "error", message, remedy, item=field)


def refuse(rule: str, field: str | None, message: Text, remedy: Text = NO_REMEDY) -> NoReturn:
    """Refuse with one problem."""
    raise InputError([problem(rule, field, message, remedy)])
