"""The person's sheet: the figures of the explanation, and nothing that is not the person's."""

from __future__ import annotations

import re
import stat
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from calibrate.errors import DiskError, RunError
from calibrate.explain import explain_person, print_sheet
from calibrate.explain.evidence import gather_evidence
from calibrate.explain.person import speak_as
from calibrate.explain.read import read_run
from calibrate.explain.sheet import _name_file, build_sheet

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Smythe"
ARABIC = "ليلى البحراني"


def read_text(path: Path) -> str:
    pages = PdfReader(BytesIO(path.read_bytes())).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def build(folder: Path, employee: str):
    evidence = gather_evidence(read_run(folder), employee)
    with speak_as(evidence.run):
        return build_sheet(evidence)


@pytest.fixture
def named(tmp_path: Path, finish, hand):
    """Four people with names that are long, or written from right to left; one without a form."""
    ratings = [*hand.mark("A", "M", "manager", 4, 2), *hand.mark("B", "M", "manager", 5, 5),
               *hand.mark("A", "A", "self", 5, 5)]  # fmt: skip
    employees = [
        "employee_id,name,manager_id,not_rated_reason",
        f"A,{LONG},M,", f"B,{ARABIC},M,", "C,Cem,M,on leave", "M,Mia,,",
    ]  # fmt: skip
    extra = "language: de\npaper: Letter\n"
    return finish(hand.write(tmp_path, ratings, employees=employees, extra=extra))


def test_the_sheet_tells_the_figures_of_the_explanation(finished, tmp_path: Path) -> None:
    scores = finished.material.tables["scores"]
    names = finished.material.tables["people"].set_index("employee_id")["name"]
    for employee in scores.loc[scores["link"] == "linked", "employee_id"].tolist()[::60]:
        told = explain_person(finished.folder, employee)
        text = read_text(print_sheet(finished.folder, employee, tmp_path / "s.pdf"))
        assert names[employee].split()[0] in text
        assert told.range in text
        for step in told.steps[1:]:
            assert f"{step.shown} {step.meaning}" in text
        for line in told.criteria:
            assert f"{line.label}" in text
            assert line.calibrated in text


def test_a_person_without_a_score_is_told_why_and_what_to_do(named, tmp_path: Path) -> None:
    text = read_text(print_sheet(named.folder, "C", tmp_path / "s.pdf"))
    assert "on leave" in text
    assert "Mia" in text
    assert not re.search(r"\b(None|nan|NaT)\b", text)


def test_a_name_without_a_font_is_told_to_who_prints_the_sheet(
    tmp_path: Path, finish, hand
) -> None:
    # A private character: no font has it.
    employees = ["employee_id,name,manager_id", "A,Anna \U0010fffd,M", "M,Mia,"]
    run = finish(hand.write(tmp_path, hand.mark("A", "M", "manager", 4, 2), employees=employees))
    told: list[str] = []
    print_sheet(run.folder, "A", tmp_path / "a.pdf", told.append)
    assert [remark[:49] for remark in told] == ["no font here has U+10FFFD (a private character); "]
    print_sheet(run.folder, "M", tmp_path / "m.pdf", told.append)
    assert len(told) == 1


def test_an_unlinked_person_is_told_that_nothing_was_adjusted(alone_sheet) -> None:
    assert "Not adjusted, because nobody else marked enough" in " ".join(alone_sheet.notes)
    assert alone_sheet.steps == ()
    # The raw score of A is 3.20 by hand: .6 * 4 + .4 * 2.
    assert [row.mark for row in alone_sheet.sources if row.source == "Manager"] == ["3.20"]


@pytest.fixture
def alone_sheet(tmp_path: Path, finish, hand):
    ratings = [*hand.mark("A", "M", "manager", 4, 2), *hand.mark("B", "M", "manager", 5, 5)]
    return build(finish(hand.write(tmp_path, ratings)).folder, "A")


def test_numbers_and_paper_are_those_of_the_cycle(named, tmp_path: Path) -> None:
    path = print_sheet(named.folder, "A", tmp_path / "s.pdf")
    text = read_text(path)
    assert "3,20" in text
    assert "3.20" not in text
    box = PdfReader(BytesIO(path.read_bytes())).pages[0].mediabox
    # Letter is 8.5 by 11 inches of 72 points.
    assert (float(box.width), float(box.height)) == (612.0, 792.0)


def test_long_and_right_to_left_names_stand_on_the_sheet(named, tmp_path: Path) -> None:
    long = read_text(print_sheet(named.folder, "A", tmp_path / "a.pdf"))
    assert LONG in long.replace("- ", "-")
    arabic = read_text(print_sheet(named.folder, "B", tmp_path / "b.pdf"))
    assert any("\u0600" <= letter <= "\u06ff" for letter in arabic)


def test_nothing_of_the_session_or_of_others_is_on_the_sheet(finished, tmp_path: Path) -> None:
    tables = finished.material.tables
    names = tables["people"].set_index("employee_id")["name"]
    reasons = tables["agenda"].set_index("employee_id")["reason"].dropna()
    for employee in tables["scores"]["employee_id"].tolist()[::50]:
        text = read_text(print_sheet(finished.folder, employee, tmp_path / "s.pdf"))
        manager = tables["people"].set_index("employee_id")["manager_id"].get(employee)
        raters = tables["forms"].loc[tables["forms"]["employee_id"] == employee, "rater_id"]
        others = {names[r] for r in raters if r in names and r not in (employee, manager)}
        assert not [name for name in others if name in text]
        assert "uggested" not in text
        for reason in str(reasons.get(employee, "")).split("; "):
            assert not reason or reason not in text


def test_the_drawing_tells_no_more_than_the_printed_digits(finished) -> None:
    scores = finished.material.tables["scores"]
    for employee in scores.loc[scores["link"] == "linked", "employee_id"].tolist()[::20]:
        view = build(finished.folder, employee)
        marks = {mark.shape: mark.at for mark in view.strip.marks}
        ends = re.findall(r"\d\.\d+", view.figures[1].value)
        if "whisker" not in marks or len(ends) != 2:
            continue
        # 640 wide with 40 on either side; the scale runs from 1 to 5.
        assert marks["whisker"] == tuple(round(40 + 140 * (float(end) - 1)) for end in ends)


def test_two_people_never_share_a_file() -> None:
    assert {_name_file(name) for name in ("A", "a b", "a/b", "a_b")} == {
        "A", "a_b", "a_b-c8687a", "a_b-c14cdd",
    }  # fmt: skip


def test_the_file_is_for_its_owner_alone_and_named_by_the_id(
    named, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = print_sheet(named.folder, "A")
    assert path == Path("sheet-A.pdf")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert print_sheet(named.folder, "A", tmp_path / "again.pdf").read_bytes() == path.read_bytes()


def test_an_unknown_person_and_a_closed_folder_are_told(named, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="'Z'"):
        print_sheet(named.folder, "Z", tmp_path / "s.pdf")
    with pytest.raises(DiskError, match="cannot be written"):
        print_sheet(named.folder, "A", tmp_path / "no" / "such" / "s.pdf")


def test_the_sheet_can_be_walked_through_by_a_screen_reader(named, tmp_path: Path) -> None:
    """The rest of the tags is tested with the packets: all come from one template."""
    path = print_sheet(named.folder, "A", tmp_path / "s.pdf")
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == "de"
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        kinds = [str(item.S) for item in pdf.objects if is_element(item)]
        levels = [int(kind[2]) for kind in kinds if re.fullmatch("/H[1-4]", kind)]
        assert levels[0] == 1
        assert all(new <= old + 1 for old, new in pairwise(levels))
        figures = [item for item in pdf.objects if is_element(item) and item.S == "/Figure"]
        assert figures
        assert all(str(figure.Alt) for figure in figures)


def is_element(item) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem"
