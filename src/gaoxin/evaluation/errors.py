"""The error of a computation that cannot be done: what is wrong, for which unit and indicator, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from gaoxin.words import Text


class EvaluationError(ValueError):
    """Input or a method that gives no result. ``text`` is the message in both languages, ``str()`` the English one.

    >>> str(EvaluationError(Text("权重为零", "the weights are all 0")))
    'the weights are all 0'
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def listed(codes: Iterable[str], most: int = 8) -> Text:
    """Codes in one line, the first ``most`` of them by name.

    >>> listed(["a", "b", "c"], most=2).en
    'a, b and 1 more'
    """
    codes = list(codes)
    shown, more = codes[:most], len(codes) - most
    zh, en = "、".join(shown), ", ".join(shown)
    return Text(f"{zh}等 {len(codes)} 个", f"{en} and {more} more") if more > 0 else Text(zh, en)
