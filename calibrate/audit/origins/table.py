"""All places a gap may arise in, in one long table."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd

from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.comments import compare_comments
from calibrate.audit.origins.criteria import compare_criteria
from calibrate.audit.origins.cycles import compare_cycles
from calibrate.audit.origins.lines import as_mapping
from calibrate.audit.origins.presence import compare_presence
from calibrate.audit.origins.rater_groups import compare_rater_groups
from calibrate.audit.origins.slices import compare_slices, compare_stages
from calibrate.audit.origins.sources import compare_sources
from calibrate.audit.origins.teams import compare_managers
from calibrate.bands.guideline import false_discovery_rate
from calibrate.tables import ORIGINS

DIMENSIONS = (
    compare_criteria, compare_sources, compare_managers, compare_rater_groups, compare_slices,
    compare_stages, compare_presence, compare_comments, compare_cycles,
)  # fmt: skip


def build_origins(inquiry: Inquiry) -> pd.DataFrame:
    """Compare every group of a single attribute with its reference, place by place.

    All of it is exploratory: no verdict depends on it. q-values are after
    Benjamini-Hochberg over the lines of one dimension and attribute, on the
    larger of both p-values.

    Returns
    -------
    frame as :data:`calibrate.tables.ORIGINS`
    """
    if inquiry.background is None:
        return ORIGINS.empty()
    lines = chain.from_iterable(compare(inquiry) for compare in DIMENSIONS)
    rows = pd.DataFrame([as_mapping(line) for line in lines], columns=ORIGINS.names)
    if not len(rows):
        return ORIGINS.empty()
    larger = np.fmax(rows["p_value"].to_numpy(float), rows["p_clustered"].to_numpy(float))
    q_value = rows["q_value"].to_numpy(float).copy()
    family = rows["dimension"] + ":" + rows["attribute"]
    for name in family[rows["dimension"] != "team"].unique():
        inside = (family == name).to_numpy(bool)
        q_value[inside] = false_discovery_rate(larger[inside])
    return rows.assign(q_value=q_value)
