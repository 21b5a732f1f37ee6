"""Counted cells against the people they stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from calibrate.audit import AttributeTable, AuditSettings, Population
from calibrate.audit.cube import (
    build_cube,
    count_columns,
    find_twice_median,
    measure_variances,
    number_cells,
)
from calibrate.audit.groups import build_groupings
from calibrate.config import MICRO, MISSING

MakeSettings = Callable[..., AuditSettings]
CUTS = (40 * MICRO, 70 * MICRO)


def draw_people(n: int, seed: int = 3) -> tuple[Population, AttributeTable]:
    """Scores of any decimals, a few below the scale, some people without one."""
    rng = np.random.default_rng(seed)
    points = rng.integers(-2 * MICRO, 100 * MICRO, n)
    points[rng.random(n) < 0.1] = MISSING
    has_score = points != MISSING
    band = np.where(has_score, np.searchsorted(CUTS, points, side="right"), -1).astype(np.int64)
    proposed = np.where(rng.random(n) < 0.2, -1, rng.integers(0, 3, n)).astype(np.int64)
    ids = tuple(f"E{i}" for i in range(n))
    population = Population(
        ids, has_score, None, ("Below", "Meets", "Exceeds"), CUTS, {"raw": points},
        {"raw": band, "proposed": proposed}, quarantined=rng.integers(0, 3, n),
    )  # fmt: skip
    sex, region = rng.integers(0, 3, n), rng.integers(0, 4, n)
    rows = {i: ("fmx"[s], ["", "n", "e", "s"][r]) for i, s, r in zip(ids, sex, region, strict=True)}
    return population, AttributeTable(("sex", "region"), rows)


@pytest.fixture
def settings(make_settings: MakeSettings) -> AuditSettings:
    return make_settings(intersections=(("sex", "region"),))


@pytest.mark.parametrize("n", [0, 1, 400])
def test_counts_sums_and_variances_are_those_of_the_people(n: int, settings: AuditSettings) -> None:
    population, table = draw_people(n)
    aligned = table.aligned_to(population.employee_ids)
    cube = build_cube(population, aligned)
    codes = np.column_stack([aligned.codes[name] for name in aligned.names])
    points = population.scores["raw"]
    has_score = points != MISSING
    for grouping in build_groupings(aligned, population, settings):
        group, size = grouping.group_of(codes), len(grouping.labels)
        cells = cube.cells_of("raw", grouping)
        variances = measure_variances(cells.keep(cells.has_points), size)
        scored, above = cube.count_above("raw", grouping)
        for g in range(size):
            own = points[(group == g) & has_score]
            inside = (cells.group == g) & cells.has_points
            assert scored[g] == len(own)
            assert above[g] == (own > np.median(points[has_score])).sum()
            total = (cells.centre * cells.n + cells.offset)[inside].sum()
            assert total == own.sum()  # whole numbers: exact
            if len(own) > 1:
                expected = (own / MICRO).var(ddof=1)
                # numpy adds up doubles of up to 1e4: 1e-12 relative is its rounding.
                assert variances[g] == pytest.approx(expected, rel=1e-12)
            else:
                assert np.isnan(variances[g])
            for stage in ("raw", "proposed"):
                bands = population.bands[stage][group == g]
                counts = cube.count_bands(stage, grouping)[g].tolist()
                assert counts == [(bands == b).sum() for b in range(3)]


def test_points_that_do_not_differ_have_exactly_no_variance(settings: AuditSettings) -> None:
    population, table = draw_people(300)
    same = np.full(300, 33_333_333)
    population = replace(population, scores={"raw": same}, bands={"raw": np.zeros(300, np.int64)})
    aligned = table.aligned_to(population.employee_ids)
    (sex, *_) = build_groupings(aligned, population, settings)
    cells = build_cube(population, aligned).cells_of("raw", sex)
    assert measure_variances(cells, 3).tolist() == [0.0, 0.0, 0.0]


def test_shuffled_people_give_the_same_cells(settings: AuditSettings) -> None:
    population, table = draw_people(400)
    order = np.random.default_rng(0).permutation(400)
    shuffled = replace(
        population,
        employee_ids=tuple(population.employee_ids[i] for i in order),
        rated=population.rated[order],
        scores={"raw": population.scores["raw"][order]},
        bands={stage: band[order] for stage, band in population.bands.items()},
        quarantined=None if population.quarantined is None else population.quarantined[order],
    )
    one, other = (
        build_cube(people, table.aligned_to(people.employee_ids))
        for people in (population, shuffled)
    )
    for stage, cells in one.stages.items():
        for name in ("codes", "band", "side", "bin", "n", "offset", "square"):
            assert (getattr(cells, name) == getattr(other.stages[stage], name)).all()


def test_strata_split_the_counts_and_add_up_to_them(settings: AuditSettings) -> None:
    population, table = draw_people(400)
    aligned = table.aligned_to(population.employee_ids)
    rng = np.random.default_rng(1)
    level, family = rng.integers(-1, 3, 400), rng.integers(0, 2, 400)
    cube = build_cube(population, aligned, strata=(level, family))
    codes = np.column_stack([aligned.codes[name] for name in aligned.names])
    for grouping in build_groupings(aligned, population, settings):
        counts = cube.count_strata("proposed", grouping)
        assert (counts.sum(axis=0) == cube.count_bands("proposed", grouping)).all()
        group, band = grouping.group_of(codes), population.bands["proposed"]
        tables = {
            tuple(
                ((group == g) & (band == b) & (level == k) & (family == f)).sum()
                for g in range(len(grouping.labels))
                for b in range(3)
            )
            for k in range(-1, 3)
            for f in range(2)
        }
        assert {tuple(stratum.ravel()) for stratum in counts} == tables
    plain = build_cube(population, aligned).count_strata("proposed", grouping)
    assert plain.shape[0] == 1


def test_headcount_holds_everybody_rated_or_not() -> None:
    population, table = draw_people(400)
    everybody = build_cube(population, table.aligned_to(population.employee_ids)).headcount
    assert population.quarantined is not None
    assert everybody.n_quarantined is not None
    assert everybody.n.sum() == 400
    assert everybody.n_rated.sum() == population.rated.sum()
    assert everybody.n_quarantined.sum() == population.quarantined.sum()


def test_cells_are_numbered_in_the_order_of_their_codes_by_counting_and_by_sorting() -> None:
    rng = np.random.default_rng(5)
    columns = [rng.integers(0, size, 500) for size in (3, 50)]
    # The second set of codes is too wide to be counted, and names the same cells.
    for widened in (columns, [columns[0], columns[1] * 10**9]):
        cell, kept = number_cells(widened)
        pairs = sorted(set(zip(*(c.tolist() for c in widened), strict=True)))
        assert [tuple(int(c[row]) for c in widened) for row in kept] == pairs
        assert [pairs[c] for c in cell] == list(zip(*(c.tolist() for c in widened), strict=True))


def test_many_rating_columns_are_counted_at_once() -> None:
    rng = np.random.default_rng(2)
    marks = rng.integers(-1, 5, (300, 7), dtype=np.int8)
    cell = rng.integers(0, 4, 300)
    counts = count_columns(cell, marks, 4, 5)
    for k in range(7):
        for c in range(4):
            expected = [((cell == c) & (marks[:, k] == level)).sum() for level in range(5)]
            assert counts[k, c].tolist() == expected


@pytest.mark.parametrize(("points", "twice"), [([7], 14), ([4, 1], 5), ([9, 1, 1], 2), ([], 0)])
def test_the_median_is_kept_as_twice_its_value(points: list[int], twice: int) -> None:
    assert find_twice_median(np.array(points, dtype=np.int64)) == twice
