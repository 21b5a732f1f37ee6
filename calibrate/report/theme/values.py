"""Values that attributes of a logo may have, kind by kind: what is no such value is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

#: Larger or smaller numbers draw nothing and keep a renderer busy.
LARGEST = 1e6
#: Shorter dashes are as many lines as a page has points.
SHORTEST_DASH = 0.1

# Atomic, so that a long row of digits is read once and never split in every way there is.
_NUMBER = r"(?>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?)"
_FIND = re.compile(_NUMBER, re.ASCII)
_LENGTH = re.compile(rf"({_NUMBER})(?:px|%)?", re.ASCII)
_LIST = re.compile(rf"\s*{_NUMBER}(?:[\s,]*{_NUMBER})*+\s*", re.ASCII)
_PATH = re.compile(r"\s*[Mm][MmLlHhVvCcSsQqTtAaZz\d\s.,eE+-]*", re.ASCII)
_STEP = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)", re.ASCII)
_TURN = re.compile(rf"\s*([a-zA-Z]+)\s*\(({_NUMBER}(?:[\s,]*{_NUMBER})*+)\s*\)[\s,]*", re.ASCII)
_COLOUR = re.compile(
    r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?|[a-zA-Z]{3,24}"
    r"|rgb\(\s*\d{1,3}(?:\.\d+)?%?(?:\s*,\s*\d{1,3}(?:\.\d+)?%?){2}\s*\)",
    re.ASCII,
)
_WORD = re.compile(r"[a-zA-Z-]{1,24}", re.ASCII)
REFERENCE = re.compile(r"url\(\s*(['\"]?)#([A-Za-z_][\w.-]*)\1\s*\)", re.ASCII)

#: How many numbers each step of a path takes; arcs are looked at apart.
_STEPS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "z": 0}
_TURNS = {
    "translate": (1, 2), "scale": (1, 2), "rotate": (1, 3), "matrix": (6,), "skewX": (1,),
    "skewY": (1,),
}  # fmt: skip
_ARC = re.compile(rf"[\s,]*{_NUMBER}[\s,]*{_NUMBER}[\s,]*{_NUMBER}[\s,]*[01][\s,]*[01][\s,]*"
                  rf"{_NUMBER}[\s,]*{_NUMBER}", re.ASCII)  # fmt: skip


def is_number(text: str) -> bool:
    """A number, in units of the drawing or a share of it."""
    found = _LENGTH.fullmatch(text.strip())
    return found is not None and _fits(found.group(1))


def is_amount(text: str) -> bool:
    """A number that is not below zero."""
    return is_number(text) and not text.strip().startswith("-")


def is_points(text: str) -> bool:
    """Pairs of numbers."""
    return _LIST.fullmatch(text) is not None and _count(text) % 2 == 0 and _all_fit(text)


def is_dashes(text: str) -> bool:
    """``none``, or lengths of which one at least can be seen."""
    if text.strip() == "none":
        return True
    numbers = [float(number) for number in _FIND.findall(text)]
    is_list = _LIST.fullmatch(text) is not None and _all_fit(text)
    return is_list and min(numbers) >= 0 and max(numbers) >= SHORTEST_DASH


def is_path(text: str) -> bool:
    """Steps of a path, each with as many numbers as it takes.

    Examples
    --------
    >>> is_path("M0 0h10v10z"), is_path("M0 0 L1"), is_path("M0 0A1 1 0 011 1")
    (True, False, True)
    """
    if _PATH.fullmatch(text) is None or not _all_fit(text):
        return False
    return all(_is_step(name, numbers) for name, numbers in _STEP.findall(text))


def is_transform(text: str) -> bool:
    """Moves, turns and stretches, none of which makes the drawing vanish.

    Examples
    --------
    >>> is_transform("translate(1 2) rotate(45)"), is_transform("scale(0)")
    (True, False)
    """
    rest = text.strip()
    while rest:
        found = _TURN.match(rest)
        if found is None or not _all_fit(found.group(2)):
            return False
        name, numbers = found.group(1), [float(n) for n in _FIND.findall(found.group(2))]
        if len(numbers) not in _TURNS.get(name, ()) or not _is_open(name, numbers):
            return False
        rest = rest[found.end() :]
    return True


def is_paint(text: str) -> bool:
    """A colour, ``none``, or a gradient of the drawing."""
    text = text.strip()
    return _COLOUR.fullmatch(text) is not None or REFERENCE.fullmatch(text) is not None


def is_colour(text: str) -> bool:
    """A colour."""
    return _COLOUR.fullmatch(text.strip()) is not None


def is_clip(text: str) -> bool:
    """``none``, or a clip of the drawing."""
    return text.strip() == "none" or REFERENCE.fullmatch(text.strip()) is not None


def is_word(text: str) -> bool:
    """A word such as ``round``."""
    return _WORD.fullmatch(text.strip()) is not None


def is_padded(text: str) -> bool:
    """Gradients that repeat are drawn as often as their length fits: without end, if it is zero."""
    return text.strip() == "pad"


def _is_step(name: str, numbers: str) -> bool:
    if name in "Aa":
        return re.fullmatch(rf"(?:{_ARC.pattern})++[\s,]*", numbers, re.ASCII) is not None
    taken, given = _STEPS[name.lower()], _count(numbers)
    is_list = not numbers.strip() or _LIST.fullmatch(numbers.strip(" \t\r\n,")) is not None
    if taken == 0:
        return given == 0
    return is_list and given > 0 and given % taken == 0


def _is_open(name: str, numbers: list[float]) -> bool:
    if name == "scale":
        return all(abs(number) > 1 / LARGEST for number in numbers)
    if name == "matrix":
        return abs(numbers[0] * numbers[3] - numbers[1] * numbers[2]) > 1 / LARGEST
    return True


def _count(text: str) -> int:
    return len(_FIND.findall(text))


def _all_fit(text: str) -> bool:
    return all(_fits(number) for number in _FIND.findall(text))


def _fits(number: str) -> bool:
    return len(number) <= 40 and abs(float(number)) <= LARGEST


CHECKS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(
        ("x", "y", "cx", "cy", "x1", "y1", "x2", "y2", "fx", "fy", "offset", "stroke-dashoffset"),
        is_number,
    ),
    **dict.fromkeys(
        ("width", "height", "rx", "ry", "r", "stroke-width", "stroke-miterlimit", "opacity",
         "fill-opacity", "stroke-opacity", "stop-opacity"),
        is_amount,
    ),
    **dict.fromkeys(("transform", "gradientTransform"), is_transform),
    **dict.fromkeys(("fill", "stroke"), is_paint),
    **dict.fromkeys(("color", "stop-color"), is_colour),
    **dict.fromkeys(
        ("gradientUnits", "clipPathUnits", "fill-rule", "clip-rule", "stroke-linecap",
         "stroke-linejoin"),
        is_word,
    ),
    "d": is_path, "points": is_points, "stroke-dasharray": is_dashes, "clip-path": is_clip,
    "spreadMethod": is_padded,
}  # fmt: skip
