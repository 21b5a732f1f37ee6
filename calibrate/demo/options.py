"""What somebody asks of a demo; loads nothing heavy, so that help is quick."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Format = Literal["csv", "parquet"]

FEWEST, MOST = 12, 1_000_000
#: In a company of 240 the audit finds the planted gap for four of the seeds 1 to 9. 4 is the
#: first with which it finds the gap in the favourable share and nothing that was not planted.
SEED = 4
#: Above so many people the ratings are Parquet unless somebody asks for CSV.
LARGEST_CSV = 20_000


@dataclass(frozen=True)
class DemoOptions:
    """Size, seed, and what is planted: without ``plant``, what the sample has.

    Examples
    --------
    >>> DemoOptions(employees=50_000).ratings_file
    'ratings.parquet'
    """

    employees: int = 240
    seed: int = SEED
    plant: Path | None = None
    ratings_format: Format | None = None

    @property
    def ratings_file(self) -> str:
        """Name of the file of the ratings."""
        is_large = self.employees > LARGEST_CSV
        return f"ratings.{self.ratings_format or ('parquet' if is_large else 'csv')}"
