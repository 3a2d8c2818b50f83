"""A real `tramesa serve` in a process of its own."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from .leash import Leash
from .ports import free_port

READY_WITHIN = 30.0
TRAMESA = (sys.executable, "-m", "tramesa.server.cli", "serve")


class ServerError(Exception):
    """The server did not become ready; what it wrote follows."""


class ServerProcess:
    """`with` starts it, ready for requests at `url`, and ends it with SIGTERM; `async with` keeps the loop free.

    It sees this process's environment without our settings, and those given. What it writes, to either stream, is in
    the file `log`.
    """

    def __init__(
        self, log: Path, environment: Mapping[str, str], *arguments: str, command: Sequence[str] = TRAMESA
    ) -> None:
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [*command, "--host", "127.0.0.1", "--port", str(self.port), *arguments]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRAMESA_")}
        self._environment = {**inherited, **environment}

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self.log.read_text()

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._leash = Leash(self._process.pid)
        deadline = time.monotonic() + READY_WITHIN
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise ServerError(self.output)
            time.sleep(0.02)
        return self

    def stop(self, *, within: float = 15.0) -> int:
        """SIGTERM, as a service manager does; the exit status. A second call changes nothing."""
        self._process.terminate()
        try:
            return self._process.wait(within)
        finally:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, for it and its workers, as when the power fails."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._leash.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                status: int = answer.status
                return status == 200
        except urllib.error.HTTPError as refusal:
            refusal.close()
        except OSError:
            pass
        return False
