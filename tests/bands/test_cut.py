import numpy as np
import pytest

from calibrate.bands import assign_bands, band_probabilities, cut_bands

CUTS = (30_000_000, 45_000_000, 65_000_000, 85_000_000)
LABELS = ("Below", "Developing", "Meets", "Exceeds", "Outstanding")


def test_score_on_a_cut_belongs_above_it() -> None:
    assert cut_bands(np.array([29.999999, 30, 45, 85, 100]), CUTS).tolist() == [0, 1, 2, 4, 4]


def test_float_noise_below_a_cut_does_not_decide() -> None:
    noisy = np.array([0.1 + 0.2]) * 100  # 30.000000000000004
    below = np.array([65 - 1e-9])
    assert cut_bands(noisy, CUTS).tolist() == [1]
    assert cut_bands(below, CUTS).tolist() == [3]


def test_probabilities_match_the_normal_table() -> None:
    # z = (65 - 60) / 5 = 1 and (45 - 60) / 5 = -3: the printed table gives .8413 and .0013
    shares = band_probabilities(np.array([60.0]), np.array([5.0]), CUTS)[0]
    assert shares[2] == pytest.approx(0.8413 - 0.0013, abs=1e-4)
    assert shares.sum() == pytest.approx(1)


def test_score_without_standard_error_has_no_probability() -> None:
    shares = band_probabilities(np.array([60.0, 60.0]), np.array([np.nan, 0.0]), CUTS)
    assert np.isnan(shares).all()


def assign(n: int, link: str, raw: float = 60, adjusted: float = 70, proposed: str = ""):
    one = np.ones(n)
    return assign_bands(
        raw * one, adjusted * one, adjusted * one, 4 * one,
        np.array([link] * n, dtype=object), [proposed] * n, LABELS, CUTS,
    )  # fmt: skip


def test_suggestion_follows_the_adjusted_score_where_linked() -> None:
    bands = assign(100, "linked")
    assert bands.names(bands.suggested)[0] == "Exceeds"


@pytest.mark.parametrize("link", ["weak", "unlinked"])
def test_suggestion_follows_the_raw_score_where_not_linked(link: str) -> None:
    bands = assign(100, link)
    assert bands.names(bands.suggested)[0] == "Meets"


def test_unlinked_person_has_no_probability_and_weak_one_has() -> None:
    assert np.isnan(assign(100, "unlinked").p_suggested).all()
    assert not np.isnan(assign(100, "weak").p_suggested).any()


def test_under_a_hundred_people_bands_follow_the_raw_score() -> None:
    bands = assign(99, "linked")
    assert bands.is_what_if
    assert bands.names(bands.suggested)[0] == "Meets"


def test_meeting_starts_from_the_proposal_else_from_the_raw_band() -> None:
    assert assign(1, "linked", proposed="Below").current.tolist() == [0]
    assert assign(1, "linked").current.tolist() == [2]
