"""The indicator systems that a run can use."""

from __future__ import annotations

from functools import lru_cache

from gaoxin.platform.refusals import refuse
from gaoxin.rulebook.findings import BookError
from gaoxin.rulebook.indicators import Node, System
from gaoxin.rulebook.system import load_system, shipped_systems
from gaoxin.words import Text


@lru_cache(maxsize=8)
def system(name: str) -> System:
    """The shipped system ``name``; read once for each process."""
    return load_system(name)


@lru_cache(maxsize=1)
def choices() -> tuple[tuple[str, Text], ...]:
    """The systems that compute from returns: name and title."""
    found = []
    for name in shipped_systems():
        try:
            loaded = system(name)
        except BookError:
            continue  # incomplete: it says what is missing, and cannot evaluate
        if loaded.book is not None:
            found.append((name, loaded.title))
    # The first is what a form offers: no fictitious example.
    return tuple(sorted(found, key=lambda one: one[0].startswith("example")))


def check_system(name: str) -> None:
    """Refuse a system that cannot evaluate returns."""
    known = [one for one, _ in choices()]
    if name not in known:
        refuse(
            "evaluations.system",
            "system",
            Text(f"不能用指标体系 {name} 评价", f"the system {name} cannot be used"),
            Text(f"可用：{'、'.join(known)}", f"there are: {', '.join(known)}"),
        )


def expert_indicators(name: str) -> list[Node]:
    """The indicators that experts score."""
    return [node for node in system(name).indicators if node.data == "expert"]
