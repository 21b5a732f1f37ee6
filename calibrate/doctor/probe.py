"""Looks at this machine; each probe gives what it saw and never raises."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from contextlib import redirect_stdout, suppress
from importlib import import_module, metadata
from io import StringIO
from pathlib import Path

from calibrate.doctor.check import INSTALLERS
from calibrate.doctor.machine import (
    Printing,
    Requirement,
    parse_requirement,
    parse_version,
    plain_name,
)
from calibrate.errors import CalibrateError

DISTRIBUTION = "review-calibrate"
_LONGEST_REASON = 160


def read_requirements() -> tuple[tuple[int, ...], list[Requirement]]:
    """Return the oldest Python and all packages that our own distribution asks for."""
    try:
        told = metadata.metadata(DISTRIBUTION)
        wanted = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return (), []
    python = parse_version((told["Requires-Python"] or "").lstrip(">= "))
    return python, [parse_requirement(text) for text in wanted]


def read_packages() -> dict[str, str]:
    """Return the version of each installed package by its plain name."""
    found: dict[str, str] = {}
    for package in metadata.distributions():
        # A folder half removed has no name.
        name = package.metadata["Name"] if package.metadata else None
        if name and package.version:
            found.setdefault(plain_name(name), package.version)
    return found


def read_engine() -> str:
    """Load what a run needs beside its fonts; return why it cannot be loaded, "" if it can."""
    try:
        import_module("calibrate.pipeline")
    except (CalibrateError, ImportError, OSError) as error:
        return str(error).splitlines()[0][:_LONGEST_REASON] if str(error) else "no reason given"
    return ""


def read_printing() -> Printing:
    """Load what sets the packets."""
    try:
        # The library prints advice of its own, and warns of what a check says below.
        with redirect_stdout(StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from weasyprint.text import ffi
    except (OSError, ImportError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return Printing(error=f"cannot be loaded: {reason[:_LONGEST_REASON]}")
    number = int(ffi.pango.pango_version())
    pango = (number // 10000, number // 100 % 100, number % 100)
    return Printing(pango, ffi.harfbuzz_subset is not None, _count_fonts(ffi))


def _count_fonts(ffi: object) -> int:
    library = ffi.fontconfig  # type: ignore[attr-defined]
    config = library.FcInitLoadConfigAndFonts()
    try:
        fonts = library.FcConfigGetFonts(config, library.FcSetSystem)
        return int(fonts.nfont) if fonts else 0
    finally:
        library.FcConfigDestroy(config)


def read_installer() -> str:
    """Name the program that installs system packages here; "" if we know none."""
    return next((name for name in INSTALLERS if shutil.which(name)), "")


def read_mounts() -> str:
    """Return the table of mounted file systems; "" if it cannot be had."""
    with suppress(OSError):
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    with suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(["mount"], capture_output=True, text=True, timeout=10, check=True)
        return asked.stdout
    return ""


def find_existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    place = Path(os.path.realpath(folder))
    while not os.path.isdir(place) and place != place.parent:
        place = place.parent
    return place


def read_free_space(folder: Path) -> int | None:
    """Return the bytes we may still write; ``None`` if it is not told."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def read_temporary_folder() -> str:
    """Return the folder for temporary files; "" if none can be written."""
    try:
        return tempfile.gettempdir()
    except OSError:
        return ""


def try_folder(folder: Path) -> frozenset[str]:
    """Try what a run does in a folder, and remove every trace.

    Returns
    -------
    Of ``write``, ``rename``, ``link`` and ``lock``: what did not work.
    """
    lacking = set()
    try:
        with tempfile.TemporaryDirectory(prefix=".calibrate-doctor-", dir=folder) as made:
            inside = Path(made)
            (inside / "made").mkdir()
            with (inside / "lock").open("w") as file:
                os.fsync(file.fileno())
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    lacking.add("lock")
            try:
                (inside / "made").rename(inside / "renamed")
            except OSError:
                lacking.add("rename")
            try:
                (inside / "link").symlink_to("renamed")
            except OSError:
                lacking.add("link")
    except OSError:
        lacking.add("write")
    return frozenset(lacking)


def read_memory() -> int | None:
    """Return the bytes of memory we may use; ``None`` if it is not told."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None
    # A container has less than its machine.
    with suppress(OSError, ValueError):
        return min(whole, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return whole


def count_processors() -> int:
    """Return how many processors we may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_terminal_encoding() -> str:
    """Return the encoding of standard output."""
    return getattr(sys.stdout, "encoding", None) or "unknown"
