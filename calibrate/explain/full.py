"""The whole sum, for HR alone: each form with its rater, each part of the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.explain.evidence import Evidence
from calibrate.explain.explanation import Criterion, FormLine, Step
from calibrate.explain.parts import Scale, share_out
from calibrate.language import N_, _
from calibrate.report.words import DASH, NOT_KNOWN


@dataclass(frozen=True)
class Totals:
    """The printed figures of a score, in units of the last digit; each sum holds."""

    raw: int
    severity: int
    level: int
    adjusted: int
    pull: int
    calibrated: int


def add_up(evidence: Evidence, scale: Scale) -> Totals:
    """Round the scores as every packet does and leave the rest to severity and pull.

    What rounding leaves over goes to the two figures that are differences anyway.
    """
    score = evidence.score
    raw, adjusted, calibrated = (
        scale.count(float(score[name]))
        for name in ("raw_score", "adjusted_score", "calibrated_score")
    )
    level = scale.count_change(
        sum(evidence.share(form) * evidence.put_on(form)[1] for form in evidence.scored)
    )
    return Totals(raw, adjusted - raw - level, level, adjusted, calibrated - adjusted, calibrated)


def list_forms(evidence: Evidence, scale: Scale) -> tuple[FormLine, ...]:
    """One line a form; the parts of each column add up to the step of that name."""
    columns = _list_parts(evidence, scale) if evidence.is_rated else []
    parts = iter(zip(*columns, strict=True))
    return tuple(
        FormLine(
            source=str(form["source"]),
            rater_id=str(form["rater_id"]),
            n_forms=1,
            mark=_show_mark(form["points"], scale),
            points=form["points"],
            weight=float(form["weight"]) if form["scored"] else 0.0,
            **(_show_parts(next(parts), evidence, scale) if form["scored"] else {}),
        )
        for form in evidence.forms
    )


def _list_parts(evidence: Evidence, scale: Scale) -> list[list[int]]:
    totals = add_up(evidence, scale)
    raw, severity, level = [], [], []
    for form in evidence.scored:
        share = evidence.share(form)
        harsh, source = evidence.put_on(form)
        raw.append(scale.in_units(share * scale.display.value(float(form["points"]))))
        severity.append(scale.in_units(share * scale.stretch(harsh)))
        level.append(scale.in_units(share * scale.stretch(source)))
    shared = [
        share_out(raw, totals.raw),
        share_out(severity, totals.severity),
        share_out(level, totals.level),
    ]
    return [*shared, [sum(parts) for parts in zip(*shared, strict=True)]]


def _show_parts(parts: Sequence[int], evidence: Evidence, scale: Scale) -> dict[str, str]:
    raw, severity, level, adjusted = parts
    if not evidence.is_adjusted:
        return {"raw": scale.show(raw)}
    return {
        "raw": scale.show(raw),
        "severity": scale.show_change(severity),
        "level": scale.show_change(level),
        "adjusted": scale.show(adjusted),
    }


def list_steps(evidence: Evidence, scale: Scale) -> tuple[Step, ...]:
    """From the raw to the calibrated score."""
    totals, score = add_up(evidence, scale), evidence.score
    raw = Step("raw_score", scale.show(totals.raw), _(RAW), score["raw_score"])
    if not evidence.is_adjusted:
        return (raw,)
    put_on = [(evidence.share(form), *evidence.put_on(form)) for form in evidence.scored]
    return (
        raw,
        Step(
            "severity", scale.show_change(totals.severity),
            _say_severity(totals.severity), sum(share * harsh for share, harsh, __ in put_on),
        ),
        Step(
            "level", scale.show_change(totals.level),
            _("sources differ on the same people"),
            sum(share * level for share, __, level in put_on),
        ),
        Step(
            "adjusted_score", scale.show(totals.adjusted),
            say_use(evidence), score["adjusted_score"],
        ),
        Step("pull", scale.show_change(totals.pull), _(PULL), score["pull"]),
        Step(
            "calibrated_score", scale.show(totals.calibrated),
            _(BEST), score["calibrated_score"],
        ),
    )  # fmt: skip


#: What an interval rests on, where it is not the fit.
ORIGINS = {
    "pooled": N_("{low} to {high}, from people with two raters"),
    "assumed": N_("{low} to {high}, assumed"),
}
RAW = N_("weighted mean of the forms")
PULL = N_("towards team and company, more so with few forms")
BEST = N_("the best guess; the range rests on it")


def say_use(evidence: Evidence) -> str:
    """What the adjusted score is for."""
    if evidence.follows_raw:
        return _("about the person; the suggested band is the raw one")
    return _("about the person; the suggested band rests on it")


def say_range(evidence: Evidence, scale: Scale) -> str:
    """Where the score lies, and where that is known from if not from the fit."""
    low, high = evidence.score["low"], evidence.score["high"]
    if low is None or high is None:
        return _(NOT_KNOWN)
    words = ORIGINS.get(str(evidence.score["interval_from"]), "{low} to {high}")
    ends = (scale.show(scale.count(end)) for end in (low, high))
    return _(words, **dict(zip(("low", "high"), ends, strict=True)))


def _say_severity(units: int) -> str:
    if units == 0:
        return _("these raters, taken together, mark like others")
    if units > 0:
        return _("these raters mark lower than others do")
    return _("these raters mark higher than others do")


def list_criteria(evidence: Evidence, scale: Scale) -> tuple[Criterion, ...]:
    """Scores by criterion; they are fitted each on its own and do not add up."""
    return tuple(
        Criterion(
            criterion=str(row["criterion"]),
            label=evidence.labels.get(str(row["criterion"]), str(row["criterion"])),
            raw=_show_mark(row["raw_score"], scale),
            calibrated=_show_mark(row["calibrated_score"], scale) if evidence.is_adjusted else DASH,
            give_or_take=_show_error(row["se"], scale) if evidence.is_adjusted else DASH,
            expected=_show_mark(row["expected"], scale),
        )
        for row in evidence.criteria
    )


def _show_mark(points: float | None, scale: Scale) -> str:
    return DASH if points is None else scale.show(scale.count(points))


def _show_error(points: float | None, scale: Scale) -> str:
    return DASH if points is None else scale.show(scale.count_change(points))
