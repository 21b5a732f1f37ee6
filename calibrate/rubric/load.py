"""Read rubrics and the strategy of a cycle, and check them against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from calibrate.config import Cycle, say_known, shown_name
from calibrate.config.explain import build_model
from calibrate.config.strict_yaml import Document, KeyPath, read_document
from calibrate.errors import InputError, Problem
from calibrate.rubric.rubric import Rubric
from calibrate.rubric.strategy import Strategy
from calibrate.rubric.worth import check_cycle_days, weigh_outcomes


def load_strategy(cycle: Cycle) -> Strategy | None:
    """Read the strategy and weigh its outcomes by the days of the cycle.

    ``None`` where the cycle names none.

    Raises
    ------
    InputError
        Listing every fault with key path and line.
    """
    if cycle.strategy is None:
        return None
    return read_strategy(cycle.resolve(cycle.strategy), shown_name(cycle.strategy), cycle)


def read_strategy(path: Path, shown: str, cycle: Cycle | None = None) -> Strategy:
    """Read a strategy file; without a cycle an outcome is worth its declared weight.

    Raises
    ------
    InputError
        Listing every fault with key path and line.
    """
    document = read_document(path, shown)
    strategy, problems = build_model(Strategy, document)
    if strategy is None:
        raise InputError(_in_order(problems))
    strategy._file, strategy._sha256 = shown, document.sha256
    if cycle is not None:
        problems = [_place(document, fault) for fault in check_cycle_days(strategy, cycle)]
        if problems:
            raise InputError(problems)
        strategy._worth = weigh_outcomes(strategy, cycle)
    return strategy


def load_rubrics(cycle: Cycle) -> tuple[Rubric, ...]:
    """Read all rubrics of a cycle and check them against its scales and strategy.

    A fault of the strategy itself is left to :func:`load_strategy`, so that
    nobody reads it twice.

    Raises
    ------
    InputError
        Listing every fault of every rubric file.
    """
    try:
        strategy = load_strategy(cycle)
        is_strategy_known = True
    except InputError:
        strategy, is_strategy_known = None, False
    places = [(cycle.resolve(name), shown_name(name)) for name in cycle.rubrics]
    read = read_rubrics(places, cycle, strategy, is_strategy_known=is_strategy_known)
    return tuple(rubric for rubric, _ in read)


def read_rubrics(
    places: Iterable[tuple[Path, str]],
    cycle: Cycle | None = None,
    strategy: Strategy | None = None,
    *,
    is_strategy_known: bool,
) -> list[tuple[Rubric, Document]]:
    """Read rubric files, each with the document that knows its lines.

    Parameters
    ----------
    places
        Where each file is, and the name problems give it.
    cycle
        Its scales of labels are checked; None: they are not known.
    strategy, is_strategy_known
        Outcomes are checked against it where it is known; None and known: there is none.

    Raises
    ------
    InputError
        Listing every fault of every file.
    """
    read: list[tuple[Rubric, Document]] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for path, shown in places:
        try:
            document = read_document(path, shown)
        except InputError as error:
            problems += error.problems
            continue
        rubric, found = build_model(Rubric, document)
        problems += found
        if rubric is None:
            continue
        rubric._file, rubric._sha256 = shown, document.sha256
        faults = [*_check_id(rubric, seen)]
        if cycle is not None:
            faults += _check_scales(rubric, cycle)
        if is_strategy_known:
            faults += _check_outcomes(rubric, strategy)
        problems += [_place(document, fault) for fault in faults]
        seen.setdefault(rubric.id, shown)
        read.append((rubric, document))
    if problems:
        raise InputError(_in_order(problems))
    return read


Fault = tuple[KeyPath, str, str, str]


def _place(document: Document, fault: Fault) -> Problem:
    return document.problem(*fault)


def _in_order(problems: list[Problem]) -> list[Problem]:
    # Files keep the order of the cycle; within a file the line counts.
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda p: (files.index(p.file), p.row or 0, p.column))


def _check_id(rubric: Rubric, seen: dict[str, str]) -> Iterator[Fault]:
    if rubric.id in seen:
        what = f"'{rubric.id}' is the id of {seen[rubric.id]} too"
        yield ("id",), "duplicate_id", what, "give each rubric its own id"


def _check_scales(rubric: Rubric, cycle: Cycle) -> Iterator[Fault]:
    for i, criterion in enumerate(rubric.criteria):
        name = criterion.scale
        if name is not None and name not in cycle.scales:
            what = f"'{name}' is not declared under scales of the cycle"
            yield (
                ("criteria", i, "scale"),
                "unknown_scale",
                what,
                say_known(name, list(cycle.scales)),
            )
            continue
        used = name or cycle.inputs.rating_scale
        labels = cycle.scales[used].marks if used is not None else {}
        for label, mark in labels.items():
            if not rubric.scale.holds(mark):
                what = f"label '{label}' of scale {used} is mark {mark}"
                fix = f"the rubric allows {rubric.scale.lowest} to {rubric.scale.highest}"
                yield ("criteria", i), "label_out_of_scale", what, fix


def _check_outcomes(rubric: Rubric, strategy: Strategy | None) -> Iterator[Fault]:
    if strategy is None:
        if rubric.weights == "from_outcomes":
            fix = "name a strategy in the cycle, or give weights"
            yield ("weights",), "no_strategy", "from_outcomes needs a strategy", fix
        return
    worth = strategy.worth
    for i, criterion in enumerate(rubric.criteria):
        for name in criterion.outcomes:
            if name not in worth:
                path: KeyPath = ("criteria", i, "outcomes", name)
                what = f"'{name}' is no outcome of {strategy.file}"
                yield path, "unknown_outcome", what, say_known(name, strategy.outcome_ids)
    served = [worth.get(name, 0) for k in rubric.criteria for name in k.outcomes]
    if rubric.weights == "from_outcomes" and not any(served):
        fix = "give the outcomes a weight, or the criteria"
        yield ("weights",), "weight_sum", "all outcomes served weigh 0", fix
