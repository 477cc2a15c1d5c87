"""An OpenID Connect provider of its own process, made of the one that django-allauth brings: ``python … CALLBACK``.

Everybody of `PEOPLE` signs in with `PASSWORD`; the only client is `CLIENT` with `SECRET`. Prints its address.
"""

from __future__ import annotations

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

CLIENT, SECRET = "gaoxin", "the secret of the client"
PASSWORD = "a password at the provider"  # noqa: S105
PEOPLE = ("zone_reporter", "stranger")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    plain = serialization.NoEncryption()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    settings.configure(
        SECRET_KEY="only of the tests: 0123456789 0123456789 0123456789 01234",  # noqa: S106
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                        "django.contrib.messages", "allauth", "allauth.account", "allauth.idp.oidc"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    "django.contrib.messages.middleware.MessageMiddleware",
                    "allauth.account.middleware.AccountMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]}}],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ROOT_URLCONF="addresses_of_the_provider",
        LOGIN_URL="/login/",
        ACCOUNT_EMAIL_VERIFICATION="none",
        USE_TZ=True,
        IDP_OIDC_PRIVATE_KEY=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
        ).decode(),
    )  # fmt: skip
    import django

    django.setup()
    import types

    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    addresses = types.ModuleType("addresses_of_the_provider")
    addresses.urlpatterns = [path("", include("allauth.urls")), path("", include("allauth.idp.urls"))]  # type: ignore[attr-defined]
    sys.modules[addresses.__name__] = addresses
    call_command("migrate", verbosity=0)
    for name in PEOPLE:
        User.objects.create_user(name, password=PASSWORD)
    from allauth.idp.oidc.models import Client

    Client.objects.create(
        id=CLIENT, name="gaoxin", secret=make_password(SECRET), redirect_uris=sys.argv[1],
        scopes="openid\nprofile\nemail", skip_consent=True,
    )  # fmt: skip
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
