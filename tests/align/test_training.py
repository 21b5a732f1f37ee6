"""Training plan: the outcome a criterion serves most, and the order."""

from __future__ import annotations

import pandas as pd

from calibrate.align.training import find_main_outcome, order_needs


def test_the_main_outcome_weighs_share_and_strategy() -> None:
    """60 % of 10 is 600, 40 % of 30 is 1200."""
    assert find_main_outcome({"a": 60, "b": 40}, {"a": 10, "b": 30}) == ("b", 30)


def test_without_a_strategy_the_largest_share_wins_and_weighs_nothing() -> None:
    assert find_main_outcome({"a": 40, "b": 60}, {}) == ("b", 0)


def test_people_times_weight_comes_first_then_people_then_names() -> None:
    """5 * 20 = 100, 3 * 40 = 120, then two without an outcome: 9 people before 2."""
    rows = [("a", 5, 20), ("b", 3, 40), ("c", 2, 0), ("d", 9, 0), ("e", 9, 0)]
    needs = pd.DataFrame(rows, columns=["criterion", "n_below", "outcome_weight"])
    ordered = order_needs(needs.assign(rubric="r", department=""))
    assert ordered["criterion"].tolist() == ["b", "a", "d", "e", "c"]
    assert ordered["position"].tolist() == [1, 2, 3, 4, 5]
