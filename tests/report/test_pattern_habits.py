"""What packets say about habits: little, with its basis, and nothing that gives a form away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from calibrate import tables
from calibrate.report import Material, draft_packet
from calibrate.report.views.base import Company
from calibrate.report.views.habits import build_habit_table, say_own_habits
from calibrate.report.views.pattern import build_own_pattern
from calibrate.report.views.patterns import build_rater_table

Invent = Callable[..., Material]
USUAL: dict[str, dict[str, Any]] = {
    "spread": {"value": -0.9, "low": -1.3, "high": -0.4, "expected": -0.1, "n": 12,
               "words": "marks lie closer together than others' do for the same people"},
    "halo": {"value": 0.86, "low": 0.74, "high": 0.92, "expected": 0.6, "n": 12,
             "words": "marks on different criteria move together more than others' do"},
    "self_gap": {"value": 41.3, "low": 20.0, "high": 62.6, "expected": 6.0, "n": 6,
                 "words": "sees the own work higher than people whom others mark alike"},
}  # fmt: skip


def with_habits(material: Material, *rows: dict[str, Any]) -> Material:
    """The material with these rows of habits; what a row leaves out is as usual."""
    full = [
        {"rater_id": "E001", "p_value": 0.001, "q_value": 0.01, "flagged": True,
         **USUAL[row["habit"]], **row}
        for row in rows
    ]  # fmt: skip
    frame = tables.HABITS.conform(pd.DataFrame(full, columns=tables.HABITS.names))
    return replace(material, tables={**material.tables, "habits": frame})


def test_a_narrow_rater_is_told_how_narrow_from_how_many_forms(invent: Invent) -> None:
    company = Company(with_habits(invent(), {"habit": "spread"}))
    (said,) = say_own_habits(company, "E001")
    # exp(-0.8) = 0.449, exp(-1.2) = 0.301, exp(-0.3) = 0.741: against what is expected.
    assert "0.45 times as widely" in said
    assert "(0.30 to 0.74; 12 forms)" in said
    assert "chance" not in said


def test_a_flag_that_may_be_chance_says_so(invent: Invent) -> None:
    company = Company(with_habits(invent(), {"habit": "halo", "p_value": 0.04, "q_value": 0.5}))
    (said,) = say_own_habits(company, "E001")
    assert "0.86 (0.74 to 0.92; usual is 0.60; 12 forms)" in said
    assert said.endswith("one rater in twenty shows as much.")


def test_the_own_view_is_told_without_a_figure_and_never_on_a_maybe(invent: Invent) -> None:
    company = Company(with_habits(invent(), {"habit": "self_gap"}))
    (said,) = say_own_habits(company, "E001")
    assert not re.search(r"\d", said)
    maybe = with_habits(invent(), {"habit": "self_gap", "p_value": 0.04, "q_value": 0.5})
    assert say_own_habits(Company(maybe), "E001") == []
    table = build_habit_table(company, ["E001"], ["E001"])
    assert {table.rows[0].value, table.rows[0].span, table.rows[0].usual} == {"–"}


@pytest.mark.parametrize(
    "row",
    [
        {"habit": "spread", "flagged": False, "p_value": 0.2, "q_value": 0.9},
        {"habit": "spread", "n": 4},
        {"habit": "halo", "n": 4},
        {"habit": "self_gap", "n": 2},
    ],
    ids=["not flagged", "four forms", "four forms", "two others"],
)
def test_nothing_is_said_where_nothing_stands_out_or_few_filed(
    invent: Invent, row: dict[str, Any]
) -> None:
    company = Company(with_habits(invent(), row))
    assert say_own_habits(company, "E001") == []
    assert build_habit_table(company, ["E001"], ["E001"]).rows == ()


def test_a_rater_who_cannot_be_compared_still_hears_of_the_halo(invent: Invent) -> None:
    company = Company(with_habits(invent(is_linked=False), {"habit": "halo"}))
    pattern = build_own_pattern(company, "E001")
    assert pattern.chart is None
    assert "move together more" in pattern.steps[0]


def test_without_any_habit_the_page_asks_questions_to_the_own_marks(invent: Invent) -> None:
    material = invent()
    pattern = build_own_pattern(Company(material), "E001")
    assert 1 <= len(pattern.steps) <= 3
    assert all(step.endswith("?") for step in pattern.steps)
    forms = material.tables["forms"]
    own = forms[(forms["rater_id"] == "E001") & (forms["source"] == "manager")]
    names = material.employees.set_index("employee_id")["name"]
    points = own.set_index("employee_id")["points"].sort_values()
    assert names[points.index[0]] in pattern.steps[-1]
    assert names[points.index[-1]] in pattern.steps[-1]


def test_the_strongest_habits_come_first_and_the_rest_is_counted(invent: Invent) -> None:
    rows = [
        {"habit": "spread", "rater_id": f"R{k:02d}", "p_value": 0.001 * (13 - k)} for k in range(12)
    ]
    table = build_habit_table(
        Company(with_habits(invent(), *rows)), [f"R{k:02d}" for k in range(12)], []
    )
    assert [row.name for row in table.rows[:2]] == ["R11", "R10"]
    assert len(table.rows) == 10
    assert "The 10 strongest" in table.sentence
    assert "12 raters" in table.sentence


def test_a_peer_with_few_forms_is_not_among_the_raters_of_a_session(invent: Invent) -> None:
    material = invent()
    company = Company(material)
    scores = material.desk.find_rows("scores", "session", ["Engineering"])
    forms = material.tables["forms"]
    managers = set(forms.loc[forms["source"] == "manager", "rater_id"])
    open_ = {company.name(rater) for rater in managers}
    n_forms = material.tables["raters"].set_index("rater_id")["n_forms"]
    open_ |= {company.name(str(rater)) for rater in n_forms.index[n_forms >= 5]}
    assert {row.name for row in build_rater_table(company, scores).rows} <= open_


def test_a_session_packet_lists_habits_with_range_and_forms(invent: Invent) -> None:
    material = with_habits(invent(), {"habit": "spread"}, {"habit": "halo"})
    html = draft_packet("session", material, "Engineering").html
    section = html[html.index("Other habits of the raters") :].partition("</section>")[0]
    for figure in ("0.45", "0.30 to 0.74", "0.86", "0.74 to 0.92", "0.60", "more than chance"):
        assert figure in section
