"""Who gets in at the pages of the frame: everybody signed in, and some without."""

from matrix import EVERYONE, Row

ROWS = [
    Row("home", city=EVERYONE),
    Row("search", city=EVERYONE, query="?q=园区"),
    Row("charts", arguments=lambda *_: {"version": "1"}, city=EVERYONE),
    Row("choose", "POST", city=EVERYONE),
    Row("language", "POST", anyone=True),
    Row("healthy", anyone=True),
    Row("ready", anyone=True),
]
