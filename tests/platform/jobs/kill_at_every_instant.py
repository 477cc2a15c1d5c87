"""Plays a story in processes that are killed at one instant after another, and looks at what each left behind.

    python kill_at_every_instant.py FOLDER MOST STORY …

An instant is the moment before a statement that writes, before or after a commit, or around the naming of a folder. A
process is forked for each, from the same beginning, and kills itself with SIGKILL there. Another process then looks at
what is left, lets a worker take up what there is to take up, does the act again if it was not done, and looks again.
The parent itself never touches the database, but has read whatever takes time to read. Of each of the `stories`
``MOST`` instants are tried, evenly spread when there are more. Prints a JSON line for each: the instants, and what was
wrong at which.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

HOME = Path(sys.argv[1])
SITE = HOME / "site"
sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "gaoxin.platform.settings.test",
    "DATABASE_URL": f"sqlite:///{SITE / 'site.sqlite3'}",
    "GAOXIN_SITE": str(SITE),
}

import django  # noqa: E402

django.setup()

import stories  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402
from world import make_world  # noqa: E402

from gaoxin.platform.evaluations.systems import system  # noqa: E402
from gaoxin.platform.statistics import books  # noqa: E402

_WRITES = ("INSERT", "UPDATE", "DELETE")


class Fuse:
    """Counts instants; kills the process at one of them."""

    def __init__(self, last: int | None) -> None:
        self.seen, self.last = 0, last

    def instant(self) -> None:
        self.seen += 1
        if self.seen == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def light(self) -> None:
        """Watch statements, commits and the naming of folders of this process."""
        connection.execute_wrappers.append(self._statement)
        commit, rename = BaseDatabaseWrapper.commit, Path.rename

        def committing(wrapper: BaseDatabaseWrapper) -> None:
            self.instant()
            commit(wrapper)
            self.instant()

        def renaming(path: Path, target: Path) -> Path:
            self.instant()
            done = rename(path, target)
            self.instant()
            return done

        BaseDatabaseWrapper.commit = committing
        Path.rename = renaming  # type: ignore[method-assign,assignment]

    def _statement(self, execute: Callable[..., object], sql: str, *arguments: object) -> object:
        if sql.lstrip().upper().startswith(_WRITES):
            self.instant()
        return execute(sql, *arguments)


def in_a_process(work: Callable[[], object]) -> tuple[int, str]:
    """Do ``work`` in a fork; its signal (0: none) and what it returned, or the traceback."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            said = json.dumps(work())
        except BaseException:
            said = json.dumps(traceback.format_exc())
        with os.fdopen(write, "w") as pipe:
            pipe.write(said)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), said


def beginning(name: str, *begin: Callable[[], object]) -> None:
    """Make the site in a process, and keep it as the beginning ``name``."""

    def make() -> str:
        for step in begin:
            step()
        connection.close()
        return ""

    _, said = in_a_process(make)
    if json.loads(said):
        sys.exit(json.loads(said))
    shutil.copytree(SITE, HOME / name)


def anew(name: str) -> None:
    """The site as it was at the beginning ``name``."""
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.copytree(HOME / name, SITE)


def instants(story: stories.Story) -> int:
    fuse = Fuse(None)

    def whole() -> int:
        fuse.light()
        story.act()
        story.serve()
        return fuse.seen

    _, said = in_a_process(whole)
    found = json.loads(said)
    if not isinstance(found, int):
        sys.exit(found)
    return found


def play(name: str, most: int) -> dict[str, object]:
    """Kill at up to ``most`` instants of a story."""
    story: stories.Story = getattr(stories, name)()
    anew("world")
    beginning(name, story.begin)
    number = instants(story)
    most = min(number, most)
    chosen = sorted({1 + round(n * (number - 1) / (most - 1)) for n in range(most)})
    wrong: dict[int, object] = {}
    for last in chosen:
        anew(name)

        def killed(last: int = last) -> None:
            Fuse(last).light()
            story.act()
            story.serve()

        by, said = in_a_process(killed)
        if by == signal.SIGKILL:
            _, said = in_a_process(lambda: [*story.left(), *story.again()])
        if by != signal.SIGKILL or json.loads(said):
            wrong[last] = json.loads(said)
    return {"story": name, "instants": number, "tried": len(chosen), "wrong": wrong}


def main() -> None:
    import_module(settings.ROOT_URLCONF)
    books.book(stories.BOOK)
    system(stories.SYSTEM)
    SITE.mkdir(parents=True)
    tables = partial(call_command, "migrate", verbosity=0), partial(call_command, "createcachetable", verbosity=0)
    beginning("world", *tables, make_world)
    for name in sys.argv[3:]:
        print(json.dumps(play(name, int(sys.argv[2]))))


main()
