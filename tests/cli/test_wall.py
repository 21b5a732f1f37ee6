"""A protected attribute cannot change a score: permuted, blank, invented or missing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

Calibrate = Callable[..., int]

NO_FIGURE_BY_GROUP = ("tables", "packets")


def permute(rows: list[str]) -> list[str]:
    ids = [row.split(",")[0] for row in rows]
    values = [row.split(",")[1] for row in rows]
    return [f"{i},{v}" for i, v in zip(ids, values[1:] + values[:1], strict=True)]


def invent(rows: list[str]) -> list[str]:
    return [f"{row.split(',')[0]},group {n}" for n, row in enumerate(rows)]


def blank(rows: list[str]) -> list[str]:
    return [f"{row.split(',')[0]}," for row in rows]


def drop_half(rows: list[str]) -> list[str]:
    return rows[::2]


def run_tables(calibrate: Calibrate, company: Path, out: Path) -> dict[str, bytes]:
    assert calibrate("run", company / "cycle.yaml", "--out", out) == 0
    latest = out / "latest"
    made = {
        str(path.relative_to(latest)): path.read_bytes()
        for folder in NO_FIGURE_BY_GROUP
        for path in (latest / folder).rglob("*")
        if path.is_file() and path.name != "index.csv"
    }
    # The first sheet is the cover; it names the run, and so all inputs.
    with zipfile.ZipFile(latest / "calibration.xlsx") as book:
        sheets = [name for name in book.namelist() if "sheet1." not in name]
        made |= {f"calibration.xlsx {name}": book.read(name) for name in sheets}
    assert len(sheets) > 10
    return made


@pytest.mark.parametrize("change", [permute, invent, blank, drop_half])
def test_changed_attributes_leave_every_score_and_packet_byte_identical(
    change: Callable[[list[str]], list[str]], company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    before = run_tables(calibrate, company, tmp_path / "before")
    path = company / "attributes.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *change(rows)]) + "\n")
    assert run_tables(calibrate, company, tmp_path / "after") == before


def test_missing_attributes_leave_every_score_and_packet_byte_identical(
    company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    before = run_tables(calibrate, company, tmp_path / "before")
    cycle = (company / "cycle.yaml").read_text()
    kept = [line for line in cycle.splitlines() if "attributes" not in line]
    (company / "cycle.yaml").write_text("\n".join(kept) + "\n")
    (company / "attributes.csv").unlink()
    assert run_tables(calibrate, company, tmp_path / "after") == before


def test_attributes_are_opened_only_after_the_scores_were_written(
    company: Path, tmp_path: Path, calibrate: Calibrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    import calibrate.pipeline.run as pipeline

    seen: list[bool] = []
    read = pipeline.read_attributes

    def watch(*arguments: object) -> object:
        seen.append(bool(list(tmp_path.glob("out/runs/.unfinished-*/tables/scores.parquet"))))
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "read_attributes", watch)
    assert calibrate("audit", company / "cycle.yaml", "--out", tmp_path / "out") == 0
    assert seen == [True]


def test_score_that_depends_on_the_attributes_file_stops_the_run(
    company: Path, tmp_path: Path, calibrate: Calibrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    import calibrate.pipeline.run as pipeline

    prepare = pipeline.prepare_cycle

    def leak(cycle: object) -> object:
        prepared = prepare(cycle)  # type: ignore[arg-type]
        if prepared.cycle.inputs.attributes is not None:
            prepared.forms.points[0] += 1
        return prepared

    monkeypatch.setattr(pipeline, "prepare_cycle", leak)
    assert calibrate("audit", company / "cycle.yaml", "--out", tmp_path / "out") == 5
    assert not (tmp_path / "out" / "latest").exists()
