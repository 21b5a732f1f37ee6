"""The first page of the audit: what was compared, what to look at, what could not be known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.audit.phrases import drop_look_next, drop_refrain
from calibrate.audit.policy import name_primary_stage
from calibrate.language import N_, _
from calibrate.report.document import Figure, Section
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.audit_limits import say_limits, say_people, take_primary
from calibrate.report.views.audit_parts import (
    adjusted,
    dependence,
    distribution,
    moves,
    origins,
    practice,
    simulation,
)
from calibrate.report.views.audit_parts.scope import name_favourable
from calibrate.report.views.base import Company
from calibrate.report.words import (
    join_words,
    say_code,
    say_verdict,
    write_count,
)

VERDICT_MEANING = {
    "beyond": N_("Beyond chance and beyond the practical bound. Look here first."),
    "significant_only": N_("More than chance, but small. Keep an eye on it."),
    "within": N_("The ratio's whole interval lies between 0.80 and 1.25."),
    "inconclusive": N_("The data can neither show a disparity nor rule one out."),
    "too_few": N_("A group is smaller than the smallest cell. Its figures are withheld."),
    "not_computable": N_("There is nothing to divide by, or nothing to compare with."),
}
#: The stage whose bands the primary comparisons are about.
STAGE_BANDS = {
    "raw": N_("raw bands"),
    "proposed": N_("proposed bands"),
    "final": N_("final bands"),
}
WITHHELD = N_("Withheld: a group is too small, or would give away one that is.")
#: Findings on the page, and millimetres that its paper leaves for what varies.
MOST_LOOKS = 6
PAGE_ROOM = {"A4": 138.0, "Letter": 120.0}
#: Letters of a line of a headline, of evidence, of other text.
HEAD_LETTERS, TEXT_LETTERS, LIMIT_LETTERS = 98, 126, 108
#: Lines of evidence under a headline, lines of a headline.
EVIDENCE_LINES, HEAD_LINES = 2, 2
#: Letters of a reference's name; the tables have it whole.
NAME_LETTERS = 40
#: Height of a line of text, of a line of evidence; room after a finding and after a sentence.
LINE, SMALL_LINE, AFTER_LOOK, AFTER_LIMIT = 4.31, 3.71, 2.7, 0.7
#: Kind of a finding to the sections that say more.
NEXT = {
    "disparity": (dependence.TITLE, adjusted.TITLE, origins.TITLE),
    "dependence": (dependence.TITLE,),
    "adjusted": (adjusted.TITLE,),
    "moves": (moves.TITLE,),
    "origin": (origins.TITLE,),
    "quota": (distribution.QUOTA_TITLE,),
    "practice": (practice.TITLE,),
    "false_alarms": (simulation.TITLE,),
}


@dataclass(frozen=True)
class VerdictRow:
    """How many primary comparisons got this verdict."""

    verdict: str
    n: str
    meaning: str


@dataclass(frozen=True)
class Finding:
    """A finding: what it says, what stands behind it, and the sections to look at next."""

    headline: str
    evidence: str
    nexts: tuple[Section, ...]


@dataclass(frozen=True)
class AuditFront:
    """Everything on the first page; ``nothing`` stands where there is no finding."""

    figures: tuple[Figure, ...]
    compared: tuple[str, ...]
    verdicts: tuple[VerdictRow, ...]
    findings: tuple[Finding, ...]
    more: str
    nothing: str
    unknowns: tuple[str, ...]


def build_front(
    material: Material, audit: AuditMaterial, sections: Sequence[Section]
) -> AuditFront:
    """Build the page; however many findings there are, it stays one page.

    Parameters
    ----------
    material, audit
        What was computed.
    sections
        All that follow, with their anchors.
    """
    rows = list_rows(audit.tables["disparities"])
    unknowns = (*say_people(material.readiness), *say_limits(audit, rows))
    compared = _say_compared(material, rows)
    room = PAGE_ROOM[material.cycle.paper]
    room -= sum(LINE * _count_lines(said, LIMIT_LETTERS) for said in (*compared, *unknowns))
    room -= AFTER_LIMIT * len(unknowns)
    findings = sorted(list_rows(audit.tables["findings"]), key=_rank)
    looks = _choose_looks(findings, sections, room)
    more = ""
    if len(looks) < len(findings):
        more = _(
            "{n} of {total} findings are shown. All stand in audit/tables/findings.",
            n=len(looks),
            total=len(findings),
        )
    return AuditFront(
        figures=_list_figures(material, rows),
        compared=compared,
        verdicts=_count_verdicts(rows, is_distributed=audit.is_distributed),
        findings=looks,
        more=more,
        nothing=_say_nothing(rows),
        unknowns=unknowns,
    )


def _list_figures(material: Material, rows: list[Row]) -> tuple[Figure, ...]:
    primary = take_primary(rows)
    attributes = {row["attribute"] for row in rows if "*" not in str(row["attribute"])}
    beyond = sum(row["verdict"] == "beyond" for row in primary)
    ready = material.readiness
    return (
        Figure(write_count(ready.get("n_people")), _("people")),
        Figure(write_count(ready.get("n_rated")), _("with a score")),
        Figure(write_count(len(attributes)), _("attributes")),
        Figure(write_count(len(primary)), _("primary comparisons")),
        Figure(write_count(beyond), _("beyond both bounds")),
    )


def _say_compared(material: Material, rows: list[Row]) -> tuple[str, ...]:
    primary = take_primary(rows)
    if not primary:
        return ()
    beside: dict[str, str] = {}
    for row in primary:
        beside.setdefault(str(row["attribute"]), str(row["reference"] or ""))
    named = [
        _(
            "{attribute} (beside {reference})",
            attribute=say_code(name),
            reference=_shorten(reference, NAME_LETTERS),
        )
        if reference
        else say_code(name)
        for name, reference in beside.items()
    ]
    stage = name_primary_stage(tuple({str(row["stage"]) for row in rows})) or "raw"
    bands = join_words(list(name_favourable(Company(material))))
    return (
        _(
            "Compared are the {stage}: for each group of {attributes}, the "
            "share of people in the favourable bands ({bands}) and in the lowest "
            "band. A ratio is the group’s share over that of the group it stands "
            "beside, its reference. These comparisons are called primary; nothing "
            "else changes their verdicts.",
            stage=_(STAGE_BANDS[stage]),
            attributes=join_words(named),
            bands=bands,
        ),
    )


def _count_verdicts(rows: list[Row], *, is_distributed: bool) -> tuple[VerdictRow, ...]:
    primary = take_primary(rows)
    meanings = VERDICT_MEANING | ({"too_few": WITHHELD} if is_distributed else {})
    return tuple(
        VerdictRow(
            say_verdict(verdict),
            write_count(sum(row["verdict"] == verdict for row in primary)),
            _(meaning),
        )
        for verdict, meaning in meanings.items()
    )


def _rank(finding: Row) -> tuple[bool, bool, bool]:
    """First how to read the rest, then the primary comparisons, notes last."""
    is_guide = finding["finding_id"] == "dependence:within"
    return (not is_guide, finding["level"] != "look", finding["kind"] != "disparity")


def _choose_looks(
    findings: list[Row], sections: Sequence[Section], room: float
) -> tuple[Finding, ...]:
    looks: list[Finding] = []
    for finding in findings[:MOST_LOOKS]:
        look = _build_look(finding, sections)
        room -= LINE * _count_lines(look.headline, HEAD_LETTERS) + AFTER_LOOK
        room -= SMALL_LINE * (_count_lines(look.evidence, TEXT_LETTERS) + bool(look.nexts))
        if looks and room < 0:
            break
        looks.append(look)
    return tuple(looks)


def _build_look(finding: Row, sections: Sequence[Section]) -> Finding:
    titles = {_(title) for title in NEXT.get(str(finding["kind"]), ())}
    nexts = tuple(section for section in sections if section.title in titles)
    headline = drop_refrain(str(finding["headline"] or ""))
    evidence = str(finding["evidence"] or "")
    sentences = re.split(r"(?<=\.) ", drop_look_next(evidence) if nexts else evidence)
    evidence = _take_sentences(sentences, TEXT_LETTERS * EVIDENCE_LINES)
    return Finding(_shorten(headline, HEAD_LETTERS * HEAD_LINES), evidence, nexts)


def _take_sentences(sentences: list[str], most: int) -> str:
    """As many whole sentences as there is room for."""
    kept = list(sentences)
    while len(kept) > 1 and _measure(" ".join(kept)) > most:
        kept.pop()
    return _shorten(" ".join(kept), most)


def _shorten(text: str, most: int) -> str:
    if _measure(text) <= most:
        return text
    kept = ""
    for letter in text:
        if _measure(kept) >= most - 2:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def _measure(text: str) -> int:
    """Letters of a text; those of Chinese, Japanese and Korean are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _count_lines(text: str, letters: int) -> int:
    return max(1, -(-_measure(text) // letters))


def _say_nothing(rows: list[Row]) -> str:
    if not rows:
        return _("No attributes were given, so nothing was compared.")
    told = [
        row for row in take_primary(rows) if row["verdict"] not in ("too_few", "not_computable")
    ]
    if not told:
        return _(
            "No primary comparison could be made: the groups are too small, or there "
            "is nothing to compare with. Nothing is known about gaps here."
        )
    return _(
        "No primary comparison lies beyond both bounds. That is no proof that "
        "there is nothing: see below what these numbers could have found."
    )
