"""Sign-ins in the logs: who and from where, never what was typed."""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

_log = structlog.get_logger("gaoxin.accounts")


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Any, **_: Any) -> None:
    """A session begins; its longest time counts from now."""
    request.session["began"] = int(time.time())
    _log.info("signed in", user=user.username, address=request.META.get("REMOTE_ADDR"))


@receiver(user_logged_out)
def signed_out(user: Any, **_: Any) -> None:
    """A session ends."""
    _log.info("signed out", user=getattr(user, "username", None))


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Somebody could not sign in."""
    address = request.META.get("REMOTE_ADDR") if request else None
    _log.warning("sign-in failed", user=credentials.get("username"), address=address)
