"""Who marks whom in the invented company."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from calibrate.demo.assignments import draw_assignments
from calibrate.demo.catalogue import DIRECT_REPORT, MANAGER, PEER, SELF
from calibrate.demo.company import Company, draw_company
from calibrate.demo.network import Forms, draw_forms, pick_distinct


@pytest.fixture(scope="module", params=[12, 30, 240, 8000])
def drawn(request: pytest.FixtureRequest) -> tuple[Company, Forms]:
    rng = np.random.default_rng(7)
    company = draw_company(rng, request.param)
    return company, draw_forms(rng, company, draw_assignments(rng, company))


def test_no_form_stands_twice_and_all_are_in_order(drawn: tuple[Company, Forms]) -> None:
    company, forms = drawn
    key = (forms.employee * 4 + forms.source) * len(company) + forms.rater
    assert (np.diff(key) > 0).all()


def test_only_people_who_are_there_mark_and_are_marked(drawn: tuple[Company, Forms]) -> None:
    company, forms = drawn
    assert company.is_rated[forms.employee].all()
    assert company.is_present[forms.rater].all()
    assert ((forms.employee == forms.rater) == (forms.source == SELF)).all()


def test_direct_reports_report_to_the_person_and_peers_do_not(
    drawn: tuple[Company, Forms],
) -> None:
    company, forms = drawn
    manager = company.tree.manager
    employee, rater = forms.employee, forms.rater
    is_report = manager[rater] == employee
    assert is_report[forms.source == DIRECT_REPORT].all()
    assert not is_report[forms.source == PEER].any()
    assert not (manager[employee] == rater)[forms.source == PEER].any()


def test_nobody_marks_the_same_person_as_manager_and_as_peer(
    drawn: tuple[Company, Forms],
) -> None:
    company, forms = drawn
    pair = forms.employee * len(company) + forms.rater
    assert not np.isin(pair[forms.source == MANAGER], pair[forms.source == PEER]).any()


def test_two_in_five_peers_are_from_other_teams_and_one_form_in_twelve_is_missing() -> None:
    rng = np.random.default_rng(3)
    company = draw_company(rng, 8000)
    forms = draw_forms(rng, company, draw_assignments(rng, company))
    is_peer = forms.source == PEER
    manager = company.tree.manager
    outside = manager[forms.employee[is_peer]] != manager[forms.rater[is_peer]]
    # Small teams cannot give three peers, so a few more come from outside than 0.40.
    assert 0.38 < outside.mean() < 0.48
    n_peers = np.bincount(forms.employee[is_peer], minlength=len(company))[company.is_rated]
    # Asked: 3 to 6, on average 4.5; 0.92 of them answer. Standard error about 0.012.
    assert n_peers.mean() == pytest.approx(4.5 * 0.92, abs=0.1)
    by_line = (forms.source == MANAGER) & (manager[forms.employee] == forms.rater)
    # 1.5 % missing of 7,760: standard error 0.14 points.
    assert by_line.sum() / company.is_rated.sum() == pytest.approx(0.985, abs=0.006)


def test_picks_are_different_and_every_pair_is_equally_likely() -> None:
    picked = pick_distinct(np.random.default_rng(5), np.full(20_000, 5), 2)
    assert (picked[:, 0] != picked[:, 1]).all()
    counts = np.bincount(picked[:, 0] * 5 + picked[:, 1], minlength=25)
    ordered = counts[[a * 5 + b for a in range(5) for b in range(5) if a != b]]
    assert ordered.sum() == 20_000
    assert stats.chisquare(ordered).pvalue > 1e-4
