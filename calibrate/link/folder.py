"""The folder of a plan: written whole, and never over a sheet that somebody has filled in."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from calibrate.errors import InputError, Problem
from calibrate.manifest import hash_file
from calibrate.report.folder import explain_disk

#: SHA-256 of each file as it was written: what differs was changed by somebody.
_WRITTEN = "written.json"


def stage_folder(out: Path, name: str) -> Path:
    """Make an empty folder beside the one to be written; put back what a crash left aside."""
    links = out / "link"
    with explain_disk(out):
        links.mkdir(parents=True, exist_ok=True)
        aside = links / f".replaced-{name}"
        if aside.is_dir() and not (links / name).exists():
            aside.rename(links / name)
        shutil.rmtree(aside, ignore_errors=True)
        beside = links / f".unfinished-{name}"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
    return beside


def find_changed(folder: Path) -> list[Path]:
    """Files of a written plan that were changed or added since, in order of name."""
    known = _read_written(folder)
    return [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and file.name != _WRITTEN
        and known.get(file.relative_to(folder).as_posix()) != hash_file(file)
    ]


def place_folder(beside: Path, folder: Path) -> bool:
    """Put a filled folder in its place, flushed to disk; say whether anything was written.

    The same plan leaves everything as it is, filled in or not.

    Raises
    ------
    InputError
        If a file there was changed and the plan is another one. Nothing is touched.
    """
    hashes = {
        file.relative_to(beside).as_posix(): hash_file(file)
        for file in sorted(beside.rglob("*"))
        if file.is_file()
    }
    if folder.exists():
        if _read_written(folder) == hashes:
            shutil.rmtree(beside)
            return False
        changed = find_changed(folder)
        if changed:
            shutil.rmtree(beside)
            raise InputError([_refuse(file) for file in changed])
    with explain_disk(folder):
        (beside / _WRITTEN).write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")
        _flush(beside)
        aside = folder.with_name(f".replaced-{folder.name}")
        if folder.exists():
            folder.rename(aside)
        beside.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)
    return True


def _read_written(folder: Path) -> Mapping[str, str]:
    try:
        written = json.loads((folder / _WRITTEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}


def _refuse(file: Path) -> Problem:
    what = "the plan is another one now, and this file was changed since it was written"
    fix = "it may hold marks and stays as it is; choose another --out"
    return Problem(str(file), None, "", "sheet_changed", what, fix, whole=True)


def _flush(folder: Path) -> None:
    for path in [*sorted(folder.rglob("*")), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
