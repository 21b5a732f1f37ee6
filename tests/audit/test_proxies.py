"""Which columns tell a group: known truths, and as many false leads as promised."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from calibrate.audit.origins.lines import Pair
from calibrate.audit.proxies import (
    DEALS,
    SAMPLE,
    cut_number,
    deal_groups,
    draw_sample,
    judge_score,
    measure_area,
    score_column,
    score_together,
)
from calibrate.bands.guideline import false_discovery_rate


def make_pair(group: np.ndarray) -> Pair:
    return Pair("gender", "woman", "man", group, ~group, None, 10)


def test_area_counts_pairs_put_right() -> None:
    ranked = np.array([[0.9], [0.2], [0.6], [0.4]])
    group = np.array([[1.0], [1.0], [0.0], [0.0]])
    # 0.9 beats both, 0.2 none: 2 of 4 pairs.
    assert measure_area(ranked, group).tolist() == [0.5]


def test_area_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(1)
    ranked, group = rng.normal(size=(200, 3)), (rng.random((200, 3)) < 0.3).astype(float)
    expected = [roc_auc_score(group[:, at], ranked[:, at]) for at in range(3)]
    # Both count the same pairs; only the division rounds.
    assert measure_area(ranked, group) == pytest.approx(expected, abs=1e-12)


def test_a_column_of_two_values_has_the_area_of_its_shares() -> None:
    # 80 % of the group and 40 % of the reference have the value 1: the area is
    # 0.5 + (0.8 − 0.4) / 2 = 0.7, in every fold alike.
    group = np.tile(np.repeat([True, False], [10, 10]), 5)
    code = np.tile(np.concatenate([np.repeat([1, 0], [8, 2]), np.repeat([1, 0], [4, 6])]), 5)
    fold = np.repeat(np.arange(5), 20)
    areas = score_column(code, fold, group[:, None].astype(float))
    assert areas.tolist() == pytest.approx([0.7], abs=1e-12)


def test_a_column_without_meaning_is_a_coin_and_seldom_found() -> None:
    rng = np.random.default_rng(8)
    n_found = 0
    for _ in range(40):
        group, code = rng.random(300) < 0.4, rng.integers(0, 6, 300)
        people, fold = draw_sample(make_pair(group), rng)
        deals = deal_groups(group[people], fold, rng)
        areas = score_column(code[people], fold, deals)
        n_found += (1 + (areas[1:] >= areas[0]).sum()) / (1 + DEALS) < 0.05
    # 5 % of 40 are 2; two standard deviations of 1.4 above are 5.
    assert n_found <= 5


def test_two_columns_tell_together_what_none_tells_alone_and_random_deals_do_not() -> None:
    rng = np.random.default_rng(9)
    group = rng.random(1_000) < 0.5
    first, second = (np.where(rng.random(1_000) < 0.7, group, ~group).astype(int) for _ in "ab")
    people, fold = draw_sample(make_pair(group), rng)
    deals = deal_groups(group[people], fold, rng)
    codes = [first[people], second[people]]
    alone = score_column(codes[0], fold, deals)[0]
    areas = score_together(codes, fold, deals)
    # Alone 0.7; both agree on the right side in 0.49, on the wrong one in 0.09: 0.49² + …
    # = P(more agreeing signs) + half of ties = 0.784. Standard error about 0.015.
    assert alone == pytest.approx(0.7, abs=0.045)
    assert areas[0] == pytest.approx(0.784, abs=0.045)
    # 499 deals: the mean of a deal is 0.5 with a standard error of 0.018 / √499.
    assert areas[1:].mean() == pytest.approx(0.5, abs=0.005)


def test_deals_keep_the_numbers_of_both_sides_in_every_fold() -> None:
    rng = np.random.default_rng(10)
    group = np.arange(57) % 3 == 0
    people, fold = draw_sample(make_pair(group), rng)
    deals = deal_groups(group[people], fold, rng)
    assert deals.shape == (57, DEALS + 1)
    for number in range(int(fold.max()) + 1):
        sums = deals[fold == number].sum(axis=0)
        assert (sums == sums[0]).all()


def test_large_companies_are_sampled_with_both_sides_and_nobody_twice() -> None:
    group = np.arange(100_000) < 600
    people, fold = draw_sample(make_pair(group), np.random.default_rng(1))
    assert len(people) == len(set(people.tolist())) == SAMPLE
    assert group[people].sum() == 600
    assert np.bincount(fold).tolist() == [400] * 5


def test_missing_numbers_are_a_part_of_their_own() -> None:
    assert cut_number(np.array([np.nan, 1.0, 1.0, 1.0])).tolist() == [1, 0, 0, 0]


def test_a_column_that_is_one_of_five_groups_survives_the_correction_over_all_columns() -> None:
    # Four groups beside a reference, 13 columns and all together: 56 lines, of which two tell.
    rng = np.random.default_rng(11)
    group = np.arange(120) < 40
    people, fold = draw_sample(make_pair(group), rng)
    areas = score_column(
        group[people].astype(np.int64), fold, deal_groups(group[people], fold, rng)
    )
    p_value = judge_score(float(areas[0]), areas[1:])
    rest = np.linspace(0.05, 1, 54)
    assert false_discovery_rate(np.array([p_value, p_value, *rest]))[0] < 0.05


def test_the_tail_beyond_all_deals_is_not_smaller_than_chance_makes_it() -> None:
    n_small, n_all = 0, 0
    for seed in range(40):
        rng = np.random.default_rng([12, seed])
        group, code = np.arange(70) < 15, rng.integers(0, 8, 70)
        people, fold = draw_sample(make_pair(group), rng)
        # Each deal is a world without a proxy: its tail among the others.
        areas = score_column(code[people], fold, deal_groups(group[people], fold, rng))[1:]
        tail = ndtr((areas.mean() - areas) / areas.std(ddof=1))
        n_small, n_all = n_small + int((tail <= 0.002).sum()), n_all + len(areas)
    # 0.002 of 19,960 are 40.
    assert n_small <= 0.002 * n_all
