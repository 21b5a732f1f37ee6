"""What an audit could not know: people, power, alarms, unstated groups, what is withheld."""

from __future__ import annotations

from collections.abc import Mapping

from calibrate.bands import SMALL_COMPANY
from calibrate.language import _, ngettext
from calibrate.report.material import AuditMaterial, Row, list_rows
from calibrate.report.words import (
    write_number,
)


def take_primary(rows: list[Row]) -> list[Row]:
    """Lines that decide, without those of a reference itself."""
    return [r for r in rows if r["family"] == "primary" and r["group"] != r["reference"]]


def say_people(ready: Mapping[str, int]) -> tuple[str, ...]:
    """What the people and their raters cannot carry."""
    n_rated, said = ready.get("n_rated", 0), []
    if n_rated < SMALL_COMPANY:
        people = ngettext("{n} person was", "{n} people were", n_rated)
        is_adjusted = ready.get("n_unlinked", 0) < n_rated
        bands = _("An adjustment is a what-if here: bands") if is_adjusted else "Bands"
        said.append(
            _(
                "{people} rated, fewer than {small_company}. {bands} follow the raw "
                "score, no guideline is tested.",
                people=people,
                small_company=SMALL_COMPANY,
                bands=bands,
            )
        )
    if ready.get("n_unlinked"):
        unlinked = ngettext("{n} person", "{n} people", ready["n_unlinked"])
        said.append(
            _(
                "For {unlinked} a strict rater cannot be told from a weak team. Raw "
                "scores stand, and a gap between groups may be one between raters.",
                unlinked=unlinked,
            )
        )
    if ready.get("n_quarantined"):
        left_out = ngettext("{n} input row was", "{n} input rows were", ready["n_quarantined"])
        said.append(
            _("{left_out} left out. Who was rated shows whom they were about.", left_out=left_out)
        )
    return tuple(said)


def say_limits(audit: AuditMaterial, rows: list[Row]) -> tuple[str, ...]:
    """What was withheld, what could have been found, and how often it would be wrong."""
    if not rows:
        return _say_settings(audit)
    said = (_say_power(rows), _say_alarms(audit), _say_unstated(audit), _say_withheld(audit))
    return (*filter(None, said), *_say_settings(audit))


def _say_power(rows: list[Row]) -> str:
    lines = [
        row for row in take_primary(rows)
        if row["measure"] == "selection_rate" and row["p_value"] is not None
    ]  # fmt: skip
    smallest = [r["detectable_ratio_family"] for r in lines]
    found = [float(ratio) for ratio in smallest if ratio is not None]
    if not lines:
        return ""
    if not found:
        return _("With so few people not even a favourable share of zero would be found.")
    best, worst = write_number(max(found), 2), write_number(min(found), 2)
    ends = (
        _("a ratio of {best}", best=best)
        if best == worst
        else _("ratios of {best} to {worst}, by group", best=best, worst=worst)
    )
    blind = len(lines) - len(found)
    more = ""
    if blind:
        more = _(
            " In {ngt} not even a share of zero would be found.",
            ngt=ngettext("{n} comparison", "{n} comparisons", blind),
        )
    return _(
        "With these numbers of people, a comparison of favourable shares finds "
        "{ends}, in 8 of 10 cases; where people of one manager are alike, only "
        "larger gaps. A smaller gap is likely to stay unseen.{more}",
        ends=ends,
        more=more,
    )


def _say_alarms(audit: AuditMaterial) -> str:
    alarms = [
        row for row in _read(audit, "simulation")
        if row["kind"] == "false_alarm" and row["share"] is not None
    ]  # fmt: skip
    if not alarms:
        return ""
    worst = max(alarms, key=lambda row: float(row["share"]))
    share, low, high = (f"{100 * float(worst[k]):.1f}%" for k in ("share", "low", "high"))
    return _(
        "Repeated on this company without any gap, a primary comparison read "
        "beyond in {share} of {n_simulations} simulated cases (95% interval "
        "{low} to {high}).",
        share=share,
        n_simulations=int(worst["n_simulations"]),
        low=low,
        high=high,
    )


def _say_unstated(audit: AuditMaterial) -> str:
    rows = [
        row for row in _read(audit, "unknowns")
        if row["verdict_known"] is not None and not row["suppressed"]
    ]  # fmt: skip
    changing = sum(bool(row["could_change"]) for row in rows)
    if not rows:
        return ""
    return _(
        "Not everybody has stated every attribute: {changing} of {ngt} could "
        "read otherwise if their groups were known.",
        changing=changing,
        ngt=ngettext("{n} verdict", "{n} verdicts", len(rows)),
    )


def _say_withheld(audit: AuditMaterial) -> str:
    rows = list_rows(audit.tables["groups"])
    single = [row for row in rows if "*" not in str(row["attribute"])]
    hidden = [row for row in rows if row["suppressed"]]
    if not hidden:
        return ""
    n = sum(bool(row["suppressed"]) for row in single)
    crossed = len(hidden) - n
    said = _("{n} of {ngt}", n=n, ngt=ngettext("{n} group", "{n} groups", len(single)))
    if crossed:
        said += _(
            " and {crossed} of {ngt}",
            crossed=crossed,
            ngt=ngettext("{n} crossed group", "{n} crossed groups", len(rows) - len(single)),
        )
    return _("Figures are withheld of {said}.", said=said)


def _say_settings(audit: AuditMaterial) -> tuple[str, ...]:
    rows = _read(audit, "configurations")
    if not rows:
        return ()
    total = max(int(row["position"]) for row in rows)
    changed = len({r["position"] for r in rows if r["is_frozen"]})
    said = _(
        "In this folder the cycle was run with {ngt} of settings",
        ngt=ngettext("{n} set", "{n} sets", total),
    )
    if not changed:
        return (
            _(
                "{said}; how marks become bands was not changed after figures by group were seen.",
                said=said,
            ),
        )
    return (
        _(
            "{said}; {changed} changed how marks become bands after figures by group were seen.",
            said=said,
            changed=changed,
        ),
    )


def _read(audit: AuditMaterial, name: str) -> list[Row]:
    return list_rows(audit.tables[name]) if name in audit.tables else []
