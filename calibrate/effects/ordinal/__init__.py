"""A second opinion: marks as ordered steps, not as distances."""

from calibrate.effects.ordinal.predict import predict_ordinal

__all__ = ["predict_ordinal"]
