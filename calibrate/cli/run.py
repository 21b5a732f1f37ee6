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
@click.option(
    "--manager", "managers", multiple=True, metavar="ID",
    help="Make only the packet of this manager; may be given again.",
)  # fmt: skip
@click.option(
    "--employee", "employees", multiple=True, metavar="ID",
    help="Make only the session and manager packets that show this person.",
)  # fmt: skip
@click.option(
    "--cluster", default="", metavar="ADDRESS",
    help="Set the packets on a Dask cluster, such as tcp://10.0.0.5:8786.",
)  # fmt: skip
@reason_option
@gate_option
@json_option
def run(
    cycle: Path, out: Path, jobs: int, no_packets: bool, only: str | None,
    managers: tuple[str, ...], employees: tuple[str, ...], cluster: str,
    reason: str, gate: bool, as_json: bool,
) -> int:  # fmt: skip
    """Score and audit a cycle; write its tables and packets.

    They stand below DIR/latest.

    \b
    Example:
      calibrate run sample_data/cycle.yaml --out out
    """
    if no_packets and only in ("session", "manager"):
        raise click.UsageError(f"--no-packets leaves out what --only {only} asks for; drop one")
    from calibrate.pipeline import Options, run_cycle
    from calibrate.pipeline.progress import Clock

    clock = Clock(stderr_console())
    options = Options(
        jobs=jobs, has_packets=not no_packets, only=only, managers=managers,
        employees=employees, cluster=cluster, reason=reason,
    )  # fmt: skip
    result = run_cycle(cycle, out, options, clock)
    return print_result(result, clock, as_json=as_json, gate=gate)
