"""The REST API: each app's ``router`` under ``/api/<prefix>/``; OpenAPI at ``/api/openapi.json``.

A call carries ``Authorization: Bearer <token>``, or the session of a signed-in page. Answers to wrong calls are JSON
with the same words as the pages.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer, SessionAuth
from ninja.throttling import AuthRateThrottle

from gaoxin import __version__
from gaoxin.platform.access.middleware import origin
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.accounts.models import Token
from gaoxin.platform.app import platform_apps
from gaoxin.platform.language import say
from gaoxin.problems import InputError
from gaoxin.words import Text


class TokenAuth(HttpBearer):
    """A token of somebody: the reader is its owner, limited to its scopes."""

    def authenticate(self, request: HttpRequest, token: str) -> Reader | None:
        """The reader, or None when the token is not in force."""
        held = Token.objects.select_related("user").filter(secret=Token.digest(token)).first()
        if held is None or not held.in_force or not held.user.is_active:
            return None
        request.reader = Reader.of(held.user, origin(request, "api"), frozenset(held.scopes))  # type: ignore[attr-defined]
        return request.reader  # type: ignore[attr-defined]


class PageSession(SessionAuth):
    """The session of a page, with the CSRF check that pages have."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:  # noqa: ARG002
        """The signed-in reader, or None."""
        reader = request.reader  # type: ignore[attr-defined]
        return reader if reader.user is not None else None


class Throttle(AuthRateThrottle):
    """Counts of calls live in the process, so that a call costs no query."""

    cache = caches["process"]

    def get_cache_key(self, request: HttpRequest) -> str:
        """Counted for each person; calls that nobody signed come from an address and are refused anyway."""
        reader = getattr(request, "auth", None)
        known = isinstance(reader, Reader) and reader.user
        return f"api-{known.pk}" if known else f"api-{origin(request, 'api').address}"


api = NinjaAPI(
    title="gaoxin 高新",
    version=__version__,
    description="园区报表、登记、审核、评价与处置的接口 · returns, registers, review, evaluation and decisions",
    auth=[TokenAuth(), PageSession()],
    throttle=[Throttle("1200/m")],
    urls_namespace="api",
    docs_url=None,
)


class Wrong(Schema):
    """One thing that is wrong: at which field, in words, and what to do."""

    rule: str
    field: str | None = None
    message: str
    remedy: str = ""


class Failure(Schema):
    """The answer to a call that was not carried out; nothing was written."""

    status: int
    problems: list[Wrong]


def _answer(request: HttpRequest, status: int, problems: list[Wrong]) -> HttpResponse:
    return api.create_response(request, Failure(status=status, problems=problems).model_dump(), status=status)


def _one(request: HttpRequest, status: int, rule: str, message: Text) -> HttpResponse:
    return _answer(request, status, [Wrong(rule=rule, message=say(message))])


@api.exception_handler(InputError)
def _refused(request: HttpRequest, refused: InputError) -> HttpResponse:
    problems = [
        Wrong(rule=p.rule, field=p.item, message=say(p.message), remedy=say(p.remedy)) for p in refused.problems
    ]
    return _answer(request, 422, problems)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [
        Wrong(rule=str(e["type"]), field=".".join(str(p) for p in e["loc"]), message=str(e["msg"]))
        for e in error.errors
    ]
    return _answer(request, 422, problems)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    return _one(request, 401, "sign-in", Text("需要有效的令牌或登录", "a valid token or a sign-in is needed"))


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return _one(request, 403, "permission", Text(f"没有权限：{error}", f"permission missing: {error}"))


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, _: Http404) -> HttpResponse:
    return _one(
        request,
        404,
        "not-found",
        Text("没有这个对象，或不在可查看的范围内", "there is no such object within your sight"),
    )


for _app in platform_apps():
    _module = _app.part("api")
    if _app.prefix and _module is not None:
        api.add_router(f"/{_app.prefix}/", _module.router, tags=[_app.label])
