"""Settings are counted, and those that decide about bands are frozen by the first audit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from calibrate.errors import InputError, IntegrityError
from calibrate.pipeline import Options, run_cycle
from calibrate.pipeline.progress import Clock

ROOT = Path(__file__).resolve().parents[2]
CUTS = "cuts: [30, 45, 65, 85]"
OTHER_CUTS = "cuts: [30, 45, 60, 85]"


@pytest.fixture
def cycle(tmp_path: Path) -> Path:
    """Twelve people, two raters each, and a group for everybody."""
    folder = tmp_path / "cycle"
    folder.mkdir()
    people = [f"E{n:02d}" for n in range(12)]
    ratings = ["employee_id,rater_id,source,criterion,mark"]
    for n, person in enumerate(people):
        for other in (people[(n + 1) % 12], people[(n + 2) % 12]):
            ratings.append(f"{person},{other},peer,c,{1 + n % 5}")
    (folder / "ratings.csv").write_text("\n".join(ratings) + "\n", encoding="utf-8")
    who = [f"{person},{'a' if n % 2 else 'b'}" for n, person in enumerate(people)]
    (folder / "who.csv").write_text("employee_id,shape\n" + "\n".join(who) + "\n", encoding="utf-8")
    (folder / "rubric.yaml").write_text(
        'schema: 1\nid: r\nversion: 1\ntitle: "R"\nscale: {lowest: 1, highest: 5, step: 1}\n'
        'criteria: [{id: c, label: "C", weight: 100, levels: {1: "a", 5: "b"}}]\n',
        encoding="utf-8",
    )
    path = folder / "cycle.yaml"
    path.write_text(
        'schema: 1\ncycle: "t"\ntitle: "One"\ninputs:\n  ratings: {file: ratings.csv}\n'
        "  attributes: {file: who.csv}\nrubrics: [rubric.yaml]\n"
        f'bands: {{labels: ["1", "2", "3", "4", "5"], {CUTS}}}\nprivacy: {{min_cell: 2}}\n',
        encoding="utf-8",
    )
    return path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(cycle: Path, out: Path, reason: str = "") -> Path:
    options = Options(only="executive", reason=reason)
    return Path(run_cycle(cycle, out, options, Clock()).folder)


def read_changes(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "audit" / "tables" / "configurations.parquet")


def test_first_run_is_one_setting_without_a_change(cycle: Path, tmp_path: Path) -> None:
    rows = read_changes(run(cycle, tmp_path / "out"))
    assert rows["key"].isna().tolist() == [True]
    assert rows[["position", "is_opened", "is_current"]].to_numpy().tolist() == [[1, True, True]]


def test_same_run_again_is_recognised_and_enters_nothing(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = run(cycle, out)
    assert run(cycle, out) == first
    assert len((out / "configurations" / "t.jsonl").read_text().splitlines()) == 1


def test_title_is_no_setting_that_can_move_a_figure(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(cycle, out)
    change(cycle, '"One"', '"Two"')
    assert read_changes(run(cycle, out))["position"].max() == 1


def test_cuts_changed_after_the_first_audit_need_a_reason(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = run(cycle, out)
    change(cycle, CUTS, OTHER_CUTS)
    with pytest.raises(InputError) as caught:
        run(cycle, out)
    (problem,) = caught.value.problems
    assert (problem.column, problem.rule) == ("bands.cuts", "frozen_setting")
    assert "--reason" in problem.fix
    assert sorted(out.glob("runs/*")) == [first]


def test_reason_lets_it_through_and_stands_in_the_audit(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(cycle, out)
    change(cycle, CUTS, OTHER_CUTS)
    rows = read_changes(run(cycle, out, reason="65 was a typing error"))
    last = rows[rows["position"] == 2].iloc[0]
    assert (last["key"], last["before"], last["after"]) == (
        "bands.cuts", "[30, 45, 65, 85]", "[30, 45, 60, 85]",
    )  # fmt: skip
    assert (bool(last["is_frozen"]), last["reason"]) == (True, "65 was a typing error")
    # The accepted setting needs no second reason, nor does going back.
    change(cycle, "min_cell: 2", "min_cell: 3")
    assert read_changes(run(cycle, out))["position"].max() == 3
    change(cycle, OTHER_CUTS, CUTS)
    assert read_changes(run(cycle, out))["position"].max() == 4


def test_without_attributes_nothing_is_frozen(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    given = "  attributes: {file: who.csv}\n"
    change(cycle, given, "")
    run(cycle, out)
    change(cycle, CUTS, OTHER_CUTS)
    run(cycle, out)
    change(cycle, "rubrics:", f"{given}rubrics:")
    rows = read_changes(run(cycle, out))
    assert rows.groupby("position")["is_opened"].first().tolist() == [False, False, True]
    assert not rows["is_frozen"].any()


def test_changed_ratings_are_a_way_of_their_own(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(cycle, out)
    change(cycle.parent / "ratings.csv", "E00,E01,peer,c,1", "E00,E01,peer,c,2")
    rows = read_changes(run(cycle, out))
    assert rows.loc[rows["position"] == 2, "key"].tolist() == ["ratings.csv"]


def test_run_depends_on_what_was_tried_before(cycle: Path, tmp_path: Path) -> None:
    """Back at the first setting, the audit must say that a second one was tried."""
    out = tmp_path / "out"
    first = run(cycle, out)
    change(cycle, "min_cell: 2", "min_cell: 3")
    run(cycle, out)
    change(cycle, "min_cell: 3", "min_cell: 2")
    again = run(cycle, out)
    assert again != first
    rows = read_changes(again)
    assert rows.loc[rows["is_current"], "position"].tolist() == [1]
    assert rows["position"].max() == 2


def test_entries_of_another_release_keep_their_lines(cycle: Path, tmp_path: Path) -> None:
    """A release that wrote no reason where none was given left a shorter line."""
    run(cycle, tmp_path / "first")
    line = (tmp_path / "first" / "configurations" / "t.jsonl").read_text(encoding="utf-8").strip()
    shorter = line.replace(',"reason":""', "")
    assert shorter != line
    out = tmp_path / "out"
    log = out / "configurations" / "t.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text(f"{shorter}\n", encoding="utf-8")
    folder = run(cycle, out)
    assert log.read_text(encoding="utf-8") == f"{shorter}\n"
    assert run(cycle, out) == folder


def test_edited_log_is_refused(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(cycle, out)
    change(cycle, "min_cell: 2", "min_cell: 3")
    run(cycle, out)
    log = out / "configurations" / "t.jsonl"
    first, second = log.read_text(encoding="utf-8").splitlines()
    told = json.loads(first) | {"is_opened": False}
    log.write_text(json.dumps(told) + "\n" + second + "\n", encoding="utf-8")
    with pytest.raises(IntegrityError, match="line 2 does not follow"):
        run(cycle, out)


def test_lines_cut_off_the_end_are_noticed_by_the_run_they_were_made_with(
    cycle: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(cycle, out)
    change(cycle, "min_cell: 2", "min_cell: 3")
    second = run(cycle, out)
    log = out / "configurations" / "t.jsonl"
    log.write_text(log.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    change(cycle, "min_cell: 3", "min_cell: 4")
    with pytest.raises(IntegrityError, match=second.name):
        run(cycle, out)
    # The run that was torn off enters itself again: a crash after it does no harm.
    change(cycle, "min_cell: 4", "min_cell: 3")
    assert run(cycle, out) == second


def test_a_reason_that_nothing_asks_for_is_not_dropped_in_silence(
    cycle: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    clock = Clock()
    run_cycle(cycle, out, Options(only="executive", reason="to be sure"), clock)
    assert ["--reason is not kept" in remark for remark in clock.remarks] == [True]
    change(cycle, CUTS, OTHER_CUTS)
    for _ in range(2):
        kept = Clock()
        run_cycle(cycle, out, Options(only="executive", reason="65 was  wrong"), kept)
        assert not any("--reason" in remark for remark in kept.remarks)


@pytest.mark.parametrize("text", ["{", "[]", '{"previous": 1}', '{"a": 2}'])
def test_torn_log_is_refused_and_not_a_crash(cycle: Path, tmp_path: Path, text: str) -> None:
    out = tmp_path / "out"
    run(cycle, out)
    (out / "configurations" / "t.jsonl").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(IntegrityError, match="line 1"):
        run(cycle, out)


def test_another_folder_starts_anew(cycle: Path, tmp_path: Path) -> None:
    run(cycle, tmp_path / "one")
    shutil.copytree(cycle.parent, tmp_path / "again")
    change(tmp_path / "again" / "cycle.yaml", CUTS, OTHER_CUTS)
    assert read_changes(run(tmp_path / "again" / "cycle.yaml", tmp_path / "two"))[
        "position"
    ].tolist() == [1]
