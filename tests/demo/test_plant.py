"""A plant file that is wrong is refused with key path, line and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrate.demo.plant import read_planting
from calibrate.errors import InputError


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "schema: the key is missing"),
        ("schema: 2", "schema"),
        ("schema: 1\nseverity: []", r"severity: unknown key; did you mean 'severities'"),
        ("schema: 1\nseverities: [{points: 5}]", r"severities\[0\]: neither rater nor managers"),
        (
            "schema: 1\nseverities: [{rater: E1, managers: 2, points: 5}]",
            r"severities\[0\]: rater and managers; name a rater's id, or a number",
        ),
        ("schema: 1\nseverities: [{managers: 0, points: 5}]", r"severities\[0\]\.managers"),
        ("schema: 1\nseverities: [{rater: E1, points: 80}]", r"severities\[0\]\.points: 80 points"),
        ("schema: 1\nseverities: [{rater: E1, points: much}]", r"severities\[0\]\.points"),
        (
            "schema: 1\nseverities: [{rater: E1, points: 1}, {rater: E1, points: 2}]",
            r"severities\[1\]: 'E1' again",
        ),
        (
            "schema: 1\ndisparities: [{attribute: gendre, group: x, source: peer, points: 1}]",
            r"disparities\[0\]\.attribute: .*did you mean 'gender'",
        ),
        (
            "schema: 1\ndisparities: [{attribute: gender, group: femal, source: peer, points: 1}]",
            r"disparities\[0\]\.group: .*did you mean 'female'",
        ),
        (
            "schema: 1\ndisparities: [{attribute: gender, group: male, source: self, points: 1}]",
            r"disparities\[0\]\.source: .*allowed: manager, peer, direct_report",
        ),
        (
            "schema: 1\nunserved_outcomes:\n  - {id: A b, title: T, perspective: process}",
            r"row 3: unserved_outcomes\[0\]\.id",
        ),
        (
            "schema: 1\nstandard_deviations: {residual: {manager: 3}}",
            r"standard_deviations\.residual: peer is missing",
        ),
        ("schema: 1\nstandard_deviations: {unit: -1}", r"standard_deviations\.unit: -1 points"),
    ],
)
def test_faults_name_the_key_and_the_way_out(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(text or "severities: []", encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_planting(path, is_asked=True)


def test_the_shipped_file_plants_three_severities_and_one_disparity(sample_data: Path) -> None:
    plant = read_planting(sample_data / "plant.yaml", is_asked=False).plant
    assert [(one.managers, one.points) for one in plant.severities] == [(2, 20), (1, -20)]
    (one,) = plant.disparities
    assert (one.attribute, one.group, one.source, one.points) == (
        "gender", "female", "manager", -10,
    )  # fmt: skip


def test_the_scenario_of_strong_raters_has_the_shares_its_heading_names(sample_data: Path) -> None:
    path = sample_data / "plant-strong-raters.yaml"
    spread = read_planting(path, is_asked=True).plant.standard_deviations
    performance = spread.employee**2 + spread.unit**2
    # The noise of five criteria is averaged within a form.
    noise = spread.residual["peer"] ** 2 + spread.criterion_within_form**2 / 5
    total = performance + spread.severity**2 + noise
    assert 0.53 <= spread.severity**2 / total <= 0.62
    assert 0.21 <= performance / total <= 0.25
