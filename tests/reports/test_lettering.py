from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gaoxin.reports.lettering import shorten, width, wrap

WORDS = st.text(alphabet="上海高新区产业，。（）abcXYZ 0123.-", max_size=80)


@given(WORDS, st.integers(min_value=4, max_value=60))
def test_a_shortened_text_fits_and_is_the_beginning_of_the_whole(text: str, room: int) -> None:
    short = shorten(text, room)
    assert width(short) <= max(room, width(text) if short == text else room)
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@given(WORDS, st.integers(min_value=10, max_value=60))
def test_wrapping_loses_nothing_but_spaces(text: str, room: int) -> None:
    assert "".join(wrap(text, room)).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="上海高新区产业", max_size=80), st.integers(min_value=4, max_value=40))
def test_wrapped_chinese_lines_fit(text: str, room: int) -> None:
    assert all(width(line) <= room for line in wrap(text, room))


def test_no_line_starts_with_punctuation() -> None:
    assert wrap("苏州高新区，无锡高新区", 10) == ["苏州高新区，", "无锡高新区"]
