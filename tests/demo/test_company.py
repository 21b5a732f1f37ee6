"""The invented hierarchy has the shape of a company, whatever its size."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.demo.assignments import KINDS, draw_assignments
from calibrate.demo.catalogue import ENDS_ON, STARTS_ON, day
from calibrate.demo.company import LARGEST_SESSION, SPANS, Company, draw_company

SIZES = (12, 13, 16, 26, 47, 240, 5000)


def draw(size: int, seed: int = 1) -> Company:
    return draw_company(np.random.default_rng(seed), size)


@pytest.fixture(scope="module")
def large() -> Company:
    return draw(20_000)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(5))
def test_everybody_reports_upwards_to_one_person_and_nobody_in_a_circle(
    size: int, seed: int
) -> None:
    tree = draw(size, seed).tree
    assert len(tree) == size
    assert (tree.manager == -1).sum() == 1
    # Whoever stands before all own reports cannot be below any of them.
    assert (tree.manager[1:] < np.arange(1, size)).all()
    assert tree.span.sum() == size - 1
    assert sorted(tree.depth_first.tolist()) == list(range(size))


def test_depth_first_order_keeps_every_branch_together() -> None:
    tree = draw(5000).tree
    below = np.ones(len(tree), dtype=int)
    for person in range(len(tree) - 1, 0, -1):
        below[tree.manager[person]] += below[person]
    start = tree.depth_first[tree.manager[1:]]
    here = tree.depth_first[1:]
    assert ((start < here) & (here < start + below[tree.manager[1:]])).all()


def test_reports_of_one_manager_stand_side_by_side(large: Company) -> None:
    tree = large.tree
    for manager in np.flatnonzero(tree.span)[:300].tolist():
        reports = np.flatnonzero(tree.manager == manager)
        first = int(tree.first_report[manager])
        assert reports.tolist() == list(range(first, first + int(tree.span[manager])))


def test_spans_run_from_1_to_15_with_a_median_of_7(large: Company) -> None:
    spans = large.tree.span[large.tree.span > 0]
    assert spans.min() == 1
    assert spans.max() == len(SPANS) == 15
    assert np.median(spans) == 7


def test_levels_of_hierarchy_grow_with_size() -> None:
    depth = [len(draw(size).tree.layers) for size in (12, 240, 20_000)]
    assert depth[0] < depth[1] < depth[2]


@pytest.mark.parametrize("size", SIZES)
def test_sessions_hold_one_department_and_people_enough_for_a_meeting(size: int) -> None:
    company = draw(size)
    for session in range(len(company.session)):
        members = company.session_of == session
        assert 1 <= members.sum() <= LARGEST_SESSION
        assert len(set(company.tree.department[members].tolist())) == 1


def test_only_people_without_reports_are_away_and_each_has_a_reason(large: Company) -> None:
    away = ~large.is_rated
    away[0] = False
    assert large.tree.span[away].max() == 0
    # 1.2 % long leave, 1 % joiners and 0.8 % leavers, counted and not drawn.
    assert away.sum() == 240 + 200 + 160
    assert ((large.present_share > 0) & (large.present_share <= 1)).all()
    assert (large.left[large.left >= 0] <= day(ENDS_ON)).all()
    assert (large.present_share[large.is_rated] < 1).sum() == 500


def test_shares_of_all_managers_of_a_person_sum_to_one(large: Company) -> None:
    rows = draw_assignments(np.random.default_rng(2), large)
    total = np.bincount(rows.employee, weights=rows.share, minlength=len(large))
    assert total[1:] == pytest.approx(np.ones(len(large) - 1), abs=1e-9)
    assert (rows.share > 0).all()
    pairs = rows.employee * len(large) + rows.manager
    assert len(np.unique(pairs)) == len(pairs)
    assert (rows.manager != rows.employee).all()


def test_previous_managers_end_the_day_before_the_line_manager_begins(large: Company) -> None:
    rows = draw_assignments(np.random.default_rng(2), large)
    begins = np.zeros(len(large), dtype=int)
    begins[rows.employee[rows.kind == 0]] = rows.starts[rows.kind == 0]
    previous = rows.kind == KINDS.index("previous")
    ends = rows.ends[previous]
    assert (begins[rows.employee[previous]] == ends + 1).all()
    assert ((day(STARTS_ON) < ends) & (ends < day(ENDS_ON))).all()
    # One in twenty of the people without reports who are rated.
    assert previous.sum() == pytest.approx(
        0.05 * ((large.tree.span == 0) & large.is_rated).sum(), rel=0.05
    )


def test_every_kind_of_manager_occurs(large: Company) -> None:
    rows = draw_assignments(np.random.default_rng(2), large)
    assert set(rows.kind.tolist()) == {0, 1, 2, 3}
