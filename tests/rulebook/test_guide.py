"""The guide for rule authors: its complete example is a sound book, and runs."""

import re
from pathlib import Path

from gaoxin.rulebook import load_book
from small_books import firms, values

GUIDE = Path(__file__).parents[2] / "docs" / "rulebooks.md"


def test_the_complete_example_of_the_guide_loads_and_gives_what_it_says(tmp_path):
    (example,) = [
        block for block in re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.S) if "book: " in block
    ]
    (tmp_path / "book.yaml").write_text(example, encoding="utf-8")
    book = load_book(str(tmp_path))
    rows = [
        ("f", "Z", "2025", {"rev": 100, "rd": "4.999", "staff": 1}),
        ("g", "Z", "2025", {"rev": 100, "rd": 5, "staff": 2}),
    ]
    rows = [(f, z, p, {**figures, "rd": "4.99" if f == "f" else 5}) for f, z, p, figures in rows]
    rows += [("f", "Z", "2024", {"rev": 100, "staff": 1})]
    found = values(book, "zone", {"firm": firms(book, *rows)}, ["z_intensive", "z_growth", "z_rev"])
    assert found == {"Z": {"z_intensive": "1", "z_growth": "0.0010", "z_rev": "200.00"}}
