"""The network of a session as shapes: who shares people, and what a few more marks would join."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from calibrate.report.charts import Drawing, Mark

#: Tenths of a millimetre.
WIDTH, HEIGHT = 1100, 420
_MARGIN = 30

Pair = tuple[int, int]


def draw_network(
    *, is_known: Sequence[bool], shared: Collection[Pair], planned: Collection[Pair], label: str
) -> Drawing:
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
    marks = [Mark("tie", (*places[a], *places[b])) for a, b in sorted(shared)]
    marks += [Mark("planned", (*places[a], *places[b])) for a, b in sorted(planned)]
    marks += [
        Mark("node" if known else "open_node", place)
        for place, known in zip(places, is_known, strict=True)
    ]
    return Drawing(label, tuple(marks), WIDTH, HEIGHT)


def _place(n: int, n_all: int) -> tuple[int, int]:
    angle = 2 * math.pi * n / max(n_all, 1) - math.pi / 2
    across, up = WIDTH / 2 - _MARGIN, HEIGHT / 2 - _MARGIN
    return round(WIDTH / 2 + across * math.cos(angle)), round(HEIGHT / 2 + up * math.sin(angle))
