"""What a quota would do by group: who would be moved down, and the favourable share after."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.clustered import ClusterCells, clustered_p
from calibrate.audit.groups import Grouping
from calibrate.audit.inference import ALPHA, detectable_ratio, fisher_midp
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.phrases import LOOK_SCOPES, name_sides, refrain
from calibrate.audit.policy import is_ratio_beyond
from calibrate.bands import QuotaMoves
from calibrate.bands.guideline import false_discovery_rate, say_p
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_share
from calibrate.tables import QUOTA_IMPACT

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

COUNTS = ("n", "n_down", "n_up", "n_tied")
FIGURES = (
    "rate_before", "rate_after", "ratio_before", "ratio_after", "detectable_ratio", "p_value",
    "p_clustered", "q_value",
)  # fmt: skip


def build_quota_impact(inquiry: Inquiry) -> pd.DataFrame:
    """Compare each group with its reference, were the guideline a quota.

    Returns
    -------
    frame as :data:`calibrate.tables.QUOTA_IMPACT`
        Empty without a guideline, and where no scope has people enough.
    """
    moves = inquiry.background.quota if inquiry.background else None
    if moves is None or not moves.is_ordered.any():
        return QUOTA_IMPACT.empty()
    frames = [_compare(inquiry, g, moves) for g in inquiry.groupings if g.reference >= 0]
    if not frames:
        return QUOTA_IMPACT.empty()
    rows = pd.concat(frames, ignore_index=True)
    larger = np.fmax(rows["p_value"].to_numpy(float), rows["p_clustered"].to_numpy(float))
    for family in ("secondary", "exploratory"):
        inside = (rows["family"] == family).to_numpy(bool)
        rows.loc[inside, "q_value"] = false_discovery_rate(larger[inside])
        tested = inside & np.isfinite(larger)
        rows.loc[tested, "detectable_ratio"] = detectable_ratio(
            rows.loc[tested, "rate0"].to_numpy(float), rows.loc[tested, "n"].to_numpy(np.int64),
            rows.loc[tested, "n0"].to_numpy(np.int64), ALPHA / max(1, int(tested.sum())),
            is_adverse=True,
        )  # fmt: skip
    rows[list(COUNTS)] = rows[list(COUNTS)].astype("Int64")
    rows.loc[rows["suppressed"].to_numpy(bool), [*COUNTS, *FIGURES]] = pd.NA
    return QUOTA_IMPACT.conform(rows.drop(columns=["rate0", "n0"]))


def _compare(inquiry: Inquiry, grouping: Grouping, moves: QuotaMoves) -> pd.DataFrame:
    at, size, r = np.flatnonzero(moves.is_ordered), len(grouping.labels), grouping.reference
    group = inquiry.group_of(grouping)[at]
    first, last, is_tied = moves.from_band[at], moves.to_band[at], moves.is_tied[at]
    is_down, is_up = (last < first) & ~is_tied, (last > first) & ~is_tied
    n, down = np.bincount(group, minlength=size), np.bincount(group[is_down], minlength=size)
    favourable = sorted(inquiry.settings.favourable)
    before, after = np.isin(first, favourable), np.isin(last, favourable)
    share = moves.share_moved[at]
    expected = np.where(is_tied, before * (1 - share) + after * share, after)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = [np.bincount(group, part, size) / n for part in (before, expected)]
        ratios = [np.where(rate[r] > 0, rate / rate[r], np.nan) for rate in rates]
    hidden = inquiry.hides(grouping, moves.is_ordered)
    hidden |= hidden[r]
    figures = {name: np.full(size, np.nan) for name in FIGURES}
    clusters = None if inquiry.clusters is None else inquiry.clusters[at]
    cells = None if clusters is None else ClusterCells.build(group, clusters)
    for g in np.flatnonzero(~hidden & (np.arange(size) != r)).tolist():
        sides = int(down[g]), int(n[g]), int(down[r]), int(n[r])
        figures["p_value"][g] = fisher_midp(*sides)
        figures["p_clustered"][g] = _cluster(cells, is_down.astype(np.float64), g, r)
    figures |= dict(zip(FIGURES[:4], (*rates, *ratios), strict=True))
    return pd.DataFrame(
        {
            "attribute": grouping.attribute, "group": list(grouping.labels),
            "reference": grouping.reference_label,
            "family": "exploratory" if "*" in grouping.attribute else "secondary",
            "n": n, "n_down": down, "n_up": np.bincount(group[is_up], minlength=size),
            "n_tied": np.bincount(group[is_tied], minlength=size), **figures,
            "suppressed": hidden, "rate0": down[r] / max(1, n[r]), "n0": n[r],
        }
    )  # fmt: skip


def _cluster(cells: ClusterCells | None, outcome: FloatArray, g: int, r: int) -> float:
    if cells is None:
        return float("nan")
    sums = cells.add_up(outcome)
    (n1, y1), (n0, y0) = (
        [cells.spread_out(side, values) for values in (cells.n, sums)] for side in (g, r)
    )
    return clustered_p(n1, y1, n0, y0)


#: Whether fewer of the group would be moved down than of its reference.
MORE_OR_FEWER = {
    True: N_(
        "{attribute}: were the guideline a quota, fewer of the group '{group}' than of "
        "'{reference}' would be moved down."
    ),
    False: N_(
        "{attribute}: were the guideline a quota, more of the group '{group}' than of "
        "'{reference}' would be moved down."
    ),
}


def find_quota_impact(inquiry: Inquiry, table: pd.DataFrame) -> list[dict[str, str]]:
    """Name groups whose people a quota would move down at another rate."""
    found = []
    shown = table[~table["suppressed"]]
    references = {
        str(row["attribute"]): row
        for row in shown.to_dict("records")
        if row["group"] == row["reference"]
    }
    odd = shown[(shown["q_value"] <= ALPHA) & (shown["family"] == "secondary")]
    for row in odd.to_dict("records"):
        other = references[str(row["attribute"])]
        x1, n1, x0, n0 = (int(side[name]) for side in (row, other) for name in ("n_down", "n"))
        if x0 and not is_ratio_beyond(x1, n1, x0, n0, inquiry.settings.rules):
            continue
        said = _(
            MORE_OR_FEWER[x1 * n0 < x0 * n1],
            **name_sides({str(key): value for key, value in row.items()}),
        )
        counted = _(
            "{n} of {total} ({share}) against {n_reference} of {total_reference} "
            "({share_reference}).",
            n=x1, total=n1, share=write_share(x1 / n1), n_reference=x0, total_reference=n0,
            share_reference=write_share(x0 / n0),
        )  # fmt: skip
        nobody = _("{q}. Nobody is moved.", q=say_p(row["q_value"]))
        found.append(
            {
                "finding_id": f"quota:{row['attribute']}:{row['group']}",
                "kind": "quota",
                "scope": "group",
                "scope_id": f"{row['attribute']}: {row['group']}",
                "level": "look",
                "headline": refrain(said),
                "evidence": f"{counted} {nobody} {_(LOOK_SCOPES)}",
            }
        )
    return found


def note_quota_impact(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say whom the comparison leaves out."""
    moves = inquiry.background.quota if inquiry.background else None
    if moves is None or not len(table):
        return []
    n_left = int(np.count_nonzero((moves.from_band >= 0) & ~moves.is_ordered))
    if not n_left:
        return []
    return [
        ngettext(
            "{n} person with a band is left out of what a quota would do: they have no score, or "
            "work where fewer than 10 are rated or no whole number of people fills the shares.",
            "{n} people with a band are left out of what a quota would do: they have no score, "
            "or work where fewer than 10 are rated or no whole number of people fills the shares.",
            n_left,
        )
    ]
