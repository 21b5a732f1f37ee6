"""Invented companies whose gaps are known, for the audit's decision rule.

Groups sit together: a team has its own share of each group, as real teams do.
Bands do, too, where teams are said to be clustered. The one knows nothing of
the other unless a gap is planted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.audit import load_rules
from calibrate.audit.simulation_rule import FirstFamily, Panel

TEAM = 8
RULES = load_rules("us-2026")
MIN_CELL = 10
#: Shares of the groups; the first is the largest and the reference.
SEXES = (0.54, 0.46)
FIVE = (0.50, 0.20, 0.15, 0.10, 0.05)
SEVEN = (0.40, 0.20, 0.14, 0.10, 0.08, 0.05, 0.03)
#: 14 groups one attribute at a time, and 14 groups as one attribute: sex x race.
SINGLE = (SEXES, FIVE, SEVEN)
CROSSED = (tuple(a * b for a in SEXES for b in SEVEN),)


@dataclass(frozen=True)
class Company:
    """How a company is drawn.

    Parameters
    ----------
    people
    attributes
        Shares of the groups of each attribute.
    icc
        Intraclass correlation of being in the favourable bands, and in the
        lowest, among people of one manager; 0 for independent people.
    togetherness
        How much groups sit together: the smaller, the more a team is of one
        group (concentration of a Dirichlet distribution); None deals people
        out one by one.
    favourable, lowest
        Shares of all people.
    """

    people: int
    attributes: tuple[tuple[float, ...], ...] = SINGLE
    icc: float = 0.0
    togetherness: float | None = None
    favourable: float = 0.25
    lowest: float = 0.08


@dataclass(frozen=True)
class Gap:
    """A planted gap: people of one group are counted ``ratio`` times as often."""

    attribute: int
    group: int
    ratio: float
    is_lowest: bool = False


def draw_audit(rng: np.random.Generator, company: Company, gap: Gap | None = None) -> FirstFamily:
    """Draw a company and put its first family together."""
    n_teams = -(-company.people // TEAM)
    team = np.arange(company.people) // TEAM
    groups = np.array([_draw_groups(rng, company, shares, team) for shares in company.attributes])
    draw = rng.random(company.people)
    top, low = _draw_rates(rng, company, n_teams)
    top, low = top[team], low[team]
    if gap is not None:
        member = groups[gap.attribute] == gap.group
        if gap.is_lowest:
            low = np.where(member, low * gap.ratio, low)
        else:
            top = np.where(member, top * gap.ratio, top)
    counted = np.stack([draw < top, draw > 1 - low])
    panel = Panel(
        references=tuple(int(np.bincount(g).argmax()) for g in groups),
        n_groups=tuple(len(shares) for shares in company.attributes),
        cluster=team,
        min_cell=MIN_CELL,
        rules=RULES,
    )
    return FirstFamily(panel, groups, counted)


def _draw_groups(
    rng: np.random.Generator, company: Company, shares: tuple[float, ...], team: np.ndarray
) -> np.ndarray:
    if company.togetherness is None:
        return rng.choice(len(shares), company.people, p=shares)
    of_team = rng.dirichlet(np.array(shares) * company.togetherness, int(team[-1]) + 1)
    reached = np.cumsum(of_team, axis=1)[team]
    draw = rng.random(company.people)
    return np.minimum((draw[:, None] > reached).sum(axis=1), len(shares) - 1)


def _draw_rates(
    rng: np.random.Generator, company: Company, n_teams: int
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of the favourable and the lowest band in each team."""
    shares = np.array([company.favourable, company.lowest])
    if not company.icc:
        return tuple(np.repeat(shares[:, None], n_teams, axis=1))  # type: ignore[return-value]
    # Dirichlet: the indicator of each band has intraclass correlation 1 / (1 + concentration).
    concentration = 1 / company.icc - 1
    weights = np.array([*shares, 1 - shares.sum()]) * concentration
    drawn = rng.dirichlet(weights, n_teams)
    return drawn[:, 0], drawn[:, 1]
