"""Where the shipped folders are: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from calibrate.errors import DiskError


def find_folder(name: str) -> Path:
    """Find a shipped folder such as ``reports/templates``, ``rubrics`` or ``sample_data``.

    The wheel keeps it under ``calibrate/_data``; a checkout keeps it beside the package.

    Raises
    ------
    DiskError
        If the folder is in neither place: the installation is damaged.

    Examples
    --------
    >>> find_folder("reports/templates").name
    'templates'
    """
    package = Path(str(files("calibrate")))
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise DiskError(f"the shipped folder '{name}' is missing; install calibrate again")
