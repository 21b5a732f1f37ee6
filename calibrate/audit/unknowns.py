"""What people of unknown group could change: bounds over every possible assignment."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.groups import Grouping
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.policy import PRIMARY_MEASURES, RulePack, name_primary_stage
from calibrate.audit.simulation import Network, build_network
from calibrate.audit.simulation_rule import Comparison, FirstFamily, ratio_of
from calibrate.config import MISSING
from calibrate.language import _, ngettext
from calibrate.tables import UNKNOWNS

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FIGURES = (
    "n_unknown", "n_unknown_counted", "ratio_known", "ratio_lowest", "ratio_highest", "bound",
    "could_change",
)  # fmt: skip
VERDICTS = ("verdict_known", "verdict_lowest", "verdict_highest")


class RatioBounds(NamedTuple):
    """Smallest and largest ratio; None where it does not exist, or has no upper end."""

    lowest: Fraction | None
    highest: Fraction | None


def bound_ratio(x1: int, n1: int, x0: int, n0: int, x: int, n: int) -> RatioBounds:
    r"""Bound a ratio of rates over all ways to give ``n`` unknown people to groups.

    .. math:: \theta_{\min} = \frac{x_1 / (n_1 + n - x)}{(x_0 + x) / (n_0 + x)}, \qquad
              \theta_{\max} = \frac{(x_1 + x) / (n_1 + x)}{x_0 / (n_0 + n - x)}

    A person who is not counted lowers a rate, one who is counted raises it. So
    the ratio is smallest if all of the former are in the group and all of the
    latter in the reference, and largest the other way round. Both put every
    unknown person in one of the two: further groups change nothing.

    Parameters
    ----------
    x1, n1, x0, n0 : people
        Counted and in all, known to be in the group and in the reference.
    x, n : people
        Counted and in all, of unknown group.

    Returns
    -------
    RatioBounds
        ``lowest`` is None where nobody of the reference can be counted,
        ``highest`` where it need not hold anybody who is: there is no upper end.

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, chapter 1.

    Examples
    --------
    12 of 50 against 60 of 150, and 4 unknown, 1 of them counted:

    >>> bound_ratio(12, 50, 60, 150, 1, 4)
    RatioBounds(lowest=Fraction(1812, 3233), highest=Fraction(13, 20))
    """
    return RatioBounds(
        ratio_of(x1, n1 + n - x, x0 + x, n0 + x), ratio_of(x1 + x, n1 + x, x0, n0 + n - x)
    )


def name_bound(bounds: RatioBounds, rules: RulePack) -> str | None:
    """Say where all possible ratios lie: ``inside`` the bounds, ``outside``, or ``either``.

    Examples
    --------
    >>> from calibrate.audit.policy import load_rules
    >>> name_bound(RatioBounds(Fraction(1, 2), Fraction(3, 4)), load_rules("us-2026"))
    'outside'
    """
    if bounds.lowest is None:
        return None
    if bounds.lowest > rules.upper or (bounds.highest is not None and bounds.highest < rules.lower):
        return "outside"
    is_inside = bounds.highest is not None and bounds.highest <= rules.upper
    return "inside" if is_inside and bounds.lowest >= rules.lower else "either"


def build_unknowns(inquiry: Inquiry) -> pd.DataFrame:
    """Bounds of every ratio of a single attribute that somebody has not stated.

    Returns
    -------
    frame as :data:`calibrate.tables.UNKNOWNS`
        No row for attributes that everybody has stated, and none for
        intersections, where one of two attributes may be known.
    """
    ends = _Ends(inquiry)
    rows = [
        row | ends.judge(row)
        for grouping in inquiry.groupings
        if "*" not in grouping.attribute and not grouping.is_known.all()
        for stage, measure, inside, counted in _list_outcomes(inquiry)
        for row in _bound_groups(inquiry, grouping, inside, counted, stage, measure)
    ]
    return UNKNOWNS.conform(pd.DataFrame(rows, columns=UNKNOWNS.names))


def _list_outcomes(inquiry: Inquiry) -> Iterator[tuple[str, str, BoolArray, BoolArray]]:
    """Stage and measure, the (I,) people it is about, and those it counts."""
    population, favourable = inquiry.population, sorted(inquiry.settings.favourable)
    for stage in population.stages:
        band = population.bands[stage]
        yield stage, "selection_rate", band >= 0, np.isin(band, favourable)
        for position, label in enumerate(population.band_labels[1:], start=1):
            yield stage, f"at_or_above:{label}", band >= 0, band >= position
        yield stage, "lowest_band", band >= 0, band == 0
        if stage in population.scores and (population.scores[stage] != MISSING).any():
            score = population.scores[stage]
            has_score = score != MISSING
            middle = np.sort(score[has_score])[[(has_score.sum() - 1) // 2, has_score.sum() // 2]]
            yield stage, "scoring_rate", has_score, has_score & (2 * score > middle.sum())


def _bound_groups(
    inquiry: Inquiry, grouping: Grouping, inside: BoolArray, counted: BoolArray, stage: str,
    measure: str,
) -> Iterator[dict[str, object]]:  # fmt: skip
    """Rows of the known groups beside their reference."""
    group, size = inquiry.group_of(grouping), len(grouping.labels)
    n = np.bincount(group[inside], minlength=size).tolist()
    x = np.bincount(group[inside & counted], minlength=size).tolist()
    unknown, r = int(np.flatnonzero(~grouping.is_known)[0]), grouping.reference
    hidden = grouping.find_hidden(np.array(n), inquiry.settings.min_cell)
    # That nobody is unknown may be told only where the unknown are shown.
    is_told = not (len(grouping.withheld) and grouping.withheld[unknown])
    if r < 0 or (n[unknown] == 0 and is_told):
        return
    for g in np.flatnonzero(grouping.is_known).tolist():
        if g == r:
            continue
        named = {
            "stage": stage, "measure": measure, "attribute": grouping.attribute,
            "group": grouping.labels[g], "reference": grouping.reference_label,
            "suppressed": bool(hidden[[g, r, unknown]].any()),
        }  # fmt: skip
        if named["suppressed"]:
            yield named | dict.fromkeys(FIGURES)
            continue
        bounds = bound_ratio(x[g], n[g], x[r], n[r], x[unknown], n[unknown])
        known = ratio_of(x[g], n[g], x[r], n[r])
        yield named | {
            "n_unknown": n[unknown],
            "n_unknown_counted": x[unknown],
            "ratio_known": None if known is None else float(known),
            "ratio_lowest": None if bounds.lowest is None else float(bounds.lowest),
            "ratio_highest": None if bounds.highest is None else float(bounds.highest),
            "bound": name_bound(bounds, inquiry.settings.rules),
            "could_change": None,
        }


class _Ends:
    """The verdict at both ends of a ratio, by the rule of the audit on such people."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.stage = name_primary_stage(inquiry.population.stages)
        named = build_network(
            inquiry.population, inquiry.groupings, inquiry.codes, inquiry.settings
        )
        self.network: Network | None = None
        if named is not None:
            self.network, self.singles = named.network, named.singles
            now = FirstFamily(self.network.panel, self.network.groups, self.network.counted)
            self.verdicts = now.judge_all()

    def judge(self, row: dict[str, object]) -> dict[str, object]:
        """Verdicts of a row as they are and at both ends; empty outside the primary family."""
        measure = str(row["measure"])
        if row["stage"] != self.stage or measure not in PRIMARY_MEASURES or self.network is None:
            return dict.fromkeys(VERDICTS)
        if row["suppressed"]:
            return dict.fromkeys(VERDICTS, "too_few")
        a = [grouping.attribute for grouping in self.singles].index(str(row["attribute"]))
        g = self.singles[a].labels.index(str(row["group"]))
        line = Comparison(PRIMARY_MEASURES.index(measure), a, g)
        verdicts = [self.verdicts[line], *(self._judge_end(line, up=up) for up in (False, True))]
        return dict(zip(VERDICTS, verdicts, strict=True)) | {"could_change": len(set(verdicts)) > 1}

    def _judge_end(self, line: Comparison, *, up: bool) -> str:
        """Give every unknown person to the side that moves the ratio up, or down."""
        assert self.network is not None
        measure, a, g = line
        grouping, groups = self.singles[a], self.network.groups.copy()
        unknown = ~grouping.is_known[groups[a]]
        to_group = self.network.counted[measure] == up
        groups[a][unknown] = np.where(to_group, g, grouping.reference)[unknown]
        return FirstFamily(self.network.panel, groups, self.network.counted).judge(line)


def note_unknowns(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say for which attributes people are unknown, and for which lines it could matter."""
    judged = table[table["verdict_known"].notna() & ~table["suppressed"]]
    if not len(judged):
        return []
    n_open = int(judged["could_change"].sum())
    if not n_open:
        return [
            _(
                "People who have not stated an attribute could belong to any group: of {total} "
                "lines of the primary family none would read otherwise at either end of what is "
                "possible.",
                total=len(judged),
            )
        ]
    return [
        ngettext(
            "People who have not stated an attribute could belong to any group: of {total} lines "
            "of the primary family {n} would read otherwise at one of the two ends "
            "(audit/tables/unknowns).",
            "People who have not stated an attribute could belong to any group: of {total} lines "
            "of the primary family {n} would read otherwise at one of the two ends "
            "(audit/tables/unknowns).",
            n_open, total=len(judged),
        )
    ]  # fmt: skip
