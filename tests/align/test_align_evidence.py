"""Evidence gaps: what no file could fill is told of nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from calibrate.align.evidence import Known, find_evidence_gaps, find_high

NONE, TWO = np.zeros(4, np.int64), np.full(4, 2)
NO = np.zeros(4, bool)
WHOLE = Known(
    n_forms=np.array([3, 3, 3, 0]), is_high=~NO, n_goals=TWO, n_results=TWO, n_checkins=TWO,
    n_feedback=TWO, n_comments=None, n_dated=TWO + 2, n_recent=TWO, is_new=NO,
)  # fmt: skip


def gaps(**changes: object) -> dict[str, list[bool]]:
    found = find_evidence_gaps(replace(WHOLE, **changes))  # type: ignore[arg-type]
    return {gap: flags.tolist() for gap, flags in found.items() if flags.any()}


def test_people_with_goals_results_check_ins_and_feedback_lack_nothing() -> None:
    assert gaps() == {}


def test_high_without_result_or_feedback_is_unsupported_and_the_unrated_are_not() -> None:
    nothing = {"n_results": NONE, "n_feedback": np.array([0, 1, 0, 0])}
    assert gaps(**nothing, is_high=np.array([True, True, False, True])) == {
        "high_unsupported": [True, False, False, False],
        "no_result": [True, True, True, False],
    }


def test_without_a_file_nobody_lacks_what_it_would_say() -> None:
    assert gaps(n_goals=None, n_results=None, n_checkins=None, n_feedback=None, n_dated=None,
                n_recent=None) == {}  # fmt: skip


def test_a_goals_file_alone_can_leave_a_high_rating_unsupported() -> None:
    found = gaps(n_goals=NONE, n_results=NONE, n_feedback=None)
    assert found["high_unsupported"] == [True, True, True, False]
    assert found["no_goal"] == [True, True, True, False]
    assert "no_result" not in found


def test_one_comment_supports_a_high_rating() -> None:
    comments = np.array([1, 0, 0, 0])
    found = gaps(n_results=NONE, n_goals=None, n_feedback=None, n_comments=comments)
    assert found == {"high_unsupported": [False, True, True, False]}
    alone = gaps(n_results=None, n_goals=None, n_feedback=None, n_comments=comments)
    assert alone == found


def test_one_form_is_a_gap_only_where_most_people_have_more() -> None:
    assert gaps(n_forms=np.array([1, 3, 3, 0]))["one_form"] == [True, False, False, False]
    assert "one_form" not in gaps(n_forms=np.array([1, 1, 3, 0]))


def test_only_recent_needs_two_pieces_all_late_and_somebody_who_was_there() -> None:
    found = gaps(n_dated=np.array([2, 1, 3, 2]), n_recent=np.array([2, 1, 3, 2]),
                 is_new=np.array([False, False, True, False]))  # fmt: skip
    assert found == {"only_recent": [True, False, False, False]}


def test_no_check_in_is_told_of_rated_people() -> None:
    assert gaps(n_checkins=np.array([0, 1, 5, 0])) == {"no_checkin": [True, False, False, False]}


def test_the_upper_bands_are_at_most_two_and_lie_above_the_middle() -> None:
    """Of 5 bands 3 and 4; of 4 bands 2 and 3; of 3 bands 2; of 2 bands 1."""
    for n_bands, lowest in ((5, 3), (4, 2), (3, 2), (2, 1)):
        band = np.arange(n_bands)
        assert find_high(band, band * 0, n_bands).tolist() == [b >= lowest for b in range(n_bands)]


def test_a_raw_score_above_the_last_cut_is_high_whatever_was_proposed() -> None:
    assert find_high(np.array([0]), np.array([4]), 5).tolist() == [True]
