"""The table of origins on a company typed by hand, and its tests against R."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import (
    AttributeTable,
    AuditSettings,
    Background,
    CommentEvidence,
    FormEvidence,
    HistoryEvidence,
    Population,
)
from calibrate.audit.clustered import number_clusters
from calibrate.audit.groups import build_groupings
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins import build_origins, find_origins, note_origins
from calibrate.audit.origins.lines import newcombe_interval
from calibrate.audit.origins.slices import welch_heterogeneity
from calibrate.audit.origins.teams import rank_sum_p
from calibrate.audit.proxies import build_proxies
from calibrate.config import MICRO, MISSING
from calibrate.tables import ORIGINS

MakeSettings = Callable[..., AuditSettings]

#: 24 people: the first 12 are women; three managers with four women and four men each.
N = 24
WOMAN = np.arange(N) < 12
MANAGER = np.arange(N) // 4 % 3
SITE = np.where(np.arange(N) % 2 == 0, "Lisboa", "Porto")


def make_company(points: np.ndarray, **other: object) -> Population:
    """Each person has one peer form and one of the manager; both give the same points."""
    employee = np.tile(np.arange(N), 2)
    forms = FormEvidence(
        employee=employee,
        rater=np.concatenate([(np.arange(N) + 7) % N, MANAGER + N]),
        source=np.repeat(np.array(["peer", "manager"], dtype=object), N),
        points=np.tile(points, 2),
        weight=np.ones(2 * N),
        scored=np.ones(2 * N, np.bool_),
        criteria=("delivery", "care"),
        criterion_points=np.column_stack([np.tile(points, 2), np.tile(points, 2)]),
        rater_employee=np.concatenate([np.arange(N), [-1, -1, -1]]),
    )
    background = Background(
        strata={"location": tuple(SITE)},
        controls=(),
        manager_ids=("M1", "M2", "M3"),
        link=np.full(N, "linked", dtype=object),
        n_forms=np.full(N, 2),
        adjusted=points,
        probabilities=np.zeros((N, 3)),
        forms=forms,
        is_fitted=False,
    )
    for name in ("comments", "history", "forms", "link"):
        if name in other:
            background = replace(background, **{name: other.pop(name)})  # type: ignore[arg-type]
    columns: dict[str, object] = {
        "employee_ids": tuple(f"E{at:02d}" for at in range(N)),
        "rated": np.ones(N, np.bool_),
        "manager": MANAGER,
        "band_labels": ("Below", "Meets", "Exceeds"),
        "cuts_micro": (40 * MICRO, 70 * MICRO),
        "scores": {"raw": np.rint(points * MICRO).astype(np.int64)},
        "bands": {"raw": np.digitize(points, [40, 70])},
        "background": background,
    }
    return Population(**(columns | other))  # type: ignore[arg-type]


def open_inquiry(population: Population, settings: AuditSettings, woman: str = "woman") -> Inquiry:
    groups = {
        name: (woman if is_woman else "man",)
        for name, is_woman in zip(population.employee_ids, WOMAN, strict=True)
    }
    aligned = AttributeTable(("gender",), groups).aligned_to(population.employee_ids)
    settings = replace(settings, references={"gender": "man"})
    return Inquiry(
        population=population, settings=settings, aligned=aligned,
        codes=aligned.codes["gender"][:, None],
        groupings=build_groupings(aligned, population, settings),
        clusters=None if population.manager is None else number_clusters(population.manager),
        cube=None,  # type: ignore[arg-type]
        rows=pd.DataFrame(),
    )  # fmt: skip


def build(population: Population, settings: AuditSettings) -> pd.DataFrame:
    return ORIGINS.conform(build_origins(open_inquiry(population, settings)))


def pick(table: pd.DataFrame, dimension: str, item: str, figure: str) -> pd.Series:
    rows = table[
        (table["dimension"] == dimension) & (table["item"] == item) & (table["figure"] == figure)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def spread_points() -> np.ndarray:
    """Women 10 points below men everywhere; people differ by ±5 within each group and site."""
    return 60.0 - 10 * WOMAN + 5 * np.where(np.arange(N) // 2 % 2 == 0, 1, -1)


@pytest.fixture
def settings(make_settings: MakeSettings) -> AuditSettings:
    return make_settings(min_cell=5)


def test_heterogeneity_of_means_is_welchs_of_r() -> None:
    groups = ([4, 6, 5, 9, 7], [8, 12, 9, 11], [5, 5, 6, 4, 6, 4, 5])
    columns = [np.array(group, float) for group in groups]
    found = welch_heterogeneity(
        [float(c.mean()) for c in columns],
        [float(c.var(ddof=1)) / len(c) for c in columns],
        [len(c) - 1.0 for c in columns],
    )
    # tests/reference/origins.txt prints 12 digits.
    assert found.f == pytest.approx(12.268770006, rel=1e-9)
    assert found.p_value == pytest.approx(0.00925783912886, rel=1e-9)


def test_gap_within_managers_is_rs_coefficient_with_teams_and_both_parts_add_up(
    settings: AuditSettings,
) -> None:
    # The 12 people of tests/reference/origins.R, twice: the coefficient stays.
    points = np.array([60.0, 55, 70, 62, 50, 41, 58, 47, 66, 80, 72, 75])
    woman = np.array([1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0], dtype=bool)
    order = np.argsort(~np.tile(woman, 2), kind="stable")
    population = make_company(
        np.tile(points, 2)[order], manager=np.tile(np.repeat([0, 1, 2], 4), 2)[order]
    )
    table = build(population, settings)
    parts = [
        pick(table, "manager", item, "points")["estimate"]
        for item in ("within managers", "between managers", "all")
    ]
    assert parts[0] == pytest.approx(2.9, abs=1e-10)
    assert parts[2] == pytest.approx(-5.66666666667, abs=1e-10)
    assert parts[0] + parts[1] == pytest.approx(parts[2], abs=1e-10)


def test_rank_sum_counts_all_deals_with_ties_as_r_does() -> None:
    score = np.array([50.0, 60, 60, 40, 75, 60, 80, 50, 90])
    own = np.isin(np.arange(9), [0, 3, 7, 1])
    assert rank_sum_p(score, own) == pytest.approx(0.047619047619, abs=1e-11)


def test_rank_sum_of_a_large_team_is_close_to_all_deals() -> None:
    rng = np.random.default_rng(3)
    score, own = rng.normal(size=61), np.arange(61) % 2 == 0
    score[own] += 0.6
    from scipy.stats import mannwhitneyu

    exact = mannwhitneyu(score[own], score[~own], method="exact").pvalue
    # The normal curve is off by about 1/n of p here.
    assert rank_sum_p(score, own) == pytest.approx(exact, rel=0.05)


def test_interval_of_two_shares_is_newcombes() -> None:
    # Newcombe (1998), table II, method 10: (b) 9/10 and 3/10, (f) 10/10 and 0/20.
    assert newcombe_interval(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe_interval(10, 10, 0, 20) == pytest.approx((0.6791, 1.0), abs=5e-5)


def test_lines_of_criteria_sources_places_and_managers_by_hand(settings: AuditSettings) -> None:
    table = build(make_company(spread_points()), settings)
    for place in (
        ("criterion", "delivery", "points"), ("source", "peer", "points"),
        ("source", "manager", "points"), ("location", "Lisboa", "points"),
        ("manager", "all", "points"), ("manager", "within managers", "points"),
        ("stage", "raw", "points"),
    ):  # fmt: skip
        assert pick(table, *place)["estimate"] == pytest.approx(-10), place
    assert pick(table, "manager", "between managers", "points")["estimate"] == pytest.approx(0)
    assert pick(table, "source", "manager minus peer", "points")["estimate"] == 0
    line = pick(table, "criterion", "delivery", "points")
    assert (line["n"], line["n_reference"], line["value"]) == (12, 12, 50)


def test_equal_gaps_in_both_places_differ_by_nothing(settings: AuditSettings) -> None:
    table = build(make_company(spread_points()), settings)
    line = pick(table, "location", "all", "heterogeneity_of_points")
    assert line["estimate"] == pytest.approx(0, abs=1e-12)
    assert line["p_value"] == pytest.approx(1)


def test_a_gap_of_one_place_alone_is_found_and_named(settings: AuditSettings) -> None:
    gap = -20.0 * (WOMAN & (SITE == "Porto"))
    points = spread_points() + 10 * WOMAN + gap
    population = make_company(points, manager=None)
    inquiry = open_inquiry(population, settings)
    table = ORIGINS.conform(build_origins(inquiry))
    found = {row["finding_id"]: row for row in find_origins(inquiry, table)}
    said = found["origin:location:gender:woman"]
    assert said["kind"] == "origin"
    assert "not the same everywhere (Location)" in said["headline"]
    assert "−20.0 in 'Porto'" in said["evidence"]


def test_groups_below_the_smallest_cell_keep_their_lines_and_lose_their_figures(
    make_settings: MakeSettings,
) -> None:
    table = build(make_company(spread_points()), make_settings(min_cell=10))
    # Twelve women in all, six at each site.
    line = pick(table, "location", "Porto", "points")
    assert bool(line["suppressed"])
    figures = [column.name for column in ORIGINS.columns if column.kind in ("number", "integer")]
    assert line[figures].isna().all()
    assert not bool(pick(table, "source", "peer", "points")["suppressed"])
    assert (
        not (table["dimension"] == "team").any()
        or (table.loc[table["dimension"] == "team", "item"] == "all").all()
    )


def test_a_cell_with_few_raters_is_withheld(settings: AuditSettings) -> None:
    population = make_company(spread_points())
    assert population.background is not None
    forms = population.background.forms
    # All peer forms on women come from two women.
    rater = forms.rater.copy()
    rater[:12] = np.arange(12) % 2
    table = build(make_company(spread_points(), forms=replace(forms, rater=rater)), settings)
    rows = table[table["dimension"] == "rater_group"]
    assert rows["suppressed"].all()
    assert rows["estimate"].isna().all()


def test_who_is_missing_is_counted_with_its_ratio(settings: AuditSettings) -> None:
    rated = np.ones(N, np.bool_)
    rated[[0, 1, 2, 12]] = False
    quarantined = np.zeros(N, np.int64)
    quarantined[[3, 13, 14]] = 2
    link = np.full(N, "linked", dtype=object)
    link[[5, 6, 15]] = "unlinked"
    points = spread_points()
    raw = np.where(rated, np.rint(points * MICRO), MISSING).astype(np.int64)
    population = make_company(
        points, rated=rated, quarantined=quarantined, link=link, scores={"raw": raw},
        bands={"raw": np.where(rated, np.digitize(points, [40, 70]), -1)},
    )  # fmt: skip
    table = build(population, settings)
    line = pick(table, "not_rated", "all", "share")
    assert line["estimate"] == pytest.approx(3 / 12 - 1 / 12)
    assert pick(table, "not_rated", "all", "ratio")["estimate"] == pytest.approx(3)
    assert pick(table, "quarantined", "all", "share")["value"] == pytest.approx(1 / 12)
    # Of the nine rated women two are unlinked, of eleven rated men one.
    assert pick(table, "unlinked", "all", "ratio")["estimate"] == pytest.approx((2 / 9) / (1 / 11))


def test_earlier_cycles_count_the_people_who_are_still_here(settings: AuditSettings) -> None:
    history = HistoryEvidence(
        cycles=("2025",),
        cycle=np.zeros(26, np.int64),
        employee=np.concatenate([np.arange(24), [-1, -1]]),
        # Three women and six men were in the top band; one man's band has another name.
        band=np.concatenate([np.repeat([2, 1], [3, 9]), np.repeat([2, 1, -1], [6, 5, 1]), [2, 2]]),
    )
    population = make_company(spread_points(), history=history)
    inquiry = open_inquiry(population, settings)
    table = ORIGINS.conform(build_origins(inquiry))
    line = pick(table, "cycle", "2025", "share")
    assert line["estimate"] == pytest.approx(3 / 12 - 6 / 11)
    notes = " ".join(note_origins(inquiry, table))
    assert "2 rows of the history are left out: they are about others." in notes
    assert "1 row of the history is left out: its band has another name." in notes


def test_comments_are_compared_by_person_and_own_comments_are_left_out(
    settings: AuditSettings,
) -> None:
    words = np.zeros(2 * N, np.int64)
    words[:N] = np.where(WOMAN, 10, 20)
    has_any = (words > 0).astype(np.int64)
    actionable = has_any * np.tile(~WOMAN, 2)
    comments = CommentEvidence(has_any, has_any, words, actionable, has_any * np.tile(WOMAN, 2))
    population = make_company(spread_points(), comments=comments)
    table = build(population, settings)
    assert pick(table, "comment", "length", "words")["estimate"] == -10
    assert pick(table, "comment", "says what to do", "share")["estimate"] == -1
    rate = pick(table, "comment", "words on the person's nature", "per_100_words")
    assert (rate["value"], rate["value_reference"]) == (10, 0)
    assert population.background is not None
    forms = population.background.forms
    own = replace(forms, source=np.full(2 * N, "self", dtype=object))
    alone = build(make_company(spread_points(), comments=comments, forms=own), settings)
    lines = alone[alone["dimension"] == "comment"]
    assert lines["suppressed"].all()


def test_q_values_are_adjusted_within_a_dimension(settings: AuditSettings) -> None:
    rng = np.random.default_rng(2)
    table = build(make_company(np.clip(rng.normal(55, 12, N), 0, 100)), settings)
    for _, rows in table[table["dimension"] != "team"].groupby("dimension"):
        larger = np.fmax(
            rows["p_value"].astype(float).to_numpy(), rows["p_clustered"].astype(float).to_numpy()
        )
        known = np.sort(larger[~np.isnan(larger)])
        if len(known):
            # The smallest q is the least of p × m / rank.
            expected = (known * len(known) / np.arange(1, len(known) + 1)).min()
            smallest = rows["q_value"].astype(float).min()
            assert smallest == pytest.approx(min(1, expected), rel=1e-12)


def test_without_a_company_around_the_bands_the_table_is_empty(settings: AuditSettings) -> None:
    population = replace(make_company(spread_points()), background=None)
    assert len(build(population, settings)) == 0


def test_without_comments_the_notes_say_so(settings: AuditSettings) -> None:
    inquiry = open_inquiry(make_company(spread_points()), settings)
    table = ORIGINS.conform(build_origins(inquiry))
    assert note_origins(inquiry, table) == [
        "No comments were given: their words were not compared."
    ]


def test_the_same_people_in_another_order_give_the_same_table(settings: AuditSettings) -> None:
    points = spread_points() + np.random.default_rng(4).normal(0, 3, N)
    population = make_company(points)
    assert population.background is not None
    order = np.random.default_rng(1).permutation(2 * N)
    forms = population.background.forms
    moved = replace(
        forms,
        **{
            name: getattr(forms, name)[order]
            for name in (
                "employee", "rater", "source", "points", "weight", "scored", "criterion_points"
            )
        },
    )  # fmt: skip
    first, second = (
        build(people, settings) for people in (population, make_company(points, forms=moved))
    )
    # Sums in another order differ in the last digits.
    pd.testing.assert_frame_equal(first, second, rtol=1e-9, atol=1e-9)


def test_a_manager_is_named_only_where_both_sides_reach_the_smallest_cell(
    make_settings: MakeSettings,
) -> None:
    # Under M1 every woman stands below every man: 2 of 70 deals are as far out.
    points = spread_points()
    table = build(make_company(points), make_settings(min_cell=4))
    teams = table[table["dimension"] == "team"]
    assert sorted(teams["item"]) == ["M1", "M2", "M3", "all"]
    line = pick(table, "team", "M1", "points")
    women, men = points[WOMAN & (MANAGER == 0)], points[~WOMAN & (MANAGER == 0)]
    assert line["estimate"] == pytest.approx(women.mean() - men.mean())
    hidden = build(make_company(points), make_settings(min_cell=5))
    assert hidden.loc[hidden["dimension"] == "team", "item"].tolist() == ["all"]
    # All three teams are tested, named or not.
    assert pick(hidden, "team", "all", "teams_standing_out")["value"] == 3


def test_what_groups_are_called_changes_no_figure_of_a_proxy(settings: AuditSettings) -> None:
    population, figures = make_company(spread_points()), []
    for name in ("woman", "a woman"):
        table = build_proxies(open_inquiry(population, settings, name))
        figures.append(table.drop(columns="group").set_index(["attribute", "feature"]))
    assert figures[0]["score"].notna().any()
    pd.testing.assert_frame_equal(*figures)


def make_lines(smallest: list[float]) -> pd.DataFrame:
    """One family for each of these q-values: a source's line, and another without any sign."""
    rows = [
        {
            "dimension": "source", "item": item, "attribute": f"a{family:02d}", "group": "g",
            "reference": "r", "n": 50, "n_reference": 50, "figure": "points", "value": 40.0,
            "value_reference": 50.0, "estimate": -10.0, "low": -15.0, "high": -5.0,
            "p_value": q, "p_clustered": q, "q_value": q, "class": None, "suppressed": False,
        }
        for family, least in enumerate(smallest)
        for item, q in (("peer", least), ("self", 0.9))
    ]  # fmt: skip
    return ORIGINS.conform(pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("smallest", "found"),
    [
        # 0.05/20 is 0.0025: neither 0.04 nor 0.003 alone survives twenty families.
        ([0.04] + [0.5] * 19, []),
        ([0.003] + [0.5] * 19, []),
        ([0.0024] + [0.5] * 19, ["a00"]),
        # Two families count at 0.005; a line of theirs must reach 0.05 × 2/20 = 0.005.
        ([0.0024, 0.0049] + [0.5] * 18, ["a00", "a01"]),
        ([0.04], ["a00"]),
    ],
)
def test_a_finding_survives_all_families_together(
    smallest: list[float], found: list[str], settings: AuditSettings
) -> None:
    inquiry = open_inquiry(make_company(spread_points()), settings)
    # The raw scores differ by 7 points: a gap of 10 matters.
    rows = find_origins(inquiry, make_lines(smallest))
    assert [row["scope_id"].split(":")[0] for row in rows] == found


def test_a_small_gap_is_no_finding_however_sure(settings: AuditSettings) -> None:
    inquiry = open_inquiry(make_company(spread_points()), settings)
    lines = make_lines([0.0001]).assign(estimate=-1.0)
    assert find_origins(inquiry, lines) == []
