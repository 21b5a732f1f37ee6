"""Packets are the same bytes wherever they are set, and are set once."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from calibrate.config import load_cycle
from calibrate.errors import InputError, MachineError, RenderError
from calibrate.manifest import hash_file
from calibrate.pipeline import packets
from calibrate.pipeline.gather import gather_material
from calibrate.pipeline.packets import (
    Printed,
    Wanted,
    find_earlier,
    list_places,
    print_packets,
    require_known,
    write_index,
)
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.stages import compute_scores, prepare_cycle
from calibrate.pipeline.tabulate import tabulate_everything
from calibrate.pipeline.workers import map_on_cluster
from calibrate.report import AuditMaterial, Material, draft_packet, print_packet
from calibrate.report.archive import Attachment
from calibrate.report.press import Draft
from calibrate.report.watch import stop_after

NO_AUDIT = AuditMaterial({}, "", "", (), {}, None)
#: Managers of one, two and two people.
FEW = ("E0046", "E0014", "E0022")


@pytest.fixture(scope="module")
def material(root: Path) -> Material:
    scored = compute_scores(prepare_cycle(load_cycle(root / "sample_data" / "cycle.yaml")))
    return gather_material(scored, tabulate_everything(scored), "run")


def want(**choice: object) -> Wanted:
    return replace(Wanted(("session", "manager"), managers=FEW), **choice)  # type: ignore[arg-type]


def print_into(
    folder: Path, material: Material, wanted: Wanted, out: Path | None = None
) -> list[Printed]:
    earlier = {} if out is None else find_earlier(out)
    printed = print_packets(material, NO_AUDIT, wanted, folder, earlier, Clock())
    write_index(folder, printed, "run", material.employees)
    return printed


def hash_files(folder: Path) -> dict[str, str]:
    return {path.name: hash_file(path) for path in sorted(folder.rglob("*.pdf"))}


def test_one_worker_two_and_a_cluster_give_the_same_bytes(
    tmp_path: Path, material: Material
) -> None:
    from distributed import LocalCluster

    print_into(tmp_path / "one", material, want())
    print_into(tmp_path / "two", material, want(jobs=2))
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        local_directory=str(tmp_path / "dask"),
    )  # fmt: skip
    with cluster:
        address = cluster.scheduler_address
        print_into(tmp_path / "far", material, want(cluster=address))
        # More tasks than are under way at once: none is lost, none done twice.
        assert sorted(map_on_cluster(abs, range(-30, 0), address)) == list(range(1, 31))
    one = hash_files(tmp_path / "one")
    assert len(one) == 3
    assert one == hash_files(tmp_path / "two") == hash_files(tmp_path / "far")
    indexes = {(tmp_path / n / "packets" / "index.csv").read_bytes() for n in ("one", "two", "far")}
    assert len(indexes) == 1


def test_no_scheduler_at_the_address_is_told(tmp_path: Path, material: Material) -> None:
    with pytest.raises(MachineError, match="no Dask scheduler answers there"):
        print_into(tmp_path, material, want(cluster="tcp://127.0.0.1:1"))


def test_an_address_that_is_none_is_told_at_once_and_alone(capfd) -> None:
    with pytest.raises(MachineError, match="--cluster nonsense: no Dask scheduler"):
        list(map_on_cluster(abs, [1], "nonsense"))
    gc.collect()
    assert capfd.readouterr().err == ""


def test_only_what_changed_is_set_again(tmp_path: Path, material: Material) -> None:
    out = tmp_path / "out"
    first = print_into(out / "runs" / "a", material, want(), out)
    assert all(packet.milliseconds > 0 for packet in first)
    scores = material.tables["scores"].copy()
    of_one = material.employees["manager_id"] == "E0046"
    person = str(material.employees.loc[of_one, "employee_id"].iloc[0])
    scores.loc[scores["employee_id"] == person, "proposed_band"] = "Outstanding"
    changed = replace(material, tables={**material.tables, "scores": scores})
    second = print_into(out / "runs" / "b", changed, want(), out)
    assert {p.draft.manager_id for p in second if p.milliseconds > 0} == {"E0046"}
    third = print_into(out / "runs" / "c", material, want(), out)
    assert [packet.milliseconds for packet in third] == [0, 0, 0]
    assert hash_files(out / "runs" / "a") == hash_files(out / "runs" / "c")


def test_a_file_that_was_touched_is_not_taken_over(tmp_path: Path, material: Material) -> None:
    out = tmp_path / "out"
    alone = want(managers=("E0046",))
    (first,) = print_into(out / "runs" / "a", material, alone, out)
    path = out / "runs" / "a" / first.file
    path.write_bytes(path.read_bytes() + b" ")
    (second,) = print_into(out / "runs" / "b", material, alone, out)
    assert second.milliseconds > 0
    assert second.sha256 == first.sha256


def test_an_index_without_contents_is_passed_over(tmp_path: Path) -> None:
    index = tmp_path / "runs" / "old" / "packets" / "index.csv"
    index.parent.mkdir(parents=True)
    index.write_text("file,kind,sha256,pages\nx.pdf,manager,00,1\n")
    assert find_earlier(tmp_path) == {}


def test_packets_of_a_person_are_the_session_and_the_managers(material: Material) -> None:
    manager = material.employees.set_index("employee_id")["manager_id"]
    session = material.tables["scores"].set_index("employee_id")["session"]
    current = material.assignments[material.assignments["is_current"].astype(bool)]
    for person in ("E0042", "E0100"):
        also = current.loc[current["employee_id"] == person, "manager_id"]
        places = list_places(material, Wanted(("session", "manager"), employees=(person,)))
        assert {key for __, kind, key in places if kind == "session"} == {session[person]}
        found = {key for __, kind, key in places if kind == "manager"}
        assert found == {manager[person], *also}


def test_large_packets_come_first_so_that_workers_end_together(material: Material) -> None:
    sizes = material.employees["manager_id"].value_counts()
    places = list_places(material, Wanted(("manager", "audit", "executive")))
    assert [kind for __, kind, __ in places[:2]] == ["audit", "executive"]
    counts = [sizes.get(key, 0) for __, kind, key in places if kind == "manager"]
    assert counts == sorted(counts, reverse=True)
    assert {name for name, __, __ in places} >= {f"packets/manager-{n}.pdf" for n in range(1, 36)}


def test_ids_that_nobody_has_are_told_together(material: Material) -> None:
    wanted = Wanted(("manager",), managers=("E0046", "nobody"), employees=("no one",))
    with pytest.raises(InputError) as caught:
        require_known(wanted, material.employees, material.assignments)
    assert [problem.file for problem in caught.value.problems] == ["--manager", "--employee"]


def test_a_packet_that_takes_too_long_is_stopped_and_named(material: Material) -> None:
    draft = draft_packet("manager", material, "E0002")
    with pytest.raises(RenderError, match="'manager E0002' was not set after"):
        print_packet(draft, seconds=0.05)
    assert print_packet(draft).n_pages > 1


def test_the_timer_stops_nothing_that_is_over() -> None:
    with stop_after(0.02, "quick"):
        pass
    time.sleep(0.05)
    assert [n * n for n in range(1000)][-1] == 998_001


def test_every_packet_is_in_the_index_with_its_content(tmp_path: Path, material: Material) -> None:
    packets = print_into(tmp_path, material, want())
    index = pd.read_csv(tmp_path / "packets" / "index.csv", dtype=str)
    assert index["content"].str.fullmatch("[0-9a-f]{64}").all()
    assert dict(zip(index["file"], index["sha256"], strict=True)) == {
        packet.file: hash_file(tmp_path / packet.file) for packet in packets
    }


def test_an_archive_is_taken_over_with_its_file(
    tmp_path: Path, material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = '<html lang="en"><head><title>Audit</title></head><body><h1>Audit</h1></body></html>'
    table = Attachment("a.csv", "A table", b"x\n1\n")
    monkeypatch.setattr(packets, "draft_packet", lambda *a, **k: Draft("audit", "", "", "i", page))
    monkeypatch.setattr(packets, "attach_tables", lambda *a: (table,))
    out, wanted = tmp_path / "out", Wanted(("audit",))
    first = print_into(out / "runs" / "a", material, wanted, out)
    second = print_into(out / "runs" / "b", material, wanted, out)
    assert [packet.draft.kind for packet in first] == ["archive", "audit"]
    assert [packet.milliseconds for packet in second] == [0, 0]
    assert hash_files(out / "runs" / "a") == hash_files(out / "runs" / "b")
    assert set(hash_files(out / "runs" / "b")) == {"audit.pdf", "audit-archive.pdf"}
    # Without the archive of the earlier run both are set again.
    (out / "runs" / "b" / "audit" / "audit-archive.pdf").unlink()
    (out / "runs" / "a" / "audit" / "audit-archive.pdf").unlink()
    third = print_into(out / "runs" / "c", material, wanted, out)
    assert min(packet.milliseconds for packet in third) > 0
    assert hash_files(out / "runs" / "c") == hash_files(out / "runs" / "a") | {
        "audit-archive.pdf": third[0].sha256
    }
