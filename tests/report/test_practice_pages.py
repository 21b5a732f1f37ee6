"""Check-ins, feedback and rewards by group stand in the audit's packet, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from calibrate.report import AuditMaterial, Material, draft_packet
from calibrate.tables import PRACTICE, PUBLIC

Invent = Callable[..., Material]

PLAIN = {
    "stage": "people", "attribute": "gender", "group": "women", "reference": "men",
    "family": "practice", "n": 40, "n_reference": 80, "suppressed": False, "low": -1.5,
    "high": -0.5, "q_value": 0.01, "p_value": 0.004, "detectable_difference": 0.6,
}  # fmt: skip
MERIT = PLAIN | {
    "dimension": "merit", "measure": "merit_percent", "rate": 2.5, "rate_reference": 3.5,
    "difference": -1.0, "verdict": "beyond",
}  # fmt: skip
WITHIN = MERIT | {
    "stage": "proposed", "difference": -0.1, "low": -0.3, "high": 0.1, "q_value": 0.6,
    "p_value": 0.4, "verdict": "inconclusive",
}  # fmt: skip
FEEDBACK = PLAIN | {
    "dimension": "feedback", "measure": "feedback_share", "n_yes": 20, "n_yes_reference": 60,
    "rate": 0.5, "rate_reference": 0.75, "difference": -0.25, "low": -0.42, "high": -0.07,
    "detectable_difference": 0.26, "verdict": "beyond",
}  # fmt: skip
HIDDEN = {
    name: value for name, value in FEEDBACK.items()
    if isinstance(value, str) and name != "verdict"
} | {"group": "nonbinary", "verdict": "too_few", "suppressed": True}  # fmt: skip


def read_packet(material: Material, audit: AuditMaterial, *rows: dict[str, object]) -> str:
    table = PRACTICE.conform(pd.DataFrame(list(rows)).reindex(columns=PRACTICE.names))
    seen = replace(audit, tables=dict(audit.tables) | {"practice": table})
    html = draft_packet("audit", material, audit=seen).html
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_rewards_stand_as_a_whole_and_with_the_same_band(
    invent: Invent, audit: AuditMaterial
) -> None:
    text = read_packet(invent(), audit, MERIT, WITHIN, FEEDBACK, HIDDEN)
    assert "3 comparisons in this family; beyond chance and of size: 2." in text
    assert (
        "Gaps in rewards that stand out as a whole: 1; those of them that stand out with the"
        in text
    )
    assert "with the same band: 0." in text
    assert "Merit, % of salary gender: women / men 40 / 80 2.5 / 3.5 −1.0" in text
    assert "−0.1 −0.3 to +0.1 0.6 0.600" in text
    assert "Given feedback gender: women / men 40 / 80 50% / 75% −25.0 −42.0 to −7.0" in text
    assert "nonbinary" not in text.split("Check-ins, feedback and rewards")[-1].split("People")[0]


def test_lines_that_are_all_hidden_say_so(invent: Invent, audit: AuditMaterial) -> None:
    text = read_packet(invent(), audit, HIDDEN)
    assert "Every line has too few people on one side: nothing is told." in text


def test_many_lines_are_cut_and_counted(invent: Invent, audit: AuditMaterial) -> None:
    rows = [FEEDBACK | {"group": f"g{k:02d}", "q_value": 0.02 * (k + 1)} for k in range(11)]
    text = read_packet(invent(), audit, *rows)
    assert "The 8 lines of smallest q, of 11." in text
    assert "gender: g07 / men" in text
    assert "gender: g08 / men" not in text


def test_without_files_there_is_no_section(invent: Invent, audit: AuditMaterial) -> None:
    html = draft_packet("audit", invent(), audit=audit).html
    assert "Check-ins, feedback and rewards" not in html


def test_the_table_is_no_public_one() -> None:
    assert PRACTICE not in PUBLIC
