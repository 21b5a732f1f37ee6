"""Whom the guideline would move if it were a quota."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrate.bands import QuotaMoves, find_quota_moves, tabulate_quota
from calibrate.pipeline.patterns import list_scopes
from calibrate.pipeline.stages import Scored


def find_moves(scored: Scored) -> QuotaMoves | None:
    """Fill the guideline's shares by adjusted score; None without a guideline.

    In a small company bands follow the raw score, so the raw score gives the order there.
    """
    guideline, bands = scored.prepared.cycle.guideline, scored.bands
    if guideline is None or guideline.mode == "none":
        return None
    people = scored.effects.employees
    is_raw = (people.link == "unlinked") | bands.is_what_if
    points = np.where(is_raw, people.raw, people.adjusted)
    scope = list_scopes(scored)[guideline.scope]
    return find_quota_moves(bands.current, points, scope, bands.labels, guideline.shares)


def tabulate_moves(scored: Scored) -> pd.DataFrame:
    """List who would be moved, as :data:`calibrate.tables.QUOTA`; nobody is."""
    guideline = scored.prepared.cycle.guideline
    scope = guideline.scope if guideline else "company"
    return tabulate_quota(
        find_moves(scored), scored.prepared.employees.ids, scope,
        list_scopes(scored)[scope], scored.bands.labels,
    )  # fmt: skip
