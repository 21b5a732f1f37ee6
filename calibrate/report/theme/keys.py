"""What each key of theme.yaml means and may hold, in the words of JSON Schema."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from calibrate.config.keys import Keys
from calibrate.report.theme.settings import LONGEST_LINE, LONGEST_TEXT, MOST_POINTS
from calibrate.report.theme.theme import ALL, KINDS


def _say(description: str, **limits: Any) -> dict[str, Any]:
    return {"description": description, **limits}


_LINE = {"minLength": 1, "maxLength": LONGEST_LINE}
_BY_KIND = {"type": ["string", "object"], "propertyNames": {"enum": [*KINDS, ALL]}, **_LINE}
_TEXT = {"minLength": 1, "maxLength": LONGEST_TEXT}
_POINTS = {"minItems": 1, "maxItems": MOST_POINTS}

THEME_KEYS: Final[Keys] = MappingProxyType(
    {
        "ThemeSettings": {
            "schema": _say("Version of this format."),
            "company": _say("Name that texts use as {company}.", maxLength=LONGEST_LINE),
            "accent": _say(
                'Colour of headings and drawings, such as "#0f5a60"; every shade follows from it.',
                pattern="^#[0-9a-fA-F]{6}$",
            ),
            "logo": _say(
                "SVG or PNG beside this file, shown in the title block.",
                pattern=r"^\w[\w .-]{0,99}\.(?:svg|png)$",
            ),
            "logo_text": _say("What stands for the logo where nobody can see it.", **_LINE),
            "classification": _say(
                "Line at the top of each page, one for all packets or one by kind; {usual} is "
                "the line it replaces.", **_BY_KIND,
            ),
            "footer": _say(
                "Second line at the foot of each page, one for all packets or one by kind.",
                **_BY_KIND,
            ),
            "texts": _say("Texts of the company; {company}, {cycle} and {dates} are filled in."),
        },
        "Texts": {
            "ground_rules": _say("Points in place of ours in the session packet.", **_POINTS),
            "session_intro": _say("Opens the session packet.", **_TEXT),
            "manager_intro": _say("Opens each manager packet.", **_TEXT),
            "sheet_intro": _say("Opens the sheet for the person.", **_TEXT),
            "page_intro": _say("Opens index.html.", **_TEXT),
            "how_to_contest": _say("Points after ours on the sheet for the person.", **_POINTS),
        },
    }
)  # fmt: skip
