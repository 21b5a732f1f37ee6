"""Invented gaps through the frozen fit: what is kept and what is taken out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import AttributeTable, AuditResult, AuditSettings, Population, audit_population
from calibrate.audit.background import Background, Calibration, FormEvidence
from calibrate.audit.passthrough import lower_group, sharpen_raters
from calibrate.config import MICRO
from calibrate.effects import Effects, Settings, estimate_effects
from calibrate.effects.frozen import FrozenFit

MakeSettings = Callable[..., AuditSettings]


def build_forms(employee: np.ndarray, rater: np.ndarray) -> FormEvidence:
    n = len(employee)
    return FormEvidence(
        employee, rater, np.full(n, "peer", object), np.zeros(n), np.ones(n), np.ones(n, bool),
        (), np.zeros((n, 0)), np.full(int(rater.max()) + 1, -1),
    )  # fmt: skip


def audit(
    employee: np.ndarray, rater: np.ndarray, points: np.ndarray, groups: list[str],
    settings: AuditSettings, model: str = "linear",
) -> tuple[AuditResult, Effects]:  # fmt: skip
    """Fit these forms and audit the people, whoever they are."""
    n, source, weight = len(groups), 0 * rater + 1, np.ones(len(rater))
    effects = estimate_effects(
        employee, rater, source, points, weight, None, n, int(rater.max()) + 1,
        Settings(model=model),  # type: ignore[arg-type]
    )  # fmt: skip
    fit = FrozenFit(employee, rater, source, weight, None, effects)
    people = effects.employees
    known = Calibration(people.calibrated, people.se, people.df, np.zeros(n, np.int64), fit.apply)
    background = Background(
        {}, (), (), people.link, people.n_forms, people.adjusted, np.full((n, 2), np.nan),
        build_forms(employee, rater), effects.fitted, known,
    )  # fmt: skip
    ids = tuple(f"E{i:04d}" for i in range(n))
    band = (people.raw >= 50).astype(np.int64)
    population = Population(
        ids, people.n_forms > 0, None, ("Low", "High"), (50 * MICRO,), {}, {"raw": band},
        background=background,
    )  # fmt: skip
    table = AttributeTable(("group",), {i: (g,) for i, g in zip(ids, groups, strict=True)})
    return audit_population(population, table, settings), effects


def pick(result: AuditResult, score: str, group: str = "b") -> pd.Series:
    table = result.tables["passthrough"]
    return table[(table["score"] == score) & (table["group"] == group)].iloc[0]


def cross(rng: np.random.Generator, n: int, n_raters: int) -> tuple[np.ndarray, ...]:
    """Everybody is rated by every rater."""
    employee, rater = np.repeat(np.arange(n), n_raters), np.tile(np.arange(n_raters), n)
    points = 50 + rng.normal(0, 8, n)[employee] - rng.normal(0, 6, n_raters)[rater]
    return employee, rater, (points + rng.normal(0, 6, len(employee))).clip(0, 100)


def test_both_gaps_by_hand() -> None:
    # Rater 0 has one form of two on the group, rater 1 two of two, rater 2 none.
    forms = build_forms(np.array([0, 1, 0, 0, 2]), np.array([0, 0, 1, 1, 2]))
    is_group = np.array([True, False, False])
    assert lower_group(forms, is_group).tolist() == [-1, 0, -1, -1, 0]
    assert sharpen_raters(forms, is_group).tolist() == [-0.5, -0.5, -1, -1, 0]


def test_where_everybody_rates_everybody_shrinkage_alone_costs_a_real_gap(
    make_settings: MakeSettings,
) -> None:
    forms = cross(np.random.default_rng(1), 60, 5)
    result, effects = audit(*forms, ["a"] * 35 + ["b"] * 25, make_settings())
    variance = {term: value for term, value, _ in effects.variance}
    # A balanced table: severities do not move, and people are shrunken by σ²/(σ² + σ²_e/5).
    kept = variance["employee"] / (variance["employee"] + variance["residual"] / 5)
    assert pick(result, "adjusted")["kept_real"] == pytest.approx(1.0, abs=1e-9)
    assert pick(result, "calibrated")["kept_real"] == pytest.approx(kept, abs=1e-9)
    # All raters see the same mix: strict ones make no gap, so there is none to take out.
    assert pick(result, "calibrated")["rater_made_in_raw"] == pytest.approx(0.0, abs=1e-12)
    assert pd.isna(pick(result, "calibrated")["removed_rater_made"])
    reference = pick(result, "adjusted", "a")
    assert reference["n"] == 35
    assert pd.isna(reference["kept_real"])


def test_where_no_rater_sees_both_groups_a_real_gap_and_a_raters_gap_are_one(
    make_settings: MakeSettings,
) -> None:
    rng = np.random.default_rng(2)
    first, second = cross(rng, 30, 4), cross(rng, 30, 4)
    forms = [np.concatenate([a, b + shift]) for a, b, shift in zip(first, second, (30, 4, 0.0),
                                                                  strict=True)]  # fmt: skip
    result, _ = audit(*forms, ["a"] * 30 + ["b"] * 30, make_settings())  # type: ignore[arg-type]
    for score in ("adjusted", "calibrated"):
        line = pick(result, score)
        assert line["rater_made_in_raw"] == pytest.approx(1.0)
        # What is kept of the one is what is not removed of the other: they are the same forms.
        assert line["removed_rater_made"] == pytest.approx(1 - line["kept_real"], abs=1e-9)


def mix(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Raters 0 to 11 see mostly the first 60 people, the others mostly the other 60."""
    n, n_raters, per = 120, 24, 5
    employee = np.repeat(np.arange(n), per)
    own = rng.random(n * per) < 0.8
    rater = np.where((employee < 60) == own, 0, 12) + rng.integers(0, 12, n * per)
    points = 50 + rng.normal(0, 6, n)[employee] - rng.normal(0, 8, n_raters)[rater]
    return employee, rater, (points + rng.normal(0, 5, n * per)).clip(0, 100)


def test_a_linked_network_keeps_the_real_and_removes_part_of_the_rater_made(
    make_settings: MakeSettings,
) -> None:
    forms = mix(np.random.default_rng(3))
    result, _ = audit(*forms, ["a"] * 60 + ["b"] * 60, make_settings())
    adjusted, calibrated = pick(result, "adjusted"), pick(result, "calibrated")
    assert adjusted["kept_real"] > calibrated["kept_real"] > 0.5
    assert 0.5 < adjusted["removed_rater_made"] < 1
    assert adjusted["rater_made_in_raw"] == calibrated["rater_made_in_raw"] > 0.2


def test_without_a_model_all_is_kept_and_nothing_removed(make_settings: MakeSettings) -> None:
    forms = mix(np.random.default_rng(4))
    result, _ = audit(*forms, ["a"] * 60 + ["b"] * 60, make_settings(), "none")
    for score in ("adjusted", "calibrated"):
        assert pick(result, score)["kept_real"] == pytest.approx(1.0, abs=1e-12)
        assert pick(result, score)["removed_rater_made"] == pytest.approx(0.0, abs=1e-12)
    assert any("No severity was taken out" in note for note in result.notes)


def test_a_small_group_loses_every_figure(make_settings: MakeSettings) -> None:
    forms = cross(np.random.default_rng(5), 50, 4)
    result, _ = audit(*forms, ["a"] * 44 + ["b"] * 6, make_settings())
    line = pick(result, "adjusted")
    assert line["suppressed"]
    assert line[["n", "mean_forms", "kept_real", "rater_made_in_raw"]].isna().all()
