"""Where the top mark is frequent: what would the ordinal model say?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.effects import Effects
from calibrate.pipeline.stages import Prepared, Scored, cut_scores, estimate_overall
from calibrate.session.opinion import Row, describe_opinion
from calibrate.tables import SECOND_OPINION

#: Share of the marks that are the top mark above which distances between marks say little.
FREQUENT = 0.45
#: Most forms for which the second opinion is given unasked: it takes about 5 s for them.
MOST_FORMS = 20_000
_TOP = 100.0 - 1e-9


@dataclass(frozen=True)
class SecondOpinion:
    """The table of the contract, empty where no opinion was given, and its finding."""

    table: pd.DataFrame
    findings: tuple[Row, ...]


def ask_second_opinion(scored: Scored) -> SecondOpinion:
    """Fit the ordinal model beside the linear one where the top mark is frequent.

    Returns
    -------
    SecondOpinion
        Nothing where the top mark is not frequent, nobody is adjusted, or the
        cycle's model is another; a finding without a table where the company is large.
    """
    prepared = scored.prepared
    share = measure_top_share(prepared)
    is_linear = prepared.cycle.effects.model == "linear"
    if not (is_linear and scored.effects.fitted and share > FREQUENT):
        return SecondOpinion(SECOND_OPINION.empty(), ())
    if int(prepared.forms.scored.sum()) > MOST_FORMS:
        return SecondOpinion(SECOND_OPINION.empty(), (describe_opinion(share, None, 0),))
    effects = estimate_overall(prepared, "ordinal")
    if not effects.fitted:
        return SecondOpinion(SECOND_OPINION.empty(), (describe_opinion(share, None, 0),))
    table = _tabulate(scored, effects)
    n_moves = int((table["moves"] != 0).sum())
    return SecondOpinion(table, (describe_opinion(share, n_moves, len(table)),))


def say_opinion(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Sentences of the findings on the model, for the notes of a packet."""
    findings = tables["findings"]
    chosen = findings[findings["kind"] == "model"]
    return [f"{row['headline']}: {row['evidence']}." for row in chosen.to_dict("records")]


def measure_top_share(prepared: Prepared) -> float:
    """Share of the marks on scored forms that are worth 100 points; NaN without any."""
    marks: npt.NDArray[np.float64] = prepared.forms.criterion_points[prepared.forms.scored]
    n_marks = int(np.count_nonzero(~np.isnan(marks)))
    return float(np.count_nonzero(marks >= _TOP) / n_marks) if n_marks else float("nan")


def _tabulate(scored: Scored, effects: Effects) -> pd.DataFrame:
    here, there = scored.effects.employees, effects.employees
    bands, other = scored.bands, cut_scores(scored.prepared, effects)
    rows = np.flatnonzero(np.isin(here.link, ["linked", "weak"]))
    band = np.where(here.link == "linked", bands.adjusted, bands.raw)[rows]
    ordinal = np.where(there.link == "linked", other.adjusted, other.raw)[rows]
    ids = scored.prepared.employees.ids
    return SECOND_OPINION.conform(
        pd.DataFrame(
            {
                "employee_id": [ids[i] for i in rows],
                "adjusted_score": here.adjusted[rows],
                "adjusted_band": bands.names(band),
                "ordinal_adjusted": there.adjusted[rows],
                "ordinal_band": bands.names(ordinal),
                "moves": ordinal - band,
                "calibrated_score": here.calibrated[rows],
                "ordinal_calibrated": there.calibrated[rows],
                "ordinal_se": there.se[rows],
                "p_ordinal": other.probabilities[rows, ordinal],
            }
        )
    )
