"""How each reader sees a run: views, charts, HTML and PDF packets.

Names are looked up when they are asked for: a worker that sets packets loads ``press`` alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calibrate.report.material import (
        AuditMaterial,
        CriterionInfo,
        Material,
        OutcomeInfo,
        RubricInfo,
    )
    from calibrate.report.packets import draft_packet, render_packet
    from calibrate.report.press import (
        Draft,
        Packet,
        hash_content,
        print_packet,
        require_printing,
    )

_PLACES = {
    "material": ("AuditMaterial", "CriterionInfo", "Material", "OutcomeInfo", "RubricInfo"),
    "packets": ("draft_packet", "render_packet"),
    "press": ("Draft", "Packet", "hash_content", "print_packet", "require_printing"),
}

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


def __getattr__(name: str) -> Any:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
