"""Effects have the spreads they were asked to have, and planted figures are exact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from calibrate.demo.catalogue import ATTRIBUTES, SOURCES, read_criteria
from calibrate.demo.generate import DrawnCompany, draw_everything
from calibrate.demo.marks import draw_marks
from calibrate.demo.plant import Planting, read_planting
from calibrate.demo.truth import MEAN, SOURCE_SHIFT, form_means, form_noise
from calibrate.errors import InputError


def plant(folder: Path, text: str) -> Planting:
    path = folder / "plant.yaml"
    path.write_text("schema: 1\n" + text, encoding="utf-8")
    return read_planting(path, is_asked=True)


def draw(planting: Planting, size: int = 4000, seed: int = 11) -> DrawnCompany:
    return draw_everything(np.random.default_rng(seed), size, planting)


def within(values: np.ndarray, sd: float) -> bool:
    """A standard deviation of n normal draws has standard error sd / sqrt(2 n); allow four."""
    return abs(values.std(ddof=1) - sd) < 4 * sd / np.sqrt(2 * len(values))


def variance_of_rounded_mean(form_sd: float, criterion_sd: float) -> float:
    """Variance of the mean of five marks around 50 points, by integrating over the form's noise.

    Given that noise the five are independent: var(E[mark]) + E[var(mark)] / 5.
    """
    at = np.linspace(-6, 6, 2001)
    weight = stats.norm.pdf(at)
    weight /= weight.sum()
    reached = [
        stats.norm.cdf((50 + form_sd * at - 25 * (step - 0.5)) / criterion_sd)
        for step in range(1, 5)
    ]
    mean = 25 * sum(reached)
    square = 25**2 * sum((2 * step - 1) * p for step, p in zip(range(1, 5), reached, strict=True))
    between = (weight * mean**2).sum() - (weight * mean).sum() ** 2
    return float(between + (weight * (square - mean**2)).sum() / 5)


def test_spreads_are_those_of_the_plant_file(tmp_path: Path) -> None:
    drawn = draw(plant(tmp_path, "standard_deviations: {employee: 7, unit: 3, severity: 12}"))
    truth = drawn.truth
    assert within(truth.employee, 7)
    assert within(truth.severity, 12)
    assert within(truth.unit[drawn.company.tree.span > 0], 3)
    assert (truth.unit[drawn.company.tree.span == 0] == 0).all()


def test_a_profile_moves_criteria_and_not_the_score(tmp_path: Path) -> None:
    drawn = draw(plant(tmp_path, ""), 300)
    weights = np.array([list(one.values()) for one in read_criteria()])[drawn.company.rubric]
    assert (weights * drawn.truth.profile).sum(axis=1) == pytest.approx(np.zeros(300), abs=1e-9)


def test_named_and_chosen_severities_are_exactly_what_was_planted(tmp_path: Path) -> None:
    text = "severities: [{rater: E0007, points: 12.5}, {managers: 3, points: -20}]"
    truth = draw(plant(tmp_path, text), 400).truth
    assert truth.severity[6] == 12.5
    assert truth.planted.sum() == 4
    assert sorted(truth.severity[truth.planted].tolist()) == [-20, -20, -20, 12.5]


def test_points_before_noise_are_the_sum_of_the_parts(tmp_path: Path) -> None:
    drawn = draw(plant(tmp_path, ""), 60)
    truth, forms = drawn.truth, drawn.forms
    means = form_means(drawn.company, truth, forms, drawn.groups, drawn.planting)
    for n in range(0, len(forms), 7):
        person, rater, source = (int(x[n]) for x in (forms.employee, forms.rater, forms.source))
        unit = truth.unit[drawn.company.tree.manager[person]]
        severity = 0.0 if SOURCES[source] == "self" else truth.severity[rater]
        total = MEAN + SOURCE_SHIFT[source] + unit + truth.employee[person] - severity
        assert means[n] == pytest.approx(total, abs=1e-12)


def test_a_disparity_moves_forms_of_one_source_on_one_group_and_no_other(tmp_path: Path) -> None:
    text = "disparities: [{attribute: ethnicity, group: asian, source: peer, points: -7}]"
    drawn = draw(plant(tmp_path, text), 500)
    without = form_means(drawn.company, drawn.truth, drawn.forms, drawn.groups, plant(tmp_path, ""))
    with_gap = form_means(drawn.company, drawn.truth, drawn.forms, drawn.groups, drawn.planting)
    asian = list(ATTRIBUTES["ethnicity"]).index("asian")
    is_hit = drawn.groups["ethnicity"][drawn.forms.employee] == asian
    is_hit &= drawn.forms.source == SOURCES.index("peer")
    assert is_hit.sum() > 300
    assert (with_gap - without) == pytest.approx(np.where(is_hit, -7.0, 0.0), abs=1e-12)


def test_noise_of_each_source_is_what_was_asked_for(tmp_path: Path) -> None:
    text = (
        "standard_deviations: {residual: {manager: 6, peer: 12, direct_report: 9, self: 9},"
        " criterion_of_employee: 0, criterion_within_form: 8}"
    )
    drawn = draw(plant(tmp_path, text), 10_000)
    forms, spread = drawn.forms, drawn.planting.plant.standard_deviations
    means = np.full(len(forms), 50.0)  # in the middle, where hardly any mark meets an end
    blocks = draw_marks(
        np.random.default_rng(1), drawn.truth, forms, means,
        form_noise(forms, spread), 8.0,
    )  # fmt: skip
    points = np.concatenate([25.0 * (block.complete - 1) for block in blocks]).mean(axis=1)
    for source, sd in (("manager", 6.0), ("peer", 12.0)):
        found = points[forms.source == SOURCES.index(source)].var(ddof=1)
        # A variance of n draws has relative standard error sqrt(2 / n), about 0.014; allow four.
        assert found == pytest.approx(variance_of_rounded_mean(sd, 8.0), rel=0.06)


def test_people_who_do_not_exist_cannot_be_planted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"severities\[0\]\.rater: 'E9999' is nobody"):
        draw(plant(tmp_path, "severities: [{rater: E9999, points: 5}]"), 50)


def test_more_managers_than_there_are_cannot_be_planted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"severities\[0\]\.managers: 90 managers are asked for"):
        draw(plant(tmp_path, "severities: [{managers: 90, points: 5}]"), 50)


def test_groups_are_drawn_without_regard_to_names() -> None:
    shipped = Path(__file__).resolve().parents[2] / "sample_data" / "plant.yaml"
    one, other = (draw(read_planting(shipped, is_asked=False), 504, seed) for seed in (1, 2))
    assert (one.groups["gender"] != other.groups["gender"]).any()
    counts = [np.bincount(drawn.groups["gender"]).tolist() for drawn in (one, other)]
    assert counts[0] == counts[1]
