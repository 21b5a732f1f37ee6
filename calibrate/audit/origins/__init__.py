"""Where a gap arises: criterion, source, manager, rater, place, presence and words."""

from __future__ import annotations

from calibrate.audit.origins.reasons import find_origins, note_origins
from calibrate.audit.origins.table import build_origins

__all__ = ["build_origins", "find_origins", "note_origins"]
