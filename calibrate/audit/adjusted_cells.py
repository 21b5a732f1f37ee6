"""People counted where group and all controls are equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibrate.audit.adjusted_fit import Cells
from calibrate.audit.mantel_haenszel import Strata

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CountedCells:
    """Cells of group and controls that hold somebody.

    Parameters
    ----------
    group, stratum : (C,)
        A stratum is one combination of the controls.
    controls : (C, K) codes
    n : (C,) people
    y, q : (C,)
        Sums of the outcome and of its square; points are counted from the mean of all.
    """

    group: IntArray
    stratum: IntArray
    controls: IntArray
    n: FloatArray
    y: FloatArray
    q: FloatArray

    @staticmethod
    def build(
        group: IntArray, controls: Sequence[IntArray], value: FloatArray, *, is_share: bool
    ) -> CountedCells:
        """Count the (P,) people with their (K) controls and their outcome."""
        stratum = np.zeros(len(group), np.int64)
        for control in controls:
            stratum = stratum * (int(control.max(initial=0)) + 1) + control
            stratum = np.unique(stratum, return_inverse=True)[1].astype(np.int64)
        width = int(stratum.max(initial=0)) + 1
        key, first, cell = np.unique(
            group * width + stratum, return_index=True, return_inverse=True
        )
        # From the mean of all, squares of points keep the digits of their spread.
        centred = value if is_share or not len(value) else value - value.mean()
        sums = [
            np.bincount(cell, weights=weights, minlength=len(key)).astype(np.float64)
            for weights in (np.ones(len(cell)), centred, centred**2)
        ]
        codes = np.zeros((len(key), len(controls)), np.int64)
        for position, control in enumerate(controls):
            codes[:, position] = control[first]
        return CountedCells(key // width, key % width, codes, *sums)

    def take_pair(self, group: int, reference: int) -> CountedCells:
        """Cells of these two groups."""
        kept = (self.group == group) | (self.group == reference)
        return CountedCells(
            self.group[kept], self.stratum[kept], self.controls[kept], self.n[kept],
            self.y[kept], self.q[kept],
        )  # fmt: skip

    def to_cells(self, group: int) -> Cells:
        """Cells for least squares: an indicator of each value of each control but one."""
        n_values = [len(np.unique(control)) for control in self.controls.T]
        value = np.zeros(len(self.n), np.int64)
        columns = [np.zeros((len(self.n), 0))]
        for position, control in enumerate(self.controls.T):
            if position == np.argmax(n_values):
                value = control
            else:
                columns += [
                    (control == kind).astype(float)[:, None] for kind in np.unique(control)[1:]
                ]
        mean = self.y / self.n
        spread = np.maximum(self.q - self.y * mean, 0.0)
        return Cells(value, np.hstack(columns), self.group == group, self.n, mean, spread)

    def to_strata(self, group: int) -> Strata:
        """The same people by stratum; strata with one of both groups are left out."""
        is_group = self.group == group
        size = int(self.stratum.max(initial=0)) + 1

        def add(values: FloatArray, kept: BoolArray) -> FloatArray:
            sums = np.bincount(self.stratum[kept], weights=values[kept], minlength=size)
            return sums.astype(np.float64)

        sides = [add(v, kept) for v in (self.n, self.y) for kept in (is_group, ~is_group)]
        return Strata.build(*sides)
