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


def list_practice_findings(activity: pd.DataFrame, reward_links: pd.DataFrame) -> Iterator[Row]:
    """Teams nobody talks with, teams talked with rarely, rewards that do not follow bands."""
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
