"""What can be worked out about hidden rows, by hand and by counting every table."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest

from calibrate.audit import AttributeTable, AuditSettings, Population, load_rules
from calibrate.audit.disclosure.attack import Attack
from calibrate.audit.disclosure.layers import Layer, build_margins
from calibrate.audit.groups import build_groupings


def build_attack(people: Mapping[tuple[str, ...], int], crossed: bool = False) -> Attack:
    """People by group; all of them count as the same thing."""
    groups = [group for group, n in people.items() for _ in range(n)]
    ids = tuple(f"E{position}" for position in range(len(groups)))
    nobody = np.zeros(len(ids), np.int64)
    population = Population(ids, nobody == 0, None, ("Only",), (), {}, {"raw": nobody})
    names = ("g", "h")[: len(groups[0])]
    aligned = AttributeTable(names, dict(zip(ids, groups, strict=True))).aligned_to(ids)
    settings = AuditSettings(
        None, (("g", "h"),) if crossed else (), {}, frozenset({0}), 10, load_rules("us-2026")
    )
    codes = np.column_stack([aligned.codes[name] for name in names])
    groupings = build_groupings(aligned, population, settings)
    (margins,) = build_margins(groupings, codes, [Layer("raw", nobody, 1)])
    unknown = np.full((len(margins.labels), 1), np.inf)
    return Attack(margins, -unknown, unknown)


def bound(attack: Attack, unit: str, hidden: set[str]) -> tuple[int, int]:
    labels = [group for _, group in attack.margins.labels]
    found = attack.bound(labels.index(unit), np.isin(labels, list(hidden)))
    return int(found.low[0]), int(found.high[0])


def test_one_hidden_group_is_the_total_less_the_others() -> None:
    attack = build_attack({("f",): 40, ("m",): 50, ("x",): 3, ("",): 12})
    assert bound(attack, "x", {"x"}) == (3, 3)


def test_two_hidden_groups_share_what_is_left() -> None:
    attack = build_attack({("f",): 40, ("m",): 50, ("x",): 3, ("",): 12})
    assert bound(attack, "x", {"x", "not stated"}) == (0, 15)


CROSSED = {
    ("f", "p"): 4, ("f", "q"): 20, ("f", "r"): 30,
    ("m", "p"): 15, ("m", "q"): 25, ("m", "r"): 35,
}  # fmt: skip


def test_a_hidden_cell_of_a_crossed_table_is_its_margin_less_the_others() -> None:
    assert bound(build_attack(CROSSED, crossed=True), "f*p", {"f*p"}) == (4, 4)


def test_four_hidden_corners_of_a_crossed_table_leave_what_both_margins_allow() -> None:
    # f*p + f*q = 24 and f*p + m*p = 19 are known from the margins.
    corners = {"f*p", "f*q", "m*p", "m*q"}
    assert bound(build_attack(CROSSED, crossed=True), "f*p", corners) == (0, 19)


def test_a_hidden_margin_is_the_sum_of_its_shown_cells() -> None:
    assert bound(build_attack(CROSSED, crossed=True), "q", {"p", "q"}) == (45, 45)


def test_earlier_views_bound_what_a_hidden_group_can_be() -> None:
    attack = build_attack({("f",): 40, ("m",): 50, ("x",): 9, ("",): 12})
    labels = [group for _, group in attack.margins.labels]
    attack.known_low[labels.index("x")] = 8
    attack.known_high[labels.index("not stated")] = 12
    assert bound(attack, "x", {"x", "not stated"}) == (9, 21)


@pytest.mark.parametrize("seed", range(6))
def test_the_program_finds_what_counting_every_table_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [("f", "p"), ("f", "q"), ("m", "p"), ("m", "q")]
    people = {name: int(n) for name, n in zip(names, rng.integers(1, 6, 4), strict=True)}
    crossed = ["*".join(name) for name in names]
    units = ["f", "m", "p", "q", *crossed]
    hidden = {unit for unit in units if rng.random() < 0.6} | {"f*p"}
    attack = build_attack(people, crossed=True)

    def count(table: tuple[int, ...]) -> dict[str, int]:
        cells = dict(zip(crossed, table, strict=True))
        sums = {
            unit: sum(n for cell, n in cells.items() if unit in cell.split("*"))
            for unit in ("f", "m", "p", "q")
        }
        return sums | cells

    truth, total = count(tuple(people.values())), sum(people.values())
    shown = {unit: n for unit, n in truth.items() if unit not in hidden}
    possible = [
        counted["f*p"]
        for table in product(range(total + 1), repeat=4)
        if sum(table) == total and shown.items() <= (counted := count(table)).items()
    ]
    assert bound(attack, "f*p", hidden) == (min(possible), max(possible))
