"""The wall: what may open the attributes, and what they show."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from calibrate.audit import AttributeTable, read_attributes
from calibrate.config import Cycle
from calibrate.errors import InputError, IntegrityError, Problem

HASH = "0" * 64
IDS = ("E1", "E2", "E3")
MakeCycle = Callable[..., Cycle]


def rules(problems: list[Problem]) -> set[tuple[str, int | None]]:
    return {(problem.rule, problem.row) for problem in problems}


def groups(table: AttributeTable, name: str) -> list[str]:
    aligned = table.aligned_to(IDS)
    return [aligned.labels[name][code] for code in aligned.codes[name]]


@pytest.fixture
def table() -> AttributeTable:
    return AttributeTable(("gender",), {"E1": ("female",), "E2": ("",)})


@pytest.mark.parametrize(
    "look",
    [iter, list, dict, lambda t: t[0], lambda t: t["gender"], lambda t: "E1" in t, len, vars],
)
def test_the_table_cannot_be_iterated_indexed_or_searched(
    table: AttributeTable, look: Callable[[AttributeTable], object]
) -> None:
    with pytest.raises(TypeError):
        look(table)


def test_the_table_and_the_aligned_groups_print_no_value(table: AttributeTable) -> None:
    for shown in (repr(table), str(table), f"{table.aligned_to(IDS)}"):
        assert "gender" in shown
        assert "female" not in shown
        assert "E1" not in shown


def test_the_table_cannot_be_pickled(table: AttributeTable) -> None:
    with pytest.raises(TypeError, match="do not leave"):
        pickle.dumps(table)


def test_blank_and_absent_are_not_stated(table: AttributeTable) -> None:
    assert groups(table, "gender") == ["female", "not stated", "not stated"]


def test_people_get_their_groups_in_the_order_asked_for(table: AttributeTable) -> None:
    forward, back = table.aligned_to(["E1", "E2"]), table.aligned_to(["E2", "E1"])
    assert np.array_equal(forward.codes["gender"], back.codes["gender"][::-1])


def test_nothing_opens_before_the_scores_are_hashed(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,gender\nE1,female\n")
    with pytest.raises(IntegrityError, match="hashed"):
        read_attributes(cycle, IDS, "")


def test_all_columns_of_the_file_are_attributes_where_none_is_named(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,gender,shift\nE1,female,day\nE3,male,NA\n")
    table, problems = read_attributes(cycle, IDS, HASH)
    assert problems == []
    assert table.names == ("gender", "shift")
    assert groups(table, "shift") == ["day", "not stated", "NA"]  # "NA" is text like any other


def test_named_attributes_leave_the_others_out(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,gender,shift\nE1,female,day\n", "{attributes: [shift]}")
    assert read_attributes(cycle, IDS, HASH)[0].names == ("shift",)


def test_declared_names_and_ignored_columns_are_followed(make_cycle: MakeCycle) -> None:
    cycle = make_cycle(
        "Staff;G;Note\nE1;female;x\n",
        declared="{file: who.csv, columns: {Staff: employee_id, G: gender}, ignore: [Note], "
        'delimiter: ";"}',
    )
    table, problems = read_attributes(cycle, IDS, HASH)
    assert problems == []
    assert table.names == ("gender",)
    assert groups(table, "gender")[0] == "female"


def test_faulty_rows_are_listed_with_their_row_and_left_out(make_cycle: MakeCycle) -> None:
    cycle = make_cycle(
        "employee_id,gender\nE1,female\nE2,male\nE2,female\n,male\nE3, male\nX9,female\nE1\n"
    )
    table, problems = read_attributes(cycle, IDS, HASH)
    assert rules(problems) == {
        ("duplicate", 3),
        ("duplicate", 4),
        ("blank_id", 5),
        ("spaces", 6),
        ("unknown_employee", 7),
        ("ragged_row", 8),
    }
    assert {p.rule for p in problems if p.level == "note"} == {"unknown_employee"}
    assert groups(table, "gender") == ["female", "not stated", "not stated"]


def test_an_id_or_a_group_that_only_looks_right_is_refused(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,gender\nJose\u0301,x\nE1\u200b,x\nE2,x\u200b\nE3,x\n")
    table, problems = read_attributes(cycle, ("Jos\u00e9", *IDS), HASH)
    assert rules(problems) == {
        ("id_spelling", 2),
        ("control_character", 3),
        ("control_character", 4),
    }
    assert groups(table, "gender") == ["not stated", "not stated", "x"]


def test_a_group_name_with_the_sign_that_joins_crossed_groups_is_refused(
    make_cycle: MakeCycle,
) -> None:
    # gender f crossed with a*b and gender f*a crossed with b would be one name.
    cycle = make_cycle("employee_id,gender\nE1,a*b\nE2,x\n")
    table, problems = read_attributes(cycle, IDS, HASH)
    assert rules(problems) == {("group_name", 2)}
    assert groups(table, "gender") == ["not stated", "x", "not stated"]


def test_no_message_shows_a_value(make_cycle: MakeCycle) -> None:
    cycle = make_cycle(
        "employee_id,gender\nE1,  secret\nE2,secret\nE2,secret\nX9,secret\n",
        "{references: {gender: elsewhere}}",
    )
    problems = read_attributes(cycle, IDS, HASH)[1]
    assert len(problems) == 5
    for problem in problems:
        assert "secret" not in f"{problem}{problem.value}"


@pytest.mark.parametrize(
    "key",
    [
        "constants: {gender: x}", "leave_out: {gender: [x]}", "join: {gender: [a, b]}",
        "layout: wide", 'decimal: ","', 'dates: "%d.%m.%Y"', "columns: {W: [employee_id, gender]}",
    ],
)  # fmt: skip
def test_a_key_that_attributes_do_not_follow_is_refused(make_cycle: MakeCycle, key: str) -> None:
    with pytest.raises(InputError) as error:
        make_cycle("employee_id,gender\nE1,x\n", declared=f"{{file: who.csv, {key}}}")
    (problem,) = error.value.problems
    assert problem.column.startswith(f"inputs.attributes.{key.partition(':')[0]}")


def test_values_of_no_column_are_refused(make_cycle: MakeCycle) -> None:
    cycle = make_cycle(
        "employee_id,G\nE1,f\n",
        declared="{file: who.csv, columns: {G: gender}, values: {G: {f: female}}}",
    )
    assert rules(read_attributes(cycle, IDS, HASH)[1]) == {("missing_column", 1)}


def test_a_value_a_spreadsheet_has_cut_is_not_shown(make_cycle: MakeCycle, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "who.xlsx")
    sheet = book.add_worksheet()
    # 2 ** 60: a spreadsheet keeps 15 of its digits.
    for row, cells in enumerate([("employee_id", "gender"), ("E1", 1152921504606846976)]):
        sheet.write_row(row, 0, cells)
    book.close()
    cycle = make_cycle("", declared="{file: who.xlsx}")
    (problem,) = read_attributes(cycle, IDS, HASH)[1]
    assert (problem.rule, problem.row, problem.value) == ("digits_lost", 2, "")
    assert "11529" not in str(problem)


def test_a_missing_attribute_column_is_an_error_of_the_whole_file(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,gendre\nE1,female\n", "{attributes: [gender]}")
    (problem,) = read_attributes(cycle, IDS, HASH)[1]
    assert (problem.rule, problem.whole) == ("missing_column", True)
    assert "gendre" in problem.fix


def test_a_missing_employee_id_column_is_an_error(make_cycle: MakeCycle) -> None:
    table, problems = read_attributes(make_cycle("id,gender\nE1,female\n"), IDS, HASH)
    assert [p.rule for p in problems] == ["missing_column"]
    assert table.names == ()


def test_an_attribute_that_is_a_column_of_employees_is_an_error(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,location\nE1,north\n")
    problems = read_attributes(cycle, IDS, HASH, ("employee_id", "location"))[1]
    assert [p.rule for p in problems] == ["attribute_column"]
    assert read_attributes(cycle, IDS, HASH, ("employee_id",))[1] == []


def test_an_attribute_that_is_a_control_is_an_error(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,location\nE1,north\n", "{controls: [location]}")
    assert [p.rule for p in read_attributes(cycle, IDS, HASH)[1]] == ["attribute_column"]


def test_a_reference_nobody_is_in_is_an_error(make_cycle: MakeCycle) -> None:
    audit = "{references: {gender: male}}"
    cycle = make_cycle("employee_id,gender\nE1,female\nX9,male\n", audit)
    problems = read_attributes(cycle, IDS, HASH)[1]
    assert [p.rule for p in problems if p.level == "error"] == ["unknown_reference"]


def test_not_stated_cannot_be_named_as_a_reference(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,gender\nE1,\n", '{references: {gender: "not stated"}}')
    assert [p.rule for p in read_attributes(cycle, IDS, HASH)[1]] == ["unknown_reference"]


def test_a_missing_file_is_a_problem_and_no_table(make_cycle: MakeCycle) -> None:
    cycle = make_cycle("employee_id,gender\n", declared="{file: nowhere.csv}")
    table, problems = read_attributes(cycle, IDS, HASH)
    assert [p.rule for p in problems] == ["missing_file"]
    assert table.names == ()
