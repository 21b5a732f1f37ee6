"""How near each way of scoring comes to the truth, on invented companies of several kinds.

Usage: python benchmarks/recovery.py [--employees 1000] [--seeds 20] [--write]

Beside the raw mean: forms centred within each rater, z-scores within each rater, our adjusted and
calibrated scores. The truth is the expected score over all raters of the company.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

import numpy as np
from companies import SCENARIOS, Forms, Scenario, draw_forms
from document import replace_block, table_of

from calibrate.effects import Effects, Settings, estimate_effects

SEED = 20261122
FLAG = 1.96  # standard errors beyond which a severity would be called one: nominal 5 %

Figures = Mapping[str, float]


def estimate(scenario: Scenario, forms: Forms) -> Effects:
    return estimate_effects(
        forms.employee, forms.rater, forms.source, forms.points, np.ones(len(forms.points)),
        forms.unit if scenario.with_unit else None, len(forms.truth), forms.n_raters, Settings(),
    )  # fmt: skip


def score_simply(forms: Forms) -> dict[str, np.ndarray]:
    """Raw mean, centred within rater, z-scored within rater: all in points about the same mean."""
    x, rater = forms.points, forms.rater
    n = np.bincount(rater, minlength=forms.n_raters)
    mean = np.bincount(rater, x, forms.n_raters) / np.maximum(n, 1)
    centred = x - mean[rater]
    square = np.bincount(rater, centred**2, forms.n_raters)
    spread = np.sqrt(square / np.maximum(n - 1, 1))
    z = np.divide(centred, spread[rater], out=np.zeros_like(x), where=spread[rater] > 0)
    values = {"raw": x, "centred": x.mean() + centred, "z-scored": x.mean() + x.std() * z}
    counts = np.bincount(forms.employee)
    return {k: np.bincount(forms.employee, value) / counts for k, value in values.items()}


def compare(forms: Forms, effects: Effects) -> Figures:
    """Figures of one company."""
    people, truth = effects.employees, forms.truth
    scores = score_simply(forms) | {"adjusted": people.adjusted, "calibrated": people.calibrated}
    rmse = {k: float(np.sqrt(np.mean((score - truth) ** 2))) for k, score in scores.items()}
    r = {k: float(np.corrcoef(score, truth)[0, 1]) for k, score in scores.items()}
    rank = np.argsort(np.argsort(truth, kind="stable")) / len(truth)
    is_top, is_outer = rank >= 0.9, (rank >= 0.9) | (rank < 0.1)
    n_top = int(is_top.sum())
    hits = {
        k: float(is_top[np.argsort(-score, kind="stable")[:n_top]].mean())
        for k, score in scores.items()
    }
    known = np.isfinite(people.se)
    covered = (people.low <= truth) & (truth <= people.high)
    severity, se = effects.raters.severity, effects.raters.se
    judged = forms.honest & np.isfinite(se)
    return {
        "raw": rmse["raw"],
        **{k: rmse[k] / rmse["raw"] for k in rmse if k != "raw"},
        "r": r["raw"],
        "gain": r["calibrated"] - r["raw"],
        "top raw": hits["raw"],
        "top": hits["calibrated"],
        "coverage": _share(covered[known]),
        "outer": _share(covered[known & is_outer]),
        "flags": _share(np.abs(severity[judged]) > FLAG * se[judged]),
        "at top": float((forms.points >= 87.5).mean()),
    }


def _share(held: np.ndarray) -> float:
    return float(held.mean()) if len(held) else float("nan")


def measure(scenario: Scenario, n_employees: int, n_seeds: int) -> Figures:
    """Means over the seeds."""
    figures = []
    for seed in range(n_seeds):
        forms = draw_forms(np.random.default_rng([SEED, seed]), scenario, n_employees)
        figures.append(compare(forms, estimate(scenario, forms)))
    return {k: float(np.mean([one[k] for one in figures])) for k in figures[0]}


COLUMNS = (
    ("raw", "raw RMSE, points", ".2f"),
    ("centred", "centred", ".2f"),
    ("z-scored", "z-scored", ".2f"),
    ("adjusted", "adjusted", ".2f"),
    ("calibrated", "calibrated", ".2f"),
    ("r", "r, raw", ".3f"),
    ("gain", "r, gain", "+.3f"),
    ("top raw", "top tenth, raw", ".2f"),
    ("top", "top tenth", ".2f"),
    ("coverage", "coverage", ".3f"),
    ("outer", "outer tenths", ".3f"),
    ("flags", "false flags", ".3f"),
)


def tabulate(results: Mapping[Scenario, Figures]) -> str:
    rows = [
        [scenario.label, "yes" if scenario.holds else "no",
         *("–" if np.isnan(found[key]) else format(found[key], form) for key, _, form in COLUMNS)]
        for scenario, found in results.items()
    ]  # fmt: skip
    return table_of(["scenario", "assumptions hold", *(head for _, head, _ in COLUMNS)], rows)


def judge_aims(results: Mapping[Scenario, Figures]) -> str:
    """Each aim with the worst figure among the scenarios it speaks of."""
    holds = {s: f for s, f in results.items() if s.holds}
    linked = {s: f for s, f in results.items() if s.n_forms[1]}

    def worst(among: Mapping[Scenario, Figures], key: str, pick=max) -> tuple[float, str]:  # type: ignore[no-untyped-def]
        scenario = pick(among, key=lambda s: among[s][key])
        return among[scenario][key], scenario.label

    beaten = {s: {"z": f["calibrated"] / f["z-scored"]} for s, f in linked.items()}
    aims = [
        ("RMSE at most 0.70 of raw, assumptions hold", *worst(holds, "calibrated"), 0, 0.7),
        ("correlation at least 0.03 above, assumptions hold", *worst(holds, "gain", min), 0.03, 1),
        ("z-scores beaten wherever raters are linked (RMSE to theirs)", *worst(beaten, "z"), 0, 1),
        ("coverage at least 0.88, assumptions hold", *worst(holds, "coverage", min), 0.88, 1),
        ("coverage at most 0.92, assumptions hold", *worst(holds, "coverage"), 0, 0.92),
        ("at most 5 % of honest raters flagged", *worst(linked, "flags"), 0, 0.05),
    ]  # fmt: skip
    rows = [
        [aim, f"{figure:.3f}", label, "yes" if low <= figure <= high else "**no**"]
        for aim, figure, label, low, high in aims
    ]
    return table_of(["aim", "worst", "where", "reached"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--employees", type=int, default=1_000)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="put the tables in docs/benchmarks.md")
    asked = parser.parse_args()
    results = {}
    for scenario in SCENARIOS:
        print(scenario.label, file=sys.stderr)
        results[scenario] = measure(scenario, asked.employees, asked.seeds)
    text = "\n\n".join(
        [
            f"{asked.employees:,} employees in teams of 8, {asked.seeds} seeds ({SEED}, 0 to "
            f"{asked.seeds - 1}). RMSE of the other scores as a ratio to the raw mean's.",
            tabulate(results),
            judge_aims(results),
        ]
    )
    print(text)
    if asked.write:
        replace_block("recovery", text)


if __name__ == "__main__":
    main()
