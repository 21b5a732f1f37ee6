"""The sample company's session packet against the tables, by arithmetic of the test's own."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from calibrate.config import load_cycle
from calibrate.pipeline import compute_scores, prepare_cycle
from calibrate.pipeline.gather import gather_material
from calibrate.pipeline.tabulate import tabulate_everything
from calibrate.report import Material, render_packet

SESSION = "Engineering"
SLOT = re.compile(r"(\d:\d\d) – (\d:\d\d) (.*?) (E\d{4}) (\w+)")
DISCUSSED = "People to discuss"


@pytest.fixture(scope="module")
def material(sample_data: Path) -> Material:
    scored = compute_scores(prepare_cycle(load_cycle(sample_data)))
    return gather_material(scored, tabulate_everything(scored), "run")


@pytest.fixture(scope="module")
def text(material: Material) -> str:
    pdf = render_packet("session", material, SESSION).pdf
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def take(material: Material, name: str) -> pd.DataFrame:
    table = material.tables[name]
    return table[table["session"] == SESSION]


def clock(minutes: float) -> str:
    hours, rest = divmod(int(minutes), 60)
    return f"{hours}:{rest:02d}"


def percent(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else f"{round(100 * share)}%"


def is_latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(letter) for letter in name if letter.isalpha())


def agenda_of(text: str) -> str:
    return text[text.index("What to ask, by the reason") : text.index(DISCUSSED)]


def test_the_first_page_counts_people_and_minutes(material: Material, text: str) -> None:
    scores, agenda = take(material, "scores"), take(material, "agenda")
    asked = agenda[agenda["minutes"] > 0]
    figures = (
        len(scores), scores["raw_score"].notna().sum(),
        scores["proposed_band"].fillna("").ne("").sum(), len(asked),
    )  # fmt: skip
    captions = (
        "people in this session", "with a score", "with a proposed band",
        f"to discuss in {int(asked['minutes'].sum())} minutes",
    )  # fmt: skip
    for figure, caption in zip(figures, captions, strict=True):
        assert re.search(rf"\b{figure} ?{caption}", text)


def test_the_agenda_has_the_order_and_the_times_of_the_table(material: Material, text: str) -> None:
    agenda = take(material, "agenda").sort_values("position")
    asked = agenda[agenda["minutes"] > 0]
    slots = SLOT.findall(agenda_of(text))
    assert [slot[3] for slot in slots] == asked["employee_id"].tolist()
    ends = asked["minutes"].cumsum()
    starts = ends - asked["minutes"]
    assert [slot[0] for slot in slots] == [clock(at) for at in starts]
    assert [slot[1] for slot in slots] == [clock(at) for at in ends]


def test_each_slot_has_the_name_and_the_band_so_far(material: Material, text: str) -> None:
    scores = take(material, "scores").set_index("employee_id")
    names = material.employees.set_index("employee_id")["name"]
    n_latin = 0
    for *__, name, employee, band in SLOT.findall(agenda_of(text)):
        row = scores.loc[employee]
        assert band == (row["proposed_band"] or row["raw_band"])
        # Letters of other scripts come out of a PDF in an order of their own.
        if is_latin(names[employee]):
            n_latin += 1
            assert name.endswith(names[employee])
    assert n_latin >= 15


def test_minutes_of_each_level_are_added_up(material: Material, text: str) -> None:
    agenda = take(material, "agenda").merge(material.employees, on="employee_id")
    asked = agenda[agenda["minutes"] > 0]
    for level, people in asked.groupby("level"):
        who = "1 person" if len(people) == 1 else f"{len(people)} people"
        assert f"{level} · {who} · {int(people['minutes'].sum())} minutes" in agenda_of(text)


def test_bands_have_the_counts_and_ranges_of_the_table(material: Material, text: str) -> None:
    table = material.tables["distribution"]
    own = table[(table["scope"] == "session") & (table["scope_id"] == SESSION)]
    assert len(own) == 5
    for row in own.itertuples():
        # The drawing between the count and the share holds no text.
        figures = f"{row.band} {row.n} {percent(row.share)} {percent(row.low)} to"
        assert f"{figures} {percent(row.high)}" in text


def test_each_card_has_the_range_and_both_bands(material: Material, text: str) -> None:
    scores = take(material, "scores").set_index("employee_id")
    agenda = take(material, "agenda")
    cards = text[text.index(DISCUSSED) : text.index("No minutes planned, and why")]
    n_ranges = 0
    for employee in agenda.loc[agenda["minutes"] > 0, "employee_id"]:
        # From the line under the name to the next card's.
        card = re.search(rf"· {employee} ·(.*?)(?:· E\d{{4}} ·|$)", cards)
        assert card is not None
        row = scores.loc[employee]
        if row["proposed_band"]:
            assert f"Proposed {row['proposed_band']} Suggested" in card[1]
            assert f"Suggested {row['suggested_band']}" in card[1]
        low, high = (1 + 0.04 * float(row[end]) for end in ("low", "high"))
        n_ranges += f"90% range {low:.1f} to {high:.1f}" in card[1]
    # The others' marks are withheld: bands stand for their figures.
    assert n_ranges >= 20


def test_whoever_has_no_minutes_is_listed_once_with_a_reason(material: Material, text: str) -> None:
    agenda = take(material, "agenda")
    skipped = agenda[agenda["minutes"] == 0]
    part = text[text.index("No minutes planned, and why") : text.index("Decision sheet")]
    waiting = skipped["rules"].fillna("").ne("")
    assert f"If time is left, in this order: {int(waiting.sum())} people" in part
    assert f"No reason to talk: {int((~waiting).sum())} people" in part
    assert re.findall(r"E\d{4}", part) == skipped.sort_values("position")["employee_id"].tolist()
    for row in skipped[~waiting].itertuples():
        assert f"safe to skip: about {round(100 * (1 - row.p_change))}% for this band" in part


def test_the_decision_sheet_names_everybody_discussed(material: Material, text: str) -> None:
    agenda = take(material, "agenda").sort_values("position")
    asked = agenda.loc[agenda["minutes"] > 0, "employee_id"].tolist()
    sheet = text[text.index("Decision sheet") :]
    assert re.findall(r"E\d{4}", sheet) == asked
    for word in ("Proposed", "Decided band", "Code", "Rationale", "Decided by", "Who chaired"):
        assert word in sheet


def test_no_page_says_none_or_nan(text: str) -> None:
    assert not re.search(r"\b(None|nan|NaN|NaT)\b", text)
