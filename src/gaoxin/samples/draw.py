"""Random draws of the sample: one generator for each block of firms, so that a city is the same however it is cut."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


class Draw:
    """Draws for n firms at a time; the numbers depend on the seed and the place in the city only."""

    def __init__(self, seed: int, *place: int) -> None:
        self.rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *place])))

    def between(self, low: float, high: float, n: int) -> Floats:
        """Uniform in [low, high), shape (n,)."""
        return self.rng.uniform(low, high, n)

    def normal(self, mean: float, sd: float, n: int) -> Floats:
        """Normal, cut off at three standard deviations, shape (n,)."""
        return mean + sd * np.clip(self.rng.standard_normal(n), -3.0, 3.0)

    def chance(self, probability: Floats | float, n: int) -> Flags:
        """True with the given probability, shape (n,)."""
        return self.rng.random(n) < probability

    def whole(self, amount: NDArray[np.floating[Any]]) -> Ints:
        """Round up or down at random so that the mean is kept: small firms have few, but not always no doctors."""
        return np.floor(amount + self.rng.random(len(amount))).astype(np.int64)

    def count(self, mean: Floats) -> Ints:
        """Poisson counts with the given means."""
        return self.rng.poisson(mean).astype(np.int64)

    def pick(self, choices: NDArray[np.generic], n: int, weights: Floats | None = None) -> NDArray[np.generic]:
        """Draw n of the choices."""
        picked: NDArray[np.generic] = choices[self.rng.choice(len(choices), n, p=weights)]
        return picked


def part(total: Ints, share: Floats | float) -> Ints:
    """A whole part of a whole total, never more than it."""
    whole: Ints = np.minimum(np.floor(total * np.clip(share, 0.0, 1.0)).astype(np.int64), total)
    return whole


def parts(total: Ints, shares: Floats) -> Ints:
    """Split whole totals into whole parts that add up to them.

    Parameters
    ----------
    total
        Shape (n,).
    shares
        Shape (n, k), not yet rescaled; the first part takes what rounding leaves.

    Returns
    -------
    Shape (n, k).

    >>> parts(np.array([10]), np.array([[1.0, 1.0, 1.0]])).tolist()
    [[4, 3, 3]]
    """
    split: Ints = np.floor(total[:, None] * shares / shares.sum(axis=1, keepdims=True)).astype(np.int64)
    split[:, 0] += total - split.sum(axis=1)
    return split
