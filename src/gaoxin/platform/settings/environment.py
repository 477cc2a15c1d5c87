"""Reading settings from the environment; a wrong value is a message with the name and what is allowed."""

from __future__ import annotations

import os
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

PREFIX = "GAOXIN_"


def text(name: str, default: str = "", *, allowed: Sequence[str] = ()) -> str:
    """``GAOXIN_<name>``, one of ``allowed`` when that is given."""
    value = os.environ.get(PREFIX + name, default).strip()
    if allowed and value not in allowed:
        raise ImproperlyConfigured(f"{PREFIX}{name}: {value!r} 不可用，可用 · not one of: {', '.join(allowed)}")
    return value


def required(name: str, remedy: str) -> str:
    """``GAOXIN_<name>``, which must be there."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"缺少 {PREFIX}{name} · {PREFIX}{name} is missing. {remedy}")
    return value


def flag(name: str, *, default: bool) -> bool:
    """``GAOXIN_<name>`` as yes or no."""
    return text(name, "yes" if default else "no", allowed=("yes", "no")) == "yes"


def number(name: str, default: int) -> int:
    """``GAOXIN_<name>`` as a whole number above zero."""
    value = text(name, str(default))
    if not value.isdigit() or int(value) < 1:
        raise ImproperlyConfigured(f"{PREFIX}{name}: {value!r} 应为正整数 · must be a whole number above zero")
    return int(value)


def listed(name: str, default: str = "") -> list[str]:
    """``GAOXIN_<name>`` as a list separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
