"""Words and numbers in the language of the cycle; what a terminal prints stays English."""

from calibrate.language.formats import Formats
from calibrate.language.speak import (
    LANGUAGES,
    N_,
    _,
    current_formats,
    current_language,
    ngettext,
    speak,
)

__all__ = [
    "LANGUAGES",
    "N_",
    "Formats",
    "_",
    "current_formats",
    "current_language",
    "ngettext",
    "speak",
]
