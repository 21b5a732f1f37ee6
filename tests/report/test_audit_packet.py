"""The audit as one document: a first page that stays one, contents that hold, words that fit."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from calibrate import tables
from calibrate.report import AuditMaterial, Material, draft_packet, render_packet

Invent = Callable[..., Material]

FORBIDDEN = re.compile(
    r"\b(un)?fair(ness|ly)?\b|\b(un|de)biased\b|\bcompliant\b|\btrue score|\bdiscriminat", re.I
)
NO_VALUE = re.compile(r"\b(nan|none|na|nat|inf)\b|<NA>", re.I)
LONG = "people who work in the warehouse of the northern region on night shifts and at weekends "


def read_words(html: str) -> str:
    body = re.sub(r"<svg.*?</svg>", " ", html.partition("<main>")[2], flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def read_pages(pdf: bytes) -> list[str]:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


def with_tables(audit: AuditMaterial, **frames: pd.DataFrame) -> AuditMaterial:
    return replace(audit, tables={**audit.tables, **frames})


def shorten(audit: AuditMaterial) -> AuditMaterial:
    """Lines of the proposed bands alone: a short annex."""
    rows = audit.tables["disparities"]
    kept = rows[(rows["stage"] == "proposed") & (rows["measure"] != "mean_score")]
    return with_tables(audit, disparities=kept.reset_index(drop=True))


def invent_findings(n: int, words: str) -> pd.DataFrame:
    kinds = ("origin", "moves", "disparity", "dependence", "adjusted", "quota")
    rows = [
        {
            "finding_id": f"f{place:03d}", "kind": kinds[place % len(kinds)], "scope": "group",
            "scope_id": "gender: female", "level": "note" if place % 5 == 4 else "look",
            "headline": f"{place}: fewer of {words}than of others. A reason to look.",
            "evidence": f"19 of 97 against 50 of 103, {words}. q below 0.001. {words.capitalize()}"
            "have more. Look next at the bands of each manager.",
        }
        for place in range(n)
    ]  # fmt: skip
    return tables.FINDINGS.conform(pd.DataFrame(rows))


def fill_limits(audit: AuditMaterial) -> AuditMaterial:
    """Everything that the first page may have to say of what could not be known."""
    alarm: dict[str, Any] = dict.fromkeys(tables.SIMULATION.names) | {
        "kind": "false_alarm", "moved": "teams", "n": 200, "n_simulations": 200, "n_found": 7,
        "share": 0.035, "low": 0.014, "high": 0.071, "suppressed": False,
    }  # fmt: skip
    setting: dict[str, Any] = dict.fromkeys(tables.CONFIGURATIONS.names) | {
        "position": 7, "key": "bands.cuts", "before": "1", "after": "2", "is_frozen": True,
        "reason": "as agreed", "is_opened": True, "is_current": True,
    }  # fmt: skip
    unknown: dict[str, Any] = dict.fromkeys(tables.UNKNOWNS.names) | {
        "stage": "proposed", "measure": "selection_rate", "attribute": "gender", "group": "female",
        "reference": "male", "n_unknown": 20, "n_unknown_counted": 8, "ratio_known": 0.6,
        "ratio_lowest": 0.45, "ratio_highest": 0.93, "verdict_known": "beyond",
        "verdict_lowest": "beyond", "verdict_highest": "inconclusive", "could_change": True,
        "suppressed": False,
    }  # fmt: skip
    return with_tables(
        audit,
        simulation=tables.SIMULATION.conform(pd.DataFrame([alarm])),
        configurations=tables.CONFIGURATIONS.conform(pd.DataFrame([setting])),
        unknowns=tables.UNKNOWNS.conform(pd.DataFrame([unknown])),
    )


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("words", ["women ", LONG, "倉庫で夜勤の人と週末に働く人" * 8 + " "])
def test_the_first_page_is_one_page_however_many_findings(
    invent: Invent, audit: AuditMaterial, paper: str, words: str
) -> None:
    material = invent(paper=paper)
    ready = {"n_unlinked": 20, "n_quarantined": 5}
    material = replace(material, readiness={**material.readiness, **ready})
    full = with_tables(fill_limits(shorten(audit)), findings=invent_findings(40, words))
    first, second = read_pages(render_packet("audit", material, audit=full).pdf)[:2]
    assert "What could not be known" in first
    assert "before" not in second.partition("Contents")[0]
    assert "of 40 findings are shown. All stand in audit/tables/findings" in first
    for told in ("fewer than 100", "cannot be told from a weak team", "input rows", "3.5%",
                 "could read otherwise", "withheld of", "7 sets of settings"):  # fmt: skip
        assert told in first
    assert "Contents" in second


def test_long_names_of_many_attributes_leave_the_first_page_one(
    invent: Invent, audit: AuditMaterial
) -> None:
    rows = shorten(audit).tables["disparities"]
    named = rows[rows["attribute"] == "gender"].replace({"male": f"male {LONG}" * 2})
    many = pd.concat([named.assign(attribute=f"attribute_{n}") for n in range(8)])
    material = invent(paper="Letter")
    ready = {"n_unlinked": 20, "n_quarantined": 5}
    material = replace(material, readiness={**material.readiness, **ready})
    full = with_tables(
        fill_limits(audit), disparities=many.reset_index(drop=True),
        findings=invent_findings(40, LONG),
    )  # fmt: skip
    first, second = read_pages(render_packet("audit", material, audit=full).pdf)[:2]
    assert "beside male people who work in the" in first
    assert "7 sets of settings" in first
    assert "before" not in second.partition("Contents")[0]


def test_a_group_called_all_is_one_group(invent: Invent, audit: AuditMaterial) -> None:
    line = {"view": "distributed", "table": "all", "stage": "all", "attribute": "gender",
            "group": "all", "reason": "withheld"}  # fmt: skip
    block = line | {"table": "moves", "stage": "raw, final"}
    frame = tables.DISCLOSURE.conform(
        pd.DataFrame([line, block]).reindex(columns=tables.DISCLOSURE.names)
    )
    handed = replace(with_tables(shorten(audit), disclosure=frame), is_distributed=True)
    text = read_words(draft_packet("audit", invent(), audit=handed).html)
    assert "gender all every table" in text
    assert "gender all groups table moves" in text


def test_what_decides_comes_first_and_says_where_to_look(
    invent: Invent, audit: AuditMaterial
) -> None:
    full = with_tables(shorten(audit), findings=invent_findings(12, "women "))
    html = draft_packet("audit", invent(), audit=full).html
    looks = re.findall(r'<div class="look"><p class="strong">(.*?)</p>', html)
    assert [look[:2] for look in looks][:2] == ["2:", "8:"]
    assert all("A reason to look" not in look for look in looks)
    assert "A finding is a reason to look" in html
    anchors = set(re.findall(r'id="(section-\d+|annex)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) == anchors


def test_contents_are_the_headings_with_the_pages_they_stand_on(
    invent: Invent, audit: AuditMaterial
) -> None:
    packet = render_packet("audit", invent(), audit=shorten(audit))
    html = draft_packet("audit", invent(), audit=shorten(audit)).html
    (listed,) = re.findall(r'<nav class="contents">(.*?)</nav>', html, re.S)
    entries = re.findall(r'<a href="#([^"]+)">(.*?)</a>', listed)
    headings = re.findall(r'<h[23] id="([^"]+)">(.*?)</h[23]>', html)
    assert entries == headings
    assert len(entries) >= 10
    pages = read_pages(packet.pdf)
    contents = pages[1]
    for title in (unescape(title) for _, title in entries):
        printed = re.search(re.escape(title) + r"[ .]*?(\d+)", contents)
        assert printed is not None
        assert title in pages[int(printed.group(1)) - 1]
    outline = PdfReader(io.BytesIO(packet.pdf)).outline
    assert len(outline) >= 1


def test_an_audit_without_attributes_or_findings_keeps_its_first_page(
    invent: Invent, audit: AuditMaterial
) -> None:
    bare = replace(audit, tables={name: table.iloc[:0] for name, table in audit.tables.items()})
    first, second = read_pages(render_packet("audit", invent(), audit=bare).pdf)[:2]
    assert "No attributes were given, so nothing was compared." in first
    assert "Annex" not in second
    few = shorten(audit)
    rows = few.tables["disparities"].assign(verdict="too_few", suppressed=True)
    small = with_tables(few, disparities=rows, findings=tables.FINDINGS.empty())
    text = read_words(draft_packet("audit", invent(), audit=small).html)
    assert "No primary comparison could be made" in text


@pytest.fixture(scope="module")
def sample_audit(run_folder: Path) -> dict[str, pd.DataFrame]:
    folder = run_folder / "audit" / "tables"
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


def test_every_section_of_a_whole_audit_reads_as_words(
    invent: Invent, audit: AuditMaterial, sample_audit: dict[str, pd.DataFrame]
) -> None:
    full = replace(audit, tables=sample_audit)
    html = draft_packet("audit", invent(), audit=full).html
    words = read_words(html)
    for title in ("Under the same manager", "With and without controls", "Where the gap arises",
                  "What the calibration did to the gaps", "Can other columns tell the group?",
                  "All groups at once", "People whose group is not known",
                  "What this audit would have found", "What is withheld and why",
                  "How often the settings were changed", "Rule packs"):  # fmt: skip
        assert title in words
    assert FORBIDDEN.findall(words) == []
    found = {match.group().lower() for match in NO_VALUE.finditer(words)}
    assert found <= {"none"}
    assert not re.search(r">\s*(none|nan|true|false)\s*<", html, re.I)
    assert not re.search(r"[α-ωΑ-Ω]", words)
    assert "does not test yet" not in words


def test_figures_of_the_first_page_stand_in_the_tables(
    invent: Invent, audit: AuditMaterial, sample_audit: dict[str, pd.DataFrame]
) -> None:
    html = draft_packet("audit", invent(), audit=replace(audit, tables=sample_audit)).html
    plain = re.sub(r' class="[^"]*"', "", html)
    rows = sample_audit["disparities"]
    primary = rows[(rows["family"] == "primary") & (rows["group"] != rows["reference"])]
    counts = primary["verdict"].value_counts()
    for verdict, words in (("beyond", "beyond"), ("inconclusive", "inconclusive")):
        line = f'<tr><th scope="row">{words}</th><td>{counts.get(verdict, 0)}</td>'
        assert line in plain
    shares = primary[(primary["measure"] == "selection_rate") & primary["p_value"].notna()]
    best, worst = (f"{shares['detectable_ratio_family'].agg(end):.2f}" for end in ("max", "min"))
    assert f"finds ratios of {best} to {worst}" in read_words(html)


def test_a_small_q_that_fails_the_stricter_test_is_told_with_its_q(
    invent: Invent, audit: AuditMaterial
) -> None:
    few = shorten(audit)
    rows = few.tables["disparities"].assign(q_value=0.03, q_null_imposed=0.21)
    rows["verdict"] = rows["verdict"].replace("beyond", "inconclusive")
    words = read_words(
        draft_packet("audit", invent(), audit=with_tables(few, disparities=rows)).html
    )
    assert "does not stand in the stricter test" in words
    assert "female (0.210)" in words
