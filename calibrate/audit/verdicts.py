"""Families, multiplicity and the verdict of every row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from calibrate.audit.compare import Rows
from calibrate.audit.policy import Evidence, judge, name_family, name_primary_stage
from calibrate.audit.population import AuditSettings, Population
from calibrate.bands.guideline import false_discovery_rate


def judge_rows(
    blocks: Sequence[Rows], population: Population, settings: AuditSettings
) -> pd.DataFrame:
    """Put every block into one frame, name the families, adjust within them, and judge.

    Parameters
    ----------
    blocks
        As :func:`calibrate.audit.compare.compare_rates` fills them, with stage and measure.
    """
    if not blocks:
        return pd.DataFrame()
    rows = pd.DataFrame({name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]})
    rows["n_favourable"] = rows["n_favourable"].astype("Int64")
    primary = name_primary_stage(population.stages)
    keys = zip(rows["stage"], rows["measure"], rows["attribute"], strict=True)
    rows["family"] = [name_family(*key, primary) for key in keys]
    larger = np.fmax(rows["p_value"].to_numpy(float), rows["p_clustered"].to_numpy(float))
    is_tested = rows["is_computable"].to_numpy(bool) & ~rows["is_small"].to_numpy(bool)
    larger = np.where(is_tested, larger, np.nan)
    q_value = np.full(len(rows), np.nan)
    for family in rows["family"].unique():
        inside = (rows["family"] == family).to_numpy(bool)
        q_value[inside] = false_discovery_rate(larger[inside])
    rows["q_value"] = q_value
    flags = ("is_computable", "is_small", "is_reference", "is_beyond_bound", "is_inside_bound")
    columns = [rows[flag].to_numpy(bool).tolist() for flag in flags]
    rows["verdict"] = [
        judge(Evidence(*values), settings.rules.alpha)
        for values in zip(*columns, q_value.tolist(), strict=True)
    ]
    return rows
