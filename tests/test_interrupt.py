"""An interrupt that a library loses still stops the work."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

LOSES_IT = """
import os, signal, sys
import numpy as np
from calibrate.interrupt import heed, watch_signals

{before}
watch_signals()

class Type:
    # numpy asks an object that is no type for its dtype, and clears whatever that raises.
    @property
    def dtype(self):
        os.kill(os.getpid(), signal.{number})
        return None

try:
    np.dtype(float) == Type()
except TypeError:
    pass
print("lost")
try:
    heed()
except KeyboardInterrupt:
    print("heeded")
"""


def run(number: str, handler: str) -> str:
    """A shell's background and nohup pass on what is ignored: so it is set here."""
    before = f"signal.signal(signal.{number}, signal.{handler})"
    program = LOSES_IT.format(number=number, before=before)
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return told.stdout


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_lost_interrupt_is_heeded_at_the_next_step(number: str) -> None:
    if not hasattr(signal, number):
        pytest.skip(f"no {number} here")
    handler = "default_int_handler" if number == "SIGINT" else "SIG_DFL"
    assert run(number, handler) == "lost\nheeded\n"


def test_what_is_to_be_ignored_is_ignored() -> None:
    assert run("SIGHUP", "SIG_IGN") == "lost\n"
