"""Arguments and options that several commands share."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

Command = Callable[..., Any]

# Whether it can be read is told as every other fault of the cycle is, with exit 3.
cycle_argument = click.argument(
    "cycle", type=click.Path(path_type=Path, readable=False), metavar="CYCLE"
)

out_option = click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Folder for the run; made if it does not exist.",
)  # fmt: skip

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON on standard output."
)

gate_option = click.option(
    "--gate", is_flag=True,
    help="Exit with 4 if a primary disparity is beyond or a hard guideline is missed.",
)  # fmt: skip

jobs_option = click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
    help="Processes that set packets; the bytes do not depend on it.",
)  # fmt: skip

reason_option = click.option(
    "--reason", default="", metavar="TEXT",
    help="Why effects, bands or sources were changed after the first audit.",
)  # fmt: skip


def find_width() -> int | None:
    """Letters per line: of the terminal, or as COLUMNS says; ``None`` into a file or a pipe."""
    if "COLUMNS" in os.environ or sys.stderr.isatty():
        return shutil.get_terminal_size().columns
    return None


def stderr_console() -> Console:
    """Progress and problems go here; results never do."""
    return Console(stderr=True, highlight=False)
