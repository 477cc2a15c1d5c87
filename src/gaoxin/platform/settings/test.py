"""Settings of the tests: in memory, quick hashes, nothing sent; everything else as the site has it.

``DATABASE_URL`` lets the same tests run on PostgreSQL.
"""

from __future__ import annotations

import os

os.environ.setdefault("GAOXIN_SECRET_KEY", "only for the tests, never for a site: 0123456789abcdefghijklmnopqrst")
os.environ.setdefault("GAOXIN_LOG_LEVEL", "ERROR")
os.environ.setdefault("GAOXIN_HTTPS", "no")
os.environ.setdefault("GAOXIN_SECOND_FACTOR", "none")

from gaoxin.platform.settings.site import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests-process"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if "DATABASE_URL" not in os.environ:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
# The tests serve the files of the packages themselves; nothing was collected.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise")]  # noqa: F405
