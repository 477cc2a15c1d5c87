"""Run the benchmarks, all or the named ones; each subject has its section in ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import pkgutil
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import benchmarks
from benchmarks import cases
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
    parser.add_argument(
        "--most", type=int, metavar="N", help="leave out cases of more than N firms (for a small machine or an hour)"
    )
    parser.add_argument("--least", type=int, default=0, metavar="N", help="leave out cases of fewer than N firms")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="keep large data in this folder, and use again what is there"
    )
    options = parser.parse_args()
    if options.data:
        os.environ["GAOXIN_BENCHMARK_DATA"] = str(options.data.absolute())
    cases.least_firms = options.least
    if options.most:
        cases.most_firms = options.most
    if unknown := set(options.names) - set(names()):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")

    for name in options.names or names():
        print(f"==> {name}", file=sys.stderr, flush=True)
        sections = [table.markdown() for table in measured(name, options.smoke)]
        if not options.smoke:
            print("\n".join(sections), flush=True)
            before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
            PAGE.write_text(with_section(before, name, [stamp(name), "", *sections]), encoding="utf-8")


def stamp(name: str) -> str:
    return f"`python -m benchmarks {name}`, {dt.date.today()}. {machine()}."


def with_section(page: str, name: str, lines: list[str]) -> str:
    """The page with the section of ``name`` put in or replaced, the others as they were."""
    _, *parts = page.split("\n## ")
    sections = {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in parts}
    sections[name] = "\n".join(lines).strip()
    return HEAD + "".join(f"\n## {title}\n\n{body}\n" for title, body in sorted(sections.items()))


HEAD = """# Benchmarks

Written by `make bench` (`python -m benchmarks`), one section a subject. All contenders of a table ran in one process
run, interleaved; times are medians, the range is from fastest to slowest run, the ratio is to gaoxin. The same numbers
are checked in each benchmark, with tiny sizes also by `make bench-smoke`. “–” was not run: the note says what was
published or measured elsewhere.
"""

if __name__ == "__main__":
    main()
