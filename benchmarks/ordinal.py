"""Does the ordinal model come nearer to the truth than the linear one? Invented companies.

Usage: python benchmarks/ordinal.py [--teams 40] [--seeds 20] [--write]

Teams of 8; each person has the manager's form and three by anybody. The truth is the expected score
over all raters of the company. Logits: unit 0.6, person 1.2, rater 1.4, noise 1.8.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
from document import replace_block, table_of
from numpy.typing import NDArray
from scipy.stats import norm, spearmanr

from calibrate.effects import Settings, estimate_effects
from calibrate.effects.result import Model

SEED, SIZE, N_FORMS = 20261122, 8, 4
UNIT, PERSON, RATER, NOISE = 0.6, 1.2, 1.4, 1.8
LEVEL, WEIGHT = np.array([0.0, 0.4]), np.array([2.0, 1.0])
HEADS = ("marks", "model", "RMSE calibrated", "RMSE adjusted", "rank correlation", "coverage",
         "highest tenth", "lowest tenth", "CPU s")  # fmt: skip
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """Where the five marks are parted, in logits; the law of the noise; criteria of a form."""

    label: str
    cuts: tuple[float, ...]
    noise: str = "normal"
    n_criteria: int = 1


HALF, MOST, FEW = (-4.0, -2.6, -1.2, 0.2), (-5.0, -3.9, -2.6, -1.2), (-2.5, -0.8, 0.9, 2.5)
KINDS = (
    Kind("half top, noise of the ordinal model", HALF, "logistic"),
    Kind("half top, normal noise", HALF),
    Kind("three quarters top, normal noise", MOST),
    Kind("half top, means of five criteria", HALF, n_criteria=5),
    Kind("a fifth top, normal noise", FEW),
    Kind("a fifth top, means of five criteria", FEW, n_criteria=5),
)


@dataclass(frozen=True)
class Forms:
    employee: NDArray[np.int64]
    rater: NDArray[np.int64]
    source: NDArray[np.int64]
    points: Array
    unit: NDArray[np.int64]
    truth: Array


def draw_forms(kind: Kind, n_teams: int, seed: int) -> Forms:
    """One company; marks are 0, 25 … 100 points, criteria of a form share half of the noise."""
    rng = np.random.default_rng([SEED, seed])
    n = n_teams * SIZE
    unit, employee = np.arange(n) // SIZE, np.repeat(np.arange(n), N_FORMS)
    peers = np.array([rng.choice(n - 1, N_FORMS - 1, replace=False) for _ in range(n)])
    peers += peers >= np.arange(n)[:, None]
    rater = np.unique(np.column_stack([n + unit, peers]).ravel(), return_inverse=True)[1]
    source = np.tile([0] + [1] * (N_FORMS - 1), n)
    person = rng.normal(0, UNIT, n_teams)[unit] + rng.normal(0, PERSON, n)
    severity = rng.normal(0, RATER, rater.max() + 1)
    latent = LEVEL[source] + person[employee] - severity[rater]

    def draw_noise() -> Array:
        if kind.noise == "logistic":
            return rng.logistic(0, NOISE * np.sqrt(3) / np.pi, len(latent))
        return rng.normal(0, NOISE, len(latent))

    shared = draw_noise() * np.sqrt(0.5) if kind.n_criteria > 1 else np.zeros(len(latent))
    part = np.sqrt(0.5) if kind.n_criteria > 1 else 1.0
    marks = [
        np.searchsorted(kind.cuts, latent + shared + part * draw_noise())
        for _ in range(kind.n_criteria)
    ]
    share = np.bincount(source, WEIGHT[source]) / WEIGHT[source].sum()
    spread = np.hypot(RATER, NOISE)
    truth = sum(
        share[s] * 25 * norm.sf((cut - LEVEL[s] - person) / spread)
        for s in (0, 1) for cut in kind.cuts
    )  # fmt: skip
    return Forms(employee, rater, source, 25.0 * np.mean(marks, axis=0), unit, truth)


def measure(kind: Kind, model: Model, n_teams: int, n_seeds: int) -> list[float]:
    figures = []
    for seed in range(n_seeds):
        forms = draw_forms(kind, n_teams, seed)
        started = time.process_time()
        effects = estimate_effects(
            forms.employee, forms.rater, forms.source, forms.points, WEIGHT[forms.source],
            forms.unit, len(forms.truth), int(forms.rater.max()) + 1, Settings(model=model),
        )  # fmt: skip
        cost = time.process_time() - started
        if not effects.fitted:
            raise SystemExit(f"{kind.label}, seed {seed}: {effects.notes}")
        people, truth = effects.employees, forms.truth
        is_covered = (people.low <= truth) & (truth <= people.high)
        low, high = np.quantile(truth, [0.1, 0.9])
        figures.append(
            [
                np.sqrt(np.mean((people.calibrated - truth) ** 2)),
                np.sqrt(np.mean((people.adjusted - truth) ** 2)),
                spearmanr(people.calibrated, truth)[0],
                is_covered.mean(),
                is_covered[truth >= high].mean(),
                is_covered[truth <= low].mean(),
                cost,
            ]
        )
    return [float(figure) for figure in np.mean(figures, axis=0)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teams", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="put the table in docs/benchmarks.md")
    asked = parser.parse_args()
    rows = []
    models: tuple[Model, ...] = ("linear", "ordinal")
    for kind in KINDS:
        for model in models:
            print(kind.label, model, file=sys.stderr)
            found = measure(kind, model, asked.teams, asked.seeds)
            forms = ("{:.2f}", "{:.2f}", "{:.3f}", "{:.3f}", "{:.2f}", "{:.2f}", "{:.2f}")
            figures = [form.format(figure) for form, figure in zip(forms, found, strict=True)]
            rows.append([kind.label, model, *figures])
    text = f"{asked.teams * SIZE} people, {asked.seeds} seeds.\n\n{table_of(HEADS, rows)}"
    print(text)
    if asked.write:
        replace_block("ordinal", text)


if __name__ == "__main__":
    main()
