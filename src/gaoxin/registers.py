"""Registers of zones (园区名录) and lists of codes that ship as data, each with its origin and its known errors.

The CSV files and ``registers.yaml``, which describes them, are in ``gaoxin/books/registers``. Nothing in them was
mended: a duplicate of the source is a duplicate here, and ``cautions`` says so.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, cast

from gaoxin.rulebook.source import read_source
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Register:
    """One register: its rows as text by column, and what one has to know before using them."""

    name: str
    title: Text
    origin: Text
    confidence: str
    licence: Text
    key: str
    """Column that identifies a row."""
    columns: Mapping[str, Text]
    cautions: tuple[Text, ...]
    rows: tuple[Mapping[str, str], ...]


def register_names() -> tuple[str, ...]:
    """Names of the registers that ship."""
    return tuple(entry["name"] for entry in _entries())


def load_register(name: str) -> Register:
    """The register ``name``; raises KeyError with the names there are.

    >>> register = load_register("zones-2018-catalogue")
    >>> len(register.rows), register.rows[0]["zone_name"], register.rows[0]["approved_yyyy_mm"]
    (156, '中关村科技园区', '1988.05')
    """
    for entry in _entries():
        if entry["name"] == name:
            break
    else:
        raise KeyError(f"no register is called {name}; there are: {', '.join(register_names())}")
    with (_home() / entry["file"]).open(encoding="utf-8", newline="") as stream:
        rows = tuple(csv.DictReader(stream))
    return Register(
        name=name,
        title=Text(**entry["title"]),
        origin=Text(**entry["origin"]),
        confidence=entry["confidence"],
        licence=Text(**entry["licence"]),
        key=entry["key"],
        columns={column: Text(**words) for column, words in entry["columns"].items()},
        cautions=tuple(Text(**caution) for caution in entry["cautions"]),
        rows=rows,
    )


def _home() -> Path:
    return Path(str(resources.files("gaoxin"))) / "books" / "registers"


def _entries() -> list[dict[str, Any]]:
    data = cast("dict[str, Any]", read_source(_home() / "registers.yaml").data)
    return cast("list[dict[str, Any]]", data["registers"])
