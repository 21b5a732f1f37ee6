"""Every document can be walked through by a screen reader: PDF/UA-1 looked into with pikepdf."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from calibrate.report import AuditMaterial, Material, render_packet

Invent = Callable[..., Material]
KINDS = {
    "session": "Engineering", "manager": "E000", "audit": "", "executive": "",
    "manager on Letter": "E000",
}  # fmt: skip
#: ISO 32000-1, 14.8.4: standard types of structure that our documents may use.
TYPES = {
    "Document", "Part", "Art", "Sect", "Div", "NonStruct", "P", "H1", "H2", "H3", "H4", "L", "LI",
    "Lbl", "LBody", "Table", "THead", "TBody", "TFoot", "TR", "TH", "TD", "Caption", "Span", "Link",
    "Figure", "Reference", "BlockQuote", "TOC", "TOCI",
}  # fmt: skip
#: What may stand inside, where the standard says so.
INSIDE = {
    "Table": {"THead", "TBody", "TFoot", "TR", "Caption"}, "THead": {"TR"}, "TBody": {"TR"},
    "TR": {"TH", "TD"}, "L": {"LI", "Caption"}, "LI": {"Lbl", "LBody"},
}  # fmt: skip
#: Operators that put something on the page (ISO 32000-1, table 51).
PAINTING = {
    "Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "EI",
    "INLINE",
}  # fmt: skip

pytestmark = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture
def content(invent: Invent, audit: AuditMaterial, kind: str, kept: dict[str, bytes]) -> bytes:
    if kind not in kept:
        name, paper = kind.partition(" ")[0], "Letter" if "Letter" in kind else "A4"
        given = audit if name == "audit" else None
        kept[kind] = render_packet(name, invent(paper=paper), KINDS[kind], given).pdf  # type: ignore[arg-type]
    return kept[kind]


@pytest.fixture
def pdf(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(content)) as document:
        yield document


def list_kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def is_element(item: Any) -> bool:
    return isinstance(item, pikepdf.Dictionary) and "/S" in item


def walk(element: Any) -> Iterator[Any]:
    """Elements in the order in which they are read."""
    yield element
    for kid in list_kids(element):
        if is_element(kid):
            yield from walk(kid)


def elements(pdf: pikepdf.Pdf, *names: str) -> list[Any]:
    (top,) = list_kids(pdf.Root.StructTreeRoot)
    return [item for item in walk(top) if not names or name_of(item) in names]


def name_of(element: Any) -> str:
    return str(element.S).removeprefix("/")


def read_text(pdf: pikepdf.Pdf, element: Any) -> str:
    """Letters of an element, by its marked content and the ToUnicode maps of the fonts."""
    wanted = {
        (id_of(item), int(mcid))
        for item in walk(element)
        for mcid in list_kids(item)
        if not isinstance(mcid, pikepdf.Object) or isinstance(mcid, int)
    }
    pages = {page: at for at, (page, __) in enumerate(wanted)}
    assert pages or not wanted
    found = []
    for page in pdf.pages:
        if any(key == page.objgen for key, __ in wanted):
            own = {mcid for key, mcid in wanted if key == page.objgen}
            found += read_marked(page, own)
    return "".join(found)


def id_of(element: Any) -> tuple[int, int]:
    return element.Pg.objgen if "/Pg" in element else (0, 0)


def read_marked(page: Any, wanted: set[int]) -> list[str]:
    fonts = {name: read_map(font) for name, font in page.Resources.Font.items()}
    letters, inside, font = [], [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "BDC":
            properties = operands[1]
            is_ours = isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties
            inside.append(is_ours and int(properties.MCID) in wanted)
        elif name == "BMC":
            inside.append(False)
        elif name == "EMC":
            inside.pop()
        elif name == "Tf":
            font = fonts[str(operands[0])]
        elif name in {"Tj", "TJ"} and any(inside):
            parts = operands[0] if name == "TJ" else [operands[0]]
            for part in parts:
                if isinstance(part, pikepdf.String):
                    code = bytes(part)
                    letters += [font.get(code[i : i + 2], "") for i in range(0, len(code), 2)]
    return letters


def read_map(font: Any) -> dict[bytes, str]:
    """Glyph to letters, from lines such as ``<0003> <0020>``."""
    found = {}
    for line in font.ToUnicode.read_bytes().decode().splitlines():
        parts = line.split()
        if len(parts) == 2 and all(part.startswith("<") for part in parts):
            code, text = (bytes.fromhex(part.strip("<>")) for part in parts)
            found[code] = text.decode("utf-16-be")
    return found


def test_the_document_says_that_it_is_tagged_in_which_language_and_its_title(
    pdf: pikepdf.Pdf, kind: str
) -> None:
    root = pdf.Root
    assert root.MarkInfo.Marked is True or bool(root.MarkInfo.Marked)
    assert str(root.Lang) == "en"
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    meta = pdf.open_metadata()
    assert meta["pdfuaid:part"] == "1"
    assert str(meta["dc:title"]).strip()
    assert all(page.Tabs == "/S" for page in pdf.pages if "/Annots" in page)


def test_only_standard_elements_stand_where_the_standard_allows_them(
    pdf: pikepdf.Pdf, kind: str
) -> None:
    for element in elements(pdf):
        assert name_of(element) in TYPES
        if name_of(element) in INSIDE:
            kids = {name_of(kid) for kid in list_kids(element) if is_element(kid)}
            assert kids <= INSIDE[name_of(element)], (name_of(element), kids)


def test_headings_follow_one_another_without_a_jump(pdf: pikepdf.Pdf, kind: str) -> None:
    levels = [int(name_of(item)[1]) for item in elements(pdf, "H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(new <= old + 1 for old, new in pairwise(levels))


def test_bookmarks_are_the_headings_in_their_order(pdf: pikepdf.Pdf, kind: str) -> None:
    def list_titles(items: Any) -> Iterator[str]:
        for item in items:
            yield item.title
            yield from list_titles(item.children)

    with pdf.open_outline() as outline:
        marked = list(list_titles(outline.root))
    headings = [read_text(pdf, item) for item in elements(pdf, "H1", "H2", "H3")]
    assert [strip(text) for text in marked] == [strip(text) for text in headings]


def strip(text: str) -> list[str]:
    """Letters in any order: glyphs of Arabic names stand from left to right."""
    return sorted(letter for letter in text if letter.isalnum())


def test_every_drawing_says_in_words_what_it_shows(pdf: pikepdf.Pdf, kind: str) -> None:
    figures = elements(pdf, "Figure")
    assert figures or kind == "executive"
    for figure in figures:
        assert len(str(figure.Alt).split()) >= 2
        # Standard: a figure says where on the page it is.
        if "/A" in figure and "/BBox" in figure.A:
            assert len(figure.A.BBox) == 4


def test_every_cell_names_headings_that_exist_and_every_heading_its_scope(
    pdf: pikepdf.Pdf, kind: str
) -> None:
    names = pdf.Root.StructTreeRoot.IDTree.Names
    keys = [bytes(key) for key in names[::2]]
    assert keys == sorted(set(keys))
    by_key = dict(zip(keys, names[1::2], strict=True))
    for table in elements(pdf, "Table"):
        rows = [item for item in walk(table) if name_of(item) == "TR"]
        own = {bytes(c.ID) for row in rows for c in list_kids(row) if "/ID" in c}
        for row in rows:
            for cell in list_kids(row):
                if name_of(cell) == "TH":
                    is_alone = all(name_of(c) == "TH" for c in list_kids(row))
                    assert str(cell.A.Scope) == ("/Column" if is_alone else "/Row")
                    assert by_key[bytes(cell.ID)].objgen == cell.objgen
                else:
                    headers = [bytes(key) for key in cell.A.get("/Headers", [])]
                    assert headers, "a figure without a heading is a figure of nothing"
                    assert set(headers) <= own


def test_rows_of_a_table_are_equally_long(pdf: pikepdf.Pdf, kind: str) -> None:
    for table in elements(pdf, "Table"):
        lengths = set()
        for row in (item for item in walk(table) if name_of(item) == "TR"):
            lengths.add(sum(int(cell.A.get("/ColSpan", 1)) for cell in list_kids(row)))
        assert len(lengths) == 1


def test_nothing_is_painted_outside_a_tag_or_an_artifact(pdf: pikepdf.Pdf, kind: str) -> None:
    for page in pdf.pages:
        depth = 0
        for __, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            depth += name in {"BDC", "BMC"}
            depth -= name == "EMC"
            assert depth or name not in PAINTING, name
        assert depth == 0


def test_every_link_is_tagged_and_says_where_it_leads(pdf: pikepdf.Pdf, kind: str) -> None:
    annotations = [a for page in pdf.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]
    references = [
        kid.Obj.objgen
        for link in elements(pdf, "Link")
        for kid in list_kids(link)
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR"
    ]
    assert sorted(references) == sorted(a.objgen for a in annotations)
    assert all(str(a.get("/Contents", "")) for a in annotations)
    if kind == "audit":
        assert annotations


def test_every_font_is_inside_and_gives_its_letters_back(pdf: pikepdf.Pdf, kind: str) -> None:
    fonts = {f.objgen: f for page in pdf.pages for f in page.Resources.Font.values()}
    assert fonts
    for font in fonts.values():
        (descendant,) = font.DescendantFonts
        embedded = {"/FontFile", "/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
        assert embedded
        assert read_map(font)


def test_a_figure_and_its_caption_are_read_apart(pdf: pikepdf.Pdf, kind: str) -> None:
    if kind in {"session", "manager"}:
        said = [read_text(pdf, item) for item in elements(pdf, "P")]
        assert any(text.startswith("people in") for text in said)


def test_qpdf_finds_no_fault(content: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "packet.pdf"
    path.write_bytes(content)
    tool = shutil.which("qpdf")
    assert tool, "scripts/test installs qpdf"
    done = subprocess.run([tool, "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
