"""Primary suppression: what a small group's row may not show."""

from __future__ import annotations

import pandas as pd

#: Figures of a group on its own.
OWN = ("n", "n_favourable", "rate", "low", "high", "impact_ratio")
#: Figures that hold the reference's, too.
COMPARED = (
    "ratio", "ratio_low", "ratio_high", "difference", "z_value", "p_value", "p_clustered",
    "p_null_imposed", "p_no_ratio", "q_value", "q_null_imposed", "detectable_ratio",
    "detectable_difference", "detectable_ratio_family", "detectable_difference_family",
    "flip_flop", "shortfall",
)  # fmt: skip


def suppress_small(rows: pd.DataFrame) -> pd.DataFrame:
    """Blank every figure of a hidden group, and every comparison with a hidden reference.

    A rate, a p-value or a shortfall gives the count away as the count does, so
    a hidden row hides all of them. The row keeps its place and its verdict.

    Parameters
    ----------
    rows
        With ``is_hidden`` (the group itself) and ``is_small`` (the group or its
        reference is hidden).

    Returns
    -------
    the same rows with the column ``suppressed``

    Examples
    --------
    >>> rows = pd.DataFrame({"n": [3], "rate": [0.5], "is_hidden": [True], "is_small": [True]})
    >>> suppress_small(rows)[["n", "rate", "suppressed"]].isna().to_numpy().tolist()
    [[True, True, False]]
    """
    hidden = rows.assign(suppressed=rows["is_hidden"].astype(bool))
    for columns, flag in ((OWN, "is_hidden"), (COMPARED, "is_small")):
        present = [name for name in columns if name in hidden.columns]
        # Python objects, because a whole number has no NaN.
        hidden[present] = hidden[present].astype(object)
        hidden.loc[hidden[flag].astype(bool), present] = pd.NA
    return hidden
