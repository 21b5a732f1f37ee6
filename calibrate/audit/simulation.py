"""What this audit would have found: false alarms and power on this very network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.attributes import AttributeTable
from calibrate.audit.clustered import number_clusters
from calibrate.audit.groups import Grouping, build_groupings
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.intervals import clopper_pearson
from calibrate.audit.null import choose_moved, exchange_teams
from calibrate.audit.phrases import LOOK_ALARMS
from calibrate.audit.policy import name_primary_stage
from calibrate.audit.population import AuditSettings, Population
from calibrate.audit.simulation_rule import SELECTION, Comparison, FirstFamily, Panel
from calibrate.language import N_, _
from calibrate.language.figures import write_share
from calibrate.tables import SIMULATION

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

#: Share of its favourable people that a group keeps when a gap is planted.
RATIOS = (0.9, 0.8, 0.7, 0.6, 0.5)
#: Draws inside an audit: so many, of so many people in all, but never fewer than the last.
MOST_DRAWS, MOST_PEOPLE, FEWEST_DRAWS = 200, 4_000_000, 20
#: First word of every draw's seed: people, teams, and planted gaps draw apart.
PEOPLE, TEAMS, PLANTED = 0, 1, 2
ALARM = 0.05


@dataclass(frozen=True)
class Network:
    """Managers, bands and groups as codes, ready to be drawn from; it holds no name.

    Parameters
    ----------
    panel
        Who is compared with whom.
    groups : (A, P)
        Group of each person who has a band.
    counted : (2, P)
        In the favourable bands; in the lowest band.
    to_lowest
        Whoever leaves the favourable bands falls into the lowest.
    planted : (L,)
        Attribute and group of every gap to be planted.
    seed
        Of all draws.
    """

    panel: Panel
    groups: IntArray
    counted: BoolArray
    to_lowest: bool
    planted: tuple[tuple[int, int], ...]
    seed: int

    @property
    def n_people(self) -> int:
        return int(self.groups.shape[1])

    @property
    def nulls(self) -> tuple[str, ...]:
        """Who may exchange groups."""
        return ("people",) if self.panel.cluster is None else ("people", "teams")

    def shuffle(self, rng: np.random.Generator, moved: str) -> IntArray:
        """Groups of the people once they know nothing of bands, (A, P)."""
        if moved == "teams" and self.panel.cluster is not None:
            return self.groups[:, exchange_teams(rng, self.panel.cluster)]
        return self.groups[:, rng.permutation(self.n_people)]


@dataclass(frozen=True, repr=False)
class NamedNetwork:
    """A network and the names that its codes stand for; printing shows none of them.

    Parameters
    ----------
    network
        Codes alone.
    singles : (A,)
        The attributes, with their groups.
    n_managers
        0 where none are known.
    """

    network: Network
    singles: tuple[Grouping, ...]
    n_managers: int


@dataclass(frozen=True)
class Tally:
    """How often something was found.

    Parameters
    ----------
    n_alarms
        Who exchanged groups to the audits with a primary ``beyond``.
    n_drawn
        The same to the audits simulated.
    n_found : (L, R)
        Of each planted gap at each ratio.
    n_planted
        Audits simulated with each of them.
    """

    n_alarms: dict[str, int]
    n_drawn: dict[str, int]
    n_found: IntArray
    n_planted: int


def open_network(
    population: Population, attributes: AttributeTable, settings: AuditSettings
) -> NamedNetwork | None:
    """Put people and attributes together for simulation; None where nothing is compared."""
    aligned = attributes.aligned_to(population.employee_ids)
    codes = np.array([aligned.codes[name] for name in aligned.names], dtype=np.int64)
    groupings = build_groupings(aligned, population, settings)
    return build_network(population, groupings, codes.T, settings)


def build_network(
    population: Population, groupings: Sequence[Grouping], codes: IntArray, settings: AuditSettings
) -> NamedNetwork | None:
    """Keep what the primary family looks at: the people with a band of its stage.

    Returns
    -------
    NamedNetwork
        None where nothing is compared.
    """
    stage = name_primary_stage(population.stages)
    singles = tuple(g for g in groupings if "*" not in g.attribute)
    if stage is None or not singles:
        return None
    inside = population.bands[stage] >= 0
    bands = population.bands[stage][inside]
    manager = population.manager
    cluster = None if manager is None else number_clusters(manager)[inside]
    panel = Panel(
        references=tuple(g.reference for g in singles),
        n_groups=tuple(len(g.labels) for g in singles),
        cluster=cluster,
        min_cell=settings.min_cell,
        rules=settings.rules,
    )
    groups = np.array([g.group_of(codes[inside]) for g in singles], dtype=np.int64)
    below = [b for b in range(len(population.band_labels)) if b not in settings.favourable]
    network = Network(
        panel=panel,
        groups=groups,
        counted=np.stack([np.isin(bands, sorted(settings.favourable)), bands == 0]),
        to_lowest=bool(below) and max(below) == 0,
        planted=_list_planted(panel, singles, groups) if below else (),
        seed=settings.seed,
    )
    n_managers = 0 if manager is None else len(np.unique(manager[inside & (manager >= 0)]))
    return NamedNetwork(network, singles, n_managers)


def _list_planted(
    panel: Panel, singles: Sequence[Grouping], groups: IntArray
) -> tuple[tuple[int, int], ...]:
    """Known groups that are compared with another, the reference among them."""
    planted = []
    for a, grouping in enumerate(singles):
        n = np.bincount(groups[a], minlength=len(grouping.labels))
        large = (n >= max(1, panel.min_cell)) & grouping.is_known
        if grouping.reference >= 0 and large[grouping.reference] and large.sum() > 1:
            planted += [(a, int(g)) for g in np.flatnonzero(large)]
    return tuple(planted)


def count_alarms(network: Network, moved: str, draws: Iterable[int]) -> int:
    """Count the simulated audits without any gap that carry a primary ``beyond``.

    Parameters
    ----------
    moved : ``people`` or ``teams``
    draws
        Numbers of the draws; each has its own seed, so that their order means nothing.
    """
    kind = PEOPLE if moved == "people" else TEAMS
    return sum(
        FirstFamily(
            network.panel,
            network.shuffle(np.random.default_rng([network.seed, kind, draw]), moved),
            network.counted,
        ).has_beyond()
        for draw in draws
    )


def count_found(network: Network, draws: Iterable[int]) -> IntArray:
    """Count how often each planted gap was found at each ratio, (L, R).

    Groups are shuffled first, so that the planted gap is the only one.
    """
    found = np.zeros((len(network.planted), len(RATIOS)), np.int64)
    for draw in draws:
        rng = np.random.default_rng([network.seed, PLANTED, draw])
        groups = network.shuffle(rng, network.nulls[-1])
        chance = rng.random(network.n_people)
        family = FirstFamily(network.panel, groups, network.counted)
        for row, (a, g) in enumerate(network.planted):
            favourable = family.list_favourable(a, g)
            for column, ratio in enumerate(RATIOS):
                moved = choose_moved(favourable, chance, ratio)
                planted = family.move_out(moved, to_lowest=network.to_lowest)
                found[row, column] += _is_found(planted, a, g)
    return found


def _is_found(family: FirstFamily, attribute: int, group: int) -> bool:
    """Tell whether the planted gap is a primary ``beyond`` in the favourable share.

    A gap of the reference shows as a surplus of the others.
    """
    reference = family.panel.references[attribute]
    others = [
        line
        for line in family.list_compared()
        if line.measure == SELECTION and line.attribute == attribute
        and group in (line.group, reference)
    ]  # fmt: skip
    return any(_is_below(family, line, group) and family.is_beyond(line) for line in others)


def _is_below(family: FirstFamily, line: Comparison, group: int) -> bool:
    x1, n1, x0, n0 = family.table(line)
    return x1 * n0 < x0 * n1 if line.group == group else x1 * n0 > x0 * n1


def choose_draws(n_people: int) -> int:
    """Draws inside an audit: 200 up to 20,000 people, then fewer, at least 20.

    Examples
    --------
    >>> choose_draws(10_000), choose_draws(100_000), choose_draws(1_000_000)
    (200, 40, 20)
    """
    return max(FEWEST_DRAWS, min(MOST_DRAWS, MOST_PEOPLE // max(1, n_people)))


def tally_here(network: Network, n_draws: int, n_planted: int) -> Tally:
    """Simulate on the spot."""
    return Tally(
        n_alarms={moved: count_alarms(network, moved, range(n_draws)) for moved in network.nulls},
        n_drawn=dict.fromkeys(network.nulls, n_draws),
        n_found=count_found(network, range(n_planted)),
        n_planted=n_planted,
    )


def tabulate_simulation(named: NamedNetwork, tally: Tally) -> pd.DataFrame:
    """Write the tally as :data:`calibrate.tables.SIMULATION`."""
    network, singles = named.network, named.singles
    rows: list[dict[str, object]] = [
        {
            "kind": "false_alarm", "moved": moved, "attribute": None, "group": None,
            "ratio": None, "n": network.n_people, "suppressed": False,
        }
        | _describe_share(n, tally.n_drawn[moved])
        for moved, n in tally.n_alarms.items()
    ]  # fmt: skip
    where = {planted: row for row, planted in enumerate(network.planted)}
    for a, grouping in enumerate(singles):
        n = np.bincount(network.groups[a], minlength=len(grouping.labels))
        for g in np.flatnonzero(grouping.is_known).tolist():
            for column, ratio in enumerate(RATIOS):
                row = where.get((a, g))
                rows.append(
                    {
                        "kind": "power", "moved": network.nulls[-1],
                        "attribute": grouping.attribute, "group": grouping.labels[g],
                        "ratio": ratio, "n": None if row is None else int(n[g]),
                        "suppressed": row is None,
                    }
                    | (
                        dict.fromkeys(("n_simulations", "n_found", "share", "low", "high"))
                        if row is None
                        else _describe_share(int(tally.n_found[row, column]), tally.n_planted)
                    )
                )  # fmt: skip
    return SIMULATION.conform(pd.DataFrame(rows, columns=SIMULATION.names))


def _describe_share(n_found: int, n: int) -> dict[str, object]:
    low, high = clopper_pearson(n_found, n)
    return {
        "n_simulations": n, "n_found": n_found, "share": n_found / n, "low": low, "high": high,
    }  # fmt: skip


#: What was exchanged at random.
MOVED = {
    "people": N_(
        "With the groups of people exchanged at random no gap is left, and still {n} of {total} "
        "simulated audits had a primary 'beyond' ({share}, 95% interval {low} to {high}); 5% is "
        "the aim."
    ),
    "teams": N_(
        "With the groups of teams exchanged at random no gap is left, and still {n} of {total} "
        "simulated audits had a primary 'beyond' ({share}, 95% interval {low} to {high}); 5% is "
        "the aim."
    ),
}


def build_simulation(inquiry: Inquiry) -> pd.DataFrame:
    """Simulate within the bounds an audit can afford; empty where counts alone were given."""
    if inquiry.background is None:
        return SIMULATION.empty()
    named = build_network(inquiry.population, inquiry.groupings, inquiry.codes, inquiry.settings)
    if named is None or named.network.n_people == 0:
        return SIMULATION.empty()
    n_draws = choose_draws(named.network.n_people)
    return tabulate_simulation(named, tally_here(named.network, n_draws, n_draws // 2))


def find_alarms(inquiry: Inquiry, table: pd.DataFrame) -> list[dict[str, str]]:
    """Say so where the rule calls for a look too often on this network without any gap."""
    alarms = table[(table["kind"] == "false_alarm") & (table["low"] > ALARM)]
    return [_write_finding(dict(row)) for row in alarms.to_dict("records")]


def _write_finding(row: dict[Any, Any]) -> dict[str, str]:
    share, low, high = (write_share(row[name]) for name in ("share", "low", "high"))
    evidence = _(
        MOVED[row["moved"]], n=int(row["n_found"]), total=int(row["n_simulations"]), share=share,
        low=low, high=high,
    )  # fmt: skip
    return {
        "finding_id": f"false_alarms:{row['moved']}",
        "kind": "false_alarms",
        "scope": "company",
        "scope_id": "all",
        "level": "look",
        "headline": _(
            "On these data the audit calls for a look too often: read each verdict 'beyond' "
            "with care."
        ),
        "evidence": f"{evidence} {_(LOOK_ALARMS)}",
    }
