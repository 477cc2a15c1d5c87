"""Sessions that end, sign-in for every page, and the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from gaoxin.platform.access.roles import Role

TOUCH = 60
"""A session in use is written at most this often, in seconds."""
_OPEN = ("/sign-in/", "/static/", "/language/", "/api/", "/healthz", "/readyz")

Respond = Callable[[HttpRequest], HttpResponse]


class SessionEnd:
    """A session ends after a time without use (the age of its cookie) and, used or not, after its longest time."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if SESSION_KEY in session:
            now = int(time.time())
            if now - session.get("began", 0) > settings.SESSION_LONGEST:
                logout(request)
            elif now - session.get("seen", 0) > TOUCH:
                session["seen"] = now
        return self.respond(request)


class SignInRequired(LoginRequiredMiddleware):
    """Every page needs a signed-in person unless its view says otherwise; the API looks at its own credentials."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Let calls of the API through to their own check."""
        if request.path.startswith("/api/"):
            return None
        return super().process_view(request, view, args, kwargs)


class SecondFactor:
    """Who must have a second factor and has none sets it up before anything else.

    Single sign-on is exempt: there the identity provider asks for it.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECOND_FACTOR == "none" or request.path.startswith(_OPEN) or not request.user.is_authenticated:
            return self.respond(request)
        if request.session.get("second_factor") or not self._needed(request):
            return self.respond(request)
        if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            request.session["second_factor"] = True
            return self.respond(request)
        return redirect("mfa_activate_totp")

    @staticmethod
    def _needed(request: HttpRequest) -> bool:
        if any(record.get("method") == "socialaccount" for record in get_authentication_records(request, request.user)):
            return False
        if settings.SECOND_FACTOR == "all":
            return True
        return request.user.assignments.in_force().filter(role=Role.ADMINISTRATOR).exists()  # type: ignore[union-attr]
