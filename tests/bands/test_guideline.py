import numpy as np
import pytest

from calibrate.bands import build_distribution, multinomial_p, wilson_interval
from calibrate.bands.guideline import ENUMERATE_UP_TO, nearest_shares


def test_two_bands_give_the_exact_binomial_test() -> None:
    # 9 of 10 with p = 1/2: tables 0, 1, 9, 10 are as unlikely: (1 + 10 + 10 + 1) / 1024
    assert multinomial_p([9, 1], [0.5, 0.5], seed=1) == pytest.approx(22 / 1024)


def test_three_bands_by_hand() -> None:
    # Two people, shares 1/2 1/4 1/4. Tables: 200 1/4, 020 and 002 1/16 each,
    # 110 and 101 1/4 each, 011 1/8. For 011: 1/8 + 1/16 + 1/16 = 1/4.
    assert multinomial_p([0, 1, 1], [0.5, 0.25, 0.25], seed=1) == pytest.approx(0.25)


def test_impossible_table_has_probability_zero() -> None:
    assert multinomial_p([1, 3], [0.0, 1.0], seed=1) == 0


def test_drawn_tables_agree_with_the_binomial_where_tables_are_too_many() -> None:
    n = ENUMERATE_UP_TO  # n + 1 tables: just too many
    drawn = multinomial_p([n // 2 + 447, n - n // 2 - 447], [0.5, 0.5], seed=7)
    # 447 is 1.999 standard deviations of sqrt(n)/2 = 223.6: normal p = 0.0456.
    # Monte-Carlo error where 2,000 are as odd: 2.2 % of p, 0.0010; three of them.
    assert drawn == pytest.approx(0.0456, abs=0.0030)


def test_draws_go_on_to_the_last_where_few_are_as_odd() -> None:
    """One in ten thousand of 100,000: z = 3.89 is 870 of sqrt(n)/2 = 223.6."""
    n = ENUMERATE_UP_TO
    drawn = multinomial_p([n // 2 + 870, n - n // 2 - 870], [0.5, 0.5], seed=7)
    # Ten or so are expected; Poisson, so 1 to 22 covers 0.1 % on either side.
    assert 2 / 100_001 <= drawn <= 23 / 100_001


def test_wilson_matches_newcombe_1998() -> None:
    # Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662, 0 of 20 gives 0 to 0.1611
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_nearest_shares_stay_put_inside_the_ranges() -> None:
    assert nearest_shares([0.08, 0.2, 0.72], [(0.05, 0.1), (0.15, 0.25), None]) == pytest.approx(
        [0.08, 0.2, 0.72]
    )


def build(counts: list[int], guideline: dict[str, tuple[float, float]] | None):
    labels = ["Meets", "Exceeds"]
    band = np.repeat(np.arange(2), counts)
    return build_distribution(
        band, labels, {"session": ["A"] * len(band)}, guideline=guideline,
        guideline_scope="session", seed=1,
    ).set_index("band")  # fmt: skip


def test_share_far_outside_the_guideline_is_outside() -> None:
    table = build([4, 36], {"Exceeds": (0.15, 0.25)})
    assert table.loc["Exceeds", "verdict"] == "outside"
    assert table.loc["Exceeds", "share"] == pytest.approx(0.9)


def test_share_outside_by_chance_is_inconclusive() -> None:
    assert build([14, 6], {"Exceeds": (0.15, 0.25)}).loc["Exceeds", "verdict"] == "inconclusive"


def test_share_inside_is_within_and_band_without_range_says_so() -> None:
    table = build([16, 4], {"Exceeds": (0.15, 0.25)})
    assert table["verdict"].to_dict() == {"Exceeds": "within", "Meets": "no_guideline"}


def test_the_company_is_tested_beside_the_declared_scope_as_a_family_of_its_own() -> None:
    """Ten sessions of 10 with 4 where 2.5 may be: none stands out, all of them together do."""
    band = np.tile(np.repeat([0, 1], [6, 4]), 10)
    table = build_distribution(
        band, ["Meets", "Exceeds"],
        {"company": ["all"] * 100, "session": [f"S{k // 10}" for k in range(100)],
         "manager": ["M"] * 100},
        guideline={"Exceeds": (0.15, 0.25)}, guideline_scope="session", seed=1,
    ).set_index(["scope", "scope_id", "band"])  # fmt: skip
    company = table.loc[("company", "all", "Exceeds")]
    assert company["verdict"] == "outside"
    assert company["q_value"] == company["p_value"]
    assert set(table.loc["session"].xs("Exceeds", level="band")["verdict"]) == {"inconclusive"}
    assert set(table.loc["manager"]["verdict"]) == {"no_guideline"}


def test_too_many_tables_to_draw_for_give_a_bound_below_any_draw() -> None:
    """400 of 1,000 where 100 are expected; what p cannot exceed is said, not 1 of 100,001."""
    p_value = multinomial_p([150, 150, 150, 150, 400], [0.225] * 4 + [0.1], seed=1)
    assert 0 < p_value < 1e-30


def test_nine_people_are_too_few_for_a_guideline() -> None:
    table = build([0, 9], {"Exceeds": (0.15, 0.25)})
    assert table.loc["Exceeds", "verdict"] == "too_few"
    assert table["p_value"].isna().all()


def test_without_guideline_nothing_is_tested() -> None:
    table = build([4, 36], None)
    assert set(table["verdict"]) == {"no_guideline"}
