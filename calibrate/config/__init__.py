"""cycle.yaml and every word and number its readers share."""

from __future__ import annotations

from calibrate.config.audit import Audit, Favourable
from calibrate.config.cycle import (
    Agenda,
    Bands,
    Cycle,
    DisplayScale,
    Effects,
    Guideline,
    LabelScale,
    Privacy,
    SourceConfig,
)
from calibrate.config.explain import to_micro
from calibrate.config.inputs import InputFile, Inputs
from calibrate.config.load import load_cycle, show_place, shown_name
from calibrate.config.names import (
    COLUMNS,
    CONTROL_COLUMNS,
    LONG_ONLY,
    MICRO,
    MISSING,
    REQUIRED,
    SOURCE_WORDS,
    SOURCES,
    ask_for,
    is_protected_name,
    say_known,
    suggest_names,
)
from calibrate.config.strict_yaml import load_yaml

__all__ = [
    "COLUMNS", "CONTROL_COLUMNS", "LONG_ONLY", "MICRO", "MISSING", "REQUIRED", "SOURCES",
    "SOURCE_WORDS",
    "Agenda", "Audit", "Bands", "Cycle", "DisplayScale", "Effects", "Favourable", "Guideline",
    "InputFile", "Inputs", "LabelScale", "Privacy", "SourceConfig", "ask_for",
    "is_protected_name", "load_cycle", "load_yaml", "say_known", "show_place", "shown_name",
    "suggest_names", "to_micro",
]  # fmt: skip
