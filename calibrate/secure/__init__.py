"""Copies of packets that a password opens, signed if there is a certificate."""

from __future__ import annotations

from calibrate.secure.copies import PASSPHRASE, Secured, secure_packets

__all__ = ["PASSPHRASE", "Secured", "secure_packets"]
