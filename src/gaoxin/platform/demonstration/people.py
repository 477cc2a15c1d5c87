"""The people of the demonstration: those who act in it, and the accounts with which it is tried."""

from __future__ import annotations

from dataclasses import dataclass

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind, Role
from gaoxin.platform.accounts import actions
from gaoxin.platform.accounts.models import User
from gaoxin.platform.audit.journal import action
from gaoxin.platform.demonstration.story import EXPERTS, REASON, SECOND_ANALYST
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models import EDITABLE, Return

OF_THE_CITY = (Role.ANALYST, Role.LEADER, Role.EXPERT, Role.AUDITOR, Role.ADMINISTRATOR, Role.PUBLIC)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration: who it is, and where."""

    username: str
    role: Role
    place: str


@action
def staff(reader: Reader, password: str) -> None:
    """Everybody who acts in the demonstration. Those at the zones have no password: they are nobody's to try."""
    city = Organisation.objects.get(kind=Kind.CITY)
    for role in OF_THE_CITY:
        _add(reader, city, role, role.value, f"示例{role.label}", password)
    _add(reader, city, Role.ANALYST, SECOND_ANALYST, "示例市级分析员二", None)
    for number, username in enumerate(EXPERTS[1:], start=2):
        _add(reader, city, Role.EXPERT, username, f"示例专家{number}", None)
    for zone in Organisation.objects.filter(kind=Kind.ZONE).order_by("path"):
        for role, word in ((Role.REPORTER, "reporter"), (Role.REVIEWER, "reviewer")):
            _add(reader, zone, role, f"{word}-{zone.code}", f"{zone.name}示例{role.label}", None)


@action
def newcomers(reader: Reader, zone_code: str, password: str) -> None:
    """The accounts at one zone, at what is above it and below it, and at a bureau."""
    zone = Organisation.objects.get(code=zone_code)
    parks = Organisation.objects.get_descendants(zone).filter(kind=Kind.PARK).order_by("path")
    firms = Organisation.objects.filter(kind=Kind.FIRM, closed=None)
    # A firm that has reported before, so that last year's figures stand beside the cells.
    reported = Return.objects.filter(approved__isnull=False).exclude(state__in=EDITABLE).values("organisation")
    places = {
        Role.BUREAU: Organisation.objects.filter(kind=Kind.BUREAU).order_by("path").first(),
        Role.DISTRICT: Organisation.objects.get_parent(zone),
        Role.REPORTER: zone,
        Role.REVIEWER: zone,
        Role.PARK: parks.first(),
        Role.FIRM: firms.filter(path__startswith=zone.path, pk__in=reported).order_by("path").first(),
    }
    for role, place in places.items():
        assert place is not None  # noqa: S101  the city has all of them
        _add(reader, place, role, role.value, f"示例{role.label}", password)


def accounts() -> list[DemoAccount]:
    """The accounts to try the demonstration with, in the order of the roles."""
    people = {user.username: user for user in User.objects.select_related("organisation")}
    return [DemoAccount(role.value, role, str(people[role.value].organisation)) for role in Role]


def _add(reader: Reader, place: Organisation, role: Role, username: str, name: str, password: str | None) -> None:
    user = actions.add_user(reader, place, username=username, name=name, password=password, synthetic=True)
    actions.grant(reader, user, role, place, reason=REASON)
