"""Families, multiplicity and the verdict of every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.compare import Rows
from calibrate.audit.inference import ALPHA, detectable_ratio, tighten_gap
from calibrate.audit.policy import (
    Evidence,
    Family,
    RulePack,
    judge,
    name_family,
    name_primary_stage,
)
from calibrate.audit.population import AuditSettings, Population
from calibrate.bands.guideline import false_discovery_rate
from calibrate.tables import DISPARITIES

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
#: Family of a stage, a measure and an attribute.
NameFamily = Callable[[str, str, str], Family]
#: What :class:`calibrate.audit.policy.Evidence` takes from a row, in its order.
FLAGS = ("is_computable", "is_small", "is_reference", "is_beyond_bound", "is_inside_bound")


def count_compared(disparities: pd.DataFrame) -> int:
    """Count the rows of the primary family that had enough people for a verdict.

    Examples
    --------
    >>> rows = {"family": ["primary", "primary", "secondary"],
    ...         "verdict": ["too_few", "within", "within"]}
    >>> count_compared(pd.DataFrame(rows))
    1
    """
    is_told = ~disparities["verdict"].isin(["too_few", "not_computable"])
    return int((is_told & (disparities["family"] == "primary")).sum())


def judge_rows(
    blocks: Sequence[Rows], population: Population, settings: AuditSettings
) -> pd.DataFrame:
    """Judge the blocks of a cycle; its stages say what the primary family is about."""
    primary = name_primary_stage(population.stages)

    def name(stage: str, measure: str, attribute: str) -> Family:
        return name_family(stage, measure, attribute, primary)

    return judge_blocks(blocks, settings.rules, name)


def judge_blocks(blocks: Sequence[Rows], rules: RulePack, name: NameFamily) -> pd.DataFrame:
    """Put every block into one frame, name the families, adjust within them, and judge.

    Parameters
    ----------
    blocks
        As :func:`calibrate.audit.compare.compare_rates` fills them, with stage and measure.
    rules
        Bounds of the verdicts.
    name
        Looks at no figure: families are named before any is seen.

    Returns
    -------
    one row a stage, measure, attribute and group
        The larger p-value decides; a gap must besides survive the test with the null
        imposed, adjusted on the largest of the three. With m tests in a family the power columns
        that end in ``_family`` are those of a single test at 0.05/m.
    """
    if not blocks:
        return _start_empty()
    rows = pd.DataFrame({key: np.concatenate([b[key] for b in blocks]) for key in blocks[0]})
    rows["n_favourable"] = rows["n_favourable"].astype("Int64")
    keys = zip(rows["stage"], rows["measure"], rows["attribute"], strict=True)
    rows["family"] = [name(*key) for key in keys]
    larger = np.fmax(rows["p_value"].to_numpy(float), rows["p_clustered"].to_numpy(float))
    is_tested = rows["is_computable"].to_numpy(bool) & ~rows["is_small"].to_numpy(bool)
    larger = np.where(is_tested, larger, np.nan)
    imposed = rows["p_null_imposed"].to_numpy(float)
    largest = np.where(is_tested, np.fmax(larger, imposed), np.nan)
    q_value, q_imposed = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for column in ("detectable_ratio_family", "detectable_difference_family"):
        rows[column] = np.nan
    for family in rows["family"].unique():
        inside = (rows["family"] == family).to_numpy(bool)
        q_value[inside] = false_discovery_rate(larger[inside])
        q_imposed[inside] = false_discovery_rate(largest[inside])
        _fill_power(rows, inside, int(np.isfinite(larger[inside]).sum()))
    q_imposed = np.where(np.isfinite(imposed), q_imposed, np.nan)
    rows["q_value"], rows["q_null_imposed"] = q_value, q_imposed
    columns = [rows[flag].to_numpy(bool).tolist() for flag in FLAGS]
    rows["verdict"] = [
        judge(Evidence(*values), rules.alpha)
        for values in zip(*columns, q_value.tolist(), q_imposed.tolist(), strict=True)
    ]
    return rows


def _start_empty() -> pd.DataFrame:
    """No row, but every column: parts of the audit select by them."""
    names = [name for name in DISPARITIES.names if name != "suppressed"]
    typed = dict.fromkeys((*FLAGS, "is_hidden"), bool)
    return pd.DataFrame(columns=[*names, "n_reference", *typed]).astype(typed)


def _fill_power(rows: pd.DataFrame, inside: BoolArray, n_tests: int) -> None:
    """Smallest gaps found with 80 % power at 0.05 over the number of tests."""
    is_mean = (rows["measure"] == "mean_score").to_numpy(bool)
    gap = rows["detectable_difference"].to_numpy(float)
    means = inside & is_mean & np.isfinite(gap)
    if n_tests and means.any():
        rows.loc[means, "detectable_difference_family"] = tighten_gap(gap[means], n_tests)
    is_adverse = (rows["measure"] == "lowest_band").to_numpy(bool)
    for adverse in (False, True):
        # Nothing that 0.05 alone could not find is found at a smaller threshold.
        chosen = inside & ~is_mean & np.isfinite(gap) & (is_adverse == adverse)
        if not chosen.any():
            continue
        part = rows[chosen]
        rate0 = (part["rate"] - part["difference"]).to_numpy(float)
        smallest = detectable_ratio(
            rate0, part["n"].to_numpy(np.int64), part["n_reference"].to_numpy(np.int64),
            ALPHA / max(1, n_tests), is_adverse=adverse,
        )  # fmt: skip
        rows.loc[chosen, "detectable_ratio_family"] = smallest
        rows.loc[chosen, "detectable_difference_family"] = rate0 * np.abs(1 - smallest)
