"""Jobs by API."""

from uuid import UUID

from django.db.models import QuerySet
from ninja import Router, Schema
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.jobs import queries
from gaoxin.platform.jobs.models import Job, State
from gaoxin.platform.language import say

router = Router()


class JobOut(Schema):
    """One job: how far it is, what it says, and where its result is."""

    id: UUID
    kind: str
    state: State
    share: float
    message: str
    address: str

    @staticmethod
    def resolve_message(job: Job) -> str:
        """In the language of the call."""
        return say(job.said)


@router.get("", response=list[JobOut], url_name="jobs")
@paginate(PageNumberPagination, page_size=100)
def index(request: PageRequest) -> QuerySet[Job]:
    """The reader's jobs, newest first."""
    return queries.own_jobs(request.reader)


@router.get("/{uuid:key}", response=JobOut, url_name="job")
def one(request: PageRequest, key: UUID) -> Job:
    """One of them."""
    return queries.own_job(request.reader, key)
