"""``calibrate audit``: tables and the audit, no other packets."""

from __future__ import annotations

from pathlib import Path

import click

from calibrate.cli.options import (
    gate_option,
    json_option,
    out_option,
    reason_option,
    stderr_console,
)
from calibrate.cli.result import print_result
from calibrate.language import LANGUAGES


@click.command()
@click.argument(
    "cycle", type=click.Path(path_type=Path, readable=False), metavar="[CYCLE]", required=False
)
@click.option(
    "--counts",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Audit somebody else's table of counts instead of a cycle: CSV, XLSX or Parquet.",
)
@click.option(
    "--rules",
    multiple=True,
    metavar="PACK",
    help="With --counts: rule pack, several times for several; the first one's bounds hold.  "
    "[default: us-2026]",
)
@click.option(
    "--min-cell",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --counts: smallest group that is shown.  [default: 10]",
)
@click.option(
    "--theme", type=click.Path(path_type=Path, readable=False), metavar="FOLDER",
    help="With --counts: folder of a theme.yaml; a cycle file names its own.",
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(LANGUAGES),
    help="With --counts: language of the audit; a cycle file names its own.  [default: en]",
)  # fmt: skip
@click.option(
    "--distribute", is_flag=True,
    help="Make the view that may be handed on: more groups are withheld, with regard to "
    "views made before in DIR.",
)  # fmt: skip
@out_option
@reason_option
@gate_option
@json_option
def audit(
    cycle: Path | None,
    counts: Path | None,
    rules: tuple[str, ...],
    min_cell: int | None,
    theme: Path | None,
    language: str | None,
    distribute: bool,
    out: Path,
    reason: str,
    gate: bool,
    as_json: bool,
) -> int:
    """Score a cycle; write its tables and the audit alone.

    With --counts a table of somebody else's counts is audited. Its columns:
    attribute, group, n, n_favourable; where given measure, stage, is_reference,
    and the figures they printed: rate, ratio, impact_ratio, difference,
    z_value, p_value, shortfall. Printed figures that their counts contradict
    are listed.

    \b
    Example:
      calibrate audit sample_data/cycle.yaml --out out
      calibrate audit --counts theirs.csv --out out
    """
    from calibrate.audit.policy import list_packs
    from calibrate.pipeline import Options, run_cycle
    from calibrate.pipeline.counts import CountOptions, run_counts
    from calibrate.pipeline.progress import Clock

    clock = Clock(stderr_console())
    is_for_counts = bool(rules or min_cell or theme or language)
    source = _choose_source(cycle, counts, is_for_counts=is_for_counts)
    if distribute and counts is not None:
        raise click.UsageError("--distribute goes with a CYCLE, not with --counts")
    for name in rules:
        if name not in list_packs():
            raise click.UsageError(f"--rules {name}: known are {', '.join(list_packs())}")
    if counts is None:
        options = Options(only="audit", reason=reason, is_distributed=distribute)
        result = run_cycle(source, out, options, clock)
    else:
        chosen = CountOptions(rules or ("us-2026",), min_cell or 10, theme, language or "en")
        result = run_counts(source, out, chosen, clock)
    return print_result(result, clock, as_json=as_json, gate=gate)


def _choose_source(cycle: Path | None, counts: Path | None, *, is_for_counts: bool) -> Path:
    """The one thing to audit; both and neither are a mistake on the command line."""
    if cycle is not None and counts is not None:
        raise click.UsageError("give a CYCLE or --counts FILE, not both")
    if is_for_counts and counts is None:
        raise click.UsageError(
            "--rules, --min-cell, --theme and --language go with --counts; a cycle file names "
            "its own (audit.rules, privacy.min_cell, theme, language)"
        )
    chosen = counts if cycle is None else cycle
    if chosen is None:
        raise click.UsageError("give a CYCLE, or --counts FILE")
    return chosen
