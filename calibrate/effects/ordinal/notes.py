"""Sentences for the report: what the ordinal model did, and what it could not."""

from __future__ import annotations

from calibrate.language import N_, _

ORDINAL = N_("Scores are from the ordinal model: marks count as ordered steps, not as distances.")
SAMPLED = N_(
    "The network is large: standard errors of the ordinal model are drawn at random "
    "and exact to about 1%."
)


def describe_merged(n_scores: int, n_categories: int) -> str:
    """How many different scores became how many steps.

    Examples
    --------
    >>> print(describe_merged(41, 10))
    Forms have 41 different scores. The ordinal model merges neighbours into 10 steps.
    """
    return _(
        "Forms have {n} different scores. The ordinal model merges neighbours into {steps} steps.",
        n=n_scores, steps=n_categories,
    )  # fmt: skip
