"""What a misspelt id may have meant: found at any size, named only where it is clear."""

from __future__ import annotations

import random
import string

import numpy as np
import pytest

from calibrate.ingest.likeness import LikenessIndex
from calibrate.ingest.recode import Suggester

PEOPLE = ("E1001", "E1020", "E2045", "E3777", "anna.meyer", "K-0042", "Zoë")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("E2054", "E2045"),  # two letters swapped
        ("E2046", "E2045"),  # another letter
        ("E20455", "E2045"),  # one more
        ("E245", "E2045"),  # one fewer
        ("F3777", "E3777"),
        ("e3777", "E3777"),  # case
        ("E-3777", "E3777"),  # a mark between
        ("E 3777", "E3777"),
        ("ElO2O", "E1020"),  # small L for one, letter O for zero
        ("EI00I", "E1001"),
        ("k42", "K-0042"),  # zeros left out
        ("K-00042", "K-0042"),
        ("Anna_Meyer", "anna.meyer"),
        ("anna.meier", "anna.meyer"),
        ("zoë", "Zoë"),
    ],
)
def test_usual_typing_error_leads_to_the_id(typed: str, meant: str) -> None:
    assert Suggester(PEOPLE).ask(typed) == f"did you mean '{meant}'?"


@pytest.mark.parametrize("typed", ["E9999", "E2450", "E20", "anna", "", "x" * 500, "٤٤٤٤"])
def test_id_that_is_near_to_none_gets_no_suggestion(typed: str) -> None:
    assert Suggester(PEOPLE).ask(typed) == ""


def test_two_equally_near_ids_are_both_named_and_three_are_not() -> None:
    assert Suggester(["E10", "E20", "F77"]).ask("E30") == "did you mean 'E10' or 'E20'?"
    assert Suggester(["E10", "E20", "E40"]).ask("E30") == ""


def test_look_alike_is_nearer_than_another_letter() -> None:
    # E100 differs from E1O0 by look; E170 and E110 by a letter.
    assert Suggester(["E100", "E170", "E110"]).ask("E1O0") == "did you mean 'E100'?"


def test_ids_that_only_case_tells_apart_are_both_named() -> None:
    assert Suggester(["ab12", "AB12"]).ask("Ab12") == "did you mean 'AB12' or 'ab12'?"


def test_two_letters_are_too_short_to_tell_an_error_from_another_id() -> None:
    assert Suggester(["E1", "X5"]).ask("E2") == ""


def test_nobody_known_means_nobody_suggested() -> None:
    assert Suggester([]).ask("E1") == ""


def test_person_left_out_of_the_employees_is_told_so() -> None:
    what, fix = Suggester(["E1001"], {"E1002"}).explain_person("E1002")
    assert what == "employee_id 'E1002' was left out of the employees"
    assert fix == "mend that person's row in the employees file"


def one_edit(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    letter = rng.choice(string.ascii_lowercase)
    kind = rng.randrange(4)
    if kind == 0:
        return name[:at] + letter + name[at:]
    if kind == 1:
        return name[:at] + name[at + 1 :]
    if kind == 2:
        return name[:at] + letter + name[at + 1 :]
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def distance(a: str, b: str) -> int:
    """Optimal string alignment distance, by the textbook's table."""
    table = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    table[:, 0], table[0, :] = range(len(a) + 1), range(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i, j] = min(
                table[i - 1, j] + 1, table[i, j - 1] + 1,
                table[i - 1, j - 1] + (a[i - 1] != b[j - 1]),
            )  # fmt: skip
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return int(table[-1, -1])


def test_search_finds_exactly_what_a_table_of_distances_finds() -> None:
    rng = random.Random(7)
    letters = "abcdef"  # no look-alikes: then the distance of the letters decides
    known = sorted({"".join(rng.choices(letters, k=rng.randint(4, 7))) for _ in range(400)})
    asked = [one_edit(rng.choice(known), rng) for _ in range(300)]
    asked = [name for name in asked if name not in known and not set(name) & set("oil")]
    found = LikenessIndex(known).find_nearest(asked)
    for name, nearest in zip(asked, found, strict=True):
        near = [other for other in known if distance(name, other) == 1]
        assert nearest == (tuple(near) if len(near) <= 2 else ())
    assert sum(map(bool, found)) > 100


def test_hundred_thousand_people_and_each_unknown_id_gets_its_answer() -> None:
    known = [f"N{n:06d}" for n in range(0, 1_000_000, 10)]  # all end in 0
    asked = [f"N{n:06d}x" for n in range(0, 1_000_000, 50)]
    suggester = Suggester(known)
    suggester.prepare(asked)
    assert all(suggester.ask(name) == f"did you mean '{name[:-1]}'?" for name in asked)
