import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from tramesa.mail.letters import MAIL, LetterSender, letter_senders
from tramesa.mail.message import Letter
from tramesa.mail.outcome import Later, Outcome, Refused, Sent
from tramesa.mail.queue import LEASE, Claim, Queue
from tramesa.mail.retrying import MAX_ATTEMPTS, Verdict, judge
from tramesa.mail.smtp import BadSmtpUrl, SmtpAccess, SmtpTransport
from tramesa.mail.transport import FolderTransport, Transport, transport_factory
from tramesa.mail.worker import BATCH, Worker
from tramesa.models.database import Database, Unit, open_database
from tramesa.models.identifiers import new_id
from tramesa.models.sql import Statement, as_instant
from tramesa.tests.servers.ports import free_port
from tramesa.tests.servers.smtp import SmtpServer

NOW = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
FACTS = {
    "invoiceId": "SW52b2ljZTox",
    "number": "7",
    "series": "A",
    "issueDate": "2026-10-01",
    "currency": "EUR",
    "payable": "1234.50",
    "issuerName": "Construccions Àngel, SL",
    "issuerTaxId": "B12345674",
    "receiverName": "Ajuntament d'Exemple",
    "receiverTaxId": "P0800000B",
    "status": "PAID",
    "at": "2026-11-21T21:30:00+00:00",
    "registryNumber": "E/2026/000041",
    "rcfNumber": None,
    "reason": None,
    "reasonCode": None,
    "paymentDate": "2026-11-20",
    "dueDate": None,
}


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(database_url: str) -> str:
    """A migrated database of each kind."""
    return database_url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = await open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    """For what does not depend on the database."""
    opened = await open_database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with SmtpServer() as server:
        yield server


# Plain SQL: Tortoise keeps the INSERT of a model for all databases of a process, with the places of the first.
async def insert(unit: Unit, table: str, **columns: object) -> str:
    query = Statement(unit.dialect)
    row_id = str(new_id())
    places = ", ".join(query.bind(value) for value in (row_id, *columns.values()))
    await unit.execute(f"INSERT INTO {table} (id, {', '.join(columns)}) VALUES ({places})", query.values)
    return row_id


async def queue(database: Database, *recipients: str, **columns: object) -> list[str]:
    """Outbox rows to these addresses, due now, with the parties, the invoice and the change that they need."""

    async def work(unit: Unit) -> list[str]:
        person = {"name": "P", "search_name": "p", "kind": "COMPANY", "language": "CA", "created_at": NOW}
        flags = {"registered": True, "manual_registration": False}
        issuer, receiver = [await insert(unit, "party", tax_id=uuid4().hex[:30], **person, **flags) for _ in range(2)]
        sides = {"issuer_id": issuer, "receiver_id": receiver}
        sums = ("gross", "discounts", "charges", "taxable", "taxes", "withheld", "total", "payable")
        invoice = await insert(
            unit,
            "invoice",
            **sides,
            **dict.fromkeys(sums, 0),
            number="7",
            document_type="COMPLETE",
            invoice_class="ORIGINAL",
            issue_date=date(2026, 10, 1),
            currency="EUR",
            status="PAID",
            status_changed_at=NOW,
            version=1,
            seen=False,
            number_key="7",
            full_number_key="7",
            created_at=NOW,
        )
        change = await insert(
            unit,
            "status_change",
            **sides,
            invoice_id=invoice,
            version=1,
            to_status="PAID",
            at=NOW,
            actor="Tramesa",
            automated=True,
            issuer_position=1,
            receiver_position=1,
        )
        mail = {
            "kind": "STATUS",
            "party_id": issuer,
            "invoice_id": invoice,
            "change_id": change,
            "language": "CA",
            "facts": json.dumps(FACTS),
            "state": "QUEUED",
            "attempts": 0,
            "next_attempt_at": NOW,
            "created_at": NOW,
            **columns,
        }
        unit.queued.add("mail_message")
        return [await insert(unit, "mail_message", recipient=recipient, **mail) for recipient in recipients]

    return await database.unit_of_work(work)


@dataclass(frozen=True)
class Mail:
    """What becomes of an outbox row."""

    id: str
    state: str
    attempts: int
    next_attempt_at: datetime
    claimed_by: str | None
    claimed_until: datetime | None
    last_code: int | None
    last_error: str | None
    sent_at: datetime | None


async def mails(database: Database) -> list[Mail]:
    rows = await database.fetch(
        f"SELECT {', '.join(field.name for field in fields(Mail))} FROM mail_message ORDER BY id"
    )
    return [
        Mail(
            str(row[0]),
            row[1],
            row[2],
            as_instant(row[3]),
            row[4],
            row[5],
            row[6],
            row[7],
            row[8] and as_instant(row[8]),
        )
        for row in rows
    ]


async def row(database: Database, mail_id: str) -> Mail:
    [found] = [mail for mail in await mails(database) if mail.id == mail_id]
    return found


async def states(database: Database) -> Counter[str]:
    return Counter([mail.state for mail in await mails(database)])


def worker(database: Database, transports: Callable[[], Transport], clock: Clock, **options: Any) -> Worker:
    return Worker(database, MAIL, senders(database, transports), clock=clock, chance=lambda: 0.5, **options)


def senders(database: Database, transports: Callable[[], Transport]) -> Callable[[], LetterSender]:
    return letter_senders(
        database,
        transports,
        mail_from="Tramesa <no-reply@example.cat>",
        public_url="https://factures.example",
        stop_link=lambda key: f"https://factures.example/stop/{key}",
        secret="a secret of the tests that is long enough",
    )


def to(smtp: SmtpServer, **options: Any) -> Callable[[], SmtpTransport]:
    return lambda: SmtpTransport(smtp.url, **options)


async def happens(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(mailer: Worker) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(mailer.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await task


@asynccontextmanager
async def scripted(answers: dict[str, str]) -> AsyncIterator[str]:
    """The URL of a server that answers commands by their first word, everything else with 250; `GREETING` is first."""
    said = {"GREETING": "220 smtp.test", "DATA": "354 go on", "CONTENT": "250 kept", **answers}
    talks: list[asyncio.Task[None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{said['GREETING']}\r\n".encode())
        while line := await reader.readline():
            word = line.decode().upper().partition(":")[0].split()[0]
            writer.write(f"{said.get(word, '250 ok')}\r\n".encode())
            if word == "DATA" and said["DATA"].startswith("354"):
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(f"{said['CONTENT']}\r\n".encode())
        writer.close()
        await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*talks)
        await server.wait_closed()


class Recording:
    """A transport that answers as told and keeps what it was given."""

    def __init__(self, answer: Callable[[Letter], Outcome] = lambda _: Sent()) -> None:
        self.sent: list[str] = []
        self._answer = answer

    async def send(self, letter: Letter) -> Outcome:
        self.sent.append(letter.id)
        await asyncio.sleep(0)
        return self._answer(letter)

    async def close(self) -> None:
        pass


async def test_a_mail_is_sent(database: Database, smtp: SmtpServer, clock: Clock) -> None:
    [mail_id] = await queue(database, "ana@example.com")
    clock.pass_by(seconds=2)

    assert await worker(database, to(smtp), clock).drain() == 1

    [received] = smtp.messages
    assert (received.sender, received.recipients) == ("no-reply@example.cat", ("ana@example.com",))
    assert received.message["Message-ID"] == f"<{mail_id}@example.cat>"
    assert received.message["Subject"] == "Factura A-7: Pagada"
    mail = await row(database, mail_id)
    assert (mail.state, mail.attempts, mail.sent_at) == ("SENT", 1, NOW + timedelta(seconds=2))
    assert (mail.claimed_by, mail.claimed_until) == (None, None)
    assert (mail.last_code, mail.last_error) == (250, "2.0.0 kept")
    assert await worker(database, to(smtp), clock).drain() == 0


async def test_a_mail_that_is_not_due_waits(database: Database, clock: Clock) -> None:
    await queue(database, "ana@example.com", next_attempt_at=NOW + timedelta(microseconds=1))
    transport = Recording()

    assert await worker(database, lambda: transport, clock).drain() == 0
    clock.pass_by(microseconds=1)
    assert await worker(database, lambda: transport, clock).drain() == 1


async def test_not_now_is_tried_again_with_a_growing_pause(database: Database, smtp: SmtpServer, clock: Clock) -> None:
    [mail_id] = await queue(database, "ana@example.com")
    smtp.refusals = {"ana@example.com": "450 4.2.0 mailbox busy"}
    mailer = worker(database, to(smtp), clock)

    for attempts, pause in [(1, 30), (2, 60), (3, 120)]:
        assert await mailer.drain() == 0
        mail = await row(database, mail_id)
        assert (mail.state, mail.attempts, mail.last_code) == ("QUEUED", attempts, 450)
        assert mail.last_error == "4.2.0 mailbox busy"
        assert mail.next_attempt_at == clock.now + timedelta(seconds=pause)
        assert mail.claimed_until is None
        clock.now = mail.next_attempt_at

    smtp.refusals = {}
    assert await mailer.drain() == 1
    assert (await row(database, mail_id)).state == "SENT"


async def test_a_refused_address_fails_and_the_others_go(database: Database, smtp: SmtpServer, clock: Clock) -> None:
    refused, accepted = await queue(database, "nobody@example.com", "ana@example.com")
    smtp.refusals = {"nobody@example.com": "550 5.1.1 no such user"}

    assert await worker(database, to(smtp), clock).drain() == 1

    mail = await row(database, refused)
    assert (mail.state, mail.last_code, mail.last_error) == ("FAILED", 550, "5.1.1 no such user")
    assert mail.claimed_by is None
    assert (await row(database, accepted)).state == "SENT"


async def test_what_is_no_address_fails_without_a_server(sqlite: Database, clock: Clock) -> None:
    [mail_id] = await queue(sqlite, "ana@example.com>\r\nDATA")
    transport = Recording()

    assert await worker(sqlite, lambda: transport, clock).drain() == 0

    mail = await row(sqlite, mail_id)
    assert (mail.state, mail.last_code) == ("FAILED", None)
    assert mail.last_error == "This is not an e-mail address that mail can be sent to."
    assert transport.sent == []


async def test_a_server_that_is_down_loses_nothing(database: Database, clock: Clock) -> None:
    await queue(database, *(f"{n}@example.com" for n in range(12)))
    url = f"smtp://user:s3cret@127.0.0.1:{free_port()}"
    mailer = worker(database, lambda: SmtpTransport(url), clock, connections=1)

    for _ in range(60):
        assert await mailer.drain() == 0
        clock.pass_by(hours=6)

    waiting = await mails(database)
    assert [mail.state for mail in waiting] == ["QUEUED"] * 12
    assert sum(mail.attempts for mail in waiting) == 60
    assert {mail.claimed_by for mail in waiting} == {None}
    assert "s3cret" not in "".join(mail.last_error or "" for mail in waiting)

    async with SmtpServer() as smtp:
        assert await worker(database, to(smtp), clock).drain() == 12


@pytest.mark.parametrize(("command", "kept"), [("MAIL", 0), ("RCPT", 0), ("DATA", 0), ("after DATA", 1)])
async def test_a_connection_that_breaks_is_tried_again_as_the_same_message(
    sqlite: Database, smtp: SmtpServer, clock: Clock, command: Any, kept: int
) -> None:
    [mail_id] = await queue(sqlite, "ana@example.com")
    smtp.hang_up = command
    mailer = worker(sqlite, to(smtp), clock)

    assert await mailer.drain() == 0
    mail = await row(sqlite, mail_id)
    assert (mail.state, mail.attempts, mail.last_code) == ("QUEUED", 1, None)

    smtp.hang_up = None
    clock.now = mail.next_attempt_at
    assert await mailer.drain() == 1
    assert len(smtp.messages) == kept + 1
    assert {received.message["Message-ID"] for received in smtp.messages} == {f"<{mail_id}@example.cat>"}
    assert len({received.content for received in smtp.messages}) == 1


async def test_mails_go_over_few_connections(sqlite: Database, smtp: SmtpServer, clock: Clock) -> None:
    await queue(sqlite, *(f"{n}@example.com" for n in range(20)))

    assert await worker(sqlite, to(smtp), clock, connections=2).drain() == 20

    assert len(smtp.messages) == 20
    assert smtp.connections == 2


async def test_a_kept_connection_that_the_server_closed_is_replaced_at_once(sqlite: Database, clock: Clock) -> None:
    async with SmtpServer() as smtp:
        transport = SmtpTransport(smtp.url)
        mailer = worker(sqlite, lambda: transport, clock, connections=1, poll=0.01)
        async with running(mailer):
            await queue(sqlite, "ana@example.com")
            await smtp.received(1)
            for session in smtp._sessions:
                session.transport.abort()
            await queue(sqlite, "eva@example.com")
            await smtp.received(2)

    assert smtp.connections == 2
    assert [mail.attempts for mail in await mails(sqlite)] == [1, 1]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_encrypted_and_with_a_password(sqlite: Database, clock: Clock, tls: Any) -> None:
    [mail_id] = await queue(sqlite, "ana@example.com")
    async with SmtpServer(tls=tls, credentials=("tramesa", "p@ss/word")) as smtp:
        assert await worker(sqlite, to(smtp, tls=smtp.client_context()), clock).drain() == 1

    assert [received.encrypted for received in smtp.messages] == [True]
    assert (await row(sqlite, mail_id)).state == "SENT"


async def test_a_server_that_nobody_vouches_for_gets_nothing(sqlite: Database, clock: Clock) -> None:
    [mail_id] = await queue(sqlite, "ana@example.com")
    async with SmtpServer(tls="implicit") as smtp:
        assert await worker(sqlite, to(smtp), clock).drain() == 0

    mail = await row(sqlite, mail_id)
    assert mail.state == "QUEUED"
    assert "certificate verify failed" in (mail.last_error or "")


async def test_a_wrong_password_is_not_the_mails_fault(sqlite: Database, clock: Clock) -> None:
    first, second = await queue(sqlite, "ana@example.com", "eva@example.com")
    async with SmtpServer(credentials=("tramesa", "right")) as smtp:
        wrong = smtp.url.replace("right", "s3cret")
        with capture_logs() as logs:
            assert await worker(sqlite, lambda: SmtpTransport(wrong), clock, connections=1).drain() == 0

    tried, untried = await row(sqlite, first), await row(sqlite, second)
    assert (tried.state, tried.attempts, tried.last_code) == ("QUEUED", 1, 535)
    assert (untried.state, untried.attempts, untried.next_attempt_at) == ("QUEUED", 0, NOW)
    assert [entry["event"] for entry in logs] == ["mail.attempted", "mail.server_gone"]
    assert "s3cret" not in str(logs) + str(tried.last_error)
    assert "ana@example.com" not in str(logs)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({}, Sent(250, "kept")),
        ({"GREETING": "554 5.7.1 you are on a list"}, Later(554, "5.7.1 you are on a list", server=True)),
        ({"EHLO": "500 what?"}, Sent(250, "kept")),
        ({"CONTENT": "250 " + "x" * 900}, Sent(250, "x" * 499 + "…")),
        ({"EHLO": "550 no", "HELO": "550 not you"}, Later(550, "not you", server=True)),
        ({"MAIL": "550 5.7.1 sender not allowed"}, Later(550, "5.7.1 sender not allowed", server=True)),
        ({"MAIL": "451 4.3.0 try later"}, Later(451, "4.3.0 try later", server=True)),
        ({"RCPT": "450 4.2.1 greylisted"}, Later(450, "4.2.1 greylisted")),
        ({"RCPT": "550 5.1.1 unknown"}, Refused(550, "5.1.1 unknown")),
        ({"RCPT": "530 5.7.0 authenticate first"}, Later(530, "5.7.0 authenticate first", server=True)),
        ({"RCPT": "554 5.7.1 Relay access denied"}, Later(554, "5.7.1 Relay access denied")),
        ({"RCPT": "421 4.7.0 closing"}, Later(421, "4.7.0 closing", server=True)),
        ({"DATA": "452 4.3.1 disk full"}, Later(452, "4.3.1 disk full")),
        ({"DATA": "554 5.6.0 no"}, Refused(554, "5.6.0 no")),
        ({"CONTENT": "452 4.3.1 disk full"}, Later(452, "4.3.1 disk full")),
        ({"CONTENT": "550 5.7.1 looks like spam"}, Refused(550, "5.7.1 looks like spam")),
        ({"RCPT": "550 5.1.1 " + "x" * 900}, Refused(550, "5.1.1 " + "x" * 493 + "…")),
    ],
)
async def test_what_a_server_says_and_what_it_means(answers: dict[str, str], outcome: Outcome) -> None:
    async with scripted(answers) as url:
        transport = SmtpTransport(url)
        assert await transport.send(a_letter("ana@example.com")) == outcome
        await transport.close()


def a_letter(recipient: str) -> Letter:
    from tramesa.mail.address import parse_mailbox, parse_sender  # noqa: PLC0415
    from tramesa.mail.message import compose  # noqa: PLC0415
    from tramesa.mail.rendering import Rendered  # noqa: PLC0415

    sender = parse_sender("no-reply@example.cat")
    return compose(
        "0198-1", sender, parse_mailbox(recipient), NOW, "CA", Rendered("Subject", "text\n", "<p>html</p>\n")
    )


async def test_an_address_outside_ascii(smtp: SmtpServer) -> None:
    transport = SmtpTransport(smtp.url)
    assert await transport.send(a_letter("josé@àngel.cat")) == Sent(250, "2.0.0 kept")
    await transport.close()
    assert smtp.messages[0].recipients == ("josé@xn--ngel-zna.cat",)

    async with scripted({}) as url:
        plain = SmtpTransport(url)
        answer = "The mail server takes no addresses with letters outside ASCII before the @ (SMTPUTF8)."
        assert await plain.send(a_letter("josé@example.cat")) == Refused(None, answer)
        unasked = SmtpTransport(f"{url}?starttls=false")
        assert await unasked.send(a_letter("josé@example.cat")) == Refused(None, answer)


async def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tramesa.mail.smtp.SEND_TIMEOUT", 0.5)
    async with SmtpServer() as smtp:
        smtp.pause()
        transport = SmtpTransport(smtp.url)
        outcome = await transport.send(a_letter("ana@example.com"))

        assert outcome == Later(None, "TimeoutError (the mail server did not answer in time)", server=True)


@pytest.mark.parametrize(
    ("url", "access"),
    [
        ("smtp://mail.example", SmtpAccess("mail.example", 25, False, None, None, None)),
        ("smtp://mail.example:2525/", SmtpAccess("mail.example", 2525, False, None, None, None)),
        ("smtp://u%40x:p%2Fw@mail.example?starttls=true", SmtpAccess("mail.example", 587, False, True, "u@x", "p/w")),
        ("smtp://mail.example?starttls=false", SmtpAccess("mail.example", 25, False, False, None, None)),
        ("smtp://mail.example?starttls=auto", SmtpAccess("mail.example", 25, False, None, None, None)),
        ("smtps://u:p@[::1]", SmtpAccess("::1", 465, True, False, "u", "p")),
    ],
)
def test_smtp_urls(url: str, access: SmtpAccess) -> None:
    assert SmtpAccess.parse(url) == access
    assert "'p" not in repr(access)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example:port",
        "smtp://mail.example:99999",
        "smtp://mail.example/path",
        "smtp://mail.example?starttls=perhaps",
        "smtp://mail.example?tls=true",
        "smtp://mail.example?starttls",
        "smtps://mail.example?starttls=true",
        "smtp://[::1",
    ],
)
def test_what_is_no_smtp_url(url: str) -> None:
    with pytest.raises(BadSmtpUrl) as refused:
        SmtpAccess.parse(url)
    assert str(refused.value).startswith("The mail server's URL must be smtp://USER:PASSWORD@HOST:PORT")


async def test_without_a_server_mails_go_to_a_folder(sqlite: Database, clock: Clock, tmp_path: Path) -> None:
    first, second = await queue(sqlite, "ana@example.com", "josé@example.com")
    folder = tmp_path / "a" / "mail"
    with capture_logs() as logs:
        mailer = worker(sqlite, transport_factory(None, folder), clock)
        assert await mailer.drain() == 2

    assert sorted(path.name for path in folder.iterdir()) == sorted([f"{first}.eml", f"{second}.eml"])
    assert f"Message-ID: <{first}@example.cat>\r\n".encode() in (folder / f"{first}.eml").read_bytes()
    assert "To: josé@example.com\r\n".encode() in (folder / f"{second}.eml").read_bytes()
    assert [entry["folder"] for entry in logs if entry["event"] == "mail.to_folder"] == [str(folder)]


async def test_a_folder_that_cannot_be_written_to(sqlite: Database, clock: Clock, tmp_path: Path) -> None:
    [mail_id] = await queue(sqlite, "ana@example.com")
    (tmp_path / "file").write_text("")

    assert await worker(sqlite, lambda: FolderTransport(tmp_path / "file"), clock).drain() == 0

    mail = await row(sqlite, mail_id)
    assert (mail.state, mail.last_error) == ("QUEUED", "FileExistsError: File exists")


def test_a_factory_with_a_server() -> None:
    assert isinstance(transport_factory("smtp://mail.example", Path())(), SmtpTransport)
    with pytest.raises(BadSmtpUrl):
        transport_factory("mail.example", Path())


async def test_two_workers_send_each_mail_once(url: str, clock: Clock) -> None:
    here, there = await open_database(url), await open_database(url)
    mail_ids = await queue(here, *(f"{n}@example.com" for n in range(100)))
    transport = Recording()
    workers = [worker(database, lambda: transport, clock) for database in (here, there)]

    sent = await asyncio.gather(*(mailer.drain() for mailer in workers))

    assert sum(sent) == 100
    assert Counter(transport.sent) == Counter(mail_ids)
    assert await states(here) == {"SENT": 100}
    assert {mail.attempts for mail in await mails(here)} == {1}
    await here.close()
    await there.close()


async def test_a_claim_keeps_others_away_until_it_runs_out(database: Database) -> None:
    [mail_id] = await queue(database, "ana@example.com")

    [lost] = await MAIL.claim(database, "dead", NOW, 10)
    assert (lost.id, lost.attempts, lost.until, lost.created_at) == (mail_id, 1, NOW + LEASE, NOW)
    assert await MAIL.claim(database, "alive", NOW + LEASE, 10) == []
    [taken] = await MAIL.claim(database, "alive", NOW + LEASE + timedelta(microseconds=1), 10)
    assert (taken.id, taken.attempts, taken.worker) == (mail_id, 2, "alive")

    verdict = judge(Sent(), 1, NOW, lambda: 0.5)
    assert await MAIL.settle(database, lost, Sent(), verdict) is False
    await MAIL.release(database, [lost])
    mail = await row(database, mail_id)
    assert (mail.state, mail.attempts, mail.claimed_by) == ("QUEUED", 2, "alive")

    assert await MAIL.settle(database, taken, Sent(), judge(Sent(), 2, NOW, lambda: 0.5)) is True
    assert (
        await MAIL.settle(database, taken, Refused(550, "no"), judge(Refused(550, "no"), 2, NOW, lambda: 0.5)) is False
    )
    assert (await row(database, mail_id)).state == "SENT"


async def test_the_same_worker_may_claim_again_and_its_old_claim_settles_nothing(database: Database) -> None:
    await queue(database, "ana@example.com")
    [old] = await MAIL.claim(database, "worker", NOW, 10)
    later = NOW + LEASE + timedelta(seconds=1)
    [new] = await MAIL.claim(database, "worker", later, 10)

    assert await MAIL.settle(database, old, Sent(), judge(Sent(), 1, later, lambda: 0.5)) is False
    assert await MAIL.settle(database, new, Sent(), judge(Sent(), 2, later, lambda: 0.5)) is True


async def test_what_else_an_end_means_is_written_with_it_or_not_at_all(database: Database) -> None:
    await queue(database, "ana@example.com")

    async def record(unit: Unit, taken: Claim, outcome: Outcome, verdict: Verdict) -> None:
        query = Statement(unit.dialect)
        said = f"{taken.columns['recipient']} {outcome} {verdict.state}"
        await unit.execute(f"UPDATE party SET name = {query.bind(said)}", query.values)
        if outcome == Refused(550, "no"):
            raise RuntimeError("the end of it")

    [lost] = await MAIL.claim(database, "dead", NOW, 10)
    [taken] = await MAIL.claim(database, "alive", NOW + LEASE * 2, 10)
    names = "SELECT DISTINCT name FROM party"
    before = await database.fetch(names)

    verdict = judge(Refused(550, "no"), 2, NOW, lambda: 0.5)
    assert await MAIL.settle(database, lost, Sent(), verdict, record) is False
    with pytest.raises(RuntimeError):
        await MAIL.settle(database, taken, Refused(550, "no"), verdict, record)
    assert [tuple(row) for row in await database.fetch(names)] == [tuple(row) for row in before]
    assert await states(database) == {"QUEUED": 1}

    assert await MAIL.settle(database, taken, Sent(), judge(Sent(), 2, NOW, lambda: 0.5), record) is True
    assert [tuple(row) for row in await database.fetch(names)] == [("ana@example.com Sent(code=None, text=None) SENT",)]


async def test_rows_that_are_not_ready_wait(database: Database) -> None:
    ready = replace(MAIL, ready="o.recipient <> 'ana@example.com'")
    await queue(database, "ana@example.com", next_attempt_at=NOW - timedelta(hours=1))
    assert await ready.claim(database, "worker", NOW, 10) == []
    assert await ready.next_due(database) is None
    [mail_id] = await queue(database, "eva@example.com")

    assert await ready.next_due(database) == NOW
    assert [taken.id for taken in await ready.claim(database, "worker", NOW, 10)] == [mail_id]


async def test_a_released_mail_is_due_as_before(database: Database) -> None:
    await queue(database, "ana@example.com", "eva@example.com")
    claims = await MAIL.claim(database, "worker", NOW, 1)
    assert len(claims) == 1

    await MAIL.release(database, claims)

    again = await MAIL.claim(database, "other", NOW, 10)
    assert sorted(taken.attempts for taken in again) == [1, 1]


async def test_what_waits_longest_goes_first_and_the_next_one_is_known(database: Database) -> None:
    assert await MAIL.next_due(database) is None
    [late] = await queue(database, "ana@example.com", next_attempt_at=NOW - timedelta(seconds=1))
    [early] = await queue(database, "ana@example.com", next_attempt_at=NOW - timedelta(seconds=2))
    await queue(database, "ana@example.com", next_attempt_at=NOW + timedelta(microseconds=1))
    await queue(database, "ana@example.com", state="SENT")

    claims = [await MAIL.claim(database, "worker", NOW, 1) for _ in range(3)]

    assert [[taken.id for taken in some] for some in claims] == [[early], [late], []]
    assert await MAIL.next_due(database) == NOW + timedelta(microseconds=1)


def test_pauses_double_up_to_six_hours_and_end_after_three_days() -> None:
    waited = []
    for attempts in range(1, MAX_ATTEMPTS):
        verdict = judge(Later(450, "later"), attempts, NOW, lambda: 0.5)
        assert (verdict.state, verdict.attempts) == ("QUEUED", attempts)
        waited.append((verdict.next_attempt_at - NOW).total_seconds() / 60)

    assert waited[:11] == [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 180, 180]
    assert set(waited[9:]) == {180}
    assert round(sum(waited) / 60 / 24, 1) == 2.9
    last = judge(Later(450, "later\x00" + "x" * 900), MAX_ATTEMPTS, NOW, lambda: 0.5)
    assert (last.state, last.code, last.error) == ("FAILED", 450, "later" + "x" * 494 + "…")


def test_jitter_takes_from_a_pause_but_never_all_of_it() -> None:
    chances = iter([0.0, 0.25, 0.999])
    pauses = [judge(Later(450, ""), 5, NOW, lambda: next(chances)).next_attempt_at - NOW for _ in range(3)]

    assert pauses == [timedelta(seconds=5), timedelta(minutes=4), timedelta(minutes=16) * 0.999]


def test_a_server_that_is_down_never_makes_a_mail_fail() -> None:
    verdict = judge(Later(None, "down", server=True), 10_000, NOW, lambda: 0.5)

    assert (verdict.state, verdict.attempts) == ("QUEUED", 10)
    assert verdict.next_attempt_at == NOW + timedelta(minutes=7.5)


async def test_one_mail_that_cannot_be_rendered_stops_no_other(sqlite: Database, clock: Clock) -> None:
    [broken] = await queue(sqlite, "ana@example.com", facts="{}", next_attempt_at=NOW - timedelta(hours=1))
    [whole] = await queue(sqlite, "eva@example.com")
    with capture_logs() as logs:
        assert await worker(sqlite, Recording, clock, connections=1).drain() == 1

    mail = await row(sqlite, broken)
    assert (mail.state, mail.last_error) == ("QUEUED", "internal error (KeyError)")
    assert (await row(sqlite, whole)).state == "SENT"
    assert [entry["mail"] for entry in logs if entry["event"] == "mail.crashed"] == [broken]


async def test_a_transport_that_raises_stops_nothing(sqlite: Database, clock: Clock) -> None:
    def explode(_: Letter) -> Outcome:
        raise RuntimeError("boom")

    await queue(sqlite, *(f"{n}@example.com" for n in range(7)))
    assert await worker(sqlite, lambda: Recording(explode), clock).drain() == 0
    assert {(mail.state, mail.attempts, mail.last_error) for mail in await mails(sqlite)} == {
        ("QUEUED", 1, "internal error (RuntimeError)")
    }


async def test_the_worker_sends_what_this_process_writes_at_once(database: Database, clock: Clock) -> None:
    transport = Recording()
    async with running(worker(database, lambda: transport, clock, poll=3600)):
        await queue(database, *(f"{n}@example.com" for n in range(17)))
        await happens(lambda: len(transport.sent) == 17)
        await queue(database, "ana@example.com")
        await happens(lambda: len(transport.sent) == 18)

    assert await states(database) == {"SENT": 18}


async def test_the_worker_finds_what_another_process_writes(url: str, clock: Clock) -> None:
    here, there = await open_database(url), await open_database(url)
    transport = Recording()
    async with running(worker(here, lambda: transport, clock, poll=0.02)):
        await asyncio.sleep(0.05)
        await queue(there, "ana@example.com")
        await happens(lambda: len(transport.sent) == 1)

    assert await states(here) == {"SENT": 1}
    await here.close()
    await there.close()


async def test_the_worker_wakes_for_what_falls_due(sqlite: Database) -> None:
    await queue(sqlite, "ana@example.com", next_attempt_at=datetime.now(UTC) + timedelta(seconds=0.2))
    transport = Recording()
    async with running(Worker(sqlite, MAIL, senders(sqlite, lambda: transport), poll=3600.0)):
        await happens(lambda: len(transport.sent) == 1)

    assert await states(sqlite) == {"SENT": 1}


async def test_an_idle_worker_does_not_spin(sqlite: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    claim = Queue.claim

    async def counted(*arguments: Any) -> list[Claim]:
        nonlocal looks
        looks += 1
        return await claim(*arguments)

    monkeypatch.setattr(Queue, "claim", counted)
    async with running(worker(sqlite, Recording, clock, poll=3600)):
        await happens(lambda: looks == 3)
        await asyncio.sleep(0.1)
        assert looks == 3


async def test_stopping_ends_the_send_in_progress_and_gives_the_rest_back(
    database: Database, smtp: SmtpServer, clock: Clock
) -> None:
    await queue(database, *(f"{n}@example.com" for n in range(BATCH)))
    smtp.pause()
    async with running(worker(database, to(smtp), clock, connections=1)) as stop:
        await happens(lambda: smtp.connections == 1)
        stop.set()
        await asyncio.sleep(0.05)
        smtp.resume()

    assert len(smtp.messages) == 1
    assert await states(database) == {"SENT": 1, "QUEUED": BATCH - 1}
    assert len(await MAIL.claim(database, "next", NOW, 10)) == BATCH - 1
    assert Counter(mail.attempts for mail in await mails(database)) == {1: BATCH}


async def test_stopping_does_not_wait_for_ever(database: Database, smtp: SmtpServer, clock: Clock) -> None:
    [mail_id] = await queue(database, "ana@example.com")
    smtp.pause()
    async with running(worker(database, to(smtp), clock, connections=1, grace=0.1)):
        await happens(lambda: smtp.connections == 1)

    mail = await row(database, mail_id)
    assert (mail.state, mail.attempts, mail.claimed_by, mail.next_attempt_at) == ("QUEUED", 0, None, NOW)


async def test_a_worker_whose_task_is_cancelled_gives_back_too(
    sqlite: Database, smtp: SmtpServer, clock: Clock
) -> None:
    [mail_id] = await queue(sqlite, "ana@example.com")
    smtp.pause()
    task = asyncio.create_task(worker(sqlite, to(smtp), clock, connections=1).run(asyncio.Event()))
    await happens(lambda: smtp.connections == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await row(sqlite, mail_id)).claimed_by is None


async def test_a_database_that_goes_is_waited_for(
    sqlite: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tramesa.mail.worker.LONGEST_TROUBLE", 0.01)
    gone = 6
    claim = Queue.claim

    async def failing(*arguments: Any) -> list[Claim]:
        nonlocal gone
        if gone:
            gone -= 1
            raise ConnectionRefusedError("no database")
        return await claim(*arguments)

    monkeypatch.setattr(Queue, "claim", failing)
    await queue(sqlite, "ana@example.com")
    transport = Recording()
    with capture_logs() as logs:
        async with running(worker(sqlite, lambda: transport, clock, connections=1)):
            await happens(lambda: len(transport.sent) == 1)

    assert [entry["event"] for entry in logs] == ["mail.database_gone", "mail.attempted", "mail.database_back"]


async def test_a_mail_that_was_sent_is_settled_when_the_database_is_back(
    sqlite: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tramesa.mail.worker.LONGEST_TROUBLE", 0.01)
    gone = 3
    settle = Queue.settle

    async def failing(*arguments: Any) -> bool:
        nonlocal gone
        if gone:
            gone -= 1
            raise ConnectionRefusedError("no database")
        return await settle(*arguments)

    monkeypatch.setattr(Queue, "settle", failing)
    [mail_id] = await queue(sqlite, "ana@example.com")
    transport = Recording()

    assert await worker(sqlite, lambda: transport, clock).drain() == 1

    assert transport.sent == [mail_id]
    assert (await row(sqlite, mail_id)).state == "SENT"


async def test_a_claim_that_was_lost_meanwhile_is_not_settled(sqlite: Database, clock: Clock) -> None:
    [mail_id] = await queue(sqlite, "ana@example.com")

    class Slow(Recording):
        async def send(self, letter: Letter) -> Outcome:
            await MAIL.claim(sqlite, "other", NOW + LEASE * 2, 1)
            return await super().send(letter)

    with capture_logs() as logs:
        assert await worker(sqlite, Slow, clock, connections=1).drain() == 1

    assert [entry["event"] for entry in logs] == ["mail.attempted", "mail.claim_lost"]
    mail = await row(sqlite, mail_id)
    assert (mail.state, mail.attempts, mail.claimed_by) == ("QUEUED", 2, "other")


async def test_a_database_that_stays_away_leaves_the_claim_to_run_out(
    sqlite: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: Any) -> bool:
        raise ConnectionRefusedError("no database")

    monkeypatch.setattr("tramesa.mail.worker.LONGEST_TROUBLE", 0.001)
    monkeypatch.setattr(Queue, "settle", failing)
    [mail_id] = await queue(sqlite, "ana@example.com")

    with pytest.raises(ConnectionRefusedError):
        await worker(sqlite, Recording, clock, connections=1).drain()

    assert (await row(sqlite, mail_id)).claimed_by is not None


async def test_a_running_worker_rests_while_the_server_is_down(sqlite: Database, clock: Clock) -> None:
    await queue(sqlite, *(f"{n}@example.com" for n in range(20)))
    transport = Recording(lambda _: Later(None, "down", server=True))
    with capture_logs() as logs:
        async with running(worker(sqlite, lambda: transport, clock, connections=2)):
            await happens(lambda: len(transport.sent) == 2)
            await asyncio.sleep(0.1)

    assert len(transport.sent) == 2
    assert [entry["event"] for entry in logs].count("mail.server_gone") == 1
    assert await states(sqlite) == {"QUEUED": 20}


async def test_a_worker_can_drain_after_it_has_run(sqlite: Database, clock: Clock) -> None:
    transport = Recording()
    mailer = worker(sqlite, lambda: transport, clock)
    async with running(mailer):
        pass
    await queue(sqlite, "ana@example.com")

    assert await mailer.drain() == 1
