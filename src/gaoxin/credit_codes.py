"""Unified social credit codes (统一社会信用代码, GB 32100-2015) by the million: the check character on arrays.

A single code is judged by python-stdnum (``stdnum.cn.uscc``); these functions do the same arithmetic on whole columns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28], dtype=np.int16)
LENGTH = 18

_VALUES = np.full(256, -1, dtype=np.int16)
_VALUES[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(len(ALPHABET))
_CHARACTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)

Bytes = NDArray[np.uint8]


def check_characters(bodies: Bytes) -> Bytes:
    """Check character of each code.

    Parameters
    ----------
    bodies
        ASCII codes of the first 17 characters, shape (n, 17).

    Returns
    -------
    ASCII codes of the 18th character, shape (n,): C18 = 31 − Σ C_i·W_i mod 31, W_i = 3^(i−1) mod 31.

    >>> body = np.frombuffer(b"91110000600037341", dtype=np.uint8).reshape(1, 17)
    >>> bytes(check_characters(body))
    b'L'
    """
    characters: Bytes = _CHARACTERS[-(_VALUES[bodies] @ WEIGHTS) % len(ALPHABET)]
    return characters


def are_valid(codes: Bytes) -> NDArray[np.bool_]:
    """Whether each code has permitted characters only, digits in the first eight, and the right check character.

    Parameters
    ----------
    codes
        ASCII codes of the characters, shape (n, 18).

    >>> codes = np.frombuffer(b"91110000600037341L911100006000373411", dtype=np.uint8).reshape(2, 18)
    >>> are_valid(codes).tolist()
    [True, False]
    """
    digits = (codes[:, :8] >= ord("0")) & (codes[:, :8] <= ord("9"))
    valid: NDArray[np.bool_] = np.all(_VALUES[codes] >= 0, axis=1) & np.all(digits, axis=1)
    right: NDArray[np.bool_] = check_characters(codes[valid, :-1]) == codes[valid, -1]
    valid[valid] = right
    return valid
