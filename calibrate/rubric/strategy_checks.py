"""Rules that hold between the outcomes of a strategy; every fault names who and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from calibrate.config import say_known
from calibrate.config.explain import Fault
from calibrate.rubric.validity import find_uneven, is_in_force, list_stretches, say_days

if TYPE_CHECKING:
    from calibrate.rubric.strategy import Kpi, Outcome

Outcomes = Sequence["Outcome"]
#: Longest circle that is written out in full.
_MOST_STEPS = 12


def check_weights(outcomes: Outcomes) -> Iterator[Fault]:
    """Yield a fault for each stretch of days whose weights do not sum to 100."""
    if not outcomes:
        yield ("outcomes",), "weight_sum", "weights sum to 0", "they must sum to 100"
    has_dates = len(list_stretches(outcomes)) > 1
    for stretch in find_uneven(outcomes):
        what = f"weights sum to {stretch.total}"
        if has_dates:
            days = say_days(stretch.first, stretch.last)
            what = f"weights in force {days} sum to {stretch.total}"
        yield ("outcomes",), "weight_sum", what, "they must sum to 100"


def check_days(outcomes: Outcomes) -> Iterator[Fault]:
    """Yield a fault for each outcome that ends before it begins."""
    for i, outcome in enumerate(outcomes):
        starts, ends = outcome.valid_from, outcome.valid_to
        if starts is not None and ends is not None and ends < starts:
            what = f"valid_to {ends} is before valid_from {starts}"
            yield ("outcomes", i, "valid_to"), "date_order", what, "correct one of the dates"


def check_replaced(outcomes: Outcomes) -> Iterator[Fault]:
    """Yield a fault where an outcome cannot take the place of the one it names."""
    known = {outcome.id: outcome for outcome in outcomes}
    for i, outcome in enumerate(outcomes):
        path, name = ("outcomes", i, "replaces"), outcome.replaces
        if name is None:
            continue
        if name not in known:
            yield path, "unknown_replaced", f"'{name}' is no outcome", say_known(name, list(known))
        elif name == outcome.id:
            what = f"'{name}' cannot take its own place"
            yield path, "replaces_itself", what, "give the new one an id of its own"
        elif outcome.valid_from is None:
            what = f"'{outcome.id}' replaces '{name}' from no day on"
            yield path, "replaces_without_day", what, "add valid_from"
        else:
            yield from _check_end(path, outcome.valid_from, known[name])


def _check_end(path: tuple[str | int, ...], day: date, old: Outcome) -> Iterator[Fault]:
    if is_in_force(old, day):
        what = f"'{old.id}' is still in force on {day}"
        yield path, "replaces_in_force", what, f"give '{old.id}' a valid_to before that day"
    elif old.valid_from is not None and old.valid_from > day:
        what = f"'{old.id}' begins on {old.valid_from}, after {day}"
        yield path, "replaces_in_force", what, "name the outcome that ended before"


def check_parents(outcomes: Outcomes) -> Iterator[Fault]:
    """Yield a fault for each parent that is unknown, never there together, or in a circle."""
    known = {outcome.id: outcome for outcome in outcomes}
    for i, outcome in enumerate(outcomes):
        path, name = ("outcomes", i, "parent"), outcome.parent
        if name is None:
            continue
        if name not in known:
            yield path, "unknown_parent", f"'{name}' is no outcome", say_known(name, list(known))
        elif not _meet(outcome, known[name]):
            what = f"'{name}' is in force on no day on which '{outcome.id}' is"
            yield path, "parent_not_in_force", what, "name the outcome that is in force then"
    place = {outcome.id: i for i, outcome in enumerate(outcomes)}
    for loop in _find_loops({outcome.id: outcome.parent for outcome in outcomes}):
        first = min(place[name] for name in loop)
        at = loop.index(outcomes[first].id)
        names = [*loop[at:], *loop[:at], outcomes[first].id]
        if len(names) > _MOST_STEPS:
            names = [*names[: _MOST_STEPS - 1], "…", names[-1]]
        what = f"the parents lead back: {' → '.join(names)}"
        fix = "take one of these parents away"
        yield ("outcomes", first, "parent"), "parent_loop", what, fix


def _meet(one: Outcome, other: Outcome) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    return first <= last


def _find_loops(parents: Mapping[str, str | None]) -> Iterator[list[str]]:
    """Each circle once, as the names one after the other."""
    finished: set[str] = set()
    for start in parents:
        way: dict[str, int] = {}
        node: str | None = start
        while node is not None and node in parents and node not in finished and node not in way:
            way[node] = len(way)
            node = parents[node]
        if node is not None and node in way:
            yield list(way)[way[node] :]
        finished |= way.keys()


def check_owners(outcomes: Outcomes) -> Iterator[Fault]:
    """Yield a fault for each owner that is given and blank."""
    for i, outcome in enumerate(outcomes):
        owner = outcome.owner
        if owner is not None and (not owner or owner != owner.strip()):
            what = "the owner is blank" if not owner.strip() else "blanks stand around the owner"
            path = ("outcomes", i, "owner")
            yield path, "blank_owner", what, "write the employee_id, or take the key away"


def check_kpis(outcomes: Outcomes) -> Iterator[Fault]:
    """Yield a fault for each figure that cannot say whether an outcome is reached."""
    seen: dict[str, str] = {}
    for i, outcome in enumerate(outcomes):
        for j, kpi in enumerate(outcome.kpis):
            path = ("outcomes", i, "kpis", j)
            if kpi.id in seen:
                what = f"'{kpi.id}' stands in '{seen[kpi.id]}' already"
                yield (*path, "id"), "duplicate_id", what, "give each figure its own id"
            seen.setdefault(kpi.id, outcome.id)
            yield from _check_way(path, kpi)


def _check_way(path: tuple[str | int, ...], kpi: Kpi) -> Iterator[Fault]:
    baseline, target = kpi.baseline, kpi.target
    if baseline is None or target is None:
        return
    if baseline == target:
        what = f"target equals baseline ({target:g}): no way to go"
        fix = "change one, or leave the KPI out"
        yield (*path, "target"), "target_is_baseline", what, fix
    elif (target > baseline) != (kpi.direction == "up"):
        way = "above" if target > baseline else "below"
        what = f"direction is {kpi.direction}, and target {target:g} is {way} baseline {baseline:g}"
        other = "down" if kpi.direction == "up" else "up"
        fix = f"write direction: {other}, or correct the figures"
        yield (*path, "direction"), "direction_contradicts", what, fix
