"""Seconds per stage, and a line on the terminal while a stage runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from rich.console import Console


@dataclass
class Clock:
    """Names the stage that runs and remembers how long each took."""

    console: Console | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside, under ``name``."""
        started = perf_counter()
        try:
            if self.console is not None and self.console.is_terminal:
                with self.console.status(f"{name} …"):
                    yield
            else:
                yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - started

    def say(self, text: str) -> None:
        """Show how far a long stage has come, on a terminal only."""
        if self.console is not None and self.console.is_terminal:
            self.console.print(text, style="dim", highlight=False)
