"""Every file that was read, with its hash."""

from __future__ import annotations

from calibrate.language import N_, _
from calibrate.report.document import Column, Section, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material
from calibrate.report.views.base import Company
from calibrate.report.views.sections import write_section

TITLE = N_("Input files")
LEAD = N_(
    "A file with the same hash holds the same bytes. All outputs with their "
    "hashes are in manifest.json."
)
_HEADINGS = (Column(N_("File"), 56), Column(N_("Hash (SHA-256)")))


def build_inputs(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Files of the cycle, then the rubrics by title and version."""
    lines = [
        *audit.input_hashes,
        *(
            (
                _("Rubric {title}, version {version}", title=note.title, version=note.version),
                note.sha256,
            )
            for note in Company(material).rubric_notes
        ),
    ]
    grid = build_table(say_columns(_HEADINGS), lines, size="fine")
    return (write_section(_(TITLE), _(LEAD), (), (grid,)),)
