"""``calibrate link``: who would have to mark whom so that severities can be told."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calibrate.cli.options import (
    cycle_argument,
    find_width,
    json_option,
    out_option,
    stderr_console,
)
from calibrate.errors import say_count

if TYPE_CHECKING:
    from calibrate.link import LinkResult


@click.command()
@cycle_argument
@out_option
@click.option(
    "--marks", type=click.IntRange(1, 5), default=2, show_default=True, metavar="N",
    help="Most people that one rater is asked to mark, 1 to 5.",
)  # fmt: skip
@json_option
def link(cycle: Path, out: Path, marks: int, as_json: bool) -> None:
    """Plan who should mark whom so that raters can be compared.

    Writes a plan and a blind sheet for each rater to DIR/link/<cycle>. Filled in, they are a
    second part of the ratings.

    \b
    Example:
      calibrate link sample_data/cycle.yaml --out out
    """
    from calibrate.link import make_links
    from calibrate.pipeline.progress import Clock

    result = make_links(cycle, out, marks, Clock(stderr_console()))
    if as_json:
        click.echo(json.dumps(result.describe(), indent=2, ensure_ascii=False))
    else:
        _print_result(result, cycle)


def _print_result(result: LinkResult, cycle: Path) -> None:
    today = result.steps[0]
    scored, alone = _count_people(result.n_rated), _count_people(result.n_unlinked)
    _say("Today", f"{say_count(result.n_raters, 'rater')}, {scored} with a score, "
         f"{say_count(today.n_components, 'separate part')}; {alone} cannot be compared with "
         "the others")  # fmt: skip
    if result.folder is None:
        _say("", result.reason)
        return
    for before, step in zip(result.steps, result.steps[1:], strict=False):
        _say(f"Step {step.step}", f"{say_count(step.n_pairs - before.n_pairs, 'form')}: "
             f"{say_count(step.n_components, 'part')}, {_count_people(step.n_linked)} comparable, "
             f"link strength {before.mean_strength:.2f} → {step.mean_strength:.2f}")  # fmt: skip
    if result.n_once:
        _say("Weak", f"{_count_people(result.n_once)} will still have a single form: comparable, "
             "but one form says little, so the score reads weak")  # fmt: skip
    asked = say_count(result.n_asked, "rater")
    _say("Asked", f"{asked}, {say_count(result.minutes, 'minute')} each at most")
    click.echo(f"Plan      {result.folder / 'plan.csv'}")
    click.echo(f"Sheets    {result.folder / 'sheets'}")
    if not result.is_new:
        changed = say_count(result.n_changed, "file")
        _say("", f"the same plan as before: nothing was written; {changed} changed since")
    _say("Next", "send each rater the own sheet; plan.csv says which. Save what comes back over "
         f"it, add the lines of add-to-cycle.yaml to {cycle.name}, and run the cycle "
         "again.")  # fmt: skip
    if result.missing_source:
        _say("", f"{cycle.name} gives the source 'other' no weight yet. Add to its "
             f"sources: {result.missing_source}")  # fmt: skip


def _say(label: str, text: str) -> None:
    width = (find_width() or 80) - 10
    for line in textwrap.wrap(text, max(width, 30), break_long_words=False):
        click.echo(f"{label:<10}{line}")
        label = ""


def _count_people(n: int) -> str:
    return "1 person" if n == 1 else f"{n:,} people"
