"""Bands by company, session, department and manager, beside the guideline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.bands.guideline import (
    false_discovery_rate,
    multinomial_p,
    nearest_shares,
    wilson_interval,
)
from calibrate.bands.patterns import LEAST_PEOPLE
from calibrate.tables import DISTRIBUTION

IntArray = npt.NDArray[np.int64]
Ranges = Mapping[str, tuple[float, float]]

ALPHA = 0.05


def build_distribution(
    band: IntArray,
    labels: Sequence[str],
    scopes: Mapping[str, Sequence[str]],
    *,
    guideline: Ranges | None,
    guideline_scope: str,
    seed: int,
) -> pd.DataFrame:
    """Count bands in every scope; test the declared scope and the company.

    Shares that keep to the guideline in every scope keep to it in the company, so the
    company is tested whatever the scope. Each kind of scope is a family of its own.

    Parameters
    ----------
    band : (I,) position from low to high, -1 is left out
    labels : (B,)
    scopes
        Name of a kind of scope to the (I,) scope of each employee; an empty
        name leaves the employee out of that kind.
    guideline
        Band to its least and largest share; ``None``: nothing is tested.
    guideline_scope
        The kind of scope the guideline speaks of; it is tested, and the company.

    Returns
    -------
    frame as :data:`calibrate.tables.DISTRIBUTION`
        ``p_value`` belongs to the scope and stands in each of its rows: the
        exact multinomial test against the nearest distribution that the
        guideline admits.
    """
    rows: list[dict[str, object]] = []
    for scope, members in scopes.items():
        names = np.array([str(name) for name in members], dtype=object)
        tested = guideline if scope in {guideline_scope, "company"} else None
        for scope_id in sorted(set(names) - {""}):
            inside = band[(names == scope_id) & (band >= 0)]
            counts = np.bincount(inside, minlength=len(labels)).tolist()
            if sum(counts):
                rows += _describe(scope, scope_id, counts, labels, tested, seed)
    if not rows:
        return DISTRIBUTION.empty()
    table = pd.DataFrame(rows)
    one_each = table.drop_duplicates(["scope", "scope_id"])[["scope", "scope_id", "p_value"]].copy()
    of_kind = one_each.groupby("scope", sort=False)["p_value"]
    one_each["q_value"] = of_kind.transform(lambda p: false_discovery_rate(p.to_numpy(float)))
    table = table.merge(
        one_each.drop(columns="p_value"), on=["scope", "scope_id"], validate="many_to_one"
    )
    table["verdict"] = [
        _judge(q, verdict) for q, verdict in zip(table["q_value"], table["verdict"], strict=True)
    ]
    return DISTRIBUTION.conform(table)


def _describe(
    scope: str,
    scope_id: str,
    counts: list[int],
    labels: Sequence[str],
    guideline: Ranges | None,
    seed: int,
) -> list[dict[str, object]]:
    n = sum(counts)
    shares = [count / n for count in counts]
    ranges = [guideline.get(label) if guideline else None for label in labels]
    is_tested = guideline is not None and n >= LEAST_PEOPLE
    p_value = multinomial_p(counts, nearest_shares(shares, ranges), seed) if is_tested else np.nan
    rows = []
    for k, label in enumerate(labels):
        low, high = wilson_interval(counts[k], n)
        limits = ranges[k]
        if limits is None:
            verdict = "no_guideline"
        elif not is_tested:
            verdict = "too_few"
        else:
            inside = limits[0] - 1e-12 <= shares[k] <= limits[1] + 1e-12
            verdict = "within" if inside else "outside"
        rows.append(
            {
                "scope": scope, "scope_id": scope_id, "band": label, "n": counts[k],
                "share": shares[k], "low": low, "high": high, "p_value": p_value,
                "verdict": verdict,
            }
        )  # fmt: skip
    return rows


def _judge(q_value: float, verdict: str) -> str:
    """A share outside its range is a finding only where chance is an unlikely reason."""
    return "inconclusive" if verdict == "outside" and not q_value <= ALPHA else verdict
