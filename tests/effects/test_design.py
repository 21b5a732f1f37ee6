from __future__ import annotations

import numpy as np

from calibrate.effects.design import build_design


def test_cross_products_equal_counts_by_hand() -> None:
    design = build_design(
        np.array([10.0, 20.0, 30.0, 60.0]),
        np.array([0, 1, 1, 1]),
        {"employee": np.array([0, 0, 1, 1]), "rater": np.array([0, 1, 1, 1])},
    )
    assert design.centre == 30
    assert design.square == 400 + 100 + 0 + 900
    assert design.source_counts.tolist() == [1, 3]
    assert design.source_totals.tolist() == [-20, 20]
    assert design.totals["employee"].tolist() == [-30, 30]
    assert design.cross["employee", "rater"].toarray().tolist() == [[1, 1], [0, 2]]
    assert design.cross["rater", "employee"].toarray().tolist() == [[1, 0], [1, 2]]
    assert design.by_source["rater"].toarray().tolist() == [[1, 0], [0, 3]]
