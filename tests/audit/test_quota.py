"""What a quota would do by group: counts by hand, and Fisher's p of being moved down."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import AttributeTable, AuditSettings, Background, FormEvidence, Population
from calibrate.audit.disparities import audit_population
from calibrate.audit.inference import fisher_midp
from calibrate.bands import QuotaMoves

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]


def make_background(n: int, quota: QuotaMoves | None) -> Background:
    none, empty = np.empty(0), np.empty(0, np.int64)
    forms = FormEvidence(
        empty, empty, np.empty(0, object), none, none, np.empty(0, bool), (), np.empty((0, 0)),
        empty,
    )  # fmt: skip
    return Background(
        strata={}, controls=(), manager_ids=(), link=np.full(n, "unlinked", object),
        n_forms=np.ones(n, np.int64), adjusted=np.full(n, 50.0),
        probabilities=np.full((n, 3), np.nan), forms=forms, is_fitted=False, quota=quota,
    )  # fmt: skip


def audit_quota(
    people: tuple[Population, AttributeTable],
    settings: AuditSettings,
    down: list[int],
    tied: dict[int, float] | None = None,
) -> pd.DataFrame:
    population, attributes = people
    band = population.bands["raw"]
    to, share = band.copy(), np.zeros(len(band))
    to[down], share[down] = band[down] - 1, 1.0
    is_tied = np.zeros(len(band), bool)
    for person, part in (tied or {}).items():
        to[person], share[person], is_tied[person] = band[person] - 1, part, True
    moves = QuotaMoves(band, to, is_tied, share, np.zeros(len(band)), band >= 0)
    population = replace(population, background=make_background(len(band), moves))
    return audit_population(population, attributes, settings).tables["quota_impact"]


def pick(table: pd.DataFrame, group: str) -> pd.Series:
    return table.set_index("group").loc[group]


@pytest.fixture
def people(make_people: MakePeople) -> tuple[Population, AttributeTable]:
    """Women 10 below, 20 meet, 10 exceed; men 10, 40 and 30: places 0 to 39 and 40 to 119."""
    return make_people({("women",): (10, 20, 10), ("men",): (10, 40, 30)})


def test_rates_and_p_by_hand(
    people: tuple[Population, AttributeTable], make_settings: MakeSettings
) -> None:
    """Six women and three men who exceed would be moved down."""
    table = audit_quota(people, make_settings(), [*range(30, 36), *range(90, 93)])
    women, men = pick(table, "women"), pick(table, "men")
    assert (women["n"], women["n_down"], women["n_up"], women["n_tied"]) == (40, 6, 0, 0)
    assert (men["n"], men["n_down"]) == (80, 3)
    assert women["rate_before"] == pytest.approx(10 / 40)
    assert women["rate_after"] == pytest.approx(4 / 40)
    assert women["ratio_before"] == pytest.approx((10 / 40) / (30 / 80))
    assert women["ratio_after"] == pytest.approx((4 / 40) / (27 / 80))
    assert women["p_value"] == pytest.approx(fisher_midp(6, 40, 3, 80))
    assert women["q_value"] == pytest.approx(women["p_value"])
    assert men["ratio_after"] == 1
    assert pd.isna(men["p_value"])


def test_the_tied_count_by_their_share_and_are_moved_nowhere(
    people: tuple[Population, AttributeTable], make_settings: MakeSettings
) -> None:
    """Two women and two men are tied, and one of four would move: a quarter each."""
    tied = dict.fromkeys([30, 31, 90, 91], 0.25)
    table = audit_quota(people, make_settings(), [], tied)
    women = pick(table, "women")
    assert (women["n_down"], women["n_tied"]) == (0, 2)
    assert women["rate_after"] == pytest.approx((10 - 0.5) / 40)


def test_small_group_keeps_its_place_and_loses_its_figures(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    people = make_people({("a",): (10, 20, 10), ("b",): (3, 3, 3)})
    small = pick(audit_quota(people, make_settings(), [39]), "b")
    assert bool(small["suppressed"])
    assert small[["n", "n_down", "rate_before", "p_value"]].isna().all()


def test_large_difference_is_a_finding_that_moves_nobody(
    people: tuple[Population, AttributeTable], make_settings: MakeSettings
) -> None:
    population, attributes = people
    band = population.bands["raw"]
    to = band.copy()
    to[30:40] = 1
    moves = QuotaMoves(
        band, to, np.zeros(120, bool), (to != band).astype(float), np.zeros(120), band >= 0
    )
    population = replace(population, background=make_background(120, moves))
    findings = audit_population(population, attributes, make_settings()).tables["findings"]
    own = findings[findings["kind"] == "quota"]
    assert own["scope_id"].tolist() == ["gender: women"]
    assert "10 of 40 (25%) against 0 of 80" in own["evidence"].iloc[0]
    assert "Nobody is moved" in own["evidence"].iloc[0]


def test_without_guideline_or_background_the_table_is_empty(
    people: tuple[Population, AttributeTable], make_settings: MakeSettings
) -> None:
    population, attributes = people
    for background in (None, make_background(120, None)):
        asked = replace(population, background=background)
        assert audit_population(asked, attributes, make_settings()).tables["quota_impact"].empty
