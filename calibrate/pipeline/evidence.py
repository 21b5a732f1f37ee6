"""What ratings lack to stand on, as the table of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.evidence import (
    LAST_PART,
    Known,
    choose_unsupported,
    find_evidence_gaps,
    find_high,
)
from calibrate.config import SOURCES
from calibrate.language import _
from calibrate.pipeline.stages import Scored
from calibrate.tables import EVIDENCE_GAPS

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def tabulate_evidence_gaps(scored: Scored, goals: pd.DataFrame) -> pd.DataFrame:
    """One row a person and gap; ``goals`` is the table of the contract."""
    ids = np.array(scored.prepared.employees.ids, dtype=object)
    found = find_evidence_gaps(gather_known(scored, goals))
    blocks = [
        pd.DataFrame({"employee_id": ids[flags], "gap": gap, "detail": _say_gap(scored, gap)})
        for gap, flags in found.items()
        if flags.any()
    ]
    return EVIDENCE_GAPS.conform(pd.concat(blocks)) if blocks else EVIDENCE_GAPS.empty()


def gather_known(scored: Scored, goals: pd.DataFrame) -> Known:
    """Count what is known of each person."""
    prepared, bands = scored.prepared, scored.bands
    n_goals = n_results = None
    if prepared.goals is not None:
        own = goals[goals["kind"] == "person"]
        n_goals = _count(scored, own["employee_id"])
        n_results = _count(scored, own.loc[own["attainment"].notna(), "employee_id"])
    start = find_last_part(prepared.cycle.starts_on, prepared.cycle.ends_on)
    held = {table: _list_dated(scored, table) for table in ("checkins", "feedback")}
    given = [rows for rows in held.values() if rows is not None]
    n_dated = n_recent = None
    if given and start:
        dated = pd.concat(given)
        n_dated = _count(scored, dated["employee_id"])
        n_recent = _count(scored, dated.loc[dated["day"] >= start, "employee_id"])
    checkins, feedback = (
        None if rows is None else _count(scored, rows["employee_id"]) for rows in held.values()
    )
    hired = np.array(prepared.employees.column("hired_on"), dtype=object)
    is_new: BoolArray = (hired >= start) if start else np.zeros(len(hired), dtype=bool)
    return Known(
        scored.effects.employees.n_forms, find_high(bands.current, bands.raw, len(bands.labels)),
        n_goals, n_results, checkins, feedback, _count_comments(scored), n_dated, n_recent,
        is_new.astype(bool),
    )  # fmt: skip


def find_last_part(starts_on: date | None, ends_on: date | None) -> str:
    """First day of the last third of a cycle as ISO text; empty where it has no dates.

    Examples
    --------
    >>> find_last_part(date(2026, 7, 1), date(2026, 12, 31))
    '2026-11-01'
    """
    if starts_on is None or ends_on is None:
        return ""
    n_days = (ends_on - starts_on).days + 1
    return date.fromordinal(ends_on.toordinal() + 1 - int(n_days * LAST_PART)).isoformat()


def _list_dated(scored: Scored, table: str) -> pd.DataFrame | None:
    """Person and day of what happened within the cycle; None without such a file."""
    records, cycle = scored.prepared.records.get(table), scored.prepared.cycle
    if records is None:
        return None
    day = records.frame["held_on" if table == "checkins" else "given_on"]
    within = np.ones(len(day), dtype=bool)
    # ISO dates sort as text.
    if cycle.starts_on is not None:
        within &= (day >= cycle.starts_on.isoformat()).to_numpy(dtype=bool)
    if cycle.ends_on is not None:
        within &= (day <= cycle.ends_on.isoformat()).to_numpy(dtype=bool)
    rows = pd.DataFrame({"employee_id": records.frame["employee_id"], "day": day})
    return rows[within]


def _count(scored: Scored, employee_ids: Iterable[str]) -> IntArray:
    codes = scored.prepared.employees.codes.encode(employee_ids)
    n = np.bincount(codes[codes >= 0], minlength=len(scored.prepared.employees.ids))
    return n.astype(np.int64)


def _say_gap(scored: Scored, gap: str) -> str:
    if gap == "high_unsupported":
        return _say_unsupported(scored)
    words = {
        "one_form": _("a single scored form, where most people have more"),
        "only_recent": _("all check-ins and feedback date from the last third of the cycle"),
        "no_goal": _("no own goal in this cycle"),
        "no_result": _("goals, and none of them has a result yet"),
        "no_checkin": _("no check-in in this cycle"),
    }
    return words[gap]


def _say_unsupported(scored: Scored) -> str:
    """Say what was looked at: a file that was not given cannot support anybody."""
    prepared = scored.prepared
    looked = [
        (prepared.goals is not None, _("goal with a result")),
        ("feedback" in prepared.records, _("feedback")),
        (prepared.comments is not None, _("comment of others")),
    ]
    named = ", ".join(words for is_given, words in looked if is_given)
    return _("rated high, and none of these is on record: {what}", what=named)


def _count_comments(scored: Scored) -> IntArray | None:
    """Comments of each person's forms, the own one apart."""
    prepared = scored.prepared
    if prepared.comments is None:
        return None
    forms = prepared.forms
    chosen = forms.source != SOURCES.index("self")
    n = np.bincount(
        forms.employee[chosen], prepared.comments.n_comments[chosen], len(prepared.employees.ids)
    )
    return n.astype(np.int64)


def list_unsupported(scored: Scored, gaps: pd.DataFrame) -> BoolArray:
    """Whom the agenda asks about because nothing supports a high rating; (I,)."""
    chosen = set(gaps.loc[gaps["gap"] == "high_unsupported", "employee_id"])
    flags = np.array([name in chosen for name in scored.prepared.employees.ids], dtype=bool)
    is_high = find_high(scored.bands.current, scored.bands.raw, len(scored.bands.labels))
    return choose_unsupported(flags, is_high & (scored.effects.employees.n_forms > 0))
