"""An invoice comes in, as an input or as a file: what is kept, and what is refused with nothing kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tramesa.models.domain.numbering import legal_date
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.facturae_files import edited
from tramesa.tests.operations import ERRORS, bring, bring_file, kept, refused_document, take, user_error
from tramesa.tests.world import ISSUE, World

S = InvoiceStatus

ISSUE_OR_WHY = ISSUE.replace("errors { __typename code message path }", ERRORS)

PDF = b"%PDF-1.7\n..."
DUPLICATE = "This invoice is here already: same issuer, number, series and issue date."


async def test_a_duplicate_is_refused_until_the_first_is_rejected(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    other = await world.person()
    first = await world.issue(issuer, receiver, number="7", series="A")
    before = await kept(world.services.database)
    again = world.invoice_input(receiver) | {"number": " 7", "series": "A "}

    for wanted in (again, again | {"receiver": {"taxId": other.tax_id}}):
        payload = (await issuer.ask(ISSUE_OR_WHY, input=wanted))["issueInvoice"]
        existing = {"id": first["id"], "number": "7"}
        assert payload == {
            "invoice": None,
            "errors": [
                user_error("DUPLICATE_INVOICE", DUPLICATE, "number", typename="DuplicateInvoice", existing=existing)
            ],
        }
    assert await kept(world.services.database) == before

    # Another series, another date, another issuer are other invoices; a rejected one no longer blocks its number.
    await world.issue(issuer, receiver, number="7", series=None)
    await world.issue(issuer, receiver, number="7", series="A", issueDate="2026-01-16")
    await world.issue(other, receiver, number="7", series="A")
    await bring(receiver, S.REJECTED, first["id"])
    second = (await issuer.ask(ISSUE_OR_WHY, input=again))["issueInvoice"]
    assert (second["errors"], second["invoice"]["number"]) == ([], "7")


async def test_an_unknown_receiver_is_refused_with_its_place_and_nothing_kept(world: World) -> None:
    issuer = await world.person()
    before = await kept(world.services.database)
    message = "The receiver B28015865 is not registered here."

    issued = await issuer.ask(ISSUE_OR_WHY, input=world.invoice_input(issuer) | {"receiver": {"taxId": " esb28015865"}})
    document = edited(("12345678Z", issuer.tax_id), ("ESQ2826000H", "B28015865"), ("2026-11-20", "2026-01-15"))
    imported = await bring_file(issuer, document)

    place = ("receiver", "taxId")
    assert issued["issueInvoice"] == {"invoice": None, "errors": [user_error("RECEIVER_UNKNOWN", message, *place)]}
    assert imported == {"invoice": None, "errors": [user_error("RECEIVER_UNKNOWN", message, "file")]}
    assert await kept(world.services.database) == before


@pytest.mark.parametrize("role", [UserRole.REGISTRAR, UserRole.ACCOUNTANT])
async def test_only_an_issuer_or_an_admin_sends(small_world: World, role: UserRole) -> None:
    person, receiver = await small_world.person(role), await small_world.person()
    before = await kept(small_world.services.database)

    issued = await person.ask(ISSUE_OR_WHY, input=small_world.invoice_input(receiver))
    imported = await bring_file(person, b"<Facturae/>")

    forbidden = {"invoice": None, "errors": [user_error("FORBIDDEN", "Your role does not allow this.")]}
    assert issued["issueInvoice"] == imported == forbidden
    assert await kept(small_world.services.database) == before


async def test_a_receiver_that_registers_by_hand_gives_its_own_numbers(world: World) -> None:
    issuer = await world.person()
    body = await world.person(UserRole.REGISTRAR, kind=PartyKind.PUBLIC_BODY, manual_registration=True)
    year = legal_date(datetime.now(UTC)).year
    own, generated, taken, own_form = [await world.issue(issuer, body) for _ in range(4)]
    assert [(one["status"], one["version"], one["registryNumber"]) for one in (own, generated, taken, own_form)] == [
        ("SENT", 1, None)
    ] * 4

    await bring(body, S.REGISTERED, own["id"], registryNumber=f"E/{year}/000001")
    await bring(body, S.REGISTERED, generated["id"])
    before = await kept(world.services.database)
    refusal = await take(body, S.REGISTERED, taken["id"], registryNumber=f"E/{year}/000002")
    assert refusal == {
        "invoice": None,
        "change": None,
        "errors": [user_error("INVALID", "Another invoice has this registry number.", "registryNumber")],
    }
    assert await kept(world.services.database) == before
    blank = await take(body, S.REGISTERED, taken["id"], registryNumber=" ")
    assert blank["errors"] == [user_error("REQUIRED", "A value is needed here.", "registryNumber")]
    hidden = await take(body, S.REGISTERED, taken["id"], registryNumber="A\u200b1")
    assert hidden["errors"] == [user_error("INVALID", "A number has no invisible characters.", "registryNumber")]
    assert await kept(world.services.database) == before
    await bring(body, S.REGISTERED, taken["id"])

    numbers = await world.services.database.fetch("SELECT registry_number FROM invoice ORDER BY id")
    # The service passes over a number of its own form that was given by hand.
    assert [row[0] for row in numbers] == [f"E/{year}/00000{place}" for place in (1, 2, 3)] + [None]
    # Another receiver has a counter of its own.
    other = await world.person(UserRole.ADMIN)
    assert (await world.issue(issuer, other))["registryNumber"] == f"E/{year}/000001"


async def test_a_wrong_attachment_beside_an_issued_invoice_is_refused(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = await kept(small_world.services.database)
    wanted = small_world.invoice_input(receiver) | {"attachments": [None]}

    payload = (await issuer.upload(ISSUE_OR_WHY, {"input": wanted}, {"variables.input.attachments.0": ("a.png", PDF)}))[
        "issueInvoice"
    ]

    refusal = refused_document(("TR0002", "ERROR", "image/png", None), path=())
    assert payload == {"invoice": None, "errors": [refusal]}
    assert await kept(small_world.services.database) == before
