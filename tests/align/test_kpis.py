"""KPIs over cycles, and days of outcomes, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from calibrate.align.kpis import attain_outcome, tabulate_kpis
from calibrate.rubric import Outcome

DAYS = (date(2026, 7, 1), date(2026, 12, 31))


def outcome(name: str = "grow", **told: object) -> Outcome:
    given = {"id": name, "title": name.title(), "perspective": "financial", "weight": 40}
    return Outcome.model_validate(given | told)


def test_a_kpi_is_followed_over_the_cycles() -> None:
    kpi = {"id": "arr", "title": "ARR", "unit": "M EUR", "baseline": 40, "target": 52,
           "actual": 49, "history": {"2025-H2": 40, "2026-H1": 46}}  # fmt: skip
    table = tabulate_kpis([outcome(kpis=(kpi,))], "2026-H2")
    assert table["cycle"].tolist() == ["2025-H2", "2026-H1", "2026-H2"]
    # 0/12, 6/12, 9/12 of the way.
    assert table["attainment"].tolist() == [0.0, 0.5, 0.75]
    assert table["change"].tolist()[1:] == [0.5, 0.25]
    assert pd.isna(table["change"].iloc[0])


def test_a_falling_kpi_needs_no_flag_and_is_capped() -> None:
    downtime = {"id": "d", "title": "D", "baseline": 55, "target": 20, "actual": 18,
                "direction": "down"}  # fmt: skip
    beyond = {"id": "b", "title": "B", "baseline": 0, "target": 10, "actual": 30}
    # 37/35 of the way, and 3.0 kept at 1.5.
    assert attain_outcome(outcome(kpis=(downtime, beyond))) == pytest.approx((37 / 35 + 1.5) / 2)


def test_without_figures_nothing_is_attained() -> None:
    blank = {"id": "k", "title": "K", "baseline": 1, "target": 2}
    assert attain_outcome(outcome(kpis=(blank,))) is None
    assert attain_outcome(outcome()) is None
