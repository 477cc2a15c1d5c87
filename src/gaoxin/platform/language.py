"""The two languages on pages: Chinese and English stand side by side where a word is used.

``words`` is the lazy form of `gaoxin.words.Text` for labels that are made when a module is imported (names of fields,
choices, permissions); templates write ``{% t "提交" "Submit" %}``. Django and django-allauth speak from their own
catalogues. There is no other way, and no catalogue of ours to keep in step.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

from gaoxin.words import Language, Text

LANGUAGES = (("zh-hans", "简体中文"), ("en", "English"))


def language() -> Language:
    """The language of this request; Chinese where nothing was chosen."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def say(text: Text) -> str:
    """``text`` in the language of this request."""
    return text.say(language())


def _chosen(zh: str, en: str) -> str:
    return zh if language() == "zh" else en


_lazily = lazy(_chosen, str)


def words(zh: str, en: str) -> Any:
    """Text that becomes Chinese or English when it is shown, not when the module is imported.

    Typed ``Any`` because Django takes it for text everywhere and ``str`` is what it becomes.
    """
    return _lazily(zh, en)
