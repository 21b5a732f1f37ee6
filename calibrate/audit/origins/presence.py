"""Who is not in the figures at all: not rated, rows left out, raters not comparable."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from calibrate.audit.inquiry import Inquiry
from calibrate.audit.intervals import ratio_interval
from calibrate.audit.origins.lines import NOTHING, BoolArray, Figures, Line, Pair, list_pairs


def compare_presence(inquiry: Inquiry) -> Iterator[Line]:
    """Two lines for each reason: the gap of the shares, and their ratio."""
    population, background = inquiry.population, inquiry.background
    everybody = np.ones(len(population.employee_ids), np.bool_)
    asked: list[tuple[str, BoolArray, BoolArray]] = [("not_rated", everybody, ~population.rated)]
    if population.quarantined is not None:
        asked.append(("quarantined", everybody, population.quarantined > 0))
    if background is not None:
        asked += [
            (link, population.rated, np.asarray(background.link == link))
            for link in ("unlinked", "weak")
        ]
    for _, pair in list_pairs(inquiry):
        for dimension, inside, counted in asked:
            yield from compare_share(pair.narrow(inside), dimension, "all", counted)


def compare_share(pair: Pair, dimension: str, item: str, counted: BoolArray) -> Iterator[Line]:
    """Gap and ratio of the shares counted; the test stands beside the gap."""
    gap = pair.compare_shares(counted.astype(np.float64))
    yield pair.write(dimension, item, "share", gap)
    ratio = Figures()
    if not pair.is_small:
        x1, x0 = (int(counted[side].sum()) for side in (pair.is_group, pair.is_reference))
        x1s, n1s, x0s, n0s = (np.array([n]) for n in (x1, pair.n, x0, pair.n_reference))
        low, high = ratio_interval(x1s, n1s, x0s, n0s)
        estimate = gap.value / gap.value_reference if x0 else NOTHING
        ratio = Figures(
            estimate, float(low[0]), float(high[0]),
            value=gap.value, value_reference=gap.value_reference,
        )  # fmt: skip
    yield pair.write(dimension, item, "ratio", ratio)
