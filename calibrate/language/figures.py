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


def write_significant(value: float) -> str:
    """Write a number with four digits that count.

    Examples
    --------
    >>> write_significant(0.66667), write_significant(12.5), write_significant(0.00001234)
    ('0.6667', '12.5', '1.2e-5')
    """
    text = f"{value:.4g}"
    return (
        write_scientific(value) if "e" in text else write_figure(value, len(text.partition(".")[2]))
    )


def write_scientific(value: float) -> str:
    """Write a number that is too small for decimals.

    Examples
    --------
    >>> write_scientific(1.44e-14), write_scientific(0)
    ('1.4e-14', '0')
    """
    digits, power = f"{value:.1e}".split("e")
    return f"{write_figure(float(digits), 1)}e{int(power)}" if value else "0"
