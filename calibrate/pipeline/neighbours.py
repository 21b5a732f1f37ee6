"""Who can know whose work: read from the employees file, for the choice of further marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from calibrate.effects.asking import Neighbours
from calibrate.ingest import Codes
from calibrate.pipeline.stages import Prepared

IntArray = npt.NDArray[np.int64]

#: In what a rater and a person can be alike, the most telling first.
ABOVE = "above"
ALIKE = (ABOVE, "department", "job_family", "location", "level")
#: Said of the rater; the others are said of the people the rater marks.
_OWN = ("department", "location")
_NONE = np.empty(0, np.int64)


def find_neighbours(prepared: Prepared) -> Neighbours:
    """Order the raters so that who works near each other stands together, and code what is alike.

    A rater who is no employee stands with the people this rater marks.
    """
    frame, forms = prepared.employees.frame, prepared.forms
    ids, raters = prepared.employees.ids, prepared.raters
    people = prepared.employees.codes
    own = people.encode(raters) if raters else _NONE
    seen = _first_rated(forms.employee[forms.scored], forms.rater[forms.scored], len(raters))
    manager_of = dict(zip(ids, frame["manager_id"].tolist(), strict=True))
    rater_home, employee_home = _code_homes(prepared, own, seen)
    paths = [
        _climb(rater if own[j] >= 0 or seen[j] < 0 else ids[seen[j]], manager_of)
        for j, rater in enumerate(raters)
    ]
    order = sorted(
        range(len(raters)),
        key=lambda j: (rater_home[j, 1], paths[j], rater_home[j, 2], rater_home[j, 3], raters[j]),
    )
    place = np.empty(len(raters), np.int64)
    place[order] = np.arange(len(raters))
    has_left = _has_left(prepared)
    return Neighbours(
        place=place,
        circle=_find_circles(rater_home[:, 1], paths),
        rater_home=rater_home,
        employee_home=employee_home,
        may_mark=np.where(own >= 0, ~has_left[own], True) if ids else np.ones(len(raters), bool),
        may_be_marked=~has_left,
        barred=_bar_pairs(prepared, own),
    )


def _first_rated(employee: IntArray, rater: IntArray, n_raters: int) -> IntArray:
    """(J,) the first person each rater marked, -1 for nobody."""
    first = np.full(n_raters, -1, np.int64)
    order = np.lexsort((-employee, rater))
    first[rater[order]] = employee[order]
    return first


def _climb(person: str, manager_of: Mapping[str, str]) -> tuple[str, ...]:
    """Ids from the top of the company down to this person."""
    path, seen = [person], {person}
    while (above := manager_of.get(path[-1], "")) and above not in seen:
        path.append(above)
        seen.add(above)
    return tuple(reversed(path))


def _code_homes(prepared: Prepared, own: IntArray, seen: IntArray) -> tuple[IntArray, IntArray]:
    """(J, F) and (I, F) codes of what may be alike; -1 is not known."""
    frame, ids = prepared.employees.frame, prepared.employees.ids
    forms = prepared.forms
    manager_of = dict(zip(ids, frame["manager_id"].tolist(), strict=True))
    above = [manager_of.get(manager_of.get(person, ""), "") for person in ids]
    names = Codes([*prepared.raters, *filter(None, above)])
    columns_j = [names.encode(prepared.raters) if prepared.raters else _NONE]
    columns_i = [names.encode(above) if ids else _NONE]
    for column in ALIKE[1:]:
        texts = frame[column].tolist()
        codes = Codes(filter(None, texts))
        of_person = codes.encode(texts) if ids else _NONE
        usual = _most_common(of_person[forms.employee], forms.rater, len(own), len(codes))
        if column in _OWN and len(own):
            usual = np.where(own >= 0, of_person[own], usual)
        columns_j.append(usual)
        columns_i.append(of_person)
    return np.stack(columns_j, axis=1), np.stack(columns_i, axis=1)


def _most_common(code: IntArray, rater: IntArray, n_raters: int, n_codes: int) -> IntArray:
    """(J,) the most common code of each rater's people, the lowest of several; -1 for none."""
    usual = np.full(n_raters, -1, np.int64)
    pair, count = np.unique((rater * max(n_codes, 1) + code)[code >= 0], return_counts=True)
    j, k = pair // max(n_codes, 1), pair % max(n_codes, 1)
    order = np.lexsort((-k, count, j))
    usual[j[order]] = k[order]
    return usual


def _find_circles(department: IntArray, paths: Sequence[tuple[str, ...]]) -> IntArray:
    """(J,) the department; without one, the branch below the top of the company."""
    if len(department) == 0 or (department >= 0).any():
        return department
    branch = [path[min(1, len(path) - 1)] for path in paths]
    return Codes(branch).encode(branch)


def _has_left(prepared: Prepared) -> npt.NDArray[np.bool_]:
    """(I,) Is the person gone, so that nobody can ask?"""
    ends = str(prepared.cycle.ends_on or "9999-12-31")
    # ISO dates order as text.
    return np.array([left != "" and left <= ends for left in prepared.employees.column("left_on")])


def _bar_pairs(prepared: Prepared, own: IntArray) -> IntArray:
    """Pairs never asked for: with a form already, managers and their own people, oneself."""
    forms, n_raters = prepared.forms, len(prepared.raters)
    rater_of = {name: j for j, name in enumerate(prepared.raters)}
    managers = prepared.assignments.managers
    by_manager = np.array([rater_of.get(name, -1) for name in managers.names], np.int64)
    people = prepared.employees.codes
    manager_i = np.array([people.code_of(name) for name in managers.names], np.int64)
    of_person = np.full(len(prepared.employees.ids), -1, np.int64)
    known = np.flatnonzero(own >= 0)
    of_person[own[known]] = known
    pairs = [(forms.employee, forms.rater), (own[known], known)]
    if len(managers.employee):
        pairs.append((managers.employee, by_manager[managers.manager]))
        pairs.append((manager_i[managers.manager], of_person[managers.employee]))
    i = np.concatenate([pair[0] for pair in pairs])
    j = np.concatenate([pair[1] for pair in pairs])
    both = (i >= 0) & (j >= 0)
    return np.unique(i[both] * n_raters + j[both])
