"""Sign-ins in the logs: who and from where, never what was typed."""

from __future__ import annotations

import time
from typing import Any

import structlog
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from gaoxin.platform.access.middleware import origin
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.accounts.actions import note_own_change

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


_OWN_CHANGES = {
    password_changed: "accounts.change-own-password",
    password_reset: "accounts.reset-own-password",
    authenticator_added: "accounts.add-second-factor",
    authenticator_removed: "accounts.remove-second-factor",
    authenticator_reset: "accounts.reset-recovery-codes",
}


@receiver(list(_OWN_CHANGES))
def changed_own(signal: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """What people change about their own sign-in is in the audit like everything else."""
    note_own_change(Reader.of(user, origin(request, "page")), user, _OWN_CHANGES[signal])
