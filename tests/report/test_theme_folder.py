"""What a theme's folder may hold, and what is said about the rest."""

from __future__ import annotations

import errno
import os
import struct
import time
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from calibrate.errors import InputError, Problem
from calibrate.report.theme import DEFAULT, Theme, parse_theme, read_theme, write_theme
from calibrate.report.theme.fault import LogoError
from calibrate.report.theme.logo import HEIGHT, WIDTH, clean_logo
from calibrate.report.theme.png import clean_png
from calibrate.report.theme.svg import ELEMENTS, NAMESPACE, clean_svg

OPEN = f'<svg xmlns="{NAMESPACE}" viewBox="0 0 100 40">'
BOX = '<rect width="100" height="40" fill="#123456"/>'


def draw(inner: str, opening: str = OPEN) -> bytes:
    return f"{opening}{inner}</svg>".encode()


def make_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def make_png(
    width: int = 60, height: int = 20, *, rows: bytes | None = None, beside: bytes = b"",
    interlaced: int = 0, depth: int = 8, kind: int = 2,
) -> bytes:  # fmt: skip
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    body = (b"\0" + b"\x1d\x4f\x91" * width) * height if rows is None else rows
    return (
        b"\x89PNG\r\n\x1a\n" + make_chunk(b"IHDR", header) + beside
        + make_chunk(b"IDAT", zlib.compress(body)) + make_chunk(b"IEND", b"")
    )  # fmt: skip


def write_folder(
    folder: Path, settings: str = "", logo: bytes | None = None, name: str = "logo.svg"
) -> Path:
    folder.mkdir(exist_ok=True)
    lines = ["schema: 1", settings]
    if logo is not None:
        (folder / name).write_bytes(logo)
        lines += [f'logo: "{name}"', 'logo_text: "Us"']
    (folder / "theme.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def read(folder: Path) -> Theme:
    return read_theme(folder, "look")[0]


def find_problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_theme(folder, "look")
    return caught.value.problems


def find_problem(folder: Path) -> Problem:
    (problem,) = find_problems(folder)
    return problem


def test_an_empty_theme_is_the_default(tmp_path: Path) -> None:
    assert read(write_folder(tmp_path / "t")) == DEFAULT
    assert (DEFAULT.style, DEFAULT.look, dict(DEFAULT.shades)) == ("", "", {})


def test_the_example_reads_and_its_files_are_hashed(sample_data: Path) -> None:
    theme, hashes = read_theme(sample_data / "theme", "theme")
    assert sorted(hashes) == ["theme/logo.svg", "theme/theme.yaml"]
    assert theme.company == "Tidewright"
    assert theme.logo is not None
    assert theme.logo.width <= WIDTH


def test_what_a_run_keeps_is_the_theme_again(sample_data: Path, tmp_path: Path) -> None:
    theme = read(sample_data / "theme")
    again = parse_theme(write_theme(theme))
    assert again == theme
    assert again.look == theme.look
    assert parse_theme(write_theme(DEFAULT)) == DEFAULT


@pytest.mark.parametrize(
    ("accent", "rule", "said"),
    [
        ("#ff8800", "accent_contrast", "contrast of 2.4:1"),
        ("#8f3d0c", "accent_alert", "the colour that marks findings"),
        ("#92400e", "accent_alert", "the colour that marks findings"),
        ("navy", "accent_colour", "is no colour"),
        ("#12345", "accent_colour", "is no colour"),
    ],
)
def test_an_accent_that_cannot_be_read_is_answered_with_one_that_can(
    tmp_path: Path, accent: str, rule: str, said: str
) -> None:
    problem = find_problem(write_folder(tmp_path / "t", f'accent: "{accent}"'))
    assert (problem.file, problem.row, problem.column, problem.rule) == (
        "look/theme.yaml", 2, "accent", rule,
    )  # fmt: skip
    assert said in problem.what
    if rule != "accent_colour":
        nearest = problem.fix.rpartition(' "')[2].rstrip('"')
        assert read(write_folder(tmp_path / "u", f'accent: "{nearest}"')).accent == nearest


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ("akcent: x", "unknown_key"),
        ('footer: ""', "text_blank"),
        ('footer: "\\u200B\\u2060"', "text_blank"),
        ('footer: "a\\nb"', "text_lines"),
        ('footer: "a\\u202Eb"', "text_character"),
        ('footer: "a\\u0007b"', "text_character"),
        ('footer: "{cycle.path}"', "text_place"),
        ('footer: "{cycle!r}"', "text_place"),
        ('footer: "{cycle:>999999999}"', "text_place"),
        ('footer: "{cycle[0]}"', "text_place"),
        ('footer: "{0}"', "text_place"),
        ('footer: "{}"', "text_place"),
        ('footer: "{usual}"', "text_place"),
        ('footer: "a { b"', "text_place"),
        ('company: "{cycle}"', "text_place"),
        ('classification: {managers: "x"}', "unknown_kind"),
        ('classification: {all: "{name}"}', "text_place"),
        ("classification: [a]", "wrong_type"),
        ('texts: {ground_rules: "one"}', "wrong_type"),
        ("texts: {ground_rules: []}", "text_points"),
        (f'texts: {{sheet_intro: "{"x" * 4_001}"}}', "text_length"),
        (f'texts: {{how_to_contest: ["{"x" * 2_500}", "{"y" * 2_500}"]}}', "text_length"),
        ("logo: logo.svg", "logo_text"),
        ("logo: ../logo.svg", "logo_name"),
        ("logo: /etc/passwd.png", "logo_name"),
        ("logo: logo.gif", "logo_name"),
        ('footer: "x"\nfooter: "y"', "repeated_key"),
        ("footer: &a x", "yaml_anchor"),
    ],
)
def test_a_fault_of_the_file_is_one_problem_with_a_way_out(
    tmp_path: Path, settings: str, rule: str
) -> None:
    problem = find_problem(write_folder(tmp_path / "t", settings))
    assert (problem.file, problem.rule) == ("look/theme.yaml", rule)
    assert problem.fix


def test_a_place_that_is_not_filled_in_is_spelled_as_it_stands(tmp_path: Path) -> None:
    said = find_problem(write_folder(tmp_path / "t", 'footer: "{cycle!r:>9}"'))
    assert said.what.endswith("{cycle!r:>9} is not filled in")
    assert said.fix.startswith("{company}, {cycle}, {dates} are filled in; write {{ and }}")
    said = find_problem(write_folder(tmp_path / "u", 'company: "{cycle}"'))
    assert said.fix == "write {{ and }} for braces that are meant as such"


def test_a_drawing_without_a_shape_is_no_logo(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "t", 'logo: logo.svg\nlogo_text: "Us"')
    (folder / "logo.svg").write_bytes(draw("<g/>"))
    assert find_problem(folder).what.endswith("the drawing holds no shape")


def test_a_folder_that_may_not_be_entered_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_folder(tmp_path / "t")

    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", refuse)
        problem = find_problem(folder)
    assert (problem.file, problem.rule) == ("look/theme.yaml", "unreadable_file")
    assert problem.what == "cannot be read: Permission denied"


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    found = find_problems(write_folder(tmp_path / "t", 'accent: "navy"\nfooter: "{x}"'))
    assert [problem.column for problem in found] == ["accent", "footer"]


def test_a_folder_without_the_file_says_so(tmp_path: Path) -> None:
    problem = find_problem(tmp_path / "nowhere")
    assert (problem.file, problem.rule) == ("look/theme.yaml", "missing_file")
    assert "key theme" in problem.fix


def test_a_logo_that_is_not_there_points_to_its_key(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "t", 'logo: none.svg\nlogo_text: "Us"')
    problem = find_problem(folder)
    assert (problem.rule, problem.column) == ("missing_file", "logo")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_bytes(draw(BOX))
    folder = write_folder(tmp_path / "t", 'logo: logo.svg\nlogo_text: "Us"')
    (folder / "logo.svg").symlink_to(tmp_path / "secret.svg")
    assert find_problem(folder).rule == "theme_link"
    (folder / "logo.svg").unlink()
    (folder / "real.svg").write_bytes(draw(BOX))
    (folder / "logo.svg").symlink_to("real.svg")
    assert read(folder).logo is not None


def test_settings_that_are_a_link_out_of_the_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("schema: 1\n")
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "theme.yaml").symlink_to(tmp_path / "other.yaml")
    assert find_problem(tmp_path / "t").rule == "theme_link"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "t", 'logo: logo.svg\nlogo_text: "Us"')
    os.mkfifo(folder / "logo.svg")
    assert find_problem(folder).rule == "missing_file"


def test_files_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "t", logo=draw(BOX) + b" " * 500_000)
    assert find_problem(folder).rule == "theme_size"
    folder = write_folder(tmp_path / "u", "# " + "x" * 64_000)
    assert find_problem(folder).rule == "theme_size"


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
        '<rect onload="alert(1)" width="1" height="1"/>',
        "<foreignObject><p>x</p></foreignObject>",
        '<image href="https://example.com/x.png" width="9" height="9"/>',
        '<image href="data:image/png;base64,AAAA" width="9" height="9"/>',
        '<use href="#a"/>',
        '<use xmlns:l="http://www.w3.org/1999/xlink" l:href="other.svg#a"/>',
        '<linearGradient id="a" xmlns:l="http://www.w3.org/1999/xlink" l:href="#a"/>',
        "<style>rect { fill: url(https://example.com) }</style>",
        '<rect width="1" height="1" style="fill: url(https://example.com/a)"/>',
        '<rect width="1" height="1" style="fill: u\\72l(https://example.com/a)"/>',
        '<rect width="1" height="1" style="background: url(x)"/>',
        '<rect width="1" height="1" fill="url(https://example.com/#a)"/>',
        '<rect width="1" height="1" fill="url(file:///etc/passwd)"/>',
        '<rect width="1" height="1" fill="url(#nothing)"/>',
        '<rect width="1" height="1" filter="url(#a)"/>',
        "<text>Us</text>",
        '<a href="https://example.com"><rect width="1" height="1"/></a>',
        '<rect width="1" height="1"><animate attributeName="x" to="9"/></rect>',
        "<set/>",
        '<pattern id="p"/>',
        "<svg/>",
        '<linearGradient id="g" spreadMethod="repeat" x2="1e-9"/>',
        '<rect width="abc" height="9"/>',
        '<rect width="-1" height="9"/>',
        '<rect width="1" height="9" stroke="rgb(1,2)"/>',
        '<rect width="1" height="9" stroke-dasharray="0.00001"/>',
        '<path d="M0 0L1"/>',
        '<path d="L1 1"/>',
        f'<path d="M{"1" * 60_000}~"/>',
        '<path d="M0 0L1e9 1"/>',
        '<polygon points="1 2 3"/>',
        '<g transform="rotate(abc)"/>',
        '<g transform="scale(0)"/>',
        '<g transform="matrix(1 1 1 1 0 0)"/>',
        '<g display="none"/>',
        '<g style="display:none"/>',
        '<clipPath id="a"><g clip-path="url(#a)"/></clipPath>',
        "<g>" * 40 + "</g>" * 40,
        "<g/>" * 2_001,
        f'<path d="{"M0 0 " * 25_000}"/>',
        "<title>" * 40 + "</title>" * 40,
    ],
)
def test_a_drawing_that_holds_more_than_shapes_is_refused(inner: str) -> None:
    with pytest.raises(LogoError) as caught:
        clean_svg(draw(BOX + inner))
    assert caught.value.rule == "logo_svg"
    assert caught.value.fix


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))


@pytest.mark.parametrize(
    "content",
    [
        f"<!DOCTYPE svg [{LAUGHS}]>{OPEN}&l11;</svg>".encode(),
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>{OPEN}&x;</svg>'.encode(),
        f'<!DOCTYPE svg PUBLIC "a" "https://example.com/svg.dtd">{OPEN}</svg>'.encode(),
        f"{OPEN}&x;</svg>".encode(),
        f"{OPEN}<rect></svg>".encode(),
        draw(BOX).decode().encode("utf-16"),
        b"GIF89a",
        b"",
        b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
        b"<svg/>",
        f'<svg xmlns="{NAMESPACE}"/>'.encode(),
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 0 40"/>'.encode(),
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 1e999 40"/>'.encode(),
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 nan 40"/>'.encode(),
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_no_drawing_is_refused_at_once(content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(LogoError):
        clean_svg(content)
    # A bomb that goes off takes minutes.
    assert time.process_time() - started < 1


def test_a_drawing_is_written_anew_from_shapes_alone() -> None:
    wild = f"""<?xml version="1.0" encoding="ISO-8859-1"?><?xml-stylesheet href="https://x.y/z"?>
    <s:svg xmlns:s="{NAMESPACE}" xmlns:i="https://example.com/ns" viewBox="0 0 200 100"
      i:version="1" class="x" width="100%" data-a="b">
      <!-- <script>alert(1)</script> --><s:title>Us &amp; them</s:title>
      <s:metadata><i:script>x</i:script></s:metadata><i:named><i:grid/></i:named>
      <s:defs><s:linearGradient id="g"><s:stop offset="0" style="stop-color:#123456;-x-y:1"/>
      </s:linearGradient></s:defs>
      <s:g i:label="layer" style="mix-blend-mode:normal;fill:url(#g);font-family:'A'">
      <s:path id="p" d="M0 0L10 10z"><![CDATA[text]]></s:path></s:g></s:svg>"""
    content, width, height = clean_svg(wild.encode())
    assert (width, height) == (200, 100)
    root = ElementTree.fromstring(content)
    names = [element.tag.removeprefix(f"{{{NAMESPACE}}}") for element in root.iter()]
    assert names == ["svg", "defs", "linearGradient", "stop", "g", "path"]
    assert set(names) <= ELEMENTS
    assert {name for element in root.iter() for name in element.attrib} == {
        "viewBox", "width", "height", "id", "offset", "stop-color", "fill", "d",
    }  # fmt: skip
    assert not "".join(root.itertext()).strip()
    assert clean_svg(content)[0] == content
    for word in (b"http://www", b"script", b"example", b"data-"):
        assert content.count(word) == (word == b"http://www")


def test_a_picture_keeps_its_pixels_and_nothing_else() -> None:
    beside = make_chunk(b"tEXt", b"Author\0Somebody") + make_chunk(b"eXIf", b"where and when")
    content, width, height = clean_png(make_png(beside=beside) + b"<script>")
    assert (width, height) == (60, 20)
    assert content == make_png()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"\xff\xd8\xff\xe0 a JPEG", "logo_format"),
        (make_png()[:-20], "logo_damaged"),
        (make_png().replace(b"IHDR", b"JHDR"), "logo_damaged"),
        (make_png(rows=b"\0" * 10), "logo_damaged"),
        (make_png(rows=b"\0" * 20_000_000), "logo_damaged"),
        (make_png(rows=(b"\x09" + b"\0" * 180) * 20), "logo_damaged"),
        (make_png(60_000, 60_000, rows=b""), "logo_pixels"),
        (make_png(8, 8), "logo_pixels"),
        (make_png(interlaced=1), "logo_interlaced"),
        (make_png(depth=16), "logo_deep"),
        (make_png(kind=5), "logo_damaged"),
        (make_png(kind=3), "logo_damaged"),
        (make_png(kind=3, beside=make_chunk(b"PLTE", b"\1\2")), "logo_damaged"),
        (make_png(beside=make_chunk(b"tRNS", b"\0")), "logo_damaged"),
    ],
)
def test_a_picture_that_is_damaged_or_huge_is_refused(content: bytes, rule: str) -> None:
    with pytest.raises(LogoError) as caught:
        clean_png(content)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("box", "width", "height"),
    [("0 0 100 40", 27.5, HEIGHT), ("0 0 1000 40", WIDTH, 1.84), ("-5 -5 10 10", 11, HEIGHT)],
)
def test_a_logo_fills_its_box_and_keeps_its_shape(box: str, width: float, height: float) -> None:
    logo = clean_logo(draw(BOX, OPEN.replace("0 0 100 40", box)), ".svg")
    assert (logo.width, logo.height) == (width, height)
