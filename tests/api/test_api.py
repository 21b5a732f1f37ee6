"""Cycles from frames: the same figures as from files, the same refusals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import calibrate
from calibrate.errors import InputError

RUBRIC = """\
schema: 1
id: small
version: 1
title: "Small"
scale: {lowest: 1, highest: 5, step: 1}
criteria:
  - {id: clarity, label: "Clarity", weight: 60}
  - {id: delivery, label: "Delivery", weight: 40}
"""


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(RUBRIC, encoding="utf-8")
    return path


def make_ratings(**changed: object) -> pd.DataFrame:
    columns = {
        "employee_id": ["007", "007"],
        "rater_id": ["001", "001"],
        "source": ["peer", "peer"],
        "criterion": ["clarity", "delivery"],
        "mark": [5.0, 3.0],
    }
    return pd.DataFrame(columns | changed)


def test_a_score_from_frames_is_the_weighted_mean_of_points(rubric: Path) -> None:
    cycle = calibrate.make_cycle("c", ratings=make_ratings(), rubrics=[rubric])
    scores = calibrate.calculate(cycle)["scores"]
    # 0.6 * 100 + 0.4 * 50
    assert scores.loc[0, ["employee_id", "raw_score"]].tolist() == ["007", 80.0]


def test_a_missing_mark_is_a_blank_cell(rubric: Path) -> None:
    cycle = calibrate.make_cycle("c", ratings=make_ratings(mark=[5, None]), rubrics=[rubric])
    # The rubric has no words at its marks; the blank cell is no problem.
    assert calibrate.check(cycle)["rule"].tolist() == ["rubric_review"]
    assert calibrate.calculate(cycle)["scores"].loc[0, "raw_score"] == 100.0


def test_numbers_beside_words_are_read_as_they_are_printed(rubric: Path) -> None:
    scale = {"version": 1, "marks": {"good": 5, "3": 3}}
    cycle = calibrate.make_cycle(
        "c", ratings=make_ratings(mark=pd.Series(["good", 3], dtype=object)), rubrics=[rubric],
        settings={"scales": {"words": scale}, "inputs": {"ratings": {"scale": "words"}}},
    )  # fmt: skip
    assert calibrate.calculate(cycle)["scores"].loc[0, "raw_score"] == 80.0


def test_two_files_of_one_name_stay_two(rubric: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "small.yaml"
    other.parent.mkdir()
    other.write_text(RUBRIC.replace("id: small", "id: other", 1), encoding="utf-8")
    cycle = calibrate.make_cycle("c", ratings=make_ratings(), rubrics=[rubric, other])
    assert cycle.rubrics == ("small.yaml", "2-small.yaml")


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"settings": {"sede": 7}}, "unknown_key"),
        ({"salaries": pd.DataFrame({"a": [1]})}, "unknown_table"),
        ({"rubrics": ["none.yaml"]}, "missing_file"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_rule(
    rubric: Path, changed: dict[str, object], rule: str
) -> None:
    given: dict[str, object] = {"ratings": make_ratings(), "rubrics": [rubric]} | changed
    with pytest.raises(InputError) as caught:
        calibrate.make_cycle("c", **given)  # type: ignore[arg-type]
    assert [problem.rule for problem in caught.value.problems] == [rule]


def test_an_attribute_among_the_employees_is_refused(rubric: Path) -> None:
    employees = pd.DataFrame({"employee_id": ["007"], "gender": ["f"]})
    cycle = calibrate.make_cycle("c", ratings=make_ratings(), rubrics=[rubric], employees=employees)
    assert calibrate.check(cycle)["rule"].tolist() == ["attribute_column"]


def test_a_run_from_frames_is_the_run_of_the_same_frames(rubric: Path, tmp_path: Path) -> None:
    runs = [
        calibrate.run(
            calibrate.make_cycle("c", ratings=make_ratings(), rubrics=[rubric]),
            tmp_path / "out", only="audit",
        )
        for _ in range(2)
    ]  # fmt: skip
    assert runs[0].folder == runs[1].folder
    assert runs[1].result.is_repeated
    assert runs[0].table("scores")["employee_id"].tolist() == ["007"]
    with pytest.raises(KeyError, match="there are: activity"):
        runs[0].table("../manifest")


def test_a_refused_cycle_leaves_no_copies_behind(
    tmp_path: Path, rubric: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with pytest.raises(InputError, match="seed"):
        calibrate.make_cycle("c", ratings=make_ratings(), rubrics=[rubric], settings={"seed": -1})
    assert list(folder.iterdir()) == []
