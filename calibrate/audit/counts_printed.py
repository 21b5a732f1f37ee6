"""Do the printed figures follow from their own counts?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln, ndtr

from calibrate.audit.counts_file import CountRow
from calibrate.audit.inference import find_support, fisher_midp, pooled_z
from calibrate.language import _
from calibrate.tables import CONTRADICTIONS

#: Share by which two ways to compute the same double may differ.
SAME = 1e-9
_PARTS = re.compile(r"([<>]?)\s*([-+\N{MINUS SIGN}]?)(\d*\.?(\d*))(?:[eE]([-+]?\d+))?\s*(%?)")

Candidates = dict[str, float]


@dataclass(frozen=True)
class Printed:
    """A figure as it was printed.

    Parameters
    ----------
    sign
        ``<``, ``>`` or nothing.
    value
        A percentage is divided by 100.
    unit
        Of the last printed digit; 0.68 stands for 0.675 to 0.685.
    """

    sign: str
    value: float
    unit: float

    def agrees_with(self, figure: float) -> bool:
        """Would this figure, rounded as it was, be printed so?"""
        slack = SAME * max(abs(figure), abs(self.value))
        if self.sign == "<":
            return figure <= self.value + slack
        if self.sign == ">":
            return figure >= self.value - slack
        return abs(figure - self.value) <= self.unit / 2 + slack

    def is_cut_off(self, figure: float) -> bool:
        """Would it be printed so if digits were cut off and not rounded?"""
        gap = abs(figure) - abs(self.value)
        return not self.sign and figure * self.value >= 0 and 0 <= gap < self.unit


def parse_printed(text: str) -> Printed:
    """Read a printed figure with its number of decimals.

    Examples
    --------
    >>> parse_printed("0.68"), parse_printed("54.2 %").value, parse_printed("<0.001").sign
    (Printed(sign='', value=0.68, unit=0.01), 0.542, '<')
    """
    found = _PARTS.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no printed figure; the file was to be checked before")
    sign, minus, digits, decimals, exponent, percent = found.groups()
    power = int(exponent or 0) - (2 if percent else 0)
    value = float(f"{digits}e{power}") * (-1 if minus in ("-", "\N{MINUS SIGN}") else 1)
    return Printed(sign, value, float(f"1e{power - len(decimals)}"))


@dataclass(frozen=True)
class Block:
    """Groups of one stage, measure and attribute.

    Parameters
    ----------
    rows : (G,)
    reference
        Position of the group compared with, -1 for none.
    is_declared
        The file marks the reference; else another one is as customary.
    impact_ratios : (G,)
        As the rule pack defines them.
    """

    rows: Sequence[CountRow]
    reference: int
    is_declared: bool
    impact_ratios: Sequence[float]

    @property
    def highest(self) -> int:
        """Position of the known group with the highest rate, -1 for none."""
        rates = [_rate(r) if r.is_known and r.n else -1.0 for r in self.rows]
        return int(np.argmax(rates)) if max(rates, default=-1.0) >= 0 else -1

    def list_references(self) -> list[int]:
        """Positions of the groups that a figure may be against, the audit's own first.

        Where the file marks none, any of several equally large groups may be
        meant, and the highest rate of all or of those the rule pack admits.
        """
        if self.reference < 0:
            return []
        chosen = {self.reference: None}
        if not self.is_declared:
            most = self.rows[self.reference].n
            alike = (at for at, r in enumerate(self.rows) if r.is_known and r.n == most)
            best = (at for at, ratio in enumerate(self.impact_ratios) if ratio == 1)
            chosen |= dict.fromkeys([*alike, self.highest, *best])
        return [at for at in chosen if at >= 0]


def find_contradictions(blocks: Sequence[Block]) -> pd.DataFrame:
    """List printed figures that no customary definition gives from their counts.

    A figure is compared as it was printed: 0.68 agrees with all from 0.675 to
    0.685. A ratio, difference or shortfall may be against the marked reference,
    where none is marked against any of the largest groups or that with the highest
    rate; a p-value may be Fisher's, its mid-p, or of the pooled z with or
    without Yates' correction, two-sided or one-sided; a shortfall may be
    against the rate of all. What agrees with none of these is listed.

    Returns
    -------
    rows of :data:`calibrate.tables.CONTRADICTIONS`
    """
    found = [line for block in blocks for line in _check_block(block)]
    return CONTRADICTIONS.conform(pd.DataFrame(found, columns=CONTRADICTIONS.names))


def _check_block(block: Block) -> Iterator[dict[str, object]]:
    for position, row in enumerate(block.rows):
        for column, text in row.printed.items():
            candidates = _list_candidates(column, block, position)
            printed = parse_printed(text)
            if any(printed.agrees_with(figure) for figure in candidates.values()):
                continue
            figure = next(iter(candidates.values()), None)
            yield {
                "row": row.row, "column": column, "stage": row.stage, "measure": row.measure,
                "attribute": row.attribute, "group": row.group, "printed": text,
                "from_counts": figure,
                "note": _explain(column, printed, block, position, candidates),
            }  # fmt: skip


def _rate(row: CountRow) -> float:
    return row.n_favourable / row.n


def _list_candidates(column: str, block: Block, position: int) -> Candidates:
    """What the counts give for this column, the main definition first."""
    row = block.rows[position]
    if row.n == 0:
        return {}
    if column == "rate":
        return {"": _rate(row)}
    if column == "impact_ratio":
        found = {"": float(block.impact_ratios[position])}
        highest = block.highest
        if highest >= 0 and block.rows[highest].n_favourable:
            found["highest"] = _rate(row) / _rate(block.rows[highest])
        return _finite(found)
    found = {}
    for at in block.list_references():
        if block.rows[at].n:
            found |= _compare(column, row, block.rows[at])
    if column == "shortfall":
        n, x = (sum(getattr(r, name) for r in block.rows) for name in ("n", "n_favourable"))
        found["all"] = row.n * x / n - row.n_favourable
    return _finite(found)


def _finite(candidates: Candidates) -> Candidates:
    return {name: value for name, value in candidates.items() if np.isfinite(value)}


def _compare(column: str, row: CountRow, reference: CountRow) -> Candidates:
    against = f"reference:{reference.group}"
    rate, rate0 = _rate(row), _rate(reference)
    if column == "ratio":
        return {against: rate / rate0} if rate0 else {}
    if column == "difference":
        return {against: rate - rate0}
    if column == "shortfall":
        return {against: row.n * rate0 - row.n_favourable}
    if row is reference:
        return {}
    table = (row.n_favourable, row.n, reference.n_favourable, reference.n)
    if column == "p_value":
        return {f"{name} {against}": p for name, p in list_p_values(*table).items()}
    z = float(pooled_z(*(np.array([count]) for count in table))[0])
    return {against: z, f"unsigned:{against}": abs(z)}


def list_p_values(x1: int, n1: int, x0: int, n0: int) -> dict[str, float]:
    """P-values that are customary for two rates, by name.

    Examples
    --------
    The lady tasting tea, 3 of 4 cups: Fisher's own figure is 17/70 on one side.

    >>> found = list_p_values(3, 4, 1, 4)
    >>> round(found["Fisher, two-sided"], 4), round(found["Fisher, one-sided"], 4)
    (0.4857, 0.2429)
    """
    counted = x1 + x0
    first, last = find_support(x1, n1, x0, n0)
    k = np.arange(first, last + 1)
    log_p = -(
        gammaln(k + 1.0)
        + gammaln(n1 - k + 1.0)
        + gammaln(counted - k + 1.0)
        + gammaln(n0 - counted + k + 1.0)
    )
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    here = p[x1 - k[0]]
    found = {
        "mid-p": fisher_midp(x1, n1, x0, n0),
        "Fisher, two-sided": float(p[p <= here * (1 + 1e-7)].sum()),
        "Fisher, one-sided": float(min(p[k <= x1].sum(), p[k >= x1].sum())),
    }
    z = abs(float(pooled_z(*(np.array([count]) for count in (x1, n1, x0, n0)))[0]))
    if np.isfinite(z):
        both = counted / (n1 + n0)
        spread = (both * (1 - both) * (1 / n1 + 1 / n0)) ** 0.5
        yates = max(0.0, z - (1 / n1 + 1 / n0) / 2 / spread)
        found |= {
            "pooled z, two-sided": 2 * float(ndtr(-z)),
            "pooled z, one-sided": float(ndtr(-z)),
            "chi-square with Yates' correction": 2 * float(ndtr(-yates)),
        }
    return found


def _explain(
    column: str, printed: Printed, block: Block, position: int, candidates: Mapping[str, float]
) -> str:
    row = block.rows[position]
    if not candidates:
        return _("the counts give no such figure")
    figure = next(iter(candidates.values()))
    for value, said in _list_hints(column, figure, block, row):
        if printed.agrees_with(value):
            return said
    if any(printed.is_cut_off(value) for value in candidates.values()):
        return _("digits were cut off, not rounded")
    if column == "p_value":
        return _("no customary test gives it: Fisher (also mid-p, one-sided), pooled z, Yates")
    return ""


def _list_hints(
    column: str, figure: float, block: Block, row: CountRow
) -> Iterator[tuple[float, str]]:
    """What else the printed figure may be, and how that is said."""
    if column == "rate":
        yield 1 - figure, _("it may be the share of those who are not counted")
        yield 100 * figure, _("it may be the percentage without its sign %")
    elif column in ("ratio", "impact_ratio"):
        if figure:
            yield 1 / figure, _("it may be the ratio the other way round")
        for other in block.rows:
            if other.n_favourable:
                said = _("it may be the ratio to '{group}'", group=other.group)
                yield _rate(row) / _rate(other), said
    elif column in ("difference", "shortfall", "z_value"):
        yield -figure, _("it may be the figure with the other sign")
        if column == "difference":
            yield 100 * figure, _("it may be the percentage points without their sign %")
