"""Whom a return waits for: the zone that forwards it, the city that approves it; never who had a hand in it before."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.statistics.models import Return, State
from gaoxin.platform.statistics.permissions import APPROVE, REVIEW


@dataclass(frozen=True)
class Step:
    """A step of the review: who takes it, in which state a return waits for it, whose hands keep it from them."""

    permission: Permission
    state: State
    hands: tuple[str, ...]


STEPS = {
    "forward": Step(REVIEW, State.SUBMITTED, ("submitted_by",)),
    "approve": Step(APPROVE, State.REVIEWED, ("submitted_by", "reviewed_by")),
}


def waiting(reader: Reader, verb: str) -> QuerySet[Return]:
    """The returns that wait for the reader to ``verb`` them: theirs to judge, and not their own work; maybe none."""
    step = STEPS[verb]
    if not reader.may(step.permission):
        return Return.objects.none()
    there = limit(reader, step.permission, Return.objects.filter(state=step.state))
    if reader.user is not None:
        for hand in step.hands:
            there = there.exclude(**{f"latest__{hand}": reader.user})
    return there


def own(reader: Reader, held: Return, verb: str) -> bool:
    """Whether the reader submitted or forwarded it; commands on the machine of the site are nobody."""
    hands = {getattr(held.latest, f"{hand}_id") for hand in STEPS[verb].hands}
    return reader.user is not None and reader.user.pk in hands


def at_hand(reader: Reader, held: Return) -> dict[str, bool]:
    """What a page on one return offers its reader: to forward, to approve, or neither because it is their own work."""
    said = {"own_work": False}
    for verb, step in STEPS.items():
        there = held.state == step.state and reader.may(step.permission, held.organisation)
        theirs = there and own(reader, held, verb)
        said[f"may_{verb}"] = there and not theirs
        said["own_work"] = said["own_work"] or theirs
    return said
