"""Whom should the meeting talk about, and for how long?"""

from calibrate.session.agenda import Evidence, build_agenda

__all__ = ["Evidence", "build_agenda"]
