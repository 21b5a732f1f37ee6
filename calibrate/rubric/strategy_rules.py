"""What holds across the outcomes of a strategy: parents, days, weights, KPIs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from calibrate.config import say_known
from calibrate.config.explain import Fault

if TYPE_CHECKING:
    from calibrate.rubric.strategy import Kpi, Outcome

_DAY = timedelta(days=1)


def find_faults(outcomes: Sequence[Outcome]) -> list[Fault]:
    """Every fault across outcomes, in the order of the keys."""
    return [
        *_check_parents(outcomes), *_check_days(outcomes), *_check_replaced(outcomes),
        *_check_kpis(outcomes), *_check_weights(outcomes),
    ]  # fmt: skip


def _check_parents(outcomes: Sequence[Outcome]) -> Iterator[Fault]:
    parents = {outcome.id: outcome.parent for outcome in outcomes}
    told: set[str] = set()
    for i, outcome in enumerate(outcomes):
        path = ("outcomes", i, "parent")
        if outcome.parent is None:
            continue
        if outcome.parent not in parents:
            what = f"'{outcome.parent}' is no outcome"
            yield path, "unknown_parent", what, say_known(outcome.parent, tuple(parents))
            continue
        loop = find_loop(outcome.id, parents)
        if loop and not told & set(loop):
            told |= set(loop)
            shown = " → ".join([*loop, loop[0]])
            yield (
                path,
                "parent_loop",
                f"outcomes serve each other in a circle: {shown}",
                ("remove the parent of one of them"),
            )
        above = outcomes[list(parents).index(outcome.parent)]
        if not loop and not _overlap(outcome, above):
            what = f"'{above.id}' is in force on no day of '{outcome.id}'"
            yield path, "parent_not_in_force", what, "correct valid_from or valid_to of one of them"


def find_loop(start: str, parents: Mapping[str, str | None]) -> list[str]:
    """The circle of parents that ``start`` stands in; empty if it stands in none.

    Examples
    --------
    >>> parents = {"a": "b", "b": "a", "c": "a"}
    >>> find_loop("a", parents), find_loop("c", parents)
    (['a', 'b'], [])
    """
    path = [start]
    node = parents.get(start)
    while node is not None and node not in path:
        path.append(node)
        node = parents.get(node)
    return path if node == start else []


def _overlap(one: Outcome, other: Outcome) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_to or date.max, other.valid_to or date.max)


def _check_days(outcomes: Sequence[Outcome]) -> Iterator[Fault]:
    for i, outcome in enumerate(outcomes):
        first, last = outcome.valid_from, outcome.valid_to
        if first is not None and last is not None and last < first:
            what = f"valid_to {last} is before valid_from {first}"
            yield ("outcomes", i, "valid_to"), "date_order", what, "correct one of the dates"


def _check_replaced(outcomes: Sequence[Outcome]) -> Iterator[Fault]:
    by_id = {outcome.id: outcome for outcome in outcomes}
    for i, outcome in enumerate(outcomes):
        path = ("outcomes", i, "replaces")
        before = by_id.get(outcome.replaces or "")
        if outcome.replaces is None:
            continue
        if outcome.replaces == outcome.id:
            yield path, "replaces_itself", "the outcome replaces itself", "name the one before it"
        elif before is None:
            what = f"'{outcome.replaces}' is no outcome"
            yield path, "unknown_replaced", what, say_known(outcome.replaces, tuple(by_id))
        elif outcome.valid_from is None:
            what = f"it replaces '{before.id}' and does not say from when"
            yield path, "replaced_when", what, "add valid_from"
        elif before.valid_to is None or before.valid_to >= outcome.valid_from:
            what = f"'{before.id}' is still in force on {outcome.valid_from}"
            fix = f"end it before: valid_to: {outcome.valid_from - _DAY}"
            yield path, "replaced_in_force", what, fix


def _check_kpis(outcomes: Sequence[Outcome]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for i, outcome in enumerate(outcomes):
        for k, kpi in enumerate(outcome.kpis):
            path = ("outcomes", i, "kpis", k)
            if kpi.id in seen:
                what = f"'{kpi.id}' is a KPI of '{seen[kpi.id]}' too"
                yield (*path, "id"), "duplicate_id", what, "give each its own id"
            seen.setdefault(kpi.id, outcome.id)
            yield from _check_way(path, kpi)


def _check_way(path: tuple[str | int, ...], kpi: Kpi) -> Iterator[Fault]:
    if kpi.baseline is None or kpi.target is None:
        return
    if kpi.target == kpi.baseline:
        what = f"target equals baseline ({kpi.target:g}): there is no way to go"
        fix = "change one of them; to keep a level, leave baseline out"
        yield (*path, "target"), "target_is_baseline", what, fix
    elif (kpi.target > kpi.baseline) != (kpi.direction == "up"):
        word = "rises" if kpi.target > kpi.baseline else "falls"
        other = "up" if kpi.target > kpi.baseline else "down"
        what = (
            f"direction is {kpi.direction}, and the target {word} from {kpi.baseline:g} to "
            f"{kpi.target:g}"
        )
        fix = f"write direction: {other}, or correct target"
        yield (*path, "direction"), "direction_contradicts", what, fix


def _check_weights(outcomes: Sequence[Outcome]) -> Iterator[Fault]:
    for first, last, total in sum_weights(outcomes):
        if total == 100:
            continue
        what = f"weights sum to {total}"
        if first is not None or last is not None:
            begins = f"from {first}" if first is not None else "up to then"
            ends = f" to {last}" if last is not None else " on"
            what = f"weights in force {begins}{ends} sum to {total}"
        yield ("outcomes",), "weight_sum", what, "they must sum to 100"


def sum_weights(outcomes: Sequence[Outcome]) -> Iterator[tuple[date | None, date | None, int]]:
    """Sum of the weights in force, for each stretch of days on which nothing changes.

    Days before the first outcome and after the last are no part of the strategy.

    Returns
    -------
    Triples (first day, last day, sum); None is open.
    """
    starts = {outcome.valid_from or date.min for outcome in outcomes}
    ends = {outcome.valid_to + _DAY for outcome in outcomes if outcome.valid_to is not None}
    cuts = sorted(starts | ends)
    for at, first in enumerate(cuts):
        in_force = [o for o in outcomes if (o.valid_from or date.min) <= first
                    and first <= (o.valid_to or date.max)]  # fmt: skip
        if not in_force and first in ends and at == len(cuts) - 1:
            continue
        last = cuts[at + 1] - _DAY if at + 1 < len(cuts) else None
        yield first if first > date.min else None, last, sum(o.weight for o in in_force)
    if not cuts:
        yield None, None, 0
