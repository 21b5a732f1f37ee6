"""What serves each outcome of the strategy, beside what it weighs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calibrate.language import N_, _
from calibrate.language.figures import write_share
from calibrate.score.results import fill_weights
from calibrate.tables import BALANCE, COVERAGE, COVERAGE_SLICES

PERSPECTIVES = ("financial", "customer", "process", "learning")
#: Service below this part of the weight is thin, above that many times over.
THIN, OVER = 0.5, 2.0
#: Parts of the company with fewer people with goals are left out of the slices.
FEWEST_PEOPLE = 3

_REASONS = {
    "unserved": N_("weight {weight}, and no criterion and no goal serves it"),
    "unserved_goals": N_("weight {weight}, and no goal serves it"),
    "below": N_("weight {weight}; nothing serves it itself, only through {children}"),
    "thin": N_("weight {weight}, {legs}: {why}"),
    "over": N_("weight {weight}, {legs}: more than twice the weight"),
    "served": N_("weight {weight}, {legs}"),
    "weightless": N_("it weighs nothing, and nothing serves it"),
}
#: Why a side is thin, by what serves: nothing, no goal of a person, too little.
_THIN_MARKS = (N_("no criterion serves it"), N_("marks are less than half of the weight"))
_THIN_GOALS = (
    N_("no goal serves it"), N_("no person has a goal for it"),
    N_("goals are less than half of the weight"),
)  # fmt: skip


@dataclass(frozen=True)
class Aim:
    """An outcome as coverage needs it.

    Parameters
    ----------
    weight
        v_o, percent, by days in force.
    parent
        The outcome it serves; "" for none.
    attainment
        Mean of its KPIs; None where none can be told.
    """

    id: str
    title: str
    perspective: str
    weight: float
    parent: str = ""
    owner: str = ""
    attainment: float | None = None


def weigh_goals(goals: pd.DataFrame) -> pd.DataFrame:
    r"""Give each goal its part of everything its holder works on.

    .. math:: p_g = \frac{w_g f_g}{\sum_{h \in holder(g)} w_h f_h}

    Parameters
    ----------
    goals
        Columns kind, employee_id, department, weight (w), in_force (f, share of the cycle)
        and, where it is known, owner: goals that count.

    Returns
    -------
    The same with ``holder`` and ``part``; the parts of a holder sum to 1. A holder is a
    person, a department (a unit without one: its owner) or the company. A blank weight is
    the mean of the holder's others; where all weigh 0, the goals of the holder weigh alike.
    """
    unit = goals["department"]
    if "owner" in goals:
        unit = unit.where(unit != "", "owner:" + goals["owner"].astype(object))
    of_unit = unit.where(goals["kind"] == "unit", "")
    name = goals["employee_id"].where(goals["kind"] == "person", of_unit)
    holder = goals["kind"].astype(str) + ":" + name.astype(str)
    weight = fill_weights(goals["weight"], holder) * goals["in_force"].astype(float)
    total = weight.groupby(holder).transform("sum")
    n = weight.groupby(holder).transform("size")
    part = (weight / total.where(total > 0)).fillna(1.0 / n)
    return goals.assign(holder=holder, part=part)


def share_goals(weighed: pd.DataFrame, outcomes: Sequence[str]) -> pd.Series[float]:
    r"""Share of the goal weight that reaches each outcome, percent.

    .. math:: g_o = \frac{100}{H} \sum_{g :\, o(g) = o} p_g

    Every holder weighs alike: each person, each department, and the company once. What
    the board wants does not hide that nobody works on it. Goals that reach no outcome
    leave a rest.

    Parameters
    ----------
    weighed
        As :func:`weigh_goals` gives it, with ``reached``; H holders.

    Examples
    --------
    >>> weighed = pd.DataFrame({"holder": ["a", "a", "b"], "reached": ["x", "y", ""],
    ...                         "part": [0.75, 0.25, 1.0]})
    >>> share_goals(weighed, ["x", "y"]).tolist()
    [37.5, 12.5]
    """
    sums = weighed.groupby("reached")["part"].sum()
    n_holders = max(weighed["holder"].nunique(), 1)
    return sums.reindex(list(outcomes)).fillna(0.0).astype(float) * (100.0 / n_holders)


def cover_outcomes(
    aims: Sequence[Aim],
    criteria: Mapping[str, float],
    n_criteria: Mapping[str, int],
    weighed: pd.DataFrame,
) -> pd.DataFrame:
    r"""Hold what serves each outcome against its weight.

    .. math:: r = share / v_o \text{ for marks and for goals}

    ``unserved``: no criterion and no goal. ``thin``: marks or goals below half of the
    weight. ``over``: their mean above twice the weight. Else ``served``. Where the company
    has no goals, or no criterion names an outcome, that side is not asked for.

    Parameters
    ----------
    aims
        Outcomes in force in the cycle.
    criteria
        Outcome → c_o, percent: mean over rated people of Σ_k w_k s_ko.
    n_criteria
        Outcome → criteria that serve it.
    weighed
        Goals that count, as :func:`weigh_goals` gives them, with ``reached``; may be empty.

    Returns
    -------
    frame as :data:`calibrate.tables.COVERAGE`
    """
    if not aims:
        return COVERAGE.empty()
    ids = [aim.id for aim in aims]
    own = weighed[weighed["kind"] == "person"]
    goal_weight = share_goals(weighed, ids)
    people_share = share_goals(own, ids)
    has_marks, has_goals = any(criteria.values()), len(weighed) > 0
    rows = []
    for aim in aims:
        part = weighed[weighed["reached"] == aim.id]
        rows.append(
            {
                "outcome": aim.id, "title": aim.title, "perspective": aim.perspective,
                "parent": aim.parent, "owner": aim.owner, "weight": aim.weight,
                "criteria_weight": criteria.get(aim.id, 0.0) if has_marks else np.nan,
                "goal_weight": goal_weight[aim.id] if has_goals else np.nan,
                "people_share": people_share[aim.id] if len(own) else np.nan,
                "n_criteria": n_criteria.get(aim.id, 0),
                "n_goals": part["goal_id"].nunique(),
                "n_people": part.loc[part["kind"] == "person", "employee_id"].nunique(),
                "attainment": np.nan if aim.attainment is None else aim.attainment,
                "goal_attainment": _average(part),
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    verdicts = _judge_all(frame, aims)
    return COVERAGE.conform(
        frame.assign(
            verdict=[verdict for verdict, _reason in verdicts],
            reason=[reason for _verdict, reason in verdicts],
        )
    )


def _average(part: pd.DataFrame) -> float:
    known = part[part["attainment"].notna()]
    weight = known["part"].to_numpy(float)
    if not len(known) or not weight.sum() > 0:
        return float("nan")
    return float((weight * known["attainment"].to_numpy(float)).sum() / weight.sum())


def judge_service(weight: float, legs: Sequence[float]) -> str:
    """Say how well a weight is served by shares in the same unit, one for each side there is.

    Examples
    --------
    >>> judge_service(20, [15, 12]), judge_service(20, [15, 0]), judge_service(20, [0, 0])
    ('served', 'thin', 'unserved')
    >>> judge_service(10, [25, 30]), judge_service(0, [5]), judge_service(0, [0])
    ('over', 'over', 'served')
    """
    if not weight > 0:
        return "over" if sum(legs) > 0 else "served"
    ratios = [leg / weight for leg in legs]
    # Shares are sums of fractions: the last digit decides about nobody.
    if not any(leg > 1e-9 for leg in legs):
        return "unserved"
    if min(ratios) < THIN - 1e-9:
        return "thin"
    return "over" if sum(ratios) / len(ratios) > OVER + 1e-9 else "served"


def _judge_all(frame: pd.DataFrame, aims: Sequence[Aim]) -> list[tuple[str, str]]:
    told: dict[str, tuple[str, list[float]]] = {}
    for row in frame.to_dict("records"):
        legs = [float(row[k]) for k in ("criteria_weight", "goal_weight") if not pd.isna(row[k])]
        told[str(row["outcome"])] = (judge_service(float(row["weight"]), legs or [0.0]), legs)
    found = []
    for row in frame.to_dict("records"):
        verdict, _legs = told[str(row["outcome"])]
        children = [
            aim.title for aim in aims
            if aim.parent == row["outcome"] and told[aim.id][0] != "unserved"
        ]  # fmt: skip
        key = verdict
        if verdict == "unserved" and children:
            verdict, key = "thin", "below"
        elif verdict == "unserved" and pd.isna(row["criteria_weight"]):
            key = "unserved_goals"
        elif verdict == "served" and not row["weight"]:
            key = "weightless"
        found.append((verdict, _say_reason(key, row, children)))
    return found


def _say_reason(key: str, row: Mapping[Hashable, Any], children: Sequence[str]) -> str:
    legs = []
    if not pd.isna(row["criteria_weight"]):
        legs.append(_("marks {share}", share=_write(row["criteria_weight"])))
    if not pd.isna(row["goal_weight"]):
        legs.append(_("goals {share}", share=_write(row["goal_weight"])))
    return _(
        _REASONS[key], weight=_write(row["weight"]), legs=", ".join(legs),
        children=", ".join(f"“{child}”" for child in children), why=_say_thin(row),
    )  # fmt: skip


def _say_thin(row: Mapping[Hashable, Any]) -> str:
    """Which side of an outcome is thin, marks or goals."""
    least, why = THIN * float(row["weight"]) - 1e-9, []
    if not pd.isna(row["criteria_weight"]) and row["criteria_weight"] < least:
        why.append(_(_THIN_MARKS[int(row["criteria_weight"] > 0)]))
    if not pd.isna(row["goal_weight"]) and row["goal_weight"] < least:
        why.append(_(_THIN_GOALS[int(row["n_goals"] > 0) + int(row["n_people"] > 0)]))
    return "; ".join(why)


def _write(percent: object) -> str:
    return write_share(float(str(percent)) / 100)


def balance_perspectives(coverage: pd.DataFrame) -> pd.DataFrame:
    """Add the outcomes of each perspective up, and judge the sums by the same rule.

    Returns
    -------
    frame as :data:`calibrate.tables.BALANCE`
        A perspective without an outcome is ``absent``.
    """
    if not len(coverage):
        return BALANCE.empty()
    rows = []
    for perspective in PERSPECTIVES:
        own = coverage[coverage["perspective"] == perspective]
        sums = {
            name: own[name].astype(float).sum(min_count=1)
            for name in ("weight", "criteria_weight", "goal_weight", "people_share")
        }
        legs = [
            sums[name] for name in ("criteria_weight", "goal_weight") if not pd.isna(sums[name])
        ]
        known = own[own["attainment"].notna() & (own["weight"] > 0)]
        weight = known["weight"].astype(float)
        reached = (
            (weight * known["attainment"].astype(float)).sum() / weight.sum()
            if len(known) else np.nan
        )  # fmt: skip
        rows.append(
            {
                "perspective": perspective, "n_outcomes": len(own),
                **sums, "weight": float(own["weight"].sum()),
                "n_goals": int(own["n_goals"].sum()), "attainment": reached,
                "verdict": judge_service(float(own["weight"].sum()), legs or [0.0]) if len(own)
                else "absent",
            }
        )  # fmt: skip
    return BALANCE.conform(pd.DataFrame(rows))


def slice_coverage(
    weighed: pd.DataFrame, slices: Mapping[str, pd.Series[str]], aims: Sequence[Aim]
) -> pd.DataFrame:
    """Count people's own goals by outcome for each part of the company.

    Parameters
    ----------
    weighed
        As :func:`weigh_goals` gives it, with ``reached``.
    slices
        department, location, work_mode or team → value of each employee, by employee_id.

    Returns
    -------
    frame as :data:`calibrate.tables.COVERAGE_SLICES`
        One row for each outcome, and one without: goals that reach none.
    """
    own = weighed[weighed["kind"] == "person"]
    weights = {aim.id: aim.weight for aim in aims} | {"": np.nan}
    blocks = []
    for name, values in slices.items():
        value = own["employee_id"].map(values).fillna("")
        frame = own.assign(value=value)[value.to_numpy() != ""]
        n_people = frame.groupby("value")["employee_id"].nunique()
        n_people = n_people[n_people >= FEWEST_PEOPLE]
        frame = frame[frame["value"].isin(n_people.index)]
        if not len(frame):
            continue
        index = pd.MultiIndex.from_product(
            [n_people.index, list(weights)], names=["value", "reached"]
        )
        grouped = frame.groupby(["value", "reached"])
        block = pd.DataFrame(
            {
                "n_serving": grouped["employee_id"].nunique().reindex(index).fillna(0),
                "n_goals": grouped["goal_id"].nunique().reindex(index).fillna(0),
                "part": grouped["part"].sum().reindex(index).fillna(0.0),
            }
        ).reset_index()
        count = block["value"].map(n_people).astype(float)
        blocks.append(
            block.assign(
                slice=name,
                n_people=count,
                goal_weight=100 * block["part"] / count,
                weight=block["reached"].map(weights),
            ).rename(columns={"reached": "outcome"})
        )
    if not blocks:
        return COVERAGE_SLICES.empty()
    return COVERAGE_SLICES.conform(pd.concat(blocks, ignore_index=True)[COVERAGE_SLICES.names])
