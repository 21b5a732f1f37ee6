"""The sheet for the person: own marks, own adjustment, range, band, and what can be done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from calibrate.explain.evidence import Evidence, gather_evidence
from calibrate.explain.explanation import Explanation
from calibrate.explain.layout import lay_out_sheet
from calibrate.explain.person import explain, speak_as
from calibrate.explain.read import read_run
from calibrate.explain.shareable import Veil
from calibrate.explain.text import TERMS
from calibrate.explain.view import SheetView, SourceRow
from calibrate.language import _, ngettext
from calibrate.manifest import hash_bytes
from calibrate.report.document import Fact, Figure, Head
from calibrate.report.html import write_document
from calibrate.report.place import refuse_place, write_pdf
from calibrate.report.preflight import say_left
from calibrate.report.words import (
    DASH,
    say_range,
    say_source,
    write_count,
    write_date,
    write_number,
    write_percent,
)

_NOT_IN_A_FILE_NAME = re.compile(r"[^\w.-]+")


def print_sheet(
    folder: Path,
    employee_id: str,
    path: Path | None = None,
    tell: Callable[[str], object] | None = None,
) -> Path:
    """Write the sheet of one person as PDF, readable by its owner alone.

    Parameters
    ----------
    folder
        A run's folder, such as ``out/latest``.
    path
        ``sheet-ID.pdf`` in the working folder if None.
    tell
        Takes what the sheet itself cannot say: which characters have no font here.

    Returns
    -------
    where it was written

    Raises
    ------
    RunError
        If there is no run, or nobody has that id.
    DiskError
        If the file cannot be written, lies in a run, or is there and is no PDF.
    """
    from calibrate.report.pdf import render_pdf

    evidence = gather_evidence(read_run(folder), employee_id)
    if path is None:
        path = Path(f"sheet-{_name_file(employee_id)}.pdf")
    refuse_place(path)
    with speak_as(evidence.run):
        theme = evidence.run.theme
        document = theme.dress(lay_out_sheet(build_sheet(evidence)), "sheet")
        html, __ = write_document(document, theme)
    pdf = render_pdf(html, theme=theme)
    write_pdf(path, pdf.content, is_private=True)
    if tell is not None:
        for remark in say_left([pdf.missing], frozenset()):
            tell(remark)
    return path


def _name_file(employee_id: str) -> str:
    """The id, and a piece of its hash where signs were taken out: two people never share one."""
    name = _NOT_IN_A_FILE_NAME.sub("_", employee_id)
    return name if name == employee_id else f"{name}-{hash_bytes(employee_id.encode())[:6]}"


def build_sheet(evidence: Evidence) -> SheetView:
    """Put in words what the person may be told."""
    veil = Veil(evidence)
    told = explain(evidence, is_full=False)
    final = str(evidence.score["final_band"] or "")
    is_summed = any(step.term != "raw_score" for step in told.steps)
    head = _build_head(evidence)
    return SheetView(
        head=head,
        figures=_list_figures(told, final),
        result=_say_result(evidence, told),
        notes=told.remarks if evidence.is_rated else (),
        strip=veil.draw() if evidence.is_rated else None,
        ticks=_list_ticks(evidence),
        strip_key=_say_strip(veil, told),
        steps=tuple((_(TERMS[s.term]), s.shown, s.meaning) for s in told.steps)
        if is_summed
        else (),
        sources=_list_sources(told),
        sources_note=_say_sources(evidence),
        criteria=told.criteria,
        has_marked=any(line.raw != DASH for line in told.criteria),
        has_calibrated=any(line.calibrated != DASH for line in told.criteria),
        has_expected=any(line.expected != DASH for line in told.criteria),
        decided=_list_decided(evidence, final),
        decided_note=_say_decided(final),
        used=_say_used(evidence),
        words=_list_words(evidence, write_percent(told.interval)),
        contest=(
            *_list_contest(evidence),
            *evidence.run.theme.list_texts("how_to_contest", head),
        ),
    )


def _build_head(evidence: Evidence) -> Head:
    configuration = evidence.run.configuration
    name = str(evidence.person["name"] or evidence.person["employee_id"])
    days = [
        write_date(date.fromisoformat(str(configuration[key])))
        for key in ("starts_on", "ends_on")
        if configuration.get(key)
    ]
    return Head(
        title=name,
        subtitle=_("How your result came about"),
        running=_("Sheet for {name}", name=name),
        cycle=str(configuration.get("title") or evidence.run.cycle),
        dates=say_range(*days) if len(days) == 2 else "".join(days),
        classification=_("Confidential · for the person named"),
        language=str(configuration.get("language", "en")),
        paper=str(configuration.get("paper", "A4")),
    )


def _list_figures(told: Explanation, final: str) -> tuple[Figure, ...]:
    band = Figure(final, _("final band"))
    if not final:
        band = Figure(_("not yet"), _("the final band is decided in the session"))
    if not told.n_forms:
        return (band, Figure(_("none"), _("score in this cycle")))
    level = write_percent(told.interval)
    return (
        band,
        Figure(told.range, _("where your score lies, with {level} probability", level=level)),
        Figure(write_count(told.n_forms), ngettext("form counts", "forms count", told.n_forms)),
    )


def _say_result(evidence: Evidence, told: Explanation) -> tuple[str, ...]:
    if not evidence.is_rated:
        return (*told.remarks, _("A missing score says nothing about your work."))
    return (
        _(
            "A score is an estimate. Other people, asked the same questions, would have given "
            "somewhat other marks. The range says how far that may go."
        ),
    )


def _say_strip(veil: Veil, told: Explanation) -> str:
    level = write_percent(told.interval)
    cuts = _("Dashed lines: where the bands meet, from {lowest} to {highest}.",
             lowest=veil.labels[0], highest=veil.labels[-1])  # fmt: skip
    if veil.is_masked:
        return _("Dashed stretch: the bands that are possible.") + " " + cuts
    said = [_("Bar: {level} range.", level=level), cuts]
    if told.steps and veil.evidence.is_adjusted and not veil.has_one_rater:
        said.insert(0, _("Filled dot: adjusted score."))
    if not veil.is_sealed:
        said.insert(0, _("Open diamond: raw score."))
    return " ".join(said)


def _list_ticks(evidence: Evidence) -> tuple[str, ...]:
    values = [evidence.display.value(at) for at in (0, 25, 50, 75, 100)]
    decimals = 0 if all(value.is_integer() for value in values) else 1
    return tuple(write_number(value, decimals) for value in values)


def _list_sources(told: Explanation) -> tuple[SourceRow, ...]:
    shares = {share.source: share.declared for share in told.shares}
    n_lines = Counter(line.source for line in told.forms)
    rows = []
    for line in told.forms:
        share = _("does not count")
        if line.weight > 0:
            share = write_percent(shares.get(line.source)) if n_lines[line.source] == 1 else DASH
        who = ngettext("{n} answer", "{n} answers", line.n_forms)
        rows.append(SourceRow(say_source(line.source), who, line.mark, share))
    return tuple(rows)


def _say_sources(evidence: Evidence) -> str:
    n = evidence.min_peers
    if n < 2:
        return ""
    return _(
        "Answers of peers and direct reports are put together and told from {n} answers on, so "
        "that nobody's own answer can be read off.",
        n=n,
    )


def _list_decided(evidence: Evidence, final: str) -> tuple[Fact, ...]:
    session = str(evidence.score["session"] or "")
    facts = [Fact(_("Final band"), final)] if final else []
    if session:
        facts.append(Fact(_("Session"), session))
    return tuple(facts)


def _say_decided(final: str) -> str:
    if final:
        return _("The session decided. Ask your manager for the reason that was written down.")
    return _(
        "The session has not decided yet. Its people look at the evidence and at the range; no "
        "figure decides by itself."
    )


def _say_used(evidence: Evidence) -> tuple[str, ...]:
    sources = list(dict.fromkeys(str(form["source"]) for form in evidence.scored))
    unscored = list(
        dict.fromkeys(
            str(form["source"]) for form in evidence.forms if str(form["source"]) not in sources
        )
    )
    said = []
    if sources:
        said.append(_("Forms that count: {sources}.", sources=_name_sources(sources)))
    if unscored:
        said.append(_("Read beside them, not counted: {sources}.", sources=_name_sources(unscored)))
    return (
        *said,
        _("Not used: goals, check-ins, earlier results, and anything said about you elsewhere."),
        _(
            "Never used: gender, age, origin or another protected attribute. They stand in another "
            "file that no score is computed from."
        ),
    )


def _name_sources(sources: Sequence[str]) -> str:
    return ", ".join(say_source(source) for source in sources)


def _list_words(evidence: Evidence, level: str) -> tuple[tuple[str, str], ...]:
    if not evidence.is_rated:
        return ()
    words = [(_("Raw score"), _("Weighted mean of the forms, on the scale of the cycle."))]
    if evidence.is_adjusted:
        words += [
            (
                _("Adjustment"),
                _(
                    "Some people mark more strictly than others do on the same colleagues. That "
                    "difference, of all your raters together, is taken out."
                ),
            ),
            (
                _("Calibrated score"),
                _(
                    "The adjusted score, moved a little towards the middle: few forms say less "
                    "than many."
                ),
            ),
        ]
    said = _("Your score lies in it with {level} probability, given these forms.", level=level)
    return (*words, (_("Range"), said))


def _list_contest(evidence: Evidence) -> tuple[str, ...]:
    manager_id = str(evidence.person["manager_id"] or "")
    rows = evidence.run.read_rows("people", manager_id) if manager_id else []
    manager = str(rows[0]["name"] or manager_id) if rows else manager_id
    first = _("Ask your manager to go through this sheet with you, with examples of your work.")
    if manager:
        first = _(
            "Ask {manager} to go through this sheet with you, with examples of your work.",
            manager=manager,
        )
    return (
        first,
        _("Say what is wrong or missing: a form, a fact, a goal, a time of absence."),
        _(
            "If that does not settle it, write to HR and ask for the result to be looked at again "
            "by somebody who did not decide it. Name the cycle and the number of this packet."
        ),
        _("HR can show how every figure here was computed, down to the last digit."),
    )
