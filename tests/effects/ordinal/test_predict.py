"""The ordinal model behind the common entry."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from calibrate.effects import Effects, Settings, estimate_effects
from calibrate.effects.ordinal import predict_ordinal

CUTS = np.array([-3.0, -1.5, 0.0, 1.5])


class Company:
    """30 teams of 6, five forms each, marks 0, 25 … 100 from known logits."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        n = 180
        self.n, self.unit = n, np.arange(n) // 6
        self.employee = np.repeat(np.arange(n), 5)
        others = np.array([rng.permutation(n)[:4] for _ in range(n)])
        self.rater = np.column_stack([n + self.unit, others]).ravel()
        self.source = np.tile([0, 1, 1, 1, 1], n)
        self.leniency = rng.normal(0, 1.4, n + 30)
        self.latent = rng.normal(0, 1.2, n) + rng.normal(0, 0.8, 30)[self.unit]
        eta = self.latent[self.employee] + self.leniency[self.rater] + 0.5 * self.source
        self.mark = np.searchsorted(CUTS, eta + rng.logistic(size=len(eta)))
        self.weight = np.where(self.source == 0, 2.0, 1.0)

    def estimate(self, order: np.ndarray | None = None, **settings: object) -> Effects:
        some = np.arange(len(self.mark)) if order is None else order
        return estimate_effects(
            self.employee[some], self.rater[some], self.source[some], 25.0 * self.mark[some],
            self.weight[some], self.unit, self.n, self.n + 30,
            Settings(**{"model": "ordinal", **settings}),  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.fixture(scope="module")
def company() -> Company:
    return Company(1)


@pytest.fixture(scope="module")
def effects(company: Company) -> Effects:
    return company.estimate()


def test_scores_and_intervals_stay_inside_the_scale(effects: Effects) -> None:
    people = effects.employees
    assert effects.fitted
    assert ((people.calibrated > 0) & (people.calibrated < 100)).all()
    assert ((people.low >= 0) & (people.low < people.calibrated)).all()
    assert ((people.high <= 100) & (people.high > people.calibrated)).all()


def test_adjusted_score_is_the_sum_that_can_be_audited(company: Company, effects: Effects) -> None:
    level = effects.source_mean[company.source] - effects.mu
    term = 25.0 * company.mark + effects.raters.severity[company.rater] - level
    total = np.bincount(company.employee, company.weight * term)
    by_hand = total / np.bincount(company.employee, company.weight)
    assert effects.employees.adjusted == pytest.approx(by_hand)


def test_severities_are_known_again_and_positive_is_harsher(
    company: Company, effects: Effects
) -> None:
    n_forms = np.bincount(company.rater, minlength=company.n + 30)
    busy = n_forms >= 5
    severity = effects.raters.severity
    assert np.corrcoef(severity[busy], -company.leniency[busy])[0, 1] > 0.7
    assert abs(severity[n_forms > 0].mean()) < 1.0


def test_source_means_and_noise_are_in_points(company: Company, effects: Effects) -> None:
    marks = 25.0 * company.mark
    raw = [marks[company.source == s].mean() for s in (0, 1)]
    # The model reproduces the means of sources it was given, up to shrinkage and sampling.
    assert effects.source_mean[:2] == pytest.approx(raw, abs=3.0)
    share = np.bincount(company.source, company.weight) / company.weight.sum()
    assert effects.mu == pytest.approx(share @ effects.source_mean[:2])
    assert (effects.source_residual[:2] > 0).all()


def test_parts_of_a_calibrated_score_add_up(effects: Effects) -> None:
    people = effects.employees
    assert people.pull == pytest.approx(people.calibrated - people.adjusted)
    assert np.isfinite(people.unit_effect).all()
    assert np.corrcoef(people.unit_effect, people.calibrated)[0, 1] > 0.2


def test_variances_are_in_points_squared_and_sum_to_that_of_the_forms(
    company: Company, effects: Effects
) -> None:
    variance = {term: value or 0 for term, value, _ in effects.variance}
    assert list(variance) == ["employee", "unit", "rater", "residual"]
    assert sum(share or 0 for _, _, share in effects.variance) == pytest.approx(1)
    within = np.array([(25.0 * company.mark)[company.source == s].var() for s in (0, 1)])
    share = np.bincount(company.source, company.weight) / company.weight.sum()
    # The variance of 900 forms has an error of 5 %, more since they share people and raters.
    assert sum(variance.values()) == pytest.approx(share @ within, rel=0.15)


def test_links_are_those_of_the_linear_model(company: Company, effects: Effects) -> None:
    linear = company.estimate(model="linear")
    assert effects.employees.component.tolist() == linear.employees.component.tolist()
    assert (effects.employees.link == linear.employees.link).mean() > 0.95


def test_order_of_forms_changes_no_byte(company: Company, effects: Effects) -> None:
    order = np.random.default_rng(0).permutation(len(company.mark))
    again = company.estimate(order)
    assert again.employees.calibrated.tobytes() == effects.employees.calibrated.tobytes()
    assert again.raters.severity.tobytes() == effects.raters.severity.tobytes()


def test_drawn_errors_are_close_to_the_exact_ones(
    company: Company, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_always = partial(predict_ordinal, most_exact=0)
    monkeypatch.setattr("calibrate.effects.estimate.predict_ordinal", drawn_always)
    drawn = company.estimate()
    assert any("drawn at random" in note for note in drawn.notes)
    # 256 draws leave under 1 % of a standard error on average, and few people 3 %.
    ratio = drawn.employees.se / effects.employees.se
    assert ratio.mean() == pytest.approx(1, abs=0.02)
    assert ratio.std() < 0.02
    assert drawn.employees.calibrated == pytest.approx(effects.employees.calibrated, abs=1.0)


def _estimate_marks(marks: np.ndarray) -> Effects:
    i, j = (code.ravel() for code in np.indices(marks.shape))
    return estimate_effects(i, j, 0 * i, marks.ravel().astype(float), np.ones(marks.size), None,
                            *marks.shape, Settings(model="ordinal"))  # fmt: skip


def test_equal_marks_are_refused_with_the_reason() -> None:
    effects = _estimate_marks(np.full((6, 4), 75))
    assert not effects.fitted
    assert any("all marks are the same" in note for note in effects.notes)
    assert effects.employees.calibrated.tolist() == [75] * 6


def test_where_nobody_is_linked_nothing_is_adjusted() -> None:
    employee, rater = np.arange(6), np.array([0, 0, 0, 1, 1, 1])
    effects = estimate_effects(
        employee, rater, 0 * rater, np.array([50.0, 75, 100, 50, 75, 100]), np.ones(6), None, 6, 2,
        Settings(model="ordinal"),
    )  # fmt: skip
    assert not effects.fitted
    assert effects.employees.link.tolist() == ["unlinked"] * 6
