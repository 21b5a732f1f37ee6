"""Figures inside sentences, as the language of the cycle writes them."""

from __future__ import annotations

from calibrate.language.speak import current_formats


def write_share(share: float, decimals: int = 0) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> write_share(0.125), write_share(1), write_share(0.0312, 1)
    ('12%', '100%', '3.1%')
    """
    formats = current_formats()
    return formats.write_percent(formats.write(100 * share, decimals))


def write_figure(value: float, decimals: int, *, has_sign: bool = False) -> str:
    """Write a number; with a sign, plus is spelled out too.

    Examples
    --------
    >>> write_figure(1234.56, 1), write_figure(0.5, 2, has_sign=True)
    ('1,234.6', '+0.50')
    """
    text = current_formats().write(value, decimals)
    return f"+{text}" if has_sign and round(value, decimals) > 0 else text
