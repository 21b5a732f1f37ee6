"""What check-ins and rewards ask somebody to look at."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure

#: kind, scope, scope_id, level, headline, evidence
Row = tuple[str, str, str, str, str, str]
_MEASURES = {
    "merit_percent": N_("merit"), "bonus_percent": N_("bonus"), "promoted": N_("promotions"),
}  # fmt: skip


#: Fewer managers of a level are no finding: it would be about one of them.
FEWEST_MANAGERS = 3


def list_practice_findings(
    activity: pd.DataFrame, participation: pd.DataFrame, reward_links: pd.DataFrame
) -> Iterator[Row]:
    """Teams nobody talks with or rarely, levels without a manager who leads, odd rewards."""
    silent = activity[activity["verdict"] == "none"]
    if len(silent):
        said = ngettext(
            "In {n} team no check-in is on record.", "In {n} teams no check-in is on record.",
            len(silent),
        )  # fmt: skip
        yield "practice", "company", "checkins_none", "look", said, ", ".join(silent["manager_id"])
    rare = activity[activity["verdict"] == "rare"]
    if len(rare):
        said = ngettext(
            "In {n} team check-ins are clearly rarer than agreed.",
            "In {n} teams check-ins are clearly rarer than agreed.",
            len(rare),
        )
        yield "practice", "company", "checkins_rare", "note", said, ", ".join(rare["manager_id"])
    yield from _name_levels(participation)
    for row in reward_links.to_dict("records"):
        if row["verdict"] not in ("unclear", "against"):
            continue
        measure = _(_MEASURES[str(row["measure"])])
        said = _("It is unclear whether {measure} follow the bands.", measure=measure)
        if row["verdict"] == "against":
            said = _("The higher the band, the lower the reward: {measure}.", measure=measure)
        evidence = _(
            "rank correlation {r}, {low} to {high}, {n} people",
            r=write_figure(float(row["correlation"]), 2), low=write_figure(float(row["low"]), 2),
            high=write_figure(float(row["high"]), 2), n=int(row["n"]),
        )  # fmt: skip
        yield "practice", "company", str(row["measure"]), "look", said, evidence


def _name_levels(participation: pd.DataFrame) -> Iterator[Row]:
    """Levels at which no manager has at least half of the people on cadence."""
    levels = participation[participation["dimension"] == "manager_level"]
    enough = levels[levels["n_managers"].fillna(0) >= FEWEST_MANAGERS]
    for row in enough[enough["n_leading"] == 0].to_dict("records"):
        n = int(row["n_managers"])
        said = ngettext(
            "None of {n} manager of level {level} keeps the agreed rhythm of check-ins "
            "with at least half of the people.",
            "None of {n} managers of level {level} keeps the agreed rhythm of check-ins "
            "with at least half of the people.",
            n, level=row["value"],
        )  # fmt: skip
        evidence = ngettext(
            "{n} person, {rate} check-ins a month and person",
            "{n} people, {rate} check-ins a month and person",
            int(row["n_people"]), rate=write_figure(float(row["per_month"]), 2),
        )  # fmt: skip
        yield "practice", "level", str(row["value"]), "look", said, evidence
