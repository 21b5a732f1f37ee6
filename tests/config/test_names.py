"""Names of protected attributes are known however they are spelled."""

from __future__ import annotations

import pytest

from calibrate.config import COLUMNS, SOURCES, is_protected_name, suggest_names


@pytest.mark.parametrize(
    "name",
    [
        "gender", "Gender", " SEX ", "ethnicity", "race", "age", "Age group", "birth_date",
        "dateOfBirth", "DOB", "nationality", "religion", "disability", "sexual_orientation",
        "marital-status", "veteran", "minority", "pregnancy", "employee gender", "genderCode",
        "ｇｅｎｄｅｒ", "gen\u00adder", "\u200egender",
    ],
)  # fmt: skip
def test_attribute_names_are_recognised_in_every_spelling(name: str) -> None:
    assert is_protected_name(name)


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_no_column_of_the_contract_is_taken_for_an_attribute(table: str) -> None:
    assert [name for name in COLUMNS[table] if is_protected_name(name)] == []


def test_words_that_merely_contain_an_attribute_are_free() -> None:
    assert not any(is_protected_name(name) for name in ("manager", "language", "stage", "trace"))


def test_declared_attributes_are_protected_whatever_they_are_called() -> None:
    assert is_protected_name("Shift", ["shift"])
    assert not is_protected_name("Shift")


def test_sources_are_those_of_the_contract_in_order() -> None:
    assert SOURCES == ("manager", "peer", "direct_report", "skip_level", "self", "other")


def test_a_name_far_from_all_gets_no_suggestion() -> None:
    assert suggest_names("zzz", SOURCES) == ()
