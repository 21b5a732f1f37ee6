"""Every shade follows from one accent, and grey keeps the order of all of them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from calibrate.report.html import read_palette
from calibrate.report.theme.colours import (
    ALERT,
    LUMINANCES,
    READABLE,
    WHITE,
    darken_until,
    derive_shades,
    find_contrast,
    find_distance,
    find_luminance,
)

ACCENTS = ("#0f5a60", "#1d4f91", "#7b2d8e", "#b00020", "#2e6b2e", "#757575", "#000000", "#777700")
each_accent = pytest.mark.parametrize("accent", ACCENTS)


@each_accent
def test_grey_keeps_the_order_of_the_heat(accent: str) -> None:
    shades = derive_shades(accent)
    heat = [find_luminance(shades[f"heat-{n}"]) for n in (2, 3, 4, 5)]
    # The darkest shade is at most the accent itself: 4.5:1 on white is a luminance of 0.183.
    assert all(lighter - darker > 0.1 for lighter, darker in pairwise([1.0, *heat]))
    assert find_luminance(shades["zone"]) > find_luminance(shades["fill"]) > heat[-1]


@each_accent
def test_what_is_written_on_a_shade_can_be_read(accent: str) -> None:
    shades, ink = derive_shades(accent), read_palette()["ink"]
    for name in ("zone", "heat-2", "heat-3", "heat-4"):
        assert find_contrast(ink, shades[name]) >= READABLE, name
    assert find_contrast(WHITE, shades["heat-5"]) >= READABLE
    assert find_contrast(shades["deep"], shades["zone"]) >= READABLE
    assert find_contrast(shades["deep"], WHITE) >= READABLE


@each_accent
def test_each_shade_is_as_light_as_it_should_be(accent: str) -> None:
    shades = derive_shades(accent)
    for name, luminance in LUMINANCES.items():
        wanted = max(luminance, find_luminance(accent))
        # One step of a channel changes the luminance by up to 0.009.
        assert find_luminance(shades[name]) == pytest.approx(wanted, abs=0.009), name


def test_the_luminances_are_those_of_the_default_theme() -> None:
    palette = read_palette()
    for name, luminance in LUMINANCES.items():
        assert find_luminance(palette[name]) == pytest.approx(luminance, abs=0.005), name


def test_grey_stays_grey() -> None:
    for shade in derive_shades("#595959").values():
        red, green, blue = (int(shade[at : at + 2], 16) for at in (1, 3, 5))
        # Rounding moves a channel by one step.
        assert max(red, green, blue) - min(red, green, blue) <= 1


def test_contrast_is_that_of_the_web_guideline() -> None:
    assert find_contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.005)
    assert find_contrast("#ffffff", "#000000") == pytest.approx(21)


def test_the_colour_of_findings_is_the_one_of_the_default_theme(root: Path) -> None:
    tokens = (root / "reports/templates/tokens.css").read_text(encoding="utf-8")
    assert re.findall(r"--alert: (#\w+);", tokens) == [ALERT]
    assert find_distance(ALERT, ALERT) == 0


def test_a_darker_colour_keeps_its_hue_and_is_the_first_that_passes() -> None:
    found = darken_until("#00aaff", lambda colour: find_contrast(colour, WHITE) >= READABLE)
    red, green, blue = (int(found[at : at + 2], 16) for at in (1, 3, 5))
    assert (red, blue > green > 100) == (0, True)
    assert READABLE <= find_contrast(found, WHITE) < READABLE + 0.1


def test_a_theme_names_only_colours_that_the_default_has(root: Path) -> None:
    assert set(derive_shades("#1d4f91")) <= set(read_palette())


def test_every_shade_of_the_default_that_is_teal_is_replaced() -> None:
    teal = {"accent", "deep", "zone", "fill", "heat-2", "heat-3", "heat-4", "heat-5"}
    assert set(derive_shades("#1d4f91")) == teal
    for name, colour in read_palette().items():
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        is_teal = green - red >= 9 and blue - red >= 9 and abs(green - blue) < 40
        assert not is_teal or name in teal or name in {"ink", "soft", "rule"}, name
