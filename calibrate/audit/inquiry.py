"""The desk every part of the audit works at, and what a part is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.attributes import AlignedAttributes
from calibrate.audit.background import Background
from calibrate.audit.cube import Cube
from calibrate.audit.groups import Grouping
from calibrate.audit.population import AuditSettings, Population
from calibrate.tables import Contract

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Inquiry:
    """Everything a part may read; nothing of it leaves the audit.

    Parameters
    ----------
    population, settings
        Who stands where, and what is compared.
    aligned, codes : (I, A)
        Groups of the people as codes.
    groupings
        Single attributes first, then intersections; each with its reference.
    clusters : (I,) or None
        Manager of each person as a cluster; None where there are no managers.
    cube
        The counts behind the rates.
    rows
        The judged lines of the disparities with their flags, before anything
        is withheld.
    """

    population: Population
    settings: AuditSettings
    aligned: AlignedAttributes
    codes: IntArray
    groupings: tuple[Grouping, ...]
    clusters: IntArray | None
    cube: Cube
    rows: pd.DataFrame

    @property
    def background(self) -> Background | None:
        """The company around the bands; None where counts alone were given."""
        return self.population.background

    def group_of(self, grouping: Grouping) -> IntArray:
        """Group of each of the (I,) people."""
        return grouping.group_of(self.codes)

    def hides(self, grouping: Grouping, inside: BoolArray | None = None) -> BoolArray:
        """Tell which (G,) groups have too few of these (I,) people, or are withheld."""
        group = self.group_of(grouping)
        n = np.bincount(group if inside is None else group[inside], minlength=len(grouping.labels))
        return grouping.find_hidden(n, self.settings.min_cell)


@dataclass(frozen=True)
class Part:
    """One table of the audit and the function that fills it.

    Parameters
    ----------
    contract
        Its columns. A table with figures by group has ``attribute``, ``group``
        and ``suppressed``; a row of a group that is too small keeps its place
        and loses its figures.
    build
        The whole table; empty where there is nothing to compare.
    find
        Rows of :data:`calibrate.tables.FINDINGS` that the table gives reason for.
    note
        Plain sentences on what it could not tell.
    """

    contract: Contract
    build: Callable[[Inquiry], pd.DataFrame]
    find: Callable[[Inquiry, pd.DataFrame], list[dict[str, str]]] | None = None
    note: Callable[[Inquiry, pd.DataFrame], list[str]] | None = None
