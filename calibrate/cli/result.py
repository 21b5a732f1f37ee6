"""What a run prints at its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from calibrate.errors import ExitCode

if TYPE_CHECKING:
    from calibrate.pipeline import RunResult
    from calibrate.pipeline.progress import Clock


#: What is counted: one of it, several, and what it means.
_COUNTED = {
    "people_linked": ("person", "people", "with a score, adjusted for severity"),
    "people_weak": ("person", "people", "with a score, adjusted with care: weakly linked"),
    "people_unlinked": ("person", "people", "with a score as marked: no rater to compare with"),
    "people_unrated": ("person", "people", "without a score; the session packet says why"),
    "findings_to_look_at": ("finding", "findings", "to look at"),
    "primary_disparities_beyond": (
        "group difference", "group differences", "beyond the bounds; see audit/audit.pdf",
    ),
    "comparisons_of_too_few": (
        "comparison", "comparisons", "of groups that had too few people to tell",
    ),
    "people": ("person", "people", ""),
    "rating_rows": ("mark", "marks", ""),
    "checkins_rows": ("check-in", "check-ins", ""),
    "feedback_rows": ("piece of feedback", "pieces of feedback", ""),
    "unit_measures_rows": ("measure of a unit", "measures of units", ""),
    "rewards_rows": ("reward", "rewards", ""),
    "history_rows": ("row of history", "rows of history", ""),
    "criterion_history_rows": (
        "score by criterion of earlier cycles", "scores by criterion of earlier cycles", "",
    ),
}  # fmt: skip


def say_counted(label: str, count: int) -> str:
    """Name what was counted, as many of it as there are.

    Examples
    --------
    >>> say_counted("findings_to_look_at", 1), say_counted("people_unrated", 2)
    ('finding to look at', 'people without a score; the session packet says why')
    >>> say_counted("forms", 1), say_counted("forms", 0)
    ('form', 'forms')
    """
    several = label.replace("_", " ")
    one, more, rest = _COUNTED.get(label, (several.removesuffix("s"), several, ""))
    return f"{one if count == 1 else more} {rest}".strip()


def print_result(result: RunResult, clock: Clock, *, as_json: bool, gate: bool) -> int:
    """Name the run and what to open; return the exit code."""
    if as_json:
        click.echo(json.dumps(result.describe(), indent=2, ensure_ascii=False))
    else:
        if result.is_repeated:
            click.echo("Nothing has changed since this run; it was not repeated.")
        click.echo(f"Run       {result.folder}")
        for label, count in result.counts.items():
            click.echo(f"{count:>9,} {say_counted(label, count)}")
        for hint in result.hints:
            click.echo(hint)
    for remark in clock.remarks:
        click.echo(f"note: {remark}", err=True)
    if clock.seconds:
        steps = " · ".join(f"{name} {taken:.1f} s" for name, taken in clock.seconds.items())
        click.echo(f"{steps} · total {sum(clock.seconds.values()):.1f} s", err=True)
    if gate and result.gates:
        for reason in result.gates:
            click.echo(f"gate: {reason}", err=True)
        return ExitCode.GATE
    return ExitCode.DONE
