"""All checks in the order they are read: the machine, the folders, the cycle."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from calibrate.doctor import probe
from calibrate.doctor.check import Check
from calibrate.doctor.cycle import Needs, check_database, read_needs
from calibrate.doctor.folder import (
    check_abilities,
    check_drive,
    check_space,
    check_temporary,
    find_file_system,
)
from calibrate.doctor.machine import (
    SCRIPTS,
    check_computer,
    check_engine,
    check_file_names,
    check_fonts,
    check_names,
    check_packages,
    check_pango,
    check_python,
    check_subset,
    check_system,
    check_terminal,
)
from calibrate.errors import CalibrateError


def examine(cycle: Path | None, out: Path) -> tuple[Check, ...]:
    """Look at everything; nothing is written that stays, and no network is asked.

    Parameters
    ----------
    cycle
        A cycle file whose needs are looked at too.
    out
        Where runs will be written; it need not be there yet.
    """
    needs = read_needs(cycle) if cycle is not None else Needs(())
    return (
        *_examine_machine(needs),
        *_examine_printing(needs),
        *_examine_folders(needs, out),
        *needs.checks,
        *(check_database(name, os.environ) for name in needs.databases),
    )


def _examine_machine(needs: Needs) -> Iterator[Check]:
    lowest, requirements = probe.read_requirements()
    installed = probe.read_packages()
    yield check_system(platform.system())
    yield check_python(sys.version_info[:3], lowest)
    if requirements:
        yield check_packages(installed, requirements)
    else:
        fix = "pip install review-calibrate"
        yield Check("packages", "look", "calibrate is not installed as a package", fix)
    if needs.databases:
        yield check_packages(installed, requirements, "db")
    yield check_engine(probe.read_engine())
    yield check_computer(probe.count_processors(), probe.read_memory())
    yield check_file_names(sys.getfilesystemencoding())
    yield check_terminal(probe.read_terminal_encoding())


def _examine_printing(needs: Needs) -> Iterator[Check]:
    installer = probe.read_installer()
    printing = probe.read_printing()
    pango = check_pango(printing, installer)
    yield pango
    if pango.state == "fail":
        return
    yield check_subset(printing, installer)
    try:
        from calibrate.report.preflight import find_missing

        missing = find_missing({*SCRIPTS, *needs.characters})
    except (CalibrateError, ImportError) as error:
        yield Check("fonts", "fail", f"a page cannot be set: {error}", "install calibrate again")
        return
    yield check_fonts(printing, missing, installer)
    if needs.characters:
        yield check_names(len(needs.characters), missing & needs.characters, installer)


def _examine_folders(needs: Needs, out: Path) -> Iterator[Check]:
    folder = probe.find_existing(out)
    temporary = probe.read_temporary_folder()
    yield check_abilities(probe.try_folder(folder))
    yield check_drive(find_file_system(probe.read_mounts(), str(folder)))
    yield check_space(probe.read_free_space(folder), needs.input_bytes)
    free = probe.read_free_space(Path(temporary)) if temporary else None
    yield check_temporary(temporary, free, needs.text_bytes)
