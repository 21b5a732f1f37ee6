"""``calibrate rubric``: what it finds, shows and begins."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from calibrate.cli.rubric import SHIPPED
from calibrate.config.shipped import find_folder

Calibrate = Callable[..., int]
Captured = pytest.CaptureFixture[str]
RUBRICS = find_folder("rubrics")
SAMPLE = find_folder("sample_data")

BAD = """\
schema: 1
id: bad
version: 1
title: "Bad"
scale: {lowest: 1, highest: 5}
criteria:
  - {id: a, label: "A", weight: 99, outcomes: {grow: 100}}
"""


def test_the_check_of_a_cycle_sets_shares_beside_the_strategy(
    calibrate: Calibrate, capsys: Captured
) -> None:
    assert calibrate("rubric", "check", "--cycle", SAMPLE / "cycle.yaml") == 0
    said = capsys.readouterr().out
    found: dict[str, list[str]] = {}
    for line in said.splitlines():
        if line.strip():
            found.setdefault(line.split()[0], []).extend(line.split()[1:])
    # people-managers: direction 20 · 60 % + team-results 25 · 40 % = 22;
    # engineering: delivery 25 · 40 % + customer-understanding 15 · 30 % = 14.5;
    # sales: 35 + 20 · 40 % + 15 · 30 % = 47.5. The last rubric stands in a table below.
    assert found["grow-revenue"] == ["25", "22", "14.5", "47.5", "6", "25", "14.5"]
    # The outcome that nobody serves is planted.
    assert "win-river-ports" in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_check_as_json_holds_weights_shares_and_notes(
    calibrate: Calibrate, capsys: Captured
) -> None:
    files = [RUBRICS / "overall.yaml", RUBRICS / "sales.yaml"]
    assert calibrate("rubric", "check", *files, "--strategy", SAMPLE / "strategy.yaml",
                     "--json") == 0  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["errors"], told["notes"]) == (True, 0, 2)
    assert told["problems"][0]["rule"] == "criterion_without_outcome"
    assert told["rubrics"][1]["criteria"]["new-business"] == 35
    # sales: 35 + 20 · 40 % + 15 · 30 % = 47.5.
    assert told["outcomes"][0] == {
        "name": "grow-revenue", "weight": 25, "rubrics": {"overall": 0, "sales": 47.5},
    }  # fmt: skip
    assert told["perspectives"][2] == {
        "name": "process", "weight": 25, "rubrics": {"overall": 0, "sales": 19.5},
    }  # fmt: skip


def test_faults_exit_with_three_and_all_files_are_read(
    calibrate: Calibrate, capsys: Captured, tmp_path: Path
) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "s.yaml").write_text('schema: 1\nid: "s"\noutcomes: []\n')
    command = ["rubric", "check", tmp_path / "bad.yaml", tmp_path / "gone.yaml",
               "--strategy", tmp_path / "s.yaml"]  # fmt: skip
    assert calibrate(*command) == 3
    said = capsys.readouterr().err
    assert "weights sum to 99" in said
    assert "weights sum to 0" in said
    assert "there is no such file" in said
    assert "nothing was compared" in said
    assert calibrate(*command, "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["errors"]) == (False, 3)


def test_without_files_and_cycle_the_command_line_is_wrong(calibrate: Calibrate) -> None:
    assert calibrate("rubric", "check") == 2


def test_more_rubrics_than_a_line_holds_stand_in_several_tables(
    calibrate: Calibrate, capsys: Captured
) -> None:
    files = sorted(RUBRICS.glob("*.yaml"))
    assert calibrate("rubric", "check", *files, "--strategy", SAMPLE / "strategy.yaml") == 0
    said = capsys.readouterr().out
    assert said.count("By perspective") == 2
    assert max(len(line) for line in said.splitlines() if ".yaml" not in line) <= 80


def test_a_rubric_is_shown_with_all_its_words(calibrate: Calibrate, capsys: Captured) -> None:
    file = RUBRICS / "sales.yaml"
    assert calibrate("rubric", "show", file, "--strategy", SAMPLE / "strategy.yaml") == 0
    said = capsys.readouterr().out
    assert "20% of the score · serves Keep the customers we have (60%)" in said
    assert "Expected   L1–L5: 3, L6–L7: 4" in said
    assert "  1  Waits for requests." in said
    assert max(map(len, said.splitlines())) <= 80
    assert calibrate("rubric", "show", file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["criteria"][0]["id"] == "new-business"


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(("folder", "language"), [("", "en"), ("de", "de")])
def test_each_shipped_rubric_is_one_tagged_page(
    calibrate: Calibrate, capsys: Captured, tmp_path: Path, folder: str, language: str, paper: str
) -> None:
    for file in sorted((RUBRICS / folder).glob("*.yaml")):
        if folder and paper == "Letter":
            continue
        pdf = tmp_path / f"{file.stem}.pdf"
        assert calibrate("rubric", "show", file, "--strategy", SAMPLE / "strategy.yaml",
                         "--language", language, "--paper", paper, "--pdf", pdf) == 0  # fmt: skip
        assert capsys.readouterr() == (f"{pdf}\n", "")
        document = pypdf.PdfReader(BytesIO(pdf.read_bytes()))
        assert len(document.pages) == 1
        assert "/StructTreeRoot" in document.trailer["/Root"]


def test_a_page_replaces_a_page_and_nothing_else(
    calibrate: Calibrate, capsys: Captured, tmp_path: Path
) -> None:
    pdf, notes = tmp_path / "a.pdf", tmp_path / "notes.txt"
    notes.write_text("mine")
    file = RUBRICS / "overall.yaml"
    assert calibrate("rubric", "show", file, "--pdf", pdf) == 0
    first = pdf.read_bytes()
    assert calibrate("rubric", "show", file, "--pdf", pdf) == 0
    assert pdf.read_bytes() == first
    assert calibrate("rubric", "show", file, "--pdf", notes) == 7
    assert notes.read_text() == "mine"


def test_a_rubric_that_fills_two_pages_says_so(
    calibrate: Calibrate, capsys: Captured, tmp_path: Path
) -> None:
    text = (RUBRICS / "sales.yaml").read_text().replace('."', ". " + "More words. " * 25 + '"')
    (tmp_path / "long.yaml").write_text(text)
    command = ["rubric", "show", tmp_path / "long.yaml", "--pdf", tmp_path / "long.pdf"]
    assert calibrate(*command) == 0
    assert "pages; shorten its words for one" in capsys.readouterr().err


def test_a_new_rubric_passes_the_check_with_notes_alone(
    calibrate: Calibrate, capsys: Captured, tmp_path: Path
) -> None:
    file = tmp_path / "new" / "design.yaml"
    assert calibrate("rubric", "new", file, "--criteria", 'Craft, "Fast" work,Craft') == 0
    assert calibrate("rubric", "check", file, "--json") == 0
    told = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert told["rubrics"][0]["criteria"] == {"craft": 34, "fast-work": 33, "craft-2": 33}
    assert {problem["rule"] for problem in told["problems"]} == {
        "missing_anchor", "criterion_without_outcome", "criterion_without_develop",
    }  # fmt: skip
    written = file.read_text()
    assert calibrate("rubric", "new", file) == 7
    assert file.read_text() == written


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", SHIPPED)
def test_a_copy_of_a_shipped_rubric_has_an_id_of_its_own(
    calibrate: Calibrate, capsys: Captured, tmp_path: Path, name: str, language: str
) -> None:
    file = tmp_path / "our-own.yaml"
    assert calibrate("rubric", "new", file, "--like", name, "--language", language) == 0
    assert calibrate("rubric", "check", file, "--json") == 0
    told = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert told["rubrics"][0]["id"] == "our-own"


def test_every_shipped_rubric_can_be_copied() -> None:
    assert sorted(SHIPPED) == sorted(path.stem for path in RUBRICS.glob("*.yaml"))


def test_a_copy_brings_its_own_criteria(calibrate: Calibrate, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    assert calibrate("rubric", "new", file, "--like", "sales", "--criteria", "A") == 2
    assert not file.exists()


def test_the_check_of_a_cycle_notes_one_line_a_rubric(
    calibrate: Calibrate, capsys: Captured, company: Path
) -> None:
    rubric = company / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace('2: "often late", ', "").replace(
        'develop: "Test one part.",', ""))  # fmt: skip
    assert calibrate("check", company / "cycle.yaml", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(p["rule"], p["level"]) for p in told["problems"]] == [("rubric_review", "note")]
    assert told["problems"][0]["what"] == (
        "criteria[0].levels: 'delivery' has no words for mark 2, and 1 more"
    )
