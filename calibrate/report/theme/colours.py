"""One accent → every shade of it that packets use, each as light as the default's."""

from __future__ import annotations

from collections.abc import Callable
from math import cbrt, dist

#: Contrast of text that anybody should be able to read (WCAG 2.2, 1.4.3).
READABLE = 4.5
#: OKLab distance of two colours that are told apart at a glance; 0.02 is just visible.
APART = 0.09
#: What a finding is marked with; an accent must not look like it.
ALERT = "#8f3d0c"
WHITE = "#ffffff"
#: Relative luminance of each shade: those of tokens.css, so that grey keeps the order.
LUMINANCES = {
    "zone": 0.835, "fill": 0.511, "heat-2": 0.765, "heat-3": 0.556, "heat-4": 0.387,
    "heat-5": 0.141,
}  # fmt: skip
#: Halvings until a mixture is known to less than one step of a colour channel.
_HALVINGS = 24
#: How much darker each try is.
_DARKER = 0.99

Point = tuple[float, float, float]


def derive_shades(accent: str) -> dict[str, str]:
    """Name each shade of an accent.

    Each is the accent mixed with white until it is as light as that shade of the default
    theme. An accent lighter than the darkest of them stands for it.

    Examples
    --------
    >>> derive_shades("#1f4e9c")["heat-3"]
    '#b5c6e2'
    """
    shades = {"accent": accent}
    shades |= {name: lighten(accent, luminance) for name, luminance in LUMINANCES.items()}
    # Headings on a zone need as much contrast as on white.
    shades["deep"] = darken_until(accent, lambda c: find_contrast(c, shades["zone"]) >= READABLE)
    return shades


def lighten(colour: str, luminance: float) -> str:
    """Mix a colour with white, along OKLab, until it has a relative luminance."""
    start, end = _to_lab(_read(colour)), _to_lab(_read(WHITE))
    low, high = 0.0, 1.0
    for __ in range(_HALVINGS):
        middle = (low + high) / 2
        is_dark = _weigh(_to_light(_mix(start, end, middle))) < luminance
        low, high = (middle, high) if is_dark else (low, middle)
    return _write(_to_light(_mix(start, end, low)))


def darken_until(colour: str, passes: Callable[[str], bool]) -> str:
    """The nearest darker colour of the same hue that passes; black passes at the latest."""
    light = _read(colour)
    while not passes(_write(light)) and max(light) > 0.0005:
        light = (light[0] * _DARKER, light[1] * _DARKER, light[2] * _DARKER)
    return _write(light)


def find_contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21.

    References
    ----------
    WCAG 2.2, definition of contrast ratio.

    Examples
    --------
    >>> round(find_contrast("#000000", "#ffffff"))
    21
    """
    low, high = sorted((find_luminance(one), find_luminance(other)))
    return (high + 0.05) / (low + 0.05)


def find_distance(one: str, other: str) -> float:
    """How different two colours look: their distance in OKLab, black to white is 1.

    References
    ----------
    Ottosson (2020), A perceptual color space for image processing.

    Examples
    --------
    >>> round(find_distance("#000000", "#ffffff"), 3)
    1.0
    """
    return dist(_to_lab(_read(one)), _to_lab(_read(other)))


def find_luminance(colour: str) -> float:
    """Relative luminance, 0 to 1: what is left of a colour in grey."""
    return _weigh(_read(colour))


def _read(colour: str) -> Point:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _open(red), _open(green), _open(blue)


def _open(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _close(light: float) -> float:
    light = min(max(light, 0.0), 1.0)
    return 12.92 * light if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


def _write(light: Point) -> str:
    return "#" + "".join(f"{round(255 * _close(channel)):02x}" for channel in light)


def _weigh(light: Point) -> float:
    red, green, blue = (min(max(channel, 0.0), 1.0) for channel in light)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(start: Point, end: Point, share: float) -> Point:
    one, two, three = ((1 - share) * a + share * b for a, b in zip(start, end, strict=True))
    return one, two, three


def _to_lab(light: Point) -> Point:
    red, green, blue = light
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _to_light(lab: Point) -> Point:
    light, green_red, blue_yellow = lab
    long = (light + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    middle = (light - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (light - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
