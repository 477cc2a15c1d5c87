"""The language of one call of the command line: ``--lang``, else ``GAOXIN_LANG``, else Chinese."""

from __future__ import annotations

import os

from gaoxin.words import Language, Text


def choose(arguments: list[str]) -> Language:
    """Find the language in ``arguments`` or the environment and remember it for this process.

    Help texts are built when the commands are imported, so this runs before that.
    """
    wanted = os.environ.get("GAOXIN_LANG", "zh")
    for i, argument in enumerate(arguments):
        if argument == "--lang" and i + 1 < len(arguments):
            wanted = arguments[i + 1]
        elif argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
    language: Language = "en" if wanted.lower().startswith("en") else "zh"
    os.environ["GAOXIN_LANG"] = language
    return language


def language() -> Language:
    """Return the language of this process."""
    return "en" if os.environ.get("GAOXIN_LANG", "zh").startswith("en") else "zh"


def tr(zh: str, en: str) -> str:
    """Return ``zh`` or ``en``, whichever this process speaks."""
    return Text(zh, en).say(language())
