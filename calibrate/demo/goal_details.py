"""What makes goals real: key results, new targets, stale ones, vague ones, orphans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from calibrate.demo.catalogue import Flags, Floats, Ints, day

#: Shares of people's goals with each trait.
OBJECTIVES, CHANGED, ORPHANS, VAGUE = 0.20, 0.04, 0.06, 0.02
NO_UNIT, NO_DUE, LATE_DUE, STALE, NO_EVIDENCE = 0.02, 0.02, 0.02, 0.06, 0.08
#: Target before a change, as a share of the way that it is since.
BEFORE = 1.25
CHANGED_ON: Final = date(2026, 10, 1)
_VAGUE_TITLES = ("Improve things", "Do good work", "Support the team")
#: Key results beside the figure itself: title, unit, baseline, target.
_PARTS = (
    ("Agree the way with the teams concerned", "teams", 0, 3),
    ("Have the result tried by people who use it", "people", 0, 8),
)
_FIGURE = "Move the figure as agreed"
#: One plain goal in so many names another outcome than the goal above it: this one or that.
_CROSSED_EVERY, _CROSSED_TO = 300, ("keep-customers", "reliable-service")


@dataclass(frozen=True)
class Details:
    """Traits of G goals; those of the company and its units have none.

    Parameters
    ----------
    is_objective : its figure is its first key result
    is_changed : another target since October
    is_crossed : names another outcome than the goal above it
    updated_on : days since 1970
    progress : (G, 2) of the key results beside the figure
    """

    is_objective: Flags
    is_changed: Flags
    is_orphan: Flags
    is_vague: Flags
    has_no_unit: Flags
    has_no_due: Flags
    is_due_late: Flags
    has_no_evidence: Flags
    is_crossed: Flags
    updated_on: Ints
    progress: Floats

    def part(self, at: slice | Flags) -> Details:
        """The same for some of the goals."""
        return Details(*(getattr(self, name)[at] for name in self.__dataclass_fields__))


def draw_details(rng: np.random.Generator, holder: Ints) -> Details:
    """Draw the traits of each goal.

    Parameters
    ----------
    holder : (G,) -1 where no single person holds it
    """
    n, own = len(holder), holder >= 0

    def choose(share: float) -> Flags:
        return np.asarray((rng.random(n) < share) & own, bool)

    is_objective, is_changed, is_orphan = (choose(s) for s in (OBJECTIVES, CHANGED, ORPHANS))
    stale = choose(STALE)
    plain = np.flatnonzero(own & ~is_objective & ~is_orphan)
    is_crossed = np.zeros(n, dtype=np.bool_)
    is_crossed[plain[::_CROSSED_EVERY]] = True
    recent = day(date(2026, 11, 1)) + rng.integers(0, 55, n)
    old = day(date(2026, 7, 1)) + rng.integers(0, 40, n)
    return Details(
        is_objective=is_objective,
        is_changed=is_changed & ~is_objective,
        is_orphan=is_orphan,
        is_vague=choose(VAGUE),
        has_no_unit=choose(NO_UNIT) & ~is_objective,
        has_no_due=choose(NO_DUE),
        is_due_late=choose(LATE_DUE),
        has_no_evidence=choose(NO_EVIDENCE),
        is_crossed=is_crossed,
        updated_on=np.where(stale, old, recent),
        progress=np.clip(rng.normal(0.8, 0.3, (n, 2)), 0.0, 1.4),
    )


def apply_details(columns: dict[str, Any], details: Details) -> dict[str, Any]:
    """Change columns of text objects row by row, and add rows for versions and key results.

    Parameters
    ----------
    columns
        Name → (G,) objects; None is a blank cell.
    """
    count = len(details.is_objective)
    blank = np.full(count, None, dtype=object)
    rows = {name: values.copy() for name, values in columns.items()}
    rows |= {name: blank.copy() for name in ("goal_type", "valid_from", "valid_to")}
    rows["updated_on"] = _write_days(details.updated_on)
    rows["title"][details.is_vague] = [
        _VAGUE_TITLES[k % len(_VAGUE_TITLES)] for k in range(int(details.is_vague.sum()))
    ]
    for name in ("parent_id", "outcome"):
        rows[name][details.is_orphan] = None
    to = np.where(rows["outcome"] == _CROSSED_TO[0], _CROSSED_TO[1], _CROSSED_TO[0])
    rows["outcome"] = np.where(details.is_crossed, to, rows["outcome"])
    rows["unit"][details.has_no_unit] = None
    rows["due_on"][details.is_due_late] = "2027-03-31"
    rows["due_on"][details.has_no_due] = None
    rows["evidence"][details.has_no_evidence] = None
    extra = [*_add_versions(rows, details), *_add_key_results(rows, details)]
    if not extra:
        return rows
    names = list(rows)
    return {name: np.concatenate([rows[name], np.array([one[name] for one in extra], object)])
            for name in names}  # fmt: skip


def _write_days(days: Ints) -> Any:
    return days.astype("datetime64[D]").astype(str).astype(object)


def _add_versions(rows: dict[str, Any], details: Details) -> list[dict[str, Any]]:
    """The row as it stands begins in October; another one ends the day before."""
    extra = []
    for at in np.flatnonzero(details.is_changed).tolist():
        start, target = float(rows["baseline"][at]), float(rows["target"][at])
        before = {name: values[at] for name, values in rows.items()}
        way = BEFORE * (target - start)
        before |= {"target": f"{start + way:.0f}", "actual": None, "valid_to": "2026-09-30"}
        rows["valid_from"][at] = CHANGED_ON.isoformat()
        extra.append(before)
    return extra


def _add_key_results(rows: dict[str, Any], details: Details) -> list[dict[str, Any]]:
    """An objective has no figure of its own; its first key result has it."""
    extra = []
    for at in np.flatnonzero(details.is_objective).tolist():
        told = {name: values[at] for name, values in rows.items()}
        name = str(told["goal_id"])
        shared = told | {"goal_type": "key_result", "parent_id": name, "outcome": None}
        extra.append(shared | {"goal_id": f"{name}.1", "title": _FIGURE, "weight": "50"})
        for k, (title, unit, start, target) in enumerate(_PARTS):
            actual = round(start + float(details.progress[at, k]) * (target - start))
            extra.append(
                shared | {
                    "goal_id": f"{name}.{k + 2}", "title": title, "unit": unit,
                    "baseline": str(start), "target": str(target), "actual": str(actual),
                    "weight": "25",
                }
            )  # fmt: skip
        rows["goal_type"][at] = "objective"
        for blank in ("unit", "baseline", "target", "actual"):
            rows[blank][at] = None
    return extra
