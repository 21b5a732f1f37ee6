"""Moves between stages, and the permutation of groups within managers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import AttributeTable, AuditResult, AuditSettings, Population, audit_population
from calibrate.audit import moves_permutation as permutation
from calibrate.audit.background import Background, Calibration, FormEvidence
from calibrate.audit.moves import compare_same_band
from calibrate.audit.moves_permutation import permute_within

MakeSettings = Callable[..., AuditSettings]
LABELS = ("Below", "Meets", "Exceeds")
NONE = np.zeros(0, np.int64)


def draw(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def deal_by_hand(manager: np.ndarray, is_group: np.ndarray, change: np.ndarray) -> float:
    """Every way to deal the group's places among each manager's people, one by one."""
    parts = []
    for m in np.unique(manager):
        here = change[manager == m]
        k = int(is_group[manager == m].sum())
        parts.append([sum(here[list(chosen)]) for chosen in combinations(range(len(here)), k)])
    sums = np.array([sum(one) for one in product(*parts)], dtype=float)
    observed = change[is_group].sum()
    is_far = np.abs(sums - sums.mean()) >= abs(observed - sums.mean()) - 1e-9
    return float(is_far.mean())


def build_background(n: int, suggested: np.ndarray, *, is_fitted: bool = True) -> Background:
    empty = np.zeros(0)
    forms = FormEvidence(NONE, NONE, np.zeros(0, object), empty, empty, np.zeros(0, bool), (),
                         np.zeros((0, 0)), NONE)  # fmt: skip
    nothing = np.full(n, np.nan)
    known = Calibration(nothing, nothing, np.full(n, np.inf), suggested, None)
    return Background({}, (), (), np.full(n, "linked", object), np.ones(n, np.int64), nothing,
                      np.full((n, 3), np.nan), forms, is_fitted, known)  # fmt: skip


def audit(
    groups: list[tuple[str, ...]], stages: dict[str, list[int]], settings: AuditSettings,
    manager: list[int] | None = None, suggested: list[int] | None = None,
    names: tuple[str, ...] = ("gender",),
) -> AuditResult:  # fmt: skip
    n = len(groups)
    ids = tuple(f"E{i:05d}" for i in range(n))
    bands = {stage: np.array(band, dtype=np.int64) for stage, band in stages.items()}
    background = build_background(
        n, np.array(stages["raw"] if suggested is None else suggested), is_fitted=bool(suggested)
    )
    population = Population(
        ids, np.ones(n, bool), None if manager is None else np.array(manager, dtype=np.int64),
        LABELS, (40, 70), {}, bands, background=background,
    )  # fmt: skip
    table = AttributeTable(names, dict(zip(ids, groups, strict=True)))
    return audit_population(population, table, settings)


def pick(
    result: AuditResult, group: str, before: str = "raw", after: str = "proposed"
) -> pd.Series:
    table = result.tables["moves"]
    chosen = table[(table["group"] == group) & (table["from_stage"] == before)]
    chosen = chosen[chosen["to_stage"] == after]
    assert len(chosen) == 1
    return chosen.iloc[0]


@pytest.mark.parametrize("seed", range(8))
def test_p_counts_every_way_of_dealing(seed: int) -> None:
    rng = draw(seed)
    manager = np.repeat([3, 5, 9], [4, 5, 3])
    is_group = rng.random(12) < 0.4
    change = rng.integers(-2, 2, 12)
    found = permute_within(manager, is_group, change, rng)
    if np.isnan(found.p_value):
        pytest.skip("nothing can change under any manager")
    assert found.is_exact
    assert found.p_value == pytest.approx(deal_by_hand(manager, is_group, change), abs=1e-12)


def test_many_managers_follow_the_normal_law() -> None:
    # 600 pairs, one of each side, one of the two down: T is binomial of 600 halves.
    manager = np.repeat(np.arange(600), 2)
    is_group = np.tile([True, False], 600)
    group_down = np.arange(600) < 340
    change = -np.where(is_group, np.repeat(group_down, 2), ~np.repeat(group_down, 2)).astype(int)
    from scipy.stats import binom

    expected = 2 * binom.sf(339, 600, 0.5)
    found = permute_within(manager, is_group, change, draw())
    assert found.p_value == pytest.approx(expected, rel=1e-6)


def test_managers_who_moved_nobody_or_hold_one_side_alone_tell_nothing() -> None:
    manager = np.repeat([0, 1], 4)
    is_group = np.array([True] * 4 + [True, True, False, False])
    change = np.array([-1, 0, -1, 0, 1, 1, 1, 1])
    assert np.isnan(permute_within(manager, is_group, change, draw()).p_value)


def test_a_large_team_is_drawn_and_comes_near_the_exact_p(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = draw(2)
    manager = np.repeat(np.arange(6), 15)
    is_group, change = rng.random(90) < 0.5, rng.integers(-1, 2, 90)
    exact = permute_within(manager, is_group, change, draw())
    monkeypatch.setattr(permutation, "MOST_EXACT", 5)
    drawn = permute_within(manager, is_group, change, draw())
    assert exact.is_exact
    assert not drawn.is_exact
    # Four standard errors of 2,000 draws.
    error = (exact.p_value * (1 - exact.p_value) / 2_000) ** 0.5
    assert abs(drawn.p_value - exact.p_value) < 4 * error + 1 / 2_000
    assert drawn == permute_within(manager, is_group, change, draw())


def test_without_any_difference_one_p_in_twenty_is_below_one_in_twenty() -> None:
    rng = draw(20261122)
    n_low = 0
    for _ in range(400):
        manager = rng.integers(0, 40, 300)
        lift = rng.integers(-1, 2, 40)
        change = np.clip(lift[manager] + rng.integers(-1, 2, 300), -2, 2)
        n_low += permute_within(manager, rng.random(300) < 0.4, change, rng).p_value <= 0.05
    # 20 are expected of 400; three standard deviations of 4.4 above, and not far below: exact
    # p-values of whole bands are a little too careful.
    assert 5 <= n_low <= 33


def test_a_line_by_hand(make_settings: MakeSettings) -> None:
    groups = [("w",)] * 4 + [("m",)] * 6
    raw = [1, 1, 1, 2, 1, 1, 1, 2, 2, 2]
    proposed = [0, 1, 1, 1, 1, 2, 1, 2, 1, 2]
    result = audit(groups, {"raw": raw, "proposed": proposed}, make_settings(min_cell=1))
    line = pick(result, "w")
    assert (line["reference"], line["n"], line["n_up"], line["n_down"]) == ("m", 4, 0, 2)
    assert line["mean_change"] == pytest.approx(-0.5)
    assert line["difference"] == pytest.approx(-0.5 - 0.0)
    # From Meets: −1/3 against +1/3, three people; from Exceeds: −1 against −1/3, one.
    assert line["difference_same_band"] == pytest.approx((3 * (-2 / 3) + (-2 / 3)) / 4)
    # All ten are dealt out: P(sum of 4 of {−1 ×3, 0 ×6, +1 ×1} is as far from −0.8 as −2).
    change = np.array(proposed) - np.array(raw)
    hand = deal_by_hand(np.zeros(10, int), np.arange(10) < 4, change)
    assert line["p_value"] == pytest.approx(hand, abs=1e-12)
    assert line["q_value"] == pytest.approx(hand, abs=1e-12)
    # Four of ten people would have 4/10 of the -2 bands; the group has all of -2.
    assert line["excess"] == pytest.approx(-2 + 0.8, abs=1e-12)
    assert pd.isna(line["p_clustered"])
    reference = pick(result, "m")
    assert (reference["n_up"], reference["n_down"], reference["difference"]) == (1, 1, 0)
    assert pd.isna(reference["p_value"])


def test_the_adjustment_is_a_pair_of_stages_only_where_there_is_one(
    make_settings: MakeSettings,
) -> None:
    groups, raw = [("w",)] * 5 + [("m",)] * 6, [1] * 11
    settings = make_settings(min_cell=1)
    moved = audit(groups, {"raw": raw}, settings, suggested=[0] + [1] * 10)
    assert pick(moved, "w", after="suggested")["n_down"] == 1
    assert not len(audit(groups, {"raw": raw}, settings).tables["moves"])


def test_what_the_session_did_is_told_from_what_managers_did(make_settings: MakeSettings) -> None:
    groups = [("w",)] * 5 + [("m",)] * 6
    stages = {"raw": [1] * 11, "proposed": [0] + [1] * 10, "final": [1] * 10 + [2]}
    result = audit(groups, stages, make_settings(min_cell=1))
    managers, session = (pick(result, "w", *pair) for pair in (("raw", "proposed"),
                                                               ("proposed", "final")))  # fmt: skip
    assert (managers["n_up"], managers["n_down"]) == (0, 1)
    assert (session["n_up"], session["n_down"]) == (1, 0)
    assert pick(result, "m", "proposed", "final")["n_up"] == 1


def test_a_small_group_loses_every_figure(make_settings: MakeSettings) -> None:
    groups = [("a",)] * 3 + [("b",)] * 30 + [("c",)] * 20
    rng = draw(1)
    stages = {"raw": rng.integers(0, 3, 53).tolist(), "proposed": rng.integers(0, 3, 53).tolist()}
    line = pick(audit(groups, stages, make_settings()), "a")
    assert line["suppressed"]
    figures = line.drop(["from_stage", "to_stage", "attribute", "group", "reference", "family",
                         "suppressed"])  # fmt: skip
    assert figures.isna().all()


def test_a_planted_move_is_a_finding_and_is_said_once(make_settings: MakeSettings) -> None:
    rng = draw(4)
    n = 600
    gender, site = rng.integers(0, 2, n), rng.integers(0, 2, n)
    raw = np.ones(n, int)
    proposed = np.where((gender == 1) & (rng.random(n) < 0.5), 0, 1)
    groups = [("mw"[g], "xy"[s]) for g, s in zip(gender, site, strict=True)]
    settings = make_settings(
        intersections=(("gender", "site"),), references={"gender": "m", "site": "x"}
    )
    stages = {"raw": raw.tolist(), "proposed": proposed.tolist()}
    manager = rng.integers(0, 60, n).tolist()
    result = audit(groups, stages, settings, manager, names=("gender", "site"))
    found = result.findings[result.findings["kind"] == "moves"]
    assert found["scope_id"].tolist() == ["gender: w"]
    assert "lower than 'm'" in found["headline"].iloc[0]
    calm = {"raw": raw.tolist(), "proposed": rng.permutation(proposed).tolist()}
    still = audit(groups, calm, settings, manager, names=("gender", "site")).findings
    assert not (still["kind"] == "moves").any()


def test_a_group_moved_up_only_by_its_managers_is_no_finding(make_settings: MakeSettings) -> None:
    # Up: women 12 of 15 and men 5 of 5 under one half of the managers, 0 of 5 and 3 of 15 under
    # the other. Women 0.6 against 0.4 in all, and fewer than the men under every manager.
    teams = [("w", 12, 15), ("m", 5, 5)], [("w", 0, 5), ("m", 3, 15)]
    groups, proposed, manager = [], [], []
    for code in range(40):
        for label, up, size in teams[code % 2]:
            groups += [(label,)] * size
            proposed += [2] * up + [1] * (size - up)
            manager += [code] * size
    stages = {"raw": [1] * len(groups), "proposed": proposed}
    settings = make_settings(references={"gender": "m"})
    result = audit(groups, stages, settings, manager)
    line = pick(result, "w")
    assert line["difference"] == pytest.approx(0.2)
    # Of 17 of 20 and of 3 of 20 by chance: 12 - 15 * 17/20 and 0 - 5 * 3/20, twenty times each.
    assert line["excess"] == pytest.approx(20 * (12 - 12.75 - 0.75))
    assert line["q_value"] < 0.05
    assert not (result.findings["kind"] == "moves").any()


def test_people_who_start_at_the_top_are_compared_with_their_like() -> None:
    group = np.array([0, 0, 0, 1, 1])
    first, change = np.array([0, 0, 2, 2, 2]), np.array([1, 1, -1, -1, 0])
    # Group 1 starts at the top, where the reference's one person went down.
    assert compare_same_band(group, first, change, 0, 2).tolist() == [0.0, 0.5]


def test_groups_that_start_in_no_band_together_are_told_without_a_figure_of_it(
    make_settings: MakeSettings,
) -> None:
    groups = [("w",)] * 30 + [("m",)] * 40
    stages = {"raw": [2] * 30 + [1] * 40, "proposed": [1] * 25 + [2] * 5 + [1] * 40}
    result = audit(groups, stages, make_settings(references={"gender": "m"}))
    (said,) = result.findings.loc[result.findings["kind"] == "moves", "evidence"]
    assert "\N{MINUS SIGN}0.83 bands" in said
    assert "nan" not in said
    assert "same band" not in said


def test_the_same_seed_gives_the_same_table(make_settings: MakeSettings) -> None:
    rng = draw(8)
    groups = [("w",) if g else ("m",) for g in rng.integers(0, 2, 300)]
    stages = {"raw": rng.integers(0, 3, 300).tolist(), "proposed": rng.integers(0, 3, 300).tolist()}
    tables = [audit(groups, stages, make_settings(seed=s)).tables["moves"] for s in (1, 1, 2)]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    # Three hundred people in one lot are drawn, so that another seed gives another p.
    assert pick_p(tables[0]) != pick_p(tables[2])
    assert set(tables[0]["p_from"].dropna()) == {"2,000 draws"}


def pick_p(table: pd.DataFrame) -> float:
    return float(table["p_value"].dropna().iloc[0])
