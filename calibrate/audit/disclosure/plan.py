"""Which rows of which tables show nothing, for whom, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from calibrate.audit.disclosure.attack import Attack
from calibrate.audit.disclosure.earlier import EarlierView, bound_by_earlier
from calibrate.audit.disclosure.layers import PEOPLE, Layer, Margins, build_margins, list_layers
from calibrate.audit.disclosure.protect import (
    EARLIER_RUN,
    TOO_FEW,
    WHOLE_GROUPING,
    Protection,
    protect_units,
)
from calibrate.audit.groups import Grouping
from calibrate.audit.population import AuditSettings, Population
from calibrate.errors import InputError, Problem
from calibrate.language import _

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

AUDITORS, DISTRIBUTED = "auditors", "distributed"
#: Unknown counts in one program; a larger set of crossed attributes is withheld as a whole.
MOST_VARIABLES = 4000


@dataclass(frozen=True)
class Withheld:
    """One row that shows nothing.

    Parameters
    ----------
    stage
        ``all``, ``people`` or a stage.
    is_derivable, low, high
        Whether and between which ends its people can be worked out; None in
        the view that is handed on.
    """

    stage: str
    attribute: str
    group: str
    reason: str
    is_derivable: bool | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Plan:
    """What is withheld in one view of an audit.

    Parameters
    ----------
    view
        ``auditors`` or ``distributed``.
    rows
        Every row withheld because of its group.
    blocks
        (table, stage, attribute) without any figure since the views before.
    exposed
        Attributes of which earlier views give a hidden group away.
    regrouped
        Attributes that had other groups in a view before, of nearly the same people.
    is_capped
        A search was cut off: more may be hidden than is needed.
    """

    view: str
    rows: tuple[Withheld, ...] = ()
    blocks: frozenset[tuple[str, str, str]] = frozenset()
    exposed: tuple[str, ...] = ()
    regrouped: tuple[str, ...] = ()
    is_capped: bool = False
    _groups: frozenset[tuple[str, str]] = field(init=False, default=frozenset())
    _stages: frozenset[tuple[str, str]] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        everywhere = frozenset((r.attribute, r.group) for r in self.rows if r.stage == "all")
        # A group may be called "all", too; it is hidden everywhere.
        stages = frozenset(
            (r.stage, r.attribute) for r in self.rows if r.group == "all" and r.stage != "all"
        )
        object.__setattr__(self, "_groups", everywhere)
        object.__setattr__(self, "_stages", stages)

    @property
    def is_distributed(self) -> bool:
        """May be handed on."""
        return self.view == DISTRIBUTED

    def hides(self, attribute: str, group: str, stages: Sequence[str] = ()) -> bool:
        """Tell whether a group shows nothing at these stages."""
        return (attribute, group) in self._groups or any(
            (stage, attribute) in self._stages for stage in stages
        )

    def hides_any(self, attribute: str) -> bool:
        """Tell whether some group of this attribute shows nothing."""
        return any(name == attribute for name, __ in self._groups) or any(
            name == attribute for _, name in self._stages
        )


def plan_disclosure(
    groupings: Sequence[Grouping],
    codes: IntArray,
    population: Population,
    settings: AuditSettings,
    earlier: Sequence[EarlierView] | None,
) -> Plan:
    """Say what is withheld: for auditors, or, with the views before, from everybody.

    Raises
    ------
    InputError
        If the views before give a small group away, whatever is hidden now.
    """
    if earlier is None:
        return plan_for_auditors(groupings, codes, population, settings)
    plan = plan_to_distribute(groupings, codes, population, settings, earlier)
    problems = [_refuse_regrouped(attribute) for attribute in plan.regrouped]
    problems += [_refuse(attribute) for attribute in plan.exposed]
    if problems:
        raise InputError(problems)
    return plan


def _refuse(attribute: str) -> Problem:
    return Problem(
        "--distribute", None, attribute, "shown_before",
        f"a group of '{attribute}' that is too small now was shown in a view handed on before; "
        "both together would give it away",
        "hand on nothing new of this attribute: take it out of audit.attributes, or set "
        "privacy.min_cell back", whole=True,
    )  # fmt: skip


def _refuse_regrouped(attribute: str) -> Problem:
    where = "audit.intersections" if "*" in attribute else "audit.attributes"
    return Problem(
        "--distribute", None, attribute, "regrouped",
        f"'{attribute}' had other groups in a view handed on before, of nearly the same people: "
        "subtracting one from the other gives away who came into a group, or what was merged",
        f"give the groups the names they had, or take '{attribute}' out of {where}", whole=True,
    )  # fmt: skip


def say_plan(plan: Plan) -> tuple[str, ...]:
    """State what was not searched to its end.

    Examples
    --------
    >>> say_plan(Plan("auditors"))
    ()
    """
    if not plan.is_capped:
        return ()
    if plan.is_distributed:
        return (
            _(
                "So many groups are crossed that the search for the fewest rows to withhold was "
                "cut off. More is withheld than may be needed, never less."
            ),
        )
    return (
        _(
            "So many groups are crossed that hidden rows were not attacked. They are listed as if "
            "they could be worked out."
        ),
    )


def plan_for_auditors(
    groupings: Sequence[Grouping], codes: IntArray, population: Population, settings: AuditSettings
) -> Plan:
    """List what is too small, and say which of it the rest gives away.

    Nothing else is hidden: one singleton would change the verdicts of others.
    """
    rows: list[Withheld] = []
    is_capped = False
    layers = [layer for layer in list_layers(population) if layer.name in (PEOPLE, layer.stage)]
    for layer in layers:
        for margins in build_margins(groupings, codes, [layer]):
            hidden = _find_small(margins, settings.min_cell)[:, 0]
            found, was_cut = _attack_small(margins, layer.stage, hidden)
            rows += found
            is_capped |= was_cut
    return Plan(AUDITORS, tuple(_join_stages(rows, layers)), is_capped=is_capped)


def _join_stages(rows: Sequence[Withheld], layers: Sequence[Layer]) -> list[Withheld]:
    """Stages that count the same people tell the same number: the narrowest ends are known."""
    counted = {layer.stage: (layer.place >= 0).tobytes() for layer in layers}
    ends: dict[tuple[bytes, str, str], tuple[int, int]] = {}
    for row in rows:
        if row.low is not None and row.high is not None:
            key = (counted[row.stage], row.attribute, row.group)
            low, high = ends.get(key, (row.low, row.high))
            ends[key] = (max(low, row.low), min(high, row.high))
    joined = []
    for row in rows:
        found = ends.get((counted[row.stage], row.attribute, row.group))
        if found is not None:
            is_derivable = row.is_derivable or found[0] == found[1]
            joined.append(replace(row, is_derivable=is_derivable, low=found[0], high=found[1]))
        else:
            joined.append(row)
    return joined


def _attack_small(margins: Margins, stage: str, hidden: BoolArray) -> tuple[list[Withheld], bool]:
    attack = _stand_alone(margins)
    is_large = margins.counts.size > MOST_VARIABLES
    rows = []
    for unit in np.flatnonzero(hidden):
        if is_large:
            # Not attacked: taken for known.
            rows.append(Withheld(stage, *margins.labels[unit], TOO_FEW, is_derivable=True))
            continue
        found = attack.bound(int(unit), hidden)
        low, high = int(found.low[0]), int(found.high[0])
        exact = bool(((found.slot_low == found.slot_high) & (found.slot_low > 0)).any())
        rows.append(
            Withheld(stage, *margins.labels[unit], TOO_FEW, low == high or exact, low, high)
        )
    return rows, bool(is_large and hidden.any())


def plan_to_distribute(
    groupings: Sequence[Grouping],
    codes: IntArray,
    population: Population,
    settings: AuditSettings,
    earlier: Sequence[EarlierView],
) -> Plan:
    """Hide small groups in every table, and as many others as that takes.

    Parameters
    ----------
    groupings, codes, population, settings
        As the audit compares them.
    earlier
        Views handed on before, of the same people or of others.
    """
    near = [v for v in earlier if v.is_near(population.employee_ids, settings.min_cell)]
    carried = frozenset[tuple[str, str]]().union(*(view.hidden for view in near))
    layers = list_layers(population)
    linked, large = _split_large(build_margins(groupings, codes, layers), codes, layers)
    rows = [
        Withheld("all", grouping.attribute, label, WHOLE_GROUPING)
        for grouping in large
        for label in grouping.labels
    ]
    regrouped = [
        grouping.attribute
        for grouping in groupings
        if any(_is_regrouped(grouping, view) for view in near)
    ]
    exposed: list[str] = []
    is_capped = bool(large)
    blocks = frozenset[tuple[str, str, str]]().union(*(view.blocks for view in near))
    for margins in linked:
        names = {grouping.attribute for grouping in margins.groupings}
        sparse = {stage for table, stage, name in blocks if table == "all" and name in names}
        sparse |= set(_find_sparse(margins, settings.min_cell))
        rows += [
            Withheld(stage, grouping.attribute, "all", WHOLE_GROUPING)
            for stage in sorted(sparse)
            for grouping in margins.groupings
        ]
        kept = [layer for layer in layers if layer.stage not in sparse]
        (dense,) = build_margins(margins.groupings, codes, kept)
        known = bound_by_earlier(earlier, dense, kept, population.employee_ids)
        found = _protect(Attack(dense, *known), carried, settings.min_cell)
        rows += [
            Withheld("all", *dense.labels[unit], reason)
            for unit, reason in sorted(found.reasons.items())
        ]
        exposed += [dense.labels[unit][0] for unit in found.exposed]
        is_capped |= found.is_capped
    return Plan(
        DISTRIBUTED, tuple(rows), blocks, tuple(dict.fromkeys(exposed)), tuple(regrouped), is_capped
    )


def _is_regrouped(grouping: Grouping, view: EarlierView) -> bool:
    labels = frozenset(grouping.labels)
    return view.groups.get(grouping.attribute, labels) != labels


def _protect(attack: Attack, carried: frozenset[tuple[str, str]], min_cell: int) -> Protection:
    margins = attack.margins
    reasons = {unit: EARLIER_RUN for unit, label in enumerate(margins.labels) if label in carried}
    small = _find_small(margins, min_cell).any(axis=1)
    reasons |= {int(unit): TOO_FEW for unit in np.flatnonzero(small)}
    return protect_units(attack, reasons, min_cell)


def _split_large(
    linked: Sequence[Margins], codes: IntArray, layers: Sequence[Layer]
) -> tuple[list[Margins], list[Grouping]]:
    """Take a set with too many unknown counts apart: its intersections show nothing."""
    kept: list[Margins] = []
    large: list[Grouping] = []
    for margins in linked:
        if margins.counts.size <= MOST_VARIABLES:
            kept.append(margins)
            continue
        large += [g for g in margins.groupings if len(g.positions) > 1]
        single = [g for g in margins.groupings if len(g.positions) == 1]
        kept += build_margins(single, codes, layers)
    return kept, large


def _find_small(margins: Margins, min_cell: int) -> BoolArray:
    """Tell which units have too few people in which layer, (U, L); of everybody the rated."""
    n = margins.count()
    if PEOPLE in margins.layers:
        at = margins.layers.index(PEOPLE)
        rated = np.flatnonzero(margins.slots == at)[1]
        n[:, at] = margins.member @ margins.counts[:, rated]
    return np.asarray(n < max(1, min_cell), dtype=np.bool_)


def _find_sparse(margins: Margins, min_cell: int) -> list[str]:
    """Stages at which so few people stand that leaving them out hides fewer figures.

    A group that is too small at one stage is hidden at all, or the other
    stages would tell. Where that would hide more people of groups that are
    large enough elsewhere than the stage has at all, the stage is left out.
    """
    n, small = margins.count(), _find_small(margins, min_cell)
    at_people = margins.layers.index(PEOPLE)
    sparse = []
    for at, name in enumerate(margins.layers):
        newly = small[:, at] & ~small[:, at_people]
        cost = max(
            (n[_of(margins, grouping) & newly, at_people].sum() for grouping in margins.groupings),
            default=0,
        )
        if name != PEOPLE and cost > margins.counts[:, margins.slots == at].sum():
            sparse.append(name.split()[0])
    return list(dict.fromkeys(sparse))


def _of(margins: Margins, grouping: Grouping) -> BoolArray:
    return np.array([name == grouping.attribute for name, __ in margins.labels], dtype=np.bool_)


def _stand_alone(margins: Margins) -> Attack:
    shape = (len(margins.labels), len(margins.layers))
    return Attack(margins, np.full(shape, -np.inf), np.full(shape, np.inf))
