"""``calibrate audit``: tables and the audit, no other packets."""

from __future__ import annotations

from pathlib import Path

import click

from calibrate.cli.options import (
    cycle_argument,
    gate_option,
    json_option,
    out_option,
    reason_option,
    stderr_console,
)
from calibrate.cli.result import print_result


@click.command()
@cycle_argument
@out_option
@reason_option
@gate_option
@json_option
def audit(cycle: Path, out: Path, reason: str, gate: bool, as_json: bool) -> int:
    """Score a cycle; write its tables and the audit alone.

    \b
    Example:
      calibrate audit sample_data/cycle.yaml --out out
    """
    from calibrate.pipeline import Options, run_cycle
    from calibrate.pipeline.progress import Clock

    clock = Clock(stderr_console())
    result = run_cycle(cycle, out, Options(only="audit", reason=reason), clock)
    return print_result(result, clock, as_json=as_json, gate=gate)
