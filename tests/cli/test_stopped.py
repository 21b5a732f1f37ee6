"""A run that is stopped says so once, leaves nothing half-written, and takes its workers along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("calibrate")


def wait_for(pattern: str, out: Path, run: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if any(out.glob(pattern)):
            return
        assert run.poll() is None, "the run ended before it could be stopped"
        time.sleep(0.1)
    raise AssertionError(f"no {pattern} after a minute")


@pytest.fixture(autouse=True)
def heeds_interrupts() -> Iterator[None]:
    """What starts in the background of a shell has been told to ignore Ctrl-C, and passes it on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("number", "pattern", "is_group"),
    [
        # Ctrl-C reaches every process of the terminal; a service stops the first one alone.
        (signal.SIGINT, "runs/.unfinished-*/calibration.xlsx", True),
        (signal.SIGINT, "runs/.unfinished-*/packets/*.pdf", True),
        (signal.SIGTERM, "runs/.unfinished-*/packets/*.pdf", False),
    ],
    ids=["Ctrl-C while workers start", "Ctrl-C later", "terminated"],
)
def test_stopping_ends_all_of_it(
    root: Path, tmp_path: Path, number: signal.Signals, pattern: str, is_group: bool
) -> None:
    run = subprocess.Popen(
        [PROGRAM, "run", root / "sample_data" / "cycle.yaml", "--out", tmp_path, "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for(pattern, tmp_path, run)
        (os.killpg if is_group else os.kill)(run.pid, number)
        # Workers hold the pipes: while one is left, this waits.
        said = run.communicate(timeout=60)[1]
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert said.splitlines()[-1] == "calibrate: stopped; nothing was left half-written"
    assert not any(tmp_path.glob("runs/*"))
