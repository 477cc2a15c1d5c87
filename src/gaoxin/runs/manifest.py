"""The manifest of a run: what went in, what came out, and whether it can be had again.

A manifest lists the input files with their SHA-256, the system and rulebook with the hash of their content, the
configuration as it was understood, the random seed and the results' hash. :func:`verify` reads it, evaluates again
from the same files and says *identical*, or what differs and where.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gaoxin.problems import InputError, Problem
from gaoxin.runs import store
from gaoxin.runs.result import RunResult
from gaoxin.words import Text
from gaoxin.writing import write_whole

NAME = "manifest.json"
RESULTS = "results.json"
EQUAL_WITHIN = 1e-9
"""Relative to max(1, |value|): another processor may add in another order and change the last digits."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class InputFile(BaseModel):
    """One file of the run; ``path`` is relative to the manifest where that is possible."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: str
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]


class Manifest(BaseModel):
    """What is needed to evaluate again and to compare."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Annotated[int, Field(ge=1, le=1)] = 1
    created: str
    versions: dict[str, str]
    system: str
    """Name of a shipped system, or the path of a system file relative to the manifest."""
    system_version: str
    period: str | None
    zones: str = "shipped"
    """Which zones may report: ``shipped``, ``any``, or a table relative to the manifest."""
    inputs: list[InputFile]
    config: InputFile | None
    robustness: Annotated[int, Field(ge=0)]
    seed: int
    results: InputFile
    digest: str = ""
    """SHA-256 of this manifest without this field: a changed manifest does not pass as the original."""

    def sealed(self) -> Manifest:
        """Return the manifest with its digest."""
        return self.model_copy(update={"digest": _digest(self)})


@dataclass(frozen=True)
class Verification:
    """The outcome of a verification."""

    identical: bool
    """Every bit of the results is the same."""
    equal: bool
    """The results agree within ``EQUAL_WITHIN``."""
    findings: tuple[Text, ...]
    """What differs; empty when identical."""
    notes: tuple[Text, ...] = ()
    """What is worth knowing but changes nothing: other versions of the software."""


def describe(path: Path, base: Path) -> InputFile:
    """Hash a file and write down where it is, seen from ``base``."""
    return InputFile(path=relative(path, base), sha256=sha256(path), bytes=path.stat().st_size)


def relative(path: Path, base: Path) -> str:
    """``path`` seen from ``base`` with forward slashes, or absolute where they share no root (Windows drives)."""
    try:
        return Path(os.path.relpath(path.resolve(), base.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def sha256(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(manifest: Manifest, folder: Path) -> Path:
    """Write ``manifest`` into ``folder`` and return its path."""
    path = folder / NAME
    write_whole(path, manifest.sealed().model_dump_json(indent=2) + "\n")
    return path


def read(path: Path) -> Manifest:
    """Read a manifest; raises InputError that says where it is damaged."""
    file = path / NAME if path.is_dir() else path
    if not file.is_file():
        raise InputError([_finding(file, "没有这个文件", "there is no such file")])
    try:
        body: Any = json.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(
            [_finding(file, f"第 {error.start} 字节不是 UTF-8", f"byte {error.start} is not UTF-8")]
        ) from None
    except json.JSONDecodeError as error:
        zh, en = f"第 {error.lineno} 行第 {error.colno} 列", f"line {error.lineno}, column {error.colno}"
        raise InputError([_finding(file, f"{zh}不是有效的 JSON", f"no valid JSON at {en}")]) from None
    try:
        manifest = Manifest.model_validate(body)
    except ValidationError as error:
        raise InputError(
            [
                _finding(
                    file,
                    f"字段 {'.'.join(map(str, e['loc']))} 无效",
                    f"field {'.'.join(map(str, e['loc']))}: {e['msg']}",
                )
                for e in error.errors()
            ]
        ) from None
    if manifest.digest != _digest(manifest):
        raise InputError([_finding(file, "内容与摘要不符，文件被改动过", "the digest does not fit: it was changed")])
    return manifest


def verify(path: Path, evaluate_again: Callable[[Manifest, Path], RunResult]) -> Verification:
    """Check the manifest at ``path``, evaluate again and compare with the stored results.

    Parameters
    ----------
    path
        The manifest or the folder it is in.
    evaluate_again
        Evaluates what a manifest describes, given the folder that its paths are seen from.

    Raises
    ------
    InputError
        The manifest itself is damaged.
    """
    file = path / NAME if path.is_dir() else path
    manifest = read(file)
    base = file.parent
    findings = [
        finding
        for entry in (*manifest.inputs, *([manifest.config] if manifest.config else []), manifest.results)
        if (finding := _file_differs(entry, base)) is not None
    ]
    if findings:
        return Verification(False, False, tuple(findings))
    stored = store.read(base / manifest.results.path)
    again = evaluate_again(manifest, base)
    notes = tuple(
        Text(
            f"{name}：运行时 {then}，现在 {again.versions.get(name, '没有')}",
            f"{name}: {then} then, {again.versions.get(name, 'none')} now",
        )
        for name, then in manifest.versions.items()
        if again.versions.get(name) != then
    )
    if again.system_version != manifest.system_version:
        findings.append(
            Text(
                f"指标体系 {manifest.system} 的内容已变（{manifest.system_version} → {again.system_version}）",
                f"the system {manifest.system} has changed ({manifest.system_version} → {again.system_version})",
            )
        )
    differing = store.same_values(stored, again)
    beyond = store.same_values(stored, again, tolerance=EQUAL_WITHIN)
    if differing and not beyond:
        findings.append(
            Text(
                f"得数仅在末位数字上不同（相对差小于 {EQUAL_WITHIN:g}）",
                f"the figures differ in their last digits only (by less than {EQUAL_WITHIN:g} relative)",
            )
        )
    findings.extend(beyond)
    return Verification(not findings, not beyond, tuple(findings), notes)


def _file_differs(entry: InputFile, base: Path) -> Text | None:
    file = base / entry.path
    if not file.is_file():
        return Text(f"{entry.path}：找不到这个文件", f"{entry.path}: the file is not there")
    if file.stat().st_size != entry.bytes:
        return Text(
            f"{entry.path}：大小 {file.stat().st_size} 字节，运行时 {entry.bytes} 字节",
            f"{entry.path}: {file.stat().st_size} bytes, {entry.bytes} at the time of the run",
        )
    if sha256(file) != entry.sha256:
        return Text(f"{entry.path}：内容已变（SHA-256 不符）", f"{entry.path}: the content has changed (SHA-256)")
    return None


def _digest(manifest: Manifest) -> str:
    body = manifest.model_dump(mode="json", exclude={"digest"})
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _finding(file: Path, zh: str, en: str) -> Problem:
    remedy = Text("请取回原来的 manifest.json", "restore the original manifest.json")
    return Problem("manifest", "error", Text(zh, en), remedy, file=str(file))
