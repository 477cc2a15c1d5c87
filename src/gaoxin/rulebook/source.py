"""Reading a YAML file of a rulebook: plain data with line numbers, every scalar as the text that stands there.

Only the plain core of YAML is read: mappings, lists, text, ``true``/``false`` and ``null``. Numbers and dates stay
text (``1.10`` remains ``"1.10"``), because an indicator 1.10 is not 1.1 and an amount is not a binary float. Tags,
anchors and aliases are refused: a rule file is to be read by people, and they are how YAML executes code or explodes.
The file is read event by event, so neither deep nesting nor size can exhaust the machine.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.words import Text

MAX_BYTES = 1_000_000
MAX_DEPTH = 24

Value: TypeAlias = "str | bool | list[Value] | dict[str, Value] | None"
Steps: TypeAlias = tuple[str | int, ...]

_PLAIN: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its data, and the line on which each part of the data starts."""

    file: str
    data: Value
    lines: Mapping[Steps, int]

    def line(self, *path: str | int) -> int:
        """Line of the part at ``path``, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_source(path: Path, shown: str | None = None) -> Source:
    """Read the YAML file at ``path``; ``shown`` is its name in messages.

    Raises
    ------
    BookError
        The file is missing, too large, not UTF-8 or not the plain YAML described above.
    """
    file = shown or str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _error(
                file,
                None,
                Text(
                    f"文件有 {size} 字节，超过规则文件的上限 {MAX_BYTES}",
                    f"the file has {size} bytes, more than the {MAX_BYTES} a rule file may have",
                ),
                Text("拆成几个文件；长代码表放入 CSV。", "Split it; put long code lists into a CSV."),
            )
        raw = path.read_bytes()
    except OSError as error:
        raise _error(
            file, None, Text(f"无法读取文件：{error.strerror}", f"the file cannot be read: {error.strerror}")
        ) from None
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _error(
            file,
            line,
            Text("文件不是 UTF-8 编码", "the file is not encoded in UTF-8"),
            Text("请另存为 UTF-8。", "Save it as UTF-8."),
        ) from None
    return parse_source(text, file)


def shown_path(path: Path) -> str:
    """The path as a person would type it: relative to the working directory where that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def parse_source(text: str, file: str) -> Source:
    """Read YAML ``text``; ``file`` is its name in messages. Raises BookError like ``read_source``.

    >>> source = parse_source("items:\\n- code: a\\n  weight: 1.10", "x.yaml")
    >>> source.data, source.line("items", 0, "weight")
    ({'items': [{'code': 'a', 'weight': '1.10'}]}, 3)
    """
    try:
        return _Builder(file).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise _error(file, line, Text(f"不是合法的 YAML：{what}", f"this is not valid YAML: {what}")) from None
    except yaml.YAMLError as error:
        what = str(error).splitlines()[0]
        raise _error(file, None, Text(f"不是合法的 YAML：{what}", f"this is not valid YAML: {what}")) from None


def _error(file: str, line: int | None, message: Text, remedy: Text | None = None) -> BookError:
    return BookError([Finding(message, remedy or Text("", ""), file, line)])


class _Builder:
    """Builds the data from YAML events with a stack of its own."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Steps, int] = {}

    def build(self, text: str) -> Source:
        root: list[Value] = []
        stack: list[list[Value] | dict[str, Value]] = [root]
        keys: list[str | None] = [None]
        path: list[str | int] = []
        documents = 0
        for event, line in self._events(text):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _error(
                        self.file,
                        line,
                        Text("一个文件只能有一个 YAML 文档", "a file holds one YAML document only"),
                        Text("删去分隔线 ---，或拆成几个文件。", "Remove the line ---, or split the file."),
                    )
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                stack.pop()
                keys.pop()
                if path:
                    path.pop()
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent, yaml.ScalarEvent)):
                top = stack[-1]
                if isinstance(top, dict) and keys[-1] is None:
                    keys[-1] = key = self._key(event, top, line)
                    self.lines[(*path, key)] = line
                    continue
                value: Value
                if isinstance(event, yaml.ScalarEvent):
                    plain = event.implicit[0] and event.value in _PLAIN
                    value = _PLAIN[event.value] if plain else event.value
                else:
                    value = {} if isinstance(event, yaml.MappingStartEvent) else []
                step: str | int | None = None
                if isinstance(top, dict):
                    step, keys[-1] = keys[-1], None
                    assert step is not None  # noqa: S101 - a value always follows a key
                    top[step] = value
                else:
                    step = len(top) if top is not root else None
                    top.append(value)
                    if step is not None:
                        self.lines[(*path, step)] = line
                if isinstance(value, (dict, list)):
                    if len(stack) > MAX_DEPTH:
                        raise _error(
                            self.file,
                            line,
                            Text(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep"),
                        )
                    if step is not None:
                        path.append(step)
                    stack.append(value)
                    keys.append(None)
        return Source(self.file, root[0] if root else None, self.lines)

    def _events(self, text: str) -> Iterator[tuple[object, int]]:
        # Events only: nothing is resolved or built by the parser. libyaml, which PyYAML brings along, is ten times as
        # fast as a reader in Python, and a book is read by every command.
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise _error(
                    self.file,
                    line,
                    Text("规则文件不能用锚点和别名（& 与 *）", "anchors and aliases (& and *) are not allowed"),
                    Text("请把内容写全。", "Write the content out."),
                )
            if tag := getattr(event, "tag", None):
                raise _error(
                    self.file,
                    line,
                    Text(f"规则文件不能用 YAML 标签（{tag}）", f"YAML tags are not allowed here ({tag})"),
                    Text("删去该标签。", "Remove the tag."),
                )
            yield event, line

    def _key(self, event: object, mapping: dict[str, Value], line: int) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _error(self.file, line, Text("键必须是文字", "a key must be text"))
        key: str = event.value
        if key in mapping:
            raise _error(
                self.file,
                line,
                Text(f"键 {key} 重复", f"the key {key} stands here twice"),
                Text("删去其中一个。", "Remove one of them."),
            )
        return key
