"""Values as people write them, where they come from, and which clauses asked for something."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import template

from gaoxin.notices.notice import ROLES, Role
from gaoxin.platform.frame.templatetags.frame import figure
from gaoxin.platform.measures import queries
from gaoxin.platform.measures.models import Figure, Value
from gaoxin.platform.measures.permissions import VIEW
from gaoxin.words import Text

register = template.Library()


_SHOWN = Decimal("0.0001")
"""Decimals shown at most; what is computed has more, and its derivation says them."""


@register.filter
def quantity(value: Decimal | None) -> str:
    """A stored value without the zeros behind it, and never in powers of ten.

    >>> quantity(Decimal("20.000000")), quantity(Decimal("1234.500000")), quantity(Decimal("4.730917")), quantity(None)
    ('20', '1,234.5', '4.7309', '—')
    """
    if value is None:
        return figure(None)
    rounded = value.quantize(_SHOWN)
    whole = rounded.to_integral_value()
    return figure(whole.quantize(Decimal(1)) if whole == rounded else rounded.normalize())


@register.filter
def role(name: str) -> Text:
    """What a notice says that a unit is in a clause.

    >>> role("lead").zh
    '牵头'
    """
    return ROLES[cast("Role", name)]


MOST_ASKING = 10
"""Measures shown where something is asked for; the page behind them has all."""


@register.inclusion_tag("measures/asked_by.html", takes_context=True)
def asked_by(context: dict[str, Any], kind: str, *code: str) -> dict[str, Any]:
    """The clauses that asked for an indicator, an incentive or a zone, as far as the reader may see measures.

    ``{% asked_by "indicator" run.system ":" node.code %}``: the parts of the code are put together.
    """
    reader, whole = context["request"].reader, "".join(code)
    if not reader.may(VIEW):
        return {"asked": ()}
    asked = list(queries.asking(reader, kind, whole)[: MOST_ASKING + 1])
    return {"asked": asked[:MOST_ASKING], "more": len(asked) > MOST_ASKING, "kind": kind, "code": whole}


@register.simple_tag(takes_context=True)
def derivation(context: dict[str, Any], figure: Figure, value: Value) -> str:
    """The address at which the value is explained, or nothing."""
    return queries.derivation(context["request"].reader, figure, value)
