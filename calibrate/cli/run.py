"""``calibrate run``: the whole way, from files to packets and an audit."""

from __future__ import annotations

from pathlib import Path

import click

from calibrate.cli.options import (
    cycle_argument,
    gate_option,
    jobs_option,
    json_option,
    out_option,
    reason_option,
    stderr_console,
)
from calibrate.cli.result import print_result


@click.command()
@cycle_argument
@out_option
@jobs_option
@click.option("--no-packets", is_flag=True, help="Leave out session and manager PDFs.")
@click.option(
    "--only", type=click.Choice(["session", "manager", "audit", "executive"]), default=None,
    metavar="KIND", help="Make one kind of packet: session, manager, audit or executive.",
)  # fmt: skip
@reason_option
@gate_option
@json_option
def run(
    cycle: Path, out: Path, jobs: int, no_packets: bool, only: str | None,
    reason: str, gate: bool, as_json: bool,
) -> int:  # fmt: skip
    """Score and audit a cycle; write its tables and packets.

    They stand below DIR/latest.

    \b
    Example:
      calibrate run sample_data/cycle.yaml --out out
    """
    from calibrate.pipeline import Options, run_cycle
    from calibrate.pipeline.progress import Clock

    clock = Clock(stderr_console())
    options = Options(jobs=jobs, has_packets=not no_packets, only=only, reason=reason)
    result = run_cycle(cycle, out, options, clock)
    return print_result(result, clock, as_json=as_json, gate=gate)
