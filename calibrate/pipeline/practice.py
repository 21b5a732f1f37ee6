"""Check-ins, feedback, rewards and impact, as the tables of the contract."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from calibrate.pipeline.stages import Scored
from calibrate.tables import ACTIVITY, IMPACT, PARTICIPATION, REWARD_LINKS, REWARD_OUTLIERS


def tabulate_practice(
    scored: Scored, tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Tables on check-ins, rewards and impact; ``tables`` holds goals, cascade and results."""
    contracts = (ACTIVITY, PARTICIPATION, REWARD_LINKS, REWARD_OUTLIERS, IMPACT)
    return {contract.name: contract.empty() for contract in contracts}
