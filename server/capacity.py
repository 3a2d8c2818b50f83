"""How many sockets and streams a process holds at once; one more is told to come again later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

MOST = 10_000
"""A subscribed socket takes about 40 KB."""
ARCHIVES_AT_ONCE = 8
"""Archives that a process packs at once; each may hold one file of ten megabytes."""
SPARE_FILES = 200
"""File descriptors that are kept for requests, the database and mail."""


class Capacity:
    """Counts what is open. What comes and goes at once is no stream."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken = 0

    @property
    def full(self) -> bool:
        """Whether there is no room for one more."""
        return self.taken >= self.limit

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place as long as it lasts."""
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


def capacity_of_this_process() -> Capacity:
    """As many as memory and file descriptors allow; the soft limit of the latter is raised to the hard one."""
    try:
        import resource  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return Capacity(MOST)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    files = wanted if soft == resource.RLIM_INFINITY else soft
    return Capacity(max(1, min(MOST, files - SPARE_FILES)))
