"""``calibrate init``: a commented folder for a first cycle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calibrate.cli.options import json_option

if TYPE_CHECKING:
    from calibrate.setup import Proposal


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("more", metavar="", nargs=-1, type=click.Path(path_type=Path))
@click.option("--minimal", is_flag=True, help="One label per person and manager.")
@click.option(
    "--from", "exports", multiple=True, type=click.Path(path_type=Path), metavar="FILE…",
    help="Look into your exports and propose how to read them: CSV, XLSX, Parquet.",
)  # fmt: skip
@json_option
def init(
    folder: Path, more: tuple[Path, ...], minimal: bool, exports: tuple[Path, ...], as_json: bool
) -> None:
    """Write a commented cycle folder to fill in.

    DIR must be new or empty. With --from, every proposed line says why it was
    proposed, and what nobody can tell from the files is left for you to decide.

    \b
    Example:
      calibrate init review-2026
      calibrate init review-2026 --minimal
      calibrate init review-2026 --from employees.csv reviews.xlsx
    """
    from calibrate.config.new_folder import check_empty
    from calibrate.setup import compose_folder, propose_cycle, write_folder

    if more and not exports:
        raise click.UsageError(f"'{more[0]}' is too much: write --from before names of exports")
    check_empty(folder)
    proposal = propose_cycle((*exports, *more)) if exports else None
    texts = compose_folder(folder, is_minimal=minimal, proposal=proposal)
    write_folder(folder, texts)
    _print_result(folder, list(texts), proposal, as_json=as_json)


def _print_result(
    folder: Path, names: list[str], proposal: Proposal | None, *, as_json: bool
) -> None:
    following = [f"calibrate check {folder}", f"calibrate run {folder} --out {folder / 'out'}"]
    if as_json:
        told = {
            "folder": str(folder), "files": names,
            "tables": _list_tables(proposal) if proposal else {},
            "open": proposal.open if proposal else (),
            "not_used": proposal.unplaced if proposal else (), "next": following,
        }  # fmt: skip
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(f"Wrote {folder}: {', '.join(names)}")
    if proposal is not None:
        _print_proposal(proposal)
    own = [name for name in names if proposal is not None and name.startswith("rubrics/reviews")]
    marked = " and ".join(str(folder / name) for name in ("cycle.yaml", *own))
    click.echo(f"Next\n  fill in what is marked with <- in {marked}")
    if proposal is None:
        click.echo(f"  fill the tables; {folder / 'README.md'} says what each column holds")
    for command in following:
        click.echo(f"  {command}")


def _list_tables(proposal: Proposal) -> dict[str, list[str]]:
    return {
        table: list(dict.fromkeys(part.export.shown for part in parts))
        for table, parts in proposal.parts.items()
    }


def _print_proposal(proposal: Proposal) -> None:
    click.echo("Proposed")
    for table, shown in _list_tables(proposal).items():
        click.echo(f"  {table:<12}{', '.join(shown)}")
    for title, texts in (("To decide", proposal.open), ("Not used", proposal.unplaced)):
        if texts:
            click.echo(title)
            for text in texts:
                click.echo(f"  - {text}")
