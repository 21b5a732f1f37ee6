"""One packet from material to bytes; drafting is quick, printing is what a worker does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from calibrate.report.archive import Attachment, hash_attachments
from calibrate.report.files import encode_table
from calibrate.report.html import write_document
from calibrate.report.material import AuditMaterial, Material
from calibrate.report.pages.audit import lay_out_audit
from calibrate.report.pages.executive import lay_out_executive
from calibrate.report.pages.manager import lay_out_manager
from calibrate.report.pages.session import lay_out_session
from calibrate.report.theme import DEFAULT, Theme
from calibrate.report.views.audit import build_audit_view
from calibrate.report.views.executive import build_executive_view
from calibrate.report.views.manager import build_manager_view
from calibrate.report.views.session import build_session_view
from calibrate.tables import Contract

LEAST_SECONDS, SECONDS_PER_LETTER = 120.0, 0.001

Drafted = Literal["session", "manager", "audit", "executive"]
#: An archive is the audit once more, with its tables inside.
Kind = Drafted | Literal["archive"]


@dataclass(frozen=True)
class Draft:
    """A packet as HTML: small, picklable, and already named by its content."""

    kind: Kind
    session: str
    manager_id: str
    packet_id: str
    html: str
    #: Tables that go into the archive of an audit.
    attachments: tuple[Attachment, ...] = ()
    #: Whose colours and logo it is set with.
    theme: Theme = DEFAULT

    @property
    def title(self) -> str:
        """What a message calls the packet."""
        return " ".join(filter(None, (self.kind, self.session, self.manager_id)))


@dataclass(frozen=True)
class Packet:
    """A printed packet."""

    kind: Kind
    session: str
    manager_id: str
    packet_id: str
    pdf: bytes
    n_pages: int
    missing: frozenset[str] = frozenset()
    archive: bytes = b""


def draft_packet(
    kind: Drafted, material: Material, key: str = "", audit: AuditMaterial | None = None
) -> Draft:
    """Write a packet's HTML.

    Parameters
    ----------
    kind
        session, manager, audit or executive.
    key
        The session or the manager's id; empty for the other two.
    audit
        Needed by the audit packet, refused by every other one: no figure by group
        may reach them.

    Raises
    ------
    ValueError
        If ``audit`` is given to another packet than the audit, or is missing there.
    """
    if (kind == "audit") != (audit is not None):
        raise ValueError("audit material belongs to the audit packet, and to no other")
    if kind == "session":
        document = lay_out_session(build_session_view(material, key))
    elif kind == "manager":
        document = lay_out_manager(build_manager_view(material, key))
    elif audit is not None:
        document = lay_out_audit(build_audit_view(material, audit))
    else:
        document = lay_out_executive(build_executive_view(material))
    theme = material.theme
    html, packet_id = write_document(theme.dress(document, kind), theme)
    session, manager_id = (key if kind == name else "" for name in ("session", "manager"))
    return Draft(kind, session, manager_id, packet_id, html, theme=theme)


def attach_tables(
    contracts: Iterable[Contract], tables: Mapping[str, pd.DataFrame]
) -> tuple[Attachment, ...]:
    """The CSV files of an audit as they stand in its folder."""
    return tuple(
        Attachment(f"{c.name}.csv", c.meaning, encode_table(c, tables[c.name])[1])
        for c in contracts
    )


def require_printing() -> None:
    """Load what sets packets, so that a machine without it is told before any work.

    Raises
    ------
    MachineError
        If Pango is missing.
    """
    import calibrate.report.pdf  # noqa: F401  # loading is the check


def hash_content(draft: Draft) -> str:
    """SHA-256 over all a file is set from: draft, theme, styles, programs, fonts.

    Two drafts of one hash are set to the same bytes.
    """
    from calibrate.report.pdf import fingerprint_renderer

    parts = (
        fingerprint_renderer(), hash_attachments(draft.attachments), draft.theme.look, draft.html,
    )  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def print_packet(draft: Draft, seconds: float | None = None) -> Packet:
    """Set a draft as PDF; needs nothing but the draft, so any worker can do it.

    Parameters
    ----------
    seconds
        The longest it may take; :func:`find_limit` if None.

    Raises
    ------
    RenderError
        If it takes longer, or cannot be set.
    """
    from calibrate.report.pdf import render_pdf
    from calibrate.report.watch import stop_after

    with stop_after(find_limit(draft) if seconds is None else seconds, draft.title):
        pdf = render_pdf(draft.html, draft.attachments, draft.theme)
    return Packet(
        draft.kind,
        draft.session,
        draft.manager_id,
        draft.packet_id,
        pdf.content,
        pdf.n_pages,
        pdf.missing,
        pdf.archive,
    )


def find_limit(draft: Draft) -> float:
    """Seconds after which a packet is stopped: a hundred times what its length needs.

    Examples
    --------
    >>> find_limit(Draft("manager", "", "M", "", "x" * 60_000))
    180.0
    """
    return LEAST_SECONDS + SECONDS_PER_LETTER * len(draft.html)


def render_packet(
    kind: Drafted, material: Material, key: str = "", audit: AuditMaterial | None = None
) -> Packet:
    """Draft and print in one step.

    See :func:`draft_packet` for the parameters and :func:`print_packet` for the work.
    """
    return print_packet(draft_packet(kind, material, key, audit))
