"""What statistics says on the page of a zone, park or firm: its main figures with their trend, and its returns."""

from __future__ import annotations

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.app import Panel
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import trend
from gaoxin.platform.statistics.models import Return
from gaoxin.platform.statistics.permissions import FIGURES, VIEW
from gaoxin.platform.statistics.queries import figures

MOST_RETURNS = 12


def panels(reader: Reader, organisation: Organisation, money: Money) -> list[Panel]:
    """The figures and the returns, as far as the reader may see them here."""
    found = []
    own_figures = trend.of_reporter(reader, organisation, str(organisation.kind), money)
    if organisation.kind == Kind.FIRM:
        shown = own_figures
    else:
        known = figures.periods(reader) if reader.may(FIGURES, organisation) else []
        shown = trend.over_all(reader.at(organisation), known[0], money) if known else None
        if own_figures is not None:
            found.append(Panel("statistics/panel_own.html", 15, {"trend": own_figures}))
    if shown is not None:
        drawn = trend.drawn(shown, shown.headlines[0])
        found.append(Panel("statistics/panel_figures.html", 10, {"trend": shown, "chart": drawn}, drawn is not None))
    if reader.may(VIEW, organisation) and organisation.kind != Kind.PARK:
        own = limit(reader, VIEW, Return.objects.filter(organisation=organisation))
        own = own.select_related("collection").order_by("-collection__period", "collection__code")
        today = timezone.localdate()
        rows = [(one, one.late(today)) for one in own[:MOST_RETURNS]]
        found.append(Panel("statistics/panel_returns.html", 20, {"rows": rows, "organisation": organisation}))
    return found
