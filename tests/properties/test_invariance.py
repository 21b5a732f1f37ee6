"""What must not change a score: order of rows, names of raters, where a scale starts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibrate.config import load_cycle
from calibrate.pipeline import compute_scores, prepare_cycle
from calibrate.pipeline.tabulate import tabulate_scores
from calibrate.report.files import encode_table
from calibrate.tables import SCORES

CYCLE = """\
schema: 1
cycle: "random"
inputs: {ratings: {file: ratings.csv}}
rubrics: [rubric.yaml]
"""
RUBRIC = """\
schema: 1
id: work
version: 1
title: "Work"
scale: {{lowest: {lowest}, highest: {highest}, step: 1}}
criteria:
  - {{id: work, label: "Work", weight: 100, levels: {{{lowest}: "a"}}}}
"""


def draw_ratings(seed: int) -> pd.DataFrame:
    """Forty people, each marked by four of fifteen raters who differ in severity."""
    rng = np.random.default_rng(seed)
    severity = rng.normal(0, 0.7, 15)
    rows = [
        (f"E{i:02d}", f"R{j:02d}", "peer", "work", int(np.clip(round(mark - severity[j]), 1, 5)))
        for i, mark in enumerate(rng.normal(3, 0.8, 40))
        for j in rng.choice(15, 4, replace=False)
    ]
    return pd.DataFrame(rows, columns=["employee_id", "rater_id", "source", "criterion", "mark"])


def score(folder: Path, ratings: pd.DataFrame, lowest: int = 1) -> pd.DataFrame:
    folder.mkdir(exist_ok=True)
    (folder / "cycle.yaml").write_text(CYCLE)
    (folder / "rubric.yaml").write_text(RUBRIC.format(lowest=lowest, highest=lowest + 4))
    ratings.to_csv(folder / "ratings.csv", index=False)
    return tabulate_scores(compute_scores(prepare_cycle(load_cycle(folder / "cycle.yaml"))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@few
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
def test_shuffled_rows_give_the_same_bytes(folder: Path, seed: int, order: object) -> None:
    ratings = draw_ratings(seed)
    places = list(range(len(ratings)))
    order.shuffle(places)  # type: ignore[attr-defined]
    straight = encode_table(SCORES, score(folder, ratings))
    assert encode_table(SCORES, score(folder, ratings.iloc[places])) == straight


def compare(first: pd.DataFrame, second: pd.DataFrame) -> None:
    # Sums run in another order: agreement to 1e-6 points is far below a printed digit.
    for column in ("raw_score", "adjusted_score", "calibrated_score", "se"):
        assert second[column].to_numpy(float) == pytest.approx(
            first[column].to_numpy(float), abs=1e-6, nan_ok=True
        )
    assert second["suggested_band"].tolist() == first["suggested_band"].tolist()


@few
@given(seed=st.integers(0, 10_000))
def test_renamed_raters_give_the_same_scores(folder: Path, seed: int) -> None:
    ratings = draw_ratings(seed)
    names = ratings["rater_id"].map({f"R{j:02d}": f"Z{(j * 7) % 15:02d}" for j in range(15)})
    compare(score(folder, ratings), score(folder, ratings.assign(rater_id=names)))


@few
@given(seed=st.integers(0, 10_000), lowest=st.integers(-3, 20))
def test_shifted_scale_gives_the_same_scores(folder: Path, seed: int, lowest: int) -> None:
    ratings = draw_ratings(seed)
    shifted = ratings.assign(mark=ratings["mark"] + lowest - 1)
    compare(score(folder, ratings), score(folder, shifted, lowest))
