"""``calibrate check``: is everything readable and consistent?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calibrate.cli.options import cycle_argument, find_width, json_option, stderr_console
from calibrate.cli.result import say_counted
from calibrate.errors import (
    ExitCode,
    Problem,
    count_rules,
    describe_rules,
    say_count,
    say_written,
)

if TYPE_CHECKING:
    from calibrate.pipeline.run import CheckResult

_MOST_FILES = 12
_FIELDS = tuple(field.name for field in fields(Problem))


@click.command()
@cycle_argument
@click.option(
    "--out", default=None, type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Folder for problems.csv and problems.xlsx: each problem beside its row.",
)  # fmt: skip
@json_option
def check(cycle: Path, out: Path | None, as_json: bool) -> int:
    """Read a cycle and all its files; say what is wrong.

    \b
    Example:
      calibrate check sample_data/cycle.yaml
      calibrate check sample_data/cycle.yaml --out problems
    """
    from calibrate.pipeline import check_cycle
    from calibrate.pipeline.progress import Clock

    result = check_cycle(cycle, Clock(stderr_console()), out)
    n_errors = sum(problem.level == "error" for problem in result.problems)
    if as_json:
        for text in _encode(result, n_errors):
            click.echo(text, nl=False)
    else:
        _print_summary(result, n_errors, cycle, out)
    return ExitCode.INPUT if n_errors else ExitCode.DONE


def _print_summary(result: CheckResult, n_errors: int, cycle: Path, out: Path | None) -> None:
    """Say what was read, then what is wrong: problems go to the error stream."""
    width = find_width()
    if result.files:
        click.echo(f"{say_count(len(result.files), 'file')} of {cycle.name or cycle}")
    for shown in result.files[:_MOST_FILES]:
        click.echo(f"  {shown}")
    if len(result.files) > _MOST_FILES:
        click.echo(f"  … and {len(result.files) - _MOST_FILES:,} more")
    for name, count in result.counts.items():
        click.echo(f"{count:>12,}  {say_counted(name, count)}")
    if result.problems:
        n_notes = len(result.problems) - n_errors
        said = [say_count(n_errors, "error")] * bool(n_errors)
        said += [say_count(n_notes, "note")] * bool(n_notes)
        rules = count_rules(result.problems)
        lines = [" and ".join(said), *describe_rules(rules, width)]
        click.echo("\n".join(["", *lines, *say_written(result.written)]), err=True)
        if out is None and n_errors:
            again = f"calibrate check {cycle} --out problems"
            click.echo(f"\nFor a spreadsheet with each row beside:\n  {again}", err=True)
    if not n_errors:
        click.echo("\nReady to run." if result.problems else "Ready to run.")


def _encode(result: CheckResult, n_errors: int) -> Iterator[str]:
    """Write the result as JSON piece by piece: a million problems need no memory of their own."""
    head = {
        "ok": not n_errors,
        **result.counts,
        "errors": n_errors,
        "notes": len(result.problems) - n_errors,
        "files": result.files,
        "written": [str(path) for path in result.written],
        "rules": [
            {"rule": rule.rule, "level": rule.level, "count": rule.count, "files": rule.files}
            for rule in count_rules(result.problems, 0)
        ],
    }
    yield f'{json.dumps(head, indent=2)[:-2]},\n  "problems": ['
    encode = json.JSONEncoder().encode
    for start in range(0, len(result.problems), 1000):
        some = result.problems[start : start + 1000]
        lines = (f"\n    {encode(_as_dict(problem))}" for problem in some)
        yield ("," if start else "") + ",".join(lines)
    yield "\n  ]\n}\n" if result.problems else "]\n}\n"


def _as_dict(problem: Problem) -> dict[str, object]:
    return {name: getattr(problem, name) for name in _FIELDS}
