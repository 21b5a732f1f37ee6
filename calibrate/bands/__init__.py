"""Which band, how likely another, and is the distribution odd?"""

from calibrate.bands.cut import band_probabilities, cut_bands, to_micro
from calibrate.bands.distribution import build_distribution
from calibrate.bands.guideline import false_discovery_rate, multinomial_p, wilson_interval
from calibrate.bands.patterns import PatternEvidence, build_patterns
from calibrate.bands.quota import QuotaMoves, find_quota_moves, tabulate_quota
from calibrate.bands.suggest import BandTable, assign_bands
from calibrate.effects import SMALL_COMPANY

__all__ = [
    "SMALL_COMPANY", "BandTable", "PatternEvidence", "QuotaMoves", "assign_bands",
    "band_probabilities", "build_distribution", "build_patterns", "cut_bands",
    "false_discovery_rate", "find_quota_moves", "multinomial_p", "tabulate_quota", "to_micro",
    "wilson_interval",
]  # fmt: skip
