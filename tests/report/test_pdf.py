"""Printing reads nothing from outside and hides no warning."""

from __future__ import annotations

import logging
import re
import subprocess
from pathlib import Path

import pytest

from calibrate.config.shipped import find_folder
from calibrate.errors import DiskError, RenderError
from calibrate.report import charts
from calibrate.report.html import write_drawing
from calibrate.report.pdf import fingerprint_renderer, render_pdf

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>T</title></head>'
    '<body data-classification="c" data-running="r" data-packet="p">{}</body></html>'
)
FORBIDDEN = ("fair", "unbiased", "debiased", "true score", "compliant")


@pytest.mark.parametrize(
    "address",
    ["file:///etc/hostname", "http://localhost/x.png", "https://localhost/x.png",
     "data:image/png;base64,AAAA", "asset:../views.py", "asset:/etc/hostname"],
)  # fmt: skip
def test_addresses_outside_the_package_are_refused(address: str) -> None:
    with pytest.raises(RenderError):
        render_pdf(PAGE.format(f'<img alt="x" src="{address}"/>'))


def test_a_log_line_is_an_error() -> None:
    with pytest.raises(RenderError, match="nonsense"):
        render_pdf(PAGE.format('<p style="nonsense: 1">x</p>'))


def test_a_picture_without_words_is_an_error() -> None:
    with pytest.raises(RenderError):
        render_pdf(PAGE.format('<img src="asset:tokens.css"/>'))


def test_without_the_library_that_cuts_fonts_down_the_same_page_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usual = render_pdf(PAGE.format("<h1>Kim Öz</h1>"))
    monkeypatch.setattr("weasyprint.pdf.fonts.harfbuzz_subset", None)
    found = render_pdf(PAGE.format("<h1>Kim Öz</h1>"))
    assert found.n_pages == usual.n_pages == 1
    (tmp_path / "page.pdf").write_bytes(found.content)
    read = subprocess.run(
        ["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert "Kim Öz" in read.stdout


def test_what_cuts_fonts_down_is_part_of_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    with_library, without = object(), None
    marks = []
    for library in (with_library, without):
        monkeypatch.setattr("calibrate.report.pdf.harfbuzz_subset", library)
        marks.append(fingerprint_renderer.__wrapped__())
    assert marks[0] != marks[1]


def test_the_log_is_left_as_it_was() -> None:
    before = list(logging.getLogger("weasyprint").handlers)
    assert render_pdf(PAGE.format("<h1>x</h1>")).n_pages == 1
    assert logging.getLogger("weasyprint").handlers == before


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(DiskError, match="no_such_folder"):
        find_folder("no_such_folder")


@pytest.mark.parametrize(
    "path",
    sorted(p for p in find_folder("reports/templates").iterdir() if p.is_file()),
    ids=lambda p: p.name,
)
def test_templates_use_no_forbidden_word_inline_style_or_remote_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    words = text.lower().replace("fairlearn", "")
    assert not [word for word in FORBIDDEN if re.search(rf"\b{word}\b", words)]
    assert "://" not in text
    assert "style=" not in text
    assert "|safe" not in text.replace(" ", "")


def test_drawings_use_the_colours_of_the_stylesheet() -> None:
    tokens = (find_folder("reports/templates") / "tokens.css").read_text(encoding="utf-8")
    known = set(re.findall(r"#[0-9a-f]{6}", tokens))
    drawing = charts.draw_ratio(
        ratio=0.5, low=0.4, high=0.6, is_beyond=True, is_reference=False, label="x"
    )
    used = set(re.findall(r"#[0-9a-f]{6}", write_drawing(drawing)))
    assert len(used) == 4
    assert used <= known
