"""Single sign-on by OpenID Connect, as django-allauth takes it."""

from __future__ import annotations

from typing import Any


def openid_connect(server: str, client: str, secret: str, name: str) -> dict[str, Any]:
    """The identity provider at ``server``; ``name`` stands on the button."""
    return {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": name,
                    "client_id": client,
                    "secret": secret,
                    "settings": {"server_url": server, "token_auth_method": "client_secret_basic"},
                }
            ],
        }
    }
