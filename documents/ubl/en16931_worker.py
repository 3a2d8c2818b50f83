"""The worker process of ``en16931``: official rules in, findings out, document by document, until its input ends.

It is started as ``python -P -m tramesa.documents.ubl.en16931_worker STYLESHEET MEGABYTES SECONDS``. Frames on both
pipes are four bytes of length, big-endian, and as many of payload: a document in UTF-8 in, JSON out. The first frame
out is ``{"ready": true}``.
"""

from __future__ import annotations

import json
import os
import re
import signal
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import IO, Any, Final

MAX_FINDINGS: Final = 1000

LENGTH: Final = struct.Struct(">I")

_FAILED: Final = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
_TEXT: Final = "{http://purl.oclc.org/dsdl/svrl}text"
_STEP = re.compile(r"/\*:([^\[/]+)\[namespace-uri\(\)='[^']*'\]\[([0-9]+)\]")


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The payload of the next frame; None where the stream ends."""
    header = stream.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    size: int = LENGTH.unpack(header)[0]
    payload = stream.read(size)
    return payload if len(payload) == size else None


def write_frame(stream: IO[bytes], payload: bytes) -> None:
    """Send one frame."""
    stream.write(LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def main(stylesheet: str, megabytes: str, seconds: str) -> None:
    """Serve until the parent closes the pipe, which it does by ending, however it ends."""
    answers = _only_answers_on_stdout()
    _limit_memory(int(megabytes))
    check = _compiled(stylesheet)
    write_frame(answers, json.dumps({"ready": True}).encode())
    while (document := read_frame(sys.stdin.buffer)) is not None:
        _set_alarm(float(seconds))
        answer = _answer(check, document)
        _set_alarm(0)
        write_frame(answers, json.dumps(answer).encode())


def _only_answers_on_stdout() -> IO[bytes]:
    """The pipe to the parent; whatever else a library prints goes to the standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _limit_memory(megabytes: int) -> None:
    """Bound what may be written to, not what is reserved: Saxon reserves 32 GB of addresses and uses a fraction."""
    try:
        import resource  # noqa: PLC0415 - Not on Windows.
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _set_alarm(seconds: float) -> None:
    """End the process by the default action of SIGALRM, so that it cannot outlive a parent that died meanwhile."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _compiled(stylesheet: str) -> Any:
    # 108 MB that only this process loads, where they are installed at all.
    processor = import_module("saxonche").PySaxonProcessor(license=False)
    executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)

    def check(document: bytes) -> str:
        node = processor.parse_xml(xml_text=document.decode())
        report: str = executable.transform_to_string(xdm_node=node)
        return report

    return check


def _answer(check: Any, document: bytes) -> dict[str, Any]:
    """What the rules say, or why they could not be run: an amount that is no number stops all of them."""
    try:
        return {"findings": list(_failures(check(document)))}
    except Exception as error:  # noqa: BLE001 - Saxon's errors have no common class, and the parent is told.
        return {"problem": str(error)[:500]}


def _failures(report: str) -> Iterator[list[Any]]:
    from lxml import etree  # noqa: PLC0415 - After the limit on memory.

    met: Counter[bool] = Counter()
    for failed in etree.fromstring(report.encode()).iter(_FAILED):
        fatal = failed.get("flag") == "fatal"
        met[fatal] += 1
        if met[fatal] > MAX_FINDINGS + 1:
            continue  # Warnings without number must not hide what is fatal.
        steps = [[name, int(position)] for name, position in _STEP.findall(failed.get("location", ""))]
        text = " ".join((failed.findtext(_TEXT) or "").split())
        yield [failed.get("id", ""), fatal, steps, text]


if __name__ == "__main__":
    main(*sys.argv[1:])
