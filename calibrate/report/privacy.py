"""How finely a mean may be told when marks are behind it that nobody should work out.

Who reads a mean of several forms may know one of them, and may have read the same mean
before another form came in. Both can subtract. So a mean that holds marks given in
confidence is told as a stretch between edges, never with decimals.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, sqrt

#: Sources whose raters were promised that no single mark can be read off.
CONFIDENTIAL = ("peer", "direct_report")
#: Sources whose raters are told apart to nobody but HR.
ANONYMOUS = (*CONFIDENTIAL, "skip_level", "other")
#: Where such a mean is cut. Of all edges the middle alone survives two runs: who moves a mean
#: over a higher edge may only have given the highest mark.
MIDDLE = (50.0,)
#: With fewer than five marks, so wide a step, not even the middle survives them.
WIDEST_STEP = 25.0
#: A severity hides a mark only where severities differ: least standard deviation, in points.
FEWEST_SPREAD = 5.0
TOP = 100.0
TINY = 1e-6


@dataclass(frozen=True)
class Behind:
    """What stands behind a weighted mean for somebody who knows part of it.

    Parameters
    ----------
    weights
        Of the forms that are not known to the reader; all positive.
    known_weight
        Sum of the weights of the known forms.
    known_points
        Their weighted sum, points.
    """

    weights: tuple[float, ...]
    known_weight: float = 0.0
    known_points: float = 0.0


def is_too_few(forms: Iterable[tuple[str, bool]], min_peers: int) -> bool:
    """Could somebody work out a single mark from the scores, by what was filed?

    So few confidential forms of a source, or a manager and one other rater, or two
    managers and nobody else.

    Parameters
    ----------
    forms
        (source, is it scored?) of each form.
    min_peers
        Fewest confidential forms behind a shown figure; 1 asks for no protection.

    Examples
    --------
    >>> is_too_few([("manager", True), ("peer", True), ("peer", True)], 3)
    True
    """
    filed = list(forms)
    if any(0 < sum(source == name for source, _ in filed) < min_peers for name in CONFIDENTIAL):
        return True
    n_managers = sum(source == "manager" and scored for source, scored in filed)
    n_others = sum(source not in ("manager", "self") and scored for source, scored in filed)
    is_pair = (n_managers > 0 and n_others == 1) or (n_managers == 2 and not n_others)
    return min_peers > 1 and is_pair


def hides_marks(variance: Mapping[str, float | None]) -> bool:
    """Do raters differ so much that a mark with its severity taken out tells little of the mark?

    Parameters
    ----------
    variance : points squared by term
        The variance table of the run.
    """
    return sqrt(variance.get("rater") or 0.0) >= FEWEST_SPREAD


def cut_mean(points: float, behind: Behind, step: float = WIDEST_STEP) -> tuple[float, float]:
    """The half of the scale a mean lies in; all of it where even that would tell too much.

    Examples
    --------
    >>> cut_mean(62.5, Behind((1.0,) * 3)), cut_mean(62.5, Behind((1.0,) * 3), 50.0)
    ((50.0, 100.0), (0.0, 100.0))
    """
    edges = find_edges(behind, MIDDLE, step) if step <= WIDEST_STEP + TINY else ()
    return find_stretch(points, edges)


def find_edges(
    behind: Behind, candidates: Iterable[float] = MIDDLE, step: float = WIDEST_STEP
) -> tuple[float, ...]:
    """Choose the edges at which a mean may be cut; they depend on no unknown mark.

    The middle of the scale first, an edge is kept if every stretch and the known forms
    leave each unknown form a whole step, and two marks, to lie in.

    Parameters
    ----------
    behind
        The forms behind the mean.
    candidates : points
        Edges to choose from.
    step : points
        One step of the mark scale.

    Returns
    -------
    tuple of points, ascending

    Examples
    --------
    One answer beside a manager who gave the middle mark and counts twice: only the
    highest mark would lift the mean over 65.

    >>> find_edges(Behind((1.0,), 2.0, 100.0), (45.0, 65.0))
    (45.0,)
    """
    kept: tuple[float, ...] = ()
    for edge in sorted(candidates, key=lambda e: (abs(e - TOP / 2), e)):
        wider = tuple(sorted({*kept, edge}))
        if _leave_room(behind, wider, step):
            kept = wider
    return kept


def _leave_room(behind: Behind, edges: Sequence[float], step: float) -> bool:
    unknown = sum(behind.weights)
    total = behind.known_weight + unknown
    for low, high in pairwise((0.0, *edges, TOP)):
        for weight in set(behind.weights):
            least = (low * total - behind.known_points - TOP * (unknown - weight)) / weight
            most = (high * total - behind.known_points) / weight
            is_possible = least <= TOP and (most > 0 or high >= TOP)
            ends_open = high < TOP and most <= TOP
            if is_possible and _is_narrow(max(least, 0.0), min(most, TOP), ends_open, step):
                return False
    return True


def _is_narrow(least: float, most: float, ends_open: bool, step: float) -> bool:
    first = ceil(least / step - TINY)
    last = floor(most / step + (-TINY if ends_open else TINY))
    return most - least < step - TINY or last - first < 1


def find_stretch(points: float, edges: Sequence[float] = MIDDLE) -> tuple[float, float]:
    """The stretch a mean lies in; on an edge it belongs above, compared as millionths.

    Examples
    --------
    >>> find_stretch(62.5), find_stretch(62.5, ())
    ((50.0, 100.0), (0.0, 100.0))
    """
    micro = [round(edge * 1_000_000) for edge in edges]
    at = bisect_right(micro, round(points * 1_000_000))
    ends = (0.0, *edges, TOP)
    return ends[at], ends[at + 1]
