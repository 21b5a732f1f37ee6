"""What the person's sheet says, every figure written already."""

from __future__ import annotations

from dataclasses import dataclass

from calibrate.explain.explanation import Criterion
from calibrate.report.charts import Drawing
from calibrate.report.document import Fact, Figure, Head


@dataclass(frozen=True)
class SourceRow:
    """One source: how many answered, what they said, how much it counts."""

    source: str
    who: str
    mark: str
    share: str


@dataclass(frozen=True)
class SheetView:
    """Everything on the sheet; no other person's mark can be worked out of it.

    Parameters
    ----------
    result
        What the figures come to, in sentences.
    notes
        Why a figure is missing, or not adjusted.
    steps : (term, figure, meaning)
        The sum as far as it may be told; empty where nothing was adjusted.
    decided
        Who decided and why, as far as it is known.
    used
        What went into the score, and what did not.
    words : (word, meaning)
    contest
        What to do, step by step.
    """

    head: Head
    figures: tuple[Figure, ...]
    result: tuple[str, ...]
    notes: tuple[str, ...]
    strip: Drawing | None
    ticks: tuple[str, ...]
    strip_key: str
    steps: tuple[tuple[str, str, str], ...]
    sources: tuple[SourceRow, ...]
    sources_note: str
    criteria: tuple[Criterion, ...]
    has_marked: bool
    has_calibrated: bool
    has_expected: bool
    decided: tuple[Fact, ...]
    decided_note: str
    used: tuple[str, ...]
    words: tuple[tuple[str, str], ...]
    contest: tuple[str, ...]
