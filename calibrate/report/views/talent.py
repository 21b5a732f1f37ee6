"""The talent map: how many people stand in which band at which level, never who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from calibrate.language import _
from calibrate.report.views.base import Company
from calibrate.report.words import DASH, write_count

#: Fewer people than these are not counted out: the cell would nearly name them.
FEWEST = 3
MOST_LEVELS = 8


@dataclass(frozen=True)
class TalentRow:
    """One band, from the highest; shades grow with the count."""

    band: str
    counts: tuple[str, ...]
    shades: tuple[str, ...]


@dataclass(frozen=True)
class TalentMap:
    """Counts by band and level; ``notice`` says what was put together or not counted out."""

    levels: tuple[str, ...]
    rows: tuple[TalentRow, ...]
    notice: str


def build_talent_map(company: Company) -> TalentMap | None:
    """Count people with a score by their band so far, as shares are; None without levels."""
    employees = company.material.employees
    if "level" not in employees or not (employees["level"] != "").any():
        return None
    level = employees.set_index("employee_id")["level"].astype(str)
    scores = company.material.tables["scores"]
    rated = scores[scores["raw_score"].notna()]
    band = rated["proposed_band"].fillna("").astype(str)
    band = band.where(band != "", rated["raw_band"].fillna("").astype(str))
    counted = pd.crosstab(band.to_numpy(), rated["employee_id"].map(level).to_numpy())
    levels = [str(name) for name in counted.columns if name][:MOST_LEVELS]
    counts = counted.reindex(index=list(reversed(company.labels)), columns=levels, fill_value=0)
    largest = max(int(counts.to_numpy().max(initial=0)), 1)
    rows = tuple(_build_row(str(label), row.tolist(), largest) for label, row in counts.iterrows())
    return TalentMap(tuple(levels), rows, _say_notice(counts.to_numpy().ravel().tolist()))


def _build_row(band: str, counts: Sequence[int], largest: int) -> TalentRow:
    return TalentRow(
        band=band,
        counts=tuple(_write(n) for n in counts),
        shades=tuple(_shade(n, largest) for n in counts),
    )


def _shade(n: int, largest: int) -> str:
    # One shade below the fewest, or it would tell the count that the words withhold.
    if n < FEWEST:
        return "heat-1" if n else "heat-none"
    return f"heat-{1 + round(4 * n / largest)}"


def _write(n: int) -> str:
    if n == 0:
        return DASH
    return f"<{FEWEST}" if n < FEWEST else write_count(n)


def _say_notice(counts: Sequence[int]) -> str:
    if any(0 < n < FEWEST for n in counts):
        return _("A cell with fewer than {n} people shows <{n}.", n=FEWEST)
    return ""
