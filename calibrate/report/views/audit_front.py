"""The first page of the audit: what was compared, what to look at, what could not be known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrate.audit.policy import name_primary_stage
from calibrate.bands import SMALL_COMPANY
from calibrate.report.document import Figure, Section
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.audit_parts import (
    adjusted,
    calibration,
    dependence,
    distribution,
    origins,
    simulation,
)
from calibrate.report.views.audit_parts.scope import name_favourable
from calibrate.report.views.base import Company
from calibrate.report.words import (
    VERDICT_WORDS,
    count_of,
    join_words,
    say_code,
    write_count,
    write_number,
)

VERDICT_MEANING = {
    "beyond": "Beyond chance and beyond the practical bound. Look here first.",
    "significant_only": "More than chance, but small. Keep an eye on it.",
    "within": "The ratio's whole interval lies between 0.80 and 1.25.",
    "inconclusive": "The data can neither show a disparity nor rule one out.",
    "too_few": "A group is smaller than the smallest cell. Its figures are withheld.",
    "not_computable": "There is nothing to divide by, or nothing to compare with.",
}
WITHHELD = "Withheld: a group is too small, or would give away one that is."
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
    "moves": (calibration.MOVES_TITLE,),
    "origin": (origins.TITLE,),
    "quota": (distribution.QUOTA_TITLE,),
    "false_alarms": (simulation.TITLE,),
}
#: Words that each headline ends with, and that the page says once.
REFRAIN = " A reason to look."


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
    unknowns = (*_say_people(material.readiness), *_say_limits(audit, rows))
    compared = _say_compared(material, rows)
    room = PAGE_ROOM[material.cycle.paper]
    room -= sum(LINE * _count_lines(said, LIMIT_LETTERS) for said in (*compared, *unknowns))
    room -= AFTER_LIMIT * len(unknowns)
    findings = sorted(list_rows(audit.tables["findings"]), key=_rank)
    looks = _choose_looks(findings, sections, room)
    more = ""
    if len(looks) < len(findings):
        more = (
            f"{len(looks)} of {len(findings):,} findings are shown. All stand in "
            "audit/tables/findings."
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


def take_primary(rows: list[Row]) -> list[Row]:
    """Lines that decide, without those of a reference itself."""
    return [r for r in rows if r["family"] == "primary" and r["group"] != r["reference"]]


def _list_figures(material: Material, rows: list[Row]) -> tuple[Figure, ...]:
    primary = take_primary(rows)
    attributes = {row["attribute"] for row in rows if "*" not in str(row["attribute"])}
    beyond = sum(row["verdict"] == "beyond" for row in primary)
    ready = material.readiness
    return (
        Figure(write_count(ready.get("n_people")), "people"),
        Figure(write_count(ready.get("n_rated")), "with a score"),
        Figure(write_count(len(attributes)), "attributes"),
        Figure(write_count(len(primary)), "primary comparisons"),
        Figure(write_count(beyond), "beyond both bounds"),
    )


def _say_compared(material: Material, rows: list[Row]) -> tuple[str, ...]:
    primary = take_primary(rows)
    if not primary:
        return ()
    beside: dict[str, str] = {}
    for row in primary:
        beside.setdefault(str(row["attribute"]), str(row["reference"] or ""))
    named = [
        f"{say_code(name)} (beside {_shorten(reference, NAME_LETTERS)})"
        if reference
        else say_code(name)
        for name, reference in beside.items()
    ]
    stage = name_primary_stage(tuple({str(row["stage"]) for row in rows}))
    bands = join_words(list(name_favourable(Company(material))))
    return (
        f"Compared are the {stage} bands: for each group of {join_words(named)}, the share of "
        f"people in the favourable bands ({bands}) and in the lowest band. A ratio is the group’s "
        "share over that of the group it stands beside, its reference. These comparisons are "
        "called primary; nothing else changes their verdicts.",
    )


def _count_verdicts(rows: list[Row], *, is_distributed: bool) -> tuple[VerdictRow, ...]:
    primary = take_primary(rows)
    meanings = VERDICT_MEANING | ({"too_few": WITHHELD} if is_distributed else {})
    return tuple(
        VerdictRow(
            VERDICT_WORDS[verdict],
            write_count(sum(row["verdict"] == verdict for row in primary)),
            meaning,
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
    titles = NEXT.get(str(finding["kind"]), ())
    nexts = tuple(section for section in sections if section.title in titles)
    headline = str(finding["headline"] or "").removesuffix(REFRAIN)
    sentences = re.split(r"(?<=\.) ", str(finding["evidence"] or ""))
    if nexts:
        sentences = [said for said in sentences if not said.startswith("Look next")]
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
        return "No attributes were given, so nothing was compared."
    told = [
        row for row in take_primary(rows) if row["verdict"] not in ("too_few", "not_computable")
    ]
    if not told:
        return (
            "No primary comparison could be made: the groups are too small, or there is nothing to "
            "compare with. Nothing is known about gaps here."
        )
    return (
        "No primary comparison lies beyond both bounds. That is no proof that there is nothing: "
        "see below what these numbers could have found."
    )


def _say_people(ready: Mapping[str, int]) -> tuple[str, ...]:
    """What the people and their raters cannot carry."""
    n_rated, said = ready.get("n_rated", 0), []
    if n_rated < SMALL_COMPANY:
        people = count_of(n_rated, "person was", "people were")
        is_adjusted = ready.get("n_unlinked", 0) < n_rated
        bands = "An adjustment is a what-if here: bands" if is_adjusted else "Bands"
        said.append(
            f"{people} rated, fewer than {SMALL_COMPANY}. {bands} follow the raw score, no "
            "guideline is tested."
        )
    if ready.get("n_unlinked"):
        unlinked = count_of(ready["n_unlinked"], "person", "people")
        said.append(
            f"For {unlinked} a strict rater cannot be told from a weak team. Raw scores stand, and "
            "a gap between groups may be one between raters."
        )
    if ready.get("n_quarantined"):
        left_out = count_of(ready["n_quarantined"], "input row was", "input rows were")
        said.append(f"{left_out} left out. Who was rated shows whom they were about.")
    return tuple(said)


def _say_limits(audit: AuditMaterial, rows: list[Row]) -> tuple[str, ...]:
    """What was withheld, what could have been found, and how often it would be wrong."""
    if not rows:
        return _say_settings(audit)
    said = (_say_power(rows), _say_alarms(audit), _say_unstated(audit), _say_withheld(audit))
    return (*filter(None, said), *_say_settings(audit))


def _say_power(rows: list[Row]) -> str:
    lines = [
        row for row in take_primary(rows)
        if row["measure"] == "selection_rate" and row["p_value"] is not None
    ]  # fmt: skip
    smallest = [r["detectable_ratio_family"] for r in lines]
    found = [float(ratio) for ratio in smallest if ratio is not None]
    if not lines:
        return ""
    if not found:
        return "With so few people not even a favourable share of zero would be found."
    best, worst = write_number(max(found), 2), write_number(min(found), 2)
    ends = f"a ratio of {best}" if best == worst else f"ratios of {best} to {worst}, by group"
    blind = len(lines) - len(found)
    more = ""
    if blind:
        more = f" In {count_of(blind, 'comparison')} not even a share of zero would be found."
    return (
        f"With these numbers of people, a comparison of favourable shares finds {ends}, in 8 of "
        "10 cases; where people of one manager are alike, only larger gaps. A smaller gap is "
        f"likely to stay unseen.{more}"
    )


def _say_alarms(audit: AuditMaterial) -> str:
    alarms = [
        row for row in _read(audit, "simulation")
        if row["kind"] == "false_alarm" and row["share"] is not None
    ]  # fmt: skip
    if not alarms:
        return ""
    worst = max(alarms, key=lambda row: float(row["share"]))
    share, low, high = (f"{100 * float(worst[k]):.1f}%" for k in ("share", "low", "high"))
    return (
        f"Repeated on this company without any gap, a primary comparison read beyond in {share} of "
        f"{worst['n_simulations']} simulated cases (95% interval {low} to {high})."
    )


def _say_unstated(audit: AuditMaterial) -> str:
    rows = [
        row for row in _read(audit, "unknowns")
        if row["verdict_known"] is not None and not row["suppressed"]
    ]  # fmt: skip
    changing = sum(bool(row["could_change"]) for row in rows)
    if not rows:
        return ""
    return (
        f"Not everybody has stated every attribute: {changing} of {count_of(len(rows), 'verdict')} "
        "could read otherwise if their groups were known."
    )


def _say_withheld(audit: AuditMaterial) -> str:
    rows = list_rows(audit.tables["groups"])
    single = [row for row in rows if "*" not in str(row["attribute"])]
    hidden = [row for row in rows if row["suppressed"]]
    if not hidden:
        return ""
    n = sum(bool(row["suppressed"]) for row in single)
    crossed = len(hidden) - n
    said = f"{n} of {count_of(len(single), 'group')}"
    if crossed:
        said += f" and {crossed} of {count_of(len(rows) - len(single), 'crossed group')}"
    return f"Figures are withheld of {said}."


def _say_settings(audit: AuditMaterial) -> tuple[str, ...]:
    rows = _read(audit, "configurations")
    if not rows:
        return ()
    total = max(int(row["position"]) for row in rows)
    changed = len({r["position"] for r in rows if r["is_frozen"]})
    said = f"In this folder the cycle was run with {count_of(total, 'set', 'sets')} of settings"
    if not changed:
        return (
            f"{said}; how marks become bands was not changed after figures by group were seen.",
        )
    return (f"{said}; {changed} changed how marks become bands after figures by group were seen.",)


def _read(audit: AuditMaterial, name: str) -> list[Row]:
    return list_rows(audit.tables[name]) if name in audit.tables else []
