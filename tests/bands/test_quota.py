"""Whom a guideline would move if it were a quota."""

import numpy as np
import pytest

from calibrate.bands import find_quota_moves, tabulate_quota
from calibrate.bands.quota import fill_quota

LABELS = ("Low", "Meets", "Top")


def move(
    band: list[int], points: list[float], guideline: dict[str, tuple[float, float]],
    scope: list[str] | None = None,
):  # fmt: skip
    return find_quota_moves(
        np.array(band), np.array(points, float), scope or ["A"] * len(band), LABELS, guideline
    )


def test_too_many_at_the_top_move_down_by_score() -> None:
    # 4 of 20 in the top where 2 may be: the two lowest of them go one band down.
    band, points = [1] * 16 + [2] * 4, [*range(16), 90, 70, 80, 75]
    moves = move(band, points, {"Top": (0.05, 0.10)})
    assert np.flatnonzero(moves.share_moved).tolist() == [17, 19]
    assert moves.to_band[[17, 19]].tolist() == [1, 1]
    # 80 stays: 70 is 10 points away, 75 is 5.
    assert moves.margin[[17, 19]].tolist() == [10.0, 5.0]
    assert not moves.is_tied.any()


def test_too_few_at_the_top_move_up_by_score() -> None:
    moves = move([1] * 20, [float(k) for k in range(20)], {"Top": (0.10, 0.20)})
    assert np.flatnonzero(moves.share_moved).tolist() == [18, 19]
    assert moves.to_band[[18, 19]].tolist() == [2, 2]
    assert moves.margin[[18, 19]].tolist() == [1.0, 2.0]


def test_equal_scores_at_the_cut_are_undecided_and_named() -> None:
    # 4 in the top, 2 may stay: 90 stays, one of the three at 80 too. Two of three move.
    band, points = [1] * 16 + [2] * 4, [*range(16), 90, 80, 80, 80]
    moves = move(band, points, {"Top": (0.05, 0.10)})
    assert np.flatnonzero(moves.is_tied).tolist() == [17, 18, 19]
    assert moves.share_moved[17:] == pytest.approx([2 / 3] * 3)
    assert moves.to_band[17:].tolist() == [1, 1, 1]
    assert moves.margin[17:].tolist() == [0.0, 0.0, 0.0]


def test_a_lower_share_pulls_people_down_as_a_forced_ranking_does() -> None:
    moves = move([1] * 20, [float(k) for k in range(20)], {"Low": (0.10, 0.20)})
    assert np.flatnonzero(moves.share_moved).tolist() == [0, 1]
    assert moves.to_band[:2].tolist() == [0, 0]


def test_within_the_guideline_nobody_moves() -> None:
    moves = move([1] * 18 + [2] * 2, [float(k) for k in range(20)], {"Top": (0.05, 0.10)})
    assert not moves.share_moved.any()
    assert moves.is_ordered.all()


def test_a_band_proposed_against_the_score_is_not_what_the_quota_moves() -> None:
    """The person at the top with the lowest score of all stays if the band is not too full."""
    moves = move([1] * 19 + [2], [float(k) for k in range(19)] + [-5.0], {"Top": (0.0, 0.10)})
    assert not moves.share_moved.any()


def test_scopes_of_fewer_than_ten_are_left_alone() -> None:
    moves = move([2] * 9, [float(k) for k in range(9)], {"Top": (0.0, 0.10)})
    assert not moves.is_ordered.any()
    assert not moves.share_moved.any()


def test_people_without_a_score_or_band_have_no_place_in_the_order() -> None:
    band, points = [2] * 10 + [2, -1], [*map(float, range(10)), np.nan, 50.0]
    moves = move(band, points, {"Top": (0.0, 0.10)})
    assert not moves.is_ordered[10:].any()
    # Of ten with a score one may stay.
    assert moves.share_moved.tolist() == [1.0] * 9 + [0.0] * 3
    assert moves.margin[8] == 1.0


def test_scopes_are_filled_apart() -> None:
    band, points = [2] * 10 + [1] * 10, [float(k) for k in range(20)]
    moves = move(band, points, {"Top": (0.0, 0.20)}, ["A"] * 10 + ["B"] * 10)
    assert moves.share_moved.tolist() == [1.0] * 8 + [0.0] * 12


@pytest.mark.parametrize(
    ("counts", "ranges", "after"),
    [
        # 10 % of 30 is 3 people, though 0.1 * 30 is a little more as a float.
        ([27, 0, 3], [None, None, (0.10, 0.10)], [27, 0, 3]),
        # No whole number of 15 people lies between 11 and 13 %: no limit.
        ([10, 0, 5], [None, None, (0.11, 0.13)], [10, 0, 5]),
        # The excess of the top goes to the next band, which is full as well.
        ([0, 10, 10], [None, (0.0, 0.5), (0.0, 0.1)], [8, 10, 2]),
        # All bands have a range: 10 to 20, 60 to 70, 10 to 20 % of 20.
        ([0, 0, 20], [(0.1, 0.2), (0.6, 0.7), (0.1, 0.2)], [2, 14, 4]),
        ([20, 0, 0], [(0.1, 0.2), (0.6, 0.7), (0.1, 0.2)], [4, 14, 2]),
    ],
)
def test_filled_shares_by_hand(counts: list[int], ranges: list, after: list[int]) -> None:
    assert fill_quota(counts, ranges) == after


def test_shares_that_no_whole_people_fill_move_nobody() -> None:
    # Of 10 people 4 and 4 and at most 1: nine places.
    assert fill_quota([4, 3, 3], [(0.4, 0.4), (0.4, 0.4), (0.0, 0.1)]) == []


def test_without_a_guideline_the_table_is_empty() -> None:
    assert tabulate_quota(None, [], "session", [], LABELS).empty


def test_table_names_people_bands_and_ties() -> None:
    band, points = [1] * 16 + [2] * 4, [*range(16), 90, 70, 80, 80]
    moves = move(band, points, {"Top": (0.05, 0.10)})
    ids = [f"E{k:02d}" for k in range(20)]
    table = tabulate_quota(moves, ids, "session", ["A"] * 20, LABELS)
    assert table["employee_id"].tolist() == ["E17", "E18", "E19"]
    assert table["is_tied"].tolist() == [False, True, True]
    assert table["share_moved"].tolist() == [1.0, 0.5, 0.5]
    assert set(table["from_band"]) == {"Top"}
    assert set(table["to_band"]) == {"Meets"}
