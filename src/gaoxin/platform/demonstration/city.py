"""Filling an empty site with the demonstration: a synthetic city over several years, tried from its accounts.

What happens is told by the apps. An app that has a part in it has a module ``demonstration`` with ``scenes(story)``:
`Scene`s on the days on which they happened. They are played in the order of their days, on a clock that shows the day.

Scenes call the apps' actions as the people of the city, so everything in the site was allowed, checked and recorded as
it is on any other site.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.app import platform_apps
from gaoxin.platform.demonstration import clock, people, registers
from gaoxin.platform.demonstration.people import DemoAccount
from gaoxin.platform.demonstration.story import Scene, Story
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.samples import make_city
from gaoxin.words import Text

FIRMS = 300
YEARS = 4
"""Three that are approved, two of them with the year before that their indicators look back to; one half in."""
REPLICATIONS = 300
_FILES = ("snapshots", "evaluations")


def fill_city(
    reader: Reader,
    *,
    password: str,
    zones: int = len(registers.ZONES),
    firms: int = FIRMS,
    years: int = YEARS,
    replications: int = REPLICATIONS,
    progress: Callable[[float], None] = lambda _: None,
) -> list[DemoAccount]:
    """Fill the empty site; all of it or nothing.

    Parameters
    ----------
    reader
        The command that does it.
    password
        Of all the accounts that are returned.
    zones, firms
        Zones, and firms that report for the last year.
    years
        The last is half in; the first is approved, and those between are evaluated as well.
    replications
        Draws of each evaluation.
    progress
        Called with the share that is done.

    Raises
    ------
    InputError
        When there is something in the site.
    """
    if Organisation.objects.exists():
        refuse(
            "demo.not-empty", None,
            Text("站点里已有数据", "the site has data already"),
            Text("示例城市只填入空的站点：用 --site 另选文件夹", "choose another folder with --site"),
        )  # fmt: skip
    sample = make_city(zones=zones, firms=firms, years=years, register=[seed for seed, _ in registers.ZONES])
    story = Story(sample, timezone.localdate(), replications)
    try:
        with transaction.atomic():
            _play(sorted(_scenes(reader, story, password), key=lambda scene: scene.day), story, progress)
    except BaseException:
        for name in _FILES:
            shutil.rmtree(Path(settings.MEDIA_ROOT) / name, ignore_errors=True)
        raise
    return people.accounts()


def _play(scenes: list[Scene], story: Story, progress: Callable[[float], None]) -> None:
    done = 0
    for day, together in groupby(scenes, key=lambda scene: scene.day):
        with clock.on(day) if day < story.today else nullcontext():
            for scene in together:
                progress(done / len(scenes))
                scene.play()
                done += 1


def _scenes(reader: Reader, story: Story, password: str) -> Iterator[Scene]:
    first = story.sample.periods[0]
    yield Scene(story.day(first, -30), partial(registers.found, reader, story.sample))
    yield Scene(story.day(first, -30), partial(people.staff, reader, password))
    for year in story.sample.periods:
        yield Scene(story.day(year, -10), partial(registers.enter_firms, reader, story, year))
    for app in platform_apps():
        if (scenes := app.offered("demonstration", "scenes")) is not None:
            yield from scenes(story)
    yield Scene(story.day(story.last, -5), lambda: people.newcomers(reader, story.zone, password))
