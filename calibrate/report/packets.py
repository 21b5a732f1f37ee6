"""One packet from material to HTML: quick, and done by one process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from calibrate.report.archive import Attachment
from calibrate.report.files import encode_table
from calibrate.report.html import write_document
from calibrate.report.material import AuditMaterial, Material
from calibrate.report.pages.audit import lay_out_audit
from calibrate.report.pages.executive import lay_out_executive
from calibrate.report.pages.manager import lay_out_manager
from calibrate.report.pages.session import lay_out_session
from calibrate.report.press import Draft, Drafted, Packet, print_packet
from calibrate.report.views.audit import build_audit_view
from calibrate.report.views.executive import build_executive_view
from calibrate.report.views.manager import build_manager_view
from calibrate.report.views.session import build_session_view
from calibrate.tables import Contract


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


def render_packet(
    kind: Drafted, material: Material, key: str = "", audit: AuditMaterial | None = None
) -> Packet:
    """Draft and print in one step.

    See :func:`draft_packet` for the parameters and :func:`print_packet` for the work.
    """
    return print_packet(draft_packet(kind, material, key, audit))
