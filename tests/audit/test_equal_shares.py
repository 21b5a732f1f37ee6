"""Stages at equal shares: by hand, and against a known truth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from calibrate.audit import AttributeTable, AuditResult, AuditSettings, Population, audit_population
from calibrate.audit.background import Background, Calibration, FormEvidence
from calibrate.audit.equal_shares import compare_ratios, sum_probabilities, take_share
from calibrate.bands import to_micro
from calibrate.config import MICRO
from calibrate.effects import Settings, estimate_effects

MakeSettings = Callable[..., AuditSettings]
NONE = np.zeros(0, np.int64)
FORMS = FormEvidence(NONE, NONE, np.zeros(0, object), np.zeros(0), np.zeros(0),
                     np.zeros(0, bool), (), np.zeros((0, 0)), NONE)  # fmt: skip


def audit(
    groups: list[str], raw: np.ndarray, settings: AuditSettings, *, cut: float,
    adjusted: np.ndarray | None = None, calibrated: np.ndarray | None = None,
    se: np.ndarray | None = None, n_forms: np.ndarray | None = None,
    proposed: list[int] | None = None,
) -> AuditResult:  # fmt: skip
    n = len(groups)
    calibrated = raw if calibrated is None else calibrated
    known = Calibration(
        calibrated, np.full(n, np.nan) if se is None else se, np.full(n, np.inf),
        np.zeros(n, np.int64), None,
    )  # fmt: skip
    background = Background(
        {}, (), (), np.full(n, "linked", object),
        np.ones(n, np.int64) if n_forms is None else n_forms,
        raw if adjusted is None else adjusted, np.full((n, 3), np.nan), FORMS, True, known,
    )  # fmt: skip
    cuts = np.array([20.0, cut])
    bands = {"raw": np.searchsorted(cuts, raw, side="right").astype(np.int64)}
    if proposed is not None:
        bands["proposed"] = np.array(proposed, np.int64)
    ids = tuple(f"E{i:05d}" for i in range(n))
    population = Population(
        ids, np.ones(n, bool), None, ("Low", "Mid", "High"), (20 * MICRO, int(cut * MICRO)),
        {"raw": to_micro(raw), "calibrated": to_micro(calibrated)}, bands, background=background,
    )  # fmt: skip
    table = AttributeTable(("group",), {i: (g,) for i, g in zip(ids, groups, strict=True)})
    return audit_population(population, table, settings)


def pick(result: AuditResult, stage: str, measure: str = "favourable", group: str = "b"):  # type: ignore[no-untyped-def]
    table = result.tables["equal_shares"]
    chosen = (table["stage"] == stage) & (table["measure"] == measure) & (table["group"] == group)
    assert chosen.sum() == 1
    return table[chosen].iloc[0]


def test_ties_are_split_so_that_the_share_is_met() -> None:
    score = np.array([3, 1, 2, 2, 2])
    assert take_share(score, 0.4, is_top=True).tolist() == pytest.approx(
        [1, 0, 1 / 3, 1 / 3, 1 / 3]
    )
    assert take_share(score, 0.3, is_top=False).tolist() == pytest.approx(
        [0, 1, 0.5 / 3, 0.5 / 3, 0.5 / 3]
    )
    assert take_share(score, 1.0, is_top=True).tolist() == [1] * 5


def test_probabilities_are_summed_beyond_the_cut_that_meets_the_share() -> None:
    mean, se, df = np.array([60.0, 40.0]), np.full(2, 10.0), np.full(2, np.inf)
    # By symmetry the cut is 50, one standard error from both.
    top = sum_probabilities(mean, se, df, 0.5, is_top=True)
    assert top == pytest.approx([norm.cdf(1), norm.cdf(-1)], abs=1e-6)
    low = sum_probabilities(mean, se, df, 0.5, is_top=False)
    assert low == pytest.approx([norm.cdf(-1), norm.cdf(1)], abs=1e-6)
    assert sum_probabilities(mean, se, df, 0.1, is_top=True).mean() == pytest.approx(0.1, abs=1e-6)


def test_a_line_by_hand(make_settings: MakeSettings) -> None:
    groups = ["a"] * 6 + ["b"] * 4
    raw = np.array([90, 80, 70, 60, 50, 10, 75, 55, 45, 15.0])
    calibrated = np.array([90, 60, 59, 58, 57, 10, 80, 70, 45, 15.0])
    n_forms = np.array([4, 4, 4, 6, 6, 6, 2, 2, 3, 1])
    result = audit(groups, raw, make_settings(min_cell=1), cut=70, calibrated=calibrated,
                   n_forms=n_forms)  # fmt: skip
    # Four of ten have favourable raw bands: 90 80 70 of a, 75 of b.
    before, after = pick(result, "raw"), pick(result, "calibrated")
    assert (before["n"], before["share"], before["reference"]) == (4, 0.4, "a")
    assert (before["mean_forms"], before["median_forms"]) == (2.0, 2.0)
    assert before["ratio"] == pytest.approx((1 / 4) / (3 / 6))
    # The best four by calibrated score: 90 and 60 of a, 80 and 70 of b.
    assert after["rate"] == pytest.approx(0.5)
    assert after["ratio"] == pytest.approx((2 / 4) / (2 / 6))
    assert after["raw_ratio"] == pytest.approx(0.5)
    assert after["change"] == pytest.approx(1.0)
    lowest = pick(result, "calibrated", "lowest_band")
    assert (lowest["share"], lowest["ratio"]) == (0.2, pytest.approx((1 / 4) / (1 / 6)))
    assert pd.isna(before["change"])
    assert pick(result, "raw", group="a")["ratio"] == 1
    assert "calibrated_probability" not in set(result.tables["equal_shares"]["stage"])


def test_proposed_bands_keep_their_share_and_set_that_of_the_scores(
    make_settings: MakeSettings,
) -> None:
    groups = ["a"] * 6 + ["b"] * 4
    raw = np.array([90, 80, 70, 60, 50, 10, 75, 55, 45, 15.0])
    proposed = [2, 2, 1, 1, 1, -1, 2, 1, 1, 0]
    result = audit(groups, raw, make_settings(min_cell=1), cut=70, proposed=proposed)
    line = pick(result, "proposed")
    # Three of nine, one person of group a having no proposal.
    assert line["share"] == pytest.approx(1 / 3)
    assert line["ratio"] == pytest.approx((1 / 4) / (2 / 5))
    # By raw score the same nine: 90 and 80 of a, 75 of b come before the rest.
    assert line["raw_ratio"] == pytest.approx((1 / 4) / (2 / 5))
    assert pick(result, "raw")["share"] == pytest.approx(1 / 3)
    assert pick(result, "raw")["n"] == 4


def test_no_share_no_lines(make_settings: MakeSettings) -> None:
    raw = np.linspace(25, 45, 20)
    result = audit(["a"] * 11 + ["b"] * 9, raw, make_settings(min_cell=1), cut=70)
    assert not len(result.tables["equal_shares"])
    all_middle = make_settings(min_cell=1, favourable=frozenset({1}))
    raw = np.array([10.0, 30, 80] * 8)
    table = audit(["a", "b", "a"] * 8, raw, all_middle, cut=70).tables["equal_shares"]
    assert set(table["measure"]) == {"lowest_band"}


def test_a_small_group_loses_every_figure(make_settings: MakeSettings) -> None:
    rng = np.random.default_rng(1)
    result = audit(["a"] * 40 + ["b"] * 5, rng.uniform(0, 100, 45), make_settings(), cut=70)
    line = pick(result, "raw")
    assert line["suppressed"]
    assert line[["n", "rate", "ratio", "ratio_low", "raw_ratio", "mean_forms"]].isna().all()


def test_the_interval_of_a_change_holds_the_truth_in_nineteen_of_twenty() -> None:
    rng = np.random.default_rng(20261122)
    n, truth, held = np.array([400, 300]), 0.30 / 0.40 - 0.20 / 0.40, 0
    group = np.repeat([0, 1], n)
    for _ in range(400):
        # One draw a person decides both, so that the two are dependent as stages are.
        draw = rng.random(len(group))
        a = (draw < np.where(group == 1, 0.30, 0.40)).astype(float)
        b = (draw < np.where(group == 1, 0.20, 0.40)).astype(float)
        change, low, high = compare_ratios(a, b, group, n, 0)
        held += bool(low[1] <= truth <= high[1])
        assert low[1] <= change[1] <= high[1]
    # 380 of 400 are expected, with a standard deviation of 4.4: three of them.
    assert 367 <= held <= 393


def shrink_ratio(noise: float, few: int, many: int, share: float) -> float:
    """Ratio by calibrated score of two equal groups without a gap: scores have variance n/(n+λ)."""
    rho = np.array([n / (n + noise) for n in (few, many)])
    cut = brentq(lambda c: norm.sf(c / rho**0.5).mean() - share, 0, 5)
    above = norm.sf(cut / rho**0.5)
    return float(above[0] / above[1])


def audit_uneven_forms(seed: int, make_settings: MakeSettings, noise: float) -> AuditResult:
    """Two equal groups, of whom one has 2 forms a person and the other 7."""
    rng = np.random.default_rng(seed)
    n, n_raters = 12_000, 900
    is_few = np.arange(n) % 2 == 0
    n_forms = np.where(is_few, 2, 7)
    employee = np.repeat(np.arange(n), n_forms)
    rater = rng.integers(0, n_raters, len(employee))
    points = 50 + rng.normal(0, 8, n)[employee] - rng.normal(0, 4, n_raters)[rater]
    points = (points + rng.normal(0, 8 * noise**0.5, len(employee))).clip(0, 100)
    people = estimate_effects(
        employee, rater, 0 * rater + 1, points, np.ones(len(rater)), None, n, n_raters, Settings()
    ).employees
    return audit(
        ["few" if few else "many" for few in is_few], people.raw,
        make_settings(references={"group": "many"}),
        cut=float(np.quantile(people.raw, 0.9)), adjusted=people.adjusted,
        calibrated=people.calibrated, se=people.se, n_forms=n_forms,
    )  # fmt: skip


def test_few_forms_alone_make_a_gap_by_calibrated_score_and_none_by_probabilities(
    make_settings: MakeSettings,
) -> None:
    noise = 1.67
    expected = shrink_ratio(noise, 2, 7, 0.10)
    assert expected == pytest.approx(0.64, abs=0.001)
    found: dict[str, list[float]] = {"raw": [], "calibrated": [], "calibrated_probability": []}
    for seed in range(3):
        result = audit_uneven_forms(seed, make_settings, noise)
        for stage, ratios in found.items():
            ratios.append(float(pick(result, stage, group="few")["ratio"]))
        by_score = pick(result, "calibrated", group="few")
        assert (by_score["mean_forms"], by_score["median_forms"]) == (2, 2)
        assert by_score["share"] == pytest.approx(0.1, abs=0.001)
        assert by_score["change_high"] < 0
    # About 470 and 730 of 1,200 in each top tenth: a standard error of 0.038, of the mean of
    # three 0.022. Three of these, for a gap of chance in who is good included.
    assert np.mean(found["calibrated"]) == pytest.approx(expected, abs=0.066)
    # Probabilities vary less than bands.
    assert np.mean(found["calibrated_probability"]) == pytest.approx(1.0, abs=0.066)
    # Raw means of few forms vary more: too many of these people are at the top.
    assert np.mean(found["raw"]) > 1.25
