"""What each key of cycle.yaml means and may hold, in the words of JSON Schema.

The models check; this table tells an editor beforehand. The tests hold every limit
here against the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from calibrate.config.inputs import ENDINGS
from calibrate.config.names import CONTROL_COLUMNS, SOURCES

#: Model → key → words of JSON Schema for this key.
Keys = Mapping[str, Mapping[str, Mapping[str, Any]]]

#: A file or a database, and of a database a table or a query.
ONE_PLACE: Final = MappingProxyType(
    {
        "oneOf": [{"required": ["file"]}, {"required": ["database"]}],
        "dependentSchemas": {
            "database": {"oneOf": [{"required": ["table"]}, {"required": ["query"]}]},
            "table": {"required": ["database"]},
            "query": {"required": ["database"]},
        },
    }
)

_LETTERS = "|".join(
    "".join(f"[{c}{c.upper()}]" for c in ending.removeprefix(".")) for ending in ENDINGS
)
_ONCE = {"minItems": 1, "uniqueItems": True}
_SHARES = {"additionalProperties": {"items": {"minimum": 0, "maximum": 1}}}


def _say(description: str, **limits: Any) -> dict[str, Any]:
    return {"description": description, **limits}


_INPUT_FILE = {
    "file": _say(
        "A file, or a list of files of the same shape; paths are relative to this file.",
        pattern=rf"\.(?:{_LETTERS})$", **_ONCE,
    ),
    "database": _say(
        "Name of an environment variable that holds the database's URL; never the URL itself.",
        pattern="^[A-Za-z_][A-Za-z0-9_]*$",
    ),
    "table": _say("Table of the database, such as hr.ratings."),
    "query": _say("Query whose rows are read, such as: select … order by …"),
    "layout": _say("long: one row per mark. wide: one column per criterion; ratings only."),
    "columns": _say("Their column → our column, or a list of ours where one serves twice."),
    "ignore": _say("Columns that are never read."),
    "constants": _say("A column of ours that the file lacks → its value in every row."),
    "values": _say("Our column → their text → our text."),
    "join": _say("Our column → several of theirs, put together with a space between."),
    "leave_out": _say("Their column → texts; rows with such a text are no data and left out."),
    "scale": _say("Scale that turns labels into marks; its name stands under scales."),
    "encoding": _say("Encoding of a text file, such as cp1252."),
    "delimiter": _say("What parts the columns of a text file.", enum=[",", ";", "|", "\t"]),
    "decimal": _say("What stands before the decimals."),
    "dates": _say("iso, or a pattern of day, month and year such as %d.%m.%Y."),
    "sheet": _say("Sheet of a spreadsheet that has several."),
    "header_row": _say(
        "Row that holds the names of the columns; what stands above is not read.",
        minimum=1, maximum=1000,
    ),
}  # fmt: skip

_INPUTS = {
    "ratings": _say("The marks: who rated whom, from which source, on which criterion."),
    "employees": _say("One row per person; without it, employees are those rated."),
    "attributes": _say("Groups of people, opened by the audit alone, after scoring."),
    "assignments": _say("Who managed whom and when: transfers, matrix and acting managers."),
    "goals": _say("Goals with baseline, target and actual."),
    "checkins": _say("Talks between manager and employee."),
    "feedback": _say("Praise, advice and recognition given during the cycle."),
    "unit_measures": _say("Measures of units, such as engagement."),
    "rewards": _say("Merit, bonus and promotion."),
    "history": _say("Bands and scores of earlier cycles."),
    "criterion_history": _say(
        "Scores by criterion of earlier cycles: a run's tables/criterion_scores.csv, or your own."
    ),
}

_CYCLE = {
    "schema": _say("Version of this format."),
    "cycle": _say(
        "Short name of the cycle; it names folders.",
        minLength=1, maxLength=64, pattern=r"^[^/\\:]+$",
    ),
    "title": _say("Title on every packet."),
    "starts_on": _say("First day of the cycle, such as 2026-07-01."),
    "ends_on": _say("Last day of the cycle."),
    "inputs": _say("The tables and where they are; ratings alone are required."),
    "strategy": _say("File with the outcomes the company wants."),
    "rubrics": _say("Rubric files; for each person the first that applies.", **_ONCE),
    "scales": _say("Labels turned into marks, by name."),
    "display_scale": _say("Scale on which readers see scores."),
    "sources": _say(
        "For how many peer forms one form of a source counts.",
        propertyNames={"enum": list(SOURCES)},
        allOf=[{"properties": {"self": {"properties": {"weight": {"maximum": 0}}}}}],
    ),
    "effects": _say("How the rater is told apart from the rated."),
    "bands": _say("Names of the bands, and the points that part them."),
    "guideline": _say("Shares the company expects in each band."),
    "show_suggested": _say("When the suggested band is shown to managers."),
    "language": _say("Language of the packets."),
    "formats": _say("Whose numbers and dates, such as de-CH; those of the language if left out."),
    "agenda": _say("Time of one calibration session."),
    "cadence": _say("What was agreed about check-ins."),
    "privacy": _say("Smallest numbers of people behind a shown figure."),
    "audit": _say("What the audit compares."),
    "packets": _say("Packets to print.", uniqueItems=True),
    "on_problem": _say("stop: score nothing. quarantine: leave listed rows out and count them."),
    "seed": _say("Seed of every random draw.", minimum=0, maximum=2**63 - 1),
    "paper": _say("Size of the paper."),
    "theme": _say("Folder with theme.yaml: accent, logo, lines and texts of the company.",
                  minLength=1),
}  # fmt: skip

_EFFECTS = {
    "model": _say("linear; ordinal: marks count as ordered steps; none: scores stay as they are."),
    "unit": _say("Which unit has an effect of its own; default team, else department."),
    "interval": _say("Level of score intervals.", exclusiveMinimum=0, exclusiveMaximum=1),
    "min_link": _say(
        "How well people must be linked by shared raters to be adjusted.", minimum=0, maximum=1
    ),
    "assumed": _say("Makes intervals where one rater marked a person; no score follows it."),
}

_ASSUMED = {
    "rater_share": _say(
        "[lowest, highest] share of the differences between forms that may be the rater's.",
        items={"type": "number", "minimum": 0, "maximum": 1},
    ),
    "reliability": _say("Share of the rest that is the person's.", minimum=0, exclusiveMaximum=1),
}

_AUDIT = {
    "attributes": _say("Columns of the attributes file to compare; absent: all of them."),
    "intersections": _say(
        "Attributes to cross, such as [gender, ethnicity].",
        items={"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True},
    ),
    "references": _say("Attribute → group the others are compared with, or largest."),
    "controls": _say(
        "Columns of employees to hold constant.",
        allOf=[{"items": {"enum": list(CONTROL_COLUMNS)}}],
    ),
    "favourable": _say("The favourable bands; absent: those above the middle one."),
    "rules": _say("Versioned rule pack, or several; the first one's bounds give the verdicts."),
    "categories": _say("Which attribute holds a category that a rule pack asks for."),
}

CYCLE_KEYS: Final[Keys] = MappingProxyType(
    {
        "InputFile": _INPUT_FILE,
        "Inputs": _INPUTS,
        "Cycle": _CYCLE,
        "Effects": _EFFECTS,
        "Assumed": _ASSUMED,
        "Audit": _AUDIT,
        "Categories": {
            "sex": _say("Attribute that holds it; absent: sex or gender."),
            "race_ethnicity": _say(
                "Attribute that holds it; absent: race_ethnicity, ethnicity or race."
            ),
        },
        "LabelScale": {
            "version": _say("Raise it when a label changes its mark."),
            "marks": _say("Label → mark.", minProperties=1),
            "nulls": _say('Labels that are no mark, such as "Too new to rate".'),
        },
        "DisplayScale": {
            "lowest": _say("What 0 points are shown as."),
            "highest": _say("What 100 points are shown as."),
        },
        "SourceConfig": {"weight": _say("1 counts as much as a peer; 0 is shown only.", minimum=0)},
        "Bands": {
            "labels": _say("From low to high.", minItems=2, uniqueItems=True),
            "cuts": _say(
                "Points from 0 to 100, one fewer than labels; a score on a cut belongs above it.",
                uniqueItems=True, allOf=[{"items": {"minimum": 0, "maximum": 100}}],
            ),
        },
        "Guideline": {
            "mode": _say("soft: told. hard: --gate fails. none: not looked at."),
            "scope": _say("Where the shares are counted."),
            "shares": _say("Band → [lowest share, highest share].", allOf=[_SHARES]),
        },
        "Agenda": {
            "minutes": _say("Length of a session in minutes.", exclusiveMinimum=0),
            "minutes_per_person": _say("Minutes for one person.", exclusiveMinimum=0),
        },
        "Cadence": {
            "checkin_days": _say(
                "Days between two check-ins at most.", minimum=1, maximum=366
            ),
        },
        "Privacy": {
            "min_peers": _say("Fewest peers or direct reports behind a shown mean.", minimum=1),
            "min_cell": _say("Fewest people in a group of the audit.", minimum=1),
        },
        "Favourable": {"bands": _say("Bands that count as favourable.", **_ONCE)},
    }
)  # fmt: skip
