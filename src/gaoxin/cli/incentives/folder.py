"""The folder of results: refused where it would mix with something else, filled at once when all is done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gaoxin.problems import InputError, Problem
from gaoxin.words import Text


def check_output(folder: Path, names: Sequence[str], *, force: bool) -> None:
    """Refuse, before any work is done, to write over what is there."""
    if folder.exists() and not folder.is_dir():
        message, remedy = Text("不是文件夹", "is no folder"), Text("换一个位置", "choose another place")
        raise InputError([Problem("output", "error", message, remedy, file=str(folder))])
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    strange = sorted(set(there) - set(names))
    if there and (strange or not force):
        shown = (strange or sorted(there))[0]
        message = Text(f"不是空文件夹（有 {shown}）", f"is not empty (there is {shown})")
        remedy = Text("换一个文件夹", "choose another folder")
        if not strange:
            remedy = Text("换一个文件夹，或加 --force 覆盖", "choose another folder, or add --force to overwrite")
        raise InputError([Problem("output", "error", message, remedy, file=str(folder))])


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A temporary folder beside ``folder``, on the same disk; what is in it when something fails goes away."""
    beside = folder.absolute().parent
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=beside, prefix=f".{folder.name}.") as staging:
        yield Path(staging)


def memory_limit(text: str) -> str:
    """A memory limit like ``4GB``, as the engine takes it."""
    if not re.fullmatch(r"[1-9][0-9]*(\.[0-9]+)?\s?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)", text):
        message = Text(f"{text} 不是内存大小", f"{text} is no amount of memory")
        remedy = Text("写作 500MB、4GB。", "Write it like 500MB or 4GB.")
        raise InputError([Problem("memory", "error", message, remedy, value=text)])
    return text


def tables_below(given: Sequence[str] | None) -> dict[str, str]:
    """``entity=file`` options as a mapping."""
    found: dict[str, str] = {}
    for text in given or ():
        entity, sign, path = text.partition("=")
        if not sign or not entity or not path:
            message = Text(f"{text} 应写作 contract=文件", f"{text}: write it like contract=FILE")
            raise InputError([Problem("with", "error", message, value=text)])
        found[entity] = path
    return found
