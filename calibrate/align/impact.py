"""What goes with what over the units: association only, and what could have been seen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import spearmanr

from calibrate.align.results import DIGITS, FEWEST_RANKED, correlate
from calibrate.bands import false_discovery_rate
from calibrate.language import N_, _
from calibrate.language.figures import write_figure
from calibrate.tables import IMPACT

FloatArray = npt.NDArray[np.float64]

#: Fewer units give no line.
FEWEST_UNITS = FEWEST_RANKED
#: Of the rates of false lines.
LEVEL = 0.05

QUESTIONS = {
    "alignment": N_("goals that reach an outcome"),
    "attainment": N_("attainment of goals"),
    "checkins": N_("check-ins"),
    "recognition": N_("recognition"),
    "score": N_("scores"),
}
_UNITS = {"team": N_("teams"), "department": N_("departments")}
#: Pairs of what we measure ourselves; each is also held beside every measure of units.
OWN_PAIRS = (
    ("alignment", "attainment"), ("checkins", "attainment"), ("checkins", "score"),
    ("recognition", "score"), ("attainment", "score"),
)  # fmt: skip


def associate(
    unit: str,
    own: Mapping[str, FloatArray],
    measures: Mapping[str, FloatArray],
    changes: Mapping[tuple[str, str], tuple[FloatArray, FloatArray]],
) -> pd.DataFrame:
    r"""Correlate over units what is done with what comes of it.

    Spearman's correlation with its interval, p two-sided, Benjamini-Hochberg over all
    lines, and the smallest correlation that 4 of 5 such companies would have shown

    .. math:: \tanh\bigl((z_{.975} + z_{.80}) / \sqrt{n - 3}\bigr)

    Parameters
    ----------
    unit
        team or department.
    own
        Question → (U,) value of each unit; NaN is not known.
    measures
        Measure of units, such as engagement → (U,).
    changes
        (question, measure) → changes of both since the cycle before.

    Returns
    -------
    frame as :data:`calibrate.tables.IMPACT`
    """
    pairs = [(q, m, "level", own[q], own[m]) for q, m in OWN_PAIRS if q in own and m in own]
    pairs += [(q, m, "level", own[q], measures[m]) for m in measures for q in QUESTIONS if q in own]
    pairs += [(q, m, "change", x, y) for (q, m), (x, y) in changes.items()]
    rows = [_line(unit, question, measure, kind, x, y) for question, measure, kind, x, y in pairs]
    if not rows:
        return IMPACT.empty()
    frame = pd.DataFrame(rows)
    frame["q_value"] = false_discovery_rate(frame["p_value"].to_numpy(float))
    frame["verdict"] = [
        judge_line(n, r, q)
        for n, r, q in zip(frame["n_units"], frame["correlation"], frame["q_value"], strict=True)
    ]
    frame["words"] = [_say(row) for row in frame.to_dict("records")]
    return IMPACT.conform(frame)


def _line(
    unit: str, question: str, measure: str, kind: str, x: FloatArray, y: FloatArray
) -> dict[str, object]:
    known = np.isfinite(x) & np.isfinite(y)
    found = correlate(x, y)
    p = np.nan
    if np.isfinite(found.value):
        p = float(spearmanr(np.round(x[known], DIGITS), np.round(y[known], DIGITS)).pvalue)
    return {
        "question": question, "measure": measure, "kind": kind, "unit": unit,
        "n_units": int(known.sum()), "correlation": found.value, "low": found.low,
        "high": found.high, "detectable": found.detectable, "p_value": p,
    }  # fmt: skip


def judge_line(n_units: int, correlation: float, q_value: float) -> str:
    """Say which way a line goes, if it is more than chance over all lines.

    Examples
    --------
    >>> judge_line(20, 0.6, 0.01), judge_line(20, -0.6, 0.01), judge_line(20, 0.2, 0.3)
    ('goes_with', 'goes_against', 'not_seen')
    >>> judge_line(9, float("nan"), float("nan")), judge_line(20, float("nan"), float("nan"))
    ('too_few', 'alike')
    """
    if np.isnan(correlation):
        return "too_few" if n_units < FEWEST_UNITS else "alike"
    if q_value > LEVEL:
        return "not_seen"
    return "goes_with" if correlation > 0 else "goes_against"


def _say(row: Mapping[object, object]) -> str:
    question, measure = _(QUESTIONS[str(row["question"])]), str(row["measure"])
    measure = _(QUESTIONS[measure]) if measure in QUESTIONS else measure
    if row["kind"] == "change":
        question, measure = (_("the change of {name}", name=n) for n in (question, measure))
    told: dict[str, str | int] = {
        "n": int(str(row["n_units"])), "units": _(_UNITS[str(row["unit"])]), "question": question,
        "measure": measure,
    }  # fmt: skip
    if row["verdict"] == "too_few":
        return _(
            "Too few {units} to tell whether {question} and {measure} go together: {n}.", **told
        )
    if row["verdict"] == "alike":
        return _("{question} or {measure} is the same in all {n} {units}.", **told)
    for name in ("correlation", "low", "high", "detectable"):
        told[name] = write_figure(float(str(row[name])), 2)
    if row["verdict"] == "not_seen":
        return _(
            "Over {n} {units}, {question} and {measure}: {correlation} ({low} to {high}), no more "
            "than chance over all lines. One nearer to 0 than {detectable} could hardly have been "
            "seen.", **told,
        )  # fmt: skip
    if row["verdict"] == "goes_with":
        return _(
            "Over {n} {units}, {question} and {measure} go together ({correlation}, {low} to "
            "{high}): where one is higher, so is the other. Association only: it names no cause.",
            **told,
        )  # fmt: skip
    return _(
        "Over {n} {units}, {question} and {measure} go opposite ways ({correlation}, {low} to "
        "{high}): where one is higher, the other is lower. Association only: it names no cause.",
        **told,
    )  # fmt: skip
