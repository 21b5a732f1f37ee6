"""Figures of the public record: court opinions, agency texts and papers, typed from there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import load_rules
from calibrate.audit.compare import is_flip_flop
from calibrate.audit.counts import CountSettings, audit_counts
from calibrate.audit.counts_file import CountRow
from calibrate.audit.counts_printed import list_p_values
from calibrate.audit.inference import fisher_midp, pooled_z
from calibrate.audit.policy import is_ratio_beyond
from calibrate.bands.guideline import false_discovery_rate

RULES = load_rules("us-2026")
Table = tuple[int, int, int, int]

#: Connecticut v. Teal, 457 U.S. 440, 443, note 4 (1982): candidates of the written test.
TEAL: Table = (26, 48, 206, 259)
#: Ricci v. DeStefano, 557 U.S. 557 (2009), part I-B of the dissent has the counts, part
#: II-C of the opinion the rates: 64 and 37.5 %; 58.1, 31.6 and 20 %.
CAPTAIN: Table = (3, 8, 16, 25)
LIEUTENANT_BLACK: Table = (6, 19, 25, 43)
LIEUTENANT_HISPANIC: Table = (3, 15, 25, 43)
#: Bickel, Hammel and O'Connell (1975), Science 187; R's UCBAdmissions, all departments.
BERKELEY: Table = (557, 1835, 1198, 2691)


def audit(*rows: CountRow, min_cell: int = 1) -> pd.DataFrame:
    result = audit_counts(rows, CountSettings(min_cell, (RULES,)))
    return result.tables["disparities"].set_index("group")


def make_rows(attribute: str, counts: dict[str, tuple[int, int]]) -> list[CountRow]:
    return [
        CountRow(line, "given", "selection_rate", attribute, group, n, x)
        for line, (group, (x, n)) in enumerate(counts.items(), start=2)
    ]


def test_connecticut_v_teal_prints_what_the_court_printed() -> None:
    # "54.17 percent", "79.54 percent", "approximately 68 percent".
    table = audit(*make_rows("race", {"black": (26, 48), "white": (206, 259)}))
    black, white = table.loc["black"], table.loc["white"]
    assert round(100 * black["rate"], 2) == 54.17
    assert round(100 * white["rate"], 2) == 79.54
    assert round(black["ratio"], 2) == 0.68
    assert (black["reference"], black["verdict"], black["flip_flop"]) == ("white", "beyond", False)
    # R, tests/reference/two_by_two.txt; log-gammas of a few hundred carry about 12 digits.
    assert black["p_value"] == pytest.approx(0.000285779664118, rel=1e-10)
    assert black["z_value"] == pytest.approx(-3.75738547227, rel=1e-10)


def test_ricci_captains_fall_below_four_fifths_and_nobody_can_say_it_was_not_chance() -> None:
    counts = {"white": (16, 25), "black": (3, 8), "hispanic": (3, 8)}
    table = audit(*make_rows("race", counts))
    assert table.loc["white", "rate"] == 0.64
    for group in ("black", "hispanic"):
        line = table.loc[group]
        assert line["rate"] == 0.375
        assert line["ratio"] == pytest.approx(0.5859375, abs=1e-15)
        assert is_ratio_beyond(*CAPTAIN, RULES)
        assert line["p_value"] == pytest.approx(0.168012157167, rel=1e-10)
        assert line["verdict"] == "inconclusive"
    # At a smallest cell of ten both groups of eight are withheld.
    hidden = audit(*make_rows("race", counts), min_cell=10)
    assert set(hidden.loc[["black", "hispanic"], "verdict"]) == {"too_few"}
    assert hidden.loc[["black", "hispanic"], "rate"].isna().all()


def test_ricci_lieutenants_have_the_rates_of_the_opinion() -> None:
    counts = {"white": (25, 43), "black": (6, 19), "hispanic": (3, 15)}
    table = audit(*make_rows("race", counts))
    assert [round(100 * rate, 1) for rate in table["rate"]] == [31.6, 20.0, 58.1]
    assert table.loc["black", "p_value"] == pytest.approx(0.0616171186613, rel=1e-10)
    assert table.loc["hispanic", "p_value"] == pytest.approx(0.0111658272301, rel=1e-10)
    # Two tests: the smaller p doubles and stays below 0.05, the larger stays what it is.
    assert table.loc["hispanic", "q_value"] == pytest.approx(2 * 0.0111658272301, rel=1e-10)
    assert table.loc["hispanic", "verdict"] == "beyond"
    assert table.loc["black", "verdict"] == "inconclusive"


@pytest.mark.parametrize(
    ("n", "share", "observed", "expected", "deviation", "at_least", "at_most"),
    [
        # Castaneda v. Partida, 430 U.S. 482, note 17 (1977): 870 jurors, 79.1 % of the county;
        # expected 688, observed 339, standard deviation about 12, about 29 of them.
        (870, 0.791, 339, 688, 12, 28.5, 29.5),
        # Hazelwood, 433 U.S. 299, note 14 (1977): 16 of 1,107 and 22 of 1,231 teachers against
        # 5.7 %; 63 and 70 expected, "more than six" and "more than five" deviations.
        (1107, 0.057, 16, 63, 8, 6.0, 7.0),
        (1231, 0.057, 22, 70, 8, 5.0, 6.0),
        # Note 17: 15 of 405 hired; against 15.4 % more than six, against 5.7 % less than two.
        (405, 0.154, 15, 62, 7, 6.0, 7.0),
        (405, 0.057, 15, 23, 5, 1.0, 2.0),
    ],
)
def test_standard_deviations_of_the_supreme_court(
    n: int, share: float, observed: int, expected: int, deviation: int, at_least: float,
    at_most: float,
) -> None:  # fmt: skip
    # A fixed population share is a reference so large that its own chance is nothing.
    people = 10**9
    z = pooled_z(*(np.array([v]) for v in (observed, n, round(share * people), people)))[0]
    # Pooled over all, the spread is that of the share: the court's square root of n p (1 - p).
    assert round(n * share) == expected
    assert round((n * share * (1 - share)) ** 0.5) == deviation
    assert at_least < -z < at_most


def test_berkeley_pooled_over_departments() -> None:
    women, men = 557 / 1835, 1198 / 2691
    assert (round(women, 4), round(men, 4)) == (0.3035, 0.4452)
    table = audit(*make_rows("sex", {"women": (557, 1835), "men": (1198, 2691)}))
    assert table.loc["women", "ratio"] == pytest.approx((557 * 2691) / (1835 * 1198), rel=1e-15)
    # p is 4e-22: its tail is a sum of tiny terms, of which log-gammas give about 9 digits.
    assert table.loc["women", "p_value"] == pytest.approx(4.17910288753e-22, rel=1e-8)
    assert table.loc["women", "z_value"] == pytest.approx(-9.60235806516, rel=1e-10)


def test_benjamini_and_hochberg_reject_four_of_their_fifteen() -> None:
    # J. R. Statist. Soc. B 57 (1995), section 3.1: thrombolysis, ordered p-values; the
    # procedure at 0.05 rejects four, Bonferroni three.
    p = np.array([
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    ])  # fmt: skip
    q = false_discovery_rate(p)
    assert (q <= 0.05).sum() == 4
    assert (p <= 0.05 / 15).sum() == 3
    # R, p.adjust(p, "BH").
    assert q[:6] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714286])


def test_the_lady_tasting_tea() -> None:
    # Fisher (1935), chapter 2: one of seventy ways is right throughout; 17 of 70 at least as good
    # as three right of four.
    p = list_p_values(3, 4, 1, 4)
    assert p["Fisher, one-sided"] == pytest.approx(17 / 70, abs=1e-12)
    assert p["Fisher, two-sided"] == pytest.approx(34 / 70, abs=1e-12)
    assert fisher_midp(4, 4, 0, 4) == pytest.approx(1 / 70, abs=1e-12)


@pytest.mark.parametrize(
    ("table", "fisher", "chi", "yates"),
    [
        (TEAL, 0.000404158808577, 0.000171697905786, 0.000350871405746),
        (CAPTAIN, 0.237873731756, 0.186831880103, 0.363316831563),
        (LIEUTENANT_BLACK, 0.0970812187328, 0.0538132654285, 0.0983593616928),
        (LIEUTENANT_HISPANIC, 0.0159276220981, 0.0109201070559, 0.0247555625818),
    ],
)
def test_customary_p_values_equal_those_of_r(
    table: Table, fisher: float, chi: float, yates: float
) -> None:
    found = list_p_values(*table)
    assert found["Fisher, two-sided"] == pytest.approx(fisher, rel=1e-9)
    assert found["pooled z, two-sided"] == pytest.approx(chi, rel=1e-9)
    assert found["chi-square with Yates' correction"] == pytest.approx(yates, rel=1e-9)


def test_the_agencies_own_example_of_four_fifths() -> None:
    # Questions and Answers, 44 FR 11996 (1979), question 11: 60, 45, 48 and 51 %. Indicated for
    # American Indians (75 %), not for Hispanics (80 %) nor for Blacks (85 %).
    rates = {"white": 60, "american indian": 45, "hispanic": 48, "black": 51}
    table = audit(*make_rows("race", {g: (x, 100) for g, x in rates.items()}))
    ratios = table["impact_ratio"]
    assert ratios["american indian"] == pytest.approx(0.75, abs=1e-15)
    assert ratios["black"] == pytest.approx(0.85, abs=1e-15)
    assert is_ratio_beyond(45, 100, 60, 100, RULES)
    assert not is_ratio_beyond(48, 100, 60, 100, RULES)
    assert not is_ratio_beyond(51, 100, 60, 100, RULES)
    # 0.60/0.75 is four fifths, too; as numbers of the machine it is below.
    assert 0.60 / 0.75 < 0.8
    assert not is_ratio_beyond(60, 100, 75, 100, RULES)


def test_one_person_turns_a_small_table_round() -> None:
    # By hand: 3 of 10 against 8 of 20 is 0.75, below four fifths; 4 of 10 is level with it.
    assert is_flip_flop(3, 10, 8, 20, RULES)
    # 30 of 100 against 400 of 1,000 is 0.75, 31 of 100 still 0.775; mid-p near 0.05: see below.
    p = [fisher_midp(x, 100, 400, 1000) for x in (29, 30, 31)]
    assert is_flip_flop(30, 100, 400, 1000, RULES) == (len({value <= 0.05 for value in p}) > 1)
    # 300 of 1,000 against 400 of 1,000: nothing hangs on one person.
    assert not is_flip_flop(300, 1000, 400, 1000, RULES)


def test_the_reference_figures_are_those_of_the_script() -> None:
    written = Path(__file__).parents[1] / "reference" / "two_by_two.txt"
    text = written.read_text(encoding="utf-8")
    assert "teal midp 0.000285779664118" in text
    assert "berkeley admitted 1198 557 all 2691 1835" in text
