"""What changed in the strategy within a cycle, day by day."""

from __future__ import annotations

from datetime import date
from typing import Any

from calibrate.align.changes import list_outcome_changes
from calibrate.rubric import Strategy

START, END = date(2026, 7, 1), date(2026, 12, 31)


def outcome(name: str, weight: int, **more: Any) -> dict[str, Any]:
    return {"id": name, "title": name.title(), "perspective": "process", "weight": weight, **more}


def build(*outcomes: dict[str, Any]) -> Strategy:
    return Strategy.model_validate({"schema": 1, "id": "s", "outcomes": outcomes})


#: On 1 October b gives 40 to c (20) and d (20); on 1 November e takes over from d.
CHANGING = build(
    outcome("a", 60),
    outcome("b", 40, valid_to=date(2026, 9, 30)),
    outcome("c", 20, valid_from=date(2026, 10, 1), replaces="b"),
    outcome("d", 20, valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 31)),
    outcome("e", 20, valid_from=date(2026, 11, 1)),
)


def test_starts_ends_and_replacements_stand_in_order_of_their_day() -> None:
    rows = list_outcome_changes(CHANGING, START, END)
    columns = ["changed_on", "subject_id", "change", "before", "after"]
    assert rows[columns].to_numpy().tolist() == [
        [date(2026, 10, 1), "c", "replaced", "b, weight 40 %", "c, weight 20 %"],
        [date(2026, 10, 1), "d", "started", "", "weight 20 %"],
        [date(2026, 11, 1), "d", "ended", "weight 20 %", ""],
        [date(2026, 11, 1), "e", "started", "", "weight 20 %"],
    ]
    assert set(rows["subject"]) == {"outcome"}


def test_changes_outside_the_cycle_are_not_told() -> None:
    assert len(list_outcome_changes(CHANGING, START, date(2026, 10, 31))) == 2
    assert len(list_outcome_changes(CHANGING, date(2026, 10, 1), END)) == 2
    assert len(list_outcome_changes(CHANGING, None, None)) == 4


def test_what_begins_with_the_cycle_and_ends_with_it_is_no_change() -> None:
    whole = build(outcome("a", 100, valid_from=START, valid_to=END))
    assert list_outcome_changes(whole, START, END).empty


def test_without_a_strategy_nothing_changes() -> None:
    assert list_outcome_changes(None, START, END).empty
