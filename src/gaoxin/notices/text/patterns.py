"""Lists of words as one pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable


def one_of(words: str | Iterable[str]) -> str:
    """A pattern for any of ``words`` (a list, or text with blanks between them), the longest first.

    >>> one_of("市 市辖区 区")
    '(?:市辖区|区|市)'
    """
    listed = words.split() if isinstance(words, str) else words
    return f"(?:{'|'.join(sorted(map(re.escape, dict.fromkeys(listed)), key=lambda word: (-len(word), word)))})"
