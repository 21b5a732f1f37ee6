"""What happened beside the reviews: check-ins, feedback, rewards, unit measures, earlier cycles."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from calibrate.demo.assignments import pick_other_managers
from calibrate.demo.catalogue import (
    BANDS,
    CUTS,
    ENDS_ON,
    LEVELS,
    STARTS_ON,
    WORK_MODES,
    Floats,
    Ints,
    day,
    read_criteria,
)
from calibrate.demo.company import Company
from calibrate.demo.people_files import pick_id
from calibrate.demo.singled_out import RECENT_FROM, SingledOut, flag
from calibrate.demo.table_file import BLOCK, TableFile, dates, numbers, text
from calibrate.demo.truth import MEAN, Truth

#: Days between check-ins of a manager with each report, and how many managers keep to it.
NEVER = 1000
_CADENCE, _CADENCE_SHARE = (14, 30, 90, NEVER), (0.2, 0.45, 0.25, 0.1)
#: Leaders from this level on are not involved: planted.
_HIGH_UP, _SELDOM = LEVELS.index("L6"), 90
#: People at home get less feedback, as a share of the others: planted.
_REMOTE = 0.5
#: Points of engagement for every halving of the days between check-ins: planted.
_ENGAGEMENT = 1.6
_FEEDBACK = ("praise", "advice", "recognition")
#: Percent of pay by band, before noise.
_MERIT, _BONUS = (0.0, 1.0, 2.5, 4.0, 6.0), (0.0, 3.0, 8.0, 12.0, 18.0)
_PROMOTED = (0.0, 0.01, 0.05, 0.15, 0.30)
#: Earlier cycles and the day each ended.
EARLIER = (("2025-H2", date(2025, 12, 31)), ("2026-H1", date(2026, 6, 30)))
NOW = "2026-H2"
_SAME_MANAGER, _LOWER_LEVEL = 0.85, 0.12
_MEASURES = (("engagement", 72.0, 1.2, 4.0), ("customer satisfaction", 78.0, 0.8, 5.0))
_FEWEST_ASKED = 5


def draw_cadence(rng: np.random.Generator, company: Company) -> Ints:
    """Days between check-ins of each manager; those high up hold them seldom."""
    cadence = rng.choice(_CADENCE, len(company), p=_CADENCE_SHARE)
    return np.where(company.level >= _HIGH_UP, np.maximum(cadence, _SELDOM), cadence)


def write_checkins(
    rng: np.random.Generator, path: Path, ids: Any, company: Company, cadence: Ints,
    singled: SingledOut,
) -> int:  # fmt: skip
    """Write talks of managers with their reports, as often as each manager holds them."""
    start, end = day(STARTS_ON), day(ENDS_ON)
    first = np.maximum(company.hired, start)
    first[singled.only_recent_evidence] = day(RECENT_FROM)
    with TableFile(path) as table:
        for begin in range(0, len(company), BLOCK):
            people = np.arange(max(begin, 1), min(begin + BLOCK, len(company)))
            every = cadence[company.tree.manager[people]]
            count = (end + 1 - start) // every
            employee = np.repeat(people, count)
            nth = np.arange(len(employee)) - np.repeat(np.cumsum(count) - count, count)
            shift = rng.integers(-3, 4, len(employee))
            held = start + nth * np.repeat(every, count) + np.repeat(every, count) // 2 + shift
            last = np.where(company.left >= 0, company.left, end)[employee]
            kept = (held >= first[employee]) & (held <= last)
            table.write({"employee_id": pick_id(ids, employee[kept]), "held_on": dates(held[kept])})
        return table.n_rows


def write_feedback(
    rng: np.random.Generator, path: Path, ids: Any, company: Company, expected: Floats,
    singled: SingledOut,
) -> int:  # fmt: skip
    """Write praise, advice and recognition; people with higher scores get somewhat more."""
    names = ["", *(name for one in read_criteria() for name in one)]
    n_criteria = len(read_criteria()[0])
    start, length = day(STARTS_ON), (ENDS_ON - STARTS_ON).days + 1
    rate = np.where(company.is_rated, 1.2 * np.exp(0.015 * (expected - MEAN)), 0.0)
    rate = np.where(company.work_mode == WORK_MODES.index("remote"), _REMOTE * rate, rate)
    is_recent = flag(singled.only_recent_evidence, len(company))
    with TableFile(path) as table:
        for begin in range(0, len(company), BLOCK):
            people = np.arange(begin, min(begin + BLOCK, len(company)))
            employee = np.repeat(people, rng.poisson(rate[people]))
            n = len(employee)
            about = 1 + company.rubric[employee] * n_criteria + rng.integers(0, n_criteria, n)
            given = start + rng.integers(0, length, n)
            kind = rng.choice(3, n, p=[0.45, 0.30, 0.25])
            about = np.where(rng.random(n) < 0.3, 0, about)
            kept = ~is_recent[employee] | (given >= day(RECENT_FROM))
            table.write(
                {
                    "employee_id": pick_id(ids, employee[kept]),
                    "given_on": dates(given[kept]),
                    "kind": text(_FEEDBACK, kind[kept]),
                    "criterion": text(names, about[kept]),
                }
            )
        return table.n_rows


def write_rewards(
    rng: np.random.Generator, path: Path, ids: Any, company: Company, band: Ints,
    singled: SingledOut,
) -> int:  # fmt: skip
    """Write pay decisions that roughly follow the proposed bands; the middle where none is."""
    people = np.flatnonzero(company.is_rated)
    of = np.where(band[people] >= 0, band[people], BANDS.index("Meets"))
    paid = np.where(np.isin(people, singled.paid_above_band), len(BANDS) - 1, of)
    paid = np.where(np.isin(people, singled.paid_below_band), 0, paid)
    merit = np.maximum(np.array(_MERIT)[paid] + rng.normal(0.0, 0.6, len(people)), 0.0)
    bonus = np.maximum(np.array(_BONUS)[paid] + rng.normal(0.0, 1.5, len(people)), 0.0)
    promoted = rng.random(len(people)) < np.array(_PROMOTED)[of]
    with TableFile(path) as table:
        table.write(
            {
                "employee_id": pick_id(ids, people),
                "merit_percent": numbers(merit, 1),
                "bonus_percent": numbers(bonus, 1),
                "promoted": text(("no", "yes"), promoted.astype(np.int64)),
            }
        )
        return table.n_rows


def write_unit_measures(
    rng: np.random.Generator, path: Path, ids: Any, company: Company, truth: Truth, cadence: Ints
) -> int:
    """Write survey results of each team of five or more, this cycle and before.

    The unit is the manager's id; engagement goes with how often a manager talks.
    """
    units = np.flatnonzero(company.tree.span >= _FEWEST_ASKED)
    n_kinds = len(_MEASURES)
    middle, slope, noise = (np.array([m[k] for m in _MEASURES]) for k in (1, 2, 3))
    held = np.zeros((len(units), n_kinds))
    held[:, 0] = -_ENGAGEMENT * np.log2(cadence[units] / 30)
    kind = np.tile(np.arange(n_kinds), len(units))
    with TableFile(path) as table:
        for name, ended in ((NOW, date(2026, 11, 30)), *reversed(EARLIER)):
            value = middle + slope * truth.unit[units, None] + held
            value = value + rng.normal(0.0, noise, (len(units), n_kinds))
            table.write(
                {
                    "unit": pick_id(ids, np.repeat(units, n_kinds)),
                    "measure": text([m[0] for m in _MEASURES], kind),
                    "value": numbers(np.clip(value, 0.0, 100.0).ravel(), 1),
                    "as_of": dates(np.full(len(kind), day(ended))),
                    "cycle": pa.array([name] * len(kind), pa.string()),
                }
            )
        return table.n_rows


def write_history(
    rng: np.random.Generator, path: Path, ids: Any, company: Company, truth: Truth
) -> int:
    """Write two earlier cycles, each with the manager and level a person had then."""
    with TableFile(path) as table:
        for name, ended in EARLIER:
            people = np.flatnonzero(company.hired <= day(ended) - 90)
            people = people[people > 0]
            manager = _draw_former_managers(rng, company, people)
            level = company.level[people]
            was_lower = (level > 0) & (level < 4) & (rng.random(len(people)) < _LOWER_LEVEL)
            spread = truth.employee.std()
            then = MEAN + truth.unit[manager] + 0.8 * truth.employee[people]
            then += rng.normal(0.0, 0.6 * spread, len(people))
            raw = then - 0.4 * truth.severity[manager] + rng.normal(0.0, 4.0, len(people))
            raw = np.clip(raw, 0.0, 100.0).round(1)
            calibrated = MEAN + 0.8 * (then - MEAN) + rng.normal(0.0, 2.5, len(people))
            table.write(
                {
                    "cycle": pa.array([name] * len(people), pa.string()),
                    "employee_id": pick_id(ids, people),
                    "band": text(BANDS, np.searchsorted(np.array(CUTS), raw, side="right")),
                    "manager_id": pick_id(ids, manager),
                    "level": text(LEVELS, level - was_lower),
                    "raw_score": numbers(raw, 1),
                    "calibrated_score": numbers(np.clip(calibrated, 0.0, 100.0), 1),
                }
            )
        return table.n_rows


def _draw_former_managers(rng: np.random.Generator, company: Company, people: Ints) -> Ints:
    manager = company.tree.manager[people]
    moved = (rng.random(len(people)) >= _SAME_MANAGER) & (company.tree.span[people] == 0)
    other = pick_other_managers(rng, company, people, anywhere=False)
    return np.where(moved & (other >= 0), other, manager)
