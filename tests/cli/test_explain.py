"""``calibrate explain`` as people and programs see it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Calibrate = Callable[..., int]


@pytest.mark.parametrize("option", [[], ["--full"]])
def test_page_fits_a_terminal_and_has_no_greek(
    calibrate: Calibrate, run_folder: Path, capsys, monkeypatch, option: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert calibrate("explain", run_folder, "E0002", *option) == 0
    shown = capsys.readouterr()
    assert max(map(len, shown.out.splitlines())) <= 80
    assert not re.search(r"[Α-ω]", shown.out)
    assert "Adjusted score" in shown.out
    assert shown.err == ""


def test_the_two_views_say_who_may_see_them(calibrate: Calibrate, run_folder: Path, capsys) -> None:
    calibrate("explain", run_folder, "E0002")
    assert "May be shown to the person and the managers" in capsys.readouterr().out
    calibrate("explain", run_folder, "E0002", "--full")
    assert "For HR alone" in capsys.readouterr().out


def test_program_reads_figures_that_add_up(calibrate: Calibrate, run_folder: Path, capsys) -> None:
    assert calibrate("explain", run_folder, "E0002", "--full", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    steps = {step["term"]: step for step in told["steps"]}
    cents = {term: round(100 * float(step["shown"])) for term, step in steps.items()}
    assert cents["raw_score"] + cents["severity"] + cents["level"] == cents["adjusted_score"]
    assert cents["adjusted_score"] + cents["pull"] == cents["calibrated_score"]
    points = {term: step["points"] for term, step in steps.items()}
    parts = points["raw_score"] + points["severity"] + points["level"]
    # Tables keep 12 significant digits.
    assert parts == pytest.approx(points["adjusted_score"], abs=1e-9)
    assert told["view"] == "full"


def test_output_folder_stands_for_its_latest_run(
    calibrate: Calibrate, run_folder: Path, capsys
) -> None:
    assert calibrate("explain", run_folder.parent, "E0002") == 0
    assert capsys.readouterr().out.startswith("E0002 · ")


def test_unknown_person_and_folder_without_a_run_are_faults_to_mend(
    calibrate: Calibrate, run_folder: Path, tmp_path: Path, capsys
) -> None:
    assert calibrate("explain", run_folder, "E00002") == 3
    assert "did you mean 'E" in capsys.readouterr().err
    assert calibrate("explain", tmp_path, "E0002") == 3
    assert "there is no run here" in capsys.readouterr().err


def test_changed_file_is_a_breach_of_integrity(
    calibrate: Calibrate, run_folder: Path, tmp_path: Path, capsys
) -> None:
    copy = tmp_path / "run"
    shutil.copytree(run_folder.resolve(), copy)
    with (copy / "tables" / "forms.parquet").open("ab") as stream:
        stream.write(b"x")
    assert calibrate("explain", copy, "E0002") == 5
    assert "forms.parquet: was changed after the run wrote it" in capsys.readouterr().err


def test_a_short_command_leaves_with_its_own_code(run_folder: Path) -> None:
    """A reader's thread that outlives it once took down every second one."""
    program = Path(sys.executable).with_name("calibrate")
    codes = [
        subprocess.run(
            [program, "explain", run_folder, "nobody"], capture_output=True, check=False
        ).returncode
        for _ in range(8)
    ]
    assert codes == [3] * 8


def test_a_sheet_replaces_a_sheet_and_nothing_else(
    calibrate: Calibrate, run_folder: Path, tmp_path: Path, capsys
) -> None:
    notes, sheet = tmp_path / "cycle.yaml", tmp_path / "sheet.pdf"
    notes.write_text("schema: 1\n")
    assert calibrate("explain", run_folder, "E0002", "--pdf", notes) == 7
    assert "is there and is no PDF; name another file" in capsys.readouterr().err
    assert notes.read_text() == "schema: 1\n"

    inside = run_folder / "packets" / "mine.pdf"
    assert calibrate("explain", run_folder, "E0002", "--pdf", inside) == 7
    assert "lies in a run, which never changes" in capsys.readouterr().err
    assert not inside.exists()

    for _ in range(2):
        assert calibrate("explain", run_folder, "E0002", "--pdf", sheet) == 0
    assert sheet.read_bytes().startswith(b"%PDF-")
