"""``calibrate rubric``: a rubric on its own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from calibrate.cli.options import find_width, json_option

#: Rubrics that ship with the program; tests hold this to the folder.
SHIPPED = (
    "customer-support", "default", "engineering", "operations", "overall", "people-managers",
    "sales",
)  # fmt: skip
_FILE = click.Path(path_type=Path, readable=False)

files_argument = click.argument("files", type=_FILE, nargs=-1, metavar="FILE...")
strategy_option = click.option(
    "--strategy", type=_FILE, metavar="FILE", help="The strategy whose outcomes should be served."
)
cycle_option = click.option(
    "--cycle", type=_FILE, metavar="CYCLE",
    help="The cycle that gives strategy, goals and label scales.",
)  # fmt: skip


@click.group()
def rubric() -> None:
    """Check, show or begin a rubric.

    \b
    Example:
      calibrate rubric check rubrics/sales.yaml --strategy strategy.yaml
      calibrate rubric show rubrics/sales.yaml --pdf sales.pdf
    """


@rubric.command()
@files_argument
@strategy_option
@cycle_option
@json_option
def check(files: tuple[Path, ...], strategy: Path | None, cycle: Path | None, as_json: bool) -> int:
    """Say what rubrics lack, and what they give weight to.

    Names weights that do not sum, marks without words, words that stand twice, levels without an
    expected mark, and criteria without outcome or next step. With a strategy: the share of each
    rubric's weight beside what each outcome is worth, and outcomes that nothing serves. Without
    FILE the rubrics of the cycle are checked. Faults exit with 3; notes do not.

    \b
    Example:
      calibrate rubric check rubrics/sales.yaml rubrics/operations.yaml
      calibrate rubric check --cycle sample_data/cycle.yaml
    """
    from calibrate.cli.rubric_text import check_and_print

    if not files and cycle is None:
        raise click.UsageError("name a FILE, or a cycle with --cycle")
    return check_and_print(files, strategy, cycle, as_json=as_json, width=find_width() or 80)


@rubric.command()
@click.argument("file", type=_FILE, metavar="FILE")
@strategy_option
@cycle_option
@click.option(
    "--pdf", type=click.Path(path_type=Path), metavar="PDF",
    help="Write one page for those who mark by it.",
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(["en", "de"]), default=None,
    help="Language of the page's own words; that of the cycle, else English.",
)  # fmt: skip
@click.option(
    "--paper", type=click.Choice(["A4", "Letter"]), default=None,
    help="Paper of the page; that of the cycle, else A4.",
)  # fmt: skip
@json_option
def show(
    file: Path, strategy: Path | None, cycle: Path | None, pdf: Path | None,
    language: str | None, paper: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Show a rubric as people read it.

    With --strategy or --cycle outcomes have their titles instead of their ids.

    \b
    Example:
      calibrate rubric show rubrics/sales.yaml
      calibrate rubric show rubrics/sales.yaml --pdf sales.pdf --paper Letter
    """
    from calibrate.cli.rubric_text import list_lines, say_printed
    from calibrate.pipeline.rubrics import print_rubric, read_measures

    measures = read_measures([file], strategy_file=strategy, cycle_file=cycle)
    if pdf is not None:
        n_pages = print_rubric(measures, pdf, language=language, paper=paper)
        click.echo(pdf)
        say_printed(n_pages)
    elif as_json:
        plain = measures.rubrics[0].model_dump(mode="json", by_alias=True)
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(list_lines(measures, find_width() or 80, language or "en")))


@rubric.command()
@click.argument("file", type=_FILE, metavar="FILE")
@click.option(
    "--criteria", default="", metavar="NAMES",
    help="Names of the criteria, with commas between them.",
)  # fmt: skip
@click.option(
    "--like", type=click.Choice(SHIPPED), default=None, metavar="NAME",
    help="Begin with a copy of a shipped one, such as sales.",
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(["en", "de"]), default="en", show_default=True,
    help="Language of the copy.",
)  # fmt: skip
def new(file: Path, criteria: str, like: str | None, language: str) -> None:
    """Begin a rubric: a commented file to fill in.

    The file can be checked at once; what is still to be written is noted. Nothing is overwritten.

    \b
    Example:
      calibrate rubric new design.yaml --criteria "Craft,Speed,Team"
      calibrate rubric new design.yaml --like engineering
    """
    from calibrate.setup.rubric import write_new_rubric

    if like and criteria:
        raise click.UsageError("--like brings its own criteria; leave one of the two out")
    named = criteria.split(",") if criteria else []
    click.echo(write_new_rubric(file, named, like or "", language))
    click.echo(f"To see what is still to be written:\n  calibrate rubric check {file}", err=True)
