"""Every look at statistics. Here is what the frame asks for: the search and the work list."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.app import Found, Todo
from gaoxin.platform.language import say, words
from gaoxin.platform.statistics.models import EDITABLE, Collection, Return, State
from gaoxin.platform.statistics.permissions import ENTER, VIEW
from gaoxin.platform.statistics.queries.waiting import waiting
from gaoxin.words import Text


def found(reader: Reader, text: str) -> list[Found]:
    """Collections whose name holds ``text`` or whose code begins with it, the latest first.

    Single returns are found through the list of a collection, or the page of the organisation.
    """
    if not reader.may(VIEW):
        return []
    named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__istartswith=text)
    return [
        Found(words("采集", "collection"), one.name, reverse("statistics:collection", args=(one.code,)), one.period)
        for one in Collection.objects.filter(named)[:20]
    ]


def todo(reader: Reader, today: datetime.date) -> list[Todo]:
    """What is to be entered, reviewed and approved: one line for each collection, however many returns."""
    editable = Return.objects.filter(state__in=EDITABLE)
    kinds: tuple[tuple[QuerySet[Return], Any, bool], ...] = (
        (waiting(reader, "forward"), words("待园区审核", "To review for the zone"), False),
        (waiting(reader, "approve"), words("待市级批准", "To approve for the city"), False),
    )
    if reader.may(ENTER):
        kinds = ((limit(reader, ENTER, editable), words("待填报", "To report"), True), *kinds)
    listed = []
    for waits, title, with_date in kinds:
        there = waits.filter(collection__opens__lte=today)
        there = there.exclude(state=State.DRAFT, collection__closed__isnull=False)
        named = ("collection__code", "collection__name", "collection__name_en")
        rows = there.values_list(*named, "due", "state")
        counted: Counter[str] = Counter()
        first: dict[str, datetime.date] = {}
        states: dict[str, set[str]] = {}
        names: dict[str, str] = {}
        for code, name, name_en, due, state, number in rows.annotate(n=Count("pk")).order_by():
            names[code] = say(Text(name, name_en or name))
            counted[code] += number
            first[code] = min(due, first.get(code, due))
            states.setdefault(code, set()).add(state)
        for code, number in counted.items():
            address = reverse("statistics:returns", args=(code,))
            state = next(iter(states[code])) if len(states[code]) == 1 else ""
            due = first[code] if with_date else None
            listed.append(Todo(title, f"{address}?state={state}" if state else address, due, names[code], number))
    return listed
