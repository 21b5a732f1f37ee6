"""Drawings as data: shapes and places without words; ``_charts.html`` sets them as SVG.

Units are tenths of a millimetre. Names and figures stand in the HTML table around
the drawing; each drawing carries a description without names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Room left and right of an axis, so that a tick label can be centred under its end.
PAD = 40
HEIGHT = 58
#: A ratio axis runs from one quarter to four.
RATIO_ENDS = (0.25, 4.0)
#: A shorter change is drawn without an arrow: it would hide both marks.
ARROW = 46
#: Length of the head that says: further than the axis.
GOES_ON = 26


@dataclass(frozen=True)
class Mark:
    """One shape; ``at`` are its places, as the macro of its name reads them.

    Parameters
    ----------
    shape
        Name of a macro in ``_charts.html``.
    at : tenths of a millimetre
    is_alert
        Stands out; told by its shape or its words too, never by colour alone.
    """

    shape: str
    at: tuple[int, ...]
    is_alert: bool = False


@dataclass(frozen=True)
class Drawing:
    """Shapes from back to front, with the text that stands for them.

    Parameters
    ----------
    label
        What is seen, without names: the alternative text.
    width, height : tenths of a millimetre
    """

    label: str
    marks: tuple[Mark, ...]
    width: int
    height: int = HEIGHT

    @property
    def width_mm(self) -> str:
        return f"{self.width / 10:g}"

    @property
    def height_mm(self) -> str:
        return f"{self.height / 10:g}"


def draw_interval(
    *,
    raw: float | None,
    adjusted: float | None,
    low: float | None,
    high: float | None,
    cuts: Sequence[float],
    label: str,
    width: int = 640,
) -> Drawing:
    """Draw one person's interval bar, filled dot (adjusted) and open diamond (raw).

    Parameters
    ----------
    raw, adjusted, low, high : points, 0 to 100
        None leaves that mark out.
    cuts : points
        Where the bands meet; dashed.
    """
    marks = _draw_scale(width, cuts)
    if low is not None and high is not None:
        marks.append(Mark("whisker", (_place(low, width), _place(high, width))))
    if raw is not None:
        marks.append(Mark("diamond", (_place(raw, width),)))
    if adjusted is not None:
        marks.append(Mark("dot", (_place(adjusted, width),)))
    return Drawing(label, tuple(marks), width)


def draw_zone(
    *, low: float, high: float, cuts: Sequence[float], label: str, width: int = 640
) -> Drawing:
    """Draw only the stretch of bands a person may be in, where figures would tell too much."""
    stretch = _span(_place(low, width), _place(high, width), 6)
    return Drawing(label, (*_draw_scale(width, cuts), Mark("stretch", stretch)), width)


def draw_change(
    *, before: float, after: float, cuts: Sequence[float], label: str, width: int = 640
) -> Drawing:
    """Draw an arrow from an open diamond (before) to a filled dot (after)."""
    left, right = _place(before, width), _place(after, width)
    marks = [*_draw_scale(width, cuts), Mark("diamond", (left,))]
    if abs(right - left) > ARROW:
        turn = 1 if right > left else -1
        marks.append(Mark("arrow", (left + 15 * turn, right - 14 * turn, right - 32 * turn)))
    return Drawing(label, (*marks, Mark("dot", (right,))), width)


def draw_share(
    *,
    share: float,
    low: float | None,
    high: float | None,
    guide: tuple[float, float] | None,
    top: float,
    label: str,
    width: int = 640,
) -> Drawing:
    """Draw a share as a bar with its interval, against the guideline's range."""

    def at(part: float) -> int:
        return _place(100 * min(part / top, 1), width)

    marks = _draw_scale(width, ())
    marks.append(Mark("bar", _span(PAD, at(share), 1)))
    if guide is not None:
        marks.append(Mark("guide", _span(at(guide[0]), at(guide[1]), 6)))
    if low is not None and high is not None:
        marks.append(Mark("whisker", (at(low), at(high))))
    return Drawing(label, tuple(marks), width)


def draw_severity(
    *,
    severity: float | None,
    half: float | None,
    reach: float,
    label: str,
    usual: tuple[float, float] | None = None,
    width: int = 560,
) -> Drawing:
    """Draw a severity in points around zero: left marks lower, right marks higher.

    The sign is turned: a severity of +5 is drawn at −5, where its marks lie.
    """

    def at(points: float) -> int:
        return _place(50 + 50 * points / reach, width)

    marks = _draw_scale(width, (), zero=50)
    if usual is not None:
        left, right = sorted(at(-u) for u in usual)
        marks.insert(0, Mark("zone", _span(left, right, 4)))
    if severity is not None:
        if half is not None:
            marks.append(Mark("whisker", (at(-severity - half), at(-severity + half))))
        marks.append(Mark("dot", (at(-severity),)))
    return Drawing(label, tuple(marks), width)


def draw_ratio(
    *,
    ratio: float | None,
    low: float | None,
    high: float | None,
    is_beyond: bool,
    is_reference: bool,
    label: str,
    width: int = 560,
) -> Drawing:
    """Draw a ratio with its interval on a log axis from 1/4 to 4; the zone is 0.80 to 1.25."""

    def at(value: float) -> int:
        return _place(_on_log(value), width)

    marks = [Mark("zone", _span(at(0.8), at(1.25), 1)), *_draw_scale(width, (), zero=50)]
    if low is not None and high is not None:
        marks.append(Mark("whisker", (at(low), at(high)), is_alert=is_beyond))
    first, last = RATIO_ENDS
    if any(value is not None and value < first for value in (ratio, low)):
        marks.append(Mark("further", (at(first), -GOES_ON), is_alert=is_beyond))
    if any(value is not None and value > last for value in (ratio, high)):
        marks.append(Mark("further", (at(last), GOES_ON), is_alert=is_beyond))
    if ratio is not None and first <= ratio <= last:
        shape = "diamond" if is_reference else "square" if is_beyond else "dot"
        marks.append(Mark(shape, (at(ratio),), is_alert=shape == "square"))
    return Drawing(label, tuple(marks), width)


def draw_progress(*, share: float | None, label: str, width: int = 400) -> Drawing:
    """Draw attainment from 0 to 150 %, with a line at the target."""
    full = width - 20
    marks = [Mark("trough", (10, full))]
    if share is not None:
        marks.append(Mark("filling", (10, round(full * min(max(share, 0), 1.5) / 1.5))))
    return Drawing(label, (*marks, Mark("target", (round(10 + full / 1.5),))), width)


def _place(percent: float, width: int) -> int:
    return round(PAD + min(max(percent, 0.0), 100.0) / 100 * (width - 2 * PAD))


def _span(left: int, right: int, least: int) -> tuple[int, int]:
    """Left end and width of a box that stays wide enough to be seen."""
    return left, max(right - left, least)


def _on_log(ratio: float) -> float:
    low, high = (math.log(end) for end in RATIO_ENDS)
    inside = min(max(ratio, RATIO_ENDS[0]), RATIO_ENDS[1])
    return 100 * (math.log(inside) - low) / (high - low)


def _draw_scale(width: int, cuts: Sequence[float], zero: float | None = None) -> list[Mark]:
    marks = [Mark("grid", tuple(_place(at, width) for at in (0, 25, 50, 75, 100)))]
    if cuts:
        marks.append(Mark("cuts", tuple(_place(cut, width) for cut in cuts)))
    if zero is not None:
        marks.append(Mark("zero", (_place(zero, width),)))
    return marks
