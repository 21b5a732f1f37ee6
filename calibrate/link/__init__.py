"""Further marks that make raters comparable: whom to ask, and the sheets to ask with."""

from calibrate.link.make import LinkResult, make_links

__all__ = ["LinkResult", "make_links"]
