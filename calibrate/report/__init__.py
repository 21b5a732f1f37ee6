"""How each reader sees a run: views, charts, HTML and PDF packets."""

from calibrate.report.material import (
    AuditMaterial,
    CriterionInfo,
    Material,
    OutcomeInfo,
    RubricInfo,
)
from calibrate.report.packets import (
    Draft,
    Packet,
    draft_packet,
    hash_content,
    print_packet,
    render_packet,
    require_printing,
)

__all__ = [
    "AuditMaterial",
    "CriterionInfo",
    "Draft",
    "Material",
    "OutcomeInfo",
    "Packet",
    "RubricInfo",
    "draft_packet",
    "hash_content",
    "print_packet",
    "render_packet",
    "require_printing",
]
