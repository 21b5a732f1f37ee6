"""A PDF where somebody asked for it: it replaces an older one, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from calibrate.errors import DiskError

_PDF = b"%PDF-"


def refuse_place(path: Path) -> None:
    """Refuse to write into a run, or over a file that is no PDF.

    Raises
    ------
    DiskError
        If the file lies in a run, or is there and is no PDF, or cannot be read.
    """
    place = path.resolve()
    if any((parent / "manifest.json").is_file() for parent in place.parents):
        raise DiskError(f"{path} lies in a run, which never changes; name a file outside")
    if not place.is_file():
        return
    try:
        with place.open("rb") as file:
            start = file.read(len(_PDF))
    except OSError as error:
        raise DiskError(f"{path}: cannot be written ({error.strerror})") from error
    if start != _PDF:
        raise DiskError(f"{path} is there and is no PDF; name another file")


def write_pdf(path: Path, content: bytes, *, is_private: bool) -> None:
    """Write the file; a private one is readable by its owner alone.

    Raises
    ------
    DiskError
        If it cannot be written.
    """
    mode = 0o600 if is_private else 0o666
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            if is_private:
                os.chmod(path, mode)
            file.write(content)
    except OSError as error:
        raise DiskError(f"{path}: cannot be written ({error.strerror})") from error
