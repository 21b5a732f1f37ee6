"""Where nobody marks outside the own team: each team beside the others, partially pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, gammaln, ndtr, stdtr

from calibrate.effects.result import FloatArray, IntArray

#: Shares of the differences that may lie between teams are looked at in so many steps.
N_STEPS = 200
#: Halvings of the stretch in which a quantile is sought: a billionth of it is left.
N_HALVINGS = 32
#: Steps that carry less of the weight than this are left out of intervals.
NEGLIGIBLE = 1e-5
#: From so many degrees of freedom on, t and normal agree to four digits of an interval.
LIKE_NORMAL = 2_000
#: Scores count as equal if they agree to a millionth of a point.
MICRO = 1e6


@dataclass(frozen=True)
class TeamMeans:
    """Means by team, each pulled towards the mean of all the harder, the less is known.

    Parameters
    ----------
    n : (J,) people with a score
    mean : (J,) points, NaN for nobody
        As it stands.
    pooled, low, high : (J,) points
        Partially pooled mean and its interval; NaN where it cannot be told.
    mu : points
        Mean of all teams.
    share, share_low, share_high
        Of the variance of scores: what lies between teams, 0 to 1; NaN where that
        cannot be told.
    """

    n: IntArray
    mean: FloatArray
    pooled: FloatArray
    low: FloatArray
    high: FloatArray
    mu: float
    share: float
    share_low: float
    share_high: float

    @property
    def deviation(self) -> FloatArray:
        """(J,) pooled mean less the mean of all, points; positive: rated higher.

        NaN where there is nothing to compare with, or nothing tells team from person.
        """
        gap: FloatArray = self.pooled - self.mu
        return np.where(np.isnan(self.share), np.nan, gap)


@dataclass(frozen=True)
class Weighed:
    """What each possible share between teams says of each team.

    Parameters
    ----------
    share, weight : (M,)
        Possible shares and how much the scores speak for each; weights sum to 1.
    mu : (M,) points
    pooled, error : (M, J) points
        Mean of each team and its standard error, given that share.
    df
        Degrees of freedom of the errors.
    """

    share: FloatArray
    weight: FloatArray
    mu: FloatArray
    pooled: FloatArray
    error: FloatArray
    df: int

    def average(self, values: FloatArray) -> FloatArray:
        """(J,) mean over the shares of (M, J) values, summed in one order on any machine."""
        mean: FloatArray = (self.weight[:, None] * values).sum(axis=0)
        return mean


def pool_means(score: FloatArray, team: IntArray, n_teams: int, level: float = 0.90) -> TeamMeans:
    r"""Partially pool the means of teams, whatever made them differ.

    .. math::

        x_i &= \mu + t_{team(i)} + e_i, \qquad
        \rho = \sigma_t^2 / (\sigma_t^2 + \sigma_e^2), \qquad
        \lambda_j = n_j \gamma / (1 + n_j \gamma), \quad \gamma = \rho / (1 - \rho) \\
        \hat t_j &= \lambda_j (\bar x_j - \hat\mu), \qquad
        error_j^2 = \hat\sigma_e^2 \Bigl(\gamma (1 - \lambda_j)
                  + (1 - \lambda_j)^2 / \textstyle\sum_k \tfrac{n_k}{1 + n_k \gamma}\Bigr)

    averaged over all shares ρ by their restricted likelihood, each equally likely
    beforehand. One estimate of ρ would make the intervals of few teams too short;
    estimated as zero it would make them vanish.

    Parameters
    ----------
    score : (I,) points; NaN is left out
    team : (I,) codes below ``n_teams``; -1 is left out
    level
        Of the intervals, between 0 and 1.

    Returns
    -------
    TeamMeans
        With one team the interval is Student's. Where every team has one person, or all
        scores are equal, nothing tells the team from the person: pooled is the mean as
        it stands, and the interval and the share are NaN.

    References
    ----------
    Patterson & Thompson (1971), Biometrika 58; Daniels (1999), Canadian Journal of
    Statistics 27 (each share equally likely beforehand).

    Examples
    --------
    >>> means = pool_means(np.array([40.0, 50, 60, 70]), np.array([0, 0, 1, 1]), 2)
    >>> means.mean.tolist(), means.pooled.round(1).tolist()
    ([45.0, 65.0], [48.4, 61.6])
    """
    known = np.isfinite(score) & (team >= 0)
    x, codes = score[known], team[known]
    n = np.bincount(codes, minlength=n_teams)
    mean = np.full(n_teams, np.nan)
    np.divide(np.bincount(codes, x, n_teams), n, out=mean, where=n > 0)
    within = float(((x - mean[codes]) ** 2).sum())
    empty = np.full(n_teams, np.nan)
    mu = float(np.mean(mean[n > 0])) if len(x) else float("nan")
    has_spread = len(x) > 1 and float(np.ptp(x)) * MICRO > 1
    if not has_spread or len(x) == int((n > 0).sum()):
        return TeamMeans(n, mean, mean, empty, empty, mu, np.nan, np.nan, np.nan)
    there = n > 0
    weighed = weigh_shares(mean[there], n[there].astype(float), within)
    low, high = (find_quantiles(weighed, p) for p in (0.5 - level / 2, 0.5 + level / 2))
    pooled, lowest, highest = empty.copy(), empty.copy(), empty.copy()
    pooled[there] = weighed.average(weighed.pooled)
    lowest[there], highest[there] = low, high
    share, share_low, share_high = _summarise_share(weighed, level)
    if there.sum() < 2:
        share = share_low = share_high = np.nan
    return TeamMeans(
        n, mean, pooled, lowest, highest, float((weighed.weight * weighed.mu).sum()),
        share, share_low, share_high,
    )  # fmt: skip


def weigh_shares(mean: FloatArray, n: FloatArray, within: float) -> Weighed:
    """Weigh every possible share between teams by the restricted likelihood.

    Parameters
    ----------
    mean, n : (J,)
        Mean and number of people of each team; at least one person each.
    within : points squared
        Sum of squares within teams.
    """
    shares = (np.arange(N_STEPS) + 0.5) / N_STEPS
    df = int(n.sum()) - 1
    log_weight = np.empty(N_STEPS)
    for m, gamma in enumerate(shares / (1 - shares)):
        w = n / (1 + n * gamma)
        mu = (w * mean).sum() / w.sum()
        squares = within + (w * (mean - mu) ** 2).sum()
        log_weight[m] = -0.5 * (np.log1p(n * gamma).sum() + np.log(w.sum()) + df * np.log(squares))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    kept = np.flatnonzero(weight > NEGLIGIBLE)
    gamma = (shares / (1 - shares))[kept, None]
    w = n / (1 + n * gamma)
    mu = (w * mean).sum(axis=1, keepdims=True) / w.sum(axis=1, keepdims=True)
    squares = within + (w * (mean - mu) ** 2).sum(axis=1, keepdims=True)
    pull = 1 / (1 + n * gamma)
    error2 = squares / df * (gamma * pull + pull**2 / w.sum(axis=1, keepdims=True))
    return Weighed(
        shares[kept], weight[kept] / weight[kept].sum(), mu[:, 0],
        mu + (1 - pull) * (mean - mu), np.sqrt(error2), df,
    )  # fmt: skip


def find_quantiles(weighed: Weighed, p: float) -> FloatArray:
    """(J,) quantile of each team's mean over all weighed shares, by bisection."""
    reach = 12 * weighed.error.max(axis=0) * (1 + 200 * (weighed.df < 5))
    low, high = weighed.pooled.min(axis=0) - reach, weighed.pooled.max(axis=0) + reach
    for _ in range(N_HALVINGS):
        middle = (low + high) / 2
        z = (middle - weighed.pooled) / weighed.error
        below = ndtr(z) if weighed.df >= LIKE_NORMAL else stdtr(weighed.df, z)
        is_low = weighed.average(below) < p
        low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
    quantile: FloatArray = (low + high) / 2
    return quantile


def _summarise_share(weighed: Weighed, level: float) -> tuple[float, float, float]:
    """Middle and ends of the shares by weight."""
    reached, last = np.cumsum(weighed.weight), len(weighed.weight) - 1
    low, middle, high = (
        float(weighed.share[min(int(np.searchsorted(reached, p)), last)])
        for p in (0.5 - level / 2, 0.5, 0.5 + level / 2)
    )
    return middle, low, high


@dataclass(frozen=True)
class TeamShares:
    """Bands by team, each share pulled towards that of all the harder, the less is known.

    Parameters
    ----------
    n : (J, B) people
    pooled, low, high : (J, B) shares, NaN for a team without anybody
    """

    n: IntArray
    pooled: FloatArray
    low: FloatArray
    high: FloatArray


def pool_shares(
    band: IntArray, team: IntArray, n_teams: int, n_bands: int, level: float = 0.90
) -> TeamShares:
    r"""Partially pool the shares of bands: Dirichlet-multinomial, intervals from its Betas.

    .. math:: p_{jk} = (n_{jk} + A \pi_k) / (n_j + A), \qquad A = (1 - \rho) / \rho

    π are the shares of all people; ρ, the share of the differences that lies between
    teams, is the mean over all shares weighed by the likelihood.

    Parameters
    ----------
    band : (I,) codes; -1 is left out
    team : (I,) codes; -1 is left out

    References
    ----------
    Mosimann (1962), Biometrika 49.

    Examples
    --------
    One team of one person says next to nothing about its shares.

    >>> shares = pool_shares(np.array([0, 1, 1, 0, 1]), np.array([0, 0, 0, 0, 1]), 2, 2)
    >>> shares.n.tolist()
    [[2, 2], [0, 1]]
    >>> bool(0.6 < shares.pooled[1, 1] < 1)
    True
    """
    known = (band >= 0) & (team >= 0)
    n = np.bincount(team[known] * n_bands + band[known], minlength=n_teams * n_bands)
    counts = n.reshape(n_teams, n_bands)
    size = counts.sum(axis=1)
    empty = np.full(counts.shape, np.nan)
    if not known.any():
        return TeamShares(counts, empty, empty, empty)
    overall = counts.sum(axis=0) / counts.sum()
    used = overall > 0
    rho = _mean_share(counts[size > 0][:, used].astype(float), overall[used])
    prior = (1 - rho) / rho * overall
    a = counts + prior
    b = (size[:, None] + prior.sum()) - a
    pooled = a / (a + b)
    low, high = np.zeros_like(pooled), np.zeros_like(pooled)
    for k in np.flatnonzero(used):
        if overall[k] == 1:
            low[:, k] = high[:, k] = 1
            continue
        low[:, k] = betaincinv(a[:, k], b[:, k], 0.5 - level / 2)
        high[:, k] = betaincinv(a[:, k], b[:, k], 0.5 + level / 2)
    nobody = size == 0
    pooled[nobody], low[nobody], high[nobody] = np.nan, np.nan, np.nan
    return TeamShares(counts, pooled, low, high)


def _mean_share(counts: FloatArray, overall: FloatArray) -> float:
    """Mean share between teams, weighed by the Dirichlet-multinomial likelihood."""
    shares = (np.arange(N_STEPS // 2) + 0.5) / (N_STEPS // 2)
    size = counts.sum(axis=1)
    log_weight = np.empty(len(shares))
    for m, rho in enumerate(shares):
        prior = (1 - rho) / rho * overall
        total = prior.sum()
        log_weight[m] = (gammaln(total) - gammaln(size + total)).sum() + (
            gammaln(counts + prior) - gammaln(prior)
        ).sum()
    weight = np.exp(log_weight - log_weight.max())
    return float((weight * shares).sum() / weight.sum())
