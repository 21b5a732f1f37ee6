"""Scores of small cycles, each derived by hand from the files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from calibrate.config import load_cycle
from calibrate.pipeline import compute_scores, prepare_cycle
from calibrate.pipeline.tabulate import tabulate_everything

RUBRIC = """\
schema: 1
id: {id}
version: 1
title: "{id}"
{extra}
scale: {{lowest: {lowest}, highest: {highest}, step: 1}}
criteria:
{criteria}
"""
TWO = """\
  - {id: delivery, label: "Delivery", weight: 60, levels: {1: "a"}}
  - {id: quality, label: "Quality", weight: 40, levels: {1: "b"}}
"""


class Company:
    """Writes files and scores them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rubrics: list[str] = []
        self.extra = ""
        self.inputs = "  ratings: {file: ratings.csv}\n"

    def add_rubric(self, name: str, criteria: str = TWO, *, extra: str = "",
                   lowest: int = 1, highest: int = 5) -> None:  # fmt: skip
        text = RUBRIC.format(
            id=name, extra=extra, lowest=lowest, highest=highest, criteria=criteria
        )
        (self.folder / f"{name}.yaml").write_text(text)
        self.rubrics.append(f"{name}.yaml")

    def add_table(self, name: str, header: str, *rows: str) -> None:
        (self.folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
        if name != "ratings":
            self.inputs += f"  {name}: {{file: {name}.csv}}\n"

    def rate(self, *rows: str) -> None:
        self.add_table("ratings", "employee_id,rater_id,source,criterion,mark", *rows)

    def score(self) -> dict[str, pd.DataFrame]:
        path = self.folder / "cycle.yaml"
        path.write_text(
            f'schema: 1\ncycle: "hand"\ninputs:\n{self.inputs}'
            f"rubrics: [{', '.join(self.rubrics)}]\n{self.extra}"
        )
        return tabulate_everything(compute_scores(prepare_cycle(load_cycle(path))))


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def points(tables: dict[str, pd.DataFrame]) -> list[float]:
    return [round(float(p), 9) for p in tables["forms"]["points"]]


def raw(tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    scores = tables["scores"].dropna(subset="raw_score")
    return {
        str(who): round(float(score), 9)
        for who, score in zip(scores["employee_id"], scores["raw_score"], strict=True)
    }


def test_form_is_the_weighted_mean_of_its_criteria(company: Company) -> None:
    company.add_rubric("work")
    company.rate("A,R,peer,delivery,4", "A,R,peer,quality,2")
    # 4 is 75 points, 2 is 25 points: .6 * 75 + .4 * 25
    assert points(company.score()) == [55]


def test_missing_criterion_leaves_its_weight_to_the_others(company: Company) -> None:
    company.add_rubric("work")
    company.rate("A,R,peer,delivery,4", "A,R,peer,quality,")
    assert points(company.score()) == [75]


def test_form_below_half_of_the_weight_is_listed_and_left_out(company: Company) -> None:
    company.add_rubric("work")
    company.rate("A,R,peer,quality,5", "A,S,peer,delivery,3")
    tables = company.score()
    assert raw(tables) == {"A": 50}
    assert tables["problems"][["row", "rule", "level"]].to_numpy().tolist() == [
        [2, "form_below_half", "note"]
    ]
    assert tables["scores"]["n_forms"].tolist() == [1]


def test_a_form_that_says_why_it_has_no_mark_is_told_in_its_own_words(company: Company) -> None:
    company.add_rubric("work")
    company.inputs = "  ratings: {file: ratings.csv, scale: words}\n"
    company.extra = 'scales: {words: {version: 1, marks: {"Good": 4}, nulls: ["Too new"]}}\n'
    company.rate(
        "A,R,manager,delivery,Too new", "A,R,manager,quality,Too new", "A,A,self,delivery,Good",
        "B,R,manager,delivery,Good", "B,S,peer,quality,Too new", "B,S,peer,delivery,",
    )  # fmt: skip
    tables = company.score()
    people = tables["readiness"].set_index("employee_id")
    assert people.loc["A", ["status", "reason", "detail"]].tolist() == [
        "not_rated", "null_label", "marked 'Too new'",
    ]  # fmt: skip
    assert people.loc["B", "status"] == "rated"
    notes = tables["problems"]
    without = notes[notes["rule"] == "form_without_mark"]
    assert without["row"].tolist() == [2, 6]
    assert without["fix"].iloc[0].startswith("the form that starts here says 'Too new'")
    assert not (notes["rule"] == "form_below_half").any()


def test_two_forms_of_one_row_each_say_their_own_word(company: Company) -> None:
    company.add_rubric("work")
    company.inputs = """\
  ratings:
    - {file: reviews.csv, scale: words, constants: {source: manager, criterion: delivery},
       columns: {id: employee_id, boss: rater_id, theirs: mark}, ignore: [own]}
    - {file: reviews.csv, scale: words, constants: {source: self, criterion: delivery},
       columns: {id: [employee_id, rater_id], own: mark}, ignore: [boss, theirs]}
"""
    company.extra = 'scales: {words: {version: 1, marks: {"Good": 4}, nulls: ["New", "Away"]}}\n'
    rows = ["A,M,New,Away", "B,M,,Away", "C,M,New,", "D,M,Good,New"]
    (company.folder / "reviews.csv").write_text("\n".join(["id,boss,theirs,own", *rows]) + "\n")
    tables = company.score()
    people = tables["readiness"].set_index("employee_id")
    assert people["detail"].fillna("").tolist()[:3] == [
        "marked 'New'", "the only form has no mark", "marked 'New'",
    ]  # fmt: skip
    said = tables["problems"][tables["problems"]["rule"] == "form_without_mark"]
    assert [fix.split("'")[1] for fix in said["fix"]] == ["Away", "New", "Away", "New", "New"]


def test_manager_counts_twice_and_self_not_at_all(company: Company) -> None:
    company.add_rubric("work")
    company.rate(
        "A,M,manager,delivery,5", "A,P,peer,delivery,3", "A,Q,peer,delivery,2",
        "A,A,self,delivery,5",
    )  # fmt: skip
    # (2 * 100 + 50 + 25) / 4; the self form would have been 100
    assert raw(company.score()) == {"A": 68.75}


def test_missing_source_never_counts_as_zero(company: Company) -> None:
    company.add_rubric("work")
    company.rate("A,P,peer,delivery,5", "B,M,manager,delivery,5", "B,P,peer,delivery,5")
    assert raw(company.score()) == {"A": 100, "B": 100}


def test_rubric_follows_the_job_family_with_its_own_scale(company: Company) -> None:
    company.add_rubric(
        "engineering", extra='applies_to: {job_family: ["Engineering"]}', lowest=0, highest=10
    )
    company.add_rubric("rest")
    company.add_table("employees", "employee_id,job_family", "A,Engineering", "B,Sales")
    company.rate("A,R,peer,delivery,4", "B,R,peer,delivery,4")
    # 4 of 0 to 10 is 40 points, 4 of 1 to 5 is 75
    assert raw(company.score()) == {"A": 40, "B": 75}


def test_absolute_marks_are_measured_from_what_the_level_expects(company: Company) -> None:
    criteria = (
        '  - {id: delivery, label: "D", weight: 100, expected: {L1: 2, L5: 4}, levels: {1: "a"}}\n'
    )
    company.add_rubric("work", criteria, extra="marks: absolute")
    company.add_table("employees", "employee_id,level", "A,L1", "B,L5")
    company.rate("A,R,peer,delivery,3", "B,R,peer,delivery,3")
    # 50 + 100 * (3 - 2) / 4 and 50 + 100 * (3 - 4) / 4
    tables = company.score()
    assert raw(tables) == {"A": 75, "B": 25}
    expected = tables["criterion_scores"]["expected"].tolist()
    assert expected == [50, 50]


def test_weights_come_from_the_outcomes(company: Company) -> None:
    criteria = (
        '  - {id: delivery, label: "D", outcomes: {grow: 100}, levels: {1: "a"}}\n'
        '  - {id: quality, label: "Q", outcomes: {grow: 50, keep: 50}, levels: {1: "b"}}\n'
    )
    (company.folder / "strategy.yaml").write_text(
        'schema: 1\nid: "2026"\noutcomes:\n'
        '  - {id: grow, title: "Grow", perspective: financial, weight: 80}\n'
        '  - {id: keep, title: "Keep", perspective: customer, weight: 20}\n'
    )
    company.extra = "strategy: strategy.yaml\n"
    company.add_rubric("work", criteria, extra="weights: from_outcomes")
    company.rate("A,R,peer,delivery,5", "A,R,peer,quality,1")
    # delivery 80 * 1 = 80, quality 80 * .5 + 20 * .5 = 50: 80 / 130 of 100 points
    assert points(company.score()) == [round(100 * 80 / 130, 9)]


def test_ids_that_look_like_numbers_stay_as_written(company: Company) -> None:
    company.add_rubric("work")
    company.rate("007,R,peer,delivery,3", "7,R,peer,delivery,3", "NA,R,peer,delivery,3")
    assert list(raw(company.score())) == ["007", "7", "NA"]


def test_attainment_is_the_share_of_the_way_in_either_direction(company: Company) -> None:
    company.add_rubric("work")
    company.rate("A,R,peer,delivery,3")
    company.add_table(
        "goals", "goal_id,title,kind,employee_id,weight,baseline,target,actual",
        "G1,Grow,person,A,60,40,52,49", "G2,Cut downtime,person,A,40,10,5,7",
        "G3,Beyond,person,A,,0,10,30", "G4,Backwards,person,A,,10,20,5",
        "G5,No way,person,A,,3,3,4",
    )  # fmt: skip
    reached = company.score()["goals"]["attainment"]
    # 9 / 12; -3 / -5; 3 capped at 1.5; -0.5 kept at 0; no way from 3 to 3
    assert reached.tolist()[:4] == pytest.approx([0.75, 0.6, 1.5, 0])
    assert pd.isna(reached.tolist()[4])


def test_company_where_nothing_links_changes_no_score_and_says_why(company: Company) -> None:
    company.add_rubric("work")
    company.add_table("employees", "employee_id,manager_id", *(f"E{n},M{n % 2}" for n in range(8)))
    company.rate(*(f"E{n},M{n % 2},manager,delivery,{1 + n % 5}" for n in range(8)))
    tables = company.score()
    scores = tables["scores"]
    assert set(scores["link"]) == {"unlinked"}
    assert scores["calibrated_score"].tolist() == scores["raw_score"].tolist()
    assert scores[["se", "low", "high", "p_suggested"]].isna().all(axis=None)
    assert tables["raters"]["severity"].isna().all()
    assert tables["raters"]["link_strength"].tolist() == [0, 0]
    assert tables["forms"]["severity"].isna().all()
    assert sorted(tables["variance"]["term"]) == ["employee", "residual"]


def test_model_none_leaves_every_score_raw(company: Company) -> None:
    company.add_rubric("work")
    company.extra = "effects: {model: none}\n"
    company.rate(*(f"E{n},R{(n + k) % 5},peer,delivery,{1 + (n * k) % 5}"
                   for n in range(5) for k in range(1, 4)))  # fmt: skip
    scores = company.score()["scores"]
    assert set(scores["link"]) == {"unlinked"}
    assert scores["adjusted_score"].tolist() == scores["raw_score"].tolist()
    assert scores["se"].isna().all()


def test_self_forms_alone_leave_every_score_and_share_empty(company: Company) -> None:
    company.add_rubric("work")
    company.rate(*(f"E{n},E{n},self,delivery,{1 + n % 5}" for n in range(6)))
    tables = company.score()
    assert set(tables["scores"]["link"]) == {"unrated"}
    assert tables["scores"][["raw_score", "se"]].isna().all(axis=None)
    assert tables["sources"][["declared_share", "effective_share"]].isna().all(axis=None)


def test_person_without_forms_is_unrated_with_empty_figures(company: Company) -> None:
    company.add_rubric("work")
    company.add_table("employees", "employee_id,department", "A,Ops", "B,Ops")
    company.rate("A,R,peer,delivery,3")
    scores = company.score()["scores"].set_index("employee_id")
    assert scores.loc["B", "link"] == "unrated"
    assert scores.loc["B", ["raw_score", "component", "se"]].isna().all()
    assert scores.loc["B", "raw_band"] == ""
    assert scores["session"].tolist() == ["Ops", "Ops"]
