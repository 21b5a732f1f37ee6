"""Sections of the audit packet beyond rates and ratios, one module a topic."""

from __future__ import annotations

from collections.abc import Callable

from calibrate.report.document import Section
from calibrate.report.material import AuditMaterial, Material
from calibrate.report.views.audit_parts.adjusted import build_adjusted
from calibrate.report.views.audit_parts.calibration import build_calibration
from calibrate.report.views.audit_parts.composites import build_composites
from calibrate.report.views.audit_parts.configurations import build_configurations
from calibrate.report.views.audit_parts.dependence import build_dependence
from calibrate.report.views.audit_parts.disclosure import build_disclosure
from calibrate.report.views.audit_parts.distribution import build_distribution
from calibrate.report.views.audit_parts.inputs import build_inputs
from calibrate.report.views.audit_parts.method import build_method
from calibrate.report.views.audit_parts.moves import build_moves
from calibrate.report.views.audit_parts.origins import build_origins
from calibrate.report.views.audit_parts.packs import build_packs, build_texts
from calibrate.report.views.audit_parts.people import build_people
from calibrate.report.views.audit_parts.practice import build_practice
from calibrate.report.views.audit_parts.proxies import build_proxies
from calibrate.report.views.audit_parts.raters import build_raters
from calibrate.report.views.audit_parts.rates import build_rates
from calibrate.report.views.audit_parts.scope import build_scope
from calibrate.report.views.audit_parts.simulation import build_simulation
from calibrate.report.views.audit_parts.unknowns import build_unknowns

#: In the order of the pages.
BUILDERS: tuple[Callable[[Material, AuditMaterial], tuple[Section, ...]], ...] = (
    build_scope,
    build_rates,
    build_packs,
    build_dependence,
    build_adjusted,
    build_calibration,
    build_moves,
    build_origins,
    build_proxies,
    build_composites,
    build_distribution,
    build_practice,
    build_unknowns,
    build_simulation,
    build_disclosure,
    build_configurations,
    build_people,
    build_raters,
    build_method,
    build_texts,
    build_inputs,
)


def build_sections(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Every section that has something to say about these data."""
    return tuple(section for build in BUILDERS for section in build(material, audit))
