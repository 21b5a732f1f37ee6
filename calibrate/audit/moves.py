"""Who was moved between two stages: by the adjustment, by managers, by the session."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.clustered import ClusterCells, clustered_p
from calibrate.audit.groups import Grouping
from calibrate.audit.inference import detectable_gap, tighten_gap, welch_test
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.metrics import compute_hedges_g
from calibrate.audit.moves_permutation import N_DRAWS, permute_within
from calibrate.audit.phrases import LOOK_MOVES, name_sides, refrain
from calibrate.bands.guideline import false_discovery_rate, say_p
from calibrate.language import N_, _
from calibrate.language.figures import write_figure
from calibrate.tables import MOVES

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

OWN = ("n", "n_up", "n_down", "mean_change")
COMPARED = (
    "difference", "low", "high", "difference_same_band", "excess", "p_value", "p_clustered",
    "q_value", "detectable_difference",
)  # fmt: skip
#: What made the moves between two stages, and whether the group came out lower.
MOVED = {
    ("raw", "suggested", True): N_(
        "{attribute}: from raw to suggested bands the adjustment would move the group '{group}' "
        "lower than '{reference}'."
    ),
    ("raw", "suggested", False): N_(
        "{attribute}: from raw to suggested bands the adjustment would move the group '{group}' "
        "higher than '{reference}'."
    ),
    ("raw", "proposed", True): N_(
        "{attribute}: from raw to proposed bands managers moved the group '{group}' lower than "
        "'{reference}'."
    ),
    ("raw", "proposed", False): N_(
        "{attribute}: from raw to proposed bands managers moved the group '{group}' higher than "
        "'{reference}'."
    ),
    ("proposed", "final", True): N_(
        "{attribute}: from proposed to final bands the session moved the group '{group}' lower "
        "than '{reference}'."
    ),
    ("proposed", "final", False): N_(
        "{attribute}: from proposed to final bands the session moved the group '{group}' higher "
        "than '{reference}'."
    ),
}


class Pair(NamedTuple):
    """Two stages: (I,) positions of the bands, -1 for none."""

    before: str
    after: str
    first: IntArray
    last: IntArray


def list_pairs(inquiry: Inquiry) -> list[Pair]:
    """Stages between which somebody can have been moved.

    The suggestion counts only where there is one: not in a small company, and not where
    no severity is known.
    """
    bands, background = inquiry.population.bands, inquiry.background
    known = background.calibration if background else None
    pairs = []
    if background and known and background.is_fitted and not known.is_what_if and "raw" in bands:
        pairs.append(Pair("raw", "suggested", bands["raw"], known.suggested))
    for before, after in (("raw", "proposed"), ("proposed", "final")):
        if before in bands and after in bands:
            pairs.append(Pair(before, after, bands[before], bands[after]))
    return pairs


def build_moves(inquiry: Inquiry) -> pd.DataFrame:
    """Compare the moves of each group with its reference's, as :data:`MOVES`."""
    groupings = [g for g in inquiry.groupings if g.reference >= 0]
    frames = [
        _compare(inquiry, grouping, pair, (at, number))
        for at, pair in enumerate(list_pairs(inquiry))
        for number, grouping in enumerate(groupings)
    ]
    if inquiry.background is None or not frames:
        return MOVES.empty()
    rows = pd.concat(frames, ignore_index=True)
    p = np.fmax(rows["p_value"].to_numpy(float), rows["p_clustered"].to_numpy(float))
    rows["q_value"] = false_discovery_rate(p)
    n_tests = max(1, int(np.isfinite(p).sum()))
    rows["detectable_difference"] = tighten_gap(
        rows["detectable_difference"].to_numpy(float), n_tests
    )
    counts = ["n", "n_up", "n_down"]
    rows[counts] = rows[counts].astype("Int64")
    hidden = rows["suppressed"].to_numpy(bool)
    rows.loc[hidden, [*OWN, *COMPARED]] = pd.NA
    rows["p_from"] = rows["p_from"].where(rows["p_value"].notna(), None)
    return MOVES.conform(rows)


def _compare(
    inquiry: Inquiry, grouping: Grouping, pair: Pair, number: tuple[int, int]
) -> pd.DataFrame:
    inside = (pair.first >= 0) & (pair.last >= 0)
    group, size, r = inquiry.group_of(grouping)[inside], len(grouping.labels), grouping.reference
    change = (pair.last - pair.first)[inside]
    clusters = None if inquiry.clusters is None else inquiry.clusters[inside]
    n = np.bincount(group, minlength=size)
    hidden = inquiry.hides(grouping, inside)
    hidden |= hidden[r]
    with np.errstate(invalid="ignore"):
        mean = np.bincount(group, change, size) / n
    figures = {name: np.full(size, np.nan) for name in COMPARED}
    figures["difference"][r] = 0.0
    figures["difference_same_band"] = compare_same_band(group, pair.first[inside], change, r, size)
    how = np.full(size, "", dtype=object)
    for g in np.flatnonzero(~hidden & (np.arange(size) != r)).tolist():
        rng = np.random.default_rng([inquiry.settings.seed, *number, g])
        sides = group == g, group == r
        how[g] = _test(figures, g, change, sides, clusters, rng)
    return pd.DataFrame(
        {
            "from_stage": pair.before, "to_stage": pair.after, "attribute": grouping.attribute,
            "group": list(grouping.labels), "reference": grouping.reference_label,
            "family": "exploratory", "n": n,
            "n_up": np.bincount(group[change > 0], minlength=size),
            "n_down": np.bincount(group[change < 0], minlength=size),
            "mean_change": mean, **figures, "p_from": how, "suppressed": hidden,
        }
    )  # fmt: skip


def compare_same_band(
    group: IntArray, first: IntArray, change: IntArray, reference: int, n_groups: int
) -> FloatArray:
    r"""Mean change less what people of the reference made who started in the same band.

    .. math:: \frac{1}{n_g} \sum_b n_{gb} (\bar\Delta_{gb} - \bar\Delta_{rb})

    Whoever starts at an end of the scale can move one way alone. Bands in which the
    reference has nobody are left out.

    Parameters
    ----------
    group, first, change : (P,)
        Code of the group, band before, bands moved.
    reference
        Code of r.

    Returns
    -------
    (G,) bands
        NaN where no band has people of both.

    Examples
    --------
    Everybody of one band moves alike; group 1 stands in the band that goes down.

    >>> group, first = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    >>> compare_same_band(group, first, np.array([0, -1, -1, -1]), 0, 2).tolist()
    [0.0, 0.0]
    """
    n_bands = int(first.max(initial=0)) + 1
    cell, shape = group * n_bands + first, (n_groups, n_bands)
    n = np.bincount(cell, minlength=n_groups * n_bands).reshape(shape)
    total = np.bincount(cell, change, n_groups * n_bands).reshape(shape)
    has = n[reference] > 0
    expected = np.where(has, total[reference] / np.maximum(n[reference], 1), 0.0)
    shared = n[:, has].sum(axis=1)
    gap = (total - n * expected)[:, has].sum(axis=1)
    return np.asarray(np.where(shared > 0, gap / np.maximum(shared, 1), np.nan), np.float64)


def _test(
    figures: dict[str, FloatArray],
    g: int,
    change: IntArray,
    sides: tuple[BoolArray, BoolArray],
    clusters: IntArray | None,
    rng: np.random.Generator,
) -> str:
    """Fill the comparison of one group with its reference; say how p was found."""
    own, other = change[sides[0]].astype(float), change[sides[1]].astype(float)
    of_own, of_other = (
        (float(x.mean()), float(x.var(ddof=1)) if len(x) > 1 else 0.0, len(x)) for x in (own, other)
    )
    gap = welch_test(*of_own, *of_other)
    figures["difference"][g], figures["low"][g], figures["high"][g] = gap[:3]
    figures["detectable_difference"][g] = detectable_gap(*of_own[1:], *of_other[1:])
    both = sides[0] | sides[1]
    strata = np.zeros(int(both.sum()), np.int64) if clusters is None else clusters[both]
    found = permute_within(strata, sides[0][both], change[both], rng)
    figures["p_value"][g], figures["excess"][g] = found.p_value, found.excess
    if clusters is not None and np.isfinite(found.p_value):
        cells = ClusterCells.build(sides[0][both].astype(np.int64), strata)
        sums = cells.add_up(change[both].astype(float))
        n1, y1 = (cells.spread_out(1, v) for v in (cells.n, sums))
        n0, y0 = (cells.spread_out(0, v) for v in (cells.n, sums))
        figures["p_clustered"][g] = clustered_p(n1, y1, n0, y0)
    return "exact" if found.is_exact else f"{N_DRAWS:,} draws"


def is_practical(inquiry: Inquiry, row: pd.Series) -> bool:
    """Is the difference in moves beyond the rule pack's bound for means?

    Within managers it must point the same way: p is about that.
    """
    if row["excess"] * row["difference"] <= 0:
        return False
    pairs = {(pair.before, pair.after): pair for pair in list_pairs(inquiry)}
    pair = pairs[row["from_stage"], row["to_stage"]]
    grouping = next(g for g in inquiry.groupings if g.attribute == row["attribute"])
    inside = (pair.first >= 0) & (pair.last >= 0)
    group, change = inquiry.group_of(grouping)[inside], (pair.last - pair.first)[inside]
    own = change[group == grouping.labels.index(row["group"])]
    other = change[group == grouping.reference]
    sides = float(own.var(ddof=1)), len(own), float(other.var(ddof=1)), len(other)
    standard = compute_hedges_g(float(row["difference"]), *sides)
    return bool(abs(standard.g) >= inquiry.settings.rules.standardised_difference)


def find_moves(inquiry: Inquiry, table: pd.DataFrame) -> list[dict[str, str]]:
    """Name the groups that were moved otherwise than their reference, beyond both bounds.

    An intersection is named only where none of its attributes is: it would say the same again.
    """
    chosen = table[(table["q_value"] <= inquiry.settings.rules.alpha).fillna(False)]
    found = [row for __, row in chosen.iterrows() if is_practical(inquiry, row)]
    single = {_name(row) for row in found if "*" not in row["attribute"]}
    return [
        _write(row)
        for row in found
        if "*" not in row["attribute"] or not any(part in single for part in _name_parts(row))
    ]


def _name(row: pd.Series) -> tuple[str, ...]:
    return (row["from_stage"], row["to_stage"], row["attribute"], row["group"])


def _name_parts(row: pd.Series) -> list[tuple[str, ...]]:
    pairs = zip(row["attribute"].split("*"), row["group"].split("*"), strict=False)
    return [(row["from_stage"], row["to_stage"], *pair) for pair in pairs]


def _write(row: pd.Series) -> dict[str, str]:
    stages = (str(row["from_stage"]), str(row["to_stage"]))
    said = _(
        MOVED[(*stages, bool(row["difference"] < 0))], **name_sides(dict(row)),
    )  # fmt: skip
    counted = _(
        "{up} of {n} went up, {down} went down.",
        up=int(row["n_up"]), n=int(row["n"]), down=int(row["n_down"]),
    )  # fmt: skip
    chance = _("{q} after Benjamini-Hochberg over all moves.", q=say_p(float(row["q_value"])))
    name = f"{row['attribute']}: {row['group']}"
    return {
        "finding_id": ":".join(["moves", *stages, str(row["attribute"]), str(row["group"])]),
        "kind": "moves",
        "scope": "group",
        "scope_id": name,
        "level": "look",
        "headline": refrain(said),
        "evidence": f"{counted} {_say_change(row)} {chance} {_(LOOK_MOVES)}",
    }


def _say_change(row: pd.Series) -> str:
    change, low, high = (_signed(row[name]) for name in ("difference", "low", "high"))
    same = row["difference_same_band"]
    # The group and its reference may have started in no band together.
    if pd.isna(same):
        return _(
            "Mean change less the reference's: {change} bands, 95% interval {low} to {high}.",
            change=change, low=low, high=high,
        )  # fmt: skip
    return _(
        "Mean change less the reference's: {change} bands, 95% interval {low} to {high}; {same} "
        "among people who started in the same band.",
        change=change, low=low, high=high, same=_signed(same),
    )  # fmt: skip


def _signed(bands: float) -> str:
    return write_figure(bands, 2, has_sign=True)
