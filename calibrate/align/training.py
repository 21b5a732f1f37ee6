"""Where practice would help most: people clearly below, put in order."""

from __future__ import annotations

import pandas as pd


def order_needs(needs: pd.DataFrame) -> pd.DataFrame:
    r"""Order groups of people clearly below by what practice would do for the strategy.

    .. math:: n_{below} \times v_o

    v_o is the weight of the outcome that the criterion serves most; without one 0. Ties
    are broken by people, then by the names, so that the order is always the same.

    Parameters
    ----------
    needs
        One row a criterion, rubric and department: ``n_below`` and ``outcome_weight``.

    Returns
    -------
    The rows in order, with ``position`` from 1.

    Examples
    --------
    >>> needs = pd.DataFrame({"criterion": ["a", "b"], "rubric": "r", "department": "",
    ...                       "n_below": [5, 3], "outcome_weight": [10, 40]})
    >>> order_needs(needs)[["position", "criterion"]].values.tolist()
    [[1, 'b'], [2, 'a']]
    """
    ranked = needs.assign(gain=needs["n_below"] * needs["outcome_weight"]).sort_values(
        ["gain", "n_below", "criterion", "rubric", "department"],
        ascending=[False, False, True, True, True], kind="stable",
    )  # fmt: skip
    return ranked.drop(columns="gain").assign(position=range(1, len(ranked) + 1))


def find_main_outcome(shares: dict[str, int], weight: dict[str, int]) -> tuple[str, int]:
    r"""Outcome that a criterion serves most, by v_o s_ko, and its weight v_o.

    Parameters
    ----------
    shares : outcome → percent of the criterion
    weight : outcome → percent of the strategy; an outcome not in it weighs 0

    Examples
    --------
    >>> find_main_outcome({"a": 70, "b": 30}, {"a": 10, "b": 40}), find_main_outcome({}, {})
    (('b', 40), ('', 0))
    """
    if not shares:
        return "", 0
    best = min(shares, key=lambda o: (-weight.get(o, 0) * shares[o], -shares[o], o))
    return best, weight.get(best, 0)
