"""What a platform may do wrong: tell twice, out of order, against the rules, another thing than it announced."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tramesa.mail.platforms.adapter import NeverTaken, NotNow
from tramesa.models.domain.exchange import ReportedStep
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.identifiers import key_of
from tramesa.models.people.parties import NewParty, NewUser, add_party, add_user
from tramesa.models.platforms.directory import enter
from tramesa.models.platforms.exchange import Parcel, load_parcel
from tramesa.models.platforms.known import list_platforms
from tramesa.tests.exchanging import Side, two_sides
from tramesa.tests.facturae_files import edited
from tramesa.tests.operations import bring_file, kept
from tramesa.tests.world import ISSUE, Person

AT = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
STATE = """query ($id: ID!) { invoice(id: $id) { status registryNumber registeredAt rejectionReason
  travel { state attempts lastError receipt { sha256 } }
  history { to actor automated info reportedAt unexpected } } }"""
Step = InvoiceStatus


@pytest.fixture
async def sides(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[Side, Side]]:
    paths = [shutil.copy(sqlite_template, tmp_path / f"{name}.sqlite3") for name in ("nord", "sud")]
    async with two_sides((f"sqlite://{paths[0]}", f"sqlite://{paths[1]}"), tmp_path) as made:
        for _ in range(50):
            next(made[1].world._serial)  # Or both would have the same tax ids.
        yield made


async def adapter(side: Side) -> Any:
    """How this side speaks to the other."""
    [platform] = await list_platforms(side.world.services.database)
    return side.rack(platform)


async def travelling(sides: tuple[Side, Side], **changes: Any) -> tuple[Person, Person, str]:
    """Issuer on Nord, receiver on Sud, an invoice between them that has not left yet."""
    nord, sud = sides
    issuer = await nord.world.person(party_email="issuer@example.org")
    receiver = await sud.world.person(kind=PartyKind.PUBLIC_BODY)
    return issuer, receiver, str((await nord.world.issue(issuer, receiver, **changes))["id"])


async def parcel_of(side: Side, invoice_id: str) -> Parcel:
    key = key_of("Invoice", invoice_id)
    assert key is not None
    [platform] = await list_platforms(side.world.services.database)
    return await load_parcel(side.world.services.database, platform.id, key)


async def state(person: Person, invoice_id: str) -> dict[str, Any]:
    invoice: dict[str, Any] = (await person.ask(STATE, id=invoice_id))["invoice"]
    return invoice


def step(version: int, to: InvoiceStatus, **more: Any) -> ReportedStep:
    return ReportedStep(version=version, to_status=to, at=AT, **more)


async def test_steps_told_twice_and_out_of_order_are_recorded_once_and_in_order(sides: tuple[Side, Side]) -> None:
    issuer, _, invoice_id = await travelling(sides)
    sud = await adapter(sides[1])
    registered = step(2, Step.REGISTERED, registry_number="E/2026/000009")
    delivered, rcf = step(3, Step.DELIVERED), step(4, Step.REGISTERED_IN_RCF, rcf_number="R-1")

    # A gap is not jumped over; what closes it is taken, what was told before is not told again.
    assert await sud.report(invoice_id, [rcf]) == 1
    assert await sud.report(invoice_id, [delivered, registered]) == 3
    assert await sud.report(invoice_id, [registered, delivered]) == 3
    assert await asyncio.gather(*(sud.report(invoice_id, [delivered, rcf]) for _ in range(5))) == [4] * 5

    found = await state(issuer, invoice_id)
    assert [(one["to"], one["info"]) for one in found["history"]] == [
        ("SENT", None),
        ("REGISTERED", "E/2026/000009"),
        ("DELIVERED", None),
        ("REGISTERED_IN_RCF", "R-1"),
    ]
    assert found["travel"]["state"] == "ARRIVED"


async def test_a_version_told_otherwise_the_second_time_stays_as_it_was(sides: tuple[Side, Side]) -> None:
    issuer, _, invoice_id = await travelling(sides)
    sud = await adapter(sides[1])
    await sud.report(invoice_id, [step(2, Step.REGISTERED, registry_number="E/2026/000009")])

    assert await sud.report(invoice_id, [step(2, Step.REJECTED, reason="No")]) == 2

    assert (await state(issuer, invoice_id))["status"] == "REGISTERED"


async def test_what_the_rules_here_would_refuse_is_kept_as_reported_and_marked(sides: tuple[Side, Side]) -> None:
    issuer, _, invoice_id = await travelling(sides)
    sud = await adapter(sides[1])

    await sud.report(
        invoice_id,
        [
            step(2, Step.REGISTERED),  # without a registry number
            step(3, Step.PAID, payment_date=date(2026, 2, 1)),  # a public body pays later
            step(4, Step.CONFORMED),  # nothing follows PAID
            step(5, Step.REJECTED, reason="A mistake"),
        ],
    )

    found = await state(issuer, invoice_id)
    assert [(one["to"], one["unexpected"]) for one in found["history"]] == [
        ("SENT", False),
        ("REGISTERED", True),
        ("PAID", True),
        ("CONFORMED", True),
        ("REJECTED", False),
    ]
    assert (found["status"], found["rejectionReason"]) == ("REJECTED", "A mistake")
    assert {(one["actor"], one["automated"], one["reportedAt"]) for one in found["history"][1:]} == {
        ("Sud", False, AT.isoformat())
    }


async def test_a_registry_number_that_another_invoice_has_is_kept_in_history_alone(sides: tuple[Side, Side]) -> None:
    issuer, receiver, first = await travelling(sides)
    second = str((await sides[0].world.issue(issuer, receiver))["id"])
    sud = await adapter(sides[1])
    same = [step(2, Step.REGISTERED, registry_number="E/2026/000001")]

    await sud.report(first, same)
    await sud.report(second, same)

    assert ((await state(issuer, first))["registryNumber"], (await state(issuer, first))["registeredAt"]) == (
        "E/2026/000001",
        AT.isoformat(),
    )
    found = await state(issuer, second)
    assert (found["status"], found["registryNumber"]) == ("REGISTERED", None)
    assert (found["history"][1]["info"], found["history"][1]["unexpected"]) == ("E/2026/000001", True)


async def test_nothing_can_be_reported_of_what_did_not_go_there(sides: tuple[Side, Side]) -> None:
    nord = sides[0].world
    mine, here = await nord.person(), await nord.person()
    invoice = await nord.issue(mine, here)
    before = await kept(nord.services.database)

    for wrong in (invoice["id"], "nonsense", "SW52b2ljZTowMTkwYTBiNC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA="):
        with pytest.raises(NeverTaken, match="There is no such invoice"):
            await (await adapter(sides[1])).report(wrong, [step(2, Step.PAID, payment_date=date(2026, 2, 1))])

    assert await kept(nord.services.database) == before


async def test_a_document_that_is_not_what_was_announced_is_refused(sides: tuple[Side, Side]) -> None:
    _, _, invoice_id = await travelling(sides)
    parcel = await parcel_of(sides[0], invoice_id)
    nord, database = await adapter(sides[0]), sides[1].world.services.database
    before = await kept(database)
    wrong: list[tuple[str, dict[str, Any], bytes]] = [
        ("number", {"number": "OTHER"}, parcel.document),
        ("series", {"series": "S"}, parcel.document),
        ("issue date", {"issue_date": date(2026, 1, 16)}, parcel.document),
        ("issuer", {"issuer_tax_id": "A58818501"}, parcel.document),
        ("document", {"sha256": hashlib.sha256(b"another").hexdigest()}, parcel.document),
        ("document", {}, parcel.document + b"\n"),
    ]

    for what, changes, document in wrong:
        said = replace(parcel.announcement, **changes)
        with pytest.raises(NeverTaken, match=rf"TR0005: The {what} is not what the platform announced\."):
            await nord.deliver(replace(parcel, announcement=said, document=document))

    assert await kept(database) == before


async def test_document_and_files_beside_it_arrive_byte_for_byte(sides: tuple[Side, Side]) -> None:
    nord, sud = sides
    issuer, receiver = await nord.world.person(), await sud.world.person()
    document = edited(("12345678Z", issuer.tax_id), ("ESQ2826000H", receiver.tax_id), ("2026-11-20", "2026-01-15"))
    payload = await bring_file(issuer, document, ("Annex à.txt", b"annexos"), ("plan.txt", b"second"))
    assert payload["errors"] == []

    await nord.work()

    files = "{ invoices(role: %s) { nodes { document { sha256 } attachments { name mediaType size sha256 } } } }"
    sent = (await issuer.ask(files % "ISSUER"))["invoices"]
    assert (await receiver.ask(files % "RECEIVER"))["invoices"] == sent
    [invoice] = sent["nodes"]
    assert invoice["document"]["sha256"] == hashlib.sha256(document).hexdigest()
    assert [file["name"] for file in invoice["attachments"]][-2:] == ["Annex à.txt", "plan.txt"]


async def test_a_document_that_was_altered_on_the_way_is_refused_and_the_invoice_rejected(
    sides: tuple[Side, Side],
) -> None:
    issuer, receiver, invoice_id = await travelling(sides)
    parcel = await parcel_of(sides[0], invoice_id)
    altered = replace(parcel, document=parcel.document.replace(b"121.00", b"921.00"))
    with pytest.raises(NeverTaken):
        await (await adapter(sides[0])).deliver(altered)

    # The right one still comes in: a refusal has kept nothing.
    await sides[0].work()

    assert (await state(issuer, invoice_id))["status"] == "REGISTERED"
    del receiver


async def test_the_same_delivery_has_the_same_receipt_and_another_document_under_its_id_is_refused(
    sides: tuple[Side, Side],
) -> None:
    issuer, receiver, invoice_id = await travelling(sides)
    parcel = await parcel_of(sides[0], invoice_id)
    nord = await adapter(sides[0])

    answers = await asyncio.gather(*(nord.deliver(parcel) for _ in range(6)))
    assert len({answer.receipt.signature for answer in answers}) == 1
    other = await parcel_of(sides[0], str((await sides[0].world.issue(issuer, receiver))["id"]))
    said = replace(other.announcement, invoice_id=parcel.announcement.invoice_id)
    with pytest.raises(NeverTaken, match="Another document came with this id before"):
        await nord.deliver(replace(other, announcement=said))

    found = await receiver.ask("{ invoices(role: RECEIVER) { nodes { number } } }")
    assert found == {"invoices": {"nodes": [{"number": parcel.announcement.number}]}}


async def test_an_invoice_that_is_here_by_another_way_is_refused(sides: tuple[Side, Side]) -> None:
    """The issuer has accounts on both, and sends one invoice twice: it is entered once, and the other is told why."""
    issuer, receiver, invoice_id = await travelling(sides, number="TWICE")
    parcel = await parcel_of(sides[0], invoice_id)
    nord = await adapter(sides[0])
    said = replace(parcel.announcement, invoice_id="another id")
    await nord.deliver(replace(parcel, announcement=said))

    await sides[0].work()

    found = await state(issuer, invoice_id)
    assert (found["status"], found["travel"]["state"]) == ("REJECTED", "REFUSED")
    assert found["rejectionReason"] == (
        "Sud: This invoice is here already: same issuer, number, series and issue date."
    )
    mails = await kept(sides[0].world.services.database, "mail_message")
    assert len(mails["mail_message"]) == 1
    del receiver


async def test_a_receiver_that_does_not_live_there_after_all_rejects_the_invoice_and_is_asked_for_anew(
    sides: tuple[Side, Side],
) -> None:
    nord = sides[0].world
    issuer, stranger = await nord.person(), await sides[1].world.person()
    await enter(nord.services.database, "A58818501", "Sud")
    wanted = {**nord.invoice_input(stranger), "receiver": {"taxId": "A58818501", "name": "Nobody, S.A."}}
    invoice_id = (await issuer.ask(ISSUE, input=wanted))["issueInvoice"]["invoice"]["id"]

    await sides[0].work()

    found = await state(issuer, invoice_id)
    assert (found["status"], found["rejectionReason"]) == (
        "REJECTED",
        "Sud: The receiver A58818501 is not registered here.",
    )


async def test_a_platform_that_never_answers_keeps_nobody_waiting_and_the_invoice_travelling(
    sides: tuple[Side, Side],
) -> None:
    nord, sud = sides
    issuer, _, invoice_id = await travelling(sides)
    nord.line.fate = lambda: "LOSE"

    for _ in range(40):
        await nord.work()

    found = await state(issuer, invoice_id)
    assert (found["status"], found["travel"]["state"], found["travel"]["receipt"]) == ("SENT", "TRAVELLING", None)
    assert found["travel"]["lastError"] == "ConnectError: lost on the way"
    [platform] = await list_platforms(nord.world.services.database)
    assert platform.last_error == "ConnectError: lost on the way"
    nord.line.fate = lambda: "DELIVER"
    await sud.read()  # It asks something: so it is back, and what waits is due.
    await nord.work()
    assert (await state(issuer, invoice_id))["status"] == "REGISTERED"


async def test_an_answer_that_is_no_answer_is_no_answer(sides: tuple[Side, Side]) -> None:
    issuer, receiver, invoice_id = await travelling(sides)
    nord = await adapter(sides[0])
    key = nord._client._key

    async def strange() -> Any:
        return replace(await key(), kid="unknown")

    nord._client._key = strange
    with pytest.raises(NotNow, match="does not accept our credentials"):
        await nord.knows([receiver.tax_id])
    del issuer, invoice_id


async def test_a_receiver_that_signs_up_here_later_is_offered_no_step_of_what_went_elsewhere(
    sides: tuple[Side, Side],
) -> None:
    issuer, receiver, invoice_id = await travelling(sides)
    world = sides[0].world
    wanted = NewParty(tax_id=receiver.tax_id, name="Late", kind=PartyKind.PUBLIC_BODY)
    party_id = await add_party(world.services.database, wanted)
    email = "late@example.org"
    user = NewUser(email=email, name="Late", party_tax_id=receiver.tax_id, roles=[UserRole.ADMIN], password_hash=None)
    user_id = await add_user(world.services.database, user)
    token = await world.services.authority.create_api_token(email, "test")
    late = Person(world, email, str(token), receiver.tax_id, user_id, party_id)
    here = (await world.issue(issuer, late, number="2"))["id"]

    asked = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Invoice { status availableTransitions } } }"
    nodes = (await late.ask(asked, ids=[invoice_id, here]))["nodes"]

    assert [node["status"] for node in nodes] == ["SENT", "REGISTERED"]
    assert [node["availableTransitions"] for node in nodes] == [[], ["DELIVERED", "REGISTERED_IN_RCF", "REJECTED"]]
