"""Do a rater's marks on different criteria move together more than others' marks do?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from calibrate.effects.habits.deal import classify
from calibrate.effects.habits.judge import Habit, empty_habit, judge
from calibrate.effects.habits.reports import Reports
from calibrate.effects.habits.rounds import judge_in_rounds
from calibrate.effects.result import BoolArray, FloatArray, IntArray

#: Forms below which nothing is said.
FEWEST = 4
#: Forms with the same criteria answered, at least; forms with a rarer gap are left out.
FEWEST_ALIKE = 30
#: Share of the pool's difference between criteria that stands for none at all.
LEAST = 0.03


@dataclass(frozen=True)
class Cells:
    """Answered criteria of the forms that count, form after form.

    Parameters
    ----------
    form, criterion, rater : (M,) codes
        ``form`` counts from 0 over the forms that count.
    first : (F,)
        Where each form begins.
    place : (M,)
        Position within the form.
    column : (M,) codes
        Pair of rater and criterion.
    rater_of_column, column_size : (C,)
        Rater of each pair, and its cells.
    """

    form: IntArray
    criterion: IntArray
    rater: IntArray
    first: IntArray
    place: IntArray
    column: IntArray
    rater_of_column: IntArray
    column_size: IntArray

    def fold(self, x: FloatArray) -> FloatArray:
        """(F, widest) The cells of each form in a row, 0 beyond its end."""
        rows = np.zeros((len(self.first), int(self.place.max()) + 1))
        rows[self.form, self.place] = x
        return rows


def find_halo(reports: Reports, narrow: FloatArray, rng: np.random.Generator) -> Habit:
    r"""Mean correlation between criteria over a rater's forms, against the pool's.

    .. math:: h_j = \frac{k_j^2 \tau^2}{k_j^2 \tau^2 + W_j}

    W is the variance of the criteria within a form, once the form's mean and the
    rater's mean of each criterion are taken out; τ² is the pool's variance between
    the forms of a rater. Each deal replaces a form's differences between criteria by
    those of a form at the same level, from the same source, with the same criteria.
    Only a high correlation is tested.

    Parameters
    ----------
    reports
        Scored forms with their criteria.
    narrow : (J,)
        k, the spread of raters who use a narrow part of the scale; else 1. All their
        differences are small, those between criteria too.
    rng
        Deals.

    References
    ----------
    Thorndike (1920), J. Appl. Psychol. 4 (the halo).
    """
    n, use, pattern = _choose(reports)
    if not len(use):
        return empty_habit(n)
    cells = _lay_out(reports, use)
    x = reports.criteria[use][cells.form, cells.criterion]
    rater = reports.rater[use]
    freedom = _freedom(cells, n)
    W, left = _within(cells, x, freedom)
    tau2 = _between(cells, x, rater, n, W, freedom)
    pooled = float(np.nansum(W * freedom) / freedom.sum())
    if not (tau2 > 0 and pooled > 0):
        return empty_habit(n)
    # The rater's own mean of a criterion takes a part of each difference with it.
    rows = cells.fold(left * np.sqrt(n[cells.rater] / (n[cells.rater] - 1)))
    classes = classify(pattern, _find_level(cells, x, rater))
    # Whoever gives one and the same mark throughout has no correlation at all.
    lowest, highest = np.full(len(n), np.inf), np.full(len(n), -np.inf)
    np.minimum.at(lowest, cells.rater, x)
    np.maximum.at(highest, cells.rater, x)
    W = np.where(highest > lowest, W, np.nan)
    value = np.log(np.maximum(W / narrow**2 / pooled, LEAST))
    measure = partial(_measure_dealt, cells, rows - _mean_rows(cells, rows), rater, freedom)

    def judge_deals(dealt: FloatArray) -> Habit:
        return judge(value, np.log(np.maximum(dealt / pooled, LEAST)), n, is_low_only=True)

    habit = judge_in_rounds(classes, rater, reports.n_raters, len(x), measure, judge_deals, rng)

    def correlate(log_ratio: FloatArray) -> FloatArray:
        return np.asarray(tau2 / (tau2 + pooled * np.exp(log_ratio)))

    return replace(
        habit, value=correlate(habit.value), low=correlate(habit.high),
        high=correlate(habit.low), expected=correlate(habit.expected),
    )  # fmt: skip


def _choose(reports: Reports) -> tuple[IntArray, IntArray, IntArray]:
    """Forms that count: enough like them, and enough of them by the rater."""
    answered = ~np.isnan(reports.criteria)
    _, pattern = np.unique(np.column_stack([answered, reports.source]), axis=0, return_inverse=True)
    alike = np.bincount(pattern)[pattern] >= FEWEST_ALIKE
    counted: BoolArray = alike & (answered.sum(axis=1) >= 2)
    n = np.bincount(reports.rater[counted], minlength=reports.n_raters)
    use = np.flatnonzero(counted & (n[reports.rater] >= FEWEST))
    return n, use, pattern[use]


def _lay_out(reports: Reports, use: IntArray) -> Cells:
    form, criterion = np.nonzero(~np.isnan(reports.criteria[use]))
    count = np.bincount(form)
    first = np.cumsum(count) - count
    rater = reports.rater[use][form]
    n_criteria = reports.criteria.shape[1]
    pairs, column, size = np.unique(
        rater * n_criteria + criterion, return_inverse=True, return_counts=True
    )
    place = np.arange(len(form)) - first[form]
    return Cells(form, criterion, rater, first, place, column, pairs // n_criteria, size)


def _freedom(cells: Cells, n: IntArray) -> FloatArray:
    """(J,) Cells less forms less criteria plus one; raters without any have 0."""
    J = len(n)
    size = np.bincount(cells.rater, minlength=J)
    forms = np.bincount(cells.rater[cells.first], minlength=J)
    columns = np.bincount(cells.rater_of_column, minlength=J)
    return np.where(forms > 0, size - forms - columns + 1, 0).astype(np.float64)


def _find_level(cells: Cells, x: FloatArray, rater: IntArray) -> FloatArray:
    """(F,) Where on the scale each form lies: its mean, a third of the way to its rater's.

    Forms of one and the same mean would be too much alike: with whole marks, only some
    means leave room for marks that are all the same.
    """
    own = np.bincount(cells.form, x) / np.bincount(cells.form)
    usual = np.bincount(rater, own) / np.maximum(np.bincount(rater), 1)
    return np.asarray((2 * own + usual[rater]) / 3)


def _within(cells: Cells, x: FloatArray, freedom: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(J,) Mean square between criteria within forms, and (M,) what it is made of."""
    y = x - (np.bincount(cells.form, x) / np.bincount(cells.form))[cells.form]
    y -= (np.bincount(cells.column, y) / np.bincount(cells.column))[cells.column]
    square = np.bincount(cells.rater, y**2, len(freedom))
    known = freedom > 0
    return np.where(known, square / np.where(known, freedom, 1.0), np.nan), y


def _mean_rows(cells: Cells, rows: FloatArray) -> FloatArray:
    """(F, widest) Mean of each form at its answered places, 0 beyond its end."""
    size = np.bincount(cells.form)
    is_cell = np.arange(rows.shape[1]) < size[:, None]
    return np.asarray(is_cell * (rows.sum(axis=1) / size)[:, None])


def _measure_dealt(
    cells: Cells, rows: FloatArray, rater: IntArray, freedom: FloatArray, dealt: IntArray
) -> FloatArray:
    """(J,) Mean square within forms, of rows that have mean 0 each."""
    drawn = rows[dealt]
    square = np.bincount(rater, np.einsum("fk,fk->f", drawn, drawn), len(freedom))
    total = np.bincount(cells.column, drawn[cells.form, cells.place])
    lost = np.bincount(cells.rater_of_column, total**2 / cells.column_size, len(freedom))
    known = freedom > 0
    return np.where(known, (square - lost) / np.where(known, freedom, 1.0), np.nan)


def _between(
    cells: Cells, x: FloatArray, rater: IntArray, n: IntArray, W: FloatArray, freedom: FloatArray
) -> float:
    """Variance between the forms of a rater, beyond what the criteria within them bring."""
    size = np.bincount(cells.form)
    level = np.bincount(cells.form, x) / size
    count = np.bincount(rater, minlength=len(n))
    mean = np.bincount(rater, level, len(n)) / np.maximum(count, 1)
    square = float(((level - mean[rater]) ** 2).sum())
    within = float(np.nansum(W * freedom) / freedom.sum())
    total = square / float((count[count > 0] - 1).sum())
    return total - within * float((1.0 / size).mean())
