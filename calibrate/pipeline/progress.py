"""Seconds per stage, and a line on the terminal while a stage runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from rich.console import Console
from rich.status import Status


@dataclass
class Clock:
    """Names the stage that runs and remembers how long each took."""

    console: Console | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    #: What the person at the terminal should know and no file of the run may hold.
    remarks: list[str] = field(default_factory=list)
    _status: Status | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside, under ``name``."""
        started = perf_counter()
        try:
            if self.console is not None and self.console.is_terminal:
                with self.console.status(f"{name} …") as self._status:
                    yield
            else:
                yield
        finally:
            self._status = None
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - started

    def count(self, done: int, of: int, name: str) -> None:
        """Show how far a long stage has come, on a terminal only."""
        if self._status is not None:
            self._status.update(f"{name} … {done} of {of}")
