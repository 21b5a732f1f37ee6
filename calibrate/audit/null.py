"""Worlds in which the answer is known: groups that know nothing of bands, and planted gaps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def exchange_teams(rng: np.random.Generator, cluster: IntArray) -> IntArray:
    """Draw from whom each of the (P,) people takes the groups: teams stay together.

    All people stand in a row, team after team, once with the teams in one
    random order and once in another. Whoever has the same place in both takes
    the groups of the other. So every group keeps its size, bands stay with
    their manager, people who sit together mostly go on doing so (wholly where
    teams are of one size), and groups know nothing of bands.

    Parameters
    ----------
    cluster : (P,)
        Team of each person.

    Returns
    -------
    (P,) person
        A permutation of all people.

    Examples
    --------
    Teams of one size are exchanged whole:

    >>> team = np.array([0, 0, 1, 1, 2, 2])
    >>> order = exchange_teams(np.random.default_rng(0), team)
    >>> [len(set(team[order[team == t]])) for t in range(3)]
    [1, 1, 1]
    """
    n_teams = int(cluster.max(initial=-1)) + 1
    takes, gives = rng.permutation(n_teams), rng.permutation(n_teams)
    order = np.empty(len(cluster), np.int64)
    seats = np.argsort(takes[cluster], kind="stable")
    order[seats] = np.lexsort((rng.random(len(cluster)), gives[cluster]))
    return order


def choose_moved(favourable: IntArray, chance: FloatArray, ratio: float) -> IntArray:
    r"""Choose who leaves the favourable bands, so that the expected share is ``ratio`` times it.

    .. math:: P(\text{kept}) = r

    for each favourable member of the group alone. The share found then varies
    about r times the rate, as it would among people of such a rate.

    Parameters
    ----------
    favourable : (F,) people
        Members of the group in the favourable bands.
    chance : (P,) uniform 0 to 1
        A person is kept where this is below ``ratio``: who is kept at a ratio
        is kept at every larger one.
    ratio : 0 to 1

    Examples
    --------
    >>> choose_moved(np.array([0, 2]), np.array([0.9, 0.9, 0.1]), 0.5)
    array([0])
    """
    return favourable[chance[favourable] >= ratio]
