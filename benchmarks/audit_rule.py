"""Does the audit's decision rule keep its promises where the truth is known?

Usage: python benchmarks/audit_rule.py [--audits 2000] [--quick] [--write]

Five promises: without any gap at most 5 % of audits carry a primary "beyond"; a ratio of 0.7 at
10,000 people is found in at least 80 %, also when the disadvantaged group is the largest; 5 %
against 2 % in the lowest band is found; a group of one changes no verdict of the others; a ratio
of 0.85 at six standard errors never reads "within". Beside it what simpler rules would have said.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
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

SEED = 20261122
#: Concentrations of the groups of a team: intraclass correlation of a group 1/9 and 1/2.
TOGETHER, APART = 8.0, 1.0
#: The simpler rules beside ours need every p-value: fewer audits.
BESIDE = 200
TEAMS = (
    ("independent", 0.0, None),
    ("ICC 0.3", 0.3, None),
    ("ICC 0.3, groups sit together (0.11)", 0.3, TOGETHER),
    ("stress: ICC 0.3, groups hardly mix (0.5)", 0.3, APART),
)

Row = list[str]


def count(audits: int, key: int, draw: Callable[[np.random.Generator], Iterable[bool]]) -> list:
    """Add up yes and no over seeded audits."""
    return np.sum(
        [list(draw(np.random.default_rng([SEED, key, a]))) for a in range(audits)], axis=0
    ).tolist()


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


def measure_alarms(audits: int) -> tuple[list[Row], list[str]]:
    rows, failed = [], []
    key = 0
    for cells, attributes in (("2 + 5 + 7", SINGLE), ("2 x 7 crossed", CROSSED)):
        for people in (1_000, 10_000):
            for teams, icc, togetherness in TEAMS:
                company = Company(people, attributes, icc, togetherness)
                key += 1

                def look(rng: np.random.Generator, company: Company = company) -> list[bool]:
                    return [draw_audit(rng, company).has_beyond()]

                def look_beside(rng: np.random.Generator, company: Company = company) -> list[bool]:
                    family = draw_audit(rng, company)
                    return [
                        has_beyond_without_managers(family), has_fisher(family),
                        is_below_four_fifths(family),
                    ]  # fmt: skip

                found = count(audits, key, look)
                beside = min(audits, BESIDE)
                simpler = [say(n, beside) for n in count(beside, key, look_beside)]
                name = f"{cells}, {people:,} people, {teams}"
                rows.append([name, say(found[0], audits), *simpler])
                if found[0] > 0.05 * audits and togetherness != APART:
                    failed.append(name)
                print(*rows[-1], sep=" | ", flush=True)
    return rows, failed


def find(company: Company, gap: Gap) -> Callable[[np.random.Generator], list[bool]]:
    """Is the planted gap a primary "beyond"? A gap of the reference shows in any other group."""

    def look(rng: np.random.Generator) -> list[bool]:
        family = draw_audit(rng, company, gap)
        reference = family.panel.references[gap.attribute]
        lines = [
            line
            for line in family.list_compared()
            if line.measure == int(gap.is_lowest) and line.attribute == gap.attribute
            and gap.group in (line.group, reference)
        ]  # fmt: skip
        return [any(family.is_beyond(line) for line in lines)]

    return look


def measure_power(audits: int) -> tuple[list[Row], list[str]]:
    even = Company(10_000)
    clustered = replace(even, icc=0.3, togetherness=TOGETHER)
    two_of_five = replace(even, favourable=0.25, lowest=0.02)
    worlds = [
        ("ratio 0.7, group of 46 %", even, Gap(0, 1, 0.7)),
        ("ratio 0.7, largest group of 54 %", even, Gap(0, 0, 0.7)),
        ("ratio 0.7, group of 20 %", even, Gap(1, 1, 0.7)),
        ("ratio 0.7, largest of five, 50 %", even, Gap(1, 0, 0.7)),
        ("ratio 0.7, group of 46 %, ICC 0.3", clustered, Gap(0, 1, 0.7)),
        ("ratio 0.7, largest group of 54 %, ICC 0.3", clustered, Gap(0, 0, 0.7)),
        ("ratio 0.7, group of 20 %, ICC 0.3", clustered, Gap(1, 1, 0.7)),
        ("ratio 0.7, largest of five, 50 %, ICC 0.3", clustered, Gap(1, 0, 0.7)),
        ("lowest band, 5 % against 2 %, group of 46 %", two_of_five, Gap(0, 1, 2.5, True)),
        ("lowest band, 5 % against 2 %, group of 46 %, ICC 0.3",
         replace(two_of_five, icc=0.3, togetherness=TOGETHER), Gap(0, 1, 2.5, True)),
    ]  # fmt: skip
    rows, failed = [], []
    for key, (name, company, gap) in enumerate(worlds, start=100):
        found = count(audits, key, find(company, gap))[0]
        rows.append([name, say(found, audits)])
        if found < 0.8 * audits:
            failed.append(name)
        print(*rows[-1], sep=" | ", flush=True)
    return rows, failed


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
    parser.add_argument("--quick", action="store_true", help="60 audits each")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    options = parser.parse_args()
    audits = 60 if options.quick else options.audits
    alarms, too_many = measure_alarms(audits)
    power, missed = measure_power(audits)
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
            f"about all rows but those of stress. Simpler rules: the first {BESIDE} audits.",
            table_of(
                ["groups", "this rule", "without managers", "any Fisher p ≤ 0.05",
                 "lowest / highest < 0.8"], alarms,
            ),
            "Planted gaps at 10,000 people, `beyond` for this gap:",
            table_of(["gap", "found"], power),
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
