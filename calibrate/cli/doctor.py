"""``calibrate doctor``: is this machine ready?"""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calibrate.cli.options import json_option
from calibrate.errors import ExitCode

if TYPE_CHECKING:
    from calibrate.doctor import Check


@click.command()
@click.argument(
    "cycle", type=click.Path(path_type=Path, readable=False), metavar="[CYCLE]", required=False
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", default=Path(),
    show_default="here",
    help="Folder that runs will be written to.",
)  # fmt: skip
@json_option
def doctor(cycle: Path | None, out: Path, as_json: bool) -> int:
    """Say whether this machine is ready, and how to make it so.

    Looks at Python, packages, the libraries and fonts that set packets, memory,
    and the folder for runs. With CYCLE also at its size, its databases and
    the letters of its names. Nothing is changed and no network is used. A line
    says ok, look (a run works, something is worse) or fail (then the exit
    code is 3).

    \b
    Example:
      calibrate doctor
      calibrate doctor sample_data/cycle.yaml --out out
    """
    from calibrate.doctor import examine

    checks = examine(cycle, out)
    is_ready = all(check.state != "fail" for check in checks)
    if as_json:
        told = {"ready": is_ready, "checks": [asdict(check) for check in checks]}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo(format_checks(checks, shutil.get_terminal_size().columns))
    return ExitCode.DONE if is_ready else ExitCode.INPUT


def format_checks(checks: Sequence[Check], columns: int) -> str:
    """Write one line for each check, its remedy below it, and what it comes to."""
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        first = f"{check.state:<4}  {check.name:<{width}}  "
        lines += _wrap(check.found, columns, first, " " * len(first))
        if check.fix:
            # Far to the left, so that a command stays on one line and can be copied.
            lines += _wrap(check.fix, columns, " " * 6, " " * 6)
    return "\n".join([*lines, _conclude(checks)])


def _conclude(checks: Sequence[Check]) -> str:
    states = [check.state for check in checks]
    n_fail, n_look = states.count("fail"), states.count("look")
    if n_fail:
        return f"Not ready: {n_fail} of {len(checks)} checks failed."
    return f"Ready; {n_look} of {len(checks)} checks to look at." if n_look else "Ready."


def _wrap(text: str, columns: int, first: str, margin: str) -> list[str]:
    return textwrap.wrap(
        text, max(columns, len(margin) + 20), initial_indent=first, subsequent_indent=margin,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
