"""Sentences for the report: what the ordinal model did, and what it could not."""

from __future__ import annotations

ORDINAL = "Scores are from the ordinal model: marks count as ordered steps, not as distances."
SAMPLED = (
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
    return (
        f"Forms have {n_scores:,} different scores. "
        f"The ordinal model merges neighbours into {n_categories} steps."
    )
