"""Goals above and below each other: does each one reach an outcome, and by which way?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.ingest import find_rows_above
from calibrate.language import N_, _
from calibrate.tables import CASCADE, LADDER

IntArray = npt.NDArray[np.int64]
FlagArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]

#: From the top down.
KINDS = ("company", "unit", "person")
_REASONS = {
    "orphan": N_("it names no outcome, and no goal above it does"),
    "outcome_ended": N_("its outcome was not in force while the goal was"),
    "two_outcomes": N_("it names “{own}”, and the goal above it serves “{above}”"),
    "upside_down": N_("a goal of {kind} stands above it"),
}
_KIND_WORDS = {"company": N_("the company"), "unit": N_("a unit"), "person": N_("a person")}


@dataclass(frozen=True)
class Forest:
    """G goals as trees.

    Parameters
    ----------
    parent : (G,) position of the goal above, -1 for none
    depth : (G,) goals above
    n_below : (G,) goals below, over all steps
    """

    parent: IntArray
    depth: IntArray
    n_below: IntArray


def build_forest(ids: pd.Series[str], parent_ids: pd.Series[str]) -> Forest:
    """Lay out which goal stands above which; one that is not there counts as none.

    Parameters
    ----------
    ids, parent_ids : (G,)
        Each id once; no circles, which reading the goals has refused.

    Examples
    --------
    >>> forest = build_forest(pd.Series(["a", "b", "c"]), pd.Series(["", "a", "b"]))
    >>> forest.depth.tolist(), forest.n_below.tolist()
    ([0, 1, 2], [2, 1, 0])
    """
    place = pd.Series(np.arange(len(ids)), index=ids.to_numpy())
    parent = place.reindex(parent_ids.to_numpy()).fillna(-1).to_numpy(np.int64)
    return lay_out(parent)


def lay_out(parent: IntArray) -> Forest:
    """Count the steps above and the goals below; what runs in a circle hangs on nothing.

    Parameters
    ----------
    parent : (G,) position of the goal above, -1 for none

    Examples
    --------
    >>> lay_out(np.array([-1, 0, 0, 1])).n_below.tolist()
    [3, 1, 0, 0]
    """
    # Doubling the stride takes as many rounds as the depth has binary digits.
    depth, ahead = (parent >= 0).astype(np.int64), parent.copy()
    for _round in range(len(parent).bit_length()):
        on_way = np.flatnonzero(ahead >= 0)
        depth[on_way] += depth[ahead[on_way]]
        ahead[on_way] = ahead[ahead[on_way]]
    in_circle = ahead >= 0
    if in_circle.any():
        return lay_out(np.where(in_circle, -1, parent))
    n_below = np.zeros(len(parent), np.int64)
    order = np.argsort(-depth, kind="stable")
    order = order[parent[order] >= 0]
    for chosen in np.split(order, np.flatnonzero(np.diff(depth[order])) + 1):
        np.add.at(n_below, parent[chosen], n_below[chosen] + 1)
    return Forest(parent, depth, n_below)


def find_reached(forest: Forest, outcome: pd.Series[str]) -> TextArray:
    """Outcome that each goal reaches: its own, else that of the nearest goal above; "" for none.

    Examples
    --------
    >>> forest = build_forest(pd.Series(["a", "b", "c"]), pd.Series(["", "a", ""]))
    >>> find_reached(forest, pd.Series(["grow", "", ""])).tolist()
    ['grow', 'grow', '']
    """
    own = outcome.to_numpy(dtype=object)
    at = np.arange(len(own))
    nearest = np.where((own == "") & (forest.parent >= 0), forest.parent, at)
    for _round in range(int(forest.depth.max(initial=0)).bit_length()):
        nearest = nearest[nearest]
    return own[nearest]


def reach_versions(versions: pd.DataFrame) -> TextArray:
    """Outcome that each version of each goal reaches; "" for none.

    Parameters
    ----------
    versions
        Columns goal_id, parent_id, outcome, valid_from and valid_to: what was in force.

    Examples
    --------
    >>> versions = pd.DataFrame({
    ...     "goal_id": ["A", "A", "b"], "parent_id": ["", "", "A"],
    ...     "outcome": ["grow", "keep", ""], "valid_from": ["", "2026-10-01", ""],
    ...     "valid_to": ["2026-09-30", "", ""]})
    >>> reach_versions(versions).tolist()
    ['grow', 'keep', 'keep']
    """
    return find_reached(lay_out(_find_above(versions)), versions["outcome"])


def find_ended(
    reached: TextArray,
    versions: pd.DataFrame,
    outcome_days: Mapping[str, tuple[date | None, date | None]],
    days: tuple[date, date] | None,
) -> FlagArray:
    """Was the outcome reached in force on no day of the goal within the cycle?

    Parameters
    ----------
    reached : (G,) outcomes, "" for none
    versions
        Columns valid_from and valid_to; "" is open.
    outcome_days
        Outcome → its first and last day; None is open.
    days
        First and last day of the cycle; None where it does not say.

    Examples
    --------
    >>> versions = pd.DataFrame({"valid_from": ["", "2026-10-01"], "valid_to": ["", ""]})
    >>> outcomes = {"grow": (None, date(2026, 9, 30))}
    >>> cycle = (date(2026, 7, 1), date(2026, 12, 31))
    >>> find_ended(np.array(["grow", "grow"], object), versions, outcomes, cycle).tolist()
    [False, True]
    """
    first, last = (str(day) for day in (days or (date.min, date.max)))
    own = [outcome_days.get(outcome, (None, None)) for outcome in reached.tolist()]
    starts = np.array([str(both[0] or first) for both in own], object)
    stops = np.array([str(both[1] or last) for both in own], object)
    begins = versions["valid_from"].mask(versions["valid_from"] == "", first).to_numpy(object)
    ends = versions["valid_to"].mask(versions["valid_to"] == "", last).to_numpy(object)
    begins = np.maximum(np.maximum(begins, starts), first)
    ends = np.minimum(np.minimum(ends, stops), last)
    return np.asarray((begins > ends) & (reached != ""), np.bool_)


def _find_above(goals: pd.DataFrame) -> IntArray:
    open_days = pd.Series("", index=goals.index, dtype=object)
    days = (goals.get(name, open_days) for name in ("valid_from", "valid_to"))
    return find_rows_above(goals["goal_id"], goals["parent_id"], *days)


def trace_goals(
    goals: pd.DataFrame,
    parents: Mapping[str, str],
    ended: FlagArray | None = None,
    titles: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Follow each goal up to an outcome, and say what is odd on the way.

    Parameters
    ----------
    goals
        Columns goal_id, kind, parent_id and outcome, sorted by goal_id; where a goal has
        several versions also valid_from and valid_to, and they stand in this order.
    parents
        Outcome → the outcome above it, "" for none. A goal may serve an outcome that
        serves the one of the goal above.
    ended : (G,)
        Was the outcome in force on no day of the goal?
    titles
        Outcome → title, for the reasons.

    Returns
    -------
    frame as :data:`calibrate.tables.CASCADE`
        The last version of each goal. ``verdict`` is the first that applies: orphan,
        outcome_ended, two_outcomes, upside_down, linked.
    """
    if not len(goals):
        return CASCADE.empty()
    frame = goals.reset_index(drop=True)
    forest = lay_out(_find_above(frame))
    reached = find_reached(forest, frame["outcome"])
    own = frame["outcome"].to_numpy(dtype=object)
    has_parent = forest.parent >= 0
    above = np.where(has_parent, reached[forest.parent], "")
    rank = frame["kind"].map({kind: at for at, kind in enumerate(KINDS)}).to_numpy(np.int64)
    verdict = np.select(
        [reached == "", np.zeros(len(frame), bool) if ended is None else ended,
         _find_contradicted(own, above, parents), has_parent & (rank < rank[forest.parent])],
        ["orphan", "outcome_ended", "two_outcomes", "upside_down"], "linked",
    )  # fmt: skip
    over = np.where(has_parent, frame["kind"].to_numpy(dtype=object)[forest.parent], "")
    traced = frame[["goal_id", "kind", "parent_id"]].assign(
        depth=forest.depth, outcome=reached, verdict=verdict,
        reaches=np.select([own != "", reached != ""], ["itself", "above"], "no"),
        reason=_say_reasons(verdict, own, above, over, titles or {}),
    )  # fmt: skip
    last = traced.drop_duplicates("goal_id", keep="last").reset_index(drop=True)
    n_below = build_forest(last["goal_id"], last["parent_id"]).n_below
    return CASCADE.conform(last.assign(n_below=n_below))


def _find_contradicted(
    own: TextArray, above: TextArray, parents: Mapping[str, str]
) -> FlagArray:  # fmt: skip
    """Is the own outcome another than the one above, and none of those that serve it?"""
    named = pd.DataFrame({"own": own, "above": above})
    pairs = named[(named["own"] != "") & (named["above"] != "")].drop_duplicates()
    wrong = {
        (o, a) for o, a in pairs.itertuples(index=False) if a not in _list_above(o, parents)
    }  # fmt: skip
    return np.array([pair in wrong for pair in zip(own, above, strict=True)], np.bool_)


def _say_reasons(
    verdict: npt.NDArray[np.str_], own: TextArray, above: TextArray, over: TextArray,
    titles: Mapping[str, str],
) -> list[str]:  # fmt: skip
    return [
        "" if word == "linked" else _(
            _REASONS[word], own=titles.get(o, o), above=titles.get(a, a),
            kind=_(_KIND_WORDS[k]) if k else "",
        )
        for word, o, a, k in zip(verdict.tolist(), own, above, over, strict=True)
    ]  # fmt: skip


def _list_above(outcome: str, parents: Mapping[str, str]) -> set[str]:
    """The outcome and all it serves."""
    found: set[str] = set()
    while outcome and outcome not in found:
        found.add(outcome)
        outcome = parents.get(outcome, "")
    return found


def climb_ladder(goals: pd.DataFrame, outcomes: pd.Series[str]) -> pd.DataFrame:
    """Count the goals of each outcome from company to person, and find where the chain breaks.

    Parameters
    ----------
    goals
        Columns goal_id, kind, employee_id, department, reached: goals that count.
    outcomes
        Ids of all outcomes.

    Returns
    -------
    frame as :data:`calibrate.tables.LADDER`
        ``missing`` where the company has goals of a kind and none for this outcome.
    """
    there = [kind for kind in KINDS if (goals["kind"] == kind).any()]
    rows = []
    for outcome in outcomes:
        own = goals[goals["reached"] == outcome]
        for kind in there:
            part = own[own["kind"] == kind]
            rows.append(
                {
                    "outcome": outcome, "kind": kind, "n_goals": part["goal_id"].nunique(),
                    "n_departments": part.loc[part["department"] != "", "department"].nunique(),
                    "n_people": part.loc[part["employee_id"] != "", "employee_id"].nunique(),
                    "verdict": "there" if len(part) else "missing",
                }
            )  # fmt: skip
    return LADDER.conform(pd.DataFrame(rows)) if rows else LADDER.empty()
