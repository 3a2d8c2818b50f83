"""The command ``tramesa`` as an administrator types it, and the server as a service manager runs it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from click.testing import CliRunner

from tramesa.models.database import open_database
from tramesa.models.tables import MailMessage, Party, User
from tramesa.server.cli import main
from tramesa.server.settings import VARIABLES
from tramesa.tests.conftest import SECRET, settings_for
from tramesa.tests.following import BEGINNING, FOLLOW, deliver, next_event, open_events, told
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.sockets import open_socket
from tramesa.tests.world import company_tax_id, open_world

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correcte cavall bateria grapa"


class Shell:
    """A folder and an environment to run the command in."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRAMESA_")}
        self.environment = {**inherited, "TRAMESA_DATABASE_URL": url, "TRAMESA_SECRET_KEY": SECRET}

    async def run(self, *arguments: str, given: str = "", **variables: str) -> tuple[int, str, str]:
        """Exit status, standard output and standard error, of the command in this process: it starts quicker."""
        wanted = self.environment | {f"TRAMESA_{name}": value for name, value in variables.items()}
        environment = {variable.name: wanted.get(variable.name) for variable in VARIABLES}
        done = await asyncio.to_thread(CliRunner(env=environment).invoke, main, arguments, input=given)
        return done.exit_code, done.stdout, done.stderr

    async def run_process(self, *arguments: str) -> tuple[int, str, str]:
        """The same, of a process of its own."""
        done = await asyncio.to_thread(
            subprocess.run,
            (sys.executable, "-m", "tramesa.server.cli", *arguments),
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def shell(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, sqlite_url)


async def test_settings_lists_them_all_and_tells_no_secret(shell: Shell) -> None:
    status, output, errors = await shell.run("settings", SMTP_URL="smtp://u:hunter2@h", LOG_LEVEL="DEBUG")

    lines = output.splitlines()
    assert (status, errors, len(lines)) == (0, "", 2 * len(VARIABLES))
    assert lines[1::2] == [f"    {variable.meaning}" for variable in VARIABLES]
    assert lines[::2] == [
        "TRAMESA_DATABASE_URL = (set)",
        "TRAMESA_SMTP_URL = (set)",
        "TRAMESA_MAIL_FROM = Tramesa <tramesa@localhost> (default)",
        "TRAMESA_SECRET_KEY = (set)",
        "TRAMESA_PUBLIC_URL = http://127.0.0.1:8000 (default)",
        "TRAMESA_LOG_LEVEL = DEBUG",
        "TRAMESA_ALLOWED_ORIGINS = (none) (default)",
        "TRAMESA_ALLOWED_HOSTS = (none) (default)",
        "TRAMESA_METRICS_TOKEN = (none) (default)",
        "TRAMESA_RATE_LIMIT = 3000000 (default)",
        "TRAMESA_TRUSTED_DOCUMENTS = (none) (default)",
        "TRAMESA_ONLY_TRUSTED = off (default)",
        "TRAMESA_INTROSPECTION = (none) (default)",
        "TRAMESA_TRUST_ANCHORS = (none) (default)",
        "TRAMESA_PLATFORMS = (none) (default)",
        "TRAMESA_WEBHOOK_PRIVATE = (none) (default)",
    ]


async def test_migrate_makes_a_database_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    shell = Shell(tmp_path, f"sqlite://{tmp_path}/new/tramesa.sqlite3")

    first, second = await shell.run("migrate"), await shell.run("migrate")

    steps = sorted(path.stem for path in (ROOT / "models/migrations").glob("0*.py"))
    assert first == (0, "".join(f"applied models.{step}\n" for step in steps), "")
    assert second == (0, "nothing to do\n", "")


UNREACHABLE = {
    "nobody listens": "postgres://u:p@127.0.0.1:1/d",
    "no such folder": "sqlite:///proc/none/t.sqlite3",
    "a folder": "sqlite:///tmp",
    "no database": "sqlite:///proc/self/exe",
}


@pytest.mark.parametrize("url", UNREACHABLE.values(), ids=UNREACHABLE.keys())
@pytest.mark.parametrize("command", [("migrate",), ("serve", "--port", "0")], ids=["migrate", "serve"])
async def test_a_database_that_is_not_there_is_one_line(tmp_path: Path, url: str, command: tuple[str, ...]) -> None:
    status, output, errors = await Shell(tmp_path, url).run(*command)

    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert errors.startswith("Error: The database cannot be reached: ")


async def test_a_database_that_postgresql_does_not_know_is_one_line(tmp_path: Path, postgres_url: str) -> None:
    url = postgres_url.rpartition("/")[0] + "/no_such_database"

    status, output, errors = await Shell(tmp_path, url).run("party", "add", *PARTY)

    assert (status, output) == (1, "")
    assert errors == 'Error: The database cannot be reached: database "no_such_database" does not exist\n'


@pytest.mark.parametrize("command", ["serve", "migrate", "mail"])
async def test_a_wrong_setting_stops_the_start_with_one_line(shell: Shell, command: str) -> None:
    assert await shell.run(command, SECRET_KEY="short") == (
        1,
        "",
        "Error: TRAMESA_SECRET_KEY: at least 32 characters, please.\n",
    )


PARTY = ("--tax-id", company_tax_id(1), "--name", "Fusteria Roure SL", "--kind", "company")
ADDRESS = ("--street", "Major, 1", "--post-code", "08800", "--town", "Vilanova", "--province", "Barcelona")
USER = ("--email", "Anna@Roure.example", "--name", "Anna", "--party", company_tax_id(1), "--role", "issuer")


async def test_a_party_and_its_people_are_added(shell: Shell) -> None:
    party = await shell.run("party", "add", *PARTY, "--email", "a@roure.example", "--language", "es", *ADDRESS)
    again = await shell.run("party", "add", *PARTY)
    user = await shell.run("user", "add", *USER, "--role", "ADMIN", "--password-stdin", given=PASSWORD + "\n")
    taken = await shell.run("user", "add", *USER, "--password-stdin", given=PASSWORD)

    assert (party, user) == ((0, "added Fusteria Roure SL\n", ""), (0, "added Anna@Roure.example\n", ""))
    assert again == (1, "", f"Error: A party with the tax id {company_tax_id(1)} is here already.\n")
    assert taken == (1, "", "Error: Somebody signs in as anna@roure.example already.\n")
    database = await open_database(shell.environment["TRAMESA_DATABASE_URL"])
    with database.bound():
        kept = await Party.get()
        person = await User.get()
    await database.close()
    assert (kept.name, kept.kind, kept.language, kept.email, kept.manual_registration) == (
        "Fusteria Roure SL",
        "COMPANY",
        "ES",
        "a@roure.example",
        False,
    )
    assert (person.name, person.email, person.roles) == ("Anna", "anna@roure.example", "ADMIN,ISSUER")
    assert person.password_hash is not None
    assert person.password_hash.startswith("$argon2id$")


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "short password": (("user", "add", *USER, "--password-stdin"), "Error: A password has 8 to 1024 characters.\n"),
    "no such person": (("token", "create", "--user", "x@y.example"), "Error: Nobody signs in as x@y.example.\n"),
    "nobody's tokens": (("token", "list", "--user", "x@y.example"), "Error: Nobody signs in as x@y.example.\n"),
    "an end in the past": (
        ("token", "create", "--user", "x@y.example", "--expires", "yesterday"),
        "Error: Invalid value for '--expires': 'yesterday' does not match the format '%Y-%m-%d'.\n",
    ),
    "half an address": (
        ("party", "add", *PARTY, "--street", "Major, 1"),
        "Error: An address needs --street, --post-code, --town and --province.\n",
    ),
    "no name": (("party", "add", *PARTY[:3], " ", *PARTY[4:]), "Error: A party needs a name.\n"),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_wrong_is_said_in_one_line(shell: Shell, arguments: tuple[str, ...], message: str) -> None:
    status, output, errors = await shell.run(*arguments, given="short\n")

    assert (status > 0, output) == (True, "")
    assert errors.splitlines(keepends=True)[-1] == message


async def test_a_token_opens_the_api(shell: Shell, tmp_path: Path) -> None:
    await shell.run("party", "add", *PARTY)
    await shell.run("user", "add", *USER, "--password-stdin", given=PASSWORD)

    status, token, errors = await shell.run("token", "create", "--user", "anna@roure.example")

    assert (status, errors) == (0, "")
    url = shell.environment["TRAMESA_DATABASE_URL"]
    async with open_world(settings_for(url, tmp_path)) as world:
        answer = await world.execute("{ viewer { name } }", {}, token.strip())
    assert answer == {"data": {"viewer": {"name": "Anna"}}}


async def test_tokens_are_narrowed_listed_and_revoked(shell: Shell) -> None:
    await shell.run("party", "add", *PARTY)
    await shell.run("user", "add", *USER, "--password-stdin", given=PASSWORD)
    who = ("--user", "anna@roure.example")
    narrow = ("--scope", "status-change", "--scope", "INVOICES_READ", "--expires", "2999-12-31")
    await shell.run("token", "create", *who, "--name", "erp", *narrow)

    listed = await shell.run("token", "list", *who)
    token_id, _, rest = listed[1].partition("  ")
    assert (listed[0], rest) == (
        0,
        "anna@roure.example  erp  expires 2999-12-31, never used  INVOICES_READ STATUS_CHANGE\n",
    )
    assert await shell.run("token", "revoke", *who, token_id) == (0, "revoked erp\n", "")
    assert "  revoked 2" in (await shell.run("token", "list", *who))[1]


async def test_the_schema_is_printed_and_checked(shell: Shell) -> None:
    status, text, errors = await shell.run("schema")

    assert (status, errors, text) == (0, "", (ROOT / "schema.graphql").read_text())
    file = shell.folder / "schema.graphql"
    missing = await shell.run("schema", "--check")
    file.write_text(text)
    right = await shell.run("schema", "--check")
    file.write_text(text + "\n")
    other = await shell.run("schema", "--check")
    refusal = (1, "", "Error: schema.graphql is not this version's: tramesa schema > schema.graphql\n")
    assert (missing, right, other) == (refusal, (0, "", ""), refusal)


async def test_mail_that_is_due_is_sent_once(shell: Shell, tmp_path: Path) -> None:
    url = shell.environment["TRAMESA_DATABASE_URL"]
    async with open_world(settings_for(url, tmp_path)) as world:
        issuer, receiver = await world.person(party_email="issuer@example.org"), await world.person()
        await world.issue(issuer, receiver)
        with world.services.database.bound():
            due = await MailMessage.filter(state="QUEUED").count()

    statuses = [(await shell.run_process("mail", "--once"))[:2] for _ in range(2)]

    async with open_world(settings_for(url, tmp_path)) as world:
        with world.services.database.bound():
            assert await MailMessage.filter(state="SENT").count() == due
    assert statuses == [(0, "")] * 2
    assert len(list((Path(url.removeprefix("sqlite://")).parent / "outgoing-mail").rglob("*.eml"))) == due == 1


@pytest.mark.parametrize("workers", [(), ("--workers", "2")], ids=["one", "two"])
async def test_a_server_serves_and_stops_when_told_to(postgres_url: str, tmp_path: Path, workers: Any) -> None:
    environment = {"TRAMESA_DATABASE_URL": postgres_url, "TRAMESA_SECRET_KEY": SECRET}
    async with open_world(settings_for(postgres_url, tmp_path)) as world:
        issuer, receiver = await world.person(), await world.person()
        async with ServerProcess(tmp_path / "log", environment, *workers) as server, httpx.AsyncClient() as client:
            health = [await client.get(f"{server.url}/{page}") for page in ("healthz", "readyz")]
            async with open_socket(server.url, issuer.token) as socket:
                await socket.subscribe("1", FOLLOW, after=BEGINNING)
                async with open_events(server.url, issuer.token, after=BEGINNING) as events:
                    invoice = await world.issue(issuer, receiver)
                    heard = [told(await next_event(socket)), told(await events.event())]
                    await next_event(socket)
                    await events.event()
                    await deliver(receiver, invoice)
                    heard += [told(await next_event(socket)), told(await events.event())]
                    stopping = asyncio.create_task(asyncio.to_thread(server.stop, within=8))
                    ends = await socket.end(), await events.block()
            await stopping

    assert [(answer.status_code, answer.json()) for answer in health] == [
        (200, {"status": "alive"}),
        (200, {"status": "ready"}),
    ]
    assert heard == [(invoice["number"], status) for status in ("SENT", "SENT", "DELIVERED", "DELIVERED")]
    assert (ends[0][0], ends[1]) == (1012, None)
    assert "Traceback" not in server.output


async def test_a_server_on_sqlite_makes_what_it_needs_and_is_reached_where_it_listens(tmp_path: Path) -> None:
    database = tmp_path / "data" / "t.sqlite3"
    environment = {"TRAMESA_DATABASE_URL": f"sqlite://{database}"}

    async with ServerProcess(tmp_path / "log", environment) as server, httpx.AsyncClient() as client:
        answer = await client.post(f"{server.url}/graphql", json={"query": "{ viewer { id } }"})
        started = asyncio.get_running_loop().time()
        await asyncio.to_thread(server.stop)
        took = asyncio.get_running_loop().time() - started

    assert answer.json()["data"] == {"viewer": None}
    assert took < 5
    assert sorted(path.name for path in database.parent.iterdir() if path.is_file()) == [
        "t.sqlite3",
        "t.sqlite3.migrating",
        "t.sqlite3.secret",
    ]
