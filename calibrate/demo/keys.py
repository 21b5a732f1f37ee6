"""What each key of a plant file means and may hold, in the words of JSON Schema."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from calibrate.config.keys import Keys
from calibrate.demo.catalogue import ATTRIBUTES, SOURCES
from calibrate.demo.plant import LARGEST_POINTS

_POINTS = {"minimum": -LARGEST_POINTS, "maximum": LARGEST_POINTS}
_SPREAD = {"minimum": 0, "maximum": LARGEST_POINTS}


def _say(description: str, **limits: Any) -> dict[str, Any]:
    return {"description": description, **limits}


PLANT_KEYS: Final[Keys] = MappingProxyType(
    {
        "Plant": {
            "schema": _say("Version of this format."),
            "standard_deviations": _say("How far people, teams, raters and marks are spread."),
            "severities": _say("Raters who mark everybody lower or higher."),
            "disparities": _say("Groups whom raters of one source mark lower or higher."),
            "unserved_outcomes": _say("Outcomes that no criterion and no goal names."),
        },
        "PlantedSeverity": {
            "rater": _say("Id of one rater; instead of managers."),
            "managers": _say("So many managers, chosen by the seed.", minimum=1),
            "points": _say("Points from -50 to 50; positive marks lower.", **_POINTS),
        },
        "PlantedDisparity": {
            "attribute": _say("Attribute of the invented company.", enum=sorted(ATTRIBUTES)),
            "group": _say(
                "Group of the attribute.",
                enum=sorted({g for groups in ATTRIBUTES.values() for g in groups if g}),
            ),
            "source": _say("Whose marks differ.", enum=[s for s in SOURCES if s != "self"]),
            "points": _say("Points from -50 to 50; negative marks lower.", **_POINTS),
        },
        "UnservedOutcome": {
            "id": _say("Name of the outcome."),
            "title": _say("What readers see."),
            "perspective": _say("Perspective of a balanced scorecard."),
            "weight": _say("Whole percent; all together at most 50."),
        },
        "Deviations": {
            "employee": _say("Between people, in points.", **_SPREAD),
            "unit": _say("Between teams.", **_SPREAD),
            "severity": _say("Between raters.", **_SPREAD),
            "residual": _say(
                "Between forms of one person, by source; all sources.",
                propertyNames={"enum": list(SOURCES)}, required=list(SOURCES),
                allOf=[{"additionalProperties": _SPREAD}],
            ),
            "criterion_of_employee": _say("Between criteria of one person.", **_SPREAD),
            "criterion_within_form": _say("Between criteria of one form.", **_SPREAD),
        },
    }
)  # fmt: skip
