"""One person's score, explained for one of two readers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from calibrate.bands import SMALL_COMPANY
from calibrate.explain.evidence import Evidence, gather_evidence
from calibrate.explain.explanation import Explanation
from calibrate.explain.full import list_criteria, list_forms, list_steps, say_range
from calibrate.explain.parts import Scale
from calibrate.explain.read import Run, read_run
from calibrate.explain.shareable import Veil
from calibrate.language import N_, _, current_formats, current_language, speak
from calibrate.report.words import DASH

FULL, SHAREABLE = "full", "shareable"
NOTICES = {
    FULL: N_("For HR alone: names raters and their marks. Not to be passed on."),
    SHAREABLE: N_("May be shown to the person and the managers: no answer can be worked out."),
}
LINKS = {
    "linked": N_("well linked: enough others marked the same people, so severity can be told"),
    "weak": N_(
        "weakly linked: little to compare the raters with; the suggested band is the raw one"
    ),
    "unlinked": N_("not linked: no rater can be compared with others"),
    "unrated": N_("not rated"),
}


def explain_person(
    folder: Path, employee_id: str, *, is_full: bool = False, language: str | None = None
) -> Explanation:
    """Say why a person has this score, from the files of a run alone.

    Parameters
    ----------
    folder
        A run's folder, such as ``out/latest``.
    is_full
        Every form with its rater, for HR alone; otherwise what may be shown to the
        person and the managers.
    language
        That of the cycle if None.

    Raises
    ------
    RunError
        If there is no run, or nobody has that id.
    IntegrityError
        If a file of the run was changed.
    """
    evidence = gather_evidence(read_run(folder), employee_id)
    with speak_as(evidence.run, language):
        return explain(evidence, is_full=is_full)


def speak_as(run: Run, language: str | None = None) -> AbstractContextManager[None]:
    """Speak the language of the run's cycle, or another one."""
    chosen = str(run.configuration.get("language", "en"))
    if language is not None:
        return speak(language)
    return speak(chosen, str(run.configuration.get("formats", "")))


def explain(evidence: Evidence, *, is_full: bool) -> Explanation:
    """Say it in the language in force."""
    told = _tell_all(evidence) if is_full else _tell_some(Veil(evidence))
    view = FULL if is_full else SHAREABLE
    score = evidence.score
    return Explanation(
        employee_id=str(score["employee_id"]),
        session=str(score["session"] or ""),
        cycle=evidence.run.cycle,
        run_id=evidence.run.run_id,
        view=view,
        notice=_(NOTICES[view]),
        link=evidence.link,
        link_meaning=_(LINKS[evidence.link]),
        n_forms=int(score["n_forms"]),
        n_raters=int(score["n_raters"]),
        interval=float(evidence.run.configuration["effects"]["interval"]),
        shares=evidence.list_shares(),
        language=current_language(),
        formats=current_formats().locale,
        **told,
    )


def _tell_all(evidence: Evidence) -> dict[str, Any]:
    scale = Scale(evidence.display, evidence.display.decimals)
    score = evidence.score
    bands = [("raw_band", score["raw_band"]), ("proposed_band", score["proposed_band"])]
    bands += [("suggested_band", score["suggested_band"]), ("final_band", score["final_band"])]
    return {
        "forms": list_forms(evidence, scale),
        "steps": list_steps(evidence, scale) if evidence.is_rated else (),
        "range": say_range(evidence, scale),
        "bands": tuple((name, str(band or DASH)) for name, band in bands),
        "criteria": list_criteria(evidence, scale),
        "remarks": _say_why(evidence),
    }


def _tell_some(veil: Veil) -> dict[str, Any]:
    return {
        "forms": veil.list_forms(),
        "steps": veil.list_steps() if veil.evidence.is_rated else (),
        "range": veil.say_range(),
        "bands": veil.list_bands(),
        "criteria": veil.list_criteria(),
        "remarks": (*_say_why(veil.evidence), *veil.list_remarks()),
    }


def _say_why(evidence: Evidence) -> tuple[str, ...]:
    """Why there is no score, or why it is not adjusted."""
    if not evidence.is_rated:
        detail = evidence.readiness.get("detail") or _("nobody marked")
        return (_("No score, because {detail}.", detail=detail),)
    if evidence.is_adjusted and evidence.n_rated < SMALL_COMPANY:
        return (
            _(
                "Fewer than {n} people are rated: the adjustment is a what-if, and bands follow "
                "the raw score.",
                n=SMALL_COMPANY,
            ),
        )
    if evidence.is_adjusted:
        return ()
    if evidence.run.configuration["effects"]["model"] == "none":
        return (_("Not adjusted, because the cycle asks for none (effects.model: none)."),)
    return (
        _(
            "Not adjusted, because nobody else marked enough of the people these raters marked. "
            "The raw score stands."
        ),
    )
