"""The marks that number the clauses of an official document, and what they rank.

The order of ranks is that of GB/T 9704-2012 (一、（一）1.（1）) with chapters and articles of rules above it and
circled numbers and dashes below; offices leave ranks out, so a rank says only what stands above what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from gaoxin.notices.text.numerals import integer

Kind = Literal[
    "part", "chapter", "section", "article", "han", "han-brackets", "arabic", "arabic-brackets", "circled", "dash",
    "row", "paragraph",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
RANK: dict[Kind, int] = {kind: rank for rank, kind in enumerate(KINDS)}

_HAN = "〇零一二三四五六七八九十百"
_UNITS: dict[str, Kind] = {"编": "part", "部分": "part", "章": "chapter", "节": "section", "条": "article"}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARK = re.compile(
    rf"""
    第(?P<ordinal>[{_HAN}]{{1,6}}|[0-9]{{1,3}})(?P<unit>编|部分|章|节|条)(?![款项第之、和至])[ :、.]?
    | (?:任务|举措|措施|事项|行动|工程|项目)(?P<named>[{_HAN}]{{1,3}}|[0-9]{{1,2}})\ ?[:、]
    | \((?P<bracketed>[{_HAN}]{{1,4}})\)[、.,]?
    | (?P<han>[{_HAN}]{{1,4}})(?:[、.](?![{_HAN}]{{1,3}}[、等级类])|\ (?=[^\ ]))
    | \((?P<number>[0-9]{{1,2}})\)[、.,]?
    | (?P<half>[0-9]{{1,2}})\)[、.,]?
    | (?P<arabic>[0-9]{{1,3}})(?:[、]|[.](?![0-9]))\ ?
    | (?P<circled>[{_CIRCLED}])[、.]?
    | (?P<dash>--+|[●•▪■◆·])\ ?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at ``text[start:end]``: 三、 is of kind ``han`` with ordinal 3; a dash has no ordinal."""

    kind: Kind
    ordinal: int | None
    start: int
    end: int


def mark_at(text: str, position: int = 0) -> Mark | None:
    """The mark that begins at ``position`` of the folded ``text``, if one does.

    >>> mark_at("(三)推进"), mark_at("第十二条 本办法"), mark_at("3.5万元")
    (Mark(kind='han-brackets', ordinal=3, start=0, end=3), Mark(kind='article', ordinal=12, start=0, end=5), None)
    >>> mark_at("任务二:建设平台")
    Mark(kind='han', ordinal=2, start=0, end=4)
    """
    match = _MARK.match(text, position)
    if match is None:
        return None
    kind: Kind
    if match["ordinal"] is not None:
        kind, number = _UNITS[match["unit"]], match["ordinal"]
    elif match["named"] is not None:
        kind, number = "han", match["named"]
    elif match["bracketed"] is not None:
        kind, number = "han-brackets", match["bracketed"]
    elif match["han"] is not None:
        kind, number = "han", match["han"]
    elif match["number"] is not None or match["half"] is not None:
        kind, number = "arabic-brackets", match["number"] or match["half"]
    elif match["arabic"] is not None:
        kind, number = "arabic", match["arabic"]
    elif match["circled"] is not None:
        return Mark("circled", _CIRCLED.index(match["circled"]) + 1, match.start(), match.end())
    else:
        return Mark("dash", None, match.start(), match.end())
    ordinal = integer(number)
    return None if not ordinal else Mark(kind, ordinal, match.start(), match.end())


_HAN_TENS = ("", "十", "二十", "三十", "四十", "五十", "六十", "七十", "八十", "九十")


def han(number: int) -> str:
    """Chinese numerals up to 999, as clauses are numbered.

    >>> han(3), han(12), han(30), han(105)
    ('三', '十二', '三十', '一百零五')
    """
    digits = "零一二三四五六七八九"
    if number >= 100:
        rest = number % 100
        tail = "" if not rest else ("零" + digits[rest] if rest < 10 else digits[rest // 10] + "十" + digits[rest % 10])
        return f"{digits[number // 100]}百{tail.removesuffix('零')}"
    if number < 10:
        return digits[number]
    return _HAN_TENS[number // 10] + (digits[number % 10] if number % 10 else "")


def label(kind: Kind, ordinal: int | None) -> str:
    """How one speaks of the clause: 二, (一), 3, (2), ①, 第四条; a clause without a number is ·.

    >>> label("han", 2), label("han-brackets", 1), label("article", 4), label("dash", None)
    ('二', '(一)', '第四条', '·')
    """
    if ordinal is None:
        return "·"
    match kind:
        case "part":
            return f"第{han(ordinal)}部分"
        case "chapter" | "section" | "article":
            return f"第{han(ordinal)}{'章' if kind == 'chapter' else '节' if kind == 'section' else '条'}"
        case "han":
            return han(ordinal)
        case "han-brackets":
            return f"({han(ordinal)})"
        case "arabic-brackets":
            return f"({ordinal})"
        case "row":
            return f"#{ordinal}"
        case "paragraph":
            return f"¶{ordinal}"
        case "circled" if ordinal <= len(_CIRCLED):
            return _CIRCLED[ordinal - 1]
        case _:
            return str(ordinal)
