"""A run that somebody touched is neither taken for the run nor mended in silence."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Calibrate = Callable[..., int]


@pytest.fixture
def finished(company: Path, calibrate: Calibrate, tmp_path: Path) -> Path:
    assert calibrate("run", company / "cycle.yaml", "--out", tmp_path / "out") == 0
    return (tmp_path / "out" / "latest").resolve()


def append(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"x")


@pytest.mark.parametrize(
    ("touch", "named"),
    [
        (lambda run: append(run / "packets" / "session-1.pdf"), "1 file gone or changed"),
        (lambda run: (run / "audit" / "audit.pdf").unlink(), "audit/audit.pdf"),
        (lambda run: shutil.rmtree(run / "packets"), "packets/index.csv"),
        (lambda run: (run / "manifest.json").unlink(), "manifest.json"),
        (lambda run: shutil.rmtree(run / "tables"), ", …)"),
    ],
    ids=["changed", "gone", "folder gone", "no manifest", "many"],
)
def test_a_touched_run_stops_the_next_one_with_its_place(
    finished: Path, company: Path, calibrate: Calibrate, capsys, touch, named: str
) -> None:
    touch(finished)
    out = finished.parent.parent
    left = sorted(path for path in finished.rglob("*") if path.is_file())
    capsys.readouterr()
    assert calibrate("run", company / "cycle.yaml", "--out", out) == 5
    said = capsys.readouterr().err
    assert named in said
    assert str(finished) in said
    assert "move that folder away, and run again" in said
    assert sorted(path for path in finished.rglob("*") if path.is_file()) == left

    finished.rename(finished.parent.parent.parent / "away")
    assert calibrate("run", company / "cycle.yaml", "--out", out) == 0
    assert (finished / "manifest.json").is_file()


def test_an_untouched_run_is_recognised(
    finished: Path, company: Path, calibrate: Calibrate, capsys
) -> None:
    assert calibrate("run", company / "cycle.yaml", "--out", finished.parent.parent) == 0
    assert "Nothing has changed since this run" in capsys.readouterr().out


def test_a_place_where_nothing_can_be_made_is_named(
    company: Path, calibrate: Calibrate, capsys
) -> None:
    assert calibrate("run", company / "cycle.yaml", "--out", "/proc/calibrate/out") == 7
    assert "/proc/calibrate: cannot be written" in capsys.readouterr().err


def test_options_that_leave_nothing_to_make_are_told(
    company: Path, calibrate: Calibrate, tmp_path: Path, capsys
) -> None:
    said = []
    for code, options in (
        (3, ("--only", "audit", "--manager", "002")),
        (3, ("--only", "executive", "--employee", "004")),
        (3, ("--no-packets", "--manager", "002")),
        (3, ("--only", "manager", "--manager", "012")),
        (2, ("--no-packets", "--only", "session")),
    ):
        out = tmp_path / "none"
        assert calibrate("run", company / "cycle.yaml", "--out", out, *options) == code
        assert not (out / "runs").exists()
        said.append(" ".join(capsys.readouterr().err.split()))
    assert "--manager: chooses among manager packets, and this run makes none" in said[0]
    assert "give --only session, or leave out what excludes them" in said[1]
    assert "give --only manager" in said[2]
    assert "'012' is nobody's manager in this cycle" in said[3]
    assert "--no-packets leaves out what --only session asks for" in said[4]


def test_nobody_with_a_score_is_no_nought_of_group_differences(
    company: Path, calibrate: Calibrate, tmp_path: Path, capsys
) -> None:
    """All marks are by the people themselves, and those are not scored."""
    rows = ["employee_id,rater_id,source,criterion,mark"]
    for number in range(1, 13):
        rows += [f"{number:03d},{number:03d},self,{c},3" for c in ("delivery", "quality")]
    (company / "ratings.csv").write_text("\n".join(rows) + "\n")
    cycle = company / "cycle.yaml"
    cycle.write_text(cycle.read_text().replace("[session, audit]", "[session, audit, executive]"))
    assert calibrate("run", cycle, "--out", tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert "group difference" not in said
    assert "of groups that had too few people to tell" in said
    read = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "out" / "latest" / "executive.pdf", "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert re.search(r"Disparities to look at +–", read)
    assert "0 forms from 0 raters on 0 people went into the scores" in " ".join(read.split())
    page = (tmp_path / "out" / "latest" / "index.html").read_text(encoding="utf-8")
    assert "No group has enough people with a score to be compared." in page


def test_people_whom_no_packet_shows_are_told(
    company: Path, calibrate: Calibrate, tmp_path: Path, capsys
) -> None:
    out = tmp_path / "out"
    options = ("--only", "manager", "--employee", "001")
    assert calibrate("run", company / "cycle.yaml", "--out", out, *options) == 0
    assert "no packet of the kinds asked for shows the people asked for" in capsys.readouterr().err
