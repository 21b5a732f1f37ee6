"""How many ways the cycle was run, and what changed once figures by group were seen."""

from __future__ import annotations

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import DASH, join_words

TITLE = N_("How often the settings were changed")
LEAD = N_(
    "Whoever may choose settings after seeing figures by group can choose "
    "the figures. So every setting that this cycle was run with in this "
    "output folder is counted."
)
#: Of a setting; whole in the table.
MOST_LETTERS = 160
_HEADINGS = (
    Column(N_("Key or file"), 56), Column(N_("Setting"), 16, "number"), Column(N_("Before"), 30),
    Column(N_("After"), 30), Column(N_("Reason given")),
)  # fmt: skip


def build_configurations(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Count the settings and list what changed after the first audit."""
    rows = list_rows(audit.tables["configurations"]) if "configurations" in audit.tables else []
    if not rows:
        return ()
    opened = min((r["position"] for r in rows if r["is_opened"]), default=None)
    later = [r for r in rows if opened is not None and r["position"] > opened and r["key"]]
    grids = (build_table(say_columns(_HEADINGS), [_write_row(r) for r in later]),)
    return (write_section(_(TITLE), _(LEAD), _say(rows, later, opened), grids if later else ()),)


def _say(rows: list[Row], later: list[Row], opened: int | None) -> tuple[str, ...]:
    total = max(r["position"] for r in rows)
    current = next((r["position"] for r in rows if r["is_current"]), total)
    said = [
        ngettext(
            "The cycle was run in {n} way; this run is number {current}.",
            "The cycle was run in {n} ways; this run is number {current}.",
            total,
            current=current,
        )
    ]
    if opened is None:
        return (*said, _("No attributes were given: nobody has seen figures by group."))
    said.append(
        _(
            "Figures by group were first made with number {opened}. Effects, bands "
            "and sources are frozen since; a change needs a reason.",
            opened=opened,
        )
    )
    frozen = sorted({str(r["key"]) for r in later if r["is_frozen"]})
    if frozen:
        said.append(
            _("Changed since, with the reason given below: {names}.", names=join_words(frozen))
        )
    elif later:
        said.append(_("None of these three was changed since. What else was changed stands below."))
    else:
        said.append(_("Nothing was changed since."))
    return (*said, _("Runs into other folders are not known here."))


def _write_row(row: Row) -> tuple[str, ...]:
    return (
        str(row["key"]), str(row["position"]), *(
            _cut(str(row[name] or DASH)) for name in ("before", "after", "reason")
        ),
    )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
