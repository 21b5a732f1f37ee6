"""Drafts become PDFs, here, in other processes or on a cluster; what is unchanged is taken over."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from calibrate.audit import AUDIT_TABLES, count_compared
from calibrate.errors import InputError, Problem
from calibrate.manifest import hash_bytes, hash_file
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.workers import map_on_cluster, map_on_machine
from calibrate.report import AuditMaterial, Material, draft_packet
from calibrate.report.files import encode_table
from calibrate.report.packets import attach_tables
from calibrate.report.press import Answer, Draft, Task, hash_content, print_task, strip, write_file
from calibrate.report.views.manager import list_managers
from calibrate.tables import PACKET_INDEX

_PLACES = {"executive": "executive.pdf", "audit": "audit/audit.pdf"}
#: Beside a file that has one: the same for keeping, with its tables inside.
_ARCHIVE = "-archive.pdf"


@dataclass(frozen=True)
class Wanted:
    """Which packets to make, and where.

    Parameters
    ----------
    kinds
        session, manager, audit, executive.
    managers, employees
        Only packets of these managers, or that show these people; all if both are empty.
    jobs
        Processes of this machine.
    cluster
        Address of a Dask scheduler; empty for this machine.
    """

    kinds: tuple[str, ...]
    managers: tuple[str, ...] = ()
    employees: tuple[str, ...] = ()
    jobs: int = 1
    cluster: str = ""


@dataclass(frozen=True)
class Printed:
    """A packet that stands in the run's folder.

    Parameters
    ----------
    milliseconds
        CPU time of the worker; 0 where the file was taken over.
    """

    file: str
    draft: Draft
    content: str
    sha256: str
    n_pages: int
    milliseconds: int
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Earlier:
    """A file of an earlier run, by the hash of its content."""

    path: Path
    sha256: str
    n_pages: int


def print_packets(
    material: Material,
    audit: AuditMaterial,
    wanted: Wanted,
    folder: Path,
    earlier: Mapping[str, Earlier],
    clock: Clock,
) -> list[Printed]:
    """Print what is wanted into the run's folder.

    Names of session and manager packets are numbers in the order of their session or
    manager: a folder listing says nothing.

    Raises
    ------
    InputError
        If nobody manages, or is, who is asked for.
    """
    places = list_places(material, wanted)
    if not places and (wanted.managers or wanted.employees):
        clock.remarks.append("no packet of the kinds asked for shows the people asked for")
    drafts = _draft(material, audit, places)
    printed: list[Printed] = []
    archives: list[Printed] = []
    tasks = _take_over(drafts, folder, earlier, wanted, (printed, archives))
    for task, answer in _spread(tasks, wanted):
        if answer.pdf is not None:
            write_file(folder / task.file, answer.pdf)
        printed.append(
            Printed(task.file, task.draft, task.content, answer.sha256, answer.n_pages,
                    answer.milliseconds, answer.missing)
        )  # fmt: skip
        if answer.archive:
            archives.append(_keep(folder, printed[-1], answer.archive))
        clock.count(len(printed), len(places), "packets")
    n_taken = sum(packet.milliseconds == 0 for packet in printed)
    if n_taken:
        clock.remarks.append(
            f"{n_taken} of {len(places)} packets are unchanged and taken from an earlier run"
        )
    return sorted([*printed, *archives], key=lambda packet: packet.file)


def _keep(folder: Path, packet: Printed, archive: bytes) -> Printed:
    """Write the archive beside its file."""
    file = _place_archive(packet.file)
    write_file(folder / file, archive)
    return replace(
        packet, file=file, sha256=hash_bytes(archive), content=name_archive(packet.content),
        draft=replace(packet.draft, kind="archive"),
    )  # fmt: skip


def _place_archive(file: str) -> str:
    return file.removesuffix(".pdf") + _ARCHIVE


def name_archive(content: str) -> str:
    """The hash under which the archive of a file is found again."""
    return hash_bytes(f"archive of {content}".encode())


def _draft(
    material: Material, audit: AuditMaterial, places: Iterable[tuple[str, str, str]]
) -> Iterator[tuple[str, Draft]]:
    """One draft after the other: those of a large company are never held all at once."""
    for file, kind, key in places:
        if kind == "executive":
            yield file, draft_packet("executive", count_only(material, audit))
        elif kind == "audit":
            draft = draft_packet("audit", material, audit=audit)
            yield file, replace(draft, attachments=attach_tables(AUDIT_TABLES, audit.tables))
        else:
            yield file, draft_packet("session" if kind == "session" else "manager", material, key)


def list_places(material: Material, wanted: Wanted) -> list[tuple[str, str, str]]:
    """(file, kind, key) of the packets to make, those with most people first.

    Workers then end together: no large packet is left for the last one.
    """
    scores = material.tables["scores"]
    sessions = scores["session"].dropna().value_counts()
    managers = list_managers(material.employees, material.assignments)
    sizes = material.employees["manager_id"].value_counts()
    numbered = {
        "session": list(enumerate(sorted(sessions.index), 1)),
        "manager": list(enumerate(managers, 1)),
    }
    shown = _choose(material, wanted)
    places = [
        (-int((sessions if kind == "session" else sizes).get(key, 0)), kind, n, str(key))
        for kind in ("session", "manager")
        if kind in wanted.kinds
        for n, key in numbered[kind]
        if shown is None or key in shown[kind]
    ]
    named: list[tuple[str, str, str]] = [
        (f"packets/{kind}-{n}.pdf", kind, key) for _size, kind, n, key in sorted(places)
    ]
    if shown is not None:
        return named
    alone = [(_PLACES[kind], kind, "") for kind in ("audit", "executive") if kind in wanted.kinds]
    return [*alone, *named]


def _choose(material: Material, wanted: Wanted) -> dict[str, set[str]] | None:
    """Keys of the packets that were asked for by name; None if none was."""
    if not wanted.managers and not wanted.employees:
        return None
    known = set(list_managers(material.employees, material.assignments))
    employees = material.employees.set_index("employee_id")
    scores = material.tables["scores"].set_index("employee_id")["session"]
    ways = material.assignments[material.assignments["is_current"].astype(bool)]
    managers, sessions = set(wanted.managers), set()
    for name in wanted.employees:
        managers |= {str(employees.loc[name, "manager_id"])} - {""}
        managers |= set(ways.loc[ways["employee_id"] == name, "manager_id"].astype(str)) & known
        sessions.add(str(scores[name]))
    return {"manager": managers, "session": sessions}


def require_known(wanted: Wanted, employees: pd.DataFrame, assignments: pd.DataFrame) -> None:
    """Check the names asked for before anything is computed.

    Raises
    ------
    InputError
        With one problem for each name that the cycle does not have, and for each option
        that chooses among packets which are not made.
    """
    managers, people = set(list_managers(employees, assignments)), set(employees["employee_id"])
    problems = [_unknown("--manager", name, "is nobody's manager", "one who has a team")
                for name in wanted.managers if name not in managers]  # fmt: skip
    problems += [_unknown("--employee", name, "is nobody", "one of the employees table")
                 for name in wanted.employees if name not in people]  # fmt: skip
    if wanted.managers and "manager" not in wanted.kinds:
        problems.append(_idle("--manager", "manager packets", "manager"))
    if wanted.employees and not {"manager", "session"} & set(wanted.kinds):
        problems.append(_idle("--employee", "session and manager packets", "session"))
    if problems:
        raise InputError(problems)


def _idle(option: str, packets: str, kind: str) -> Problem:
    said = f"chooses among {packets}, and this run makes none"
    fix = f"give --only {kind}, or leave out what excludes them"
    return Problem(option, None, "", "idle_option", said, fix)


def _unknown(option: str, name: str, what: str, whose: str) -> Problem:
    said = f"'{name}' {what} in this cycle"
    return Problem(option, None, "", "unknown_id", said, f"write the id of {whose}")


def find_earlier(out: Path) -> dict[str, Earlier]:
    """Packets of the runs below an output folder by the hash of their content, newest first."""
    found: dict[str, Earlier] = {}
    indexes = (out / "runs").glob("*/packets/index.csv")
    for index in sorted(indexes, key=lambda path: (-path.stat().st_mtime_ns, str(path))):
        rows = pd.read_csv(index, dtype=str, keep_default_na=False)
        if "content" not in rows:
            continue
        run = index.parent.parent
        for row in rows.to_dict("records"):
            found.setdefault(
                str(row["content"]),
                Earlier(run / str(row["file"]), str(row["sha256"]), int(row["pages"])),
            )
    return found


def write_index(
    folder: Path, packets: Sequence[Printed], run_id: str, employees: pd.DataFrame
) -> None:
    """Write ``packets/index.csv``."""
    names = dict(zip(employees["employee_id"], employees["name"], strict=True))
    rows = [
        {
            "file": packet.file, "kind": packet.draft.kind, "session": packet.draft.session,
            "manager_id": packet.draft.manager_id, "packet_id": packet.draft.packet_id,
            "sha256": packet.sha256, "pages": packet.n_pages, "run_id": run_id,
            "manager": names.get(packet.draft.manager_id, ""), "content": packet.content,
        }
        for packet in packets
    ]  # fmt: skip
    index = pd.DataFrame(rows, columns=PACKET_INDEX.names)
    (folder / "packets").mkdir(exist_ok=True)
    (folder / "packets" / "index.csv").write_bytes(encode_table(PACKET_INDEX, index)[1])


def _take_over(
    drafts: Iterable[tuple[str, Draft]],
    folder: Path,
    earlier: Mapping[str, Earlier],
    wanted: Wanted,
    taken: tuple[list[Printed], list[Printed]],
) -> Iterator[Task]:
    """Copy what stands in an earlier run; give the others on, one at a time."""
    for file, draft in drafts:
        content = hash_content(draft)
        names = [content, *([name_archive(content)] if draft.attachments else [])]
        old = [kept for name in names if (kept := _find_whole(earlier, name)) is not None]
        if len(old) < len(names):
            yield Task(file, draft, content, None if wanted.cluster else folder / file)
            continue
        bare = strip(draft)
        steps = ((file, bare), (_place_archive(file), replace(bare, kind="archive")))
        for name, whole, goal, (beside, told) in zip(names, old, taken, steps, strict=False):
            (folder / beside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(whole.path, folder / beside)
            goal.append(Printed(beside, told, name, whole.sha256, whole.n_pages, 0))


def _find_whole(earlier: Mapping[str, Earlier], content: str) -> Earlier | None:
    """A file that was touched since is set anew."""
    old = earlier.get(content)
    if old is None or not old.path.is_file() or hash_file(old.path) != old.sha256:
        return None
    return old


def _spread(tasks: Iterable[Task], wanted: Wanted) -> Iterator[tuple[Task, Answer]]:
    if wanted.cluster:
        return map_on_cluster(print_task, tasks, wanted.cluster)
    return map_on_machine(print_task, tasks, wanted.jobs)


def count_only(material: Material, audit: AuditMaterial) -> Material:
    """Tell the executive page how many disparities there are, and nothing else of them.

    Where no group could be compared, nothing is counted: a nought would calm.
    """
    if material.cycle.inputs.attributes is None:
        return material
    findings = audit.tables["findings"]
    n_disparities = int(((findings["kind"] == "disparity") & (findings["level"] == "look")).sum())
    if not n_disparities and not count_compared(audit.tables["disparities"]):
        return material
    readiness = {**material.readiness, "n_disparity_findings": n_disparities}
    return replace(material, readiness=readiness)
