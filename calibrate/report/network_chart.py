"""The network of a session as shapes: who shares people, and what a few more marks would join."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from markupsafe import Markup, escape

from calibrate.report.charts import ACCENT, CUT, INK

#: Tenths of a millimetre.
WIDTH, HEIGHT = 1100, 420
_DOT = 13
_MARGIN = 30

Pair = tuple[int, int]


def draw_network(
    *, is_known: Sequence[bool], shared: Collection[Pair], planned: Collection[Pair], label: str
) -> Markup:
    """Draw raters on an oval: filled if comparable, open if not.

    Parameters
    ----------
    is_known : (J,)
        Can the rater be compared with others?
    shared
        Pairs of raters who marked the same people; a plain line.
    planned
        Pairs of raters whom the plan brings together; a dashed line.
    label
        What the drawing shows, without names.
    """
    places = [_place(n, len(is_known)) for n in range(len(is_known))]
    parts = [
        _draw_lines(places, shared, CUT, 4, ""),
        _draw_lines(places, planned, ACCENT, 4, "12 8"),
    ]
    for (x, y), known in zip(places, is_known, strict=True):
        fill = ACCENT if known else "#ffffff"
        parts.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{_DOT}" fill="{fill}" stroke="{INK}" '
            'stroke-width="4"/>'
        )
    text = escape(label)
    return Markup(
        f'<svg role="img" aria-label="{text}" width="{WIDTH / 10:g}mm" height="{HEIGHT / 10:g}mm" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><title>{text}</title>{"".join(parts)}</svg>'
    )


def _place(n: int, n_all: int) -> tuple[float, float]:
    angle = 2 * math.pi * n / max(n_all, 1) - math.pi / 2
    across, up = WIDTH / 2 - _MARGIN, HEIGHT / 2 - _MARGIN
    return WIDTH / 2 + across * math.cos(angle), HEIGHT / 2 + up * math.sin(angle)


def _draw_lines(
    places: Sequence[tuple[float, float]], pairs: Collection[Pair], colour: str, weight: int,
    dash: str,
) -> str:  # fmt: skip
    if not pairs:
        return ""
    path = "".join(
        f"M{places[a][0]:.0f} {places[a][1]:.0f}L{places[b][0]:.0f} {places[b][1]:.0f}"
        for a, b in sorted(pairs)
    )
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" stroke="{colour}" stroke-width="{weight}" fill="none"{dashed}/>'
