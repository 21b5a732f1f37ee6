"""Deal, judge, leave those aside who stand out, and again until nobody changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calibrate.effects.habits.deal import shuffle_deck
from calibrate.effects.habits.judge import ASIDE, Habit
from calibrate.effects.result import FloatArray, IntArray

#: Deals of a small company and of a very large one, and figures dealt in all.
MOST_DEALS, FEWEST_DEALS, WORK = 200, 50, 15_000_000
ROUNDS = 3


def judge_in_rounds(
    classes: IntArray,
    rater: IntArray,
    n_raters: int,
    size: int,
    measure: Callable[[IntArray], FloatArray],
    judge_deals: Callable[[FloatArray], Habit],
    rng: np.random.Generator,
) -> Habit:
    """Judge raters against a pool that holds nobody who stands out from it.

    Parameters
    ----------
    classes, rater : (N,) codes
        Class and rater of each form.
    n_raters
        J.
    size
        Figures in one deal; large companies need fewer deals.
    measure
        (N,) forms dealt → (J,) figures.
    judge_deals
        (R, J) figures of all deals → habit.
    rng
        Of the deals.
    """
    n_deals = int(np.clip(WORK // max(size, 1), FEWEST_DEALS, MOST_DEALS))
    aside = np.zeros(n_raters, dtype=bool)
    for _ in range(ROUNDS):
        deck = shuffle_deck(classes, aside[rater])
        habit = judge_deals(np.array([measure(deck.draw(rng)) for _ in range(n_deals)]))
        stands_out = habit.q_value < ASIDE
        if (stands_out == aside).all():
            break
        aside = stands_out
    return habit
