from __future__ import annotations

import numpy as np

from calibrate.effects.what_if import take_out


def test_none_half_and_all_of_a_part_are_taken_out() -> None:
    scores = take_out(np.array([60.0, 50.0]), np.array([8.0, -6.0]))
    assert scores.tolist() == [[60, 56, 52], [50, 53, 56]]


def test_scores_stay_on_the_scale_and_the_first_stays_as_it_is() -> None:
    scores = take_out(np.array([4.0, 97.0]), np.array([10.0, -10.0]))
    assert scores.tolist() == [[4, 0, 0], [97, 100, 100]]


def test_unknown_part_leaves_the_first_score_alone() -> None:
    scores = take_out(np.array([60.0]), np.array([np.nan]))
    assert scores[0, 0] == 60
    assert np.isnan(scores[0, 1:]).all()
