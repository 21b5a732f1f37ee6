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
        said.append(
            ngettext(
                "{n} person was rated, fewer than {least}. Bands follow the raw score, no "
                "guideline is tested.",
                "{n} people were rated, fewer than {least}. Bands follow the raw score, no "
                "guideline is tested.",
                n_rated,
                least=SMALL_COMPANY,
            )
        )
        if ready.get("n_unlinked", 0) < n_rated:
            said.append(_("An adjustment is a what-if here."))
    if ready.get("n_unlinked"):
        said.append(
            ngettext(
                "For {n} person a strict rater cannot be told from a weak team. Raw "
                "scores stand, and a gap between groups may be one between raters.",
                "For {n} people a strict rater cannot be told from a weak team. Raw "
                "scores stand, and a gap between groups may be one between raters.",
                ready["n_unlinked"],
            )
        )
    if ready.get("n_quarantined"):
        said.append(
            ngettext(
                "{n} input row was left out. “Who was rated” shows whom it was about.",
                "{n} input rows were left out. “Who was rated” shows whom they were about.",
                ready["n_quarantined"],
            )
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
    if best == worst:
        said = _(
            "With these numbers of people, a comparison of favourable shares finds "
            "a ratio of {best}, in 8 of 10 cases; where people of one manager are alike, only "
            "larger gaps. A smaller gap is likely to stay unseen.",
            best=best,
        )
    else:
        said = _(
            "With these numbers of people, a comparison of favourable shares finds "
            "ratios of {best} to {worst}, by group, in 8 of 10 cases; where people of one "
            "manager are alike, only larger gaps. A smaller gap is likely to stay unseen.",
            best=best, worst=worst,
        )  # fmt: skip
    blind = len(lines) - len(found)
    if not blind:
        return said
    none = ngettext(
        "In {n} comparison not even a share of zero would be found.",
        "In {n} comparisons not even a share of zero would be found.",
        blind,
    )
    return f"{said} {none}"


def _say_alarms(audit: AuditMaterial) -> str:
    alarms = [
        row for row in _read(audit, "simulation")
        if row["kind"] == "false_alarm" and row["share"] is not None
    ]  # fmt: skip
    if not alarms:
        return ""
    worst = max(alarms, key=lambda row: float(row["share"]))
    share, low, high = (write_number(100 * float(worst[k]), 1) for k in ("share", "low", "high"))
    return _(
        "Repeated on this company without any gap, a primary comparison read "
        "beyond in {share}% of {n} simulated cases (95% interval {low}% to {high}%).",
        share=share,
        n=int(worst["n_simulations"]),
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
    return ngettext(
        "Not everybody has stated every attribute: of {total} verdicts, {n} could "
        "read otherwise if their groups were known.",
        "Not everybody has stated every attribute: of {total} verdicts, {n} could "
        "read otherwise if their groups were known.",
        changing,
        total=len(rows),
    )


def _say_withheld(audit: AuditMaterial) -> str:
    rows = list_rows(audit.tables["groups"])
    single = [row for row in rows if "*" not in str(row["attribute"])]
    hidden = [row for row in rows if row["suppressed"]]
    if not hidden:
        return ""
    n = sum(bool(row["suppressed"]) for row in single)
    crossed = len(hidden) - n
    if not crossed:
        return _("Figures are withheld of {n} of {total} groups.", n=n, total=len(single))
    return _(
        "Figures are withheld of {n} of {total} groups and {n_crossed} of {total_crossed} "
        "crossed groups.",
        n=n, total=len(single), n_crossed=crossed, total_crossed=len(rows) - len(single),
    )  # fmt: skip


def _say_settings(audit: AuditMaterial) -> tuple[str, ...]:
    rows = _read(audit, "configurations")
    if not rows:
        return ()
    total = max(int(row["position"]) for row in rows)
    changed = len({r["position"] for r in rows if r["is_frozen"]})
    said = ngettext(
        "In this folder the cycle was run with {n} set of settings.",
        "In this folder the cycle was run with {n} sets of settings.",
        total,
    )
    if not changed:
        more = _("How marks become bands was not changed after figures by group were seen.")
    else:
        more = ngettext(
            "{n} of them changed how marks become bands after figures by group were seen.",
            "{n} of them changed how marks become bands after figures by group were seen.",
            changed,
        )
    return (f"{said} {more}",)


def _read(audit: AuditMaterial, name: str) -> list[Row]:
    return list_rows(audit.tables[name]) if name in audit.tables else []
