"""A new cycle folder: never on top of anybody's files, complete or not there at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calibrate.errors import DiskError

#: Moved last: a folder that has it is complete.
_LAST = "cycle.yaml"


def check_empty(folder: Path) -> None:
    """Refuse a folder that holds something: nothing of anybody's is written over.

    Raises
    ------
    DiskError
        If it is a file, is not empty, or cannot be looked into.
    """
    kept = "and nothing was written; name a folder that is new or empty"
    if folder.exists() and not folder.is_dir():
        raise DiskError(f"{folder} is a file {kept}")
    with _explain_disk(folder):
        if folder.is_dir() and any(folder.iterdir()):
            raise DiskError(f"{folder} is not empty {kept}")


@contextmanager
def fill_new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write into; what it holds in the end becomes ``folder``.

    Raises
    ------
    DiskError
        If the folder holds something already, or cannot be written.
    """
    check_empty(folder)
    with _explain_disk(folder):
        folder = folder.resolve()
        is_there = folder.is_dir()
        if not is_there:
            folder.parent.mkdir(parents=True, exist_ok=True)
        place = folder if is_there else folder.parent
        beside = place / f".{folder.name}.unfinished"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        try:
            yield beside
            if is_there:
                # Somebody may stand in it, or a disk begin there: it is filled, not replaced.
                for path in sorted(beside.iterdir(), key=lambda path: path.name == _LAST):
                    path.rename(folder / path.name)
                beside.rmdir()
            else:
                beside.rename(folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise


@contextmanager
def _explain_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = f"{folder}: cannot be written ({error.strerror})"
        raise DiskError(f"{said}; free some space, or name another folder") from error
