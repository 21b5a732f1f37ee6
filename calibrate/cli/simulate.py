"""``calibrate simulate``: what this audit would have found, on this very network."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from calibrate.cli.options import cycle_argument, find_width, json_option, stderr_console

if TYPE_CHECKING:
    from calibrate.simulate import SimulationResult

MOST_SIMULATIONS = 100_000
MOVED = {"people": "dealt out person by person", "teams": "exchanged between whole teams"}


@click.command()
@cycle_argument
@click.option(
    "--simulations", type=click.IntRange(10, MOST_SIMULATIONS), default=1_000, show_default=True,
    metavar="N", help="Simulated audits of each kind.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, metavar="N",
    help="Processes; all cores if not given. The figures do not depend on it.",
)  # fmt: skip
@json_option
def simulate(cycle: Path, simulations: int, jobs: int | None, as_json: bool) -> None:
    """Say what the audit of a cycle would have found.

    Repeats the audit on the same people and managers: without any gap, to count
    false alarms, and with planted gaps, to see which would have been found. What
    it prints holds names of groups. It is for auditors alone. No file is written.

    \b
    Example:
      calibrate simulate sample_data/cycle.yaml --simulations 200
    """
    from joblib import cpu_count

    from calibrate.pipeline.progress import Clock
    from calibrate.pipeline.sealed import score_and_open
    from calibrate.simulate import simulate_audits

    clock = Clock(stderr_console())
    opened = score_and_open(cycle, clock)
    with _show_progress() as on_progress:
        n_jobs = jobs or int(cpu_count())
        result = simulate_audits(opened.network, simulations, n_jobs, on_progress)
    if as_json:
        found = {"scores_sha256": opened.scores_sha256, **result.describe()}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        _print_result(result)


@contextmanager
def _show_progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = stderr_console()
    bar = Progress(
        "{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("simulated audits")
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _print_result(result: SimulationResult) -> None:
    if result.reason:
        _say("Nothing", result.reason)
        return
    managers = f" under {result.n_managers:,} managers" if result.n_managers else ", no managers"
    _say("Network", f"{result.n_people:,} people{managers}")
    for row in result.list_rows("false_alarm"):
        _say("No gap", f"groups {MOVED[row['moved']]}: {row['n_found']:,} of "
             f"{row['n_simulations']:,} audits have a primary 'beyond' ({100 * row['share']:.1f}%, "
             f"95% interval {100 * row['low']:.1f} to {100 * row['high']:.1f}%)")  # fmt: skip
    _print_power(result.list_rows("power"))


def _print_power(rows: list[dict[str, Any]]) -> None:
    ratios = sorted({row["ratio"] for row in rows}, reverse=True)
    shown = [row for row in rows if not row["suppressed"]]
    if not shown:
        _say("Planted", "no group is large enough to plant a gap in")
        return
    _say("Planted", "share of audits that find the gap, by the share of its favourable people "
         "that a group keeps; a ratio of 0.80 is the bound itself")  # fmt: skip
    click.echo(f"{'group':<38}{'people':>9}" + "".join(f"{ratio:>6.2f}" for ratio in ratios))
    of_group: dict[tuple[str, str], dict[float, dict[str, Any]]] = {}
    for row in shown:
        of_group.setdefault((row["attribute"], row["group"]), {})[row["ratio"]] = row
    for (attribute, group), lines in of_group.items():
        name = textwrap.shorten(f"{attribute}: {group}", 36, placeholder="…")
        shares = "".join(f"{100 * lines[ratio]['share']:>5.0f}%" for ratio in ratios)
        click.echo(f"{name:<38}{lines[ratios[0]]['n']:>9,}{shares}")
    n_hidden = len({(row["attribute"], row["group"]) for row in rows if row["suppressed"]})
    if n_hidden:
        _say("Too small", f"{n_hidden} {'group' if n_hidden == 1 else 'groups'}, not shown")


def _say(label: str, text: str) -> None:
    for line in textwrap.wrap(text, max((find_width() or 80) - 11, 30), break_long_words=False):
        click.echo(f"{label:<11}{line}")
        label = ""
