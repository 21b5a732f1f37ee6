"""When the ordinal model is asked beside the linear one, and what its table holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibrate.config import load_cycle
from calibrate.pipeline import compute_scores, prepare_cycle, second_opinion
from calibrate.pipeline.tabulate import tabulate_everything

RUBRIC = """\
schema: 1
id: work
version: 1
title: "Work"
scale: {lowest: 1, highest: 5, step: 1}
criteria:
  - {id: overall, label: "Overall", weight: 100, levels: {1: "a", 5: "b"}}
"""
N, N_RATERS = 120, 40


def _score(folder: Path, cuts: list[float], effects: str = "") -> dict[str, pd.DataFrame]:
    """120 people, five marks each; ``cuts`` part the marks 1 to 5 on a logit scale."""
    rng = np.random.default_rng(20261121)
    employee = np.repeat(np.arange(N), 5)
    rater = np.concatenate([rng.permutation(N_RATERS)[:5] for _ in range(N)])
    latent = rng.normal(0, 1.2, N)[employee] - rng.normal(0, 1.4, N_RATERS)[rater]
    mark = 1 + np.searchsorted(cuts, latent + rng.logistic(size=5 * N))
    rows = [
        f"E{i:03},R{j:02},peer,overall,{m}" for i, j, m in zip(employee, rater, mark, strict=True)
    ]
    header = "employee_id,rater_id,source,criterion,mark"
    (folder / "ratings.csv").write_text("\n".join([header, *rows]) + "\n")
    (folder / "work.yaml").write_text(RUBRIC)
    path = folder / "cycle.yaml"
    path.write_text(
        'schema: 1\ncycle: "top"\ninputs: {ratings: {file: ratings.csv}}\nrubrics: [work.yaml]\n'
        + effects
    )
    return tabulate_everything(compute_scores(prepare_cycle(load_cycle(path))))


FREQUENT, USUAL = [-3.5, -2.2, -1.0, 0.0], [-2.5, -1.0, 1.0, 2.5]


@pytest.fixture(scope="module")
def frequent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    return _score(tmp_path_factory.mktemp("frequent"), FREQUENT)


def _model_findings(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    findings = tables["findings"]
    return findings[findings["kind"] == "model"]


def test_a_frequent_top_mark_is_given_a_second_opinion(frequent: dict[str, pd.DataFrame]) -> None:
    opinion, scores = frequent["second_opinion"], frequent["scores"]
    told = scores[scores["link"].isin(["linked", "weak"])]
    assert opinion["employee_id"].tolist() == told["employee_id"].tolist()
    assert opinion["adjusted_score"].tolist() == told["adjusted_score"].tolist()
    assert opinion["ordinal_calibrated"].between(0, 100).all()
    assert opinion["p_ordinal"].between(0, 1).all()


def test_the_finding_counts_who_would_be_in_another_band(
    frequent: dict[str, pd.DataFrame],
) -> None:
    (finding,) = _model_findings(frequent)["headline"]
    n_moves = int((frequent["second_opinion"]["moves"] != 0).sum())
    share = (frequent["forms"]["points"] == 100).mean()
    assert finding.startswith(f"{100 * share:.0f}% of the marks are the top mark")
    assert f"for {n_moves} of {N} people" in finding
    moved = frequent["second_opinion"].query("moves != 0")
    assert (moved["adjusted_band"] != moved["ordinal_band"]).all()


def test_scores_of_the_run_stay_those_of_its_own_model(frequent: dict[str, pd.DataFrame]) -> None:
    assert not any("ordinal model" in said for said in frequent["findings"]["headline"])
    opinion = frequent["second_opinion"]
    assert (opinion["calibrated_score"] - opinion["ordinal_calibrated"]).abs().max() > 0.5


def test_a_rare_top_mark_is_given_none(tmp_path: Path) -> None:
    tables = _score(tmp_path, USUAL)
    assert tables["second_opinion"].empty
    assert _model_findings(tables).empty


def test_the_ordinal_model_needs_no_second_opinion_of_itself(tmp_path: Path) -> None:
    tables = _score(tmp_path, FREQUENT, "effects: {model: ordinal}\n")
    assert tables["second_opinion"].empty
    assert any("from the ordinal model" in said for said in tables["findings"]["headline"])


def test_without_adjustment_there_is_no_second_opinion(tmp_path: Path) -> None:
    tables = _score(tmp_path, FREQUENT, "effects: {model: none}\n")
    assert tables["second_opinion"].empty
    assert _model_findings(tables).empty


def test_a_large_company_is_told_how_to_ask_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_opinion, "MOST_FORMS", 10)
    tables = _score(tmp_path, FREQUENT)
    assert tables["second_opinion"].empty
    (finding,) = _model_findings(tables).to_dict("records")
    assert "can be asked for" in finding["headline"]
    assert "effects.model: ordinal" in finding["evidence"]


def test_the_opinion_and_the_model_of_the_run_are_one_and_the_same(
    tmp_path: Path, frequent: dict[str, pd.DataFrame]
) -> None:
    scores = _score(tmp_path, FREQUENT, "effects: {model: ordinal}\n")["scores"]
    opinion = frequent["second_opinion"]
    by_model = scores.set_index("employee_id").loc[opinion["employee_id"]]
    assert opinion["ordinal_calibrated"].tolist() == by_model["calibrated_score"].tolist()
    assert opinion["ordinal_adjusted"].tolist() == by_model["adjusted_score"].tolist()
    assert opinion["ordinal_se"].tolist() == by_model["se"].tolist()


def test_packets_are_told_what_the_finding_says(frequent: dict[str, pd.DataFrame]) -> None:
    (note,) = second_opinion.say_opinion(frequent)
    assert note.startswith(_model_findings(frequent)["headline"].item())
    assert "tables/second_opinion" in note
