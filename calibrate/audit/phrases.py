"""Words that several findings of the audit share."""

from __future__ import annotations

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
#: How the evidence of a finding ends; a page that links to these parts leaves it out.
LOOK_NEXT = (LOOK_WITHIN, LOOK_MANAGERS, LOOK_MOVES, LOOK_SCOPES, LOOK_ALARMS)

BANDS = {
    "raw": N_("raw bands"),
    "calibrated": N_("calibrated bands"),
    "suggested": N_("suggested bands"),
    "proposed": N_("proposed bands"),
    "final": N_("final bands"),
}


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
