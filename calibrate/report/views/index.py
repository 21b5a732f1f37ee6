"""The page of a run for HR: is it ready, what stands out, whom to discuss, what to open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Fact, Figure, Head, Step
from calibrate.report.material import Material, Row, list_rows
from calibrate.report.views.base import Company, Item, RubricNote, build_head
from calibrate.report.views.left_out import count_left_out
from calibrate.report.views.meeting import AgendaGroup, build_agenda_groups, say_time
from calibrate.report.views.patterns import (
    RaterTable,
    ShareTable,
    build_rater_table,
    build_share_table,
)
from calibrate.report.views.preparation import (
    VERDICTS,
    Meeting,
    count_findings,
    count_proposed,
    find_verdicts,
    list_meetings,
    list_steps,
)
from calibrate.report.views.presence import MissingForms, build_presence
from calibrate.report.views.run_files import (
    FileRow,
    Listed,
    Made,
    PacketGroup,
    PacketRow,
    list_files,
    list_manager_packets,
    list_other_packets,
)
from calibrate.report.views.strategy import StrategyView, build_strategy_view
from calibrate.report.words import DASH, write_count

#: Raters, findings of one kind, and managers to ask that are shown.
MOST_RATERS, MOST_FINDINGS, MOST_ASKED = 50, 20, 60
#: Slots of all agendas together, and the fewest of one session.
MOST_SLOTS, FEWEST_SLOTS = 1500, 5
#: Kind of finding → heading; kinds beyond these are about single groups or are none of HR's.
KINDS = {
    "distribution": N_("How the bands are shared out"),
    "strategy": N_("Strategy and goals"),
    "practice": N_("Check-ins and rewards"),
    "rater": N_("How raters mark"),
    "network": N_("Who can be compared"),
    "input": N_("The data"),
}


@dataclass(frozen=True)
class SessionRow:
    """One session; ``file`` is empty if its packet was not printed."""

    name: str
    file: str
    n_people: str
    n_rated: str
    n_proposed: str
    n_discussed: str
    time: str
    guideline: str
    pages: str


@dataclass(frozen=True)
class SessionAgenda:
    """Whom one session discusses."""

    name: str
    line: str
    groups: tuple[AgendaGroup, ...]
    notice: str


@dataclass(frozen=True)
class FindingRow:
    """A reason to look."""

    who: str
    headline: str
    evidence: str


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one kind; the notice says what was cut."""

    title: str
    rows: tuple[FindingRow, ...]
    notice: str


@dataclass(frozen=True)
class IndexView:
    """Everything on the page; no figure by group."""

    head: Head
    lead: str
    figures: tuple[Figure, ...]
    steps: tuple[Step, ...]
    readiness: tuple[Fact, ...]
    missing: tuple[MissingForms, ...]
    missing_notice: str
    asked: str
    left_out: tuple[Fact, ...]
    notes: tuple[str, ...]
    shares: ShareTable
    strategy: StrategyView | None
    sessions: tuple[SessionRow, ...]
    agendas: tuple[SessionAgenda, ...]
    has_guideline: bool
    raters: RaterTable
    findings: tuple[FindingGroup, ...]
    groups: str
    others: tuple[PacketRow, ...]
    managers: tuple[PacketGroup, ...]
    managers_notice: str
    not_printed: str
    files: tuple[FileRow, ...]
    made: tuple[Fact, ...]
    rubrics: tuple[RubricNote, ...]


def build_index_view(material: Material, made: Made) -> IndexView:
    """Build the page from the tables of a run and the list of what it wrote."""
    company = Company(material)
    meetings = list_meetings(material)
    scores = [row for meeting in meetings for row in meeting.scores]
    presence = build_presence(company, [str(row["employee_id"]) for row in scores])
    managers, managers_notice = list_manager_packets(company, made.packets)
    verdicts = find_verdicts(material)
    return IndexView(
        head=_build_head(material),
        lead=_(
            "Start with what to do next. Each part below says what was found and which packet "
            "shows it in full. Nothing on this page decides about a person."
        ),
        figures=_list_figures(material, meetings),
        steps=list_steps(material, meetings, verdicts, len(presence.missing), made),
        readiness=_list_readiness(material, presence.counts),
        missing=presence.missing[:MOST_ASKED],
        missing_notice=_say_cut(MOST_ASKED, len(presence.missing)) or presence.missing_notice,
        asked=ngettext("{n} manager to ask", "{n} managers to ask", len(presence.missing)),
        left_out=count_left_out(material),
        notes=material.notes,
        shares=build_share_table(company, "company", _find_company(material)),
        strategy=build_strategy_view(company),
        sessions=_list_sessions(meetings, verdicts, made),
        agendas=tuple(_build_agenda(company, meeting, len(meetings)) for meeting in meetings),
        has_guideline=bool(verdicts),
        raters=build_rater_table(company, scores, MOST_RATERS, by_distance=True),
        findings=_list_findings(company),
        groups=_say_groups(material),
        others=list_other_packets(made.packets),
        managers=managers,
        managers_notice=managers_notice,
        not_printed=_say_not_printed(made.packets),
        files=list_files(),
        made=_list_made(material, made),
        rubrics=company.rubric_notes,
    )


def _build_head(material: Material) -> Head:
    return build_head(
        material, _("Before the sessions"), _("For HR, who prepare and run them"),
        running=_("Page of the run"), classification=_("Confidential · personnel"),
    )  # fmt: skip


def _find_company(material: Material) -> str:
    table = material.tables["distribution"]
    ids = table.loc[table["scope"] == "company", "scope_id"]
    return str(ids.iloc[0]) if len(ids) else ""


def _list_figures(material: Material, meetings: Sequence[Meeting]) -> tuple[Figure, ...]:
    scores = material.tables["scores"]
    n_discussed = sum(len(meeting.discussed) for meeting in meetings)
    n_findings = sum(count_findings(material, kind) for kind in KINDS)
    return (
        Figure(
            write_count(int(scores["raw_score"].notna().sum())),
            ngettext(
                "of {n} person has a score", "of {n} people have a score", len(scores)
            ),
        ),
        Figure(write_count(count_proposed(scores)), _("have a proposed band")),
        Figure(
            write_count(n_discussed),
            ngettext("to discuss in {n} session", "to discuss in {n} sessions", len(meetings)),
        ),
        Figure(
            write_count(n_findings),
            ngettext("finding to look at", "findings to look at", n_findings),
        ),
    )  # fmt: skip


def _list_readiness(material: Material, counts: Sequence[Item]) -> tuple[Fact, ...]:
    ready = material.readiness
    told = (
        (_("Forms that were read"), ready.get("n_forms", 0)),
        (_("Raters"), ready.get("n_raters", 0)),
        (_("People with a score"), ready.get("n_rated", 0)),
        (_("Well linked: severity can be told"), ready.get("n_linked", 0)),
        (_("Weakly linked: shown with care"), ready.get("n_weak", 0)),
        (_("Not linked: the raw score stands"), ready.get("n_unlinked", 0)),
        (_("People without a score"), ready.get("n_unrated", 0)),
        (_("Notes on rows"), ready.get("n_notes", 0)),
    )
    facts = [Fact(label, write_count(n)) for label, n in told if n]
    facts.append(Fact(_("Rows left out"), write_count(ready.get("n_quarantined", 0))))
    return (*facts, *(Fact(item.label, item.text) for item in counts))


def _list_sessions(
    meetings: Sequence[Meeting], verdicts: Mapping[str, str], made: Made
) -> tuple[SessionRow, ...]:
    packets = {packet.session: packet for packet in made.packets if packet.kind == "session"}
    rows = []
    for meeting in meetings:
        packet = packets.get(meeting.name)
        scores = meeting.scores
        verdict = verdicts.get(meeting.name)
        rows.append(
            SessionRow(
                name=meeting.title,
                file=packet.file if packet else "",
                n_people=write_count(len(scores)),
                n_rated=write_count(sum(row["raw_score"] is not None for row in scores)),
                n_proposed=write_count(sum(bool(row["proposed_band"]) for row in scores)),
                n_discussed=write_count(len(meeting.discussed)),
                time=say_time(meeting.minutes),
                guideline=_(VERDICTS[verdict]) if verdict else DASH,
                pages=write_count(packet.n_pages) if packet else DASH,
            )
        )
    return tuple(rows)


def _build_agenda(company: Company, meeting: Meeting, n_meetings: int) -> SessionAgenda:
    most = max(FEWEST_SLOTS, MOST_SLOTS // n_meetings)
    by_employee = {str(row["employee_id"]): row for row in meeting.scores}
    groups = build_agenda_groups(company, meeting.discussed[:most], by_employee)
    n = len(meeting.discussed)
    line = ngettext(
        "{n} person in {time}", "{n} people in {time}", n, time=say_time(meeting.minutes)
    )
    notice = ""
    if n > most:
        notice = _(
            "The first {n} of {total} people are shown; tables/agenda.csv has all.",
            n=most, total=n,
        )  # fmt: skip
    return SessionAgenda(meeting.title, line if n else _("nobody needs minutes"), groups, notice)


def _list_findings(company: Company) -> tuple[FindingGroup, ...]:
    table = company.material.tables["findings"]
    groups = []
    for kind, title in KINDS.items():
        found = list_rows(table[(table["kind"] == kind) & (table["level"] == "look")])
        if found:
            rows = tuple(_build_finding(company, row) for row in found[:MOST_FINDINGS])
            groups.append(FindingGroup(_(title), rows, _say_cut(MOST_FINDINGS, len(found))))
    return tuple(groups)


def _build_finding(company: Company, row: Row) -> FindingRow:
    scope, scope_id = str(row["scope"]), str(row["scope_id"])
    who = scope_id if scope != "company" else _("The whole company")
    if scope in ("rater", "manager", "unit"):
        who = company.name(scope_id)
    return FindingRow(who, str(row["headline"]), str(row["evidence"] or ""))


def _say_groups(material: Material) -> str:
    """Count the findings by group; what they are stands in the audit alone."""
    n = material.readiness.get("n_disparity_findings")
    if n is None and material.cycle.inputs.attributes is not None:
        return _("No group has enough people with a score to be compared.")
    if n is None:
        return _("No attributes were given, so no groups were compared.")
    if not n:
        return _(
            "The audit has no finding about groups. It says which differences it could have found."
        )
    return ngettext(
        "The audit has {n} finding about groups. Auditors alone have the figures.",
        "The audit has {n} findings about groups. Auditors alone have the figures.",
        int(n),
    )


def _say_not_printed(packets: Sequence[Listed]) -> str:
    kinds = {packet.kind for packet in packets}
    if not kinds & {"session", "manager"}:
        return _("This run was made without packets for sessions and managers.")
    if "manager" not in kinds:
        return _("This run holds no packets for managers.")
    if "session" not in kinds:
        return _("This run holds no packets for sessions.")
    return ""


def _list_made(material: Material, made: Made) -> tuple[Fact, ...]:
    facts = [
        Fact(_("Run"), material.run_id),
        Fact(_("Cycle"), material.cycle.cycle),
        Fact(_("SHA-256 of the scores"), made.scores_sha256),
    ]
    facts += [
        Fact(_("SHA-256 of {file}", file=name), sha256)
        for name, sha256 in sorted(made.inputs.items())
    ]
    return tuple(facts)


def _say_cut(most: int, total: int) -> str:
    if total <= most:
        return ""
    return _(
        "The first {n} of {total} are shown; the tables of the run hold all.", n=most, total=total
    )
