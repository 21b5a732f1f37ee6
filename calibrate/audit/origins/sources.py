"""Who sees the gap: managers, peers, reports, or the person."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from calibrate.audit.background import FormEvidence
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import FloatArray, Line, average_by, code_sources, list_pairs

#: Sources are compared with peers, who are the most and know no team of their own.
BASE = "peer"


def compare_sources(inquiry: Inquiry) -> Iterator[Line]:
    """One line for each source, and one for each source beside the same people's peers."""
    background = inquiry.background
    if background is None:
        return
    n_people = len(inquiry.population.employee_ids)
    means = mean_by_source(background.forms, n_people)
    if BASE in means:
        beside = {f"{s} minus {BASE}": m - means[BASE] for s, m in means.items() if s != BASE}
        means = means | beside
    for _, pair in list_pairs(inquiry):
        for source, values in means.items():
            narrow = pair.narrow(~np.isnan(values))
            yield narrow.write("source", source, "points", narrow.compare_means(values))


def mean_by_source(forms: FormEvidence, n_people: int) -> dict[str, FloatArray]:
    """Mean points of each person's forms, by source; NaN where a person has none."""
    names, code = code_sources(forms)
    means = {}
    for place, source in enumerate(names):
        chosen = code == place
        means[source] = average_by(forms.employee[chosen], forms.points[chosen], n_people)
    return means
