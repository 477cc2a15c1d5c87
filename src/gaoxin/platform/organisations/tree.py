"""Putting organisations into the tree, one or very many at once. Only actions call this: nothing is checked here."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from gaoxin.platform.organisations.models import Organisation


def insert_below(parent: Organisation, children: Sequence[Organisation]) -> None:
    """Store ``children`` (new, without a place yet) as the last below ``parent``, in a few statements however many.

    The row of the parent is held until the transaction ends, so two uploads cannot take the same place.
    """
    if not children:
        return
    held = Organisation.objects.select_for_update().get(pk=parent.pk)
    last = Organisation.objects.get_last_child(held)
    step = Organisation._str2int(last.path[-Organisation.steplen :]) if last else 0
    for number, child in enumerate(children, start=step + 1):
        child.depth = held.depth + 1
        child.path = Organisation._get_path(held.path, child.depth, number)
        child.numchild = 0
    Organisation.objects.bulk_create(children, batch_size=500)
    Organisation.objects.filter(pk=held.pk).update(numchild=F("numchild") + len(children))
    parent.refresh_from_db(fields=["path", "depth", "numchild"])


def move_below(parent: Organisation, organisation: Organisation) -> None:
    """Put the organisation and what is below it under ``parent``."""
    Organisation.objects.move(organisation, parent, "last-child")
    organisation.refresh_from_db()
