"""The same model written the slow way, from its covariance matrix: nothing shared with us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DenseModel:
    """x = X m + Σ Z_k v_k + e with V formed in full."""

    y: Array
    X: Array
    Z: Mapping[str, Array]

    def covariance(self, variance: Mapping[str, float]) -> Array:
        V = variance["residual"] * np.eye(len(self.y))
        for term, Z in self.Z.items():
            V = V + variance[term] * Z @ Z.T
        return V

    def criterion(self, variance: Mapping[str, float]) -> float:
        """-2 log restricted likelihood, as lme4 reports it."""
        V = self.covariance(variance)
        W = np.linalg.inv(V)
        XWX = self.X.T @ W @ self.X
        m = np.linalg.solve(XWX, self.X.T @ W @ self.y)
        r = self.y - self.X @ m
        n, p = self.X.shape
        return float(
            np.linalg.slogdet(V)[1]
            + np.linalg.slogdet(XWX)[1]
            + r @ W @ r
            + (n - p) * np.log(2 * np.pi)
        )

    def predict(self, variance: Mapping[str, float], term: str) -> Array:
        """BLUP: σ²_k Z' P y."""
        return variance[term] * self.Z[term].T @ self.projection(variance) @ self.y

    def error(self, variance: Mapping[str, float], L: Array) -> Array:
        """PEV of L v for the stacked random effects v: L (G − G Z' P Z G) L'."""
        Z = np.hstack(list(self.Z.values()))
        g = np.concatenate([np.full(Zk.shape[1], variance[k]) for k, Zk in self.Z.items()])
        C = np.diag(g) - (g[:, None] * Z.T) @ self.projection(variance) @ (Z * g)
        return np.asarray(np.diagonal(L @ C @ L.T))

    def projection(self, variance: Mapping[str, float]) -> Array:
        W = np.linalg.inv(self.covariance(variance))
        WX = W @ self.X
        return np.asarray(W - WX @ np.linalg.inv(self.X.T @ WX) @ WX.T)


@dataclass(frozen=True)
class Network:
    """An invented cycle whose truth is known."""

    employee: NDArray[np.int64]
    rater: NDArray[np.int64]
    source: NDArray[np.int64]
    points: Array
    weight: Array
    unit: NDArray[np.int64]
    n_employees: int
    n_raters: int
    truth: Array

    @property
    def factors(self) -> dict[str, NDArray[np.int64]]:
        return {
            "employee": self.employee,
            "unit": self.unit[self.employee],
            "rater": self.rater,
        }

    def dense(self, *terms: str) -> DenseModel:
        def indicator(code: NDArray[np.int64]) -> Array:
            return np.asarray(np.eye(code.max() + 1)[code])

        Z = {k: indicator(self.factors[k]) for k in terms}
        return DenseModel(self.points, indicator(self.source), Z)


PLANTED: Mapping[str, float] = {"employee": 6, "unit": 5, "rater": 6, "residual": 5}


def invent(
    rng: np.random.Generator,
    n_units: int,
    size: int,
    n_forms: int = 4,
    sd: Mapping[str, float] = PLANTED,
) -> Network:
    """Teams of ``size``; the first form is the manager's, the others anybody's but one's own."""
    n = n_units * size
    unit = np.repeat(np.arange(n_units), size)
    employee = np.repeat(np.arange(n), n_forms)
    rater = np.empty_like(employee)
    for i in range(n):
        others = np.setdiff1d(np.arange(n), [i, unit[i] * size])
        rater[i * n_forms] = n + unit[i]
        rater[i * n_forms + 1 : (i + 1) * n_forms] = rng.choice(others, n_forms - 1, replace=False)
    source = np.where(np.arange(len(employee)) % n_forms == 0, 0, 1)
    rater = np.unique(rater, return_inverse=True)[1].astype(np.int64)
    n_raters = int(rater.max()) + 1
    truth = rng.normal(0, sd["unit"], n_units)[unit] + rng.normal(0, sd["employee"], n)
    points = (
        np.array([48.0, 52.0])[source]
        + truth[employee]
        - rng.normal(0, sd["rater"], n_raters)[rater]
        + rng.normal(0, sd["residual"], len(employee))
    )
    weight = np.where(source == 0, 2.0, 1.0)
    truth = truth + np.average(np.array([48.0, 52.0])[source], weights=weight)
    return Network(employee, rater, source, points.clip(0, 100), weight, unit, n, n_raters, truth)


@pytest.fixture(scope="session")
def small() -> Network:
    """60 forms of 15 people in 5 units: small enough for matrices in full."""
    return invent(np.random.default_rng(20261121), 5, 3)


@pytest.fixture(scope="session")
def inventor():  # type: ignore[no-untyped-def]
    return invent
