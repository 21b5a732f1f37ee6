"""People whom a demo singles out: disjoint, as many as asked for, and with what they stand for."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from calibrate.cli.main import run_command
from calibrate.demo.activity import NEVER, draw_cadence
from calibrate.demo.company import Company, draw_company
from calibrate.demo.goal_details import draw_details
from calibrate.demo.singled_out import SingledOut, single_out


def choose(size: int, seed: int = 3) -> tuple[Company, np.ndarray, np.ndarray, SingledOut]:
    rng = np.random.default_rng(seed)
    company = draw_company(rng, size)
    band = np.where(company.is_rated, rng.integers(0, 5, size), -1)
    cadence = draw_cadence(rng, company)
    return company, band, cadence, single_out(rng, company, band, cadence, NEVER)


def test_nobody_is_singled_out_twice_but_for_managers_without_check_ins() -> None:
    *_, singled = choose(2000)
    parts = [getattr(singled, one.name) for one in fields(singled)[:-1]]
    whom = np.concatenate(parts)
    assert len(np.unique(whom)) == len(whom)
    for part in parts:
        assert (np.diff(part) > 0).all()


def test_shares_are_those_that_are_written_down() -> None:
    company, band, cadence, singled = choose(2000)
    staff = company.is_rated & (company.tree.span == 0)
    assert singled.counts == {
        "proposed_high_goals_missed": 3,
        "proposed_low_goals_reached": 2,
        "without_goals": round(0.02 * staff.sum()),
        "only_recent_evidence": round(0.02 * staff.sum()),
        "paid_above_band": round(0.01 * company.is_rated.sum()),
        "paid_below_band": round(0.01 * company.is_rated.sum()),
        "manager_without_checkins": ((company.tree.span > 0) & (cadence == NEVER)).sum(),
    }
    assert (band[singled.paid_below_band] >= 3).all()
    assert np.isin(band[singled.paid_above_band], [1, 2]).all()
    assert (cadence[company.tree.manager[singled.only_recent_evidence]] <= 30).all()


@pytest.mark.parametrize("size", [12, 40])
def test_a_small_company_gets_as_many_as_it_has_people_for(size: int, tmp_path: Path) -> None:
    assert run_command(["demo", str(tmp_path / "company"), "--employees", str(size)]) == 0
    truth = tmp_path / "company" / "truth"
    plan = yaml.safe_load((truth / "planted.yaml").read_text(encoding="utf-8"))["singled_out"]
    rows = pd.read_csv(truth / "singled_out.csv")
    assert sum(n for name, n in plan.items() if name != "meaning") == len(rows)


def test_goals_of_people_have_the_traits_at_their_shares() -> None:
    n = 20_000
    details = draw_details(np.random.default_rng(5), np.where(np.arange(n) < 100, -1, 1))
    assert not details.is_objective[:100].any()
    for name, share in (("is_objective", 0.20), ("is_orphan", 0.06), ("has_no_evidence", 0.08)):
        found = getattr(details, name)[100:].mean()
        # Four standard errors of a share of 19,900 draws.
        assert found == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 19_900))
    assert not (details.is_changed & details.is_objective).any()
    crossed = details.is_crossed
    assert not (crossed & (details.is_objective | details.is_orphan)).any()
    # One in 300 of those that are neither.
    plain = (~details.is_objective & ~details.is_orphan)[100:].sum()
    assert crossed.sum() == -(-plain // 300)


def test_goals_keep_their_way_up_when_some_people_have_none(tmp_path: Path) -> None:
    assert run_command(["demo", str(tmp_path / "company"), "--employees", "300"]) == 0
    goals = pd.read_csv(tmp_path / "company" / "goals.csv", dtype=str, keep_default_na=False)
    truth = pd.read_csv(tmp_path / "company" / "truth" / "singled_out.csv")
    without = truth.loc[truth["planted"] == "without_goals", "employee_id"]
    assert len(without) > 0
    assert not set(without) & set(goals["employee_id"])
    above = goals[goals["parent_id"] != ""]
    assert set(above["parent_id"]) <= set(goals["goal_id"])
    parts = goals[goals["goal_type"] == "key_result"]
    whose = goals[goals["goal_type"] == "objective"].set_index("goal_id")["employee_id"]
    assert parts["employee_id"].tolist() == whose[parts["parent_id"]].tolist()
    weights = parts["weight"].astype(int).groupby(parts["parent_id"]).sum()
    assert set(weights) == {100}
