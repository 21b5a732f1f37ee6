"""The promises of the decision rule, each in a world whose answer is known.

Small and seeded; benchmarks/audit_rule.py draws thousands.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibrate.audit import load_rules
from calibrate.audit.simulation_rule import LOWEST, SELECTION, Comparison, FirstFamily, Panel

RULES = load_rules("us-2026")
SHARES = ((0.54, 0.46), (0.5, 0.2, 0.15, 0.1, 0.05), (0.4, 0.2, 0.14, 0.1, 0.08, 0.05, 0.03))
TEAM = 8


def draw(
    rng: np.random.Generator, people: int, *, icc: float = 0.0, top: float = 0.25,
    low: float = 0.08, gap: tuple[int, int, float] | None = None,
) -> FirstFamily:  # fmt: skip
    """Teams of 8 whose bands and groups hang together; a gap of group ``gap[1]`` of sex."""
    team = np.arange(people) // TEAM
    rates = np.tile([top, low], (people, 1))
    groups = [rng.choice(len(shares), people, p=shares) for shares in SHARES]
    if icc:
        weights = np.array([top, low, 1 - top - low]) * (1 / icc - 1)
        rates = rng.dirichlet(weights, people // TEAM)[team][:, :2]
        # Intraclass correlation of a group within teams: 1 / (1 + 8).
        of_team = [rng.dirichlet(np.array(s) * 8, people // TEAM).cumsum(axis=1) for s in SHARES]
        place = [rng.random((people, 1)) for _ in SHARES]
        groups = [
            np.minimum((p > c[team]).sum(axis=1), c.shape[1] - 1)
            for p, c in zip(place, of_team, strict=True)
        ]
    if gap is not None:
        measure, group, ratio = gap
        rates[groups[0] == group, measure] *= ratio
    at = rng.random(people)
    counted = np.stack([at < rates[:, 0], at > 1 - rates[:, 1]])
    largest = tuple(int(np.bincount(g).argmax()) for g in groups)
    panel = Panel(largest, tuple(map(len, SHARES)), team, 10, RULES)
    return FirstFamily(panel, np.array(groups), counted)


@pytest.mark.parametrize("people", [1_000, 10_000])
@pytest.mark.parametrize("icc", [0.0, 0.3])
def test_without_a_gap_few_audits_call_for_a_look(people: int, icc: float) -> None:
    audits = 100
    alarms = sum(
        draw(np.random.default_rng([31, people, a]), people, icc=icc).has_beyond()
        for a in range(audits)
    )
    # 5 % of 100 and three binomial standard errors of 2.2: the benchmark is the sharper proof.
    assert alarms <= 11


@pytest.mark.parametrize("icc", [0.0, 0.3])
@pytest.mark.parametrize(("group", "name"), [(1, "smaller"), (0, "largest")])
def test_a_ratio_of_seven_tenths_is_found(group: int, name: str, icc: float) -> None:
    found = 0
    for a in range(25):
        rng = np.random.default_rng([32, group, a])
        family = draw(rng, 10_000, icc=icc, gap=(SELECTION, group, 0.7))
        # Whoever is the reference: there are two groups and one comparison.
        found += family.is_beyond(Comparison(SELECTION, 0, 1 - family.panel.references[0]))
    assert found >= 20, name


@pytest.mark.parametrize("icc", [0.0, 0.3])
def test_five_percent_against_two_in_the_lowest_band_is_found(icc: float) -> None:
    found = 0
    for a in range(25):
        family = draw(
            np.random.default_rng([33, a]), 10_000, icc=icc, low=0.02, gap=(LOWEST, 1, 2.5)
        )
        found += family.is_beyond(Comparison(LOWEST, 0, 1))
    assert found >= 20


def test_one_person_in_a_group_of_one_changes_no_verdict_of_others() -> None:
    for a in range(20):
        rng = np.random.default_rng([34, a])
        family = draw(rng, 1_000, icc=0.3, gap=(SELECTION, 1, float(rng.uniform(0.3, 1))))
        before = family.judge_all()
        sizes = family.panel.n_groups
        panel = replace(
            family.panel,
            n_groups=tuple(size + 1 for size in sizes),
            cluster=np.append(family.panel.cluster, int(rng.integers(125))),
        )
        groups = np.column_stack([family.groups, sizes])
        counted = np.column_stack([family.counted, rng.random(2) < 0.5])
        after = FirstFamily(panel, groups, counted).judge_all()
        assert {line: after[line] for line in before} == before
        assert {after[line] for line in set(after) - set(before)} <= {"too_few", "not_computable"}


def test_a_ratio_of_0_85_at_six_standard_errors_never_reads_within() -> None:
    tables = 0
    for n0, rate, share in np.ndindex(4, 5, 3):
        reference = (2_000, 8_000, 30_000, 90_000)[n0]
        x0 = round((0.05, 0.1, 0.25, 0.5, 0.8)[rate] * reference)
        n1 = round(reference * (0.1, 0.4, 0.85)[share])
        x1 = int(0.85 * n1 * x0 / reference)
        pooled = (x1 + x0) / (n1 + reference)
        error = (pooled * (1 - pooled) * (1 / n1 + 1 / reference)) ** 0.5
        if (x0 / reference - x1 / n1) / error < 6:
            continue
        tables += 1
        groups = np.repeat([0, 1], [reference, n1])[None]
        is_counted = np.concatenate([np.arange(reference) < x0, np.arange(n1) < x1])
        panel = Panel((0,), (2,), None, 10, RULES)
        family = FirstFamily(panel, groups, np.stack([is_counted, ~is_counted]))
        assert family.judge(Comparison(SELECTION, 0, 1)) in ("significant_only", "beyond")
    assert tables > 10
