"""Forms in categories → thresholds, variances and effects, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from calibrate.effects.ordinal.laplace import Laplace, Parameters, Responses
from calibrate.effects.ordinal.layout import Layout, Sparse, lay_out
from calibrate.effects.ordinal.search import choose_curvature, maximise
from calibrate.effects.result import FloatArray, IntArray
from calibrate.errors import FitError
from calibrate.language import _

#: Largest dense matrix; above it variances come from seeded draws.
MOST_EXACT = 600
#: Standard errors take several batches of draws, so that memory holds one at a time.
N_BATCHES = 4
#: Foretold rise of the log-likelihood at which the search ends; exact and sampled.
TOLERANCE, SAMPLED_TOLERANCE = 1e-9, 1e-4
#: A standard deviation below is a variance on its boundary, in logits.
_BOUNDARY = 0.02


@dataclass(frozen=True)
class OrdinalFit:
    """The fitted cumulative logit model, all in logits.

    Parameters
    ----------
    parameters
        ``sd`` has every term, 0 for one on its boundary.
    laplace, layout
        The approximation at the optimum, without terms on their boundary.
    is_exact
        Are variances exact, not drawn?
    seed
        Of the draws.
    """

    parameters: Parameters
    laplace: Laplace
    layout: Layout
    is_exact: bool
    seed: int

    def effect(self, term: str, n_levels: int) -> FloatArray:
        """(q,) mode of a term; 0 on the boundary."""
        if term not in self.layout.slices:
            return np.zeros(n_levels)
        return self.laplace.mode[self.layout.slices[term]]

    def mean(self, term: str, n_levels: int) -> FloatArray:
        """(q,) posterior mean of a term to first order: the mode, and the skewness it ignores."""
        if term not in self.layout.slices:
            return np.zeros(n_levels)
        whole = self.laplace.mode + self.laplace.shift
        return whole[self.layout.slices[term]]

    def variances(self, contrasts: Sparse) -> tuple[FloatArray, FloatArray]:
        """Posterior variance of each contrast (m,) and of each effect (q,), logits squared."""
        if self.is_exact:
            exact = self.laplace.curvature
            return exact.variances(contrasts), exact.diagonal
        precision = self.layout.spread({k: s**-2 for k, s in self.laplace.at.sd.items()})
        of_contrast, of_effect = np.zeros(contrasts.shape[0]), np.zeros(self.layout.size)
        for batch in range(1, N_BATCHES + 1):
            build = choose_curvature(self.layout, False, self.seed, batch)
            drawn = build(self.layout, self.laplace.terms.weight, precision)
            of_contrast += drawn.variances(contrasts) / N_BATCHES
            of_effect += drawn.diagonal / N_BATCHES
        return of_contrast, of_effect


def fit_ordinal(
    responses: Responses, factors: Mapping[str, IntArray], most_exact: int = MOST_EXACT,
    seed: int = 0,
) -> OrdinalFit:  # fmt: skip
    r"""Maximise the Laplace approximation of the cumulative logit with crossed effects.

    .. math:: P(y_n \le c) = F(\kappa_c - x_n' \beta - \sum_k v_{k(n)})

    A standard deviation that runs towards 0 becomes exactly 0, its term is
    dropped and the rest refitted.

    Parameters
    ----------
    responses
        Categories and fixed effects.
    factors : term → (N,)
        Dense codes of the random terms, people first.
    most_exact
        Largest number of equations that are inverted.
    seed
        Of the draws where they are not.

    Raises
    ------
    FitError
        If there is one category, marks are separated, or it does not converge.
    """
    if responses.n_thresholds == 0:
        raise FitError(_("all marks are the same"))
    terms = list(factors)
    start = _start(responses, terms)
    while terms:
        chosen = {k: factors[k] for k in terms}
        layout = lay_out(chosen)
        is_exact = layout.size - layout.n_eliminated <= most_exact
        if not is_exact:
            # Variances of what is eliminated are the sharpest, and people matter most.
            layout = lay_out(chosen, first=terms[0])
        tolerance = TOLERANCE if is_exact else SAMPLED_TOLERANCE
        laplace = maximise(responses, layout, start, is_exact, tolerance, seed)
        vanished = [k for k, s in laplace.at.sd.items() if s < _BOUNDARY]
        if not vanished:
            sd = {k: laplace.at.sd.get(k, 0.0) for k in factors}
            found = Parameters(laplace.at.thresholds, laplace.at.slopes, sd)
            return OrdinalFit(found, laplace, layout, is_exact, seed)
        smallest = min(vanished, key=lambda k: laplace.at.sd[k])
        terms.remove(smallest)
        start = Parameters(
            laplace.at.thresholds, laplace.at.slopes,
            {k: max(laplace.at.sd[k], 0.1) for k in terms},
        )  # fmt: skip
    raise FitError(_("neither people nor raters differ measurably"))


def _start(responses: Responses, terms: Sequence[str]) -> Parameters:
    """Thresholds of the marginal shares, stretched by what the random effects will add."""
    counts = np.bincount(responses.category)
    share = (np.cumsum(counts)[:-1]) / counts.sum()
    stretch = np.sqrt(1 + 0.3 * len(terms))
    return Parameters(logit(share) * stretch, np.zeros(responses.X.shape[1]),
                      dict.fromkeys(terms, 1.0))  # fmt: skip
