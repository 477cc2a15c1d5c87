"""What every request gets: a number by which it is found in the logs, and its language."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from gaoxin.platform.language import LANGUAGES

Respond = Callable[[HttpRequest], HttpResponse]
_KNOWN = {code for code, _ in LANGUAGES}
_log = structlog.get_logger("gaoxin.requests")


class RequestNumber:
    """Numbers the request, names the number in every line of the log and in the answer, and logs how long it took."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.number = number = secrets.token_hex(8)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=number)
        began = time.perf_counter()
        response = self.respond(request)
        _log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000),
        )
        response["X-Request-Number"] = number
        return response


class ChosenLanguage:
    """Chinese, unless English was chosen: on this browser (cookie), in the account, or by the header of an API call."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or request.session.get("language")
        if request.path.startswith("/api/"):
            chosen = "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else None
        language = chosen if chosen in _KNOWN else LANGUAGES[0][0]
        request.LANGUAGE_CODE = language
        with translation.override(language):  # what this thread does next is nobody's page
            response = self.respond(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response["Content-Language"] = language
        return response
