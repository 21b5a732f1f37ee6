from __future__ import annotations

import numpy as np

from calibrate.effects.ordinal.categories import categorise_points


def test_each_different_score_is_a_category_where_there_are_few() -> None:
    found = categorise_points(np.array([75.0, 0.0, 75.0, 100.0]))
    assert found.category.tolist() == [1, 0, 1, 2]
    assert found.value.tolist() == [0.0, 75.0, 100.0]


def test_many_scores_become_categories_of_about_equal_size() -> None:
    found = categorise_points(np.arange(100.0))
    assert np.bincount(found.category).tolist() == [10] * 10
    assert found.value.tolist() == [4.5 + 10 * k for k in range(10)]
    assert found.n_scores == 100


def test_a_frequent_top_mark_stays_alone() -> None:
    found = categorise_points(np.concatenate([np.arange(60.0), np.full(50, 100.0)]))
    assert found.value[-1] == 100.0
    assert np.bincount(found.category)[-1] == 50


def test_sums_that_differ_by_rounding_alone_are_one_score() -> None:
    assert categorise_points(np.array([0.1 + 0.2, 0.3, 1.0])).n_scores == 2


def test_order_of_forms_changes_nothing() -> None:
    points = np.random.default_rng(1).normal(50, 10, 500).clip(0, 100)
    order = np.random.default_rng(2).permutation(500)
    one, other = categorise_points(points), categorise_points(points[order])
    assert one.value.tobytes() == other.value.tobytes()
    assert (one.category[order] == other.category).all()
