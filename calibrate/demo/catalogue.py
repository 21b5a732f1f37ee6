"""What the invented company is made of: departments, groups, shipped names, goals and comments."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibrate.config import load_yaml
from calibrate.config.shipped import find_folder

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Sources the company collects, in the order in which forms are written.
SOURCES: Final = ("manager", "peer", "direct_report", "self")
MANAGER, PEER, DIRECT_REPORT, SELF = range(4)

BANDS: Final = ("Below", "Developing", "Meets", "Exceeds", "Outstanding")
CUTS: Final = (35, 45, 65, 75)

#: Attribute → group → share of the people; "" is not stated.
ATTRIBUTES: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "gender": {"male": 0.4625, "female": 0.4375, "nonbinary": 0.025, "": 0.075},
        "ethnicity": {
            "white": 0.3833, "asian": 0.2, "hispanic": 0.1667, "black": 0.1583, "": 0.0917,
        },
    }
)  # fmt: skip

LOCATIONS: Final = ("Hamburg", "Gdańsk", "Piraeus", "Lisboa", "Rotterdam")
WORK_MODES: Final = ("office", "hybrid", "remote")
LEVELS: Final = ("L1", "L2", "L3", "L4", "L5", "L6", "L7")

STARTS_ON: Final = date(2026, 7, 1)
ENDS_ON: Final = date(2026, 12, 31)
_EPOCH: Final = date(1970, 1, 1)


def day(when: date) -> int:
    """Days since 1970-01-01, as dates are kept until they are written.

    Examples
    --------
    >>> day(date(1970, 1, 3))
    2
    """
    return (when - _EPOCH).days


@dataclass(frozen=True)
class Department:
    """A department: its share of the people, its job families, and the rubric of its staff."""

    name: str
    share: float
    families: tuple[str, ...]
    rubric: int


DEPARTMENTS: Final = (
    Department("Engineering", 66, ("Engineering",), 0),
    Department("Data", 30, ("Data",), 0),
    Department("Sales", 50, ("Sales",), 1),
    Department("Customer Care", 52, ("Customer Care",), 2),
    Department("Operations", 41, ("Operations", "Finance"), 3),
)
FAMILIES: Final = tuple(family for one in DEPARTMENTS for family in one.families)
RUBRICS: Final = ("engineering", "sales", "customer-support", "operations", "people-managers")
#: Rubric of whoever has reports; it stands before all others in the cycle.
OF_MANAGERS: Final = RUBRICS.index("people-managers")


def apportion(n: int, shares: tuple[float, ...]) -> list[int]:
    """Split ``n`` people by shares with the largest remainders; the counts sum to ``n``.

    Examples
    --------
    >>> apportion(10, (1, 1, 1))
    [4, 3, 3]
    """
    exact = np.array(shares, dtype=np.float64) * (n / sum(shares))
    counts = np.floor(exact).astype(np.int64)
    largest = np.argsort(counts - exact, kind="stable")
    counts[largest[: n - int(counts.sum())]] += 1
    return [int(count) for count in counts]


def sample_folder() -> Path:
    """Where the sample cycle and the sources of the demo are."""
    return find_folder("sample_data")


@cache
def read_source(name: str) -> tuple[Mapping[str, str], ...]:
    """Read a shipped source table."""
    path = sample_folder() / "source" / name
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def read_names() -> tuple[str, ...]:
    """Every given name of a pool with every family name of the same pool."""
    pools: dict[str, list[Mapping[str, str]]] = {}
    for row in read_source("names.csv"):
        pools.setdefault(row["pool"], []).append(row)
    names = []
    for rows in pools.values():
        for given in rows:
            for family in rows:
                order = {
                    "given_first": f"{given['given']} {family['family']}",
                    "family_first": f"{family['family']} {given['given']}",
                    "joined": f"{family['family']}{given['given']}",
                }
                names.append(order[given["order"]])
    return tuple(dict.fromkeys(names))


@cache
def read_criteria() -> tuple[Mapping[str, int], ...]:
    """Criterion → weight of each rubric, in the order of ``RUBRICS``; all have as many criteria."""
    found = []
    for name in RUBRICS:
        path = find_folder("rubrics") / f"{name}.yaml"
        found.append(
            {item["id"]: item["weight"] for item in load_yaml(path, path.name)["criteria"]}
        )
    return tuple(found)
