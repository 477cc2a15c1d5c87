"""Fifty people at work on PostgreSQL for five minutes: every answer must be right.

The database server is one of its own (``.ci/with-postgresql``); the site is filled in bulk (`large_site.fill`). Both
are gone afterwards, unless ``GAOXIN_BENCHMARK_SITE`` and ``GAOXIN_POSTGRESQL`` name the folders in which the filled
site and the data of the server are kept and found again. Each person signs in, reads a page of theirs, thinks for some
seconds, and asks for the next; zone reporters also enter figures. An error is any answer but a page, or a redirect
after a form.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

from benchmarks import cases
from benchmarks.large_site.addresses import entered, figures, looked_at
from benchmarks.large_site.browser import REDIRECTS, Answer, Browser, found
from benchmarks.large_site.fill import ACCOUNTS
from benchmarks.large_site.responses import Asked, Responses, load
from benchmarks.large_site.serving import filled, served

HERE = Path(__file__).parent.parent
NOT_INSTALLED = 3
"""What ``.ci/with-postgresql`` ends with where there is no PostgreSQL."""
ZONES, FIRMS, USERS, SECONDS = 200, 100_000, 50, 300.0
THINKING = (1.0, 5.0)
FEWEST = 3
"""Pages that everybody asks for, however slow the machine."""
PROCESSES = 2


def tables(smoke: bool) -> Iterator[Responses]:
    firms = 60 if smoke else min(FIRMS, cases.most_firms or FIRMS)
    zones = min(3 if smoke else ZONES, max(3, firms // 100))
    size = [zones, firms, *((4, 4.0) if smoke else (USERS, SECONDS))]
    command = [
        str(HERE / ".ci" / "with-postgresql"),
        sys.executable,
        "-m",
        "benchmarks.platform_users",
        json.dumps(size),
    ]
    done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == NOT_INSTALLED:
        yield Responses("People at work on PostgreSQL", [Asked("everything", "", note="PostgreSQL is not installed")])
        return
    done.check_returncode()
    result = json.loads(done.stdout.splitlines()[-1])
    assert not (smoke and result["errors"]), result["errors"]
    yield Responses(
        f"{size[2]} people at work on PostgreSQL for {size[3]:.0f} s",
        [Asked(name, who, None, seconds) for name, who, seconds in result["rows"]],
        result["note"] + "; ".join(f" {number} × {said}" for said, number in result["errors"]),
    )


def main(zones: int, firms: int, users: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Path(os.environ.get("GAOXIN_BENCHMARK_SITE") or Path(folder) / "site")
        if not (site / ACCOUNTS).is_file():
            filled(site, zones, firms)
        there = found(site)
        with served(site, processes=PROCESSES) as port:
            crowd = Crowd(there, port, seconds)
            crowd.work(users)
            rows, answers = there["rows"], sum(map(len, crowd.answers.values()))
            note = (
                f"{rows['zones']} zones, {rows['firms']:,} firms, {rows['returns']:,} returns; {PROCESSES} processes, "
                f"{THINKING[0]:.0f} to {THINKING[1]:.0f} s between two pages of a person, people on the same machine; "
                f"{load()}. {answers:,} answers, {answers / seconds:.1f} a second, {sum(crowd.errors.values())} errors."
            )
            print(json.dumps({
                "rows": [(name, who, times) for (name, who), times in sorted(crowd.answers.items())],
                "errors": crowd.errors.most_common(20), "note": note,
            }))  # fmt: skip


class Crowd:
    """People who work at the same time, each in a thread with a browser of their own."""

    def __init__(self, there: dict[str, Any], port: int, seconds: float) -> None:
        self.there, self.port, self.seconds = there, port, seconds
        self.answers: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self._lock = threading.Lock()

    def work(self, users: int) -> None:
        people = [threading.Thread(target=self._person, args=(n, who)) for n, who in enumerate(self._crowd(users))]
        for person in people:
            person.start()
        for person in people:
            person.join()

    def _crowd(self, users: int) -> list[str]:
        """Half of them report for zones; the others review, lead, analyse, administer, or are firms."""
        reporters = itertools.cycle(f"reporter-{zone}" for zone in self.there["zones"])
        others = itertools.cycle(
            [
                "analyst", "leader", "administrator", "bureau", "firm0", "firm1",
                *(f"district-{code}" for code in self.there["districts"][:6]),
                *(f"reviewer-{zone}" for zone in self.there["zones"][:13]),
            ]
        )  # fmt: skip
        return [next(reporters) if n % 2 == 0 else next(others) for n in range(users)]

    def _person(self, number: int, who: str) -> None:
        draw = random.Random(number)
        browser, role = Browser(self.port), who.split("-", maxsplit=1)[0].rstrip("0123456789")
        time.sleep(draw.uniform(0, self.seconds / 10))
        until = time.monotonic() + self.seconds
        self._note("signing in", role, lambda: browser.sign_in(who, str(self.there["password"])) and None)
        pages = list(looked_at(self.there, who).items())
        if role not in {"firm", "administrator"}:
            pages += list(figures(self.there).items())[:2]
        asked = 0
        while time.monotonic() < until or asked < FEWEST:
            asked += 1
            time.sleep(draw.uniform(*THINKING))
            if role == "reporter" and draw.random() < 0.25:
                self._enter(browser, who, draw)
                continue
            name, address = draw.choice(pages)
            self._note(name, role, lambda at=address: browser.get(at))
        browser.close()

    def _enter(self, browser: Browser, who: str, draw: random.Random) -> None:
        """Open a return of the zone, type a figure, and have it kept."""
        firm = draw.choice(self.there["firms_of"][who.partition("-")[2]])
        self._note("the form", "reporter", lambda: browser.get(entered(firm, "enter")))
        typed = {"cell:qc05_0": str(draw.randrange(1_000_000))}
        self._note(
            "keeping a figure", "reporter",
            lambda: browser.post(entered(firm, "save"), typed, page=entered(firm, "enter")),
        )  # fmt: skip

    def _note(self, name: str, who: str, ask: Callable[[], Answer | None]) -> None:
        began = time.perf_counter()
        try:
            answer = ask()
        except (AssertionError, HTTPException, OSError) as error:
            with self._lock:
                self.errors[f"{name}: {type(error).__name__} {str(error)[:200]}"] += 1
            return
        took = time.perf_counter() - began if answer is None else answer.seconds
        wrong = answer is not None and answer.status != 200 and answer.status not in REDIRECTS
        with self._lock:
            if wrong and answer is not None and not (answer.status == 404 and name == "overview"):
                self.errors[f"{name} ({who}): {answer.status}"] += 1
            else:
                self.answers[name, who].append(took)


if __name__ == "__main__":
    main(*json.loads(sys.argv[1]))
