"""cycle.yaml: defaults of the contract, and one fault per rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from calibrate.config import Cycle, load_cycle
from calibrate.errors import InputError, Problem

MINIMAL = """\
schema: 1
cycle: "2026-H2"
inputs:
  ratings: {file: ratings.csv}
rubrics: [rubric.yaml]
"""

FULL = """\
schema: 1
cycle: "2026-H2"
title: "Second half of 2026"
starts_on: 2026-07-01
ends_on: 2026-12-31
inputs:
  employees:  {file: employees.csv}
  ratings:    {file: [a.csv, b.csv], layout: long, columns: {Reviewee: employee_id}, ignore: [Team]}
  attributes: {file: attributes.csv}
  goals:      {file: goals.csv}
strategy: strategy.yaml
rubrics: [../rubrics/engineering.yaml, ../rubrics/default.yaml]
scales:
  words: {version: 1,
          marks: {"Below": 1, "Meets": 3, "Exceeds": 5}, nulls: ["Too new to rate"]}
display_scale: {lowest: 1, highest: 5}
sources:
  manager: {weight: 2}
  peer:    {weight: 1}
  self:    {weight: 0}
effects: {model: linear, unit: team, interval: 0.90, min_link: 0.2}
bands:
  labels: ["Below", "Developing", "Meets", "Exceeds", "Outstanding"]
  cuts: [30, 45, 65, 82.5]
guideline: {mode: soft, scope: session, shares: {Outstanding: [0.05, 0.10], Exceeds: [0.15, 0.25]}}
show_suggested: after_proposal
language: en
agenda: {minutes: 90, minutes_per_person: 3}
privacy: {min_peers: 3, min_cell: 10}
audit:
  attributes: [gender, ethnicity]
  intersections: [[gender, ethnicity]]
  references: {gender: largest, ethnicity: largest}
  controls: [level, job_family]
  favourable: {bands: ["Exceeds", "Outstanding"]}
  rules: us-2026
packets: [session, manager, audit, executive]
on_problem: quarantine
paper: Letter
seed: 20261121
"""


def load(tmp_path: Path, text: str) -> Cycle:
    path = tmp_path / "cycle.yaml"
    path.write_text(text, encoding="utf-8")
    return load_cycle(path)


def refuse(tmp_path: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    return caught.value.problems


def test_minimal_cycle_gets_the_defaults_of_the_contract(tmp_path: Path) -> None:
    cycle = load(tmp_path, MINIMAL)
    assert {name: source.weight for name, source in cycle.sources.items()} == {
        "manager": 2, "peer": 1, "direct_report": 1, "skip_level": 1, "self": 0, "other": 1,
    }  # fmt: skip
    assert cycle.effects.model == "linear"
    assert cycle.effects.unit is None
    assert (cycle.effects.interval, cycle.effects.min_link) == (0.9, 0.2)
    assert cycle.bands.cuts_micro == (30_000_000, 45_000_000, 65_000_000, 85_000_000)
    assert cycle.audit.favourable is not None
    assert cycle.audit.favourable.bands == ("Exceeds", "Outstanding")
    assert (cycle.audit.attributes, cycle.audit.controls) == (None, None)
    assert (cycle.privacy.min_peers, cycle.privacy.min_cell) == (3, 10)
    assert (cycle.title, cycle.on_problem, cycle.paper) == ("2026-H2", "stop", "A4")
    assert cycle.guideline is None


def test_every_key_of_the_contract_is_read(tmp_path: Path) -> None:
    cycle = load(tmp_path, FULL)
    assert (cycle.starts_on, cycle.ends_on) == (date(2026, 7, 1), date(2026, 12, 31))
    assert cycle.inputs.ratings.files == ("a.csv", "b.csv")
    assert cycle.inputs.ratings.columns == {"Reviewee": "employee_id"}
    assert cycle.scales["words"].marks_micro == {
        "Below": 1_000_000, "Meets": 3_000_000, "Exceeds": 5_000_000,
    }  # fmt: skip
    assert cycle.bands.cuts_micro[-1] == 82_500_000
    assert set(cycle.sources) == {"manager", "peer", "self"}
    assert cycle.guideline is not None
    assert cycle.guideline.shares["Outstanding"] == (0.05, 0.1)
    assert (cycle.on_problem, cycle.paper, cycle.seed) == ("quarantine", "Letter", 20261121)


def test_paths_are_relative_to_the_cycle_file(tmp_path: Path) -> None:
    cycle = load(tmp_path, MINIMAL)
    assert cycle.path == tmp_path / "cycle.yaml"
    assert cycle.resolve("ratings.csv") == tmp_path / "ratings.csv"
    assert load_cycle(tmp_path) == cycle


@pytest.mark.parametrize(
    ("labels", "favourable"),
    [
        ("[a, b]", ("b",)),
        ("[a, b, c]", ("c",)),
        ("[a, b, c, d]", ("d",)),
        ("[a, b, c, d, e]", ("d", "e")),
    ],
)
def test_favourable_bands_are_those_above_the_middle(
    tmp_path: Path, labels: str, favourable: tuple[str, ...]
) -> None:
    cuts = [20, 40, 60, 80][: labels.count(",")]
    cycle = load(tmp_path, MINIMAL + f"bands: {{labels: {labels}, cuts: {cuts}}}\n")
    assert cycle.audit.favourable is not None
    assert cycle.audit.favourable.bands == favourable


FAULTS = [
    ("bands: {labels: [a, b, c], cuts: [50]}", "bands", "band_count"),
    ("bands: {labels: [a, b, c], cuts: [50, 50]}", "bands.cuts", "cut_order"),
    ("bands: {labels: [a, b], cuts: [101]}", "bands.cuts", "cut_range"),
    ("bands: {labels: [a, b], cuts: [50.1234567]}", "bands.cuts[0]", "too_many_decimals"),
    ("bands: {labels: [a], cuts: []}", "bands.labels", "too_few_bands"),
    ("bands: {labels: [a, a], cuts: [5]}", "bands.labels", "band_labels"),
    ("bands: {labels: [a, no], cuts: [5]}", "bands.labels[1]", "wrong_type"),
    ("guideline: {shares: {Best: [0.1, 0.2]}}", "guideline.shares.Best", "unknown_band"),
    ("guideline: {shares: {Meets: [0.3, 0.2]}}", "guideline.shares.Meets", "share_range"),
    ("guideline: {shares: {Meets: [0, 1.2]}}", "guideline.shares.Meets", "share_range"),
    (
        "guideline: {shares: {Meets: [0.6, 1], Below: [0.5, 1]}}", "guideline.shares", "share_sum",
    ),
    ("guideline: {mode: firm, shares: {Meets: [0, 1]}}", "guideline.mode", "not_allowed"),
    ("sources: {boss: {weight: 1}}", "sources.boss", "unknown_source"),
    ("sources: {peer: {weight: -1}}", "sources.peer.weight", "weight_negative"),
    ("sources: {peer: {weight: .inf}}", "sources.peer.weight", "not_a_number"),
    ("sources: {peer: {weight: yes}}", "sources.peer.weight", "not_a_number"),
    ("sources: {peer: {weight: 1e999}}", "sources.peer.weight", "not_a_number"),
    ("sources: {peer: {weight: 1}, self: {weight: 1}}", "sources.self.weight", "self_scored"),
    ("sources: {self: {weight: 0}}", "sources", "no_scored_source"),
    ("sources: {peer: {weight: 1, wieght: 1}}", "sources.peer.wieght", "unknown_key"),
    ("effects: {interval: 1}", "effects.interval", "interval_range"),
    ("effects: {interval: 0}", "effects.interval", "interval_range"),
    ("effects: {min_link: 1.5}", "effects.min_link", "min_link_range"),
    ("effects: {model: bayes}", "effects.model", "not_allowed"),
    ("effects: {unit: squad}", "effects.unit", "not_allowed"),
    ("effects: {assumed: {reliability: 0.5}}", "effects.assumed.rater_share", "missing_key"),
    (
        "effects: {assumed: {rater_share: [0.6, 0.3], reliability: 0.5}}",
        "effects.assumed.rater_share", "share_range",
    ),
    (
        "effects: {assumed: {rater_share: [0.3, 0.6], reliability: 1}}",
        "effects.assumed.reliability", "reliability_range",
    ),
    ("language: fr", "language", "not_yet"),
    ("seed: -1", "seed", "seed_range"),
    ("seed: 1.5", "seed", "wrong_type"),
    ("privacy: {min_cell: 0}", "privacy.min_cell", "privacy_range"),
    ("agenda: {minutes: 0}", "agenda.minutes", "minutes_range"),
    ("display_scale: {lowest: 5, highest: 1}", "display_scale", "scale_order"),
    ("packets: [session, employee]", "packets[1]", "not_allowed"),
    ("packets: [audit, audit]", "packets", "packet_twice"),
    ("paper: A5", "paper", "not_allowed"),
    ("on_problem: ignore", "on_problem", "not_allowed"),
    ("title: no", "title", "wrong_type"),
    ("title: 2026", "title", "wrong_type"),
    ("starts_on: July", "starts_on", "wrong_type"),
    ("starts_on: 2026-07-01\nends_on: 2026-06-30", "ends_on", "date_order"),
    ("audit: {attributes: [a], references: {b: largest}}", "audit.references.b",
     "unknown_attribute"),
    ("audit: {attributes: [a], intersections: [[a, b]]}", "audit.intersections[0][1]",
     "unknown_attribute"),
    ("audit: {intersections: [[a]]}", "audit.intersections[0]", "intersection_size"),
    ("audit: {controls: [gender]}", "audit.controls[0]", "attribute_control"),
    ("audit: {attributes: [level], controls: [level]}", "audit.controls[0]", "attribute_control"),
    ("audit: {controls: [levle]}", "audit.controls[0]", "unknown_control"),
    ("audit: {favourable: {bands: [Best]}}", "audit.favourable.bands[0]", "unknown_band"),
    ("scales: {w: {version: 1, marks: {}}}", "scales.w.marks", "no_marks"),
    ("scales: {w: {version: 1, marks: {A: 1}, nulls: [A]}}", "scales.w.nulls", "label_twice"),
    ("scales: {w: {marks: {A: 1}}}", "scales.w.version", "missing_key"),
    ("titel: x", "titel", "unknown_key"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "column", "rule"), FAULTS)
def test_each_fault_names_its_key_path(tmp_path: Path, line: str, column: str, rule: str) -> None:
    (problem,) = refuse(tmp_path, MINIMAL + line + "\n")
    assert (problem.column, problem.rule) == (column, rule)
    assert problem.row is not None
    assert problem.row >= 6
    assert problem.whole
    assert problem.fix


INPUT_FAULTS = [
    ("ratings: {file: r.xls}", "inputs.ratings.file", "unknown_format"),
    ("ratings: {file: 'postgresql://u:secret@db/r'}", "inputs.ratings.file", "address"),
    ("ratings: []", "inputs.ratings", "file_list"),
    ("ratings: [{file: a.csv}, {file: 3}]", "inputs.ratings[1].file", "wrong_type"),
    ("ratings: [{file: a.csv}, {file: b.csv, colums: {}}]", "inputs.ratings[1].colums",
     "unknown_key"),
    ("ratings: {}", "inputs.ratings", "input_place"),
    ("ratings: {file: r.csv, database: HR_DB, table: r}", "inputs.ratings", "input_place"),
    ("ratings: {database: HR_DB}", "inputs.ratings.database", "database_table"),
    ("ratings: {database: 'postgresql://db', table: r}", "inputs.ratings.database",
     "database_name"),
    ("ratings: {file: r.csv, table: r}", "inputs.ratings.table", "not_used"),
    ("ratings: {file: r.csv, sheet: Marks}", "inputs.ratings.sheet", "not_used"),
    ("ratings: {file: r.xlsx, delimiter: ';'}", "inputs.ratings.delimiter", "not_used"),
    ("ratings: {file: r.parquet, header_row: 2}", "inputs.ratings.header_row", "not_used"),
    ("ratings: {file: r.csv, header_row: 0}", "inputs.ratings.header_row", "header_row"),
    ("ratings: {file: r.csv, dates: '%d.%m'}", "inputs.ratings.dates", "date_pattern"),
    ("ratings: {file: r.csv, dates: '%Y-%d-%m'}", "inputs.ratings.dates", "date_pattern"),
    ("ratings: {file: r.csv, dates: '%d.%m.%Y %H:%M'}", "inputs.ratings.dates", "date_pattern"),
    ("ratings: {file: r.csv, constants: {sourse: peer}}", "inputs.ratings.constants.sourse",
     "unknown_column"),
    ("ratings: {file: r.csv, columns: {A: source}, constants: {source: peer}}",
     "inputs.ratings.constants.source", "column_twice"),
    ("ratings: {file: r.csv, columns: {A: [rater_id, sex]}}", "inputs.ratings.columns.A",
     "attribute_column"),
    ("ratings: {file: r.csv, values: {sauce: {Boss: manager}}}", "inputs.ratings.values.sauce",
     "unknown_column"),
    ("ratings: {file: r.csv, layout: wide, columns: {A: mark}}", "inputs.ratings.columns.A",
     "unknown_column"),
    ("ratings: {file: r.csv, leave_out: {Gender: [x]}}", "inputs.ratings.leave_out.Gender",
     "attribute_column"),
    ("ratings: {file: r.csv}\n  goals: {file: g.csv, layout: wide}", "inputs.goals.layout",
     "layout"),
    ("ratings: {file: 3}", "inputs.ratings.file", "wrong_type"),
    ("ratings: {file: [a.csv, a.csv]}", "inputs.ratings.file", "file_list"),
    ("ratings: {file: []}", "inputs.ratings.file", "file_list"),
    ("ratings: {file: r.csv, delimiter: x}", "inputs.ratings.delimiter", "delimiter"),
    ("ratings: {file: r.csv, encoding: klingon}", "inputs.ratings.encoding", "unknown_encoding"),
    ("ratings: {file: r.csv, encoding: hex}", "inputs.ratings.encoding", "unknown_encoding"),
    ("ratings: {file: r.csv, scale: words}", "inputs.ratings.scale", "unknown_scale"),
    ("ratings: {file: r.csv, columns: {A: employe_id}}", "inputs.ratings.columns.A",
     "unknown_column"),
    ("ratings: {file: r.csv, columns: {A: mark, B: mark}}", "inputs.ratings.columns.B",
     "column_twice"),
    ("ratings: {file: r.csv, columns: {A: mark}, ignore: [A]}", "inputs.ratings.columns.A",
     "column_twice"),
    ("ratings: {file: r.csv, columns: {Gender: level}}", "inputs.ratings.columns.Gender",
     "attribute_column"),
    ("ratings: {file: r.csv, columns: {A: gender}}", "inputs.ratings.columns.A",
     "attribute_column"),
    ("ratings: {file: r.csv}\n  employees: {file: e.csv, scale: w}", "inputs.employees.scale",
     "scale_elsewhere"),
    ("employees: {file: e.csv}", "inputs.ratings", "missing_key"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "column", "rule"), INPUT_FAULTS)
def test_each_fault_of_the_inputs_names_its_key_path(
    tmp_path: Path, line: str, column: str, rule: str
) -> None:
    text = f'schema: 1\ncycle: "c"\ninputs:\n  {line}\nrubrics: [r.yaml]\n'
    (problem,) = refuse(tmp_path, text)
    assert (problem.column, problem.rule) == (column, rule)


def test_an_attribute_may_be_listed_as_a_column_that_is_never_read(tmp_path: Path) -> None:
    text = MINIMAL.replace("ratings.csv", "ratings.csv, ignore: [Date of Birth]")
    assert load(tmp_path, text).inputs.parts("ratings")[0].ignore == ("Date of Birth",)


def test_parts_of_a_table_must_agree_on_their_scale(tmp_path: Path) -> None:
    parts = "[{file: a.csv, scale: words}, {file: b.csv}]"
    text = MINIMAL.replace("{file: ratings.csv}", parts)
    text += 'scales: {words: {version: 1, marks: {"Meets": 3}}}\n'
    (problem,) = refuse(tmp_path, text)
    assert (problem.column, problem.rule) == ("inputs.ratings[1].scale", "scale_differs")


def test_a_column_may_serve_as_several_of_ours(tmp_path: Path) -> None:
    mapped = "{file: ratings.csv, columns: {Worker: [employee_id, rater_id]}}"
    part = load(tmp_path, MINIMAL.replace("{file: ratings.csv}", mapped)).inputs.parts("ratings")[0]
    assert list(part.ours) == [("Worker", "employee_id"), ("Worker", "rater_id")]


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", " a", "a ", "a" * 65, "a\\b", "a:b"])
def test_cycle_name_must_be_usable_as_a_folder_name(tmp_path: Path, name: str) -> None:
    text = MINIMAL.replace('"2026-H2"', "'" + name + "'")
    (problem,) = refuse(tmp_path, text)
    assert (problem.column, problem.rule) == ("cycle", "cycle_name")


@pytest.mark.parametrize("key", ["schema", "cycle", "inputs", "rubrics"])
def test_required_keys_are_named_when_missing(tmp_path: Path, key: str) -> None:
    lines = MINIMAL.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(key)]
    if key == "inputs":
        kept = [line for line in kept if not line.startswith("  ")]
    (problem,) = refuse(tmp_path, "".join(kept))
    assert (problem.column, problem.rule) == (key, "missing_key")


def test_nearest_known_key_is_suggested(tmp_path: Path) -> None:
    (problem,) = refuse(tmp_path, MINIMAL + "efects: {model: linear}\n")
    assert problem.fix.startswith("did you mean 'effects'?")


def test_bare_no_is_answered_with_quotes(tmp_path: Path) -> None:
    (problem,) = refuse(tmp_path, MINIMAL + "title: no\n")
    assert str(problem) == (
        'cycle.yaml row 6: title: no without quotes is read as true or false; write "no" in quotes'
    )


def test_all_faults_are_listed_at_once_in_order_of_line(tmp_path: Path) -> None:
    problems = refuse(tmp_path, MINIMAL + "seed: -1\npaper: A5\nlanguage: fr\n")
    assert [problem.column for problem in problems] == ["seed", "paper", "language"]


def test_several_faults_of_one_map_are_all_listed(tmp_path: Path) -> None:
    problems = refuse(tmp_path, MINIMAL + "audit: {controls: [gender, levle]}\n")
    assert [problem.column for problem in problems] == ["audit.controls[0]", "audit.controls[1]"]
