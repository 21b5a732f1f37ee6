"""A timer that stops a packet which takes too long."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from calibrate.errors import RenderError


class _TooLong(BaseException):
    """Raised inside the thread that sets the packet; no library catches it by mistake."""


@contextmanager
def stop_after(seconds: float, title: str) -> Iterator[None]:
    """Stop what happens inside after so many seconds.

    It works in every thread, as workers of a cluster need it. A single call into C is
    not interrupted; setting text is made of many short ones.

    Raises
    ------
    RenderError
        Names the packet and what can be done.
    """
    thread = threading.get_ident()
    lock = threading.Lock()
    is_over = False

    def stop() -> None:
        with lock:
            if not is_over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(_TooLong)
                )

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
        with lock:
            is_over = True
    except _TooLong:
        raise RenderError(
            f"the packet '{title}' was not set after {seconds:.0f} seconds and was stopped; "
            "look for endless text in the input, or leave it out with --only or --manager"
        ) from None
    finally:
        with lock:
            is_over = True
        timer.cancel()
