"""What HR does before the sessions, in the order in which one thing waits for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Link, Step
from calibrate.report.material import Material, Row, list_rows
from calibrate.report.views.meeting import is_discussed
from calibrate.report.views.run_files import Made
from calibrate.report.words import say_session

#: Verdict of a guideline → what it says of a session, the strongest first.
VERDICTS = {
    "outside": N_("outside: ask why"),
    "inconclusive": N_("cannot be told yet"),
    "within": N_("agrees"),
    "too_few": N_("too few people to tell"),
}
#: Sections that steps point to.
READY, SHARES, STRATEGY, SESSIONS, RATERS, FINDINGS, PACKETS, MADE = (
    "ready", "shares", "strategy", "sessions", "raters", "findings", "packets", "made",
)  # fmt: skip
TITLES = {
    READY: N_("Ready to meet?"),
    SHARES: N_("How the bands are shared out"),
    STRATEGY: N_("Does the rating serve the strategy?"),
    SESSIONS: N_("Sessions and their agendas"),
    RATERS: N_("How the raters mark"),
    FINDINGS: N_("What stands out"),
    PACKETS: N_("Packets and files"),
    MADE: N_("What this run rests on"),
}


@dataclass(frozen=True)
class Meeting:
    """A session with its rows, as several parts of the page need them."""

    name: str
    scores: tuple[Row, ...]
    discussed: tuple[Row, ...]

    @property
    def title(self) -> str:
        return say_session(self.name)

    @property
    def minutes(self) -> float:
        return sum(float(slot["minutes"]) for slot in self.discussed)


def list_meetings(material: Material) -> tuple[Meeting, ...]:
    slots: dict[str, list[Row]] = {}
    for slot in list_rows(material.tables["agenda"]):
        if is_discussed(slot):
            slots.setdefault(str(slot["session"]), []).append(slot)
    people: dict[str, list[Row]] = {}
    for row in list_rows(material.tables["scores"]):
        people.setdefault(str(row["session"]), []).append(row)
    return tuple(
        Meeting(name, tuple(people[name]), tuple(slots.get(name, ()))) for name in sorted(people)
    )


def find_verdicts(material: Material) -> dict[str, str]:
    """Session → its strongest verdict, for sessions that were set against the guideline."""
    table = material.tables["distribution"]
    own = table[table["scope"] == "session"]
    found: dict[str, str] = {}
    for name, verdicts in own.groupby("scope_id")["verdict"]:
        strongest = next((verdict for verdict in VERDICTS if (verdicts == verdict).any()), "")
        if strongest:
            found[str(name)] = strongest
    return found


def is_outside(material: Material, scope: str) -> bool:
    """Does any share of the scope lie outside the guideline?"""
    table = material.tables["distribution"]
    return bool(((table["scope"] == scope) & (table["verdict"] == "outside")).any())


def count_proposed(scores: pd.DataFrame) -> int:
    return int((scores["proposed_band"].fillna("") != "").sum())


def count_findings(material: Material, kind: str) -> int:
    findings = material.tables["findings"]
    return int(((findings["kind"] == kind) & (findings["level"] == "look")).sum())


def list_steps(
    material: Material,
    meetings: Sequence[Meeting],
    verdicts: Mapping[str, str],
    n_missing: int,
    made: Made,
) -> tuple[Step, ...]:
    """What to do before the sessions, in the order in which one thing waits for another."""
    ready, scores = material.readiness, material.tables["scores"]
    n_open = int(scores["raw_score"].notna().sum()) - count_proposed(
        scores[scores["raw_score"].notna()]
    )
    n_raters = _count_raters(material)
    n_outside = sum(verdict == "outside" for verdict in verdicts.values())
    n_unserved = int((material.tables["coverage"]["verdict"] == "unserved").sum())
    n_packets = sum(packet.kind == "manager" for packet in made.packets)
    told = (
        (ready.get("n_quarantined", 0), READY, ngettext(
            "Mend the {n} row that was left out, and run again.",
            "Mend the {n} rows that were left out, and run again.", ready.get("n_quarantined", 0))),
        (n_missing, READY, ngettext(
            "Ask {n} manager for forms that are missing.",
            "Ask {n} managers for forms that are missing.", n_missing)),
        (n_open, SESSIONS, ngettext(
            "Ask for the proposed band of {n} person who has a score and none yet.",
            "Ask for the proposed bands of {n} people who have a score and none yet.", n_open)),
        (ready.get("n_unlinked", 0), RATERS, ngettext(
            "For {n} person a strict rater cannot be told from weak work: find out who else knows "
            "the work.",
            "For {n} people a strict rater cannot be told from weak work: find out who else knows "
            "the work.", ready.get("n_unlinked", 0))),
        (n_unserved, STRATEGY, ngettext(
            "Ask the owner of {n} strategic outcome that nobody serves whose goal it should be.",
            "Ask the owners of {n} strategic outcomes that nobody serves whose goals they should "
            "be.", n_unserved)),
        (n_raters, RATERS, ngettext(
            "Talk with {n} rater about the scale before the sessions.",
            "Talk with {n} raters about the scale before the sessions.", n_raters)),
        (is_outside(material, "company"), SHARES,
         _("Ask why the shares of the whole company lie outside the guideline.")),
        (n_outside, SESSIONS, ngettext(
            "Ask why {n} session lies outside the guideline.",
            "Ask why {n} sessions lie outside the guideline.", n_outside)),
        (ready.get("n_disparity_findings") or 0, FINDINGS, ngettext(
            "Ask the auditors what their {n} finding about groups means, before bands are final.",
            "Ask the auditors what their {n} findings about groups mean, before bands are final.",
            int(ready.get("n_disparity_findings") or 0))),
        (n_packets, PACKETS, ngettext(
            "Send {n} manager the packet, to read before the session.",
            "Send {n} managers their packets, to read before the session.", n_packets)),
    )  # fmt: skip
    steps = [Step(text, Link(_(TITLES[anchor]), anchor)) for n, anchor, text in told if n]
    words = _("Go through the agenda of each session.")
    if any(packet.kind == "session" for packet in made.packets):
        words = _("Take the packet of each session into the room.")
    return (*steps, Step(words, Link(_(TITLES[SESSIONS]), SESSIONS)))


def _count_raters(material: Material) -> int:
    findings = material.tables["findings"]
    is_own = (findings["kind"] == "rater") & (findings["scope"] == "rater")
    return int(findings.loc[is_own & (findings["level"] == "look"), "scope_id"].nunique())
