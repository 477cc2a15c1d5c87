"""What an app of the platform brings, said in its ``apps.py``; the frame puts it together.

By convention an app has ``permissions.py`` (read when the site starts), ``urls.py`` (pages), ``api.py`` with a
``router``, and in ``queries.py`` two functions that others call: ``found(reader, text)`` for the search over everything
and ``todo(reader, today)`` for the work list. In ``panels.py`` a function ``panels(reader, organisation, money)`` gives
what it has to say on the page of a zone, park or firm. Each of them is optional.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Area:
    """One place in the navigation: shown to those who have ``permission`` anywhere.

    ``address`` is the name of its page; ``order`` sorts the areas, in tens.
    """

    title: Promise | str
    address: str
    permission: str
    order: int


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of the search."""

    kind: Promise | str
    name: str
    address: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that is the reader's to do."""

    title: Promise | str
    address: str
    due: datetime.date | None = None
    place: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Panel:
    """What an app has to say on the page of a zone or firm: a template with what it shows; ``order`` in tens.

    The template begins with its heading (``h2``), and finds itself as ``panel``. ``charts`` says that it has some.
    """

    template: str
    order: int
    content: dict[str, Any]
    charts: bool = False


class PlatformApp(AppConfig):
    """An app of the platform.

    ``prefix`` is where its pages and its API are: ``/<prefix>/…`` and ``/api/<prefix>/…``.
    """

    default = False
    prefix: str = ""
    areas: tuple[Area, ...] = ()

    def __init_subclass__(cls) -> None:
        # Django takes the one class of apps.py that is a default; this one, imported there, is none.
        cls.default = True

    def ready(self) -> None:
        """Read the permissions, so that the table of roles is whole before the first request."""
        self.part("permissions")

    def part(self, name: str) -> ModuleType | None:
        """The module ``name`` of the app, or None when it has none."""
        if find_spec(f"{self.name}.{name}") is None:
            return None
        return import_module(f"{self.name}.{name}")

    def offered(self, part: str, name: str) -> Any:
        """The function ``name`` of its module ``part``, or None."""
        return getattr(self.part(part), name, None)


def platform_apps() -> Iterator[PlatformApp]:
    """The apps of the platform in the order of the settings."""
    for config in apps.get_app_configs():
        if isinstance(config, PlatformApp):
            yield config
