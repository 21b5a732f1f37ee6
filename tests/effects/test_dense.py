from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.dense import invert
from calibrate.errors import FitError


def test_inverse_and_determinant_of_a_matrix_by_hand() -> None:
    """[[2, 1], [1, 2]] has determinant 3 and inverse [[2, -1], [-1, 2]] / 3."""
    inverse, log_det = invert(np.array([[2.0, 1.0], [1.0, 2.0]], order="F"))
    assert inverse == pytest.approx(np.array([[2, -1], [-1, 2]]) / 3)
    assert log_det == pytest.approx(np.log(3))


def test_indefinite_matrix_is_refused() -> None:
    with pytest.raises(FitError, match="singular"):
        invert(np.array([[1.0, 2.0], [2.0, 1.0]]))
