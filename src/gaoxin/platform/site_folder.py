"""The folder of a site: its settings, its database, its files. Commands open it before they use anything of Django."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gaoxin.words import Language

SETTINGS = "site.env"
"""Variables of the site, one ``NAME=value`` a line; the environment goes before them."""
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def make_site(folder: Path, **variables: str) -> Path:
    """Make the folder of a site with a secret key of its own, readable by its owner only; what is there stays.

    ``variables`` are written into a new file of settings: ``HTTPS="no"``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SETTINGS
    if not path.exists():
        lines = [f"GAOXIN_SECRET_KEY={secrets.token_urlsafe(64)}"]
        lines += [f"GAOXIN_{name}={value}" for name, value in variables.items()]
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return path


def open_site(folder: Path, language: Language = "zh") -> None:
    """Make this process one of the site: read its settings, set up Django, speak ``language``."""
    os.environ["GAOXIN_SITE"] = str(folder)
    for line in (folder / SETTINGS).read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gaoxin.platform.settings.site")
    import django  # noqa: PLC0415  after the settings are known
    from django.utils.translation import activate  # noqa: PLC0415

    django.setup()
    activate("en" if language == "en" else "zh-hans")


def is_own_machine(host: str) -> bool:
    """Whether only this machine reaches ``host``."""
    return host in _LOOPBACK


def prepare(*, static: bool = True) -> None:
    """Bring the database to this version and build the files that browsers get."""
    from django.core.management import call_command  # noqa: PLC0415

    from gaoxin.platform.planning import look_at_tables  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    look_at_tables()
    if static:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
