"""Rules of the agenda in words; who may not see a suggestion yet gets other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.language import N_, _
from calibrate.language.figures import write_share

#: Rule of a person whose band may well be another one, said where no other rule applies.
BAND_UNCERTAIN = "band_uncertain"
#: Rule of a person whose current band is not the suggested one.
BAND_DIFFERS = "band_differs"

#: Rule → words, where they depend on nothing else.
_WORDS = {
    "nobody_marked": N_("a band is proposed and nobody marked this person"),
    "thin_evidence": N_("thin evidence: few or uncertain forms"),
    "manager_higher": N_("the manager marks higher than peers"),
    "manager_lower": N_("the manager marks lower than peers"),
    "depends_on_severity": N_("another band if managers differ in severity"),
    "above_results": N_("rated above people who reached as much of their goals"),
    "below_results": N_("rated below people who reached as much of their goals"),
    "evidence_gap": N_("rated high, with no result, feedback or comment on record"),
}


@dataclass(frozen=True)
class Case:
    """What the words depend on beside the rules.

    Parameters
    ----------
    current
        Band so far: the proposed one, else that of the raw marks.
    is_upper
        Does it lie above the middle band?
    has_proposal
        Did the manager propose it?
    is_adjusted
        Is the suggested band another one than that of the raw marks?
    p_change
        Probability of another band; None where it cannot be told.
    """

    current: str
    is_upper: bool
    has_proposal: bool
    is_adjusted: bool
    p_change: float | None


def say_reasons(rules: Sequence[str], case: Case, *, is_veiled: bool = False) -> str:
    """Say why a person is worth the minutes.

    Parameters
    ----------
    rules
        Rules that apply, as the agenda has them.
    is_veiled
        For a reader who may not see the suggestion yet.

    Examples
    --------
    >>> case = Case("Meets", False, has_proposal=True, is_adjusted=True, p_change=0.4)
    >>> say_reasons(["thin_evidence", "manager_lower", "band_uncertain"], case)
    'thin evidence: few or uncertain forms; the manager marks lower than peers'
    >>> say_reasons(["band_differs"], case, is_veiled=True)
    'the proposal and the marks differ'
    """
    told = [rule for rule in rules if rule != BAND_UNCERTAIN]
    if rules and not told:
        return _(
            "close to a cut: about {share} for another band", share=write_share(case.p_change or 0)
        )
    return "; ".join(_say_rule(rule, case, is_veiled) for rule in told)


def say_waiting(reasons: str) -> str:
    """Say the reasons of a person for whom no minutes are left."""
    return _("if time is left: {reasons}", reasons=reasons)


def say_safe(p_change: float | None, *, is_same_band: bool) -> str:
    """Say why nobody has to talk about a person, or that this is not known.

    Parameters
    ----------
    p_change
        None where it cannot be told.
    is_same_band
        Does the band stay under every assumption about severity?

    Examples
    --------
    >>> say_safe(0.07, is_same_band=False)
    'safe to skip: about 93% for this band'
    """
    if p_change is not None:
        return _("safe to skip: about {share} for this band", share=write_share(1 - p_change))
    if is_same_band:
        return _("safe to skip: same band, whether or not managers differ in severity")
    return _("nothing stands out; the adjustment could not be told")


def _say_rule(rule: str, case: Case, is_veiled: bool) -> str:
    if rule == BAND_DIFFERS:
        return _say_differs(case, is_veiled)
    if rule == "extreme":
        return _("at the end of the scale: {band}", band=case.current)
    if rule == "against_results":
        if case.is_upper:
            return _("rated above the middle, goals below half")
        return _("rated below the middle, goals reached")
    return _(_WORDS[rule])


def _say_differs(case: Case, is_veiled: bool) -> str:
    """Which band is suggested is not said; a veil hides what the suggestion rests on too."""
    if is_veiled and case.has_proposal:
        return _("the proposal and the marks differ")
    if is_veiled:
        return _("near a cut, or severity matters")
    if case.has_proposal and case.is_adjusted:
        return _("the proposal differs from the marks adjusted for severity")
    if case.has_proposal:
        return _("the proposal differs from the marks")
    return _("the raw band differs from the marks adjusted for severity")
