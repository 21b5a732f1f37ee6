"""A company where managers alone mark: tables by hand, and what session and managers read."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pytest

from calibrate.config import load_cycle
from calibrate.pipeline import compute_scores, prepare_cycle, tabulate_everything
from calibrate.pipeline.gather import gather_material
from calibrate.report import Material, draft_packet, print_packet

CUTS = (30.0, 45.0, 65.0, 85.0)
LABELS = ("Below", "Developing", "Meets", "Exceeds", "Outstanding")
RUBRIC = """\
schema: 1
id: overall
version: 1
title: "Overall"
scale: {lowest: 1, highest: 5, step: any}
criteria:
  - {id: overall, label: "Overall", weight: 100, levels: {1: "a"}}
"""
#: Marks of four teams; points are 25 (mark − 1).
TEAMS = {
    "M1": [4.5, 4.2, 4.0, 3.7, 3.7, 4.6],
    "M2": [3.0, 3.4, 2.6, 3.2, 2.9],
    "M3": [2.1, 2.4, 3.1, 2.0, 2.9, 2.2, 2.6],
    "M4": [3.0, 3.9, 3.3],
}


class Firm:
    """Writes a cycle in which each manager marks the own team, and scores it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.inputs, self.extra = folder, "", ""
        (folder / "overall.yaml").write_text(RUBRIC)

    def mark(self, teams: dict[str, list[float]], peers: str = "") -> None:
        staff = ["employee_id,name,manager_id"]
        marks = ["employee_id,rater_id,source,criterion,mark"]
        for manager, given in teams.items():
            for n, mark in enumerate(given):
                staff.append(f"{manager}-{n},Person {manager[1:]}{n},{manager}")
                marks.append(f"{manager}-{n},{manager},manager,overall,{mark}")
        staff += [f"{manager},Boss {manager[1:]}," for manager in teams]
        self.write("employees", "\n".join(staff))
        self.write("ratings", "\n".join(marks) + "\n" + peers)

    def write(self, name: str, text: str) -> None:
        (self.folder / f"{name}.csv").write_text(text + "\n")
        self.inputs += f"  {name}: {{file: {name}.csv}}\n"

    def build(self) -> Material:
        path = self.folder / "cycle.yaml"
        path.write_text(
            f'schema: 1\ncycle: "2026-H2"\ninputs:\n{self.inputs}rubrics: [overall.yaml]\n'
            f"{self.extra}"
        )
        scored = compute_scores(prepare_cycle(load_cycle(path)))
        return gather_material(scored, tabulate_everything(scored), "2026-H2-0")


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


def read(material: Material, kind: str, name: str) -> str:
    text = re.sub(r"<[^>]+>", " ", draft_packet(kind, material, name).html)
    return re.sub(r"\s+", " ", html.unescape(text))


def find_band(points: float) -> str:
    return LABELS[sum(round(points, 9) >= cut for cut in CUTS)]


def test_what_if_takes_the_pooled_difference_of_the_team_from_the_raw_score(firm: Firm) -> None:
    firm.mark(TEAMS)
    tables = firm.build().tables
    scores = tables["scores"].set_index("employee_id")
    difference = tables["teams"].set_index("manager_id")["difference"]
    assert difference["M1"] > 0 > difference["M3"]
    assert len(tables["what_if"]) == sum(map(len, TEAMS.values()))
    for row in tables["what_if"].to_dict("records"):
        raw, part = scores.loc[row["employee_id"], "raw_score"], difference[row["of"]]
        assert row["kind"] == "manager"
        assert row["score_50"] == pytest.approx(raw - part / 2)
        assert row["score_100"] == pytest.approx(raw - part)
        bands = [find_band(raw - k * part) for k in (0, 0.5, 1)]
        assert [row["band_0"], row["band_50"], row["band_100"]] == bands
        places = [LABELS.index(band) for band in bands]
        assert row["moves"] == max(places) - min(places)


def test_nothing_is_corrected(firm: Firm) -> None:
    firm.mark(TEAMS)
    rated = firm.build().tables["scores"].dropna(subset="raw_score")
    assert set(rated["link"]) == {"unlinked"}
    for name in ("adjusted_score", "calibrated_score"):
        assert rated[name].tolist() == rated["raw_score"].tolist()
    assert rated["suggested_band"].tolist() == rated["raw_band"].tolist()


def test_whoever_keeps_the_band_in_all_three_is_safe_to_skip(firm: Firm) -> None:
    firm.mark(TEAMS)
    tables = firm.build().tables
    moves = tables["what_if"].set_index("employee_id")["moves"]
    assert 0 < (moves > 0).sum() < len(moves)
    for row in tables["agenda"].to_dict("records"):
        rules = row["rules"].split(";")
        assert ("depends_on_severity" in rules) == (moves[row["employee_id"]] > 0)
        if not row["rules"]:
            assert row["minutes"] == 0
            assert row["reason"].startswith("safe to skip: same band")


def test_session_sees_managers_side_by_side_and_whose_band_hangs_on_severity(firm: Firm) -> None:
    firm.mark(TEAMS)
    material = firm.build()
    text = read(material, "session", "all")
    assert "Manager or team: cannot be told" in text
    for manager in ("Boss 1", "Boss 2", "Boss 3", "Boss 4"):
        assert manager in text
    moving = material.tables["what_if"].query("moves > 0")
    section = text.partition("What if managers differ in severity?")[2].partition("Agenda")[0]
    n_people = sum(map(len, TEAMS.values()))
    assert f"{n_people - len(moving)} people of {n_people} keep their band" in section
    for row in moving.to_dict("records"):
        name = "Person " + row["employee_id"][1:].replace("-", "")
        assert f"{name} {row['employee_id']} Boss {row['of'][1:]} {row['band_0']}" in section


def test_manager_reads_the_own_team_and_no_other_manager(firm: Firm) -> None:
    firm.mark(TEAMS)
    text = read(firm.build(), "manager", "M3")
    assert "You or your team: cannot be told" in text
    # 25 (17.3 / 7 − 1) points is a mark of 17.3 / 7 = 2.47.
    assert "The mean of the 7 people you marked is 2.47" in text
    assert "Boss 1" not in text
    assert "Person 10" not in text


def test_one_manager_has_nobody_to_compare_with(firm: Firm) -> None:
    firm.mark({"M1": TEAMS["M1"]})
    material = firm.build()
    assert material.tables["what_if"]["moves"].isna().all()
    text = read(material, "session", "all")
    assert "There is one manager, and nobody to compare with" in text
    assert "safe to skip: same band" not in text
    assert "nobody to compare with" in read(material, "manager", "M1")


def test_teams_of_one_person_and_equal_marks_say_that_nothing_can_be_told(firm: Firm) -> None:
    firm.mark({f"M{n}": [2.0 + n / 5] for n in range(6)})
    assert "cannot tell teams apart" in read(firm.build(), "session", "all")


def test_equal_marks_say_that_nothing_can_be_told(firm: Firm) -> None:
    firm.mark({"M1": [3.0] * 4, "M2": [3.0] * 5})
    material = firm.build()
    assert "cannot tell teams apart" in read(material, "session", "all")
    assert "All 4 people have the same score" in read(material, "manager", "M1")


def test_without_goals_and_history_the_page_says_so(firm: Firm) -> None:
    firm.mark(TEAMS)
    text = read(firm.build(), "session", "all")
    assert "No goals have been given." in text
    assert "No earlier cycle has been given" in text


def test_goals_of_a_team_stand_beside_its_marks(firm: Firm) -> None:
    """Attainments 0.5, 1 and 1.5 (capped from 2): mean 1, two reached, one capped."""
    firm.mark(TEAMS)
    goals = ["goal_id,title,kind,employee_id,weight,baseline,target,actual"]
    for n, actual in enumerate((5, 10, 20)):
        goals.append(f"G{n},Goal {n},person,M4-{n},100,0,10,{actual}")
    firm.write("goals", "\n".join(goals))
    material = firm.build()
    team = material.tables["teams"].set_index("manager_id").loc["M4"]
    assert (team["n_with_goals"], team["attainment"], team["n_goals"]) == (3, 1.0, 3)
    assert team["reached_share"] == pytest.approx(2 / 3)
    assert team["capped_share"] == pytest.approx(1 / 3)
    assert material.tables["teams"].set_index("manager_id").loc["M1", "n_goals"] == 0
    assert "100% 2 of 3" in read(material, "session", "all")


def test_people_who_changed_manager_are_a_what_if(firm: Firm) -> None:
    """All gained 5 points but three who came to M1 from M3 and gained 15, 25 and 35."""
    firm.mark(TEAMS)
    rows = ["cycle,employee_id,band,manager_id,raw_score", "2025-H2,M1-0,Meets,M3,0"]
    for manager, marks in TEAMS.items():
        for n, mark in enumerate(marks):
            has_moved = manager == "M1" and n < 3
            gained, before = (15 + 10 * n, "M3") if has_moved else (5, manager)
            rows.append(
                f"2026-H1,{manager}-{n},Meets,{before},{round(25 * (mark - 1) - gained, 6)}"
            )
    firm.write("history", "\n".join(rows))
    material = firm.build()
    movers = material.tables["movers"].set_index(["manager_id", "direction"])
    assert movers.index.tolist() == [("M1", "came"), ("M3", "left")]
    came = movers.loc[("M1", "came")]
    assert (came["n"], came["change"]) == (3, pytest.approx(20))
    # s = 10, t₂(0.95) = 2.919986, 18 people stayed.
    half = 2.919986 * 10 * np.sqrt(1 / 3 + 1 / 18)
    assert came["high"] - came["change"] == pytest.approx(half, rel=1e-6)
    text = read(material, "session", "all")
    assert "Boss 1 came 3 +0.80" in text
    assert "3 people changed manager since 2026-H1" in text
    assert "3 people came to you from another manager" in read(material, "manager", "M1")


def test_declared_shares_label_the_range_as_assumed(firm: Firm) -> None:
    firm.mark(TEAMS)
    firm.extra = "effects: {assumed: {rater_share: [0.3, 0.6], reliability: 0.5}}\n"
    material = firm.build()
    scores = material.tables["scores"].dropna(subset="raw_score")
    assert set(scores["interval_from"]) == {"assumed"}
    marks = np.concatenate(list(TEAMS.values()))
    error = np.sqrt(0.8 * np.var(25 * (marks - 1), ddof=1))
    assert scores["se"].tolist() == pytest.approx([error] * len(marks))
    assert ", assumed" in read(material, "session", "all")
    assert "range, assumed and not measured" in read(material, "manager", "M1")


def test_marks_given_in_confidence_are_told_by_no_mean_of_a_team(firm: Firm) -> None:
    firm.mark(TEAMS, peers="M1-0,X1,peer,overall,1\nM1-0,X2,peer,overall,2\nM1-0,X3,peer,overall,3")
    material = firm.build()
    # Four raters of one person: a component of its own that links nobody.
    text = read(material, "session", "all")
    section = text.partition("Manager or team")[2].partition("Agenda")[0]
    assert "Boss 1" not in section.partition("What if")[0]
    assert "Not shown for 1 person" in section
    own = read(material, "manager", "M1")
    assert "Others marked your people too" in own
    assert "people you marked is" not in own


def test_large_company_of_managers_prints_within_the_page(firm: Firm) -> None:
    rng = np.random.default_rng(5)
    teams = {
        f"M{n:02d}": list(np.round(np.clip(rng.normal(3, 0.8, rng.integers(1, 12)), 1, 5), 1))
        for n in range(30)
    }
    firm.mark(teams)
    material = firm.build()
    packet = print_packet(draft_packet("session", material, "all"))
    assert packet.pdf.startswith(b"%PDF")
    shares = material.tables["team_bands"].groupby("manager_id")["pooled_share"].sum()
    assert shares.tolist() == pytest.approx([1.0] * 30)


def test_linked_company_sees_who_would_move_without_the_unit_part(firm: Firm) -> None:
    """Six teams of five that differ, each person marked by the manager and four others."""
    rng = np.random.default_rng(3)
    people = [f"M{team}-{n}" for team in range(24) for n in range(5)]
    level = {p: rng.normal(3, 0.4) + 0.5 * (int(p[1 : p.index("-")]) % 3 - 1) for p in people}
    severity = {p: rng.normal(0, 0.3) for p in people}
    rows = []
    for person in people:
        for rater in rng.choice([p for p in people if p != person], 4, replace=False):
            mark = level[person] - severity[rater] + rng.normal(0, 0.3)
            rows.append(f"{person},{rater},peer,overall,{np.clip(mark, 1, 5):.2f}")
    firm.mark(
        {f"M{t}": [round(float(np.clip(level[f"M{t}-{n}"], 1, 5)), 2) for n in range(5)]
         for t in range(24)},
        peers="\n".join(rows),
    )  # fmt: skip
    material = firm.build()
    tables = material.tables
    scores = tables["scores"].set_index("employee_id")
    rows_of = tables["what_if"].set_index("employee_id")
    assert set(rows_of["kind"]) == {"unit"}
    linked = scores.index[scores["link"] == "linked"]
    assert len(linked) > 100
    assert rows_of.loc[linked, "band_0"].tolist() == scores.loc[linked, "suggested_band"].tolist()
    taken = (rows_of["score_0"] - rows_of["score_100"]).loc[linked]
    assert taken.tolist() == pytest.approx(rows_of.loc[linked, "part"].tolist())
    text = read(material, "session", "all")
    assert "What if a whole team is marked leniently or strictly?" in text
    assert "Manager or team: cannot be told" not in text


def test_small_linked_company_sees_its_adjustment_as_a_what_if(firm: Firm) -> None:
    teams = {f"M{t}": [3.0, 3.6, 2.4, 3.9] for t in range(3)}
    people = [f"M{t}-{n}" for t in range(3) for n in range(4)]
    rows = [
        f"{person},{rater},peer,overall,{3 + 0.3 * ((i + 2 * j) % 4) - 0.2 * (j % 3):.1f}"
        for i, person in enumerate(people)
        for j, rater in enumerate(people)
        if rater != person and (i + j) % 2
    ]
    firm.mark(teams, peers="\n".join(rows))
    tables = firm.build().tables
    scores = tables["scores"].set_index("employee_id").loc[people]
    assert scores["suggested_band"].tolist() == scores["raw_band"].tolist()
    asked = tables["what_if"].query("kind == 'severity'").set_index("employee_id").loc[people]
    assert asked["score_0"].tolist() == scores["raw_score"].tolist()
    assert asked["score_100"].tolist() == pytest.approx(scores["adjusted_score"].tolist())
