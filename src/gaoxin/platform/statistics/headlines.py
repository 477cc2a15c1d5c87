"""Which few items of a rulebook stand for it where there is room for a few: on the overview and the page of a zone."""

from __future__ import annotations

from gaoxin.platform.statistics import books
from gaoxin.rulebook.entries import Item
from gaoxin.words import Text

HEADLINES = {
    "torch-enterprise-2022": ("qc05_0", "qc02", "qc12", "qc13", "qc11", "qc40", "qd01"),
    "zone-return-2021": ("gx_rd_institutions", "gx_startup_services", "gx_new_firms", "gx_tech_smes", "gx_gazelles"),
}
"""By rulebook: operating revenue, gross output, net profit, taxes paid, exports, investment, staff; of zones what they
count themselves."""
MOST = 7


def headlines(book: str, entity: str) -> tuple[Item, ...]:
    """The headline items of ``entity``; of a book that names none its first items that can be added up."""
    items = books.book(book).items
    named = [items[code] for code in HEADLINES.get(book, ()) if code in items and items[code].entity == entity]
    added = (i for i in items.values() if i.entity == entity and i.decimals is not None and i.kind in {"flow", "stock"})
    return tuple(named or list(added)[:MOST])


def short(name: Text) -> Text:
    """The name of an item without what only says where it stands in the form.

    >>> str(short(Text("其中:出口总额", "exports")))
    '出口总额'
    """
    return Text(name.zh.removeprefix("其中:").removeprefix("其中："), name.en)
