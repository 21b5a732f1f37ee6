"""What ids stand for: people and criteria."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

PEOPLE = Contract(
    "people",
    ("employee_id",),
    (
        Column("employee_id", "text", "the person"),
        Column("name", "text", "as in the employees file; empty if it has no names"),
        Column("level", "text", "level in the company"),
        Column("job_family", "text", "kind of work"),
        Column("department", "text", "department"),
        Column("manager_id", "text", "line manager when the cycle ends"),
        Column("rubric", "text", "rubric by which the person is rated"),
    ),
    meaning="names of people; the one table that has them; one row a person",
)

CRITERIA = Contract(
    "criteria",
    ("rubric", "criterion"),
    (
        Column("rubric", "text", "id of the rubric"),
        Column("version", "text", "version of the rubric"),
        Column("title", "text", "title of the rubric"),
        Column("criterion", "text", "id of the criterion"),
        Column("label", "text", "what packets call it"),
    ),
    meaning="criteria of the rubrics in their order; one row a criterion",
)
