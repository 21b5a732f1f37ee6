"""GPBoost: maximum likelihood (it has no REML), predictions without their errors.

Usage: python fit_gpboost.py NETWORK ANSWER
"""

from __future__ import annotations

import time

import gpboost
import numpy as np
from exchange import folders, read_arrays, write_answer


def main() -> None:
    network, answer = folders()
    forms = read_arrays(network)
    employee, rater = forms["employee"], forms["rater"]
    is_source = np.eye(forms["source"].max() + 1)[forms["source"]]
    started = time.process_time()
    model = gpboost.GPModel(
        group_data=np.column_stack([employee, rater]), likelihood="gaussian", num_parallel_threads=1
    )
    model.fit(y=forms["points"], X=is_source)
    predicted = np.asarray(model.predict_training_data_random_effects())
    effects = {}
    for column, (name, code) in enumerate([("employee", employee), ("rater", rater)]):
        first = np.unique(code, return_index=True)[1]
        effects[name] = predicted[first, column]
    variances = np.ravel(np.asarray(model.get_cov_pars()))
    means = np.ravel(np.asarray(model.get_coef()))[: is_source.shape[1]]
    names = ("variance:residual", "variance:employee", "variance:rater")
    facts = {"version": f"GPBoost {gpboost.__version__}"} | dict(
        zip(names, variances, strict=False)
    )
    write_answer(answer, started, facts, source=means, **effects)


if __name__ == "__main__":
    main()
