"""What can be asked of every benefit and check: can anybody meet it, can anybody fail it, is there always an answer."""

from __future__ import annotations

from collections.abc import Iterable

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.outcomes import Example
from gaoxin.proofs.searching import Search
from gaoxin.proofs.setting import Setting
from gaoxin.proofs.solving import Undecided
from gaoxin.proofs.values import Term, negated
from gaoxin.words import Text


def somebody(search: Search, codes: Iterable[str]) -> Example | None:
    """A reporter for which all of the conditions ``codes`` hold; None where there is none."""
    wanted = list(codes)
    found = search.find(lambda setting: setting.holds(wanted))
    return None if found is None else found.example({code: found.truth(code) for code in wanted})


def somebody_failing(search: Search, code: str) -> Example | None:
    """A reporter that fails the check ``code``; None where nobody can."""

    def ask(setting: Setting) -> list[Term]:
        truth = setting.truth(code)
        return [truth.known, negated(truth.value)]

    found = search.find(ask, passing=False)
    return None if found is None else found.example({code: False})


def undecided_by_the_book(search: Search, code: str) -> bool:
    """Whether the check ``code`` could be failed if the book knew what it leaves open in the period."""
    found = search.within(search.declared, lambda setting: [negated(setting.truth(code).value)], passing=False)
    return found is not None


def unanswered(search: Search, code: str, given: Iterable[str] = (), *, declared: bool = False) -> Example | None:
    """A reporter that has given every figure, also of earlier periods, and for which ``code`` is yet unknown.

    That is a gap in the rule: facts for which it says nothing. Of reporters below, at most one is looked at. Only those
    count for which the conditions ``given`` hold; ``declared``: also where the rule itself says that it is unknown.
    """
    wanted = list(given)
    setting = search.complete if declared else search.declared

    def ask(setting: Setting) -> list[Term]:
        return [*setting.holds(wanted), negated(setting.is_known(code)), *setting.everything_returned()]

    found = search.within(setting, ask)
    if found is not None:
        return found.example({code: None, **dict.fromkeys(wanted, True)})
    if setting.rests_below(ask(setting)):
        zh, en = (
            "下级单位不超过 1 个时没有；更多的没有结论",
            "there is none with one reporter below; more are not decided",
        )
        raise Undecided(Text(zh, en))
    return None


def answerable(search: Search, code: str) -> bool:
    """Whether ``code`` can be known at all in the period: for dates without a rule it cannot."""
    return not z3.is_false(search.complete.is_known(code))
