"""How django-allauth behaves here: nobody signs up; single sign-on finds accounts that administrators made."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from gaoxin.platform.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never."""
        return False


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Who comes from the identity provider is the account of the same user name, which must be there and active."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Never: an unknown person is sent back, not given an account."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect a first sign-on with the account whose user name the provider vouches for."""
        if sociallogin.is_existing:
            return
        named = sociallogin.account.extra_data
        claims = named.get("userinfo") or named.get("id_token") or named
        username = claims.get("preferred_username", "")
        user = User.objects.filter(username=username, is_active=True).first() if username else None
        if user is not None:
            sociallogin.connect(request, user)
