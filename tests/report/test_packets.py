"""Packets say what the tables say, to the right reader, the same way each time."""

from __future__ import annotations

import io
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from pypdf import PdfReader

from calibrate.report import AuditMaterial, Material, draft_packet, print_packet, render_packet

Invent = Callable[..., Material]


def read_text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def flatten(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def strip_tags(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def test_manager_packet_prints_the_figures_of_the_tables(invent: Invent) -> None:
    material = invent()
    text = flatten(read_text(render_packet("manager", material, "E000").pdf))
    scores = material.tables["scores"].set_index("employee_id")
    row = scores.loc["E003"]
    # Points to the scale of 1 to 5: 1 + 4 points / 100. Four peers stand behind this raw score.
    raw, adjusted = (1 + 0.04 * float(row[n]) for n in ("raw_score", "adjusted_score"))
    low, high = (1 + 0.04 * float(row[name]) for name in ("low", "high"))
    assert f"Raw score {'3 to 5' if raw >= 3 else '1 to 3'}" in text
    assert f"Adjusted {adjusted:.1f}" in text
    assert f"{low:.1f} to {high:.1f}" in text
    assert f"{raw:.2f} ·" not in text


def test_where_the_manager_alone_marked_the_figures_keep_their_digits(invent: Invent) -> None:
    material = invent()
    forms = material.tables["forms"]
    tables = {**material.tables, "forms": forms[forms["source"].isin(["manager", "self"])]}
    sources = material.source_scores
    alone = replace(
        material, tables=tables, source_scores=sources[sources["source"].isin(["manager", "self"])]
    )
    html = strip_tags(draft_packet("manager", alone, "E000").html)
    row = tables["scores"].set_index("employee_id").loc["E003"]
    raw, adjusted = (1 + 0.04 * float(row[n]) for n in ("raw_score", "adjusted_score"))
    assert f"{raw:.2f} · {row['raw_band']}" in html
    assert f"{adjusted:.2f} (" in html


def test_criterion_cells_hold_the_mean_of_each_source(invent: Invent) -> None:
    material = invent()
    html = flatten(draft_packet("manager", material, "E000").html)
    own = material.source_scores
    own = own[(own["employee_id"] == "E003") & (own["criterion"] == "delivery")]
    by_source = own.set_index("source")["points"]
    cells = {s: f"{1 + 0.04 * by_source[s]:.1f}" for s in ("manager", "self")}
    half = "3 to 5" if by_source["peer"] >= 50 else "1 to 3"
    shown = (cells["manager"], half, cells["self"])
    row = "".join(f'<td class="number">{cell}</td>' for cell in shown)
    assert f'<th scope="row">Delivery</th>{row}' in html


def test_session_packet_counts_its_people(invent: Invent) -> None:
    material = invent()
    draft = draft_packet("session", material, "Engineering")
    scores = material.tables["scores"]
    n = int((scores["session"] == "Engineering").sum())
    assert f"{n} people in this session" in flatten(strip_tags(draft.html))
    text = flatten(read_text(print_packet(draft).pdf))
    assert "on leave" in text


def test_audit_packet_prints_both_hashes_and_every_group(
    invent: Invent, audit: AuditMaterial
) -> None:
    text = read_text(render_packet("audit", invent(), audit=audit).pdf)
    assert text.replace("\n", "").count("cd" * 32) == 2
    for group in ("female", "male", "nonbinary", "asian", "black", "white"):
        assert group in text
    assert "0.64" in text
    assert "Both hashes are the same" in flatten(text)


def test_audit_packet_says_stop_when_the_hashes_differ(
    invent: Invent, audit: AuditMaterial
) -> None:
    html = draft_packet("audit", invent(), audit=replace(audit, rescored_sha256="ee" * 32)).html
    assert "Stop here and ask why" in html


def test_small_groups_read_too_few_and_show_no_figure(invent: Invent, audit: AuditMaterial) -> None:
    html = flatten(draft_packet("audit", invent(), audit=audit).html)
    assert "Too few: nonbinary." in html
    assert '<th scope="row">nonbinary</th>' not in html


@pytest.mark.parametrize("kind", ["session", "manager", "executive"])
def test_no_packet_but_the_audit_names_an_attribute(
    invent: Invent, audit: AuditMaterial, kind: str
) -> None:
    key = {"session": "Engineering", "manager": "E000"}.get(kind, "")
    text = strip_tags(draft_packet(kind, invent(), key).html).lower()
    for attribute in set(audit.tables["disparities"]["attribute"]):
        for name in attribute.split("*"):
            assert name not in text
    with pytest.raises(ValueError, match="no other"):
        draft_packet(kind, invent(), key, audit)


def test_markup_in_a_name_is_printed_as_text(name_one: Callable[[str], Material]) -> None:
    name = "<script>x</script><h1>Big</h1> & Söhne"
    draft = draft_packet("manager", name_one(name), "E000")
    assert "<script>" not in draft.html
    assert "<script>x</script>" in flatten(read_text(print_packet(draft).pdf))


@pytest.mark.parametrize(
    "name", ["ليلى حداد", "נועה לוי", "आरव शर्मा", "สมชาย ใจดี", "王小明", "Ελένη Παππά", "Дмитрий"]
)
def test_names_never_stand_in_a_drawing(name_one: Callable[[str], Material], name: str) -> None:
    html = draft_packet("manager", name_one(name), "E000").html
    assert name in html
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert drawings
    assert not any(name in drawing or "<text" in drawing for drawing in drawings)


def test_a_name_of_many_letters_may_break(name_one: Callable[[str], Material]) -> None:
    html = draft_packet("manager", name_one("W" * 130), "E000").html
    assert "W" * 60 + "\N{ZERO WIDTH SPACE}" + "W" * 60 + "\N{ZERO WIDTH SPACE}" in html


def test_two_renders_give_the_same_bytes_and_no_date(invent: Invent) -> None:
    draft = draft_packet("manager", invent(), "E000")
    first, second = print_packet(draft), print_packet(draft)
    assert first == second
    reader = PdfReader(io.BytesIO(first.pdf))
    assert reader.metadata is not None
    assert not {"/CreationDate", "/ModDate"} & set(reader.metadata)
    assert "/ID" not in reader.trailer


def test_another_process_gives_the_same_bytes(invent: Invent, tmp_path) -> None:
    draft = draft_packet("executive", invent())
    path = tmp_path / "draft.pickle"
    path.write_bytes(pickle.dumps(draft))
    code = (
        "import pickle, sys, hashlib; from calibrate.report import print_packet;"
        f"draft = pickle.loads(open({str(path)!r}, 'rb').read());"
        "print(hashlib.sha256(print_packet(draft).pdf).hexdigest())"
    )
    digests = set()
    for seed in ("1", "2"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env=environment,
        )  # fmt: skip
        digests.add(done.stdout.strip())
    assert len(digests) == 1


def test_each_page_bears_number_class_and_packet_id(invent: Invent) -> None:
    packet = render_packet("session", invent(), "Engineering")
    pages = PdfReader(io.BytesIO(packet.pdf)).pages
    assert len(pages) == packet.n_pages
    for number, page in enumerate(pages, 1):
        text = flatten(page.extract_text())
        assert f"Page {number} of {packet.n_pages}" in text
        assert f"Packet {packet.packet_id}" in text
        assert "confidential · personnel" in text.lower()


def test_packets_are_tagged_in_a_language_and_have_bookmarks(invent: Invent) -> None:
    reader = PdfReader(io.BytesIO(render_packet("manager", invent(), "E000").pdf))
    catalog = reader.root_object
    assert catalog["/Lang"] == "en"
    assert catalog["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in catalog["/Metadata"].get_data()
    assert reader.outline


def test_packet_id_follows_the_content(invent: Invent) -> None:
    material = invent()
    first = draft_packet("executive", material)
    again = draft_packet("executive", material)
    other = draft_packet(
        "executive", replace(material, readiness={**material.readiness, "n_scored_forms": 1})
    )
    assert first.packet_id == again.packet_id != other.packet_id
    assert re.fullmatch(r"[0-9a-f]{12}", first.packet_id)


def test_letter_paper_is_letter(invent: Invent) -> None:
    packet = render_packet("executive", invent(paper="Letter"))
    box = PdfReader(io.BytesIO(packet.pdf)).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (612, 792)


@pytest.mark.parametrize(
    "company",
    [
        {"is_linked": False, "has_proposals": False, "has_guideline": False},
        {"has_managers": False},
        {"n": 4},
        {"shown": "never"},
        {"has_proposals": False, "shown": "always"},
    ],
)
def test_odd_companies_get_their_packets(
    invent: Invent, audit: AuditMaterial, company: dict[str, object]
) -> None:
    material = invent(**company)
    assert render_packet("session", material, "Engineering").n_pages >= 2
    assert render_packet("executive", material).n_pages == 2
    if company.get("has_managers", True):
        assert render_packet("manager", material, "E000").n_pages >= 1


def test_unlinked_people_are_told_why_nothing_was_adjusted(invent: Invent) -> None:
    text = strip_tags(draft_packet("manager", invent(is_linked=False), "E000").html)
    assert "Not adjusted, because nobody else marked enough" in text
    assert "not yet known" in text


def test_audit_without_attributes_says_so(invent: Invent, audit: AuditMaterial) -> None:
    bare = replace(
        audit, tables={name: table.iloc[:0] for name, table in audit.tables.items()},
    )  # fmt: skip
    text = flatten(read_text(render_packet("audit", invent(), audit=bare).pdf))
    assert "Disparities are not yet known" in text
    assert "No attributes were given, so nothing was compared." in text
    assert "Attributes withheld" not in text


def test_suggestions_wait_for_the_proposal(invent: Invent) -> None:
    material = invent(has_proposals=False)
    for kind, key in (("manager", "E000"), ("session", "Engineering")):
        text = strip_tags(draft_packet(kind, material, key).html)
        assert "after the proposal" in text
        assert "very likely" not in text
        assert "the marks as adjusted say" not in text
