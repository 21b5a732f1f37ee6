"""A run's folder appears whole or not at all, and never changes afterwards."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd

from calibrate.errors import BusyError, DiskError, IntegrityError, Problem
from calibrate.manifest import hash_file
from calibrate.tables import PROBLEMS

_UNFINISHED = ".unfinished-"
#: More names than these are not read.
_MOST_NAMED = 3
_FULL = (errno.ENOSPC, errno.EDQUOT)
_IN_THE_WAY = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR,
)  # fmt: skip


@contextmanager
def hold_output(out: Path) -> Iterator[None]:
    """Let one run at a time write below ``out``.

    Raises
    ------
    BusyError
        If another run holds the folder.
    DiskError
        If the folder cannot be made or written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("w")
    except OSError as error:
        raise _explain(out, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BusyError(
                f"{out}: another run is writing here; wait for it or choose another --out"
            ) from error
        yield


def find_run(out: Path, name: str) -> Path | None:
    """Return the finished run of that name, if there is one.

    Raises
    ------
    IntegrityError
        If a file of it is gone or was changed: it is neither taken for the run nor mended.
    """
    folder = out / "runs" / name
    if not folder.exists():
        return None
    touched = _find_touched(folder)
    if touched:
        shown = ", ".join(touched[:_MOST_NAMED]) + (", …" if len(touched) > _MOST_NAMED else "")
        files = "1 file" if len(touched) == 1 else f"{len(touched):,} files"
        raise IntegrityError(
            f"{folder}: {files} gone or changed after the run was finished ({shown}); move that "
            "folder away, and run again"
        )
    return folder


def _find_touched(folder: Path) -> list[str]:
    """Files of a run that are not as its manifest says."""
    try:
        statement = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        told = {str(file["name"]): file["digest"]["sha256"] for file in statement["subject"]}
    except (OSError, ValueError, TypeError, KeyError):
        return ["manifest.json"]
    return [name for name, digest in sorted(told.items()) if _hash(folder / name) != digest]


def _hash(path: Path) -> str:
    try:
        return hash_file(path)
    except OSError:
        return ""


def read_made_from(out: Path) -> dict[str, dict[str, Any]]:
    """Read what each finished run below ``out`` says it was made from, by its name.

    Raises
    ------
    IntegrityError
        If a manifest is none.
    """
    told: dict[str, dict[str, Any]] = {}
    for path in sorted((out / "runs").glob("[!.]*/manifest.json")):
        try:
            statement = json.loads(path.read_text(encoding="utf-8"))
            told[path.parent.name] = statement["predicate"]["buildDefinition"]["externalParameters"]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise IntegrityError(
                f"runs/{path.parent.name}/manifest.json cannot be read: restore it from a copy, "
                "or move that folder away"
            ) from error
    return told


def write_run(out: Path, name: str, fill: Callable[[Path], None]) -> Path:
    """Fill a folder beside, flush it to disk, and rename it into place.

    Parameters
    ----------
    fill
        Writes all files of the run into the folder it is given. If it
        raises, nothing of the run is left behind.
    """
    runs = out / "runs"
    with explain_disk(out):
        runs.mkdir(parents=True, exist_ok=True)
        for leftover in runs.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(leftover)
        beside = runs / f"{_UNFINISHED}{name}"
        beside.mkdir()
        try:
            fill(beside)
            _flush(beside)
            beside.rename(runs / name)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            with suppress(OSError):
                runs.rmdir()
            raise
        _flush_folder(runs)
    return runs / name


def point_latest(out: Path, name: str) -> None:
    """Make ``latest`` a relative link to the run."""
    with explain_disk(out):
        beside = out / ".latest"
        beside.unlink(missing_ok=True)
        beside.symlink_to(Path("runs") / name)
        beside.replace(out / "latest")


def tabulate_problems(problems: tuple[Problem, ...] | list[Problem]) -> pd.DataFrame:
    """One row a problem, as :data:`calibrate.tables.PROBLEMS`."""
    columns = {
        "file": [p.file for p in problems],
        "row": pd.array([p.row for p in problems], dtype="Int64"),
        "column": [p.column for p in problems],
        "rule": [p.rule for p in problems],
        "level": [p.level for p in problems],
        "value": [p.value for p in problems],
        "fix": [f"{p.what}; {p.fix}" for p in problems],
    }
    return PROBLEMS.conform(pd.DataFrame(columns))


@contextmanager
def explain_disk(out: Path) -> Iterator[None]:
    """Turn what the disk refuses into one clear sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (*_FULL, *_IN_THE_WAY):
            raise _explain(out, error) from error
        raise


def _explain(out: Path, error: OSError) -> DiskError:
    if error.errno in _FULL:
        return DiskError(f"{out}: the disk is full; free some space and run again")
    place = error.filename2 or error.filename or out
    return DiskError(f"{place}: cannot be written ({error.strerror}); choose another --out")


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        else:
            _flush_folder(path)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
