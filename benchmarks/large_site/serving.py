"""A site filled and served by the command, in processes of their own, as long as it is measured."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

STARTS_WITHIN = 120.0


def environment() -> dict[str, str]:
    """Nothing of a site that the caller may be working with, but its database."""
    kept = {
        n: v
        for n, v in os.environ.items()
        if not n.startswith(("GAOXIN_", "DJANGO_")) and n != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "GAOXIN_LOG_LEVEL": "WARNING"}


def filled(site: Path, zones: int, firms: int) -> None:
    """Fill an empty site; says on the error output how long each step took."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.large_site.fill", str(site), str(zones), str(firms)],
        env=environment(),
        check=True,
    )


@contextlib.contextmanager
def served(site: Path, *, processes: int = 1) -> Iterator[int]:
    """``gaoxin serve`` with one worker for jobs; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gaoxin.cli.main", "serve", "--site", str(site), "--port", str(port), "--local",
        "--processes", str(processes),
    ]  # fmt: skip
    with (site / "serve.log").open("ab") as log:
        server = subprocess.Popen(command, env=environment(), stdout=log, stderr=log)
    try:
        _wait(port, server)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"gaoxin serve ended with {server.returncode}; see serve.log in the folder of the site")
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("gaoxin serve did not answer; see serve.log in the folder of the site")
