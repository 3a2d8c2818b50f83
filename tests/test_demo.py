"""`tramesa demo`: once, again, at once, cut short; and that what it tells could have happened."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tramesa.documents.reading import read_document
from tramesa.models.database import Database, Row, open_database
from tramesa.models.domain.money import from_cents
from tramesa.models.domain.numbering import LEGAL_TIME, legal_date
from tramesa.models.domain.states import STATES, InvoiceStatus
from tramesa.models.domain.tax_ids import is_valid_spanish
from tramesa.models.domain.transitions import PartyKind, PartyRole, UserRole, next_states
from tramesa.models.life.keeping import totals_columns
from tramesa.models.lists.saved_filters import read_filters
from tramesa.models.people.authority import Authority
from tramesa.models.sql import Statement, as_date, as_instant
from tramesa.models.visibility import visible
from tramesa.server.demo import recording as demo_recording
from tramesa.server.demo.filling import fill
from tramesa.server.demo.people import NEWCOMER, PARTIES, PASSWORD

PARTY_TABLES = ["party", "person", "counterparty", "feed", "registry_counter"]
INVOICE_TABLES = ["invoice", "invoice_content", "invoice_document", "attachment", "status_change"]
AROUND = ["mail_message", "digest_item", "notice_address", "invitation", "receiver_key", "invitation_event"]
PROGRAM_TABLES = ["api_token", "webhook", "webhook_delivery", "saved_filter"]
TABLES = [*PARTY_TABLES, *INVOICE_TABLES, *AROUND, *PROGRAM_TABLES, "idempotency_key"]
TOTALS = ("gross", "discounts", "charges", "taxable", "taxes", "withheld", "total", "payable")
S = InvoiceStatus
NOW = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
"""When the demo is filled in here, so that the same comes out every day."""


@pytest.fixture
async def filled(database: Database) -> Database:
    await fill(database, NOW)
    return database


async def rows(database: Database, sql: str) -> list[Row]:
    return [tuple(row) for row in await database.fetch(sql)]


async def dump(database: Database) -> dict[str, list[str]]:
    """Everything that the demo writes, in an order of its own."""
    return {table: sorted(map(repr, await rows(database, f"SELECT * FROM {table}"))) for table in TABLES}


async def counts(database: Database) -> dict[str, int]:
    return {table: (await rows(database, f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES}


async def test_again_changes_nothing_and_says_the_same(database: Database) -> None:
    first = await fill(database)
    before = await dump(database)
    assert await fill(database) == first
    assert await dump(database) == before


async def test_it_adds_what_it_promises(filled: Database) -> None:
    found = await counts(filled)
    assert (found["party"], found["person"], found["invoice"]) == (5, 13, 201)
    assert found["invoice_document"] == found["invoice_content"] == 201
    assert found["idempotency_key"] == 0

    assert all(is_valid_spanish(tax_id) for (tax_id,) in await rows(filled, "SELECT tax_id FROM party"))
    kinds = Counter(await rows(filled, "SELECT kind, manual_registration FROM party WHERE registered = true"))
    assert sorted((kind, bool(manual), count) for (kind, manual), count in kinds.items()) == [
        ("COMPANY", False, 2),
        ("PUBLIC_BODY", False, 1),
        ("PUBLIC_BODY", True, 1),
    ]
    assert {role for (role,) in await rows(filled, "SELECT roles FROM person")} == {role.value for role in UserRole}


async def test_invoices_stand_in_every_state(filled: Database) -> None:
    assert dict(await rows(filled, "SELECT status, count(*) FROM invoice GROUP BY status")) == {
        "SENT": 9,
        "REGISTERED": 15,
        "DELIVERED": 12,
        "REGISTERED_IN_RCF": 12,
        "RECEIVED": 10,
        "CONFORMED": 16,
        "RECOGNISED": 14,
        "PAID": 90,
        "REJECTED": 15,
        "CANCELLED": 8,
    }


async def test_two_at_once_do_not_double(database_url: str) -> None:
    databases = [await open_database(database_url) for _ in range(2)]
    try:
        said = await asyncio.gather(*(fill(database) for database in databases))
        assert said[0] == said[1]
        found = await counts(databases[0])
        assert (found["party"], found["person"], found["invoice"]) == (5, 13, 201)
    finally:
        for database in databases:
            await database.close()


async def test_an_interrupted_run_leaves_nothing_and_the_next_does_all(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = 0
    enter = demo_recording.enter_as_of

    async def enter_some(*arguments: object, **options: object) -> object:
        nonlocal entered
        entered += 1
        if entered > 50:
            raise KeyError("the lights went out")
        return await enter(*arguments, **options)

    monkeypatch.setattr(demo_recording, "enter_as_of", enter_some)
    with pytest.raises(KeyError):
        await fill(database)
    assert set((await counts(database)).values()) == {0}

    monkeypatch.undo()
    await fill(database)
    assert (await counts(database))["invoice"] == 201


@pytest.mark.parametrize("side", ["issuer", "receiver"])
async def test_feeds_have_no_gap_and_follow_the_clock(filled: Database, side: str) -> None:
    seen = defaultdict(list)
    for party, position, at in await rows(
        filled, f"SELECT {side}_id, {side}_position, at FROM status_change ORDER BY {side}_position"
    ):
        seen[str(party)].append((position, as_instant(at)))
    ends = {
        str(party): position
        for party, position in await rows(filled, f"SELECT party_id, position FROM feed WHERE role = '{side.upper()}'")
        if position
    }
    assert {party: len(changes) for party, changes in seen.items()} == ends
    for changes in seen.values():
        assert [position for position, _ in changes] == list(range(1, len(changes) + 1))
        assert [at for _, at in changes] == sorted(at for _, at in changes)


async def histories(database: Database) -> dict[str, list[Row]]:
    found = defaultdict(list)
    for key, *step in await rows(
        database,
        "SELECT c.invoice_id, p.kind, c.from_status, c.to_status, c.at, c.version, c.actor, c.automated,"
        " c.registry_number, c.rcf_number, c.reason, c.payment_date, p.manual_registration"
        " FROM status_change c JOIN party p ON p.id = c.receiver_id ORDER BY c.invoice_id, c.version",
    ):
        found[str(key)].append(tuple(step))
    return found


async def test_histories_follow_the_table(filled: Database) -> None:
    invoices = {
        str(key): (status, version, as_instant(changed))
        for key, status, version, changed in await rows(
            filled, "SELECT id, status, version, status_changed_at FROM invoice"
        )
    }
    told = await histories(filled)
    assert told.keys() == invoices.keys()
    for key, steps in told.items():
        assert [step[4] for step in steps] == list(range(1, len(steps) + 1))
        assert [step[1] for step in steps] == [None, *(step[2] for step in steps[:-1])]
        assert invoices[key] == (steps[-1][2], len(steps), as_instant(steps[-1][3]))
        for before, step in pairwise(steps):
            assert_may_follow(before, step)


def assert_may_follow(before: Row, step: Row) -> None:
    kind, from_status, to_status = PartyKind(step[0]), S(step[1]), S(step[2])
    if to_status is S.CANCELLED:  # By who accepted the issuer's request, in any state that is not final.
        assert not STATES[from_status].final
        assert step[9]
    else:
        assert to_status in next_states(kind, from_status)
    by_itself = to_status is S.REGISTERED and not step[11]
    assert (
        (as_instant(step[3]) == as_instant(before[3])) if by_itself else (as_instant(step[3]) > as_instant(before[3]))
    )
    people = {person.name for party in PARTIES for person in party.people}
    assert (step[5] == "Tramesa") if step[6] else (step[5] in people)
    assert (step[7] is not None) == (to_status is S.REGISTERED)
    assert (step[8] is not None) == (to_status is S.REGISTERED_IN_RCF)
    assert (step[9] is not None) == (to_status in {S.REJECTED, S.CANCELLED})
    if to_status is S.PAID:
        assert as_date(step[10]) == legal_date(as_instant(step[3]))


@pytest.mark.parametrize("now", [datetime(2026, 2, 16, 9, 30, tzinfo=UTC), datetime(2026, 8, 15, 23, 0, tzinfo=UTC)])
async def test_everything_happened_in_the_last_months_in_working_hours(sqlite_url: str, now: datetime) -> None:
    database = await open_database(sqlite_url)
    try:
        await fill(database, now)
        instants = [as_instant(at) for (at,) in await rows(database, "SELECT at FROM status_change")]
        assert max(instants) < now
        assert now - timedelta(days=330) < min(instants) < now - timedelta(days=200)
        local = [at.astimezone(LEGAL_TIME) for at in instants]
        assert {at.weekday() for at in local} == {0, 1, 2, 3, 4}
        assert {at.hour for at in local} == set(range(8, 18))
        await assert_gapless_registers(database)
    finally:
        await database.close()


async def test_registers_have_no_gap(filled: Database) -> None:
    await assert_gapless_registers(filled)


async def assert_gapless_registers(database: Database) -> None:
    """Numbers of a receiver and year run from 1 without a gap, in the order of entry, and the counter knows."""
    entered = defaultdict(list)
    for receiver, number, at in await rows(
        database,
        "SELECT receiver_id, registry_number, registered_at FROM invoice WHERE registry_number IS NOT NULL"
        " ORDER BY registered_at",
    ):
        entered[str(receiver), legal_date(as_instant(at)).year].append(number)
    for (_, year), numbers in entered.items():
        assert numbers == [f"E/{year}/{position:06d}" for position in range(1, len(numbers) + 1)]
    counters = await rows(database, "SELECT party_id, year, position FROM registry_counter")
    assert {(str(party), year): position for party, year, position in counters} == {
        key: len(numbers) for key, numbers in entered.items()
    }


async def test_documents_say_what_the_invoices_say(filled: Database) -> None:
    names = (*TOTALS, "number", "series")
    for content, size, issued, *expected in await rows(
        filled,
        f"SELECT d.bytes, d.size, i.issue_date, {', '.join(f'i.{name}' for name in names)}"
        " FROM invoice i JOIN invoice_document d ON d.invoice_id = i.id",
    ):
        read = read_document(bytes(content), today=as_date(issued))
        assert read.findings == ()
        assert read.content is not None
        assert size == len(bytes(content))
        assert [*totals_columns(read.content.totals).values(), read.content.number, read.content.series] == expected
        payments = [payment.amount for payment in read.content.payments]
        assert payments == [from_cents(expected[names.index("payable")])]


async def test_there_is_something_of_every_kind_to_look_at(filled: Database) -> None:
    assert dict(await rows(filled, "SELECT invoice_class, count(*) FROM invoice GROUP BY invoice_class")) == {
        "ORIGINAL": 195,
        "CORRECTIVE": 6,
    }
    assert (await counts(filled))["attachment"] == 33
    assert await rows(filled, "SELECT count(*) FROM invoice WHERE seen = false") == [(21,)]
    assert (await rows(filled, "SELECT count(*) FROM invoice WHERE withheld > 0"))[0][0] == 76
    taxes = "".join(text for (text,) in await rows(filled, "SELECT taxes FROM invoice_content"))
    assert all(f'"rate":"{rate}"' in taxes for rate in ("21", "10", "4", "15"))


async def test_attachments_are_pdf(filled: Database) -> None:
    for (content,) in await rows(filled, "SELECT bytes FROM attachment"):
        file = bytes(content)
        table = int(file.rsplit(b"startxref\n", 1)[1].split(b"\n", 1)[0])
        assert file.startswith(b"%PDF-1.4\n")
        assert file[table:].startswith(b"xref\n0 6\n")
        for number, entry in enumerate(file[table:].split(b"\n")[3:8], start=1):
            assert file[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)


@pytest.mark.parametrize("person", [one for party in PARTIES for one in party.people], ids=lambda one: one.email)
async def test_everybody_signs_in_with_the_printed_password(demo: Database, person: object) -> None:
    said = await fill(demo)
    assert PASSWORD in said
    assert person.email in said
    tokens = await Authority(demo, "x" * 40).sign_in(person.email, PASSWORD, "127.0.0.1")
    assert (tokens.viewer.name, tokens.viewer.roles) == (person.name, frozenset({person.role}))


@pytest.fixture(scope="module")
def filled_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database with the demo, made once."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())

    async def make() -> None:
        database = await open_database(f"sqlite://{path}")
        await fill(database)
        await database.close()

    with asyncio.Runner() as runner:
        runner.run(make())
    return f"sqlite://{path}"


@pytest.fixture
async def demo(filled_file: str) -> AsyncIterator[Database]:
    database = await open_database(filled_file)
    yield database
    await database.close()


async def test_cancellations_were_asked_for_and_some_wait(filled: Database) -> None:
    found = await rows(filled, "SELECT state, count(*) FROM cancellation_request GROUP BY state")
    apart = await rows(
        filled,
        "SELECT count(*) FROM invoice i LEFT JOIN cancellation_request r ON r.invoice_id = i.id"
        " WHERE (i.status = 'CANCELLED') <> (COALESCE(r.state, 'NONE') = 'ACCEPTED')",
    )
    instants = [as_instant(row[0]) for row in await rows(filled, "SELECT at FROM cancellation_event ORDER BY id")]

    assert dict(found) == {"ACCEPTED": 8, "REFUSED": 1, "REQUESTED": 2}
    assert apart == [(0,)]
    assert instants == sorted(instants)


async def test_nothing_of_it_is_ever_sent(filled: Database) -> None:
    mails = await rows(filled, "SELECT state, kind, count(*) FROM mail_message GROUP BY state, kind")
    waiting = await rows(filled, "SELECT next_attempt_at FROM webhook_delivery WHERE state = 'QUEUED'")

    assert {(state, kind) for state, kind, _ in mails} == {
        ("SENT", "STATUS"),
        ("SENT", "INCOMING"),
        ("SENT", "DIGEST"),
        ("SENT", "INVITATION"),
        ("FAILED", "STATUS"),
    }
    assert (
        max(as_instant(at) for (at,) in await rows(filled, "SELECT sent_at FROM mail_message WHERE state = 'SENT'"))
        < NOW
    )
    assert await rows(filled, "SELECT state, disabled_why FROM webhook") == [("DISABLED", "BY_HAND")]
    assert {as_instant(at).year for (at,) in waiting} == {9999}
    assert (await rows(filled, "SELECT count(*) FROM webhook_delivery WHERE state = 'SENT'"))[0][0] > 0


async def test_an_invoice_waits_for_a_receiver_who_is_invited_and_whose_second_key_is_made(filled: Database) -> None:
    waiting = await rows(
        filled,
        "SELECT i.status, p.tax_id, v.email, k.created_by FROM invoice i JOIN party p ON p.id = i.receiver_id"
        " JOIN invitation v ON v.invoice_id = i.id JOIN receiver_key k ON k.receiver_id = p.id"
        " WHERE p.registered = false",
    )
    steps = await rows(filled, "SELECT kind FROM invitation_event ORDER BY id")

    assert waiting == [("SENT", NEWCOMER.tax_id, NEWCOMER.email, "Laura Ferrer Oliva")]
    assert steps == [("INVITED",), ("KEY_CREATED",)]


async def test_a_colleague_sees_one_office_alone(demo: Database) -> None:
    authority = Authority(demo, "x" * 40)
    seen = {}
    for email in ("carme@altmontclar.example.org", "marta@altmontclar.example.org"):
        viewer = (await authority.sign_in(email, PASSWORD, "127.0.0.1")).viewer
        summary = await read_filters(demo, viewer, None)
        query = Statement(demo.dialect)
        sql = f"SELECT count(*) FROM invoice i WHERE {visible(query, viewer, PartyRole.RECEIVER)}"
        seen[email] = ((await demo.fetch(sql, query.values))[0][0], [one.name for one in summary])

    assert seen == {
        "carme@altmontclar.example.org": (75, ["Per conformar", "Per pagar"]),
        "marta@altmontclar.example.org": (seen["marta@altmontclar.example.org"][0], ["Per conformar", "Per pagar"]),
    }
    assert 20 < seen["marta@altmontclar.example.org"][0] < 30
