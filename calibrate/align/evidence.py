"""What a rating lacks to stand on, as far as the inputs can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: Evidence counts as recent alone if all of it lies in this last part of the cycle.
LAST_PART = 1 / 3
#: So many people may lack support before it is asked whether most do.
FEW = 5
#: One piece of evidence is always recent or not; two say something.
FEWEST_DATED = 2


@dataclass(frozen=True)
class Known:
    """What is known about each person; all arrays are (I,), None where no file was given.

    Parameters
    ----------
    n_forms
        Scored forms.
    is_high
        Rated in the upper bands.
    n_goals, n_results
        Own goals, and those with an attainment.
    n_checkins, n_feedback
        Held or given within the cycle.
    n_comments
        Comments of others; None where no file has any.
    n_dated, n_recent
        Check-ins and pieces of feedback together, and those in the last third of the
        cycle; None where the cycle has no dates too.
    is_new
        Hired in the last third.
    """

    n_forms: IntArray
    is_high: BoolArray
    n_goals: IntArray | None
    n_results: IntArray | None
    n_checkins: IntArray | None
    n_feedback: IntArray | None
    n_comments: IntArray | None
    n_dated: IntArray | None
    n_recent: IntArray | None
    is_new: BoolArray


def find_evidence_gaps(known: Known) -> Mapping[str, BoolArray]:
    """Find who lacks what; a gap that no file could fill is told of nobody.

    - ``high_unsupported``: rated high, and no goal with a result, feedback or comment
    - ``one_form``: a single scored form, where most people have more
    - ``only_recent``: two pieces of dated evidence or more, all in the last third of the
      cycle; not for people hired then
    - ``no_goal``, ``no_result``: no own goal; goals, and none with a result
    - ``no_checkin``: no check-in within the cycle

    Returns
    -------
    gap → (I,) flags, of rated people only

    Examples
    --------
    >>> n = np.array([0, 2])
    >>> found = find_evidence_gaps(Known(np.array([1, 3]), n == n, n, n, None, None, None,
    ...                                  None, None, n < 0))
    >>> {gap: flags.tolist() for gap, flags in found.items() if flags.any()}
    {'high_unsupported': [True, False], 'no_goal': [True, False]}
    """
    rated = known.n_forms > 0
    nobody = np.zeros(len(rated), dtype=bool)
    gaps = dict.fromkeys(
        ("high_unsupported", "one_form", "only_recent", "no_goal", "no_result", "no_checkin"),
        nobody,
    )
    support = [
        part for part in (known.n_results, known.n_feedback, known.n_comments) if part is not None
    ]
    if support:
        gaps["high_unsupported"] = rated & known.is_high & (sum(support, nobody.astype(int)) == 0)
    if 2 * int((known.n_forms > 1).sum()) > int(rated.sum()):
        gaps["one_form"] = known.n_forms == 1
    if known.n_dated is not None and known.n_recent is not None:
        is_late = (known.n_dated >= FEWEST_DATED) & (known.n_recent == known.n_dated)
        gaps["only_recent"] = rated & is_late & ~known.is_new
    if known.n_goals is not None and known.n_results is not None:
        gaps["no_goal"] = rated & (known.n_goals == 0)
        gaps["no_result"] = rated & (known.n_goals > 0) & (known.n_results == 0)
    if known.n_checkins is not None:
        gaps["no_checkin"] = rated & (known.n_checkins == 0)
    return gaps


def find_high(band: IntArray, raw_band: IntArray, n_bands: int) -> BoolArray:
    """Who stands in the upper bands: the two highest, as far as they lie above the middle.

    Parameters
    ----------
    band, raw_band : (I,) codes from low to high; -1 for none
        A raw score above the last cut counts too, whatever was proposed.

    Examples
    --------
    >>> find_high(np.array([2, 3, 1]), np.array([2, 2, 4]), 5).tolist()
    [False, True, True]
    """
    lowest = max(n_bands - 2, (n_bands - 1) // 2 + 1)
    is_high: BoolArray = (band >= lowest) | (raw_band == n_bands - 1)
    return is_high


def choose_unsupported(is_unsupported: BoolArray, is_high: BoolArray) -> BoolArray:
    """Whom the agenda asks about: nobody, where most of those rated high lack support.

    What most people lack tells of the files, and would fill every session.

    Parameters
    ----------
    is_unsupported, is_high : (I,)
        Of rated people.

    Examples
    --------
    >>> high = np.ones(12, dtype=bool)
    >>> [int(choose_unsupported(np.arange(12) < n, high).sum()) for n in (5, 6, 7)]
    [5, 6, 0]
    """
    n = int(is_unsupported.sum())
    is_common = n > FEW and 2 * n > int(is_high.sum())
    return np.zeros_like(is_unsupported) if is_common else is_unsupported
