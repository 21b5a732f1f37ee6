"""Our fit: MODEL is ``two`` (employee, rater, one residual) or ``default`` (all that a run does).

Usage: python fit_calibrate.py NETWORK ANSWER MODEL
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from exchange import folders, read_arrays, write_answer
from threadpoolctl import threadpool_limits

import calibrate
from calibrate.effects import Settings, estimate_effects
from calibrate.effects.fit import fit_variances
from calibrate.effects.prediction_errors import predict_person_errors, predict_rater_errors
from calibrate.errors import FitError


def fit_two_effects(forms: dict[str, np.ndarray]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The peers' model, with the prediction error of every effect: the one call to exchange."""
    factors = {"employee": forms["employee"], "rater": forms["rater"]}
    with threadpool_limits(limits=1):
        fit = fit_variances(forms["points"], forms["source"], factors, tuple(factors))
        errors = {
            "employee_se": np.sqrt(predict_person_errors(fit)),
            "rater_se": np.sqrt(predict_rater_errors(fit)),
        }
    facts: dict[str, Any] = {f"variance:{k}": v for k, v in fit.variance.items()}
    facts["variance:residual"] = fit.mean_residual
    facts["criterion"] = fit.at.criterion
    facts["intercept_se"] = float(fit.at.means.variance[0, 0] ** 0.5)
    effects = {k: fit.effect(k, int(code.max()) + 1) for k, code in factors.items()}
    return facts, {"source": fit.source_means, **effects, **errors}


def fit_default(forms: dict[str, np.ndarray]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What a run asks for: units, links, intervals, effects of every source."""
    n_employees, n_raters = len(forms["unit"]), int(forms["rater"].max()) + 1
    effects = estimate_effects(
        forms["employee"], forms["rater"], forms["source"], forms["points"],
        np.ones(len(forms["points"])), forms["unit"], n_employees, n_raters, Settings(),
    )  # fmt: skip
    facts: dict[str, Any] = {f"variance:{k}": v for k, v, _ in effects.variance}
    if not effects.fitted:
        facts["refused"] = " ".join(effects.notes)
    return facts, {
        "employee": effects.employees.calibrated - effects.mu,
        "employee_se": effects.employees.se,
        "rater": -effects.raters.severity,
        "rater_se": effects.raters.se,
        "source": effects.source_mean,
    }


def main() -> None:
    network, answer = folders()
    forms = read_arrays(Path(network))
    fit = {"two": fit_two_effects, "default": fit_default}[sys.argv[3]]
    version = {"version": f"calibrate {calibrate.__version__}"}
    started = time.process_time()
    try:
        facts, arrays = fit(forms)
    except FitError as refusal:
        facts, arrays = {"refused": str(refusal)}, {}
    write_answer(answer, started, version | facts, **arrays)


if __name__ == "__main__":
    main()
