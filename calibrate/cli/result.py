"""What a run prints at its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from calibrate.errors import ExitCode

if TYPE_CHECKING:
    from calibrate.pipeline import RunResult
    from calibrate.pipeline.progress import Clock


def print_result(result: RunResult, clock: Clock, *, as_json: bool, gate: bool) -> int:
    """Name the run and what to open; return the exit code."""
    if as_json:
        click.echo(json.dumps(result.describe(), indent=2, ensure_ascii=False))
    else:
        if result.is_repeated:
            click.echo("Nothing has changed since this run; it was not repeated.")
        click.echo(f"Run       {result.folder}")
        for label, count in result.counts.items():
            click.echo(f"{count:>9,} {label.replace('_', ' ')}")
        for hint in result.hints:
            click.echo(hint)
    for remark in clock.remarks:
        click.echo(f"note: {remark}", err=True)
    if clock.seconds:
        steps = " · ".join(f"{name} {taken:.1f} s" for name, taken in clock.seconds.items())
        click.echo(f"{steps} · total {sum(clock.seconds.values()):.1f} s", err=True)
    if gate and result.gates:
        for reason in result.gates:
            click.echo(f"gate: {reason}", err=True)
        return ExitCode.GATE
    return ExitCode.DONE
