"""Who is mailed about what: addresses, digests, stopping, and what the party can read of its mails."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramesa.mail.letters import MAIL, letter_senders
from tramesa.mail.message import Letter
from tramesa.mail.outcome import Outcome, Refused
from tramesa.mail.transport import FolderTransport
from tramesa.mail.worker import Worker
from tramesa.models.domain.notices import AT_FIRST, DIGEST_TIME, NoticeEvent, events_of, events_text, next_digest
from tramesa.models.domain.numbering import LEGAL_TIME
from tramesa.models.domain.states import InvoiceStatus, Language
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.server.stopping import StopLinks
from tramesa.tests.facturae_files import edited
from tramesa.tests.operations import IMPORT, bring
from tramesa.tests.world import Person, World

SAVE = """mutation ($input: SaveNoticeAddressInput!) { saveNoticeAddress(input: $input) {
  address { id address language timing events unsubscribedAt } errors { code path } } }"""
REMOVE = (
    """mutation ($input: RemoveNoticeAddressInput!) { removeNoticeAddress(input: $input) { errors { code path } } }"""
)
RESEND = """mutation ($input: ResendNotificationInput!) { resendNotification(input: $input) {
  notification { id state resendOf invoice { number } } errors { code path } } }"""
ADDRESSES = "{ noticeAddresses { id address language timing events unsubscribedAt } }"
MAILS = """query ($filter: NotificationFilter, $first: Int! = 50, $after: String) {
  notifications(filter: $filter, first: $first, after: $after) {
    nodes { id kind recipient language state attempts lastCode lastAnswer mandatory resendOf invoice { number } }
    pageInfo { hasNextPage endCursor } } }"""


async def save(person: Person, address: str, *events: str, **more: Any) -> dict[str, Any]:
    wanted = {"address": address, "language": "EN", "events": list(events), **more}
    payload: dict[str, Any] = (await person.ask(SAVE, input=wanted))["saveNoticeAddress"]
    return payload


async def mailed(person: Person, **filter_: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.ask(MAILS, filter=filter_ or None))["notifications"]["nodes"]
    return found


async def told(person: Person) -> set[tuple[str, str, str]]:
    return {(mail["kind"], mail["recipient"], mail["language"]) for mail in await mailed(person)}


async def deliver(world: World, folder: Path, *, at: datetime | None = None) -> list[EmailMessage]:
    """Everything that is due, as it arrives."""
    settings, database = world.services.settings, world.services.database
    links = StopLinks(settings.public_url, settings.secret_key)
    senders = letter_senders(
        database,
        lambda: FolderTransport(folder),
        mail_from="no-reply@example.cat",
        public_url=settings.public_url,
        stop_link=links,
        secret=settings.secret_key,
    )
    await Worker(database, MAIL, senders, clock=lambda: at or datetime.now(UTC)).drain()
    return await asyncio.to_thread(_arrived, folder)


def _arrived(folder: Path) -> list[EmailMessage]:
    found = []
    for path in sorted(folder.glob("*.eml")):
        found.append(message_from_bytes(path.read_bytes(), policy=default))
        path.unlink()
    return found  # type: ignore[return-value]


@given(st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_a_digest_goes_out_at_seven_within_a_day_and_never_at_once(now: datetime) -> None:
    due = next_digest(now)

    assert due.astimezone(LEGAL_TIME).time() == DIGEST_TIME == time(7)
    assert timedelta(minutes=10) < due - now <= timedelta(hours=25, minutes=10)
    assert next_digest(due - timedelta(minutes=10)) > due == next_digest(due - timedelta(minutes=10, microseconds=1))


def test_events_are_kept_as_text_and_found_again() -> None:
    assert events_of(events_text(NoticeEvent)) == set(NoticeEvent)
    assert events_of("") == set()
    assert {event.value for event in AT_FIRST if event.name.startswith("STATE_")} == {
        "STATE_REGISTERED",
        "STATE_REGISTERED_IN_RCF",
        "STATE_RECOGNISED",
        "STATE_PAID",
        "STATE_REJECTED",
        "STATE_CANCELLED",
    }


async def test_a_party_with_an_address_is_mailed_from_the_first_day(world: World) -> None:
    person = await world.person(party_email="office@example.org", language=Language.ES)

    [address] = (await person.ask(ADDRESSES))["noticeAddresses"]

    assert address.pop("id").isascii()
    assert address == {
        "address": "office@example.org",
        "language": "ES",
        "timing": "AT_ONCE",
        "events": [event.value for event in NoticeEvent if event in AT_FIRST],
        "unsubscribedAt": None,
    }


async def test_each_address_is_mailed_what_it_wants_in_its_language(world: World) -> None:
    issuer = await world.person(party_email="own@example.org")
    receiver = await world.person(kind=PartyKind.PUBLIC_BODY, party_email="register@example.org")
    await save(issuer, "sales@example.org", "STATE_DELIVERED", "STATE_PAID", language="ES")
    await save(issuer, "nothing@example.org")
    await save(receiver, "desk@example.org", "NEW_INVOICE", language="EN")

    invoice = await world.issue(issuer, receiver)
    await bring(receiver, InvoiceStatus.DELIVERED, invoice["id"])

    assert await told(issuer) == {("STATUS", "own@example.org", "CA"), ("STATUS", "sales@example.org", "ES")}
    assert await told(receiver) == {("INCOMING", "register@example.org", "CA"), ("INCOMING", "desk@example.org", "EN")}
    assert {mail["mandatory"] for mail in await mailed(issuer)} == {False}


async def test_the_legal_minimum_goes_to_the_address_given_with_the_invoice_whatever_is_set_up(
    world: World, tmp_path: Path
) -> None:
    issuer, receiver = await world.person(party_email="own@example.org"), await world.person()
    await save(issuer, "own@example.org")

    invoice = await world.issue(issuer, receiver, notifyEmail="given@example.org")
    await bring(receiver, InvoiceStatus.DELIVERED, invoice["id"])
    await bring(receiver, InvoiceStatus.PAID, invoice["id"])

    mails = await mailed(issuer)
    assert [(mail["recipient"], mail["mandatory"]) for mail in mails] == [("given@example.org", True)] * 2
    letters = await deliver(world, tmp_path)
    assert [letter["List-Unsubscribe"] for letter in letters] == [None, None]


async def test_the_address_given_with_the_invoice_stands_in_for_the_partys_own(world: World) -> None:
    issuer, receiver = await world.person(party_email="own@example.org"), await world.person()
    await save(issuer, "boss@example.org", "STATE_REGISTERED")
    await save(issuer, "GIVEN@example.org", "STATE_REGISTERED")

    await world.issue(issuer, receiver, notifyEmail="given@example.org")

    assert await told(issuer) == {("STATUS", "given@example.org", "CA"), ("STATUS", "boss@example.org", "EN")}


async def test_only_an_administrator_sets_addresses_up(world: World) -> None:
    admin = await world.person(party_email="own@example.org")
    clerk = await world.person(UserRole.ACCOUNTANT, UserRole.ISSUER, UserRole.REGISTRAR, party=admin)
    stranger = await world.person()
    [own] = (await admin.ask(ADDRESSES))["noticeAddresses"]

    assert (await save(clerk, "own@example.org"))["errors"] == [{"code": "FORBIDDEN", "path": ["input"]}]
    removed = (await clerk.ask(REMOVE, input={"id": own["id"]}))["removeNoticeAddress"]
    assert removed["errors"] == [{"code": "FORBIDDEN", "path": ["input"]}]
    for id_ in (own["id"], "nonsense"):
        refused = (await stranger.ask(REMOVE, input={"id": id_}))["removeNoticeAddress"]
        assert refused["errors"] == [{"code": "NOT_FOUND", "path": ["input", "id"]}]
    assert (await clerk.ask(ADDRESSES))["noticeAddresses"] == [own]
    assert (await admin.ask(REMOVE, input={"id": own["id"]}))["removeNoticeAddress"]["errors"] == []
    assert (await admin.ask(ADDRESSES))["noticeAddresses"] == []


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "a b@example.org", "a@example.org\nBcc: x@example.org", "<a@b>"]
)
async def test_what_is_no_address_is_refused(small_world: World, address: str) -> None:
    person = await small_world.person()

    [error] = (await save(person, address, "NEW_INVOICE"))["errors"]

    assert error == {"code": "INVALID" if address else "REQUIRED", "path": ["input", "address"]}


async def test_a_party_has_at_most_fifty_addresses(small_world: World) -> None:
    person = await small_world.person()
    for number in range(50):
        assert (await save(person, f"a{number}@example.org"))["errors"] == []

    assert (await save(person, "one-more@example.org"))["errors"] == [{"code": "INVALID", "path": ["input", "address"]}]
    assert (await save(person, "a7@example.org", "NEW_INVOICE"))["errors"] == []


async def test_a_digest_tells_a_days_events_in_one_mail(world: World, tmp_path: Path) -> None:
    issuer = await world.person(party_name="Ca l'Àngel & fills")
    receiver = await world.person()
    await save(receiver, "desk@example.org", "NEW_INVOICE", timing="DAILY", language="CA")

    numbers = [f"2026/{number}" for number in range(12)]
    await asyncio.gather(*(world.issue(issuer, receiver, number=number) for number in numbers))

    assert await told(receiver) == {("DIGEST", "desk@example.org", "CA")}
    assert await deliver(world, tmp_path) == []
    [letter] = await deliver(world, tmp_path, at=next_digest(datetime.now(UTC)))
    assert letter["Subject"] == "Resum del dia: novetats de factures (12)"
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert sorted(re.findall(r"Nova factura (\S+):", text)) == sorted(numbers)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [mail["state"] for mail in await mailed(receiver)] == ["SENT"]


async def test_a_click_asks_and_only_the_answer_stops_the_mails(world: World, tmp_path: Path) -> None:
    issuer, receiver = await world.person(), await world.person(party_email="desk@example.org")
    await world.issue(issuer, receiver)
    [letter] = await deliver(world, tmp_path)
    link = str(letter["List-Unsubscribe"]).strip("<>")
    assert link in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    path = link.removeprefix(world.services.settings.public_url)

    assert (await world.client.get(path)).status_code == 200
    assert (await world.client.post(path[:-1] + ("0" if path[-1] != "0" else "1"))).status_code == 404
    [address] = (await receiver.ask(ADDRESSES))["noticeAddresses"]
    assert address["unsubscribedAt"] is None
    answers = [await world.client.post(path, data={"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    await world.issue(issuer, receiver, number="2")
    assert await deliver(world, tmp_path) == []
    [address] = (await receiver.ask(ADDRESSES))["noticeAddresses"]
    assert address["unsubscribedAt"] is not None
    again = await save(receiver, "desk@example.org", "NEW_INVOICE")
    assert again["address"]["unsubscribedAt"] is None
    await world.issue(issuer, receiver, number="3")
    assert len(await deliver(world, tmp_path)) == 1


async def test_stopping_drops_the_digest_that_waits(world: World, tmp_path: Path) -> None:
    issuer, receiver = await world.person(), await world.person()
    saved = await save(receiver, "desk@example.org", "NEW_INVOICE", timing="DAILY")
    await world.issue(issuer, receiver)

    await receiver.ask(REMOVE, input={"id": saved["address"]["id"]})

    assert await mailed(receiver) == []
    assert await deliver(world, tmp_path, at=next_digest(datetime.now(UTC))) == []


async def test_mails_are_read_in_pages_by_their_party_alone(world: World) -> None:
    issuer, receiver = await world.person(party_email="own@example.org"), await world.person()
    stranger = await world.person(party_email="other@example.org")
    invoices = [await world.issue(issuer, receiver, number=str(number)) for number in range(3)]

    first = (await issuer.ask(MAILS, first=2))["notifications"]
    rest = (await issuer.ask(MAILS, first=2, after=first["pageInfo"]["endCursor"]))["notifications"]

    assert [mail["invoice"]["number"] for mail in (*first["nodes"], *rest["nodes"])] == ["2", "1", "0"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    [one] = await mailed(issuer, invoiceId=invoices[1]["id"])
    assert one["invoice"]["number"] == "1"
    assert await mailed(issuer, invoiceId="nonsense") == await mailed(issuer, state=["SENT"]) == []
    assert await mailed(stranger) == await mailed(receiver) == []
    node = "query ($id: ID!) { node(id: $id) { id ... on Notification { kind invoice { number } } } }"
    assert (await issuer.ask(node, id=one["id"]))["node"] == {
        "id": one["id"],
        "kind": "STATUS",
        "invoice": {"number": "1"},
    }
    assert (await stranger.ask(node, id=one["id"]))["node"] is None
    refused = (await stranger.ask(RESEND, input={"id": one["id"]}))["resendNotification"]
    assert refused == {"notification": None, "errors": [{"code": "NOT_FOUND", "path": ["input", "id"]}]}


async def test_a_mail_that_was_refused_says_why_and_can_be_sent_again(world: World, tmp_path: Path) -> None:
    issuer, receiver = await world.person(party_email="own@example.org"), await world.person()
    invoice = await world.issue(issuer, receiver)
    database, settings = world.services.database, world.services.settings

    class Refusing(FolderTransport):
        async def send(self, letter: Letter) -> Outcome:
            del letter
            return Refused(550, "5.1.1 no such user")

    senders = letter_senders(
        database,
        lambda: Refusing(tmp_path),
        mail_from="no-reply@example.cat",
        public_url=settings.public_url,
        stop_link=StopLinks(settings.public_url, settings.secret_key),
        secret=settings.secret_key,
    )
    await Worker(database, MAIL, senders).drain()
    [mail] = await mailed(issuer, state=["FAILED"])
    assert (mail["lastCode"], mail["lastAnswer"], mail["attempts"]) == (550, "5.1.1 no such user", 1)

    again = (await issuer.ask(RESEND, input={"id": mail["id"]}))["resendNotification"]
    assert again["errors"] == []
    assert again["notification"]["resendOf"] == mail["id"] != again["notification"]["id"]
    assert again["notification"]["invoice"] == {"number": invoice["number"]}
    hurried = (await issuer.ask(RESEND, input={"id": again["notification"]["id"]}))["resendNotification"]
    assert hurried["notification"]["id"] == again["notification"]["id"]
    [letter] = await deliver(world, tmp_path)
    assert letter["To"] == "own@example.org"


async def test_one_mail_is_sent_again_at_most_five_times_an_hour(world: World, tmp_path: Path) -> None:
    issuer, receiver = await world.person(party_email="own@example.org"), await world.person()
    await world.issue(issuer, receiver)
    await deliver(world, tmp_path)
    [mail] = await mailed(issuer)

    answers = await asyncio.gather(*(issuer.ask(RESEND, input={"id": mail["id"]}) for _ in range(8)))

    codes = sorted("".join(error["code"] for error in answer["resendNotification"]["errors"]) for answer in answers)
    sent = len(await deliver(world, tmp_path))
    assert codes == [""] * sent + ["INVALID"] * (8 - sent)
    assert sent == 5


async def test_a_document_that_was_refused_is_told_to_who_wants_to_know(world: World, tmp_path: Path) -> None:
    issuer = await world.person(party_email="own@example.org")
    await save(issuer, "it@example.org", "DOCUMENT_REFUSED")
    await save(issuer, "informatica@example.org", "DOCUMENT_REFUSED", language="CA")

    variables: dict[str, Any] = {"input": {"file": None}}
    document = edited()[:-20]
    await issuer.upload(IMPORT, variables, {"variables.input.file": ("../a\r\nBcc: x@y.z.xml", document)})

    to = ("it@example.org", "EN"), ("informatica@example.org", "CA")
    assert await told(issuer) == {("DOCUMENT_REFUSED", *one) for one in to}
    letters = {str(letter["To"]): letter for letter in await deliver(world, tmp_path)}
    subjects = [str(letters[address]["Subject"]).partition(":")[0] for address, _ in to]
    assert subjects == ["Document refused", "Document refusat"]
    assert [letters[address]["Bcc"] for address, _ in to] == [None, None]
    english, catalan = (letters[address].get_body(("plain",)).get_content() for address, _ in to)  # type: ignore[union-attr]
    assert "> HF01 (Format or encoding of the file): " in english
    assert "> HF01 (Format o codificació del fitxer): " in catalan


async def test_why_a_document_was_refused_is_told_in_the_readers_language(world: World, tmp_path: Path) -> None:
    issuer = await world.person(party_email="own@example.org")
    await save(issuer, "ca@example.org", "DOCUMENT_REFUSED", language="CA")
    await save(issuer, "es@example.org", "DOCUMENT_REFUSED", language="ES")

    variables: dict[str, Any] = {"input": {"file": None}}
    document = edited(("<IssueDate>2026-11-20<", "<IssueDate>2026-13-20<"))
    await issuer.upload(IMPORT, variables, {"variables.input.file": ("a.xml", document)})

    letters = {
        str(letter["To"]): letter.get_body(("plain",)).get_content() for letter in await deliver(world, tmp_path)
    }  # type: ignore[union-attr]
    place = "(/Facturae/Invoices/Invoice/InvoiceIssueData/IssueDate: 2026-13-20)"
    assert f"RCF07001 (Data d’emissió): La data IssueDate no es pot llegir. {place}" in letters["ca@example.org"]
    assert f"RCF07001 (Fecha de emisión): La fecha IssueDate no se puede leer. {place}" in letters["es@example.org"]
