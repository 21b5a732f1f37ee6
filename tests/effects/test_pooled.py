from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.forms import sort_forms
from calibrate.effects.pooled import describe_unfitted, pool_within, pooled_errors


def _forms(employee, points, weight=None, rater=None, source=None):
    n = len(points)
    rater = np.arange(n) if rater is None else np.array(rater)
    source = np.zeros(n, dtype=int) if source is None else np.array(source)
    weight = np.ones(n) if weight is None else np.array(weight)
    return sort_forms(np.array(employee), rater, source, np.array(points, dtype=float), weight,
                      max(employee) + 2, int(rater.max()) + 1)  # fmt: skip


def test_variance_within_people_is_pooled_over_degrees_of_freedom() -> None:
    """(40, 60): 200 on 1; (50, 50, 80): 200 + 200... = 600 on 2; together 800 / 3."""
    within = pool_within(_forms([0, 0, 1, 1, 1, 2], [40, 60, 50, 50, 80, 99]))
    assert within.n_comparisons == 3
    assert within.s2 == pytest.approx(800 / 3)


def test_two_forms_of_one_rater_are_no_second_opinion() -> None:
    within = pool_within(_forms([0, 0], [40, 60], rater=[0, 0], source=[0, 1]))
    assert np.isnan(within.s2)
    assert within.n_comparisons == 0


def test_errors_follow_the_weights() -> None:
    """s² = 200; weights 2 and 1: se² = 200 · 5/9; the person with one rater has none."""
    forms = _forms([0, 0, 1], [40, 60, 70], weight=[2.0, 1.0, 1.0])
    errors = pooled_errors(forms, pool_within(forms))
    assert errors[0] == pytest.approx((200 * 5 / 9) ** 0.5)
    assert np.isnan(errors[1:]).all()


def test_equal_marks_claim_no_certainty() -> None:
    assert np.isnan(pool_within(_forms([0, 0, 1, 1], [50, 50, 70, 70])).s2)


def test_employee_and_residual_come_from_one_way_analysis_of_variance() -> None:
    """Means 40 and 60, each ± 5: MSW = 50, MSB = 400, (400 − 50)/2 = 175."""
    lines, said = describe_unfitted(_forms([0, 0, 1, 1], [35, 45, 55, 65]))
    assert [term for term, _, _ in lines] == ["employee", "residual"]
    assert [value for _, value, _ in lines] == pytest.approx([175, 50], rel=1e-7)  # optimiser
    assert [share for _, _, share in lines] == pytest.approx([7 / 9, 2 / 9], rel=1e-7)
    assert "rater and noise together" in said[0]


def test_one_form_a_person_leaves_the_sample_variance_alone() -> None:
    lines, said = describe_unfitted(_forms([0, 1, 2], [40, 50, 60]))
    assert lines == (("employee", None, None), ("residual", 100.0, None))
    assert "how far a score may be off" in said[0]


def test_a_single_form_has_no_variance() -> None:
    lines, _ = describe_unfitted(_forms([0], [40]))
    assert lines == (("employee", None, None), ("residual", None, None))
