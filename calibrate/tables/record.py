"""Findings, problems and the list of packets."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

FINDINGS = Contract(
    "findings",
    ("finding_id",),
    (
        Column("finding_id", "text", "stable name"),
        Column(
            "kind",
            "text",
            "distribution, rater, team, goals, what_if, model, network, disparity, dependence, "
            "adjusted, origin, moves, quota, false_alarms, contradiction, strategy, practice or "
            "input",
        ),
        Column(
            "scope",
            "text",
            "company, session, department, site, level, manager, rater, unit or group",
        ),
        Column("scope_id", "text", "which of them"),
        Column("level", "text", "look or note"),
        Column("headline", "text", "one sentence"),
        Column("evidence", "text", "the figures behind it"),
    ),
    meaning="reasons to look; one row a finding",
)

PROBLEMS = Contract(
    "problems",
    ("file", "row", "column", "rule", "value", "fix"),
    (
        Column("file", "text", "file as the cycle names it"),
        Column("row", "integer", "row as a spreadsheet counts it; the header is row 1"),
        Column("column", "text", "column, or key path in a YAML file"),
        Column("rule", "text", "name of the rule that is broken"),
        Column("level", "text", "error or note; a note never stops a run"),
        Column("value", "text", "what stands there; empty for attributes"),
        Column("fix", "text", "what to do"),
    ),
    is_key_unique=False,
    meaning="what was wrong in the input files; one row a problem",
)

PACKET_INDEX = Contract(
    "index",
    ("file",),
    (
        Column("file", "text", "path inside the run"),
        Column("kind", "text", "session, manager, executive, audit or archive"),
        Column("session", "text", "session, if it is one's packet"),
        Column("manager_id", "text", "manager, if it is one's packet"),
        Column("packet_id", "text", "hash of the content"),
        Column("sha256", "text", "hash of the file"),
        Column("pages", "integer", "pages", "pages"),
        Column("run_id", "text", "run that made it"),
        Column("manager", "text", "the manager's name"),
        Column("content", "text", "hash of all that the file was set from, program included"),
    ),
    meaning="every PDF of the run; one row a file",
)
