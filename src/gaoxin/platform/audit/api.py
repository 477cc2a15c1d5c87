"""The audit by API."""

import datetime
import json
from typing import Any

from django.db.models import QuerySet
from ninja import Router, Schema
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.audit import queries
from gaoxin.platform.audit.models import Entry

router = Router()


class EntryOut(Schema):
    """One entry; ``digest`` chains it to the one before."""

    sequence: int
    at: datetime.datetime
    actor_name: str
    via: str
    address: str
    action: str
    subject_type: str
    subject_id: str
    subject_name: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    previous: str
    digest: str

    @staticmethod
    def resolve_before(entry: Entry) -> dict[str, Any]:
        """As JSON, not as its text."""
        return dict(json.loads(entry.before))

    @staticmethod
    def resolve_after(entry: Entry) -> dict[str, Any]:
        """As JSON, not as its text."""
        return dict(json.loads(entry.after))


@router.get("", response=list[EntryOut], url_name="audit")
@paginate(PageNumberPagination, page_size=100)
def index(
    request: PageRequest,
    text: str = "",
    action: str = "",
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> QuerySet[Entry]:
    """The entries that the reader may see, newest first."""
    return queries.entries(request.reader, text=text, action=action, since=since, until=until)
