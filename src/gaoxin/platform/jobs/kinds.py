"""The kinds of jobs. An app registers its own in its module ``jobs``.

    @job("evaluations.run")
    def run(reader: Reader, report: Report, *, run: str) -> str:
        report(0.1, Text("读取快照", "reading the snapshot"))
        result = …            # the long part: reads, computes, writes nothing
        finish(reader, …)     # one action: writes everything, and records it
        return "/evaluations/…/"

It is called again from the start when its worker was killed, so its action must find out what is done already.
"""

from __future__ import annotations

from collections.abc import Callable

from gaoxin.words import Text

Report = Callable[[float, Text], None]
"""Says how much is done (0 to 1) and what is being done."""

Work = Callable[..., str]
"""A kind of job: the reader who asked for it, the report, its arguments; returns the address of the result."""

KINDS: dict[str, Work] = {}


def job(kind: str) -> Callable[[Work], Work]:
    """Register a kind of job under a name that stays: ``area.verb``."""

    def register(work: Work) -> Work:
        if kind in KINDS:
            raise ValueError(f"the job {kind} is defined twice")
        KINDS[kind] = work
        return work

    return register


def known(kind: str) -> Work:
    """The work of a kind; raises KeyError with the kinds there are."""
    if kind not in KINDS:
        raise KeyError(f"no job is called {kind}; there are: {', '.join(sorted(KINDS))}")
    return KINDS[kind]
