"""Reading the organisation tree, limited to what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.access.scope import STEP
from gaoxin.platform.app import Found
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.permissions import CHANGE, VIEW

_FEW = tuple(kind for kind in Kind if kind is not Kind.FIRM)
"""Named one by one, so that the index of kinds finds them: everything else in the tree is firms."""


def organisation(reader: Reader, code: str) -> Organisation:
    """The organisation ``code``; 404 where the reader may not see it."""
    return find(reader, VIEW, Organisation.objects.all(), "", code=code)


def organisation_to_change(reader: Reader, code: str) -> Organisation:
    """The organisation ``code``, if the reader may change it."""
    return find(reader, CHANGE, Organisation.objects.all(), "", code=code)


def organisations(
    reader: Reader, *, kinds: Sequence[Kind] = (), text: str = "", closed: bool = False
) -> QuerySet[Organisation]:
    """What the reader may see of the tree, in its order.

    Parameters
    ----------
    kinds
        Only these; firms come only when they are asked for, there may be a hundred thousand.
    text
        Part of the name or the beginning of the code.
    closed
        Also those that are closed.
    """
    found = limit(reader, VIEW, Organisation.objects.order_by("path"), "")
    found = found.filter(kind__in=kinds or _FEW)
    if not closed:
        found = found.filter(closed=None)
    return matching(found, text) if text else found


def matching(queryset: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Organisations whose name holds ``text`` or whose code begins with it."""
    return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__istartswith=text))


def above(reader: Reader, organisation: Organisation) -> list[Organisation]:
    """The organisations above, from the city downwards, as far as the reader may see them."""
    paths = [organisation.path[:end] for end in range(STEP, len(organisation.path), STEP)]
    return list(limit(reader, VIEW, Organisation.objects.filter(path__in=paths), "").order_by("path"))


def below(reader: Reader, organisation: Organisation) -> QuerySet[Organisation]:
    """The organisations one step below, those still open first."""
    children = Organisation.objects.filter(path__startswith=organisation.path, depth=organisation.depth + 1)
    return limit(reader, VIEW, children, "").order_by("closed", "path")


def found(reader: Reader, text: str) -> list[Found]:
    """For the search over everything."""
    if not reader.may(VIEW):
        return []
    hits = matching(limit(reader, VIEW, Organisation.objects.filter(kind__in=_FEW), ""), text)[:20]
    return [Found(Kind(hit.kind).label, str(hit), f"/organisations/{hit.code}/", hit.code) for hit in hits]
