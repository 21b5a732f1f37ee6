"""Deal the pool's forms out anew: what honest raters of the same load would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.result import BoolArray, FloatArray, IntArray

#: Forms that a class of like forms holds at least, where there are so many.
CLASS_SIZE = 40


@dataclass(frozen=True)
class Deck:
    """Forms sorted by class, those of raters who stand out left aside.

    Parameters
    ----------
    order : (D,)
        Forms to draw from, class by class.
    start, size : (N,)
        Where the class of each form lies in ``order``.
    """

    order: IntArray
    start: IntArray
    size: IntArray

    def draw(self, rng: np.random.Generator) -> IntArray:
        """(N,) A form of the same class for each form, with replacement."""
        step = np.floor(rng.random(len(self.start)) * self.size).astype(np.int64)
        drawn: IntArray = self.order[self.start + step]
        return drawn


def classify(kind: IntArray, level: FloatArray) -> IntArray:
    """Group like forms: of one kind, and near each other in level.

    Near the ends of the scale marks have less room, so a form is compared with
    forms at its own level.

    Parameters
    ----------
    kind : (N,) codes
    level : (N,) points

    Returns
    -------
    (N,) codes

    Examples
    --------
    >>> classify(np.array([0, 0, 1]), np.array([10.0, 90.0, 50.0]))
    array([0, 0, 1])
    """
    order = np.lexsort((level, kind))
    _, first, of, count = np.unique(
        kind[order], return_index=True, return_inverse=True, return_counts=True
    )
    n_classes = np.maximum(count // CLASS_SIZE, 1)
    rank = np.arange(len(kind)) - first[of]
    code = np.cumsum(n_classes)[of] - n_classes[of] + rank * n_classes[of] // count[of]
    classes = np.empty(len(kind), dtype=np.int64)
    classes[order] = code
    return classes


def shuffle_deck(classes: IntArray, is_aside: BoolArray) -> Deck:
    """Lay the forms out by class; a class that would be empty keeps all its forms.

    Parameters
    ----------
    classes : (N,) codes
    is_aside : (N,)
        Forms of raters who stand out: they would make their own habit look usual.
    """
    n_classes = int(classes.max(initial=-1)) + 1
    left = np.bincount(classes[~is_aside], minlength=n_classes)
    usable = ~is_aside | (left[classes] == 0)
    at = np.flatnonzero(usable)
    order = at[np.argsort(classes[at], kind="stable")]
    count = np.bincount(classes[order], minlength=n_classes)
    start = np.cumsum(count) - count
    return Deck(order, start[classes], count[classes])
