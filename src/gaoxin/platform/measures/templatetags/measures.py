"""Values as people write them."""

from __future__ import annotations

from decimal import Decimal

from django import template

from gaoxin.platform.frame.templatetags.frame import figure

register = template.Library()


@register.filter
def quantity(value: Decimal | None) -> str:
    """A stored value without the zeros behind it, and never in powers of ten.

    >>> quantity(Decimal("20.000000")), quantity(Decimal("1234.500000")), quantity(None)
    ('20', '1,234.5', '—')
    """
    if value is None:
        return figure(None)
    whole = value.to_integral_value()
    return figure(whole.quantize(Decimal(1)) if whole == value else value.normalize())
