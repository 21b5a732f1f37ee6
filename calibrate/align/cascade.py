"""Goals above and below each other: does each one reach an outcome, and by which way?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.language import N_, _
from calibrate.tables import CASCADE, LADDER

IntArray = npt.NDArray[np.int64]
FlagArray = npt.NDArray[np.bool_]

#: From the top down.
KINDS = ("company", "unit", "person")
_REASONS = {
    "orphan": N_("it names no outcome, and no goal above it does"),
    "outcome_ended": N_("its outcome had ended before the goal began, or began after it"),
    "two_outcomes": N_("it names {own}, and the goal above it serves {above}"),
    "upside_down": N_("a goal of {kind} stands above it"),
}
_KIND_WORDS = {"company": N_("the company"), "unit": N_("a unit"), "person": N_("a person")}


@dataclass(frozen=True)
class Forest:
    """Goals as trees; G goals in the order of their ids.

    Parameters
    ----------
    ids : (G,)
    parent : (G,) position of the goal above, -1 for none
    depth : (G,) goals above
    n_below : (G,) goals below, over all steps
    """

    ids: tuple[str, ...]
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
    depth = np.where(parent < 0, 0, -1).astype(np.int64)
    layer = np.flatnonzero(depth < 0)
    while len(layer):
        known = depth[parent[layer]] >= 0
        if not known.any():
            break
        depth[layer[known]] = depth[parent[layer[known]]] + 1
        layer = layer[~known]
    n_below = np.zeros(len(ids), np.int64)
    for level in range(int(depth.max(initial=0)), 0, -1):
        chosen = np.flatnonzero(depth == level)
        np.add.at(n_below, parent[chosen], n_below[chosen] + 1)
    return Forest(tuple(ids), parent, depth, n_below)


def find_reached(forest: Forest, outcome: pd.Series[str]) -> npt.NDArray[np.object_]:
    """Outcome that each goal reaches: its own, else that of the nearest goal above; "" for none.

    Examples
    --------
    >>> forest = build_forest(pd.Series(["a", "b", "c"]), pd.Series(["", "a", ""]))
    >>> find_reached(forest, pd.Series(["grow", "", ""])).tolist()
    ['grow', 'grow', '']
    """
    reached = outcome.to_numpy(dtype=object).copy()
    for level in range(1, int(forest.depth.max(initial=0)) + 1):
        chosen = np.flatnonzero((forest.depth == level) & (reached == ""))
        reached[chosen] = reached[forest.parent[chosen]]
    return reached


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
        Columns goal_id, kind, parent_id and outcome; each goal once.
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
        ``verdict`` is the first that applies: orphan, outcome_ended, two_outcomes,
        upside_down, linked.
    """
    if not len(goals):
        return CASCADE.empty()
    frame = goals.sort_values("goal_id", kind="stable").reset_index(drop=True)
    forest = build_forest(frame["goal_id"], frame["parent_id"])
    own = frame["outcome"].to_numpy(dtype=object)
    reached = find_reached(forest, frame["outcome"])
    has_parent = forest.parent >= 0
    above = np.where(has_parent, reached[forest.parent], "")
    is_other = np.array(
        [bool(o) and bool(a) and a not in _list_above(o, parents)
         for o, a in zip(own, above, strict=True)], bool,
    )  # fmt: skip
    rank = frame["kind"].map({kind: at for at, kind in enumerate(KINDS)}).to_numpy(np.int64)
    is_under = has_parent & (rank < rank[forest.parent])
    has_ended = np.zeros(len(frame), bool) if ended is None else ended
    verdict = np.select(
        [reached == "", has_ended, is_other, is_under],
        ["orphan", "outcome_ended", "two_outcomes", "upside_down"], "linked",
    )  # fmt: skip
    told = dict(titles or {})
    kinds = frame["kind"].to_numpy(dtype=object)
    reason = [
        "" if word == "linked" else _(
            _REASONS[word], own=told.get(o, o), above=told.get(a, a),
            kind=_(_KIND_WORDS[kinds[p]]) if p >= 0 else "",
        )
        for word, o, a, p in zip(verdict.tolist(), own, above, forest.parent.tolist(), strict=True)
    ]  # fmt: skip
    return CASCADE.conform(
        pd.DataFrame(
            {
                "goal_id": frame["goal_id"], "kind": frame["kind"],
                "parent_id": frame["parent_id"], "depth": forest.depth,
                "n_below": forest.n_below, "outcome": reached,
                "reaches": np.select([own != "", reached != ""], ["itself", "above"], "no"),
                "verdict": verdict, "reason": reason,
            }
        )
    )  # fmt: skip


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
