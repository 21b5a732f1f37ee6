"""Point values from weighted cells."""

import numpy as np

from calibrate.audit.metrics import measure_groups, share_of


def test_one_cell_alone_is_measured_like_any_other() -> None:
    one = measure_groups(np.array([0]), np.array([1]), np.array([7]), 1, {"top": share_of({1})})
    assert one["top"].tolist() == [1.0]
