"""Do rewards follow bands? By hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from calibrate.align.rewards import find_outliers, link_rewards

LABELS = ("Low", "Mid", "High")
BAND = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2, -1])
#: Medians 1, 3 and 5.5: the third of Low lies above Mid's, the first of High below it.
MERIT = np.array([0.5, 1.0, 4.0, 2.0, 3.0, 4.0, 2.5, 5.0, 6.0, 7.0, 99.0])
IDS = tuple(f"E{n}" for n in range(11))


def test_rewards_beyond_the_middle_of_the_next_band_are_listed() -> None:
    table = find_outliers(IDS, BAND, LABELS, {"merit_percent": MERIT})
    told = table[["employee_id", "direction", "usual", "neighbour", "difference"]]
    assert [tuple(row) for row in told.itertuples(index=False)] == [
        ("E2", "above", 1.0, 3.0, 3.0), ("E6", "below", 5.5, 3.0, -3.0),
    ]  # fmt: skip


def test_a_band_of_two_has_no_middle_and_the_one_after_it_counts() -> None:
    band = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    merit = np.array([1.0, 1, 6, 3, 3, 5, 5, 5])
    table = find_outliers(IDS[:8], band, LABELS, {"merit_percent": merit})
    # 6 lies above 5, the middle of High; Mid's two have none, and no own to be held against.
    assert table["employee_id"].tolist() == ["E2"]
    assert table["neighbour"].tolist() == [5.0]


def test_the_cost_is_the_distance_to_the_own_middle() -> None:
    outliers = find_outliers(IDS, BAND, LABELS, {"merit_percent": MERIT})
    (row,) = link_rewards(BAND, "raw", {"merit_percent": MERIT}, outliers).to_dict("records")
    assert (row["n"], row["n_above"], row["n_below"]) == (10, 1, 1)
    assert (row["cost_above"], row["cost_below"]) == (3.0, 3.0)
    known = BAND >= 0
    assert row["correlation"] == pytest.approx(spearmanr(BAND[known], MERIT[known]).statistic)
    assert row["verdict"] == "follows"


def test_promotions_have_a_correlation_and_no_outliers() -> None:
    promoted = np.array([0, 0, 0, 0, 0, 1, 0, 1, 1, 1, np.nan])
    table = link_rewards(BAND, "proposed", {"promoted": promoted}, find_outliers(
        IDS, BAND, LABELS, {"promoted": promoted}))  # fmt: skip
    assert table["n_above"].isna().all()
    assert table["stage"].tolist() == ["proposed"]


def test_where_everybody_gets_the_same_nothing_is_told() -> None:
    same = np.full(11, 2.0)
    table = link_rewards(BAND, "raw", {"merit_percent": same}, find_outliers(
        IDS, BAND, LABELS, {"merit_percent": same}))  # fmt: skip
    assert table["verdict"].tolist() == ["not_told"]
