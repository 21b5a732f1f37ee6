"""Groups, their references, and how many people of each there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.attributes import LARGEST, NOT_STATED, AlignedAttributes
from calibrate.audit.population import AuditSettings, Population
from calibrate.tables import Column, Contract

IntArray = npt.NDArray[np.int64]

GROUPS = Contract(
    "groups",
    ("attribute", "group"),
    (
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("n_people", "integer", "people in the cycle", "people"),
        Column("n_rated", "integer", "people with a score", "people"),
        Column("n_not_rated", "integer", "people without one", "people"),
        Column("n_quarantined", "integer", "rows about them left out of the data", "rows"),
        Column("suppressed", "boolean", "figures withheld: the group is too small"),
    ),
    meaning="who was rated and who was not; one row a group",
)


@dataclass(frozen=True)
class Grouping:
    """One attribute, or several crossed, and its groups.

    Parameters
    ----------
    attribute
        Its name; crossed names are joined by ``*``.
    labels : (G,)
        Groups that somebody of the cycle is in.
    is_known : (G,)
        No part of the label is "not stated".
    reference
        Position of the group compared with, -1 if there is none.
    reference_label
        Its name, also where nobody is in it; empty if there is none.
    positions, shape, lookup
        Which of the cube's attributes are crossed, and the group of each
        combination of their codes.
    withheld : (G,)
        Groups that show nothing in this view, whatever their size. Nothing of
        them may be in a figure of others either: a q-value of a family holds
        every p-value of it.
    """

    attribute: str
    labels: tuple[str, ...]
    is_known: npt.NDArray[np.bool_]
    reference: int
    reference_label: str
    positions: tuple[int, ...]
    shape: tuple[int, ...]
    lookup: IntArray
    withheld: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def find_hidden(self, n: IntArray, min_cell: int) -> npt.NDArray[np.bool_]:
        """Tell which (G,) groups show nothing, of which n people are looked at."""
        small = np.asarray(n < max(1, min_cell), dtype=np.bool_)
        return small | self.withheld if len(self.withheld) else small

    def group_of(self, codes: IntArray) -> IntArray:
        """Group of each row of the (C, A) codes."""
        flat = np.zeros(len(codes), np.int64)
        for position, size in zip(self.positions, self.shape, strict=True):
            flat = flat * size + codes[:, position]
        return self.lookup[flat]


@dataclass(frozen=True)
class Headcount:
    """Everybody by attribute, rated or not.

    Parameters
    ----------
    codes : (C, A)
    n, n_rated : (C,) people
    n_quarantined : (C,) rows, or None where nothing is known of them
    """

    codes: IntArray
    n: IntArray
    n_rated: IntArray
    n_quarantined: IntArray | None


def build_groupings(
    aligned: AlignedAttributes, population: Population, settings: AuditSettings
) -> tuple[Grouping, ...]:
    """Name the groups and their references, before any figure by group is computed.

    The largest group is counted over rated people; of equal ones the first in
    sort order is taken, and never "not stated". An intersection's reference
    crosses the references of its attributes.
    """
    names = [name for name in (settings.attributes or aligned.names) if name in aligned.names]
    singles = {name: _build_single(name, aligned, population, settings) for name in aligned.names}
    crossed = [parts for parts in settings.intersections if all(p in names for p in parts)]
    return tuple(
        [singles[name] for name in names]
        + [_cross([singles[part] for part in parts], aligned) for parts in crossed]
    )


def _build_single(
    name: str, aligned: AlignedAttributes, population: Population, settings: AuditSettings
) -> Grouping:
    labels = aligned.labels[name]
    is_known = np.array([label != NOT_STATED for label in labels], dtype=np.bool_)
    wanted = settings.references.get(name, LARGEST)
    if wanted == LARGEST:
        people = np.bincount(aligned.codes[name][population.rated], minlength=len(labels))
        people = np.where(is_known, people, -1)
        reference = int(people.argmax()) if is_known.any() else -1
    else:
        reference = labels.index(wanted) if wanted in labels and wanted != NOT_STATED else -1
    label = labels[reference] if reference >= 0 else ""
    position = aligned.names.index(name)
    lookup = np.arange(len(labels), dtype=np.int64)
    return Grouping(name, labels, is_known, reference, label, (position,), (len(labels),), lookup)


def _cross(parts: Sequence[Grouping], aligned: AlignedAttributes) -> Grouping:
    shape = tuple(len(part.labels) for part in parts)
    flat = np.ravel_multi_index(tuple(aligned.codes[part.attribute] for part in parts), shape)
    present = np.unique(flat)
    corners = np.unravel_index(present, shape)
    names = [
        "*".join(part.labels[corner] for part, corner in zip(parts, at, strict=True))
        for at in zip(*corners, strict=True)
    ]
    order = sorted(range(len(names)), key=names.__getitem__)
    labels = tuple(names[place] for place in order)
    known = np.all([part.is_known[c] for part, c in zip(parts, corners, strict=True)], axis=0)
    lookup = np.full(int(np.prod(shape)), -1, np.int64)
    lookup[present[order]] = np.arange(len(order))
    has_reference = all(part.reference >= 0 for part in parts)
    label = "*".join(part.reference_label for part in parts) if has_reference else ""
    corner = tuple(part.reference for part in parts)
    reference = int(lookup[np.ravel_multi_index(corner, shape)]) if has_reference else -1
    return Grouping(
        "*".join(part.attribute for part in parts),
        labels,
        np.asarray(known[order], dtype=np.bool_),
        reference,
        label,
        tuple(part.positions[0] for part in parts),
        shape,
        lookup,
    )


def count_groups(
    groupings: Sequence[Grouping], everybody: Headcount, min_cell: int
) -> pd.DataFrame:
    """Who was rated, who was not, and rows left out, by group.

    Parameters
    ----------
    groupings : as :func:`build_groupings` names them
    everybody
        The cube's count of all people.
    min_cell
        A group with fewer rated people shows no figure.

    Returns
    -------
    frame as :data:`GROUPS`
    """
    frames = []
    for grouping in groupings:
        group = grouping.group_of(everybody.codes)
        size = len(grouping.labels)
        people, rated = (
            np.bincount(group, weights=counts, minlength=size).astype(np.int64)
            for counts in (everybody.n, everybody.n_rated)
        )
        frame = pd.DataFrame(
            {
                "attribute": grouping.attribute,
                "group": list(grouping.labels),
                "n_people": people,
                "n_rated": rated,
                "n_not_rated": people - rated,
                "n_quarantined": pd.NA,
            }
        )
        if everybody.n_quarantined is not None:
            rows = np.bincount(group, weights=everybody.n_quarantined, minlength=size)
            frame["n_quarantined"] = rows.astype(np.int64)
        hidden = grouping.find_hidden(rated, min_cell)
        figures = [name for name in frame.columns if name.startswith("n_")]
        frame[figures] = frame[figures].astype("Int64")
        frame.loc[hidden, figures] = pd.NA
        frames.append(frame.assign(suppressed=hidden))
    return GROUPS.conform(pd.concat(frames)) if frames else GROUPS.empty()
