"""Session packets of odd companies: one person, hundreds, nobody rated, nothing to discuss."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from pypdf import PdfReader

from calibrate.language import speak
from calibrate.report import Material, draft_packet, render_packet
from calibrate.report.document import Card, Table, walk
from calibrate.report.pages.session import lay_out_session
from calibrate.report.views.session import FEWEST_BLANK, build_session_view

Invent = Callable[..., Material]
#: Half of the invented people work in Sales, the others in Engineering.
SESSION = "Engineering"


def with_tables(material: Material, **tables: pd.DataFrame) -> Material:
    return replace(material, tables={**material.tables, **tables})


def gather_in_one(material: Material) -> Material:
    """Everybody in one session, discussed in the order of the ids, three minutes each."""
    agenda = material.tables["agenda"].sort_values("employee_id")
    one = agenda.assign(session=SESSION, position=range(1, len(agenda) + 1))
    return with_tables(
        material, agenda=one, scores=material.tables["scores"].assign(session=SESSION)
    )


def read_words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def say(material: Material, session: str = SESSION) -> str:
    return read_words(draft_packet("session", material, session).html)


def read_pages(pdf: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize(("n", "most_pages"), [(12, 6), (60, 16)])
def test_each_person_to_discuss_has_a_slot_a_card_and_a_line(
    invent: Invent, n: int, most_pages: int
) -> None:
    material = gather_in_one(invent(n))
    agenda = material.tables["agenda"]
    asked = agenda.loc[agenda["minutes"] > 0, "employee_id"].tolist()
    document = lay_out_session(build_session_view(material, SESSION))
    cards = [block for block in walk(document.blocks) if isinstance(block, Card)]
    assert [re.search(r"E\d+", card.line)[0] for card in cards] == asked  # type: ignore[index]
    sheet = next(b for b in walk(document.blocks) if isinstance(b, Table) and b.size == "sheet")
    named = [row for row in sheet.rows if row.look != "blank"]
    assert len(named) == len(asked)
    assert len(sheet.rows) - len(named) >= FEWEST_BLANK
    packet = render_packet("session", material, SESSION)
    assert packet.n_pages <= most_pages
    assert packet.missing == frozenset()


def test_five_cards_stand_on_a_page(invent: Invent) -> None:
    pages = read_pages(render_packet("session", gather_in_one(invent(60)), SESSION).pdf)
    of_cards = [len(re.findall(r"90% range", page)) for page in pages]
    # The page on which the agenda ends and the one on which the list begins hold fewer.
    assert sorted(of_cards)[-3:] == [5, 5, 5]


def test_of_hundreds_the_longest_tables_are_cut_and_say_so(invent: Invent) -> None:
    material = gather_in_one(invent(640))
    agenda = material.tables["agenda"]
    n_asked, n_skipped = int((agenda["minutes"] > 0).sum()), int((agenda["minutes"] == 0).sum())
    assert n_asked > 300
    text = say(material)
    # The agenda and the decision sheet say it, and cards are as many as the agenda's slots.
    assert text.count(f"The first 300 of {n_asked} rows are shown") == 2
    assert len(build_session_view(material, SESSION).cards) == 300
    in_paragraphs = re.findall(r"\w+, (\d+) people: safe to skip: about 93% for this band\.", text)
    assert sum(map(int, in_paragraphs)) == n_skipped


def test_a_session_of_one_person_reads_like_one(invent: Invent) -> None:
    material = invent()
    scores, agenda = material.tables["scores"], material.tables["agenda"]
    alone = with_tables(
        material, scores=scores[scores["employee_id"] == "E001"],
        agenda=agenda[agenda["employee_id"] == "E001"],
    )  # fmt: skip
    packet = render_packet("session", alone, SESSION)
    text = " ".join(read_pages(packet.pdf))
    assert re.search(r"\b1 ?person in this session", text)
    assert "L4 · 1 person · 3 minutes" in text
    assert "0:00 – 0:03" in text
    assert packet.n_pages <= 4


def test_where_nobody_has_a_score_the_packet_says_so_and_stands(invent: Invent) -> None:
    material = invent()
    scores = material.tables["scores"].copy()
    blank = [name for name in scores.columns if name not in ("employee_id", "session", "link")]
    scores[blank] = None
    unrated = with_tables(
        material, scores=scores.assign(link="unrated", n_forms=0), agenda=scores[0:0],
        distribution=material.tables["distribution"][0:0],
    )  # fmt: skip
    text = say(unrated)
    assert "Nobody has a score or a proposed band yet, so there is nobody to discuss." in text
    assert "The distribution is not yet known." in text
    assert not re.search(r"\b(None|nan)\b", text)
    assert render_packet("session", unrated, SESSION).n_pages <= 5


def test_without_a_guideline_no_share_is_set_against_one(invent: Invent) -> None:
    text = say(invent(has_guideline=False))
    assert "No guideline is set." in text
    assert "Dashed box: guideline." not in text


def test_where_everybody_is_safe_to_skip_the_list_is_to_be_confirmed(invent: Invent) -> None:
    material = invent()
    calm = material.tables["agenda"].assign(
        minutes=0.0, rules="", p_change=0.04, reason="safe to skip: about 96% for this band"
    )
    text = say(with_tables(material, agenda=calm))
    assert "Nobody needs minutes. Read the list of people below and confirm it." in text
    scores = material.tables["scores"].set_index("employee_id")
    own = calm.loc[calm["session"] == SESSION, "employee_id"]
    bands = (scores["proposed_band"].fillna(scores["raw_band"]))[own].value_counts()
    # From five people of a band on they stand in one paragraph.
    assert (bands >= 5).any()
    for band, n in bands.items():
        if n >= 5:
            assert f"{band}, {n} people: safe to skip: about 96% for this band." in text
    n_alone = int(bands[bands < 5].sum())
    assert f"No reason to talk: {n_alone} p" in text
    assert "People to discuss" not in text


def test_where_nobody_is_safe_to_skip_no_list_stands(invent: Invent) -> None:
    material = invent()
    agenda = material.tables["agenda"]
    urgent = agenda.assign(
        minutes=3.0, rules=agenda["rules"].where(agenda["rules"] != "", "extreme")
    )
    text = say(with_tables(material, agenda=urgent))
    assert "No minutes planned, and why" not in text
    n = int((urgent["session"] == SESSION).sum())
    assert f"{n} to discuss in {3 * n} minutes" in text
    assert "End of the scale: hold one example against the words of the rubric." in text


@pytest.mark.parametrize(
    "name", ["W" * 60, "Maximiliane-Charlotte Freifrau von und zu " + "x" * 18]
)
def test_a_name_of_sixty_letters_stays_on_the_page(invent: Invent, name: str) -> None:
    material = invent(12)
    long = replace(material, employees=material.employees.assign(name=name))
    packet = render_packet("session", long, SESSION)
    assert len(name) == 60
    assert packet.n_pages <= 7
    assert name[:15] in " ".join(read_pages(packet.pdf))


@pytest.mark.parametrize(
    ("shown", "is_said"), [("never", False), ("after_proposal", True), ("always", True)]
)
def test_reasons_and_cards_obey_what_may_be_shown(
    invent: Invent, shown: str, is_said: bool
) -> None:
    material = invent(shown=shown)
    scores = material.tables["scores"]
    agenda = material.tables["agenda"]
    session = "Sales"
    own = scores[scores["session"] == session].set_index("employee_id")
    own["proposed_band"] = own["proposed_band"].fillna("")
    asked = agenda.loc[(agenda["session"] == session) & (agenda["minutes"] > 0), "employee_id"]
    with_band = [e for e in asked if own.loc[e, "proposed_band"]]
    without = [e for e in asked if not own.loc[e, "proposed_band"]]
    assert with_band
    assert without
    view = build_session_view(material, session)
    reasons = {card.person.employee_id: card.reasons for card in view.cards}
    for employee in with_band:
        assert ("the proposal differs from the marks" in reasons[employee]) == is_said
        assert ("the proposal and the marks differ" in reasons[employee]) != is_said
    for employee in without:
        veiled = "near a cut, or severity matters" in reasons[employee]
        assert veiled == (shown != "always")
    in_agenda = {row.employee_id: row.reasons for group in view.agenda for row in group.rows}
    assert in_agenda == reasons
    text = say(material, session).replace("Suggested band", "")
    assert ("Suggested" in text) == (shown != "never")


def test_a_waiting_person_is_veiled_too(invent: Invent) -> None:
    material = invent(shown="never", has_proposals=False)
    agenda = material.tables["agenda"]
    waiting = agenda.assign(minutes=0.0)
    text = say(with_tables(material, agenda=waiting))
    assert "If time is left, in this order:" in text
    assert "differs from" not in text
    assert "near a cut, or severity matters; the manager marks higher than peers" in text


def test_decided_bands_stand_beside_the_bands_before(invent: Invent) -> None:
    material = invent()
    scores = material.tables["scores"].copy()
    before = scores["proposed_band"].fillna(scores["raw_band"])
    scores["final_band"] = before
    own = scores.index[(scores["session"] == SESSION) & before.notna()]
    moved = own[:2]
    scores.loc[moved, "final_band"] = [
        "Below" if before[at] != "Below" else "Meets" for at in moved
    ]
    assert "What the session decided" not in say(material)
    text = say(with_tables(material, scores=scores))
    assert f"2 of {len(own)} bands were changed; the others stand as they were." in text
    view = build_session_view(with_tables(material, scores=scores), SESSION)
    assert view.changes is not None
    assert [(r.before, r.after) for r in view.changes.rows] == [
        (before[at], scores.loc[at, "final_band"]) for at in moved
    ]


def test_a_cycle_in_german_writes_its_figures_the_german_way(invent: Invent) -> None:
    with speak("de"):
        text = say(invent())
    assert re.search(r"\d,\d\d", text)
    assert not re.search(r"\b\d\.\d{2}\b", text)
    assert re.search(r"\d\s%", text)


def test_half_minutes_are_said(invent: Invent) -> None:
    material = invent()
    agenda = material.tables["agenda"]
    half = with_tables(material, agenda=agenda.assign(minutes=agenda["minutes"] / 2))
    view = build_session_view(half, SESSION)
    first = view.agenda[0]
    assert first.rows[1].when == "0:01 – 0:03"
    n = len(first.rows)
    time = f"{1.5 * n:g} minutes"
    assert first.title.endswith(time)
