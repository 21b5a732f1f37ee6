"""A wish to stop is kept until it is heeded.

A library may lose the exception that Ctrl-C raises: numpy clears whatever is raised while it
compares a type with something that is none. Long work therefore asks now and then.
"""

from __future__ import annotations

import signal
from types import FrameType

_asked: list[int] = []


def watch_signals() -> None:
    """Let Ctrl-C, the end of a terminal and the end of a service stop a run alike.

    What was told to be ignored, as by ``nohup``, still is.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _ask)
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _ask)


def heed() -> None:
    """Stop here, if somebody has asked for it.

    Raises
    ------
    KeyboardInterrupt
    """
    if _asked:
        raise KeyboardInterrupt


def _ask(number: int, frame: FrameType | None) -> None:
    _asked.append(number)
    raise KeyboardInterrupt
