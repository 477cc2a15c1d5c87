"""What happens in the demonstration: scenes on days, played in their order by the people of the city.

Each year of the sample is one campaign: returns are asked for, reviewed and fixed, the zones are evaluated, the rules
of the example city propose and people decide. Days are counted from the day on which a campaign begins. The last one
began `BEGUN` days ago, each before it a year earlier, so that on the day of the demonstration the returns of the last
year are half in and the cases of the year before are under way.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gaoxin.platform.access.reader import Origin, Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.accounts.models import User
from gaoxin.platform.organisations.models import Organisation
from gaoxin.samples import City

BEGUN = 25
YEAR = 365
REASON = "示例数据（合成）"
COMMAND = "gaoxin demo"
ANALYST, SECOND_ANALYST, LEADER, EXPERT = "city_analyst", "city_analyst_2", "city_leader", "expert"
EXPERTS = (EXPERT, "expert_2", "expert_3", "expert_4", "expert_5")


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that is done on ``day``."""

    day: datetime.date
    play: Callable[[], object]


@dataclass
class Story:
    """The city and its people, for the apps that play in it.

    ``replications`` are the draws of an evaluation.
    """

    sample: City
    today: datetime.date
    replications: int
    _readers: dict[str, Reader] = field(default_factory=dict)

    @property
    def years(self) -> tuple[int, ...]:
        """The years that are over: reported and approved."""
        return self.sample.periods[:-1]

    @property
    def evaluated(self) -> tuple[int, ...]:
        """The years that are evaluated. The first is not: indicators look a year back."""
        return self.years[1:]

    @property
    def last(self) -> int:
        """The year that is being reported."""
        return self.sample.periods[-1]

    def day(self, year: int, after: int) -> datetime.date:
        """The day ``after`` days from the beginning of the campaign of ``year``."""
        return self.today - datetime.timedelta(days=BEGUN + YEAR * (self.last - year) - after)

    def ago(self, days: int) -> datetime.date:
        """The day ``days`` days before the demonstration."""
        return self.today - datetime.timedelta(days=days)

    def by(self, username: str) -> Reader:
        """Somebody of the city, who acts with their own rights and in their own name."""
        if username not in self._readers:
            user = User.objects.get(username=username)
            self._readers[username] = Reader.of(user, Origin("command", address=COMMAND))
        return self._readers[username]

    def reporter(self, zone: str) -> Reader:
        """Who reports for a zone."""
        return self.by(f"reporter-{zone}")

    def reviewer(self, zone: str) -> Reader:
        """Who reviews for a zone."""
        return self.by(f"reviewer-{zone}")

    @property
    def city(self) -> Organisation:
        """The city office."""
        return Organisation.objects.get(kind=Kind.CITY)

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """The zones that report every year, the largest first; at the first somebody who tries it has an account."""
        late = {zone.code for zone in self.sample.late}
        order = np.argsort(-self.sample.profiles.firms, kind="stable").tolist()
        return tuple(code for code in (self.sample.zones[at].code for at in order) if code not in late)

    @property
    def zone(self) -> str:
        """The zone of the accounts: of middle size."""
        return self.zones[len(self.zones) // 3]
