"""Manager forms of one person share the weight of one, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.score.combine import share_weight

BOTH = [True, True]


@pytest.mark.parametrize(
    ("part", "counts", "expected"),
    [
        ([0.6, 0.4], BOTH, [1.2, 0.8]),
        # A third manager with half of the weight filed nothing: the two share all of it.
        ([0.3, 0.2], BOTH, [1.2, 0.8]),
        ([0.6, 0.4], [True, False], [2.0, 2.0]),
        ([0.0, 0.4], BOTH, [0.0, 2.0]),
        # Nobody who filed has a share: they are equal.
        ([0.0, 0.0], BOTH, [1.0, 1.0]),
        ([0.0, 0.4], [True, False], [2.0, 2.0]),
    ],
)
def test_weight_is_shared_by_those_who_filed(
    part: list[float], counts: list[bool], expected: list[float]
) -> None:
    weight = share_weight(np.array([2.0, 2.0]), np.array([0, 0]), np.array(counts), np.array(part))
    assert weight.tolist() == pytest.approx(expected)


def test_one_form_alone_keeps_exactly_the_whole_weight() -> None:
    part = np.array([0.1, 1 / 3, 62 / 184])
    weight = share_weight(np.full(3, 2.0), np.arange(3), np.ones(3, dtype=bool), part)
    assert weight.tolist() == [2.0, 2.0, 2.0]


def test_no_form_at_all_is_no_fault() -> None:
    none = np.empty(0)
    assert len(share_weight(none, none.astype(int), none.astype(bool), none)) == 0
