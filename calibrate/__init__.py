"""Fairness-audited calibration of performance reviews."""

__version__ = "0.1.0"
