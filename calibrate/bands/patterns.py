"""Is a distribution odd? Six tests in every scope, each family corrected on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtri

from calibrate.bands.guideline import (
    false_discovery_rate,
    measure_excess,
    multinomial_p,
    nearest_shares,
)
from calibrate.bands.patterns_draws import Company, compare_draws
from calibrate.bands.patterns_shares import POWER, compare_share
from calibrate.tables import PATTERNS

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Ranges = Mapping[str, tuple[float, float]]

ALPHA = 0.05
#: Fewer people say nothing about how a scope is marked.
LEAST_COMPARED = 5
#: No share of fewer people is held against a guideline: one person is then a tenth or more.
LEAST_PEOPLE = 10
#: A share this far above the expected one matters: one person in ten.
SHARE_BOUND = 0.10
#: Spreads between these ratios of the expected one do not matter.
SPREAD_BOUNDS = (0.80, 1.25)
#: Draws for the range that chance gives the excess over a guideline.
N_DRAWS = 400
FIGURES = ("value", "expected", "low", "high", "detectable", "p_value")

#: Columns of the rows of one test in one kind of scope.
Rows = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class PatternEvidence:
    """Who stands in which band and scope; all arrays are (I,).

    Parameters
    ----------
    band
        Position from low to high, -1 for none: those are left out.
    labels : (B,)
    points
        Raw score, NaN for none: those are left out of ties and spread.
    level
        Level of each person; people are compared with people at the same levels.
    scopes
        Kind of scope to the scope of each person, empty for none.
    favourable
        Positions of the favourable bands. The lowest are as many from below.
    guideline
        Band to its least and largest share; None: nothing is tested.
    """

    band: IntArray
    labels: tuple[str, ...]
    points: FloatArray
    level: Sequence[str]
    scopes: Mapping[str, Sequence[str]]
    favourable: frozenset[int]
    guideline: Ranges | None
    seed: int

    def list_bands(self) -> dict[str, frozenset[int]]:
        """Bands whose share each test of a share counts.

        The lowest are as many as the favourable ones and never one of them; the
        middle is what is left.
        """
        rest = [k for k in range(len(self.labels)) if k not in self.favourable]
        lowest = frozenset(rest[: min(len(self.favourable), len(rest))])
        return {
            "compression": frozenset(rest) - lowest,
            "inflation": self.favourable,
            "deflation": lowest,
        }


@dataclass(frozen=True)
class _Kind:
    """One kind of scope; a level is compared with all other levels."""

    name: str
    position: int
    ids: tuple[str, ...]
    of: IntArray
    stratum: IntArray


def build_patterns(evidence: PatternEvidence) -> pd.DataFrame:
    """Test every scope of every kind.

    Returns
    -------
    frame as :data:`calibrate.tables.PATTERNS`
        ``q_value`` is corrected over the scopes of one kind and test; ``beyond`` needs
        q at most 0.05 and the practical bound.
    """
    blocks = [
        _judge(kind, test, rows)
        for kind in _list_kinds(evidence)
        for test, rows in _compare_kind(evidence, kind)
    ]
    if not blocks:
        return PATTERNS.empty()
    return PATTERNS.conform(pd.concat(blocks, ignore_index=True))


def _list_kinds(evidence: PatternEvidence) -> Iterator[_Kind]:
    _, level = np.unique(np.array(list(evidence.level), dtype=object), return_inverse=True)
    for position, (name, members) in enumerate(evidence.scopes.items()):
        names = np.array([str(member) for member in members], dtype=object)
        ids, code = np.unique(names, return_inverse=True)
        has_blank = int(len(ids) > 0 and ids[0] == "")
        stratum = np.zeros(len(names), np.int64) if name == "level" else level.reshape(-1)
        of = np.where(evidence.band >= 0, code.reshape(-1) - has_blank, -1)
        yield _Kind(name, position, tuple(ids[has_blank:]), of, stratum)


def _compare_kind(evidence: PatternEvidence, kind: _Kind) -> Iterator[tuple[str, Rows]]:
    if evidence.guideline:
        yield "guideline", _compare_guideline(evidence, kind, evidence.guideline)
    rated = np.flatnonzero(evidence.band >= 0)
    for test, bands in evidence.list_bands().items():
        is_counted = np.isin(evidence.band[rated], sorted(bands))
        found = compare_share(kind.of[rated], kind.stratum[rated], is_counted, len(kind.ids))
        is_known = (found.n > 0) & (0 < len(bands) < len(evidence.labels))
        low, high = found.range
        rows: Rows = {
            "n": np.bincount(kind.of[kind.of >= 0], minlength=len(kind.ids)),
            "value": found.value, "expected": found.expected, "low": low, "high": high,
            "p_value": found.p_value, "is_known": is_known,
            "is_beyond": found.value - found.expected >= SHARE_BOUND - 1e-12,
        }  # fmt: skip
        rows["n"] = np.where(is_known, found.n, rows["n"])
        is_tested = is_known & (found.n >= LEAST_COMPARED)
        threshold = find_threshold(np.where(is_tested, found.p_value, np.nan))
        yield test, rows | {"detectable": found.find_detectable(threshold)}
    yield from _compare_draws(evidence, kind)


def find_threshold(p_values: FloatArray) -> float:
    r"""p-value that a further line of the family would need: :math:`\alpha \max(1, k) / m`.

    Of m tested lines k are below their corrected bound.

    Examples
    --------
    >>> find_threshold(np.array([0.001, 0.002, 0.9, np.nan, 0.9]))
    0.025
    """
    m = int(np.count_nonzero(~np.isnan(p_values)))
    k = int(np.count_nonzero(false_discovery_rate(p_values) <= ALPHA))
    return ALPHA * max(1, k) / max(1, m)


def _compare_guideline(evidence: PatternEvidence, kind: _Kind, guideline: Ranges) -> Rows:
    n_bands, n_scopes = len(evidence.labels), len(kind.ids)
    inside = kind.of >= 0
    cell = kind.of[inside] * n_bands + evidence.band[inside]
    counts = np.bincount(cell, minlength=n_scopes * n_bands).reshape(n_scopes, n_bands)
    ranges = tuple(guideline.get(label) for label in evidence.labels)
    n = counts.sum(axis=1)
    figures = np.full((n_scopes, 3), np.nan)
    for j in np.flatnonzero(n >= LEAST_PEOPLE):
        figures[j] = _hold_against(tuple(counts[j].tolist()), ranges, evidence.seed)
    nothing = np.full(n_scopes, np.nan)
    return {
        "n": n, "value": figures[:, 0], "expected": np.zeros(n_scopes), "low": nothing,
        "high": figures[:, 2], "p_value": figures[:, 1], "detectable": nothing,
        "is_known": np.ones(n_scopes, np.bool_), "is_beyond": figures[:, 0] > 1e-12,
        "is_short": n < LEAST_PEOPLE,
    }  # fmt: skip


def _hold_against(
    counts: tuple[int, ...], ranges: tuple[tuple[float, float] | None, ...], seed: int
) -> tuple[float, float, float]:
    """Share of people beyond the guideline, p, and the share that chance gives at most."""
    n = sum(counts)
    shares = [count / n for count in counts]
    nearest = nearest_shares(shares, ranges)
    value = float(measure_excess(np.array([shares]), ranges)[0])
    drawn = np.random.default_rng(seed).multinomial(n, nearest, size=N_DRAWS) / n
    high = np.quantile(measure_excess(drawn, ranges), 0.95, method="inverted_cdf")
    return value, multinomial_p(counts, nearest, seed), float(high)


def _compare_draws(evidence: PatternEvidence, kind: _Kind) -> Iterator[tuple[str, Rows]]:
    known = np.flatnonzero((evidence.band >= 0) & ~np.isnan(evidence.points))
    n_scopes, of = len(kind.ids), kind.of[known]
    n = np.bincount(of[of >= 0], minlength=n_scopes)
    blank = {name: np.full(n_scopes, np.nan) for name in FIGURES}
    ties: Rows = {"n": n, **{name: part.copy() for name, part in blank.items()}}
    spread: Rows = {"n": n, **blank}
    company, place = Company.build(
        evidence.points[known], kind.stratum[known],
        np.random.default_rng([evidence.seed, kind.position]),
    )  # fmt: skip
    order = np.argsort(of, kind="stable")
    last = np.searchsorted(of[order], np.arange(n_scopes), side="right")
    # A scope of everybody has nobody to be drawn beside.
    has_others = n < len(known)
    for j in np.flatnonzero(has_others & (n >= LEAST_COMPARED)).tolist():
        rng = np.random.default_rng([evidence.seed, kind.position, j])
        found = compare_draws(company, place[order[last[j] - n[j] : last[j]]], rng)
        for rows, drawn in zip((ties, spread), found, strict=True):
            for name in ("value", "expected", "low", "high", "p_value"):
                rows[name][j] = getattr(drawn, name)
    apart = ties["value"].astype(float) - ties["expected"].astype(float)
    expected = spread["expected"].astype(float)
    has_spread = has_others & ~(expected == 0)
    ratio = np.divide(
        spread["value"].astype(float), expected, out=np.ones(n_scopes), where=expected > 0
    )
    beyond = (ratio <= SPREAD_BOUNDS[0] + 1e-12) | (ratio >= SPREAD_BOUNDS[1] - 1e-12)
    p_value = np.where(has_spread, spread["p_value"].astype(float), np.nan)
    spread["detectable"] = expected * _find_ratio(n, find_threshold(p_value))
    yield "ties", {**ties, "is_known": has_others, "is_beyond": apart >= SHARE_BOUND - 1e-12}
    yield "spread", {**spread, "p_value": p_value, "is_known": has_spread, "is_beyond": beyond}


def _find_ratio(n: IntArray, threshold: float) -> FloatArray:
    r"""The narrower spread that would have been found with 80 % power, as a ratio.

    .. math:: \sqrt{\chi^2_{\alpha/2,\,n-1} / \chi^2_{0.8,\,n-1}}

    for scores that are nearly normal.
    """
    df = np.maximum(n - 1, 1)
    ratio = np.sqrt(chdtri(df, 1 - threshold / 2) / chdtri(df, 1 - POWER))
    return np.where(n >= LEAST_COMPARED, ratio, np.nan)


def _judge(kind: _Kind, test: str, rows: Rows) -> pd.DataFrame:
    n, is_known = rows["n"].astype(np.int64), rows["is_known"].astype(np.bool_)
    is_short = rows.get("is_short", n < LEAST_COMPARED).astype(np.bool_)
    is_tested = is_known & ~is_short
    frame = pd.DataFrame({"scope": kind.name, "scope_id": kind.ids, "test": test, "n": n})
    for name in FIGURES:
        frame[name] = np.where(is_tested, rows[name].astype(float), np.nan)
    q_value = false_discovery_rate(frame["p_value"].to_numpy(float))
    is_odd = q_value <= ALPHA
    frame["q_value"] = q_value
    frame["verdict"] = np.select(
        [~is_known, is_short, is_odd & rows["is_beyond"].astype(np.bool_), is_odd],
        ["not_computable", "too_few", "beyond", "significant_only"],
        "inconclusive",
    )
    return frame
