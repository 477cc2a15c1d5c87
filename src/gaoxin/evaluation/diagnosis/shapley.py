"""Shapley values: what each of several changes contributes to a joint effect, averaged over every order of them."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation.structure import Floats


def coalitions(players: int) -> NDArray[np.bool_]:
    """All subsets of the players, shape (2^players, players): row number b holds the binary digits of b.

    >>> coalitions(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    members: NDArray[np.bool_] = (np.arange(2**players)[:, None] >> np.arange(players)) & 1 == 1
    return members


def shapley_values(values: ArrayLike) -> Floats:
    """Exact Shapley values of k players from the worth of all of their 2^k coalitions.

        φⱼ = Σ_S |S|!·(k − |S| − 1)!/k! · (v(S ∪ j) − v(S)),  S without j

    They add up to v(all) − v(none), treat players alike that act alike, and give 0 to one that changes nothing.

    Parameters
    ----------
    values
        Worth of each coalition in the order of :func:`coalitions`, shape (2^k, …).

    Returns
    -------
    Shape (k, …).

    Source: Shapley, A value for n-person games (1953); Shorrocks, *J. Econ. Inequality* 11 (2013) for decompositions.

    >>> shapley_values([0.0, 10.0, 20.0, 40.0]).tolist()
    [15.0, 25.0]
    """
    v = np.asarray(values, dtype=np.float64)
    players = int(v.shape[0]).bit_length() - 1
    if v.shape[0] != 2**players:
        raise ValueError(f"{v.shape[0]} values are not the worth of all subsets; 2^players are needed")
    members = coalitions(players)
    size = members.sum(axis=1)
    share = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])
    out = np.empty((players, *v.shape[1:]))
    for player in range(players):
        without = np.flatnonzero(~members[:, player])
        gain = v[without + 2**player] - v[without]
        out[player] = np.tensordot(share[size[without]], gain, axes=1)
    return out


def stepwise_values(values: ArrayLike, order: tuple[int, ...]) -> Floats:
    """What each player adds when they join in the given order; adds up like :func:`shapley_values`.

    >>> stepwise_values([0.0, 10.0, 20.0, 40.0], (1, 0)).tolist()
    [20.0, 20.0]
    """
    v = np.asarray(values, dtype=np.float64)
    out = np.empty((len(order), *v.shape[1:]))
    coalition = 0
    for player in order:
        out[player] = v[coalition + 2**player] - v[coalition]
        coalition += 2**player
    return out
