"""Words that several findings of the audit share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calibrate.audit.attributes import NOT_STATED
from calibrate.language import N_, _

#: How the headline of a reason to look ends.
REFRAIN = N_("A reason to look.")

LOOK_WITHIN = N_(
    "Look next whether it stands within managers too (table dependence), at the same level and "
    "job (adjusted), and on which criterion and source it arises (origins)."
)
LOOK_MANAGERS = N_("Look next at the bands of each manager.")
LOOK_MOVES = N_("Look next at who decided these moves.")
LOOK_SCOPES = N_("Look next at whether the guideline suits the scopes where this group works.")
LOOK_ALARMS = N_("Look next at the gaps within managers.")
LOOK_PRACTICE = N_("Look next at who decides on them in the teams where this group works.")
#: How the evidence of a finding ends; a page that links to these parts leaves it out.
LOOK_NEXT = (LOOK_WITHIN, LOOK_MANAGERS, LOOK_MOVES, LOOK_SCOPES, LOOK_ALARMS, LOOK_PRACTICE)

BANDS = {
    "raw": N_("raw bands"),
    "calibrated": N_("calibrated bands"),
    "suggested": N_("suggested bands"),
    "proposed": N_("proposed bands"),
    "final": N_("final bands"),
}

#: Labels of groups that are ours; all others come from the data.
LABELS = {NOT_STATED: N_("not stated")}


def say_label(label: str) -> str:
    """A label of a group, or of crossed ones, with our own part of it translated.

    Examples
    --------
    >>> say_label("female*not stated")
    'female*not stated'
    """
    if NOT_STATED not in label:
        return label
    return "*".join(_(LABELS[part]) if part in LABELS else part for part in label.split("*"))


def name_sides(row: Mapping[str, Any]) -> dict[str, str]:
    """Attribute, group and reference of a row, as sentences name them."""
    sides = {name: say_label(str(row[name])) for name in ("group", "reference")}
    return {"attribute": str(row["attribute"]), **sides}


def say_bands(stage: str) -> str:
    """Name the bands of a stage.

    Examples
    --------
    >>> say_bands("proposed"), say_bands("hired")
    ('proposed bands', 'bands: hired')
    """
    return _(BANDS[stage]) if stage in BANDS else _("bands: {stage}", stage=stage)


def refrain(headline: str) -> str:
    """End a headline as each reason to look ends.

    Examples
    --------
    >>> refrain("More than chance.")
    'More than chance. A reason to look.'
    """
    return f"{headline} {_(REFRAIN)}"


def drop_refrain(headline: str) -> str:
    """The headline without its last sentence, where each stands under "reasons to look"."""
    return headline.removesuffix(_(REFRAIN)).rstrip()


def drop_look_next(evidence: str) -> str:
    """The evidence without what to look at next, where links stand in its place."""
    for text in LOOK_NEXT:
        evidence = evidence.removesuffix(_(text)).rstrip()
    return evidence
