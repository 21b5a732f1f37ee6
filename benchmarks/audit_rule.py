"""Does the audit's decision rule keep its promises where the truth is known?

Usage: python benchmarks/audit_rule.py [--audits 2000] [--jobs 2] [--quick] [--write]

Five promises: without any gap at most 5 % of audits carry a primary "beyond"; a ratio of 0.7 at
10,000 people is found in at least 80 %, also when the disadvantaged group is the largest; 5 %
against 2 % in the lowest band is found; a group of one changes no verdict of the others; a ratio
of 0.85 at six standard errors never reads "within". Beside it what simpler rules would have said.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
from audit_worlds import (
    CROSSED,
    FIVE,
    MIN_CELL,
    RULES,
    SEXES,
    SINGLE,
    Company,
    Gap,
    draw_audit,
)  # fmt: skip
from document import replace_block, table_of

from calibrate.audit.inference import fisher_midp
from calibrate.audit.intervals import clopper_pearson
from calibrate.audit.simulation_rule import SELECTION, Comparison, FirstFamily, Panel
from calibrate.bands.guideline import false_discovery_rate

SEED = 20261123
#: Concentrations of the groups of a team; the mixing index is the intraclass correlation
#: of a group among people of one team, 1 / (1 + concentration).
TOGETHER, APART = 8.0, 1.0
#: Promised for so many audits; shown beside the whole number.
PROMISED = 500
#: The simpler rules beside ours need every p-value: fewer audits.
BESIDE = 200
TEAMS = (
    ("independent", 0.0, None),
    ("ICC 0.3", 0.3, None),
    ("ICC 0.3, mixing index 0.11", 0.3, TOGETHER),
    ("ICC 0.3, mixing index 0.17", 0.3, 5.0),
    ("ICC 0.3, mixing index 0.25", 0.3, 3.0),
    ("ICC 0.3, mixing index 0.5", 0.3, APART),
)

Row = list[str]


def look(
    audits: int, key: int, draw: Callable[[np.random.Generator], Iterable[bool]]
) -> np.ndarray:
    """Yes or no of seeded audits, (audits, questions)."""
    return np.array([list(draw(np.random.default_rng([SEED, key, a]))) for a in range(audits)])


def say(n: int, audits: int) -> str:
    low, high = clopper_pearson(n, audits)
    return f"{100 * n / audits:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def has_beyond_without_managers(family: FirstFamily) -> bool:
    """The same rule on Fisher's mid-p alone."""
    lines = family.list_compared()
    p = np.array([fisher_midp(*family.table(line)) for line in lines])
    q = false_discovery_rate(p)
    return any(
        bool(q_value <= RULES.alpha) and family.is_far(line)
        for line, q_value in zip(lines, q, strict=True)
    )


def has_fisher(family: FirstFamily) -> bool:
    """Any comparison with Fisher's mid-p at most 0.05: no bound, no family, no managers."""
    return any(fisher_midp(*family.table(line)) <= RULES.alpha for line in family.list_compared())


def is_below_four_fifths(family: FirstFamily) -> bool:
    """Lowest over highest favourable share of any attribute below 0.8."""
    for x, n in zip(family.x[SELECTION], family.n, strict=True):
        rates = [a / b for a, b in zip(x, n, strict=True) if b]
        if max(rates) > 0 and min(rates) / max(rates) < 0.8:
            return True
    return False


def has_beyond_without_null(family: FirstFamily) -> bool:
    """The same rule without the test that imposes the null."""
    return any(
        family.is_far(line) and family.is_significant(line) for line in family.list_compared()
    )


def measure_alarm(world: tuple[int, str, Company, int]) -> tuple[Row, bool]:
    """One row of the table of false alarms, and whether it breaks the promise."""
    key, name, company, audits = world

    def look_once(rng: np.random.Generator) -> list[bool]:
        family = draw_audit(rng, company)
        return [family.has_beyond(), has_beyond_without_null(family)]

    def look_beside(rng: np.random.Generator) -> list[bool]:
        family = draw_audit(rng, company)
        simpler = has_beyond_without_managers, has_fisher, is_below_four_fifths
        return [rule(family) for rule in simpler]

    found, beside = look(audits, key, look_once), min(audits, BESIDE)
    promised = found[:PROMISED, 0]
    row = [
        name, say(int(found[:, 0].sum()), audits),
        f"{100 * promised.mean():.1f} %", f"{100 * found[:, 1].mean():.1f} %",
        *(f"{100 * share:.1f} %" for share in look(beside, key, look_beside).mean(axis=0)),
    ]  # fmt: skip
    print(*row, sep=" | ", flush=True)
    return row, bool(max(found[:, 0].mean(), promised.mean()) > 0.05)


def list_alarm_worlds(audits: int) -> list[tuple[int, str, Company, int]]:
    named = [
        (f"{cells}, {people:,} people, {teams}", Company(people, attributes, icc, togetherness))
        for cells, attributes in (("2 + 5 + 7", SINGLE), ("2 x 7 crossed", CROSSED))
        for people in (1_000, 10_000)
        for teams, icc, togetherness in TEAMS
    ]
    rare = Company(10_000, CROSSED, 0.3, APART, favourable=0.1, lowest=0.03)
    named.append(
        ("2 x 7 crossed, 10,000 people, ICC 0.3, mixing index 0.5, bands of 10 and 3 %", rare)
    )
    named.append(
        (
            "2 x 7 crossed, 10,000 people, ICC 0.6, mixing index 0.5",
            replace(rare, icc=0.6, favourable=0.25, lowest=0.08),
        )
    )
    return [(key, name, company, audits) for key, (name, company) in enumerate(named, start=1)]


def measure_power(world: tuple[int, str, Company, Gap, int]) -> tuple[Row, bool]:
    """Is the planted gap a primary "beyond"? A gap of the reference shows in any other group."""
    key, name, company, gap, audits = world

    def look_once(rng: np.random.Generator) -> list[bool]:
        family = draw_audit(rng, company, gap)
        reference = family.panel.references[gap.attribute]
        lines = [
            line
            for line in family.list_compared()
            if line.measure == int(gap.is_lowest) and line.attribute == gap.attribute
            and gap.group in (line.group, reference) and family.is_far(line)
            and family.is_significant(line)
        ]  # fmt: skip
        return [any(family.stands_under_null(line) for line in lines), bool(lines)]

    found = look(audits, key, look_once)
    row = [name, say(int(found[:, 0].sum()), audits), f"{100 * found[:, 1].mean():.1f} %"]
    print(*row, sep=" | ", flush=True)
    return row, bool(found[:, 0].mean() < 0.8)


def list_power_worlds(audits: int) -> list[tuple[int, str, Company, Gap, int]]:
    gaps = [
        ("ratio 0.7, group of 46 %", Gap(0, 1, 0.7)),
        ("ratio 0.7, largest group of 54 %", Gap(0, 0, 0.7)),
        ("ratio 0.7, group of 20 %", Gap(1, 1, 0.7)),
        ("ratio 0.7, largest of five, 50 %", Gap(1, 0, 0.7)),
        ("lowest band, 5 % against 2 %, group of 46 %", Gap(0, 1, 2.5, True)),
    ]
    teams = [
        ("independent", 0.0, None), ("ICC 0.3, mixing index 0.11", 0.3, TOGETHER),
        ("ICC 0.3, mixing index 0.5", 0.3, APART),
    ]  # fmt: skip
    return [
        (100 + 10 * t + g, f"{name}, {how}",
         Company(10_000, SINGLE, icc, togetherness, lowest=0.02 if gap.is_lowest else 0.08),
         gap, audits)
        for t, (how, icc, togetherness) in enumerate(teams)
        for g, (name, gap) in enumerate(gaps)
    ]  # fmt: skip


def check_single_person(audits: int) -> int:
    """Count the verdicts of others that one person in a group of one changes."""
    changed = 0
    for a in range(audits):
        rng = np.random.default_rng([SEED, 200, a])
        company = Company(1_000, (SEXES, FIVE), 0.3, TOGETHER)
        family = draw_audit(rng, company, Gap(1, int(rng.integers(5)), float(rng.uniform(0.3, 1))))
        before = family.judge_all()
        panel = replace(
            family.panel,
            n_groups=(2, 6),
            cluster=np.append(family.panel.cluster, rng.integers(0, 125)),
        )
        counted = np.column_stack([family.counted, rng.random(2) < 0.5])
        # The one person is of no stated sex, so that no other group grows.
        panel = replace(panel, n_groups=(3, 6))
        groups = np.column_stack([family.groups, [2, 5]])
        after = FirstFamily(panel, groups, counted).judge_all()
        changed += sum(after[line] != verdict for line, verdict in before.items())
    return changed


def check_never_within() -> tuple[int, int]:
    """Count the tables with a ratio of at most 0.85 and |z| of at least 6 that read "within"."""
    within = tables = 0
    for n in (3_000, 10_000, 30_000, 100_000):
        for rate in (0.05, 0.1, 0.25, 0.5, 0.8):
            for share in (0.1, 0.3, 0.46):
                n1 = round(n * share)
                n0, x0 = n - n1, round(rate * (n - n1))
                x1 = int(0.85 * n1 * x0 / n0)
                pooled = (x1 + x0) / n
                z = abs(x1 / n1 - x0 / n0) / (pooled * (1 - pooled) * (1 / n1 + 1 / n0)) ** 0.5
                if z < 6:
                    continue
                tables += 1
                within += judge_table(x1, n1, x0, n0) == "within"
    return within, tables


def judge_table(x1: int, n1: int, x0: int, n0: int) -> str:
    groups = np.repeat([0, 1], [n0, n1])[None]
    is_counted = np.concatenate([np.arange(n0) < x0, np.arange(n1) < x1])
    panel = Panel((0,), (2,), None, MIN_CELL, RULES)
    family = FirstFamily(panel, groups, np.stack([is_counted, np.zeros_like(is_counted)]))
    return family.judge(Comparison(SELECTION, 0, 1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audits", type=int, default=2_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--quick", action="store_true", help="60 audits each")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    options = parser.parse_args()
    audits = 60 if options.quick else options.audits
    with ProcessPoolExecutor(options.jobs) as pool:
        powers = list(pool.map(measure_power, list_power_worlds(min(audits, PROMISED))))
        alarms = list(pool.map(measure_alarm, list_alarm_worlds(audits)))
    too_many, missed = ([bad for _, bad in rows if bad] for rows in (alarms, powers))
    changed = check_single_person(min(audits, BESIDE))
    within, tables = check_never_within()
    claims = [
        ["no gap: at most 5 % of audits call for a look", _yes(not too_many)],
        ["planted gaps found in at least 80 %", _yes(not missed)],
        [
            f"a group of one changes no verdict of others ({min(audits, BESIDE)} audits)",
            _yes(not changed),
        ],
        [f"0.85 at six standard errors never reads `within` ({tables} tables)", _yes(not within)],
    ]
    text = "\n\n".join(
        [
            f"{audits} audits each (seed {SEED}); 95 % intervals by Clopper and Pearson.",
            table_of(["claim", "holds"], claims),
            "No gap: audits that call for a look, by this rule and by simpler ones. The promise is "
            f"about every row, after {PROMISED} audits and after all. "
            f"The three rules at the right: the first {BESIDE} audits.",
            table_of(
                ["groups", "this rule", f"first {PROMISED}", "without the null imposed",
                 "without managers", "any Fisher p ≤ 0.05", "lowest / highest < 0.8"],
                [row for row, _ in alarms],
            ),
            "Planted gaps at 10,000 people, `beyond` for this gap; "
            f"{min(audits, PROMISED)} audits each:",
            table_of(["gap", "found", "without the null imposed"], [row for row, _ in powers]),
        ]
    )  # fmt: skip
    print(text)
    if options.write:
        replace_block("audit_rule", text)
    return int(bool(too_many or missed or changed or within))


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


if __name__ == "__main__":
    raise SystemExit(main())
