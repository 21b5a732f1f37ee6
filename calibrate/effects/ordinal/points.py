"""From logits back to points: what a mark is expected to be, over raters and over people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit

from calibrate.effects.result import FloatArray

_nodes, _weights = np.polynomial.hermite_e.hermegauss(31)
#: Nodes and weights of a standard normal distribution.
NODES: FloatArray = _nodes
WEIGHTS: FloatArray = _weights / _weights.sum()
#: Knots of a tabulated curve, and how many standard deviations it reaches beyond what is asked.
_KNOTS, _REACH = 801, 8.0


@dataclass(frozen=True)
class PointScale:
    """What turns a linear predictor into points.

    Parameters
    ----------
    thresholds : (C - 1,) logits
    value : (C,) points
        Of each category, ascending.
    level : (S,) logits
        Fixed effect of each source.
    share : (S,)
        Share of each source in the weight of all forms; sums to 1.
    """

    thresholds: FloatArray
    value: FloatArray
    level: FloatArray
    share: FloatArray

    def expect(self, eta: FloatArray) -> FloatArray:
        """Expected points of a form at each linear predictor.

        Examples
        --------
        >>> scale = PointScale(np.zeros(1), np.array([0.0, 100.0]), np.zeros(1), np.ones(1))
        >>> scale.expect(np.array([0.0, np.log(3)]))
        array([50., 75.])
        """
        above = expit(eta[..., None] - self.thresholds)
        points: FloatArray = self.value[0] + above @ np.diff(self.value)
        return points

    def expect_square(self, eta: FloatArray) -> FloatArray:
        """Expected square of the points of a form, points squared."""
        above = expit(eta[..., None] - self.thresholds)
        squared: FloatArray = self.value[0] ** 2 + above @ np.diff(self.value**2)
        return squared

    def source_means(self, sd: float) -> FloatArray:
        """(S,) expected points of each source, where all else has this deviation in logits."""
        return self.expect(self.level[:, None] + sd * NODES) @ WEIGHTS

    def source_residuals(self, sd: float) -> FloatArray:
        """(S,) mean variance of a form around its expected points, points squared."""
        eta = self.level[:, None] + sd * NODES
        residual: FloatArray = (self.expect_square(eta) - self.expect(eta) ** 2) @ WEIGHTS
        return residual

    def decompose(self, sd: Mapping[str, float]) -> dict[str, float]:
        """Variance of a form's points by term, the sources averaged over; points squared.

        A term's is the variance of the expected points as it alone varies. The
        residual is the rest of the whole: noise, and what terms do together.
        """
        total = sum(s**2 for s in sd.values())
        parts = {}
        for term, s in sd.items():
            nodes = s * NODES
            expected = self.average(nodes, float(np.sqrt(max(total - s**2, 0.0))))
            parts[term] = float(np.square(expected - expected @ WEIGHTS) @ WEIGHTS)
        eta = self.level[:, None] + np.sqrt(total) * NODES
        whole = self.expect_square(eta) @ WEIGHTS - np.square(self.expect(eta) @ WEIGHTS)
        return parts | {"residual": float(self.share @ whole) - sum(parts.values())}

    def average(self, effect: FloatArray, other_sd: float) -> FloatArray:
        """(m,) expected points at each effect, over sources and over others of N(0, other_sd²)."""
        points = np.zeros(len(effect))
        for level, share in zip(self.level, self.share, strict=True):
            points += share * (self.expect(effect[:, None] + level + other_sd * NODES) @ WEIGHTS)
        return points


@dataclass(frozen=True)
class PointCurve:
    """Expected points by one effect in logits, the others averaged over; increasing.

    Parameters
    ----------
    spline
        Tabulated far enough for whatever the posterior holds.
    """

    spline: CubicSpline

    def moments(self, mode: FloatArray, sd: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation in points where the effect is N(mode, sd²)."""
        points = self.spline(mode[:, None] + sd[:, None] * NODES)
        mean = points @ WEIGHTS
        return mean, np.sqrt(np.square(points - mean[:, None]) @ WEIGHTS)


def tabulate_curve(
    scale: PointScale, other_sd: float, mode: FloatArray, sd: FloatArray
) -> PointCurve:
    r"""Average expected points over sources and over effects of N(0, other_sd²).

    .. math:: g(t) = \sum_s a_s \int f(\beta_s + t + z) \, dN(z; 0, \sigma^2_{other})

    For people the others are raters, for raters they are people.

    Parameters
    ----------
    mode, sd : (m,) logits
        What the curve will be asked for; it reaches beyond.
    """
    reach = _REACH * float(np.max(sd, initial=0.1))
    low, high = float(np.min(mode, initial=0.0)), float(np.max(mode, initial=0.0))
    t = np.linspace(low - reach, high + reach, _KNOTS)
    return PointCurve(CubicSpline(t, scale.average(t, other_sd)))
