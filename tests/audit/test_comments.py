"""Comments as counts: no text is kept, and what is not English is not measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibrate.audit.comment_words import count_words, load_words
from calibrate.config import SOURCES, load_cycle
from calibrate.ingest import read_comments, read_employees

RUBRIC = (
    'schema: 1\nid: r\nversion: 1\ntitle: "R"\nscale: {lowest: 1, highest: 5, step: 1}\n'
    'criteria: [{id: care, label: "C", weight: 100, levels: {1: "a", 5: "b"}}]\n'
)


def read(folder: Path, ratings: str, layout: str = "{file: ratings.csv}"):  # type: ignore[no-untyped-def]
    (folder / "ratings.csv").write_text(ratings, encoding="utf-8")
    (folder / "employees.csv").write_text("employee_id\nE1\nE2\n", encoding="utf-8")
    (folder / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    (folder / "cycle.yaml").write_text(
        'schema: 1\ncycle: "t"\ninputs:\n  employees: {file: employees.csv}\n'
        f"  ratings: {layout}\nrubrics: [rubric.yaml]\n",
        encoding="utf-8",
    )
    cycle = load_cycle(folder / "cycle.yaml")
    employees, problems = read_employees(cycle)
    assert not problems
    return read_comments(cycle, employees, ("R1", "R2"), ("care",), count_words)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        # should, prepare, next | none
        ("She should prepare the next hand-over.", (1, 6, 3, 0)),
        # none | abrasive, bossy
        ("Abrasive and bossy", (1, 3, 0, 2)),
        # Words within words are no words: 'starter', 'kindred'.
        ("A starter for kindred spirits", (1, 5, 0, 0)),
        ("It's done, isn't it?", (1, 4, 0, 0)),
        ("Très bon travail avec les clients, il faut continuer comme cela", (0, 0, 0, 0)),
        ("Zij is een fijne collega en helpt of belt altijd", (0, 0, 0, 0)),
        ("Hun er altid klar, og det er godt for os", (0, 0, 0, 0)),
        ("Très bon travail avec la cliente", (0, 0, 0, 0)),
        ("Led the El Paso launch in Los Angeles", (1, 8, 0, 0)),
        ("Отличная работа с клиентами", (0, 0, 0, 0)),
        ("優れた仕事", (0, 0, 0, 0)),
        ("4 / 5 !!", (0, 0, 0, 0)),
        ("", (0, 0, 0, 0)),
    ],
)
def test_words_are_counted_and_other_languages_are_not(text: str, counts: tuple[int, ...]) -> None:
    assert tuple(count_words(text)) == counts


def test_no_word_is_in_both_lists_and_all_can_be_found() -> None:
    listed = load_words()
    assert not listed.actionable & listed.personality
    assert not listed.foreign & (listed.common | listed.actionable | listed.personality)
    assert all(count_words(word).n_actionable == 1 for word in listed.actionable)
    assert all(count_words(word).n_personality == 1 for word in listed.personality)
    assert (listed.language, listed.version) == ("en", 2)


def test_a_text_that_a_form_repeats_is_counted_once(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "employee_id,rater_id,source,criterion,mark,comment\n"
        'E1,R1,peer,care,3,"Good work, warm"\n'
        'E1,R1,peer,other,3,"Good work, warm"\n'
        'E2,R1,peer,care,3,"Good work, warm"\n'
        "E1,R2,manager,care,4,Next: plan\n"
        "E1,R2,manager,other,4,\n",
    )
    assert table.is_given
    rows = sorted(
        zip(
            table.employee.tolist(), table.rater.tolist(), table.source.tolist(),
            table.counts.tolist(), strict=True,
        )
    )  # fmt: skip
    peer, manager = SOURCES.index("peer"), SOURCES.index("manager")
    assert rows == sorted(
        [(0, 0, peer, [1, 3, 0, 1]), (1, 0, peer, [1, 3, 0, 1]), (0, 1, manager, [1, 2, 2, 0])]
    )


def test_a_wide_file_and_a_column_of_another_name_are_read(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "employee_id,rater_id,source,care,Text\nE2,R2,peer,3,Kind\n",
        "{file: ratings.csv, layout: wide, columns: {Text: comment}}",
    )
    assert (table.employee.tolist(), table.counts.tolist()) == ([1], [[1, 1, 0, 1]])


def test_rows_of_unknown_people_raters_and_sources_are_passed_over(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "employee_id,rater_id,source,criterion,mark,comment\n"
        "E9,R1,peer,care,3,Kind\nE1,R9,peer,care,3,Kind\nE1,R1,friend,care,3,Kind\n",
    )
    assert table.is_given
    assert table.counts.shape == (0, 4)


def test_without_a_column_of_comments_nothing_is_given(tmp_path: Path) -> None:
    table = read(tmp_path, "employee_id,rater_id,source,criterion,mark\nE1,R1,peer,care,3\n")
    assert not table.is_given


def test_no_text_of_a_comment_is_kept(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "employee_id,rater_id,source,criterion,mark,comment\nE1,R1,peer,care,3,Secretword\n",
    )
    assert all(
        np.issubdtype(column.dtype, np.integer)
        for column in (table.employee, table.rater, table.source, table.counts)
    )
    assert "Secretword" not in repr(table)


def test_every_comment_of_the_sample_stands_with_its_form() -> None:
    from calibrate.pipeline.comments import gather_comments
    from calibrate.pipeline.stages import prepare_cycle

    cycle = load_cycle(Path(__file__).parents[2] / "sample_data" / "cycle.yaml")
    prepared = prepare_cycle(cycle)
    found = gather_comments(prepared)
    assert found is not None
    # The same file read by pandas, comment by comment.
    ratings = pd.read_csv(cycle.resolve("ratings.csv"), dtype=str, keep_default_na=False)
    key = ["employee_id", "rater_id", "source"]
    given = ratings[ratings["comment"] != ""].drop_duplicates([*key, "comment"])
    forms = prepared.forms
    names = zip(
        (prepared.employees.ids[code] for code in forms.employee),
        (prepared.raters[code] for code in forms.rater),
        (SOURCES[code] for code in forms.source),
        found.n_comments.tolist(), strict=True,
    )  # fmt: skip
    counted = {name[:3]: name[3] for name in names if name[3]}
    assert counted == given.groupby(key).size().to_dict()
