"""Runs attacks, each in a process of its own with hard limits, and says what came of it as lines of JSON.

``python -m tramesa.tests.hostile_process SIZE FOLDER SERVER [NAME …]``: the attacks of about so many bytes; what they
may not open is in the folder and at the server. A process that needs more than its share ends, and says nothing.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tramesa.documents.door import check_document
from tramesa.models.domain.findings import errors_among
from tramesa.tests.hostile import ATTACKS, FACTURAE, UBL, Bait
from tramesa.tests.hostile_attachments import attached, gzipped, zipped
from tramesa.tests.sound import flaws_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CPU_SECONDS = 5
CPU_SECONDS_A_MEGABYTE = 1
MEMORY_A_BYTE = 100
MEMORY_ANYWAY = 300 << 20

_WATCHED = ("socket.connect", "socket.getaddrinfo", "urllib.", "os.exec", "os.system")


def main() -> None:
    """Every attack, or those named."""
    size, folder, server, *names = sys.argv[1:]
    bait = Bait(folder, server)
    for data in (
        FACTURAE,
        UBL,
        UBL.decode().encode("utf-16"),
        UBL.replace(b"<cbc:CustomizationID>", b"<cbc:Strange/><cbc:CustomizationID>"),
        attached(b"ZIP", zipped(1, 1)),
        attached(b"GZIP", gzipped(1)),
    ):
        check_document(data, anchors=None, now=NOW)
    events: list[str] = []
    sys.addaudithook(
        lambda name, arguments: events.append(repr((name, arguments))[:200]) if _counts(name, arguments) else None
    )
    for name in names or ATTACKS:
        data = ATTACKS[name][0](int(size), bait)
        _apart(name, data, events)


def _counts(name: str, arguments: tuple[Any, ...]) -> bool:
    """Whether something was opened that is not the process's own: a file by name, a connection, a program."""
    if name == "open":
        return isinstance(arguments[0], str | bytes) and arguments[0] != os.devnull
    return name.startswith(_WATCHED)


def _apart(name: str, data: bytes, events: list[str]) -> None:
    sys.stdout.flush()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        events.clear()
        sys.stdout.write(json.dumps(_outcome(name, data, events)) + "\n")
        sys.stdout.flush()
    finally:
        os._exit(0)


def _outcome(name: str, data: bytes, events: list[str]) -> dict[str, Any]:
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    events.clear()
    room = now + MEMORY_ANYWAY + MEMORY_A_BYTE * len(data)
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    seconds = CPU_SECONDS + CPU_SECONDS_A_MEGABYTE * (len(data) >> 20)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    before, started = _peak(), time.process_time()
    checked = check_document(data, anchors=None, now=NOW)
    errors = errors_among(checked.findings)
    return {
        "name": name,
        "bytes": len(data),
        "cpu": round(time.process_time() - started, 3),
        "memory": _peak() - before,
        "error": errors[0].message if errors else None,
        "findings": len(checked.findings),
        "flaws": flaws_of(checked),
        "events": list(events),
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
