"""What of the gaps within managers is a reason to look."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calibrate.audit import (
    AttributeTable,
    AuditSettings,
    Background,
    FormEvidence,
    Population,
    audit_population,
)

MakeSettings = Callable[..., AuditSettings]


def build_background(n: int) -> Background:
    """Nobody is linked."""
    nobody = np.zeros(0, np.int64)
    forms = FormEvidence(
        nobody, nobody, np.zeros(0, object), np.zeros(0), np.zeros(0), nobody > 0, (),
        np.zeros((0, 0)), nobody,
    )  # fmt: skip
    return Background(
        strata={}, controls=(), manager_ids=tuple(f"M{code}" for code in range(10)),
        link=np.full(n, "unlinked", object), n_forms=np.ones(n, np.int64), adjusted=np.zeros(n),
        probabilities=np.zeros((n, 3)), forms=forms, is_fitted=False,
    )  # fmt: skip


def test_one_team_of_many_is_no_gap_under_managers(make_settings: MakeSettings) -> None:
    # In one large team all of f are favourable and none of m; in nine others both are alike.
    # By hand: w is 25 and 2.5, gap = -25 / 47.5 = -0.5263, T - w gap is -11.842 and 1.3158, so that
    # se = sqrt(10 / 9 × (140.235 + 9 × 1.7313)) / 47.5 = 0.27701, with t = 2.2622 of 9 degrees.
    manager = np.repeat(np.arange(10), [100] + [10] * 9)
    gender = np.tile(np.repeat([0, 1], 5), 19)
    favourable = np.where(manager == 0, gender == 0, np.arange(190) % 5 == 0)
    ids = tuple(f"E{i:03d}" for i in range(190))
    population = Population(
        ids, np.ones(190, bool), manager, ("Low", "Mid", "High"), (1, 2), {},
        {"raw": np.where(favourable, 2, 1)}, background=build_background(190),
    )  # fmt: skip
    attributes = AttributeTable(
        ("gender",), {e: ("fm"[g],) for e, g in zip(ids, gender, strict=True)}
    )
    result = audit_population(population, attributes, make_settings(references={"gender": "f"}))
    line = result.tables["dependence"].query("measure == 'selection_rate'").iloc[0]
    assert line["q_within"] < 0.001
    np.testing.assert_allclose(line["gap_within"], -25 / 47.5, rtol=1e-12)
    # The factors above have five digits.
    np.testing.assert_allclose(line["within_high"] - line["gap_within"], 0.62665, rtol=1e-4)
    found = set(result.findings["finding_id"])
    assert "dependence:within" in found
    assert "dependence:within:raw:selection_rate:gender:m" not in found
