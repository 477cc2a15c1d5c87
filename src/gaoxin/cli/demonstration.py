"""The demonstration city on a site of its own: filled, its accounts said, served, opened in the browser."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gaoxin.cli.language import language, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gaoxin.platform.demonstration.people import DemoAccount

UNFINISHED = ".unfinished-"
_OF_ITS_OWN = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
_SETTINGS = "GAOXIN_"
_TEXT_BROWSERS = {"w3m", "lynx", "links", "elinks", "www-browser"}


@dataclass(frozen=True)
class Filled:
    """A site that was filled: its accounts, all with one password that is written nowhere."""

    accounts: Sequence[DemoAccount]
    password: str


def fill_site(site: Path, *, firms: int) -> Filled:
    """Make ``site`` a site with a database of its own and fill it; what was there is gone when the new one is whole."""
    for name in (*_OF_ITS_OWN, *(name for name in os.environ if name.startswith(_SETTINGS))):
        if name != "GAOXIN_LANG":
            os.environ.pop(name, None)
    for left in site.parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    made, former = (site.parent / f"{UNFINISHED}{os.getpid()}-{name}" for name in ("new", "old"))
    try:
        filled = fill_folder(made, firms=firms)
        from django.db import connections

        connections.close_all()
        if site.exists():
            site.rename(former)
        made.rename(site)
    finally:
        for left in (made, former):
            shutil.rmtree(left, ignore_errors=True)
    return filled


def fill_folder(folder: Path, *, firms: int) -> Filled:
    """Fill the empty site in ``folder``, with the database of its settings."""
    from gaoxin.platform.site_folder import make_site, open_site, prepare

    make_site(folder.resolve(), HTTPS="no", SECOND_FACTOR="none", LOG_LEVEL="WARNING", LOG_FORMAT="text")
    open_site(folder.resolve(), language())
    prepare(static=False)
    from gaoxin.cli.progress import Progress
    from gaoxin.platform.access.reader import Reader
    from gaoxin.platform.accounts.actions import make_password
    from gaoxin.platform.demonstration.city import fill_city
    from gaoxin.platform.demonstration.story import COMMAND
    from gaoxin.words import Text

    what = Text("填入示例城市（合成数据）", "filling the sample city (synthetic)")
    password = make_password()
    with Progress() as progress:
        accounts = fill_city(
            Reader.command(COMMAND), password=password, firms=firms, progress=lambda share: progress.step(what, share)
        )
    return Filled(accounts, password)


def print_accounts(filled: Filled) -> None:
    """The accounts as a table, and their password."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title_justify="left")
    for column in (tr("用户名", "user name"), tr("角色", "role"), tr("所在机构", "place")):
        table.add_column(column, overflow="fold")
    for account in filled.accounts:
        table.add_row(f"  {account.username}", str(account.role.label), account.place)
    typer.echo(tr("示例账号（合成，仅供本机演示）：", "Accounts (synthetic, to try it on this machine only):"))
    Console(soft_wrap=not sys.stdout.isatty()).print(table)
    typer.echo(tr(f"所有账号的密码：{filled.password}", f"Password of all of them: {filled.password}"))


def is_watched() -> bool:
    """Whether somebody sits at the terminal: not in CI, not behind a pipe."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def how_to_serve(site: Path) -> str:
    """The command that starts the site."""
    return f"uv run gaoxin serve --site {site}"


def serve_site(site: Path, port: int) -> int:
    """Run the site and open it in the browser when it answers; ends with Ctrl-C. The exit code of the server."""
    import signal
    import subprocess

    from gaoxin.cli.serve import is_free

    port = port if is_free("127.0.0.1", port) else _any_port()
    address = f"http://127.0.0.1:{port}/"
    clean = {name: value for name, value in os.environ.items() if not name.startswith((_SETTINGS, "DJANGO_"))}
    program = [sys.executable, "-c", "from gaoxin.cli.main import main; main()", "--lang", language()]
    command = [*program, "serve", "--site", str(site), "--port", str(port)]
    server = subprocess.Popen(command, env=clean)  # noqa: S603
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells the server as well; it ends, and this with it
    signal.signal(signal.SIGTERM, lambda number, _: server.send_signal(number))
    if _answers(address, server):
        typer.echo(tr(f"站点已启动：{address}（Ctrl-C 停止）", f"The site runs: {address} (Ctrl-C stops it)"))
        _open_browser(address)
    return server.wait()


def _any_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _answers(address: str, server: object) -> bool:
    import time
    import urllib.request

    while server.poll() is None:  # type: ignore[attr-defined]
        try:
            urllib.request.urlopen(f"{address}healthz", timeout=2).close()  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return True
    return False


def _open_browser(address: str) -> None:
    """Open a browser with windows; one in the terminal would hide what was printed."""
    import webbrowser

    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if getattr(browser, "name", "") not in _TEXT_BROWSERS:
        browser.open(address)
