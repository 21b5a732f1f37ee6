"""Small groups show nothing, whatever the data look like."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from calibrate.audit import (
    AttributeTable,
    AuditResult,
    AuditSettings,
    Population,
    audit_population,
)
from calibrate.config import MICRO, MISSING
from calibrate.tables import DISPARITIES

MakeSettings = Callable[..., AuditSettings]

FIGURES = [column.name for column in DISPARITIES.columns if column.kind in ("number", "integer")]
LEAST = (1, 2, 5, 10)


def audit_drawn_people(seed: int, make_settings: MakeSettings) -> tuple[AuditResult, int]:
    """Few people, many blanks, coarse scores, sometimes nobody at all."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 80))
    ids = tuple(f"E{i:03d}" for i in range(n))
    points = rng.integers(0, 5, n) * 25 * MICRO
    points = np.where(rng.random(n) < 0.15, MISSING, points).astype(np.int64)
    cuts = (40 * MICRO, 70 * MICRO)
    band = np.searchsorted(cuts, points, side="right")
    band = np.where(points == MISSING, -1, band).astype(np.int64)
    proposed = np.where(rng.random(n) < 0.3, -1, rng.integers(0, 3, n)).astype(np.int64)
    manager = None if seed % 3 == 0 else rng.integers(-1, 8, n)
    population = Population(
        ids, band >= 0, manager, ("Low", "Mid", "High"), cuts,
        {"raw": points, "calibrated": points},
        {"raw": band, "calibrated": band, "proposed": proposed}, rng.integers(0, 3, n),
    )  # fmt: skip
    letters = rng.choice(["f", "m", "x", ""], n, p=[0.4, 0.4, 0.05, 0.15])
    others = rng.choice(["u", "v", ""], n)
    rows = {i: (str(a), str(b)) for i, a, b in zip(ids, letters, others, strict=True)}
    least = LEAST[seed % len(LEAST)]
    settings = make_settings(min_cell=least, intersections=(("g", "h"),))
    return audit_population(population, AttributeTable(("g", "h"), rows), settings), least


@pytest.mark.parametrize("seed", range(12))
def test_no_group_below_the_minimum_shows_a_figure(seed: int, make_settings: MakeSettings) -> None:
    result, least = audit_drawn_people(seed, make_settings)
    table = result.disparities
    hidden = table[table["suppressed"]]
    assert hidden[FIGURES].isna().all(axis=None)
    assert set(hidden["verdict"]) <= {"too_few", "not_computable"}
    assert (table.loc[~table["suppressed"], "n"] >= least).all()
    shown = result.groups[~result.groups["suppressed"]]
    assert (shown["n_rated"] >= least).all()


@pytest.mark.parametrize("seed", range(12))
def test_every_tested_row_has_a_q_at_least_as_large_as_both_p(
    seed: int, make_settings: MakeSettings
) -> None:
    table = audit_drawn_people(seed, make_settings)[0].disparities
    tested = table[table["p_value"].notna()]
    larger = tested[["p_value", "p_clustered"]].max(axis=1)
    assert (tested["q_value"] >= larger - 1e-12).all()  # one multiplication and one division
    assert table.loc[table["q_value"].notna(), "p_value"].notna().all()


def test_one_cell_of_people_is_audited_like_any_other(make_settings: MakeSettings) -> None:
    ids = tuple(f"E{i}" for i in range(12))
    band = np.ones(12, np.int64)
    population = Population(ids, band > 0, None, ("Low", "High"), (1,), {}, {"raw": band})
    table = AttributeTable(("g",), dict.fromkeys(ids, ("a",)))
    result = audit_population(population, table, make_settings(favourable=frozenset({1})))
    line = result.disparities.set_index("measure").loc["selection_rate"]
    assert (line["n"], line["rate"], line["verdict"]) == (12, 1, "within")
