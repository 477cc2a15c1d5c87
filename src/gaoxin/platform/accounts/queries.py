"""Reading accounts, limited to the organisations of the reader."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.accounts.models import Assignment, Token, User
from gaoxin.platform.accounts.permissions import CHANGE, TOKENS, VIEW


def people(reader: Reader, *, text: str = "", role: str = "", active: bool | None = None) -> QuerySet[User]:
    """Accounts with the roles they hold today.

    ``text`` is part of a name, ``role`` one of `Role`.
    """
    held = Prefetch("assignments", Assignment.objects.in_force().select_related("organisation"), to_attr="held")
    found = limit(reader, VIEW, User.objects.select_related("organisation").prefetch_related(held))
    if text:
        found = found.filter(Q(username__icontains=text) | Q(name__icontains=text))
    if role:
        found = found.filter(pk__in=Assignment.objects.in_force().filter(role=role).values("user"))
    if active is not None:
        found = found.filter(is_active=active)
    return found.order_by("organisation__path", "username")


def person(reader: Reader, *, to_change: bool = False, **lookup: Any) -> User:
    """One account; 404 where it is not kept by an organisation of the reader."""
    return find(reader, CHANGE if to_change else VIEW, User.objects.select_related("organisation"), **lookup)


def assignment(reader: Reader, key: int) -> Assignment:
    """One role held by somebody, to be changed."""
    return find(reader, CHANGE, Assignment.objects.select_related("user", "organisation"), pk=key)


def own_tokens(reader: Reader) -> QuerySet[Token]:
    """The reader's own tokens."""
    if reader.user is None or not reader.may(TOKENS):
        raise PermissionDenied(TOKENS.code)
    return reader.user.tokens.all()


def own_token(reader: Reader, key: int) -> Token:
    """One of the reader's own tokens."""
    token = own_tokens(reader).filter(pk=key).first()
    if token is None:
        raise Http404
    return token
