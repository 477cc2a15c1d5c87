"""The platform at the scale of a large city: pages, tables of figures, scoping, an upload, an evaluation.

The site is filled in bulk (`large_site.fill`), served by ``gaoxin serve`` and asked over HTTP by people who signed in.
The database is SQLite, or that of ``DATABASE_URL``, which must be empty. ``GAOXIN_BENCHMARK_SITE`` names a folder in
which the filled site is kept and found again: filling takes longer than measuring.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from benchmarks import cases
from benchmarks.large_site.addresses import figures, looked_at
from benchmarks.large_site.browser import REDIRECTS, Browser, found
from benchmarks.large_site.fill import ACCOUNTS, NEXT, SYSTEM
from benchmarks.large_site.responses import Asked, Responses, load
from benchmarks.large_site.same import same_as_the_actions
from benchmarks.large_site.serving import filled, served
from benchmarks.timing import duration, in_own_process

ZONES, FIRMS = 200, 100_000
ROUNDS, PAIRS = 30, 100
LISTED, TABLED, UPLOADED, EVALUATED, SCOPED = 0.2, 0.3, 30.0, 10.0, 1.1
_BODY = re.compile(r"<tbody>.*?</tbody>", re.DOTALL)


def tables(smoke: bool) -> Iterator[Responses]:
    zones, firms = (3, 60) if smoke else (ZONES, FIRMS)
    firms = min(firms, cases.most_firms or firms)
    zones = min(zones, max(3, firms // 100))
    with tempfile.TemporaryDirectory() as folder:
        site = Path(os.environ.get("GAOXIN_BENCHMARK_SITE") or Path(folder) / "site")
        if not (site / ACCOUNTS).is_file():
            filled(site, zones, firms)
        there = found(site)
        if smoke:
            in_own_process("benchmarks.large_site.same", same_as_the_actions.__name__, str(site))
        with served(site) as port:
            yield from measured(port, site, there, smoke=smoke)


def measured(port: int, site: Path, there: dict[str, Any], *, smoke: bool) -> Iterator[Responses]:
    rounds, pairs = (0, 1) if smoke else (ROUNDS, PAIRS)
    people = People(port, str(there["password"]))
    rows = there["rows"]
    size = (
        f"{rows['zones']} zones, {rows['firms']:,} firms, {rows['returns']:,} returns, {rows['figures']:,} figures, "
        f"{rows['audit']:,} entries of the audit; {database()}; "
    )
    place = f"reporter-{there['zone']}", f"district-{there['district']}"
    seen = (*place, f"reviewer-{there['zone']}", "analyst", "leader", "bureau", "administrator", "firm0")
    asked = [(Asked(name, who, LISTED), at) for who in seen for name, at in looked_at(there, who).items()]
    ask_in_turn(people, asked, rounds)
    yield Responses("Pages", [row for row, _ in asked], f"{size}{load()}. Goal: p95 of lists and overviews.")
    seen = (*place, "analyst", "leader")
    asked = [(Asked(name, who, TABLED), at) for who in seen for name, at in figures(there).items()]
    ask_in_turn(people, asked, rounds)
    yield Responses("Items × zones × periods", [row for row, _ in asked], f"{size}{load()}.")
    yield scoping(people, there, pairs, size)
    # What is right is submitted when somebody signs, and then it is no longer to be uploaded: that comes last.
    ways = (("xlsx", ""), ("csv", "合成签署人"))[smoke:]
    yield Responses(
        "Returns uploaded and checked", [uploaded(people, site, there, *way) for way in ways],
        f"From sending the file to the page that says what was found, by the worker of the site; {load()}.",
    )  # fmt: skip
    yield Responses(
        "Evaluation",
        [evaluated(people, there, draws) for draws in ((0,) if smoke else (0, 1000))],
        f"As a job; {load()}.",
    )


class People:
    """Those who ask, each signed in once."""

    def __init__(self, port: int, password: str) -> None:
        self._port, self._password = port, password
        self._signed_in: dict[str, Browser] = {}

    def __getitem__(self, name: str) -> Browser:
        if name not in self._signed_in:
            self._signed_in[name] = Browser(self._port).sign_in(name, self._password)
        return self._signed_in[name]


def ask_in_turn(people: People, asked: list[tuple[Asked, str]], rounds: int) -> None:
    """Each page once unmeasured, then all of them in turn; a page that nobody has yet built says so."""
    for row, address in asked:
        answer = people[row.who].get(address)
        if answer.status == 404:
            row.note = "not there"
            continue
        assert answer.status == 200, f"{row.who} {address}: {answer.status} {answer.text[-2000:]}"
    for _ in range(rounds):
        for row, address in asked:
            if not row.note:
                answer = people[row.who].get(address)
                assert answer.status == 200, f"{row.who} {address}: {answer.status}"
                row.seconds.append(answer.seconds)


def scoping(people: People, there: dict[str, Any], pairs: int, size: str) -> Responses:
    """The same page with the same rows: for who sees the city, and for who sees it as places of their own."""
    zone, district = there["zone"], there["district"]
    matches = (
        ("firms of the city", "/enterprises/", "administrator-of-districts", "/enterprises/"),
        ("firms by name", "/enterprises/?q=0001", "administrator-of-districts", "/enterprises/?q=0001"),
        ("firms of a zone", f"/enterprises/?zone={zone}", "administrator-of-zone", "/enterprises/"),
        ("zones of the city", "/zones/", "administrator-of-districts", "/zones/"),
        ("accounts", "/accounts/", "administrator-of-districts", "/accounts/"),
        ("firms of a district", f"/enterprises/?zone={district}", "district-" + district, "/enterprises/"),
    )
    rows = []
    for name, whole, who, own in matches:
        people["administrator"].get(whole), people[who].get(own)
        pair = Asked(name, "administrator"), Asked(name, who)
        first, second = (_BODY.search(people[w].get(a).text) for w, a in (("administrator", whole), (who, own)))
        assert first, name
        assert second, name
        assert first[0] == second[0] or name == "accounts", f"{name}: not the same rows"
        for turn in range(pairs):
            both = [(pair[0], "administrator", whole), (pair[1], who, own)]
            for row, person, address in both if turn % 2 else both[::-1]:
                row.seconds.append(people[person].get(address).seconds)
        cost = pair[1].share(50) / pair[0].share(50) - 1
        pair[1].note = f"{cost:+.1%} against the administrator (goal: below +{SCOPED - 1:.0%})"
        rows += pair
    return Responses(
        "What scoping costs", rows,
        f"{size}{load()}. Asked in turn, the order changing; the cost is that of the medians.",
    )  # fmt: skip


def uploaded(people: People, site: Path, there: dict[str, Any], kind: str, signatory: str) -> Asked:
    """One file with the returns of many firms for the year that is being collected; a workbook has their projects."""
    file = site / "firms.csv" if kind == "csv" else workbook(site)
    size = f"{there['uploaded']:,} firms, {kind} of {file.stat().st_size / 2**20:.1f} MB"
    row = Asked(
        f"{size}{', signed: submitted where nothing is found' if signatory else ''}", "reporter-of-many", UPLOADED
    )
    browser, began = people[row.who], time.perf_counter()
    sent = browser.post(f"/statistics/returns/firm-{NEXT}/upload/", {"signatory": signatory}, file=file)
    assert sent.status in REDIRECTS, sent.text[-3000:]
    result, shares = wait_for(browser, sent.location)
    answer = browser.get(result)
    row.seconds.append(time.perf_counter() - began)
    taken = re.search(r"导入 ([\d,]+) 份", answer.text)
    assert taken, answer.text[-3000:]
    assert int(taken[1].replace(",", "")) == there["uploaded"], answer.text[-3000:]
    row.note = shares
    return row


def workbook(site: Path) -> Path:
    """The two tables as one workbook."""
    path = site / "firms.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        for name in ("firms", "projects"):
            sheet = book.add_worksheet(name)
            with (site / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                for at, cells in enumerate(csv.reader(file)):
                    sheet.write_row(at, 0, cells)
    return path


def evaluated(people: People, there: dict[str, Any], draws: int) -> Asked:
    row = Asked(f"{SYSTEM}, {draws:,} draws", "analyst", EVALUATED)
    browser, began = people[row.who], time.perf_counter()
    form = {
        "title": "测速（合成）",
        "period": there["period"],
        "system": SYSTEM,
        "replications": str(draws),
        "seed": "1",
    }
    sent = browser.post("/evaluations/new/", form)
    assert sent.status in REDIRECTS, sent.text[-3000:]
    job = re.search(r"/jobs/[0-9a-f-]{36}/", browser.get(sent.location).text)
    result, row.note = wait_for(browser, job[0]) if job else (sent.location, "")
    row.seconds.append(time.perf_counter() - began)
    assert browser.get(result).status == 200
    return row


def wait_for(browser: Browser, address: str) -> tuple[str, str]:
    """The address of the result of a job, and how long it showed each of its steps."""
    steps: dict[str, float] = {}
    last = time.perf_counter()
    while True:
        text = browser.ask("GET", address, headers={"HX-Request": "true"}).text
        now, said = time.perf_counter(), re.search(r"</span>\s*([^<]*)</p>", text)
        name = (said[1].strip() if said else "") or "等待"
        steps[name] = steps.get(name, 0.0) + now - last
        last = now
        assert "state error" not in text, text
        if (done := re.search(r'class="button main" href="([^"]+)"', text)) is not None:
            return done[1], "，".join(f"{name} {duration(took)}" for name, took in steps.items())
        time.sleep(0.1)


def database() -> str:
    return "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
