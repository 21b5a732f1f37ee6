"""How far off Laplace's method is on this very network, found by simulation and taken out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calibrate.effects.ordinal.fit import OrdinalFit
from calibrate.effects.ordinal.laplace import Parameters, Responses, approximate
from calibrate.effects.ordinal.layout import Layout, lay_out
from calibrate.effects.ordinal.search import choose_curvature, maximise, pack, unpack
from calibrate.effects.result import FloatArray, IntArray
from calibrate.errors import FitError

#: Simulated people, all replicates together, and the most replicates.
_PEOPLE, _MOST = 1500, 4
#: Keeps these draws apart from others of the same seed.
_STREAM = 46
#: A replicate is fitted roughly: its own chance is far larger.
_TOLERANCE = 1e-2
#: Furthest that a parameter is moved, in logits or logarithms.
_FURTHEST = 0.5


def correct_fit(
    responses: Responses, factors: Mapping[str, IntArray], fit: OrdinalFit
) -> OrdinalFit:
    r"""Move the parameters by what a refit of simulated marks shows they are off.

    .. math:: \hat\psi^* = 2 \hat\psi - \bar\psi(\text{marks drawn from } \hat\psi)

    With a handful of forms a person, Laplace's method finds variances that are too small
    (Breslow & Lin 1995), and intervals would be too short. Thresholds and slopes shrink
    with them. Terms on their boundary stay there.

    Parameters
    ----------
    responses, factors
        What the fit was made of.
    fit
        At the maximum of the Laplace approximation.

    References
    ----------
    Kuk (1995), Journal of the Royal Statistical Society B 57.
    """
    terms = list(fit.layout.slices)
    at = Parameters(fit.parameters.thresholds, fit.parameters.slopes,
                    {k: fit.parameters.sd[k] for k in terms})  # fmt: skip
    people, *_ = factors
    chosen = {k: factors[k] for k in factors if k in terms}
    layout = lay_out(chosen, first=people if people in chosen else None)
    refits = _refit(responses, layout, at, fit.seed)
    if not len(refits):
        return fit
    here = pack(at, list(layout.slices))
    bias = np.clip(refits.mean(axis=0) - here, -_FURTHEST, _FURTHEST)
    moved = unpack(here - bias, responses, list(layout.slices))
    build = choose_curvature(fit.layout, fit.is_exact, fit.seed)
    laplace = approximate(responses, fit.layout, moved, fit.laplace.mode, build)
    sd = {k: moved.sd.get(k, 0.0) for k in factors}
    found = Parameters(moved.thresholds, moved.slopes, sd)
    return OrdinalFit(found, laplace, fit.layout, fit.is_exact, fit.seed)


def _refit(responses: Responses, layout: Layout, at: Parameters, seed: int) -> FloatArray:
    """(R, p) packed parameters of refits; marks that lack a category or a fit are drawn anew."""
    rng = np.random.default_rng([seed, _STREAM])
    n_replicates = min(_MOST, -(-_PEOPLE // layout.n_eliminated))
    refits: list[FloatArray] = []
    for _ in range(3 * n_replicates):
        effects = layout.spread(at.sd) * _standardise(rng.standard_normal(layout.size), layout)
        eta = responses.X @ at.slopes + layout.Z @ effects
        drawn = np.searchsorted(at.thresholds, eta + rng.logistic(size=len(eta)))
        if len(np.unique(drawn)) <= responses.n_thresholds:
            continue
        simulated = Responses(drawn.astype(np.int64), responses.X)
        try:
            laplace = maximise(simulated, layout, at, False, _TOLERANCE, seed)
        except FitError:
            continue
        refits.append(pack(laplace.at, list(layout.slices)))
        if len(refits) == n_replicates:
            break
    return np.array(refits)


def _standardise(drawn: FloatArray, layout: Layout) -> FloatArray:
    """Give each term mean 0 and variance 1 exactly: what remains off is bias, not chance."""
    parts = [drawn[part] - drawn[part].mean() for part in layout.slices.values()]
    return np.concatenate([part / max(part.std(ddof=1), 1e-9) for part in parts])
