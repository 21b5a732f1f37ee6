"""What is told about one person: every figure as it is printed, and as a number beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calibrate.language.formats import MINUS
from calibrate.report.words import DASH


@dataclass(frozen=True)
class FormLine:
    """One form, or the forms of a source together; the parts are those of the whole score.

    Parameters
    ----------
    source
        As in the table ``forms``.
    rater_id
        Empty where it is not told.
    n_forms
        How many forms the line holds.
    mark
        On the display scale, or a stretch of it, or why it is not shown.
    points
        0 to 100; ``None`` where a stretch stands for it.
    weight
        In peer forms; 0 is shown and not scored.
    raw, severity, level, adjusted
        Parts on the display scale: of the raw score, what severity and source level put
        on, and of the adjusted score. Empty where they are not told.
    """

    source: str
    rater_id: str
    n_forms: int
    mark: str
    points: float | None
    weight: float
    raw: str = ""
    severity: str = ""
    level: str = ""
    adjusted: str = ""


@dataclass(frozen=True)
class Step:
    """One line of the sum; ``points`` is ``None`` where a stretch stands for it."""

    term: str
    shown: str
    meaning: str
    points: float | None


@dataclass(frozen=True)
class Share:
    """How much a source counts, 0 to 1: as declared, and in what the estimate rests on."""

    source: str
    declared: float
    effective: float | None


@dataclass(frozen=True)
class Criterion:
    """One criterion on the display scale; a dash where nothing is told."""

    criterion: str
    label: str
    raw: str
    calibrated: str
    give_or_take: str
    expected: str


@dataclass(frozen=True)
class Explanation:
    """Why one person has this score.

    Parameters
    ----------
    view
        ``full`` is for HR alone; ``shareable`` may be shown to the person and the managers.
    notice
        Who may see it, in words.
    link
        ``linked``, ``weak``, ``unlinked`` or ``unrated``, with its meaning.
    forms
        Forms by source; the last steps' sums stand in ``steps``.
    steps
        From the raw to the calibrated score; each sum holds to the printed digit.
    remarks
        Why there is no score, no adjustment, or no figure.
    range
        Where the score lies with probability ``interval``.
    bands
        (name, band) in the order of the process.
    n_forms, n_raters
        Scored forms and the raters behind them.
    language, formats
        In which it is told.
    """

    employee_id: str
    session: str
    cycle: str
    run_id: str
    view: str
    notice: str
    link: str
    link_meaning: str
    n_forms: int
    n_raters: int
    forms: tuple[FormLine, ...]
    steps: tuple[Step, ...]
    range: str
    interval: float
    bands: tuple[tuple[str, str], ...]
    shares: tuple[Share, ...]
    criteria: tuple[Criterion, ...]
    remarks: tuple[str, ...]
    language: str = "en"
    formats: str = ""


def to_plain(value: Any) -> Any:
    """Figures as a program reads them: a hyphen for minus, null where nothing is told.

    Examples
    --------
    >>> to_plain({"shown": ("−0.07", "–", "")})
    {'shown': ['-0.07', None, None]}
    """
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, str):
        return None if value in ("", DASH) else value.replace(MINUS, "-")
    return value
