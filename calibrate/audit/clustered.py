"""People under one manager are not independent: tests clustered by manager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

#: Sums that cancel to this share of their terms are zero, for all that a double can tell.
NOISE = 1e-13


def number_clusters(manager: IntArray) -> IntArray:
    """One cluster per manager; a person without a manager is a cluster alone.

    Examples
    --------
    >>> number_clusters(np.array([7, -1, 7, -1])).tolist()
    [0, 1, 0, 2]
    """
    alone = manager < 0
    own = manager.copy()
    own[alone] = manager.max(initial=0) + 1 + np.arange(int(alone.sum()))
    return np.unique(own, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class ClusterCells:
    """People counted by group and manager; the outcome is added up in the same cells.

    Parameters
    ----------
    group, cluster, n : (C,)
        Cells that hold somebody, sorted by group.
    cell_of : (P,)
        Cell of each person.
    n_clusters
        Clusters in all.
    """

    group: IntArray
    cluster: IntArray
    n: IntArray
    cell_of: IntArray
    n_clusters: int

    @staticmethod
    def build(group: IntArray, cluster: IntArray) -> ClusterCells:
        """Count the (P,) people with their group and cluster."""
        n_clusters = int(cluster.max(initial=-1)) + 1
        keys, cell_of, n = np.unique(
            group * max(1, n_clusters) + cluster, return_inverse=True, return_counts=True
        )
        width = max(1, n_clusters)
        return ClusterCells(keys // width, keys % width, n, cell_of.astype(np.int64), n_clusters)

    def add_up(self, outcome: FloatArray) -> FloatArray:
        """Sum of the (P,) outcome in each cell."""
        sums = np.bincount(self.cell_of, weights=outcome, minlength=len(self.n))
        return sums.astype(np.float64)

    def spread_out(self, group: int, values: FloatArray | IntArray) -> FloatArray:
        """Values of one group's cells over all clusters, zero elsewhere."""
        first, last = np.searchsorted(self.group, [group, group + 1])
        dense = np.zeros(self.n_clusters)
        dense[self.cluster[first:last]] = values[first:last]
        return dense


class ClusteredGap(NamedTuple):
    """A difference of two means, its CR2 standard error and Satterthwaite's degrees of freedom."""

    difference: float
    error: float
    degrees: float
    p_value: float


def clustered_gap(n1: FloatArray, y1: FloatArray, n0: FloatArray, y0: FloatArray) -> ClusteredGap:
    r"""Test a gap between two groups when people of one cluster hang together.

    Least squares of the outcome on the group indicator, CR2 variance, t with
    Satterthwaite's degrees of freedom. With two groups the hat matrix is
    constant in each group of a cluster, so that the inverse square root needs
    no matrix. For cluster c and group j write :math:`h = n_{jc}/n_j` and
    :math:`a_{jc} = (1 - h)^{-1/2}`, or 0 where h is 1. Then

    .. math:: V = \sum_c \Bigl( \frac{a_{1c} (y_{1c} - n_{1c} \bar y_1)}{n_1}
                 - \frac{a_{0c} (y_{0c} - n_{0c} \bar y_0)}{n_0} \Bigr)^2, \quad
              \nu = \frac{(\mathrm{tr}\, B)^2}{\mathrm{tr}\, B^2}, \quad
              B = \mathrm{diag}(d) - v_1 v_1^\top - v_0 v_0^\top

    with :math:`d_c = \sum_j n_{jc} a_{jc}^2 / n_j^2` and
    :math:`v_{jc} = n_{jc} a_{jc} / n_j^{3/2}`.

    Parameters
    ----------
    n1, n0 : (M,) people
        Of the group and of the reference in each cluster.
    y1, y0 : (M,)
        Sums of the outcome over the same people.

    Returns
    -------
    ClusteredGap
        p is 1, without a standard error, where one of the two sits wholly under
        one manager and the other does not: the group cannot be told from the
        manager. NaN where both sit under the same one, where a side is empty,
        or where nothing varies.

    References
    ----------
    Bell and McCaffrey (2002), Survey Methodology 28; Pustejovsky and Tipton
    (2018), Journal of Business & Economic Statistics 36.

    Examples
    --------
    >>> one_each = np.ones(4)
    >>> gap = clustered_gap(one_each, np.array([0., 0, 0, 1]), one_each, np.array([1., 1, 1, 0]))
    >>> round(gap.difference, 3), round(gap.p_value, 3)
    (-0.5, 0.391)
    """
    nothing = float("nan")
    size1, size0 = n1.sum(), n0.sum()
    if not (size1 > 0 and size0 > 0):
        return ClusteredGap(nothing, nothing, nothing, nothing)
    mean1, mean0 = y1.sum() / size1, y0.sum() / size0
    difference = float(mean1 - mean0)
    alone1, alone0 = bool((n1 == size1).any()), bool((n0 == size0).any())
    if alone1 or alone0:
        is_one_cluster = alone1 and alone0 and int(n1.argmax()) == int(n0.argmax())
        return ClusteredGap(difference, nothing, nothing, nothing if is_one_cluster else 1.0)
    a1, a0 = (1 - n1 / size1) ** -0.5, (1 - n0 / size0) ** -0.5
    score = a1 * (y1 - n1 * mean1) / size1 - a0 * (y0 - n0 * mean0) / size0
    variance = float((score * score).sum())
    scale = float(abs(mean1) + abs(mean0))
    if not variance > (1e-12 * scale) ** 2:
        return ClusteredGap(difference, nothing, nothing, nothing)
    degrees = _degrees(n1, a1, size1, n0, a0, size0)
    p_value = 2 * float(stdtr(degrees, -abs(difference) / variance**0.5))
    return ClusteredGap(difference, variance**0.5, degrees, p_value)


def clustered_p(n1: FloatArray, y1: FloatArray, n0: FloatArray, y0: FloatArray) -> float:
    """p of :func:`clustered_gap`."""
    return clustered_gap(n1, y1, n0, y0).p_value


def _degrees(
    n1: FloatArray, a1: FloatArray, size1: float, n0: FloatArray, a0: FloatArray, size0: float
) -> float:
    d = n1 * a1**2 / size1**2 + n0 * a0**2 / size0**2
    v1, v0 = n1 * a1 / size1**1.5, n0 * a0 / size0**1.5
    # Plain sums: a product by BLAS starts threads for long vectors, and they wait on each other.
    of_1, of_0 = float((v1 * v1).sum()), float((v0 * v0).sum())
    crossed = float((v1 * v0).sum())
    trace = float(d.sum()) - of_1 - of_0
    of_square = float((d * (d - 2 * (v1**2 + v0**2))).sum()) + of_1**2 + of_0**2 + 2 * crossed**2
    return float(trace**2 / of_square)


class NullSums(NamedTuple):
    """What :func:`null_imposed_p` adds up, over all clusters or without each in turn.

    Parameters
    ----------
    n1, n0, y1, y0
        People, and the sum of the outcome, of the group and of its reference.
    squares
        Sum of the squared outcome over both.
    nn, ny, yy
        Over clusters: people squared, people times outcome, outcome squared.
    n11, n10, n00, n1111, n1110, n1100, n1000, n0000
        Over clusters: products of the people on either side.
    """

    n1: FloatArray
    n0: FloatArray
    y1: FloatArray
    y0: FloatArray
    squares: FloatArray
    nn: FloatArray
    ny: FloatArray
    yy: FloatArray
    n11: FloatArray
    n10: FloatArray
    n00: FloatArray
    n1111: FloatArray
    n1110: FloatArray
    n1100: FloatArray
    n1000: FloatArray
    n0000: FloatArray

    @staticmethod
    def list_up(
        n1: FloatArray, y1: FloatArray, n0: FloatArray, y0: FloatArray, squares: FloatArray
    ) -> NullSums:
        """Each cluster's part, (M,)."""
        n, y = n1 + n0, y1 + y0
        n11, n10, n00 = n1 * n1, n1 * n0, n0 * n0
        return NullSums(
            n1, n0, y1, y0, squares, n * n, n * y, y * y, n11, n10, n00,
            n11 * n11, n11 * n10, n11 * n00, n10 * n00, n00 * n00,
        )  # fmt: skip

    def in_all(self) -> NullSums:
        """Over all clusters, (1,)."""
        return NullSums(*(part.sum(keepdims=True) for part in self))

    def left_out(self) -> NullSums:
        """Without each cluster in turn, (M,)."""
        return NullSums(*(part.sum() - part for part in self))


def null_imposed_p(
    n1: FloatArray, y1: FloatArray, n0: FloatArray, y0: FloatArray, squares: FloatArray
) -> float:
    r"""Test a gap with the spread there would be if the two groups did not differ.

    A small group sits in a few teams. Its own spread is then known badly, and
    least where its luck is most uncommon. So the mean, the variance and the
    correlation of two people of one manager are those of group and reference
    together. For cluster c with :math:`n_c = n_{1c} + n_{0c}` people and
    outcome :math:`y_c`:

    .. math:: \sigma^2 = \frac{\sum (y_i - \bar y)^2}{N_1 + N_0}, \quad
              \rho = \frac{\sum_c (y_c - n_c \bar y)^2 - \sum (y_i - \bar y)^2}
                          {\sigma^2 \sum_c n_c (n_c - 1)} \in [0, 1]

    .. math:: k_c = \frac{n_{1c}}{N_1} - \frac{n_{0c}}{N_0}, \quad
              V = \sigma^2 \Bigl( (1 - \rho) \bigl( \tfrac{1}{N_1} + \tfrac{1}{N_0} \bigr)
                                  + \rho \sum_c k_c^2 \Bigr), \quad
              t = \frac{\bar y_1 - \bar y_0}{\sqrt V}, \quad
              \nu = \frac{(\sum k_c^2)^2}{\sum k_c^4}

    Parameters
    ----------
    n1, n0 : (M,) people
        Of the group and of the reference in each cluster.
    y1, y0 : (M,)
        Sums of the outcome over the same people.
    squares : (M,)
        Sum of its square over both; of a share it is ``y1 + y0``.

    Returns
    -------
    float
        Two-sided. NaN where a side is empty or nothing varies.

    References
    ----------
    Donner and Klar (2000), Design and Analysis of Cluster Randomization Trials, 6.2;
    Rao and Scott (1992), Biometrics 48; Carter, Schnepel and Steigerwald (2017),
    Review of Economics and Statistics 99, for the number of clusters that count.

    Examples
    --------
    Nobody of the small group is counted. The group's own people then vary by nothing:

    >>> n1, y1 = np.array([2., 2, 0, 0, 0, 0]), np.zeros(6)
    >>> n0, y0 = np.array([0., 0, 4, 4, 4, 4]), np.array([0., 0, 4, 2, 0, 2])
    >>> round(clustered_p(n1, y1, n0, y0), 3), round(null_imposed_p(n1, y1, n0, y0, y0), 3)
    (0.171, 0.219)
    """
    return float(judge_null_sums(NullSums.list_up(n1, y1, n0, y0, squares).in_all())[0])


def judge_null_sums(s: NullSums) -> FloatArray:
    """p of :func:`null_imposed_p` of each entry."""
    n = s.n1 + s.n0
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (s.y1 + s.y0) / n
        own = s.squares - n * mean**2
        own = np.where(own > 1e-12 * s.squares, own, 0.0)
        pairs = s.nn - n
        of_pairs = s.yy - 2 * mean * s.ny + mean**2 * s.nn - own
        rho = np.where(pairs > 0, np.clip(of_pairs / pairs / (own / n), 0.0, 1.0), 0.0)
        a, b = 1 / s.n1, 1 / s.n0
        k2 = a**2 * s.n11 - 2 * a * b * s.n10 + b**2 * s.n00
        k4 = a**4 * s.n1111 - 4 * a**3 * b * s.n1110 + 6 * a**2 * b**2 * s.n1100
        k4 = k4 - 4 * a * b**3 * s.n1000 + b**4 * s.n0000
        # Groups spread alike over all clusters leave rounding errors alone.
        k4 = np.where(k4 > NOISE * (a**4 * s.n1111 + b**4 * s.n0000), k4, 0.0)
        variance = own / n * ((1 - rho) * (a + b) + rho * k2)
        t = np.abs(s.y1 * a - s.y0 * b) / np.sqrt(variance)
        p = 2 * stdtr(_count_effective(k2, k4), -t)
    return np.where((variance > 0) & (s.n1 > 0) & (s.n0 > 0), p, np.nan)


def _count_effective(k2: FloatArray, k4: FloatArray) -> FloatArray:
    # No cluster weighs more than another: all of them count.
    degrees = np.where(k4 > 0, k2**2 / k4, np.inf)
    return np.asarray(np.clip(degrees, 1.0, 1e9), dtype=np.float64)
