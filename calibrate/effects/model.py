"""The objective: REML criterion of the crossed model, its gradient and curvature.

Notation of docs/method.md, section 2. One factor, A, is eliminated (its block is
diagonal); R is the rest: sources first, then the other random terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from calibrate.effects.dense import invert
from calibrate.effects.design import Design, SparseCounts
from calibrate.effects.result import FloatArray
from calibrate.errors import FitError

#: Below this share of the sum of squares the residual is rounding error.
ROUNDING = 1e-12

#: Equations that stay dense; more would not fit into 4 GiB.
MAX_DENSE = 12_000

NO_RESIDUAL = "the linked forms leave no residual: nothing tells noise from effect"


@dataclass(frozen=True)
class System:
    """The mixed-model equations before any variance is known.

    Parameters
    ----------
    design
        What it was built from.
    terms
        Random terms in the fit, in the order of every (K,) array.
    eliminated
        Factor A, the largest of the terms; ``None`` without random terms.
    place : term → slice
        Where a term of R stands in the (m,) arrays; sources stand first.
    G : (m, m) sparse
        Cross-products of R.
    B : (m, q_A) sparse
        Cross-products of R and A.
    totals, totals_out : (m,), (q_A,)
        Sums of centred points.
    counts_out : (q_A,)
        Forms of each level of A.
    """

    design: Design
    terms: tuple[str, ...]
    eliminated: str | None
    place: Mapping[str, slice]
    G: SparseCounts
    B: SparseCounts
    totals: FloatArray
    totals_out: FloatArray
    counts_out: FloatArray


@dataclass(frozen=True)
class Evaluation:
    """The model at one set of variance ratios.

    Parameters
    ----------
    gamma : (K,)
        Ratios of each term's variance to the residual variance.
    criterion
        -2 log restricted likelihood, residual variance profiled out.
    gradient : (K,)
        Its derivative by gamma.
    information : (K, K)
        Average-information approximation of its second derivative.
    sigma2
        Residual variance, points squared.
    fixed : (S,)
        Source means less the design's centre, points.
    effects : term → (q,)
        Predicted effects, points.
    T : (m, m)
        Covariance of the errors of R, in units of ``sigma2``.
    c : (q_A,)
        Variance of A given R, in units of ``sigma2``.
    """

    gamma: FloatArray
    criterion: float
    gradient: FloatArray
    information: FloatArray
    sigma2: float
    fixed: FloatArray
    effects: Mapping[str, FloatArray]
    T: FloatArray
    c: FloatArray


def build_system(design: Design, terms: tuple[str, ...]) -> System:
    """Lay out the equations of ``terms``, with the largest term set aside.

    Parameters
    ----------
    design
        Cross-products; must hold every term.
    terms
        Random terms to fit; may be empty.

    Returns
    -------
    System
        Equations in which only the variance ratios are open.

    Raises
    ------
    FitError
        If more equations stay dense than memory holds.
    """
    size = {term: len(design.counts[term]) for term in terms}
    eliminated = max(terms, key=lambda term: size[term]) if terms else None
    rest = tuple(term for term in terms if term != eliminated)
    place, start = {}, design.n_sources
    for term in rest:
        place[term] = slice(start, start + size[term])
        start += size[term]
    if start > MAX_DENSE:
        raise FitError(f"{start:,} equations are more than the {MAX_DENSE:,} it can solve")
    rows = [[sparse.diags_array(design.source_counts), *(design.by_source[k] for k in rest)]]
    for k in rest:
        row = [sparse.diags_array(design.counts[k]) if k == g else design.cross[k, g]
               for g in rest]  # fmt: skip
        rows.append([design.by_source[k].T, *row])
    if eliminated is None:
        B, totals_out, counts_out = sparse.csr_array((start, 0)), np.zeros(0), np.zeros(0)
    else:
        B = sparse.vstack(
            [design.by_source[eliminated], *(design.cross[k, eliminated] for k in rest)],
            format="csr",
        )
        totals_out, counts_out = design.totals[eliminated], design.counts[eliminated]
    totals = np.concatenate([design.source_totals, *(design.totals[k] for k in rest)])
    G = sparse.block_array(rows, format="csr")
    return System(design, terms, eliminated, place, G, B, totals, totals_out, counts_out)


def evaluate(system: System, gamma: FloatArray) -> Evaluation:
    r"""Evaluate the profiled REML criterion and its derivatives.

    .. math::

        d(\gamma) = \log|D| + \log|S| + (N - p)
        \left(1 + \log\frac{2\pi r^2}{N - p}\right)

    with D the eliminated block, S its Schur complement and r² the penalised
    residual sum of squares: lme4's REML criterion.

    Parameters
    ----------
    system
        From :func:`build_system`.
    gamma : (K,)
        Variance ratios, all positive.

    Returns
    -------
    Evaluation
        Criterion, derivatives and the solution there.

    Raises
    ------
    FitError
        If there are no degrees of freedom, no residual, or the equations are singular.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), eq. 39 to 42.
    Gilmour, Thompson & Cullis (1995), Biometrics 51 (average information).
    """
    ratio = dict(zip(system.terms, gamma, strict=True))
    p, n = system.design.n_sources, system.design.n_forms
    if n - p <= len(gamma):
        raise FitError(f"{n} linked forms are too few for {p} source means "
                       f"and {len(gamma) + 1} variances")  # fmt: skip
    scale = np.ones(len(system.totals))
    for term, where in system.place.items():
        scale[where] = np.sqrt(ratio[term])
    gamma_A = ratio[system.eliminated] if system.eliminated else 0.0
    d = gamma_A * system.counts_out + 1.0
    c = gamma_A / d
    S_inverse, log_det_S = _invert_schur(system, scale, c)
    T = S_inverse * scale
    T *= scale[:, None]

    z = system.totals - system.B @ (c * system.totals_out)
    solution = T @ z
    r2 = system.design.square - float(c @ system.totals_out**2) - float(z @ solution)
    if not r2 > ROUNDING * system.design.square:
        raise FitError(NO_RESIDUAL)
    sigma2 = r2 / (n - p)
    effects = {term: solution[where] for term, where in system.place.items()}
    if system.eliminated:
        effects[system.eliminated] = c * (system.totals_out - system.B.T @ solution)

    weight = {k: effects[k] / ratio[k] for k in system.terms}
    quadratic = np.array([weight[k] @ weight[k] for k in system.terms])
    trace = np.array([_trace_of(system, k, ratio[k], S_inverse, T, c) for k in system.terms])
    products = _cross_information(system, weight, T, c)
    return Evaluation(
        gamma=gamma,
        criterion=float(np.log(d).sum() + log_det_S
                        + (n - p) * (1 + np.log(2 * np.pi * sigma2))),
        gradient=trace - quadratic / sigma2,
        information=products / sigma2 - np.outer(quadratic, quadratic) / ((n - p) * sigma2**2),
        sigma2=sigma2,
        fixed=solution[:p],
        effects=effects,
        T=T,
        c=c,
    )  # fmt: skip


def _invert_schur(system: System, scale: FloatArray, c: FloatArray) -> tuple[FloatArray, float]:
    """S = Λ (G − B diag(c) B') Λ + I on the random part: its inverse and log-determinant."""
    p = system.design.n_sources
    B_c = system.B * c if system.B.shape[1] else system.B
    S = (system.G - B_c @ system.B.T).toarray(order="F")
    S *= scale
    S *= scale[:, None]
    diagonal = np.einsum("ii->i", S)
    diagonal[p:] += 1.0
    return invert(S)


def _trace_of(
    system: System, term: str, gamma: float, S_inverse: FloatArray, T: FloatArray, c: FloatArray
) -> float:
    """tr(Z'PZ) = (q − tr C) / γ, with C the term's block of the scaled inverse."""
    if term != system.eliminated:
        block = np.diagonal(S_inverse)[system.place[term]]
        return float((len(block) - block.sum()) / gamma)
    spread = ((system.B * c**2) @ system.B.T).tocoo()
    through = float(spread.data @ T[spread.row, spread.col])
    return float((len(c) - (c.sum() + through) / gamma) / gamma)


def _cross_information(
    system: System, weight: Mapping[str, FloatArray], T: FloatArray, c: FloatArray
) -> FloatArray:
    """(K, K) f_k' P f_l with f_k = Z_k Z_k' P y, from cross-products alone."""
    K = len(system.terms)
    E, E_A = np.zeros((len(system.totals), K)), np.zeros((len(c), K))
    for k, term in enumerate(system.terms):
        if term == system.eliminated:
            E_A[:, k] = weight[term]
        else:
            E[system.place[term], k] = weight[term]
    H = system.G @ E + system.B @ E_A
    H_A = system.B.T @ E + system.counts_out[:, None] * E_A
    z = H - system.B @ (c[:, None] * H_A)
    inner = E.T @ H + E_A.T @ H_A
    products: FloatArray = inner - H_A.T @ (c[:, None] * H_A) - z.T @ (T @ z)
    return (products + products.T) / 2
