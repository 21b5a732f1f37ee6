"""Which band, how likely another, and is the distribution odd?"""

from calibrate.bands.cut import band_probabilities, cut_bands, to_micro
from calibrate.bands.distribution import build_distribution
from calibrate.bands.guideline import false_discovery_rate, multinomial_p, wilson_interval
from calibrate.bands.suggest import BandTable, assign_bands
from calibrate.effects import SMALL_COMPANY

__all__ = [
    "SMALL_COMPANY", "BandTable", "assign_bands", "band_probabilities", "build_distribution",
    "cut_bands", "false_discovery_rate", "multinomial_p", "to_micro", "wilson_interval",
]  # fmt: skip
