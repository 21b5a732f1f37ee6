from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrate.effects import Settings, estimate_effects

# 60 + (-15, -5, 5, 15) + (-10, 0, 10) + a residual whose rows and columns sum to zero.
CROSSED = np.array([[37.0, 43, 55], [43, 57, 65], [55, 67, 73], [65, 73, 87]])
I4, J3 = (code.ravel() for code in np.indices((4, 3)))


def _run(employee, rater, points, *, unit=None, source=None, weight=None, **chosen):
    employee, rater = np.asarray(employee), np.asarray(rater)
    n_employees = chosen.pop("n_employees", int(employee.max(initial=-1)) + 1)
    n_raters = chosen.pop("n_raters", int(rater.max(initial=-1)) + 1)
    return estimate_effects(
        employee,
        rater,
        np.zeros_like(employee) if source is None else np.asarray(source),
        np.asarray(points, dtype=float),
        np.ones(len(employee)) if weight is None else np.asarray(weight, dtype=float),
        unit,
        n_employees,
        n_raters,
        Settings(**chosen),
    )


def _run_network(network, **chosen):
    return _run(network.employee, network.rater, network.points, unit=network.unit,
                source=network.source, weight=network.weight, **chosen)  # fmt: skip


def _bytes(effects) -> bytes:
    parts = [vars(effects.employees), vars(effects.raters)]
    arrays = b"".join(np.asarray(a).astype(str).tobytes() for part in parts for a in part.values())
    return arrays + repr((effects.variance, effects.mu, effects.notes)).encode()


# --- three scores -------------------------------------------------------------------------


def test_three_scores_of_a_balanced_table_by_hand() -> None:
    """Severities cancel in a complete table; shrinkage is 1 − MSE/MS = 1 − (16/3)/500."""
    effects = _run(I4, J3, CROSSED.ravel())
    deviation = np.array([-15.0, -5, 5, 15])
    # The optimiser stops at 1e-8 of a log ratio: far below 1e-6 points.
    assert effects.mu == pytest.approx(60)
    assert effects.employees.raw == pytest.approx(60 + deviation)
    assert effects.employees.adjusted == pytest.approx(60 + deviation, abs=1e-6)
    pull = -deviation * (16 / 3) / 500
    assert effects.employees.pull == pytest.approx(pull, abs=1e-6)
    assert effects.employees.calibrated == pytest.approx(60 + deviation + pull, abs=1e-6)
    severity = -np.array([-10, 0, 10]) * (1 - (16 / 3) / 400)
    assert effects.raters.severity == pytest.approx(severity, abs=1e-6)


def test_severe_rater_has_a_positive_severity_and_lifts_the_adjusted_score() -> None:
    keep = ~((I4 == 3) & (J3 == 2))  # person 3 lacks the lenient rater
    effects = _run(I4[keep], J3[keep], CROSSED.ravel()[keep])
    assert effects.raters.severity[0] > 0 > effects.raters.severity[2]
    assert effects.employees.adjusted[3] > effects.employees.raw[3]


def test_interval_of_four_people_is_students_and_stays_on_the_scale() -> None:
    """Four people and their mean leave 3 degrees of freedom: t = 3.182446."""
    effects = _run(I4, J3, CROSSED.ravel(), interval=0.95)
    people = effects.employees
    assert people.high - people.calibrated == pytest.approx(3.182446 * people.se, rel=1e-6)
    assert people.interval_from.tolist() == ["model"] * 4
    top = _run(I4, J3, CROSSED.ravel() + 13, interval=0.999)
    assert top.employees.high[3] == 100
    assert top.employees.low[3] < 100


def test_estimates_outside_the_scale_are_set_to_its_end_and_counted() -> None:
    """Person 0 sees the severest rater alone and would be lifted above 100."""
    rng = np.random.default_rng(0)
    i, j = (code.ravel() for code in np.indices((20, 6)))
    x = np.clip(88 + 0.4 * (i - 10) - 6.0 * (j - 3) + rng.normal(0, 0.5, 120), 0, 100)
    keep = (i != 0) | (j == 5)
    x[(i == 0) & (j == 5)] = 96
    effects = _run(i[keep], j[keep], x[keep])
    assert effects.employees.calibrated[0] == 100
    assert effects.employees.pull[0] == pytest.approx(100 - effects.employees.adjusted[0])
    assert any("outside the scale" in note for note in effects.notes)


def test_source_level_is_taken_out_of_the_adjusted_score() -> None:
    """Source 1 marks 12 higher; persons 0 to 3 have more of it, and no credit for it."""
    rng = np.random.default_rng(2)
    i, j = (code.ravel() for code in np.indices((30, 10)))
    source = np.where(rng.random(300) < np.where(i < 4, 0.9, 0.4), 1, 0)
    x = 40 + 12.0 * source + rng.normal(0, 2, 10)[j] + rng.normal(0, 2, 300)
    effects = _run(i, j, x, source=source)
    assert effects.source_mean[1] - effects.source_mean[0] == pytest.approx(12, abs=1)  # 4 se
    assert np.isnan(effects.source_mean[2:]).all()
    raw_lead = effects.employees.raw[:4].mean() - effects.employees.raw[4:].mean()
    lead = effects.employees.adjusted[:4].mean() - effects.employees.adjusted[4:].mean()
    assert raw_lead > 4 > 1 > abs(lead)


def test_policy_weights_never_enter_the_fit(small) -> None:
    heavy = type(small)(**(vars(small) | {"weight": np.where(small.source == 0, 9.0, 1.0)}))
    one, other = _run_network(small), _run_network(heavy)
    assert one.variance == other.variance
    np.testing.assert_array_equal(one.raters.severity, other.raters.severity)
    assert not np.array_equal(one.employees.raw, other.employees.raw)
    assert other.mu == pytest.approx(
        np.average(other.source_mean[small.source], weights=heavy.weight)
    )


# --- links --------------------------------------------------------------------------------


def test_managers_with_their_own_teams_change_nothing() -> None:
    x = np.array([40.0, 50, 60, 30, 60, 70])
    effects = _run(np.arange(6), np.arange(6) // 3, x)
    people = effects.employees
    assert not effects.fitted
    assert people.link.tolist() == ["unlinked"] * 6
    for score in (people.raw, people.adjusted, people.calibrated):
        assert score.tolist() == x.tolist()
    assert people.pull.tolist() == [0] * 6
    assert np.isnan([people.se, people.low, people.high]).all()
    assert np.isnan([effects.raters.severity, effects.raters.se]).all()
    assert effects.raters.link_strength.tolist() == [0, 0]
    assert effects.variance[0] == ("employee", None, None)
    assert any("look the same" in note for note in effects.notes)


def test_two_raters_for_everybody_leave_a_pooled_interval() -> None:
    """Deviations ± 5 in each of three pairs: s² = 50, se² = 25; 3 comparisons: t = 2.353363."""
    effects = _run(np.repeat(np.arange(3), 2), np.tile([0, 1], 3), [35, 45, 65, 55, 75, 85])
    people = effects.employees
    assert people.link.tolist() == ["unlinked"] * 3
    assert people.se == pytest.approx([5, 5, 5])
    assert people.low == pytest.approx(people.raw - 2.353363 * 5, abs=1e-5)
    assert people.interval_from.tolist() == ["pooled"] * 3
    assert effects.raters.component.tolist() == [0, 0]
    assert any("Read them as rough" in note for note in effects.notes)


def test_unlinked_people_stay_out_of_the_fit_of_the_others(small) -> None:
    alone = small.n_employees, small.n_raters
    both = _run(
        np.append(small.employee, alone[0]), np.append(small.rater, alone[1]),
        np.append(small.points, 99.0), source=np.append(small.source, 1),
        weight=np.append(small.weight, 1.0), unit=np.append(small.unit, 0),
    )  # fmt: skip
    without = _run_network(small)
    assert both.employees.link[-1] == "unlinked"
    assert both.employees.calibrated[-1] == 99
    assert np.isnan(both.employees.unit_effect[-1])
    assert both.variance == without.variance
    np.testing.assert_array_equal(both.employees.calibrated[:-1], without.employees.calibrated)
    assert any("2 separate parts, 1 of them linked" in note for note in both.notes)
    assert any(note.startswith("1 person") for note in both.notes)


def test_one_form_is_weak_and_no_form_is_unrated() -> None:
    keep = (I4 != 3) | (J3 == 0)
    effects = _run(I4[keep], J3[keep], CROSSED.ravel()[keep], n_employees=5, n_raters=4)
    assert effects.employees.link.tolist() == ["linked", "linked", "linked", "weak", "unrated"]
    assert np.isnan(effects.employees.raw[4])
    assert effects.employees.component[4] == -1
    assert effects.raters.component[3] == -1
    assert effects.raters.n_forms.tolist() == [4, 3, 3, 0]


def test_raters_below_min_link_make_their_people_weak(small) -> None:
    strength = _run_network(small).raters.link_strength
    mean = np.array([strength[small.rater[small.employee == i]].mean() for i in range(15)])
    threshold = float(np.sort(mean)[6:8].mean())  # between two of them
    link = _run_network(small, min_link=threshold).employees.link
    assert link.tolist() == ["weak" if m < threshold else "linked" for m in mean]


def test_raters_who_do_not_differ_make_nobody_weak() -> None:
    x = CROSSED - np.array([-10.0, 0, 10])
    effects = _run(I4, J3, x.ravel(), min_link=0.9)
    assert effects.employees.link.tolist() == ["linked"] * 4
    assert effects.raters.severity.tolist() == [0, 0, 0]
    assert not np.signbit(effects.raters.severity).any()
    assert np.isnan(effects.raters.se).all()
    assert effects.raters.link_strength.tolist() == [0, 0, 0]
    assert any("Raters do not differ" in note for note in effects.notes)


def test_people_who_do_not_differ_carry_no_interval() -> None:
    x = CROSSED - np.array([[-15.0], [-5], [5], [15]])
    effects = _run(I4, J3, x.ravel())
    assert effects.employees.calibrated == pytest.approx([60] * 4)
    assert np.isnan(effects.employees.se).all()
    assert any("People do not differ" in note for note in effects.notes)


# --- refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (np.full(12, 75.0), "no residual"),
        (30 + 7.0 * I4 + 3.0 * J3, "no residual"),
    ],
)
def test_marks_without_noise_refuse_the_fit_and_stay_raw(points, reason) -> None:
    effects = _run(I4, J3, points)
    assert not effects.fitted
    assert effects.employees.link.tolist() == ["unlinked"] * 4
    np.testing.assert_array_equal(effects.employees.calibrated, effects.employees.raw)
    assert any(reason in note for note in effects.notes)


def test_equal_marks_have_zero_variance_or_none_and_no_certainty() -> None:
    effects = _run(I4, J3, np.full(12, 75.0))
    assert effects.variance == (("employee", None, None), ("residual", 0.0, None))
    assert np.isnan(effects.employees.se).all()


def test_model_none_leaves_everything_as_marked(small) -> None:
    effects = _run_network(small, model="none")
    people, raters = effects.employees, effects.raters
    np.testing.assert_array_equal(people.calibrated, people.raw)
    assert set(people.link) == {"unlinked"}
    assert np.isnan([people.se, people.low, people.high]).all()
    assert np.isnan([raters.severity, raters.se, raters.link_strength]).all()
    assert effects.variance == ()


def test_no_form_at_all_is_a_result() -> None:
    none = np.zeros(0, dtype=np.int64)
    effects = _run(none, none, none, n_employees=2, n_raters=0)
    assert effects.employees.link.tolist() == ["unrated", "unrated"]
    assert np.isnan(effects.mu)
    assert effects.variance == ()


def test_unit_of_wrong_length_is_a_bug() -> None:
    with pytest.raises(ValueError, match="unit has 1"):
        _run(I4, J3, CROSSED.ravel(), unit=np.zeros(1, dtype=int))


@pytest.mark.parametrize("wrong", [{"interval": 1.0}, {"min_link": 2.0}, {"model": "cubic"}])
def test_settings_out_of_range_are_a_bug(wrong) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)


# --- nothing but the marks matters ----------------------------------------------------------


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_shuffled_rows_give_the_same_bytes(small, seed) -> None:
    order = np.random.default_rng(seed).permutation(len(small.points))
    shuffled = _run(small.employee[order], small.rater[order], small.points[order],
                    unit=small.unit, source=small.source[order],
                    weight=small.weight[order])  # fmt: skip
    assert _bytes(shuffled) == _bytes(_run_network(small))


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_new_numbers_for_people_raters_and_units_change_no_score(small, seed) -> None:
    rng = np.random.default_rng(seed)
    new_i, new_j = rng.permutation(small.n_employees), rng.permutation(small.n_raters)
    unit = np.empty_like(small.unit)
    unit[new_i] = rng.permutation(5)[small.unit]
    renamed = _run(new_i[small.employee], new_j[small.rater], small.points, unit=unit,
                   source=small.source, weight=small.weight)  # fmt: skip
    plain = _run_network(small)
    for name in ("raw", "adjusted", "calibrated", "se", "low", "high", "unit_effect"):
        # Sums in another order: the optimiser may stop 1e-8 elsewhere on a log ratio.
        np.testing.assert_allclose(
            getattr(renamed.employees, name)[new_i], getattr(plain.employees, name), atol=1e-6
        )
    for name in ("severity", "se", "link_strength"):
        np.testing.assert_allclose(
            getattr(renamed.raters, name)[new_j], getattr(plain.raters, name), atol=1e-6
        )


@pytest.mark.parametrize("shift", [-7.0, 3.5])
def test_a_shift_of_all_points_shifts_all_scores(small, shift) -> None:
    assert shift + small.points.min() > 0
    assert shift + small.points.max() < 100
    plain = _run_network(small)
    moved = _run(small.employee, small.rater, small.points + shift, unit=small.unit,
                 source=small.source, weight=small.weight)  # fmt: skip
    for name in ("raw", "adjusted", "calibrated"):
        # Centring leaves rounding of 1e-14 relative; the optimiser stops at 1e-8.
        np.testing.assert_allclose(
            getattr(moved.employees, name), getattr(plain.employees, name) + shift, atol=1e-6
        )
    np.testing.assert_allclose(moved.raters.severity, plain.raters.severity, atol=1e-6)
    np.testing.assert_allclose(moved.employees.se, plain.employees.se, atol=1e-6)


def test_twice_the_same_gives_the_same_bytes(small) -> None:
    assert _bytes(_run_network(small)) == _bytes(_run_network(small))


# --- truth known ----------------------------------------------------------------------------


def test_planted_variances_and_people_are_recovered(inventor) -> None:
    """24 invented companies of 30 teams of 8, four forms a person."""
    truth = {"employee": 36.0, "unit": 25.0, "rater": 36.0, "residual": 25.0}
    found = {term: [] for term in truth}
    ratio, covered = [], []
    for seed in range(24):
        network = inventor(np.random.default_rng([20261121, seed]), 30, 8)
        effects = _run_network(network)
        people = effects.employees
        for term, value, _ in effects.variance:
            if term in found:
                found[term].append(value)
        error = people.calibrated - network.truth
        ratio.append(np.std(error) / np.std(people.raw - network.truth))
        covered.append(np.mean((people.low <= network.truth) & (network.truth <= people.high)))
    for term, values in found.items():
        # REML is close to unbiased here: the mean lies within 3.3 of its standard errors.
        standard_error = np.std(values, ddof=1) / np.sqrt(len(values))
        assert abs(np.mean(values) - truth[term]) < 3.3 * standard_error
    assert np.mean(ratio) < 0.85
    # 24 · 240 people at 0.90: standard error 0.004, wider by what one company shares.
    assert 0.88 < np.mean(covered) < 0.92


def test_without_the_unit_good_teams_look_like_lenient_managers(inventor) -> None:
    """The unit effect is not optional: leaving it out costs accuracy where teams differ."""
    sd = {"employee": 4, "unit": 8, "rater": 5, "residual": 5}
    lost = []
    for seed in range(8):
        network = inventor(np.random.default_rng([5, seed]), 30, 8, n_forms=3, sd=sd)
        with_unit = _run_network(network).employees.calibrated
        without = _run(network.employee, network.rater, network.points, source=network.source,
                       weight=network.weight).employees.calibrated  # fmt: skip
        lost.append(np.std(without - network.truth) - np.std(with_unit - network.truth))
    assert np.mean(lost) > 2 * np.std(lost, ddof=1) / np.sqrt(len(lost))
