"""What the scores, raters and distributions ask somebody to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from calibrate.bands.guideline import say_p
from calibrate.language import _, ngettext
from calibrate.language.figures import write_share
from calibrate.session.habits import PHRASES, is_notable
from calibrate.tables import FINDINGS

#: One row of the table of findings, without its name.
Row = tuple[str, str, str, str, str, str]

#: A severity resting on fewer forms is a finding of its own.
FEW_FORMS = 5
#: A unit seen from outside by fewer forms than this cannot be compared with others.
FEW_OUTSIDE_FORMS = 2


def describe_rater(severity: float, q_value: float, n_forms: int) -> str:
    """Say what is worth a look about one rater; empty if nothing.

    A notable severity is more than chance over all raters, and large enough to matter.

    Examples
    --------
    >>> describe_rater(12.0, 0.001, 8)
    'marks lower than others do for the same people'
    """
    if severity != severity:
        return _("severity cannot be told: too few others rated the same people")
    if n_forms < FEW_FORMS:
        return ngettext("severity rests on {n} form", "severity rests on {n} forms", n_forms)
    if is_notable("severity", severity, 0.0, q_value):
        return _(PHRASES["severity"][int(severity > 0)])
    return ""


def count_outside_forms(
    employee: Sequence[int], rater: Sequence[str], unit: Sequence[str], unit_of: dict[str, str]
) -> dict[str, int]:
    """Count for each unit the forms by raters who belong to another unit.

    Parameters
    ----------
    employee : (N,) codes of scored forms
    rater : (N,) rater ids
    unit : (I,) unit of each employee; empty is no unit
    unit_of
        Unit of the raters that are employees themselves. The manager of a
        team belongs to it here: the view from outside is somebody else's.
    """
    counts = dict.fromkeys(sorted(set(unit) - {""}), 0)
    for code, who in zip(employee, rater, strict=True):
        home = unit[code]
        if home and who != home and unit_of.get(who, "") != home:
            counts[home] += 1
    return counts


def gather_findings(
    distribution: pd.DataFrame,
    outside_forms: dict[str, int],
    notes: Iterable[str],
    n_quarantined: int,
    fragile: Iterable[Row] = (),
) -> pd.DataFrame:
    """Collect findings about people, raters and units; none of them names a group.

    Parameters
    ----------
    fragile
        Findings on raters and forms on which the network hangs, as rows.

    Returns
    -------
    frame as :data:`calibrate.tables.FINDINGS`
    """
    rows = [
        *_name_shares(distribution),
        *_name_hardly_seen(outside_forms),
        *fragile,
        *(("network", "company", "all", "note", note, "") for note in notes),
    ]
    if n_quarantined:
        said = ngettext(
            "{n} input row is in quarantine and not in any score",
            "{n} input rows are in quarantine and not in any score",
            n_quarantined,
        )
        rows.append(("input", "company", "all", "look", said, _("see tables/problems")))
    table = pd.DataFrame(rows, columns=[n for n in FINDINGS.names if n != "finding_id"])
    table.insert(0, "finding_id", [f"F{n:04d}" for n in range(1, len(table) + 1)])
    return FINDINGS.conform(table)


def _name_shares(distribution: pd.DataFrame) -> Iterator[Row]:
    for row in distribution[distribution["verdict"] == "outside"].to_dict("records"):
        share, low, high = (write_share(row[name]) for name in ("share", "low", "high"))
        if row["scope"] == "company":
            said = _(
                "{band}: {share} of the company lies outside the guideline by more than chance",
                band=row["band"], share=share,
            )  # fmt: skip
        else:
            said = _(
                "{band}: {share} of {name} lies outside the guideline by more than chance",
                band=row["band"], share=share, name=row["scope_id"],
            )  # fmt: skip
        evidence = ngettext(
            "{n} person, 95% interval {low} to {high}, {q}. Look next at the evidence of the "
            "people nearest to the cut (table quota)",
            "{n} people, 95% interval {low} to {high}, {q}. Look next at the evidence of the "
            "people nearest to the cut (table quota)",
            int(row["n"]), low=low, high=high, q=say_p(row["q_value"]),
        )  # fmt: skip
        yield "distribution", row["scope"], row["scope_id"], "look", said, evidence


def _name_hardly_seen(outside_forms: dict[str, int]) -> Iterator[Row]:
    for unit, n_forms in outside_forms.items():
        if n_forms < FEW_OUTSIDE_FORMS:
            yield (
                "network", "unit", unit, "note",
                _("Unit {unit} is hardly seen from outside", unit=unit),
                ngettext(
                    "{n} form by raters of another unit", "{n} forms by raters of another unit",
                    n_forms,
                ),
            )  # fmt: skip
