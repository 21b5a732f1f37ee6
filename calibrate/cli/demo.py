"""``calibrate demo``: an invented company to try everything on."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calibrate.cli.options import json_option, stderr_console
from calibrate.demo.options import FEWEST, LARGEST_CSV, MOST, SEED, DemoOptions, Format

if TYPE_CHECKING:
    from calibrate.demo.generate import DemoResult


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--employees",
    type=click.IntRange(FEWEST, MOST),
    default=240,
    show_default=True,
    metavar="N",
    help=f"Number of people, {FEWEST} to {MOST:,}.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=SEED,
    show_default=True,
    metavar="S",
    help="Same seed, same bytes.",
)
@click.option(
    "--plant",
    type=click.Path(path_type=Path, readable=False),
    default=None,
    metavar="FILE",
    help="YAML file of severities and disparities to plant; see sample_data/plant.yaml.",
)
@click.option(
    "--format",
    "ratings_format",
    type=click.Choice(["csv", "parquet"]),
    default=None,
    help=f"Format of the ratings: CSV up to {LARGEST_CSV:,} people, Parquet above, if not given.",
)
@json_option
def demo(
    folder: Path, employees: int, seed: int, plant: Path | None, ratings_format: Format | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Write an invented company to try everything on.

    DIR becomes a cycle folder; DIR/truth says what was planted.

    \b
    Example:
      calibrate demo company --employees 1000
      calibrate run company/cycle.yaml --out out
    """
    from calibrate.demo.generate import write_demo
    from calibrate.pipeline.progress import Clock

    options = DemoOptions(employees, seed, plant, ratings_format)
    result = write_demo(folder, options, Clock(stderr_console()))
    if as_json:
        click.echo(json.dumps(result.describe(), indent=2, ensure_ascii=False))
    else:
        _print_result(result)


def _print_result(result: DemoResult) -> None:
    click.echo(f"Company   {result.folder}")
    for name, count in result.counts.items():
        click.echo(f"{count:>12,}  {name.replace('_', ' ')}")
    raters, disparities = result.plan["raters"], result.plan["disparities"]
    named = ", ".join(f"{one['rater_id']} {one['severity']:+g}" for one in raters[:5])
    more = f" and {len(raters) - 5:,} more" if len(raters) > 5 else ""
    click.echo(f"Planted   severities of {len(raters)} raters: {named}{more}" if raters else
               "Planted   no severity")  # fmt: skip
    for one in disparities:
        click.echo(
            f"          {one['source']} forms mark {one['attribute']} {one['group']}"
            f" by {one['points']:+g} points"
        )
    for outcome in result.plan["unserved_outcomes"]:
        click.echo(f"          nobody serves outcome {outcome}")
    click.echo(f"          {result.folder / 'truth' / 'planted.yaml'} says it all")
    cycle = shlex.quote(str(result.folder / "cycle.yaml"))
    click.echo(f"Next      calibrate run {cycle} --out out")
