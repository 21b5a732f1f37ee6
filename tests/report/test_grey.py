"""Pages can be read in grey and by people who see fewer colours than others."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable, Mapping
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader

from calibrate.config.shipped import find_folder
from calibrate.report import AuditMaterial, Material, charts, draft_packet, render_packet
from calibrate.report.html import read_palette, write_drawing
from calibrate.report.theme.colours import LUMINANCES, derive_shades

Linear = tuple[float, float, float]
#: WCAG 2.2, 1.4.3: text; 1.4.11: lines and marks that carry meaning.
TEXT, MARK = 4.5, 3.0
#: Lightness L* of CIE 1976 between two shades of a scale. Two greys side by side are told
#: apart from about 2 on; paper and toner take half of it away, twice.
STEP = 8.0
#: CIE 1976 distance of two colours that mean different things. From 2.3 on a difference is just
#: noticed (Mahy, Van Eycken & Oosterlinck 1994); small marks need several times as much.
APART = 15.0
#: Machado, Oliveira & Fernandes (2009), A physiologically-based model for simulation of color
#: vision deficiency, table of matrices, severity 1.0; they are for light, not for sRGB codes.
VISION = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
#: sRGB light to CIE XYZ, and its white (IEC 61966-2-1, D65).
TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)  # fmt: skip
WHITE = (0.95047, 1.0, 1.08883)
#: Accents of themes, from every side of the colour circle, which a company may choose.
ACCENTS = ("", "#1f4e9c", "#6a1b6a", "#2e6b1f", "#00555f", "#3d3d3d", "#8a0f4d")


def choose_palette(accent: str) -> dict[str, str]:
    palette = read_palette()
    return {**palette, **derive_shades(accent)} if accent else palette


@pytest.fixture(params=ACCENTS, ids=lambda accent: accent or "default")
def palette(request: pytest.FixtureRequest) -> Mapping[str, str]:
    return choose_palette(request.param)


def open_colour(code: str) -> Linear:
    """Light of an sRGB colour (IEC 61966-2-1), each channel from 0 to 1."""
    channels = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return red, green, blue


def multiply(matrix: tuple[tuple[float, ...], ...], light: Linear) -> Linear:
    one, two, three = (sum(a * b for a, b in zip(row, light, strict=True)) for row in matrix)
    return one, two, three


def find_luminance(code: str) -> float:
    return multiply(TO_XYZ, open_colour(code))[1]


def find_contrast(one: str, other: str) -> float:
    low, high = sorted((find_luminance(one), find_luminance(other)))
    return (high + 0.05) / (low + 0.05)


def find_lightness(code: str) -> float:
    return see(code, "usual")[0]


def see(code: str, vision: str) -> Linear:
    """L*, a*, b* of a colour as somebody with this vision sees it."""
    light = multiply(VISION[vision], open_colour(code))
    inside = tuple(min(max(channel, 0.0), 1.0) for channel in light)
    parts = [value / white for value, white in zip(multiply(TO_XYZ, inside), WHITE, strict=True)]
    x, y, z = (
        p ** (1 / 3) if p > (6 / 29) ** 3 else p / (3 * (6 / 29) ** 2) + 4 / 29 for p in parts
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def find_distance(one: str, other: str, vision: str) -> float:
    pairs = zip(see(one, vision), see(other, vision), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


def test_our_arithmetic_gives_the_known_values_of_known_colours() -> None:
    assert find_contrast("#000000", "#ffffff") == pytest.approx(21)
    assert find_contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    # CIE Lab of sRGB red, as tables of colours print it.
    assert see("#ff0000", "usual") == pytest.approx((53.24, 80.09, 67.20), abs=0.02)
    # Without the long cones red and green of this lightness look nearly alike.
    assert find_distance("#8f3d0c", "#4a5a10", "usual") > 40
    assert find_distance("#8f3d0c", "#4a5a10", "protanopia") < 25


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("alert", "paper"),
        ("ink", "zone"), ("soft", "zone"), ("deep", "zone"), ("ink", "heat-1"), ("ink", "heat-2"),
        ("ink", "heat-3"), ("ink", "heat-4"), ("paper", "heat-5"), ("ink", "fill"),
    ],
)  # fmt: skip
def test_text_can_be_read_on_every_ground_it_stands_on(
    palette: Mapping[str, str], text: str, ground: str
) -> None:
    assert find_contrast(palette[text], palette[ground]) >= TEXT


@pytest.mark.parametrize("mark", ["accent", "alert", "ink", "rule"])
def test_marks_and_lines_that_mean_something_stand_out_from_paper(
    palette: Mapping[str, str], mark: str
) -> None:
    assert find_contrast(palette[mark], palette["paper"]) >= MARK


@pytest.mark.parametrize("mark", ["accent", "alert", "ink"])
def test_marks_stand_out_from_the_zone_and_the_bar_behind_them(
    palette: Mapping[str, str], mark: str
) -> None:
    for ground in ("zone", "fill"):
        assert find_contrast(palette[mark], palette[ground]) >= MARK


def test_every_shade_of_heat_is_a_step_darker_in_grey(palette: Mapping[str, str]) -> None:
    lightness = [find_lightness(palette[f"heat-{n}"]) for n in range(1, 6)]
    assert min(lighter - darker for lighter, darker in pairwise(lightness)) >= STEP


@pytest.mark.parametrize("vision", VISION)
def test_every_shade_of_heat_is_a_step_apart_for_every_eye(
    palette: Mapping[str, str], vision: str
) -> None:
    shades = [palette[f"heat-{n}"] for n in range(1, 6)]
    assert min(find_distance(a, b, vision) for a, b in pairwise(shades)) >= STEP


@pytest.mark.parametrize("vision", VISION)
def test_our_colours_with_a_meaning_are_told_apart_by_every_eye(vision: str) -> None:
    """Ours alone: a company may choose a green that some cannot tell from the alert's brown,
    and is then served by shapes and words."""
    palette = read_palette()
    for one, other in combinations(("accent", "alert", "ink"), 2):
        assert find_distance(palette[one], palette[other], vision) >= APART, (one, other)


def test_themes_keep_the_lightness_of_the_shades() -> None:
    palette = read_palette()
    for name, luminance in LUMINANCES.items():
        assert find_luminance(palette[name]) == pytest.approx(luminance, abs=0.0006), name


def test_text_of_each_shade_is_chosen_in_the_stylesheet() -> None:
    """Light letters on the darkest shade alone; ink on the others, in cells and in the key."""
    css = (find_folder("reports/templates") / "print.css").read_text(encoding="utf-8")
    for kind in ("td.heat", ".swatch"):
        rules = dict(re.findall(rf"(?m)^{re.escape(kind)}-(\d) \{{ (.*?) \}}", css))
        assert [n for n, rule in sorted(rules.items()) if "color: var(--paper)" in rule] == ["5"]
    # The key around the swatches is soft; their own figures are not.
    assert re.search(r"(?m)^\.swatch \{[^}]*\bcolor: var\(--ink\)", css)


def test_a_ratio_beyond_its_bounds_has_another_shape_than_one_within() -> None:
    def shapes(*, is_beyond: bool, is_reference: bool = False) -> list[str]:
        drawing = charts.draw_ratio(
            ratio=0.5, low=0.4, high=0.6, is_beyond=is_beyond, is_reference=is_reference, label="x"
        )
        return [mark.shape for mark in drawing.marks]

    beyond, within = shapes(is_beyond=True), shapes(is_beyond=False)
    assert ("square" in beyond, "dot" in beyond) == (True, False)
    assert ("square" in within, "dot" in within) == (False, True)
    assert "diamond" in shapes(is_beyond=False, is_reference=True)


def test_a_drawing_without_its_colours_shows_the_same_shapes() -> None:
    """What differs between two marks of one place is their outline, filled or open."""
    seen = set()
    for shape in ("dot", "square", "diamond", "open_node", "node"):
        at = (100, 29) if "node" in shape else (100,)
        svg = write_drawing(charts.Drawing("x", (charts.Mark(shape, at),), 200))
        body = svg.partition("</title>")[2]
        is_open = f'fill="{read_palette()["paper"]}"' in body
        seen.add((re.sub(r'(fill|stroke)="#[0-9a-f]{6}"', "", body), is_open))
    assert len(seen) == 5


def test_every_alert_of_the_audit_is_told_in_words_or_by_a_shape(
    invent: Callable[..., Material], audit: AuditMaterial
) -> None:
    html = draft_packet("audit", invent(), audit=audit).html
    alert = read_palette()["alert"]
    drawn = [svg for svg in re.findall(r"<svg.*?</svg>", html, re.S) if alert in svg]
    assert drawn
    # A square, which no other mark is, in each drawing that uses the colour.
    assert all("h22v22h-22z" in svg for svg in drawn)
    told = re.findall(r'<td class="[^"]*\bbeyond\b[^"]*">(.*?)</td>', html, re.S)
    assert told
    assert all(re.search(r"[A-Za-z]{3}", re.sub("<[^>]+>", "", cell)) for cell in told)
    marked = re.findall(r'<tr class="[^"]*\bmarked\b[^"]*">(.*?)</tr>', html, re.S)
    assert all("h22v22h-22z" in row or "beyond" in row for row in marked)


@pytest.mark.parametrize("kind", ["session", "manager", "executive"])
def test_packets_of_managers_and_sessions_use_no_alert_in_a_drawing(
    invent: Callable[..., Material], kind: str
) -> None:
    key = {"session": "Engineering", "manager": "E000"}.get(kind, "")
    html = draft_packet(kind, invent(), key).html
    alert = read_palette()["alert"]
    assert not [svg for svg in re.findall(r"<svg.*?</svg>", html, re.S) if alert in svg]


def test_a_page_in_grey_has_the_shades_that_luminance_foretells(
    invent: Callable[..., Material], tmp_path: Path
) -> None:
    """Rendered in grey, the heat table still shows its shades one darker than the other."""
    packet = render_packet("manager", invent(), "E000")
    path = tmp_path / "packet.pdf"
    path.write_bytes(packet.pdf)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(packet.pdf)).pages]
    number = next(n for n, text in enumerate(pages, 1) if "By criterion" in text)
    command = ["pdftoppm", "-gray", "-r", "60", "-f", str(number), "-l", str(number), str(path)]
    raster = subprocess.run(command, capture_output=True, check=True).stdout
    # PGM: magic, width, height, depth, then one byte a pixel.
    pixels = raster.split(b"\n", 3)[3]
    counts = [pixels.count(bytes([grey])) for grey in range(256)]
    used = {
        shade
        for shade in range(2, 6)
        if f"heat-{shade}" in draft_packet("manager", invent(), "E000").html
    }
    palette = read_palette()
    for shade in used:
        red, green, blue = (int(palette[f"heat-{shade}"][at : at + 2], 16) for at in (1, 3, 5))
        # Luma of the codes, as printers' grey has it; two either way for rounding.
        luma = round(0.3 * red + 0.59 * green + 0.11 * blue)
        assert sum(counts[luma - 2 : luma + 3]) > 500
