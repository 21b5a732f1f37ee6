"""Who is missing and why, and what somebody reads who manages people in another way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from calibrate import tables
from calibrate.report import Material, draft_packet
from calibrate.report.material import ASSIGNMENT_COLUMNS
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import build_person
from calibrate.report.views.manager import build_manager_view, list_managers
from calibrate.report.views.presence import build_presence, say_managers, say_present

Invent = Callable[..., Material]
#: E003 reports to E000; E001 managed E003 before.
PERSON, LINE, BEFORE = "E003", "E000", "E001"


def flatten(html: str) -> str:
    """Text alone; the marks that set off a name written from right to left are left out."""
    plain = re.sub(r"[\u2068\u2069]", "", re.sub(r"<[^>]+>", " ", html))
    return re.sub(r"\s+", " ", plain)


def assign(material: Material, *rows: tuple[Any, ...]) -> Material:
    """Each row is employee, manager, kind, from, to, is_current."""
    return replace(material, assignments=pd.DataFrame(rows, columns=list(ASSIGNMENT_COLUMNS)))


def add_manager_form(material: Material, weights: tuple[float, float] = (1.2, 0.8)) -> Material:
    """Let E001 file a manager form for E003 beside that of E000."""
    forms = material.tables["forms"]
    is_own = (forms["employee_id"] == PERSON) & (forms["source"] == "manager")
    forms = forms.assign(weight=forms["weight"].mask(is_own, weights[0]))
    second = forms[is_own].assign(rater_id=BEFORE, points=31.0, weight=weights[1])
    forms = tables.FORMS.conform(pd.concat([forms, second]))
    material = replace(material, tables={**material.tables, "forms": forms})
    return assign(
        material,
        (PERSON, LINE, "line", "2026-10-01", "", True),
        (PERSON, BEFORE, "previous", "", "2026-09-30", False),
    )


def change_readiness(material: Material, employee_id: str, **facts: Any) -> Material:
    frame = material.tables["readiness"].set_index("employee_id")
    for name, value in facts.items():
        frame.loc[employee_id, name] = value
    frame = tables.READINESS.conform(frame.reset_index())
    return replace(material, tables={**material.tables, "readiness": frame})


def test_a_card_says_whose_manager_forms_entered(invent: Invent) -> None:
    material = add_manager_form(invent())
    names = material.employees.set_index("employee_id")["name"]
    expected = (
        f"Manager forms: {names[LINE]}, line manager since Oct 1, 2026, 60%; "
        f"{names[BEFORE]}, previous manager until Sep 30, 2026, 40%."
    )
    assert say_managers(Company(material), PERSON) == expected
    for kind, key in (("manager", LINE), ("session", "Engineering")):
        assert expected in flatten(draft_packet(kind, material, key).html)


def test_nothing_is_said_where_the_line_manager_filed_alone(invent: Invent) -> None:
    assert say_managers(Company(invent()), PERSON) == ""


def test_a_previous_manager_gets_no_card(invent: Invent) -> None:
    view = build_manager_view(add_manager_form(invent()), BEFORE)
    assert PERSON not in [person.employee_id for person in view.team]
    assert view.others == ()


@pytest.mark.parametrize("kind", ["matrix", "acting"])
def test_matrix_and_acting_managers_of_today_read_the_card_in_a_section_of_its_own(
    invent: Invent, kind: str
) -> None:
    material = assign(
        invent(), (PERSON, "E002", kind, "", "", True), ("E006", "E002", kind, "", "", False)
    )
    view = build_manager_view(material, "E002")
    assert PERSON not in [person.employee_id for person in view.team]
    (other,) = view.others
    assert other.title == f"Also reports to you as {kind} manager"
    assert [card.person.employee_id for card in other.cards] == [PERSON]


def test_a_manager_of_matrix_people_alone_gets_a_packet(invent: Invent) -> None:
    material = assign(invent(), (PERSON, "X9", "matrix", "", "", True))
    assert list_managers(material.employees, material.assignments) == ["E000", "E001", "E002", "X9"]
    text = flatten(draft_packet("manager", material, "X9").html)
    assert "Nobody reports to you as line manager in this cycle." in text
    assert "Also reports to you as matrix manager" in text
    with pytest.raises(KeyError):
        build_manager_view(material, "X8")


def test_the_session_packet_says_who_is_missing_and_whom_to_ask(invent: Invent) -> None:
    material = change_readiness(
        invent(), "E005", detail="no form was filed", reason="no_form", missing_manager_form=True,
        n_managers=2,
    )  # fmt: skip
    presence = build_presence(Company(material), ["E003", "E005", "E007"])
    (absence,) = presence.absences
    manager = material.employees.set_index("employee_id").loc["E005", "manager_id"]
    name = Company(material).name(manager)
    assert (absence.reason, absence.ask) == ("no form was filed", name)
    assert [(row.manager, row.n_people) for row in presence.missing] == [(name, "1")]
    assert {item.label: item.text for item in presence.counts} == {
        "Manager form still missing": "1", "With more than one manager": "1",
    }  # fmt: skip
    html = draft_packet("session", material, "Engineering").html
    assert "Manager forms still missing" in html
    # Readiness comes before the definitions.
    assert html.index("Without a score") < html.index("What the words mean")


def test_a_manager_is_asked_for_the_missing_form(invent: Invent) -> None:
    material = change_readiness(invent(), PERSON, missing_manager_form=True)
    name = Company(material).name(PERSON)
    text = flatten(draft_packet("manager", material, LINE).html)
    assert f"Your form is missing for {name}. Please file it before the session." in text


def test_whoever_left_before_the_cycle_is_listed_and_has_no_card(invent: Invent) -> None:
    material = change_readiness(
        invent(), "E005", reason="left_before", detail="left on 2026-06-01, before the cycle"
    )
    view = build_manager_view(material, "E000")
    assert "E005" not in [card.person.employee_id for card in view.cards]
    assert view.presence.absences[0].reason == "left on 2026-06-01, before the cycle"


def test_a_card_says_when_absence_prorated_the_targets() -> None:
    assert say_present([{"present_share": 1.0}, {"present_share": None}]) == ""
    assert say_present([{"present_share": 0.5}]).startswith("Present for 50% of the cycle")
    assert say_present([{"present_share": 0.0}]) == "Absent for the whole cycle: no target counts."


def test_no_manager_can_work_out_another_manager_s_marks(invent: Invent) -> None:
    material = add_manager_form(invent())
    score = material.desk.find_one("scores", "employee_id", PERSON)
    person = build_person(Company(material), score)
    assert not person.is_masked
    for line in person.criteria:
        by_source = dict(zip((s.label for s in person.sources), line.cells, strict=True))
        # Own marks are known to each manager: a mean of two would give the other's away, and
        # so would the mean of all with that of the peers beside it.
        assert {by_source["Manager"], by_source["Peers"]} == {"–"}
        assert by_source["Self"] != "–"
    assert {s.score for s in person.sources if s.label != "Self"} == {"not shown"}
    assert person.mask_note.startswith("Several managers filed a form.")


def test_a_matrix_manager_who_filed_no_form_reads_no_marks_of_the_line_manager(
    invent: Invent,
) -> None:
    material = assign(invent(), (PERSON, "E002", "matrix", "", "", True))
    forms = material.tables["forms"]
    filed = forms[(forms["employee_id"] == PERSON) & (forms["source"] == "manager")]
    assert filed["rater_id"].tolist() == [LINE]
    (other,) = build_manager_view(material, "E002").others
    person = other.cards[0].person
    labels = [source.label for source in person.sources]
    for line in person.criteria:
        by_source = dict(zip(labels, line.cells, strict=True))
        assert {text for label, text in by_source.items() if label != "Self"} == {"–"}
        assert line.overall.text != "–"
    assert person.mask_note.startswith("You filed no form here.")
    # The line manager, and HR, read on what was told before.
    score = material.desk.find_one("scores", "employee_id", PERSON)
    assert not build_person(Company(material), score).mask_note


def test_one_managers_form_alone_is_told_to_another_by_its_band(invent: Invent) -> None:
    material = assign(invent(), (PERSON, "E002", "acting", "", "", True))
    forms = material.tables["forms"]
    is_other = (forms["employee_id"] == PERSON) & ~forms["source"].isin(["manager", "self"])
    frames = {**material.tables, "forms": forms[~is_other]}
    sources = material.source_scores
    is_peer = (sources["employee_id"] == PERSON) & ~sources["source"].isin(["manager", "self"])
    material = replace(material, tables=frames, source_scores=sources[~is_peer])
    (other,) = build_manager_view(material, "E002").others
    person = other.cards[0].person
    assert (person.raw, person.adjusted) == ("–", "–")
    assert {line.overall.text for line in person.criteria} == {"–"}
    assert person.mask_note.startswith("Another manager filed the only form that counts.")
