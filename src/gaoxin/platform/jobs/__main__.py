"""``python -m gaoxin.platform.jobs SITE``: the worker as a process; ends after the job at hand when it is told to."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from gaoxin.platform.site_folder import open_site


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    open_site(Path(sys.argv[1]).resolve())
    from gaoxin.platform.jobs.worker import serve  # noqa: PLC0415  after Django is set up

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    serve(stop)


if __name__ == "__main__":
    main()
