"""Who is asked about whom: never the own people, the own manager, oneself, or who has left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calibrate.config import load_cycle
from calibrate.pipeline.neighbours import ABOVE, ALIKE, find_neighbours
from calibrate.pipeline.stages import Prepared, prepare_cycle


def prepare(company: Any) -> Prepared:
    return prepare_cycle(load_cycle(company.cycle))


@pytest.fixture
def tree(company: Any) -> Any:
    """A boss over two managers over two people each, and an outsider who marked somebody."""
    (company.folder / "employees.csv").write_text(
        "employee_id,manager_id,department,job_family,location,level,left_on\n"
        "boss,,Top,Lead,Oslo,L9,\n"
        "m1,boss,Sales,Lead,Oslo,L5,\n"
        "m2,boss,Sales,Lead,Rome,L5,2026-01-05\n"
        "a,m1,Sales,Shop,Oslo,L1,\n"
        "b,m1,Sales,Shop,Oslo,L1,\n"
        "c,m2,Sales,Web,Rome,L2,\n"
        "d,m2,Sales,Web,Rome,L2,2026-01-05\n"
    )
    pairs = ("m1,boss,manager", "m2,boss,manager", "a,m1,manager", "b,m1,manager",
             "c,m2,manager", "d,m2,manager", "a,guest,peer", "a,a,self")  # fmt: skip
    rows = [f"{pair},{k},3" for pair in pairs for k in ("delivery", "quality")]
    header = "employee_id,rater_id,source,criterion,mark"
    (company.folder / "ratings.csv").write_text("\n".join([header, *rows]) + "\n")
    company.change("seed: 11", "seed: 11\nends_on: 2026-06-30")
    return company


def test_pairs_that_exist_and_lines_of_command_are_barred_both_ways(tree: Any) -> None:
    prepared = prepare(tree)
    near = find_neighbours(prepared)
    ids, raters = prepared.employees.ids, prepared.raters
    barred = {(ids[p // len(raters)], raters[p % len(raters)]) for p in near.barred.tolist()}
    forms = {("m1", "boss"), ("m2", "boss"), ("a", "m1"), ("b", "m1"), ("c", "m2"), ("d", "m2"),
             ("a", "guest"), ("a", "a")}  # fmt: skip
    themselves = {("boss", "boss"), ("m1", "m1"), ("m2", "m2")}
    upwards = {("boss", "m1"), ("boss", "m2"), ("m1", "a")}
    assert barred == forms | themselves | upwards


def test_who_has_left_is_neither_asked_nor_marked(tree: Any) -> None:
    prepared = prepare(tree)
    near = find_neighbours(prepared)
    gone = [name for name, may in zip(prepared.raters, near.may_mark, strict=True) if not may]
    assert gone == ["m2"]
    unmarked = np.array(prepared.employees.ids)[~near.may_be_marked].tolist()
    assert unmarked == ["d", "m2"]


def test_the_manager_above_the_manager_is_told_first(tree: Any) -> None:
    prepared = prepare(tree)
    near = find_neighbours(prepared)
    boss = prepared.raters.index("boss")
    above = ALIKE.index(ABOVE)
    is_below = near.employee_home[:, above] == near.rater_home[boss, above]
    assert np.array(prepared.employees.ids)[is_below].tolist() == ["a", "b", "c", "d"]
    assert above == 0


def test_a_rater_stands_where_the_rater_works_and_knows_the_work_of_the_people_marked(
    tree: Any,
) -> None:
    prepared = prepare(tree)
    near = find_neighbours(prepared)
    columns = {name: near.rater_home[:, at] for at, name in enumerate(ALIKE)}
    people = {name: near.employee_home[:, at] for at, name in enumerate(ALIKE)}
    of = {name: at for at, name in enumerate(prepared.employees.ids)}
    m1, guest = prepared.raters.index("m1"), prepared.raters.index("guest")
    assert columns["department"][m1] == people["department"][of["m1"]]
    assert columns["job_family"][m1] == people["job_family"][of["a"]]
    # A guest is no employee: like the people marked in everything.
    assert columns["department"][guest] == people["department"][of["a"]]
    assert abs(near.place[guest] - near.place[m1]) <= 2


def test_ratings_alone_are_enough(company: Any) -> None:
    company.change("  employees: {file: employees.csv}\n", "")
    near = find_neighbours(prepare(company))
    assert (near.rater_home[:, 1:] == -1).all()
    assert near.may_mark.all()
    assert company.link() == 0
    assert set(company.plan()["why"]) == {"nearest in the company"}
