"""Themes: a company's accent, logo, lines and texts in every packet."""

from calibrate.report.theme.read import read_theme
from calibrate.report.theme.settings import ThemeSettings
from calibrate.report.theme.theme import (
    DEFAULT,
    LOGO,
    THEME,
    Kind,
    Theme,
    parse_theme,
    write_theme,
)

__all__ = [
    "DEFAULT", "LOGO", "THEME", "Kind", "Theme", "ThemeSettings", "parse_theme", "read_theme",
    "write_theme",
]  # fmt: skip
