"""The audit packet: its first page, then one section after the other, then the annex."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calibrate.language import _
from calibrate.report.document import Head, Section, set_anchors
from calibrate.report.material import AuditMaterial, Material, list_rows
from calibrate.report.views.audit_front import AuditFront, build_front
from calibrate.report.views.audit_parts import build_sections
from calibrate.report.views.audit_parts.annex import build_annex
from calibrate.report.views.audit_parts.labels import speak_labels
from calibrate.report.views.base import build_head


@dataclass(frozen=True)
class AuditView:
    """Everything on the audit packet; without attributes there is no annex."""

    head: Head
    front: AuditFront
    sections: tuple[Section, ...]
    annex: Section | None


def build_audit_view(material: Material, audit: AuditMaterial) -> AuditView:
    """Build the packet for auditors; the only one that shows figures by group."""
    head = build_head(
        material, _("Audit of disparities"),
        _("Suppressed view") if audit.is_distributed else _("For auditors and counsel"),
        running=_("Audit"),
        classification=_("May be handed on: suppressed view")
        if audit.is_distributed
        else _("Restricted · audit"),
    )  # fmt: skip
    audit = replace(audit, tables=speak_labels(audit.tables))
    sections = set_anchors(build_sections(material, audit))
    annex = build_annex(list_rows(audit.tables["disparities"]))
    annex = None if annex is None else replace(annex, anchor="annex")
    return AuditView(head, build_front(material, audit, sections), sections, annex)
