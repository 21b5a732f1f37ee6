"""Is this machine ready? Probes look, checks judge, and nothing is changed."""

from calibrate.doctor.check import Check
from calibrate.doctor.examine import examine

__all__ = ["Check", "examine"]
