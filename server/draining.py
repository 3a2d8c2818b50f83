"""Hearing the signal to stop before uvicorn acts on it, so that open streams end instead of holding the stop up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def draining_on_signals(drain: Callable[[], None]) -> Iterator[None]:
    """Call ``drain`` on SIGTERM and SIGINT, then whatever was to be done on them before. Only in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        drain()
        earlier = before[number]
        if callable(earlier):
            earlier(number, frame)

    for number in (signal.SIGTERM, signal.SIGINT):
        before[int(number)] = signal.signal(number, handle)
    try:
        yield
    finally:
        for signalled, earlier in before.items():
            signal.signal(signalled, earlier)
