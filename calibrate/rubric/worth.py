"""What outcomes are worth over a cycle, and which share of the marks serves each."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from calibrate.config import Cycle
from calibrate.config.explain import Fault
from calibrate.rubric.rubric import NOTHING, Rubric, criterion_weights
from calibrate.rubric.strategy import Strategy
from calibrate.rubric.validity import list_stretches, say_days, weigh_days


def check_cycle_days(strategy: Strategy, cycle: Cycle) -> Iterator[Fault]:
    """Yield a fault where the days of the cycle and those of the outcomes do not fit.

    A cycle without days cannot weigh outcomes that change; a cycle with days needs
    outcomes in force on each of them.
    """
    in_force = [s for s in list_stretches(strategy.outcomes) if s.n_in_force]
    if cycle.starts_on is None or cycle.ends_on is None:
        if len(in_force) > 1:
            what = f"outcomes change on {in_force[1].first}, and the cycle has no days"
            fix = f"add starts_on and ends_on to {cycle.path.name}"
            yield ("outcomes",), "cycle_without_days", what, fix
        return
    first, last = in_force[0].first, in_force[-1].last
    if (first is not None and first > cycle.starts_on) or (
        last is not None and last < cycle.ends_on
    ):
        what = f"outcomes are in force {say_days(first, last)}, and the cycle runs "
        what += say_days(cycle.starts_on, cycle.ends_on)
        fix = "let outcomes be in force on each day of the cycle"
        yield ("outcomes",), "outside_strategy", what, fix


def weigh_outcomes(strategy: Strategy, cycle: Cycle) -> dict[str, Fraction]:
    r"""Weigh each outcome by the days on which it is in force within the cycle.

    .. math:: v_o = \text{weight}_o \cdot \frac{\text{days in force}}{\text{days of the cycle}}

    Where outcomes have no days, or the cycle has none, v_o is the declared weight.

    Returns
    -------
    (O,) percent, exact; they sum to 100
    """
    starts_on, ends_on = cycle.starts_on, cycle.ends_on
    if starts_on is None or ends_on is None:
        return {outcome.id: Fraction(outcome.weight) for outcome in strategy.outcomes}
    return {outcome.id: weigh_days(outcome, starts_on, ends_on) for outcome in strategy.outcomes}


def outcome_shares(rubric: Rubric, strategy: Strategy | None) -> dict[str, Fraction]:
    r"""Share of a rubric's marks that serves each outcome.

    .. math:: c_o = \sum_k w_k s_{ko}

    Parameters
    ----------
    rubric
        K criteria of weight w_k; s_ko is the share of outcome o in criterion k.
    strategy
        Its outcomes come first and in its order, 0 where no criterion serves them.

    Returns
    -------
    (O,) fractions; they sum to 1 minus the weight of criteria without an outcome

    Raises
    ------
    InputError
        As :func:`~calibrate.rubric.criterion_weights`.

    Examples
    --------
    >>> rubric = Rubric.model_validate({
    ...     "schema": 1, "id": "r", "version": 1, "title": "R",
    ...     "scale": {"lowest": 1, "highest": 5},
    ...     "criteria": ({"id": "a", "label": "A", "weight": 40, "outcomes": {"x": 75, "y": 25}},
    ...                  {"id": "b", "label": "B", "weight": 60, "outcomes": {"y": 100}})})
    >>> outcome_shares(rubric, None)
    {'x': Fraction(3, 10), 'y': Fraction(7, 10)}
    """
    shares = dict.fromkeys(strategy.outcome_ids if strategy is not None else (), NOTHING)
    weights = criterion_weights(rubric, strategy)
    for criterion, weight in zip(rubric.criteria, weights, strict=True):
        for outcome, share in criterion.outcomes.items():
            shares[outcome] = shares.get(outcome, NOTHING) + weight * Fraction(share, 100)
    return shares
