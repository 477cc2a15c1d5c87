"""What is said of a file that cannot be read."""

from __future__ import annotations

from pathlib import Path

from gaoxin.problems import InputError, Problem
from gaoxin.words import Text


def refusal(path: Path, message: Text, remedy: Text) -> InputError:
    """The error for the file ``path``: what is wrong with it, and what to do."""
    return InputError([Problem("notice.file", "error", message, remedy, file=str(path))])
