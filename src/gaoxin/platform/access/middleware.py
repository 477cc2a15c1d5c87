"""Puts the reader on the request; the roles are read when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from gaoxin.platform.access.reader import Origin, Reader

ACTING_AT = "acting_at"
"""Where the session keeps the key of the organisation that somebody with roles at several acts at."""


class PageRequest(HttpRequest):
    """A request as views get it: ``reader`` is who asks, ``number`` finds it in the logs, ``htmx`` whether it asks for
    a part of a page."""

    reader: Reader
    number: str
    htmx: Any


class CurrentReader:
    """Sets ``request.reader``: as who has chosen to act at one of their organisations, with the roles held there; and
    ``?place=CODE`` narrows it to one organisation that they may see."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reader = SimpleLazyObject(lambda: _reader(request))  # type: ignore[attr-defined]
        return self.respond(request)


def origin(request: HttpRequest, via: str) -> Origin:
    """From where ``request`` comes."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:  # a socket has no address, and no proxy has said one
        address = ""
    return Origin(via, address, getattr(request, "number", ""))


def _reader(request: HttpRequest) -> Reader:
    reader = Reader.of(request.user, origin(request, "page"))
    acting_at = request.session.get(ACTING_AT)
    if acting_at is not None:
        reader = reader.acting_at(acting_at)
    code = request.GET.get("place", "")
    if not code or reader.user is None:
        return reader
    from gaoxin.platform.organisations.queries import organisation  # noqa: PLC0415  needs the apps

    try:
        return reader.at(organisation(reader, code))
    except (Http404, PermissionDenied):
        request.reader = reader  # type: ignore[attr-defined]  # the page that says so is shown to them as they are
        raise
