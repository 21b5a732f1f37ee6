"""How does a packet reach its reader alone? Copies outside the run, encrypted and signed."""

from __future__ import annotations

from calibrate.secure.make import SecureResult, make_copies

__all__ = ["SecureResult", "make_copies"]
