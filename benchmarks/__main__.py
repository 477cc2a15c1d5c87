"""Run the benchmarks: all of them into ``docs/benchmarks.md``, or the named ones to the screen only."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import benchmarks
from benchmarks.timing import Table

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def names() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__")
    return [name for name in found if hasattr(importlib.import_module(f"benchmarks.{name}"), "tables")]


def measured(name: str, smoke: bool) -> Iterable[Table]:
    yield from importlib.import_module(f"benchmarks.{name}").tables(smoke)


def machine() -> str:
    parts = [f"{os.cpu_count()} cores", f"Python {platform.python_version()}"]
    for package in ("numpy", "scipy", "pymcdm", "scikit-criteria", "duckdb"):
        try:
            parts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            parts.append(f"{package} not installed")
    return f"{platform.system()}, {', '.join(parts)}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(names())}; default all")
    parser.add_argument("--smoke", action="store_true", help="tiny sizes: checks the numbers, measures nothing")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names()):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")

    sections = []
    for name in options.names or names():
        print(f"==> {name}", file=sys.stderr, flush=True)
        for table in measured(name, options.smoke):
            sections.append(table.markdown())
            if not options.smoke:
                print(sections[-1], flush=True)
    if not options.names and not options.smoke:
        PAGE.write_text("\n".join([HEAD.format(machine=machine()), *sections]), encoding="utf-8")
        print(f"==> docs/{PAGE.name}", file=sys.stderr)


HEAD = """# Benchmarks

Written by `make bench` (`python -m benchmarks`). All contenders of a table ran in one process run, interleaved; times
are medians, the range is from fastest to slowest run, the ratio is to gaoxin. The same numbers are checked in each
benchmark, with tiny sizes also by `make bench-smoke`. “–” was not run here: the note says what was published or
measured elsewhere.

Machine: {machine}.
"""

if __name__ == "__main__":
    main()
