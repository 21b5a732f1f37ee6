"""Audits that may be handed on, one after the other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from calibrate.audit import AUDIT_TABLES
from calibrate.audit.disclosure import classify_table
from calibrate.cli.options import stderr_console
from calibrate.errors import InputError, IntegrityError
from calibrate.pipeline import Options, run_cycle
from calibrate.pipeline.progress import Clock

SAMPLE = Path(__file__).parents[2] / "sample_data"


def hand_on(cycle: Path, out: Path) -> Path:
    # The executive page is the cheapest to print; the tables of the audit are the same.
    options = Options(only="executive", is_distributed=True)
    return Path(run_cycle(cycle, out, options, Clock(stderr_console())).folder)


def read(run: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(run / "audit" / "tables" / f"{table}.parquet")


@pytest.fixture(scope="module")
def cycle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample cycle with one attribute, and a group called as all groups together are."""
    folder = tmp_path_factory.mktemp("cycle") / "sample_data"
    shutil.copytree(SAMPLE, folder)
    shutil.copytree(SAMPLE.parent / "rubrics", folder.parent / "rubrics")
    who = folder / "attributes.csv"
    text = who.read_text(encoding="utf-8")
    assert ",nonbinary" in text
    who.write_text(text.replace(",nonbinary", ",all"), encoding="utf-8")
    path = folder / "cycle.yaml"
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    told["audit"] |= {"intersections": [], "attributes": ["gender"], "references": {}}
    path.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def first(cycle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hand_on(cycle, tmp_path_factory.mktemp("out"))


def test_every_withheld_row_of_a_whole_run_is_without_figures(first: Path) -> None:
    withheld = read(first, "disclosure")
    hidden = set(zip(withheld["attribute"], withheld["group"], strict=True))
    assert ("gender", "all") in hidden
    assert ("gender", "not stated") in hidden
    for contract in AUDIT_TABLES:
        if classify_table(contract) != "groups":
            continue
        table = read(first, contract.name)
        figures = [
            column.name for column in contract.columns
            if column.kind in ("integer", "number") and column.name not in contract.key
        ]  # fmt: skip
        pairs = zip(table["attribute"], table["group"], strict=True)
        gone = table[np.array([pair in hidden for pair in pairs], dtype=bool)]
        assert gone[figures].isna().all(axis=None), contract.name
        assert table[table["suppressed"]]["group"].notna().all()


def test_no_finding_names_a_withheld_group(first: Path) -> None:
    said = " ".join(read(first, "findings")[["headline", "evidence"]].to_numpy().ravel())
    assert "'all'" not in said
    assert "not stated" not in said


def test_the_same_view_again_is_the_same_run(cycle: Path, first: Path) -> None:
    assert hand_on(cycle, first.parents[1]) == first
    listed = (first.parents[1] / "distributed.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["run"] for line in listed] == [first.name]


def test_a_view_depends_on_the_views_before_it(cycle: Path, first: Path, tmp_path: Path) -> None:
    told = yaml.safe_load(cycle.read_text(encoding="utf-8"))
    other = cycle.with_name("other.yaml")
    other.write_text(yaml.safe_dump(told | {"privacy": {"min_cell": 5}}), encoding="utf-8")
    after = hand_on(other, first.parents[1])
    # Six people are enough now; the view before hid them, and both would be compared.
    groups = read(after, "groups").set_index(["attribute", "group"])["suppressed"]
    assert groups["gender", "all"]
    alone = hand_on(other, tmp_path / "alone")
    groups = read(alone, "groups").set_index(["attribute", "group"])["suppressed"]
    assert not groups["gender", "all"]
    assert after.name != alone.name

    cut = tmp_path / "cut"
    shutil.copytree(first.parents[1], cut, symlinks=True)
    listed = cut / "distributed.jsonl"
    listed.write_text(listed.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    hand_on(other, cut)
    listed.write_text("", encoding="utf-8")
    with pytest.raises(IntegrityError, match="does not name it"):
        hand_on(cycle, cut)

    gone = tmp_path / "gone"
    shutil.copytree(alone.parents[1], gone, symlinks=True)
    shutil.rmtree(gone / "runs" / alone.name)
    with pytest.raises(InputError, match="was made to be handed on"):
        hand_on(cycle, gone)

    listed = alone.parents[1] / "distributed.jsonl"
    listed.write_text(listed.read_text(encoding="utf-8").replace(alone.name, "x"), encoding="utf-8")
    changed = listed.read_text(encoding="utf-8") * 2
    listed.write_text(changed, encoding="utf-8")
    with pytest.raises(IntegrityError, match="does not follow"):
        hand_on(cycle, alone.parents[1])
