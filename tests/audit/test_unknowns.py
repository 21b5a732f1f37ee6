"""Bounds under unknown attributes against every possible assignment, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import AttributeTable, AuditSettings, Population, audit_population
from calibrate.audit.policy import load_rules
from calibrate.audit.unknowns import RatioBounds, bound_ratio, name_bound

MakePeople = Callable[..., tuple[Population, AttributeTable]]
MakeSettings = Callable[..., AuditSettings]


def list_assignments(
    x1: int, n1: int, x0: int, n0: int, x: int, n: int, *, has_others: bool
) -> Iterator[tuple[int, int, int, int]]:
    """Counts of group and reference for every way to share out the unknown people."""
    for a in range(x + 1):
        for b in range(n - x + 1):
            for c in range(x - a + 1) if has_others else (x - a,):
                for d in range(n - x - b + 1) if has_others else (n - x - b,):
                    yield x1 + a, n1 + a + b, x0 + c, n0 + c + d


@pytest.mark.parametrize("has_others", [False, True])
def test_bounds_are_the_extremes_of_every_assignment(has_others: bool) -> None:
    rng = np.random.default_rng(20261121)
    for _ in range(150):
        n1, n0, n = (int(v) for v in rng.integers(1, 9, 3))
        x1, x0, x = (int(rng.integers(0, size + 1)) for size in (n1, n0, n))
        ratios = [
            Fraction(a * d, b * c) if c else None
            for a, b, c, d in list_assignments(x1, n1, x0, n0, x, n, has_others=has_others)
        ]
        existing = [ratio for ratio in ratios if ratio is not None]
        bounds = bound_ratio(x1, n1, x0, n0, x, n)
        assert bounds.lowest == (min(existing) if existing else None)
        # Where one assignment leaves nobody of the reference counted there is no upper end.
        assert bounds.highest == (None if None in ratios else max(existing))


def test_where_the_ratios_lie_is_judged_in_whole_numbers() -> None:
    rules = load_rules("us-2026")

    def name(low: str, high: str) -> str | None:
        return name_bound(RatioBounds(Fraction(low), Fraction(high)), rules)

    assert name("4/5", "5/4") == "inside"
    assert name("79/100", "1") == "either"
    assert name("1/2", "79/100") == "outside"
    assert name("1/2", "4/5") == "either"
    assert name("2", "3") == "outside"
    assert name("1/2", "3") == "either"
    assert name_bound(RatioBounds(Fraction(2), None), rules) == "outside"
    assert name_bound(RatioBounds(Fraction(1), None), rules) == "either"
    assert name_bound(RatioBounds(None, None), rules) is None


def unknowns_of(people: tuple[Population, AttributeTable], settings: AuditSettings) -> pd.DataFrame:
    return audit_population(*people, settings).tables["unknowns"]


def test_every_figure_of_a_line_by_hand(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("female",): (10, 28, 12), ("male",): (12, 78, 60), ("",): (2, 10, 8)}
    table = unknowns_of(make_people(counts), make_settings())
    line = table[table["measure"] == "selection_rate"].iloc[0]
    assert (line["group"], line["reference"], line["n_unknown"]) == ("female", "male", 20)
    assert line["n_unknown_counted"] == 8
    assert line["ratio_known"] == pytest.approx((12 / 50) / (60 / 150), abs=1e-12)
    assert line["ratio_lowest"] == pytest.approx((12 / 62) / (68 / 158), abs=1e-12)
    assert line["ratio_highest"] == pytest.approx((20 / 58) / (60 / 162), abs=1e-12)
    assert line["bound"] == "either"
    assert set(table["group"]) == {"female"}


def test_the_verdict_at_an_end_is_that_of_an_audit_of_such_people(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("female",): (10, 68, 22), ("male",): (12, 98, 90), ("",): (2, 20, 28)}
    line = unknowns_of(make_people(counts), make_settings()).set_index("measure").loc[
        "selection_rate"
    ]  # fmt: skip
    ends = {
        "verdict_known": counts,
        # Down: the 28 counted are men, the 22 others women. Up: the other way round.
        "verdict_lowest": {("female",): (12, 88, 22), ("male",): (12, 98, 118)},
        "verdict_highest": {("female",): (10, 68, 50), ("male",): (14, 118, 90)},
    }
    for end, people in ends.items():
        table = audit_population(*make_people(people), make_settings()).disparities
        chosen = table[
            (table["measure"] == "selection_rate") & (table["group"] == "female")
            & (table["family"] == "primary")
        ]  # fmt: skip
        assert line[end] == chosen["verdict"].iloc[0]
    assert line["verdict_known"] == "beyond"
    assert line["verdict_highest"] != "beyond"
    assert line["could_change"]


def test_few_unknown_people_or_a_small_group_hide_the_figures(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("a",): (0, 30, 20), ("b",): (0, 20, 10), ("",): (0, 3, 2)}
    for extra in ({}, {("c",): (0, 3, 1), ("",): (0, 30, 20)}):
        table = unknowns_of(make_people(counts | extra), make_settings())
        hidden = table[table["suppressed"]]
        assert len(hidden) == (len(table) if not extra else (table["group"] == "c").sum())
        figures = ["n_unknown", "n_unknown_counted", "ratio_known", "ratio_lowest", "ratio_highest"]
        assert hidden[[*figures, "bound", "could_change"]].isna().all(axis=None)


def test_no_row_where_everybody_has_stated(
    make_people: MakePeople, make_settings: MakeSettings
) -> None:
    counts = {("a",): (0, 30, 20), ("b",): (0, 20, 10)}
    assert unknowns_of(make_people(counts), make_settings()).empty
