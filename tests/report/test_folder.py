"""A run appears whole or not at all."""

from pathlib import Path

import pytest

from calibrate.errors import BusyError, DiskError
from calibrate.report.folder import (
    find_run,
    hold_output,
    point_latest,
    write_run,
)


def fill(folder: Path) -> None:
    (folder / "tables").mkdir()
    (folder / "tables" / "a.csv").write_text("a\n")
    (folder / "manifest.json").write_text('{"subject": []}')


def test_run_appears_under_its_name_and_latest_is_a_relative_link(tmp_path: Path) -> None:
    write_run(tmp_path, "H2-abc", fill)
    point_latest(tmp_path, "H2-abc")
    assert (tmp_path / "latest").readlink() == Path("runs/H2-abc")
    assert (tmp_path / "latest" / "tables" / "a.csv").read_text() == "a\n"
    assert find_run(tmp_path, "H2-abc") == tmp_path / "runs" / "H2-abc"


def test_latest_moves_to_the_newer_run(tmp_path: Path) -> None:
    for name in ("H2-a", "H2-b"):
        write_run(tmp_path, name, fill)
        point_latest(tmp_path, name)
    assert (tmp_path / "latest").readlink() == Path("runs/H2-b")


def test_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        fill(folder)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_run(tmp_path, "H2-abc", fail)
    assert list(tmp_path.iterdir()) == []
    assert find_run(tmp_path, "H2-abc") is None


def test_leftover_of_a_killed_run_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / "runs" / ".unfinished-H2-old"
    left.mkdir(parents=True)
    write_run(tmp_path, "H2-abc", fill)
    assert [p.name for p in (tmp_path / "runs").iterdir()] == ["H2-abc"]


def test_second_run_in_the_same_folder_is_told_to_wait(tmp_path: Path) -> None:
    with hold_output(tmp_path), pytest.raises(BusyError, match="wait"), hold_output(tmp_path):
        pass


def test_file_in_the_place_of_the_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(DiskError, match="another --out"), hold_output(tmp_path / "out"):
        pass
