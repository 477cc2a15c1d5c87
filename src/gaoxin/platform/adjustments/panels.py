"""What dynamic adjustment says on the page of a zone: its place and its cases over the years."""

from __future__ import annotations

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.adjustments.permissions import VIEW
from gaoxin.platform.adjustments.queries import timeline
from gaoxin.platform.app import Panel
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.organisations.models import Organisation


def panels(reader: Reader, organisation: Organisation, _: Money) -> list[Panel]:
    """The zone over the years."""
    if organisation.kind != Kind.ZONE or not reader.may(VIEW, organisation):
        return []
    return [Panel("adjustments/panel.html", 40, {"years": timeline(reader, organisation), "zone": organisation})]
