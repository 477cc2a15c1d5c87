"""The notice that the demonstration follows up: read, registered, split and assigned, and how far its units have come.

Which clauses, units and measures there are stands in ``notice.yaml``, with where they come from; what happened is
invented. Everything is done through the actions, by the office, the leader and somebody of each unit.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from importlib import resources
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from ruamel.yaml import YAML

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind, Role
from gaoxin.platform.accounts import actions as accounts
from gaoxin.platform.audit.journal import action
from gaoxin.platform.demonstration.story import ANALYST, COMMAND, LEADER, REASON, Scene, Story
from gaoxin.platform.measures.actions import following, notices, progress
from gaoxin.platform.measures.models import Figure, Measure, UnitName
from gaoxin.platform.organisations import actions as organisations
from gaoxin.platform.organisations.models import Organisation

SIGNED, READ, SPLIT = 330, 325, 320
"""Days ago that the notice was signed, registered, and split."""
OFFICE_ACTS = {
    "review": following.review, "close": following.close, "send-back": following.send_back, "urge": following.urge,
}  # fmt: skip
SAYING = {"begin": following.begin, "report": following.report}


def scenes(story: Story) -> Iterator[Scene]:
    """What happens with the notice over the last year."""
    told = Telling(story)
    yield Scene(story.ago(READ), told.register)
    yield Scene(story.ago(SPLIT), told.split)
    for text, one in told.measures.items():
        for ago, act, *words in one["happened"]:
            yield Scene(story.ago(ago), partial(told.happen, text, act, *words))
        first = one["happened"][0][0] if one["happened"] else 0
        for figure in one.get("figures", ()):
            yield Scene(story.ago(first - 1), partial(told.set_figure, text, figure))
            for ago, value in figure.get("values", ()):
                yield Scene(story.ago(ago), partial(told.note_value, text, figure, value))
        own = [("zone", story.zone)] if one.get("zone") else []
        for kind, code in (*one.get("links", ()), *own):
            yield Scene(story.ago(first - 1), partial(told.link, text, kind, code))


@lru_cache(maxsize=1)
def told_notice() -> Mapping[str, Any]:
    """The notice of ``notice.yaml``."""
    path = resources.files(__package__) / "notice.yaml"
    found: Mapping[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return found


def text_of(notice: Mapping[str, Any], signed: datetime.date) -> str:
    """The notice as a text that the reader of notices takes, signed on a day of the demonstration."""
    lines = [
        "*本文为演示用合成文本，按公开通知的条目改写",
        notice["title"],
        f"示府规〔{signed.year}〕9号",
        notice["basis"],
    ]
    for clause in notice["clauses"]:
        said = "。".join(one["text"] for one in clause.get("measures", ()))
        units = "、".join(written(notice, unit) for unit in clause.get("units", ()))
        lines.append(f"{clause['number']}。{said}。（责任单位：{units}）" if said else clause["number"])
    return "\n".join([*lines, notice["issuer"], f"{signed.year}年{signed.month}月{signed.day}日", ""])


def written(notice: Mapping[str, Any], unit: str) -> str:
    """How the text names a unit: as the notice does, and bodies of another city by a name of the sample city."""
    said: str = notice["units"][unit].get("written", unit)
    return said


class Telling:
    """The notice while it is being told."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.notice = told_notice()
        self.measures: dict[str, dict[str, Any]] = {
            one["text"]: {**one, "units": clause["units"]}
            for clause in self.notice["clauses"]
            for one in clause.get("measures", ())
        }

    @property
    def office(self) -> Reader:
        """Who supervises."""
        return self.story.by(ANALYST)

    @cached_property
    def districts(self) -> list[Organisation]:
        """各区政府: the districts, that of the accounts first."""
        there = list(Organisation.objects.filter(kind=Kind.DISTRICT).order_by("path"))
        own = Organisation.objects.get(code=self.story.zone)
        return sorted(there, key=lambda one: not own.path.startswith(one.path))

    def bodies(self, unit: str) -> list[Organisation]:
        """The organisations that a unit of the notice is in the sample city."""
        about = self.notice["units"][unit]
        return self.districts if about.get("districts") else [Organisation.objects.get(code=about["code"])]

    def officer(self, organisation: Organisation) -> Reader:
        """Somebody of a unit."""
        return self.story.by(f"officer-{organisation.code}")

    def register(self) -> None:
        """The bodies that the notice names, somebody in each, and the notice, read and registered."""
        _units(Reader.command(COMMAND), self.story.city, self.notice)
        file = SimpleUploadedFile("sample-notice.txt", text_of(self.notice, self.story.ago(SIGNED)).encode())
        made = notices.receive(
            self.office, self.story.city, file, code=self.notice["code"], title_en=self.notice["title_en"],
            synthetic=True,
        )  # fmt: skip
        means = {written(self.notice, unit): unit for unit in self.notice["units"]}
        for name in UnitName.objects.filter(notice=made):
            notices.decide_unit(self.office, name, organisations=self.bodies(means[name.name]))
        notices.register(self.office, made, title=self.notice["title"])

    def split(self) -> None:
        """Each clause into its measures."""
        for clause in self.notice["clauses"]:
            if "measures" not in clause:
                continue
            first = Measure.objects.filter(notice__code=self.notice["code"], text=clause["measures"][0]["text"]).get()
            lines = "\n".join(one["text"] for one in clause["measures"])
            notices.split(self.office, first.clause, lines=lines)

    def measure(self, text: str) -> Measure:
        """The measure of that text."""
        there = Measure.objects.select_related("notice__organisation", "lead", "clause")
        return there.get(notice__code=self.notice["code"], text=text)

    def happen(self, text: str, act: str, *words: Any) -> None:
        """One act, by whose it is."""
        measure = self.measure(text)
        if act == "assign":
            self.assign(measure, self.measures[text])
            return
        assert measure.lead is not None  # noqa: S101  all other acts come after it
        unit = self.officer(measure.lead)
        if act == "sign":
            following.sign(unit, measure)
        elif act == "decline":
            following.decline(unit, measure, reason=words[0])
        elif act in SAYING:
            SAYING[act](unit, measure, text=words[0])
        elif act == "note":
            progress.note(unit, measure, measure.lead, text=words[0])
        elif act == "ask-extension":
            following.ask_extension(unit, measure, due=self.story.ago(-words[0]), reason=words[1])
        elif act == "ask-transfer":
            following.ask_transfer(unit, measure, to=self.bodies(words[0])[0], reason=words[1])
        elif act == "judge":
            progress.judge(self.story.by(LEADER), measure, light=words[0], text=words[1])
        else:
            OFFICE_ACTS[act](self.office, measure, reason=words[0])

    def assign(self, measure: Measure, about: Mapping[str, Any]) -> None:
        """To its lead unit, with the other units of the clause beside it."""
        lead = self.bodies(about["lead"])[0]
        every = [body for unit in about["units"] for body in self.bodies(unit)]
        following.assign(
            self.office, measure, lead=lead, cooperating=[body for body in every if body != lead],
            due=self.story.ago(-about["due"]),
        )  # fmt: skip

    def set_figure(self, text: str, about: Mapping[str, Any]) -> None:
        """An indicator or a milestone."""
        measure, weight = self.measure(text), Decimal(about.get("weight", 1))
        if "milestone" in about:
            progress.add_figure(
                self.office, measure, kind=Figure.Kind.MILESTONE, name=about["milestone"], name_en=about["name_en"],
                weight=weight,
            )  # fmt: skip
            return
        given: dict[str, Any] = {"start": Decimal(about["start"]), "target": Decimal(about["target"])}
        if "follows" in about:
            origin, _, code = about["follows"].partition(":")
            zone = Organisation.objects.get(code=self.story.zone) if origin == "evaluation" else None
            given |= {"origin": origin, "code": code, "zone": zone}
        else:
            given |= {"name": about["indicator"], "name_en": about["name_en"], "unit": about["unit"]}
        progress.add_figure(self.office, measure, kind=Figure.Kind.INDICATOR, weight=weight, **given)

    def note_value(self, text: str, about: Mapping[str, Any], value: int) -> None:
        """A value of a figure that is noted by hand."""
        name = about.get("milestone") or about["indicator"]
        figure = self.measure(text).figures.get(name=name)
        progress.set_value(
            self.office, figure, value=Decimal(value), as_of=timezone.localdate(), source=f"责任单位报送，{REASON}"
        )

    def link(self, text: str, kind: str, code: str) -> None:
        """What it has to do with."""
        progress.link(self.office, self.measure(text), kind=kind, code=code)


@action
def _units(reader: Reader, city: Organisation, notice: Mapping[str, Any]) -> None:
    """The bodies of the notice that the sample city does not have yet, and somebody in each unit and district."""
    for about in notice["units"].values():
        if "name" in about:
            organisations.add(
                reader, city, kind=Kind.BUREAU, code=about["code"], name=about["name"], name_en=about["name_en"],
                synthetic=True, reason=REASON,
            )  # fmt: skip
    codes = [about["code"] for about in notice["units"].values() if "code" in about]
    there = Organisation.objects.filter(code__in=codes) | Organisation.objects.filter(kind=Kind.DISTRICT)
    for unit in there.order_by("path"):
        role = Role.DISTRICT if unit.kind == Kind.DISTRICT else Role.BUREAU
        user = accounts.add_user(
            reader, unit, username=f"officer-{unit.code}", name=f"{unit.name}示例经办人", password=None, synthetic=True
        )
        accounts.grant(reader, user, role, unit, reason=REASON)
