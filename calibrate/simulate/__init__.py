"""What would this audit have found? The same rule, over and over, in worlds that are known."""

from calibrate.simulate.repeat import SimulationResult, simulate_audits

__all__ = ["SimulationResult", "simulate_audits"]
