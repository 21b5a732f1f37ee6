"""Fairness-audited calibration of performance reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from calibrate.api import Run, calculate, check, make_cycle, run
    from calibrate.config import Cycle, load_cycle
    from calibrate.errors import CalibrateError, InputError, Problem

__all__ = [
    "CalibrateError", "Cycle", "InputError", "Problem", "Run", "calculate", "check",
    "load_cycle", "make_cycle", "run",
]  # fmt: skip

_HOMES = {
    "calibrate.api": ("Run", "calculate", "check", "make_cycle", "run"),
    "calibrate.config": ("Cycle", "load_cycle"),
    "calibrate.errors": ("CalibrateError", "InputError", "Problem"),
}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: importing a part must not cost the whole.
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'calibrate' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
