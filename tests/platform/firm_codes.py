"""Credit codes for tests: right in form, of an area that does not exist."""

from __future__ import annotations

import numpy as np

from gaoxin.credit_codes import check_characters


def credit_code(n: int) -> str:
    """The n-th code."""
    body = f"91990000{n:09d}"
    return body + chr(check_characters(np.frombuffer(body.encode(), dtype=np.uint8).reshape(1, 17))[0])
