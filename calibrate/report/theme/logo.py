"""A logo is read strictly and written anew: nothing that was not looked at reaches a packet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from calibrate.report.theme.png import clean_png
from calibrate.report.theme.svg import clean_svg

LARGEST_FILE = 500_000
#: The box in the title block, millimetres.
WIDTH, HEIGHT = 46.0, 11.0
ENDINGS: dict[str, Literal["image/svg+xml", "image/png"]] = {
    ".svg": "image/svg+xml", ".png": "image/png",
}  # fmt: skip


@dataclass(frozen=True)
class Logo:
    """A drawing as packets carry it.

    Parameters
    ----------
    width, height : millimetres
        As large as the box in the title block allows.
    """

    media_type: Literal["image/svg+xml", "image/png"]
    content: bytes
    width: float
    height: float


def clean_logo(content: bytes, ending: str) -> Logo:
    """Write a logo anew from what is known to be harmless.

    Parameters
    ----------
    ending
        ``.svg`` or ``.png``.

    Raises
    ------
    LogoError
        Saying what is wrong and how to mend it.
    """
    clean = clean_svg if ending == ".svg" else clean_png
    drawn, width, height = clean(content)
    factor = min(WIDTH / width, HEIGHT / height)
    return Logo(ENDINGS[ending], drawn, round(width * factor, 2), round(height * factor, 2))
