"""Text-free inline SVG: shapes only, so that no name is ever set inside a drawing.

Units are tenths of a millimetre. Names and figures stand in the HTML table around
the drawing; each drawing carries a description without names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

ACCENT = "#0f5a60"
INK = "#1d2a30"
GRID = "#d9dfe1"
ZONE = "#e2eeee"
CUT = "#8b969b"
ALERT = "#8f3d0c"

#: Room left and right of an axis, so that a tick label can be centred under its end.
PAD = 40
HEIGHT = 58
#: A ratio axis runs from one quarter to four.
RATIO_ENDS = (0.25, 4.0)


def draw_interval(
    *,
    raw: float | None,
    adjusted: float | None,
    low: float | None,
    high: float | None,
    cuts: Sequence[float],
    label: str,
    width: int = 640,
) -> Markup:
    """Draw one person's interval bar, filled dot (adjusted) and open diamond (raw).

    Parameters
    ----------
    raw, adjusted, low, high : points, 0 to 100
        None leaves that mark out.
    cuts : points
        Where the bands meet; dashed.
    """
    parts = _draw_scale(width, cuts)
    if low is not None and high is not None:
        parts += _draw_whisker(_place(low, width), _place(high, width))
    if raw is not None:
        parts.append(_draw_diamond(_place(raw, width)))
    if adjusted is not None:
        parts.append(_draw_dot(_place(adjusted, width)))
    return _wrap(parts, width, label)


def draw_zone(
    *, low: float, high: float, cuts: Sequence[float], label: str, width: int = 640
) -> Markup:
    """Draw only the stretch of bands a person may be in, where figures would tell too much."""
    left, right = _place(low, width), _place(high, width)
    bar = (
        f'<rect x="{left:.0f}" y="17" width="{max(right - left, 6):.0f}" height="24" '
        f'fill="{ZONE}" stroke="{ACCENT}" stroke-width="2" stroke-dasharray="8 6"/>'
    )
    return _wrap([*_draw_scale(width, cuts), bar], width, label)


def draw_share(
    *,
    share: float,
    low: float | None,
    high: float | None,
    guide: tuple[float, float] | None,
    top: float,
    label: str,
    width: int = 640,
) -> Markup:
    """Draw a share as a bar with its interval, against the guideline's range."""
    zero, end = PAD, _place(100 * min(share / top, 1), width)
    parts = _draw_scale(width, ())
    if guide is not None:
        left, right = (_place(100 * min(g / top, 1), width) for g in guide)
        parts.append(
            f'<rect x="{left:.0f}" y="6" width="{max(right - left, 6):.0f}" height="46" '
            f'fill="none" stroke="{INK}" stroke-width="3" stroke-dasharray="9 6"/>'
        )
    parts.append(
        f'<rect x="{zero}" y="16" width="{max(end - zero, 1):.0f}" height="26" fill="{ACCENT}" '
        f'fill-opacity="0.35"/>'
    )
    if low is not None and high is not None:
        parts += _draw_whisker(
            _place(100 * min(low / top, 1), width), _place(100 * min(high / top, 1), width)
        )
    return _wrap(parts, width, label)


def draw_severity(
    *,
    severity: float | None,
    half: float | None,
    reach: float,
    label: str,
    usual: tuple[float, float] | None = None,
    width: int = 560,
) -> Markup:
    """Draw a severity in points around zero: left marks lower, right marks higher.

    The sign is turned: a severity of +5 is drawn at −5, where its marks lie.
    """
    parts = _draw_scale(width, (), zero=50)
    if usual is not None:
        left, right = sorted(_place(_on_reach(-u, reach), width) for u in usual)
        parts.insert(
            0,
            f'<rect x="{left:.0f}" y="4" width="{max(right - left, 4):.0f}" height="50" '
            f'fill="{ZONE}"/>',
        )
    if severity is not None:
        if half is not None:
            parts += _draw_whisker(
                _place(_on_reach(-severity - half, reach), width),
                _place(_on_reach(-severity + half, reach), width),
            )
        parts.append(_draw_dot(_place(_on_reach(-severity, reach), width)))
    return _wrap(parts, width, label)


def draw_ratio(
    *,
    ratio: float | None,
    low: float | None,
    high: float | None,
    is_beyond: bool,
    is_reference: bool,
    label: str,
    width: int = 560,
) -> Markup:
    """Draw a ratio with its interval on a log axis from 1/4 to 4; the zone is 0.80 to 1.25."""
    left, right = _place(_on_log(0.8), width), _place(_on_log(1.25), width)
    zone = (
        f'<rect x="{left:.0f}" y="0" width="{right - left:.0f}" height="{HEIGHT}" fill="{ZONE}"/>'
    )
    parts = [zone, *_draw_scale(width, (), zero=50)]
    colour = ALERT if is_beyond else ACCENT
    if low is not None and high is not None:
        parts += _draw_whisker(_place(_on_log(low), width), _place(_on_log(high), width), colour)
    if ratio is not None:
        x = _place(_on_log(ratio), width)
        if is_reference:
            parts.append(_draw_diamond(x))
        elif is_beyond:
            parts.append(f'<rect x="{x - 11:.0f}" y="18" width="22" height="22" fill="{colour}"/>')
        else:
            parts.append(_draw_dot(x))
    return _wrap(parts, width, label)


def draw_progress(*, share: float | None, label: str, width: int = 400) -> Markup:
    """Draw attainment from 0 to 150 %, with a line at the target."""
    full = width - 20
    target = 10 + full / 1.5
    parts = [
        f'<rect x="10" y="20" width="{full}" height="18" fill="none" stroke="{GRID}" '
        f'stroke-width="2"/>'
    ]
    if share is not None:
        part = full * min(max(share, 0), 1.5) / 1.5
        parts.append(
            f'<rect x="10" y="20" width="{part:.0f}" height="18" fill="{ACCENT}" '
            f'fill-opacity="0.55"/>'
        )
    parts.append(_draw_line(target, 10, 48, INK, 4))
    return _wrap(parts, width, label)


def _place(percent: float, width: int) -> float:
    return PAD + min(max(percent, 0.0), 100.0) / 100 * (width - 2 * PAD)


def _on_log(ratio: float) -> float:
    low, high = (math.log(end) for end in RATIO_ENDS)
    inside = min(max(ratio, RATIO_ENDS[0]), RATIO_ENDS[1])
    return 100 * (math.log(inside) - low) / (high - low)


def _on_reach(points: float, reach: float) -> float:
    return 50 + 50 * points / reach


def _draw_line(x: float, top: float, bottom: float, colour: str, weight: int) -> str:
    return (
        f'<line x1="{x:.0f}" y1="{top:.0f}" x2="{x:.0f}" y2="{bottom:.0f}" '
        f'stroke="{colour}" stroke-width="{weight}"/>'
    )


def _draw_scale(width: int, cuts: Sequence[float], zero: float | None = None) -> list[str]:
    path = "".join(f"M{_place(at, width):.0f} 0V{HEIGHT}" for at in (0, 25, 50, 75, 100))
    parts = [f'<path d="{path}" stroke="{GRID}" stroke-width="2"/>']
    if cuts:
        dashes = "".join(f"M{_place(cut, width):.0f} 0V{HEIGHT}" for cut in cuts)
        parts.append(f'<path d="{dashes}" stroke="{CUT}" stroke-width="3" stroke-dasharray="7 6"/>')
    if zero is not None:
        parts.append(_draw_line(_place(zero, width), 0, HEIGHT, CUT, 3))
    return parts


def _draw_whisker(left: float, right: float, colour: str = ACCENT) -> list[str]:
    return [
        f'<path d="M{left:.0f} 29H{right:.0f}M{left:.0f} 19V39M{right:.0f} 19V39" '
        f'stroke="{colour}" stroke-width="5" fill="none"/>'
    ]


def _draw_dot(x: float) -> str:
    return f'<circle cx="{x:.0f}" cy="29" r="12" fill="{ACCENT}"/>'


def _draw_diamond(x: float) -> str:
    return (
        f'<path d="M{x - 15:.0f} 29L{x:.0f} 14L{x + 15:.0f} 29L{x:.0f} 44Z" fill="#ffffff" '
        f'stroke="{INK}" stroke-width="4"/>'
    )


def _wrap(parts: Sequence[str], width: int, label: str) -> Markup:
    # The title, not aria-label, becomes the alternative text of the tagged PDF.
    text = escape(label)
    return Markup(
        f'<svg role="img" aria-label="{text}" width="{width / 10:g}mm" height="{HEIGHT / 10:g}mm" '
        f'viewBox="0 0 {width} {HEIGHT}"><title>{text}</title>{"".join(parts)}</svg>'
    )
