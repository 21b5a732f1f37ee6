"""Claim: on InstEval the fit agrees with lme4 to 1e-4 relative, several times faster.

Usage: python benchmarks/insteval.py FOLDER

FOLDER holds ratings.csv with employee_id (rated), rater_id and mark (1 to 5);
InstEval is 73,421 lecture evaluations at ETH Zürich, from R's lme4.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from calibrate.effects import Settings, estimate_effects
from calibrate.effects.design import build_design
from calibrate.effects.fit import Fit, fit_variances

POINTS = 25.0  # points of one mark on a scale of 1 to 5

#: R, lme4 1.1-31: lmer(y ~ 1 + (1|s) + (1|d), InstEval), in marks.
LME4 = {
    "sd rated": 0.5231968,
    "sd rater": 0.3259057,
    "sd residual": 1.1777859,
    "intercept": 3.2541583,
    "intercept se": 0.0183895,
    "REML criterion": 237783.880388,
}
LME4_SECONDS = 4.3


def describe_fit(fit: Fit) -> dict[str, float]:
    """The figures lme4 publishes, brought back from points to marks."""
    sd = {term: value**0.5 / POINTS for term, value in fit.variance.items()}
    df = fit.system.design.n_forms - 1
    return {
        "sd rated": sd["employee"],
        "sd rater": sd["rater"],
        "sd residual": sd["residual"],
        "intercept": fit.source_means[0] / POINTS + 1,
        "intercept se": (fit.at.T[0, 0] * fit.at.sigma2) ** 0.5 / POINTS,
        "REML criterion": fit.at.criterion - 2 * df * np.log(POINTS),
    }


def main(folder: Path) -> int:
    """Fit, time and print ours beside lme4's."""
    source = folder / "ratings.csv"
    if not source.exists():
        print(f"{source} is not here; nothing was measured", file=sys.stderr)
        return 0
    ratings = pd.read_csv(source, dtype="string", keep_default_na=False)
    employee, rater = (
        pd.factorize(ratings[column], sort=True)[0].astype(np.int64)
        for column in ("employee_id", "rater_id")
    )
    points = POINTS * (ratings["mark"].astype("float64").to_numpy() - 1)
    one_source, n = np.zeros(len(points), dtype=np.int64), len(points)

    started = time.process_time()
    with threadpool_limits(limits=1):
        design = build_design(points, one_source, {"employee": employee, "rater": rater})
        fit = fit_variances(design, ("employee", "rater"))
    fitted = time.process_time()
    estimate_effects(
        employee, rater, one_source, points, np.ones(n), None,
        employee.max() + 1, rater.max() + 1, Settings(),
    )  # fmt: skip
    finished = time.process_time()

    print(f"{'':16}{'calibrate':>16}{'lme4':>16}{'relative':>12}")
    for name, ours in describe_fit(fit).items():
        print(f"{name:16}{ours:16.7f}{LME4[name]:16.7f}{ours / LME4[name] - 1:12.1e}")
    print(f"{'fit, CPU s':16}{fitted - started:16.2f}{LME4_SECONDS:16.2f}")
    print(f"{'all, CPU s':16}{finished - fitted:16.2f}   (with errors and link strengths)")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else __doc__)
