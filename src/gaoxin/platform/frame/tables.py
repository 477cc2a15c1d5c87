"""Tables of records: columns as data, sorting and paging on the server, download as xlsx or CSV.

Everything that a table shows is in its address: ``?sort=-name&page=2&columns=code,name&format=xlsx``.
"""

from __future__ import annotations

import csv
import datetime
import functools
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from gaoxin.platform.frame.templatetags.frame import MISSING, day, figure, name
from gaoxin.platform.language import language

ROWS = 100
FAR = 10 * ROWS
"""So many rows before a page make it one far back."""
MOST_ROWS = 200_000
"""A download is cut after this many rows, and says so."""
SYNTHETIC = ("合成数据", "Synthetic data")
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``value`` gives the cell of a record; ``sort`` is the field to order by ("": not sortable); ``link`` gives the
    address of the record; ``numeric`` aligns right with thousands separators; ``unit`` stands in the heading once.
    """

    code: str
    title: Any
    value: Callable[[Any], Any]
    sort: str = ""
    link: Callable[[Any], str] | None = None
    numeric: bool = False
    unit: Any = ""


class Pages(Paginator):
    """The pages of a table. What comes before a page far back is passed over by key, in an index, without putting
    together the records that nobody sees."""

    def page(self, number: int | str) -> Page[Any]:
        """One page, from 1."""
        found = super().page(number)
        start = (found.number - 1) * self.per_page
        if start >= FAR:
            keys = list(self.object_list.values_list("pk", flat=True)[start : start + self.per_page])
            found.object_list = self.object_list.filter(pk__in=keys)
        return found


class Table:
    """One table on one page, as the address asks for it.

    ``name`` is that of the file to download; ``synthetic`` the field that says that a record is synthetic.
    """

    def __init__(
        self,
        request: HttpRequest,
        columns: Sequence[Column],
        records: QuerySet[Any],
        *,
        name: str,
        synthetic: str = "",
    ) -> None:
        self.name = name
        self.synthetic = synthetic
        self.every_column = tuple(columns)
        chosen = set(filter(None, request.GET.get("columns", "").split(",")))
        self.columns = tuple(column for column in columns if not chosen or column.code in chosen) or self.every_column
        self.sorted_by = request.GET.get("sort", "")
        field = next((c.sort for c in columns if c.sort and c.code == self.sorted_by.lstrip("-")), "")
        if field:
            records = records.order_by(f"-{field}" if self.sorted_by.startswith("-") else field, "pk")
        self.records = records
        self.page: Page[Any] = Pages(records, ROWS).get_page(request.GET.get("page"))
        self.format = request.GET.get("format", "")

    @property
    def headings(self) -> list[tuple[Column, str, str]]:
        """Each column with the ``sort`` that a click on it asks for, and how it is sorted now (for ``aria-sort``)."""
        found = []
        for column in self.columns:
            now = {column.code: "ascending", f"-{column.code}": "descending"}.get(self.sorted_by, "")
            found.append((column, f"-{column.code}" if now == "ascending" else column.code, now))
        return found

    @property
    def body(self) -> SafeString:
        """The rows of the page as HTML; put together here because a template takes three times as long for it."""
        return mark_safe("".join(f"<tr>{self._row(record)}</tr>" for record in self.page))  # noqa: S308  all is escaped

    def _row(self, record: Any) -> str:
        cells = []
        for number, column in enumerate(self.columns):
            shown = _cell(column, column.value(record))
            if column.link is not None:
                shown = format_html('<a href="{}">{}</a>', column.link(record), shown)
            if number == 0:
                cells.append(f'<th scope="row"{_NUMBER if column.numeric else ""}>{shown}</th>')
            else:
                cells.append(f"<td{_NUMBER if column.numeric else ''}>{shown}</td>")
        return "".join(cells)

    @property
    def shows_synthetic(self) -> bool:
        """Whether a record on the page is synthetic."""
        path = self.synthetic.split("__") if self.synthetic else []
        return bool(path) and any(functools.reduce(getattr, path, record) for record in self.page)

    def download(self) -> HttpResponse | None:
        """The whole table as a file when the address asks for one, else None."""
        if self.format not in {"xlsx", "csv"}:
            return None
        rows = ([c.value(r) for c in self.columns] for r in self.records[:MOST_ROWS].iterator(chunk_size=2000))
        headings = [f"{c.title}（{c.unit}）" if c.unit else str(c.title) for c in self.columns]
        synthetic = bool(self.synthetic) and self.records.filter(**{self.synthetic: True}).exists()
        return file_answer(self.name, self.format, headings, rows, synthetic=synthetic)


def file_answer(
    name: str, form: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, synthetic: bool = False
) -> HttpResponse:
    """Rows as a file to download; ``form`` is ``xlsx`` or ``csv``. Synthetic data says so in the first line."""
    note = SYNTHETIC[language() == "en"] if synthetic else ""
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
    content, kind = (_workbook if form == "xlsx" else _csv)(headings, rows, note)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}-{stamp}.{form}"'
    return response


_NUMBER = ' class="number"'


def _cell(column: Column, value: Any) -> SafeString:
    if column.numeric:
        return conditional_escape(figure(value))
    if isinstance(value, datetime.date):
        return mark_safe(f'<span class="day">{conditional_escape(day(value))}</span>')  # noqa: S308  escaped
    return conditional_escape(MISSING if value is None else name(value))


def neutral(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it.

    >>> neutral("=1+1"), neutral("示例"), neutral(-5)
    ("'=1+1", '示例', -5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, Decimal, datetime.date)):
        return value
    return str(value)


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Any]], note: str) -> tuple[bytes, str]:
    text = io.StringIO()
    writer = csv.writer(text)
    if note:
        writer.writerow([note])
    writer.writerow([neutral(heading) for heading in headings])
    for row in rows:
        writer.writerow([neutral(_plain(value)) for value in row])
    return text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8"


def _workbook(headings: Sequence[str], rows: Iterable[Sequence[Any]], note: str) -> tuple[bytes, str]:
    content = io.BytesIO()
    # Text is written as text: what begins with "=" is shown, not computed.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as book:
        bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        top = 0
        if note:
            sheet.write_string(0, 0, note)
            top = 1
        for at, heading in enumerate(headings):
            sheet.write_string(top, at, heading, bold)
        sheet.freeze_panes(top + 1, 1)
        for number, row in enumerate(rows, start=top + 1):
            for at, value in enumerate(map(_plain, row)):
                if value is None or value == "":
                    continue
                if isinstance(value, bool):
                    sheet.write_boolean(number, at, value)
                elif isinstance(value, (int, float, Decimal)):
                    sheet.write_number(number, at, value)
                elif isinstance(value, datetime.datetime):
                    sheet.write_string(number, at, timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S"))
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(number, at, datetime.datetime(value.year, value.month, value.day), date)
                else:
                    sheet.write_string(number, at, value)
    return content.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
