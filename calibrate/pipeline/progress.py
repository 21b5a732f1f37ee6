"""Seconds per stage, and a line on the terminal while a stage runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from time import perf_counter

from rich.console import Console
from rich.status import Status

from calibrate.interrupt import heed


@dataclass
class Clock:
    """Names the stage that runs and remembers how long each took."""

    console: Console | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    #: What the person at the terminal should know and no file of the run may hold.
    remarks: list[str] = field(default_factory=list)
    _status: Status | None = None
    _started: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside, under ``name``."""
        heed()
        started = self._started = perf_counter()
        try:
            if self.console is not None and self.console.is_terminal:
                with self.console.status(f"{name} …") as self._status:
                    yield
            else:
                yield
        finally:
            self._status = None
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - started

    def tell(self, remark: str) -> None:
        """Say a remark now, while there is still time to stop; at the end where nobody looks on."""
        if self.console is None:
            self.remarks.append(remark)
            return
        self.console.print(f"note: {remark}", markup=False, highlight=False, soft_wrap=True)

    def count(self, done: int, of: int, name: str) -> None:
        """Show how far a long stage has come and how long it may take, on a terminal only."""
        heed()
        if self._status is None:
            return
        spent = perf_counter() - self._started
        left = f", about {say_seconds(spent * (of - done) / done)} left" if 0 < done < of else ""
        self._status.update(f"{name} … {done} of {of}{left}")


def say_seconds(seconds: float) -> str:
    """Say a time as roughly as it is known.

    Examples
    --------
    >>> say_seconds(3.2), say_seconds(47), say_seconds(200), say_seconds(7300)
    ('5 seconds', '45 seconds', '4 minutes', '2 hours')
    """
    if seconds <= 90:
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    if seconds <= 5400:
        return f"{ceil(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"
