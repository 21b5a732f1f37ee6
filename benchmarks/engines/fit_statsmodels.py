"""statsmodels: crossed effects as variance components of one group, REML.

Usage: python fit_statsmodels.py NETWORK ANSWER
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import statsmodels
import statsmodels.formula.api as smf
from exchange import folders, read_arrays, write_answer


def main() -> None:
    network, answer = folders()
    forms = read_arrays(network)
    table = pd.DataFrame({k: forms[k] for k in ("points", "employee", "rater", "source")})
    started = time.process_time()
    fit = smf.mixedlm(
        "points ~ 0 + C(source)",
        table.assign(all=1),
        groups="all",
        vc_formula={"employee": "0 + C(employee)", "rater": "0 + C(rater)"},
    ).fit(reml=True)
    names = [f"variance:{name}" for name in fit.model.exog_vc.names]
    facts = {"version": f"statsmodels {statsmodels.__version__}", "variance:residual": fit.scale}
    facts |= dict(zip(names, np.asarray(fit.vcomp), strict=True)) | {"criterion": -2 * fit.llf}
    effects = fit.random_effects[1]
    arrays = {
        name: effects[effects.index.str.startswith(name)].to_numpy(float)
        for name in ("employee", "rater")
    }
    write_answer(answer, started, facts, source=np.asarray(fit.fe_params), **arrays)


if __name__ == "__main__":
    main()
