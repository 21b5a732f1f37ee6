"""What each key of rubrics and strategy means and may hold, in the words of JSON Schema."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from calibrate.config.keys import Keys
from calibrate.rubric.rubric import APPLIES_TO

_ID = {"minLength": 1, "maxLength": 100, "pattern": r"^\S(?:.*\S)?$"}
_PERCENT = {"minimum": 0, "maximum": 100}
_SHARES = {"additionalProperties": {"minimum": 1, "maximum": 100}}
_NUMBER = r"^-?[0-9]+(?:\.[0-9]{1,6})?$"


def _say(description: str, **limits: Any) -> dict[str, Any]:
    return {"description": description, **limits}


RUBRIC_KEYS: Final[Keys] = MappingProxyType(
    {
        "Rubric": {
            "schema": _say("Version of this format."),
            "id": _say("Name of the rubric.", **_ID),
            "version": _say("Raise it with every change."),
            "title": _say("Title on the packets."),
            "applies_to": _say(
                "Column of employees → its values; manages_people: has reports, yes or no; "
                "absent: everybody.",
                propertyNames={"enum": list(APPLIES_TO)},
                allOf=[{"additionalProperties": {"minItems": 1}}],
            ),
            "marks": _say(
                "relative: the scale already means “for this level”. "
                "absolute: points are the distance to the level's expectation."
            ),
            "scale": _say("The marks a rater may give."),
            "weights": _say("from_outcomes: criteria weigh what their outcomes weigh."),
            "criteria": _say("What is marked; the weights sum to 100.", minItems=1),
        },
        "MarkScale": {
            "lowest": _say("Lowest mark."),
            "highest": _say("Highest mark."),
            "step": _say("Step between marks, or any: decimals are allowed."),
        },
        "Criterion": {
            "id": _say("Name of the criterion as the ratings spell it.", **_ID),
            "label": _say("What readers see."),
            "weight": _say("Whole percent of the score; all of a rubric sum to 100.", **_PERCENT),
            "outcomes": _say("Outcome → share in percent; they sum to 100.", allOf=[_SHARES]),
            "expected": _say("Level → the mark expected there."),
            "levels": _say(
                "Mark → what one sees at this mark.", propertyNames={"pattern": _NUMBER}
            ),
            "develop": _say("What to practise next."),
            "scale": _say("Scale of labels of this criterion; its name stands in the cycle."),
        },
    }
)

STRATEGY_KEYS: Final[Keys] = MappingProxyType(
    {
        "Strategy": {
            "schema": _say("Version of this format."),
            "id": _say("Name of the strategy."),
            "outcomes": _say("What the company wants; the weights sum to 100."),
        },
        "Outcome": {
            "id": _say("Name of the outcome.", **_ID),
            "title": _say("What readers see."),
            "perspective": _say("Perspective of a balanced scorecard."),
            "weight": _say(
                "Whole percent; the outcomes in force on one day sum to 100.", **_PERCENT
            ),
            "owner": _say("Who answers for it: an employee_id."),
            "parent": _say("The one outcome this one serves."),
            "valid_from": _say("First day in force; absent: from the beginning."),
            "valid_to": _say("Last day in force; absent: without end."),
            "replaces": _say("Id of the outcome whose place it takes on valid_from."),
            "kpis": _say("Figures by which it is judged."),
        },
        "Kpi": {
            "id": _say("Name of the figure; no other outcome has one of this name.", **_ID),
            "title": _say("What readers see."),
            "unit": _say("Unit, such as M EUR."),
            "baseline": _say("Where it started."),
            "target": _say("Where it should be."),
            "actual": _say("Where it is."),
            "direction": _say("up: more is better. down: less is better."),
            "history": _say("Earlier cycle → value at its end, in order of time."),
        },
    }
)
