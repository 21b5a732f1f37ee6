"""``calibrate check``: is everything readable and consistent?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from calibrate.cli.options import cycle_argument, json_option, stderr_console
from calibrate.errors import ExitCode, InputError, describe_problems


@click.command()
@cycle_argument
@json_option
def check(cycle: Path, as_json: bool) -> int:
    """Read a cycle and all its files; list every problem.

    \b
    Example:
      calibrate check sample_data/cycle.yaml
    """
    from calibrate.pipeline import check_cycle
    from calibrate.pipeline.progress import Clock

    clock = Clock(stderr_console())
    try:
        result = check_cycle(cycle, clock)
        problems, counts = result.problems, result.counts
    except InputError as error:
        problems, counts = error.problems, {}
    errors = [p for p in problems if p.level == "error"]
    if as_json:
        listed = [asdict(p) for p in problems]
        click.echo(json.dumps({"ok": not errors, **counts, "problems": listed}, indent=2))
    else:
        _print_summary(counts, [p for p in problems if p.level == "note"], bool(errors))
    if errors:
        if not as_json:
            click.echo(describe_problems(errors, limit=100), err=True)
        return ExitCode.INPUT
    return ExitCode.DONE


def _print_summary(counts: dict[str, int], notes: list[object], has_errors: bool) -> None:
    for name, count in counts.items():
        click.echo(f"{count:>10,}  {name.replace('_', ' ')}")
    for note in notes[:20]:
        click.echo(f"  note: {note}")
    if len(notes) > 20:
        click.echo(f"  … and {len(notes) - 20:,} more notes")
    if not has_errors:
        click.echo("Ready to run.")
