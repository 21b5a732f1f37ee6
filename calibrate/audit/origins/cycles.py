"""Was the gap there before? The favourable share over the cycles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import Line, list_pairs


def compare_cycles(inquiry: Inquiry) -> Iterator[Line]:
    """One line for each earlier cycle, over those of its people who are still here.

    Bands of a cycle count by this cycle's labels and favourable bands; people
    whose band has another label are left out of that cycle's line.
    """
    background = inquiry.background
    history = None if background is None else background.history
    if history is None:
        return
    favourable = sorted(inquiry.settings.favourable)
    for place, name in enumerate(history.cycles):
        rows = (history.cycle == place) & (history.employee >= 0) & (history.band >= 0)
        values = np.full(len(inquiry.population.employee_ids), np.nan)
        values[history.employee[rows]] = np.isin(history.band[rows], favourable)
        for _, pair in list_pairs(inquiry):
            narrow = pair.narrow(~np.isnan(values))
            # Managers of today need not have been those of then.
            narrow = narrow.forget_clusters()
            yield narrow.write("cycle", name, "share", narrow.compare_shares(values))
