"""What a person reads in a fixture notice, and what the reader read, in one comparable form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from gaoxin.notices import Clause, Notice, read_notice
from gaoxin.notices.files import read_file

FIXTURES = Path(__file__).parent / "fixtures"
ROLES = {"L": "lead", "R": "responsible", "C": "cooperating", "S": "supervising"}
Units = dict[str, list[str]]


@dataclass(frozen=True)
class Fixture:
    """A synthetic notice and its gold reading."""

    name: str
    text: str
    gold: dict[str, Any]

    def read(self) -> Notice:
        return read_notice(self.text)


def fixtures(folder: Path = FIXTURES) -> list[Fixture]:
    """All fixtures of ``folder``, by name."""
    yaml = YAML(typ="safe", pure=True)
    return [
        Fixture(path.stem, path.read_text(encoding="utf-8"), yaml.load(path.with_suffix(".yaml").read_text("utf-8")))
        for path in sorted(folder.glob("*.txt"))
    ]


def held_out() -> list[Fixture]:
    """The notices that were written with their gold reading before the reader met them, from their files."""
    yaml = YAML(typ="safe", pure=True)
    found = []
    for gold in sorted((FIXTURES / "held-out").glob("*.yaml")):
        path = next(other for other in gold.parent.glob(f"{gold.stem}.*") if other.suffix != ".yaml")
        found.append(Fixture(gold.stem, read_file(path), yaml.load(gold.read_text("utf-8"))))
    return found


def gold_units(gold: dict[str, Any]) -> list[tuple[str, Units]]:
    """Clause and units by role, in the order of the text."""
    if "units_in_order" in gold:
        return [(label, _in_full(units)) for label, units in gold["units_in_order"]]
    return [(label, _in_full(units)) for label, units in gold.get("units", {}).items()]


def read_units(notice: Notice) -> list[tuple[str, Units]]:
    """The same of a notice that was read."""
    return [(clause.label, _by_role(clause)) for clause in notice.clauses() if clause.duties]


def _in_full(units: dict[str, list[str]]) -> Units:
    return {ROLES[letter]: list(names) for letter, names in units.items()}


def _by_role(clause: Clause) -> Units:
    units: Units = {}
    for duty in clause.duties:
        for unit in duty.units:
            units.setdefault(unit.role, []).append(unit.name.text)
    return {role: units[role] for role in ROLES.values() if role in units}
