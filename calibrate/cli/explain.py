"""``calibrate explain``: why this score?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from calibrate.cli.options import find_width, json_option

#: Stands for a FILE that is not given.
SHEET = Path("-")


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.argument("employee_id", metavar="EMPLOYEE_ID")
@click.option(
    "--full", is_flag=True,
    help="For HR alone: every form with its rater. Not to be passed on.",
)  # fmt: skip
@click.option(
    "--pdf", type=click.Path(path_type=Path), metavar="FILE", is_flag=False, flag_value=SHEET,
    help="Write the sheet for the person instead; without FILE it is named by the id.",
)  # fmt: skip
@json_option
def explain(run: Path, employee_id: str, full: bool, pdf: Path | None, as_json: bool) -> None:
    """Say why a person has this score.

    Reads the folder RUN and nothing else; out/latest is the latest run. Prints
    what may be shown to the person and the managers. With --full also each form,
    its rater, and parts that add up to the last printed digit. With --pdf the
    sheet that the person may keep.

    \b
    Example:
      calibrate explain out/latest E0042
      calibrate explain out/latest E0042 --full
      calibrate explain out/latest E0042 --pdf sheet.pdf
    """
    from rich.console import Console

    from calibrate.explain import explain_person, list_blocks, print_sheet, to_plain

    if pdf is not None:
        if full or as_json:
            raise click.UsageError("--pdf is for the person; it does not go with --full or --json")
        path = None if pdf == SHEET else pdf
        written = print_sheet(
            run, employee_id, path, lambda remark: click.echo(f"note: {remark}", err=True)
        )
        click.echo(written)
        return
    told = explain_person(run, employee_id, is_full=full, language="en" if as_json else None)
    if as_json:
        click.echo(json.dumps(to_plain(asdict(told)), indent=2, ensure_ascii=False))
        return
    console = Console(width=find_width() or 80, highlight=False)
    for block in list_blocks(told):
        console.print(block)
