"""What an issuer may ask to be composed, and what is refused with its place and nothing kept."""

from __future__ import annotations

from typing import Any

import pytest

from tramesa.models.domain.transitions import PartyKind
from tramesa.tests.operations import ERRORS, kept, user_error
from tramesa.tests.world import World

ISSUE = f"""mutation ($input: IssueInvoiceInput!) {{ issueInvoice(input: $input) {{ invoice {{
  number series currency invoiceClass offices {{ role code name }}
  corrects {{ number series reasonCode reason method issueDate }}
  lines {{ quantity unit taxRate gross }} payments {{ dueDate amount means iban }}
  taxes {{ type rate base amount withheld }} totals {{ gross taxes withheld total payable }} }} {ERRORS} }} }}"""

LINE = {"description": "Work", "quantity": "1", "unitPrice": "100", "taxRate": "21"}
ADDRESS = {"street": "Carrer Nou, 1", "postCode": "08001", "town": "Barcelona", "province": "Barcelona"}
CORRECTS = {"number": "7", "series": "A", "issueDate": "2026-01-02", "reasonCode": "80", "method": "01"}

NEEDED = "A value is needed here."
RATE = "A rate is from 0 to 100 per cent."


async def test_a_corrective_invoice_to_an_office_is_composed_whole(world: World) -> None:
    issuer, body = await world.person(), await world.person(kind=PartyKind.PUBLIC_BODY)
    offices = [
        {"role": "ACCOUNTING_OFFICE", "code": " l01081593 "},
        {"role": "MANAGING_BODY", "code": "L01081594"},
        {"role": "PROCESSING_UNIT", "code": "L01081595"},
    ]
    wanted = {
        "receiver": {"taxId": body.tax_id, "name": "Ajuntament", "address": ADDRESS, "offices": offices},
        "number": " R7 ",
        "issueDate": "2026-01-15",
        "currency": "usd",
        "lines": [LINE | {"quantity": "-2.5", "unit": "02", "taxType": "igic", "taxRate": "7", "withholdingRate": "0"}],
        "payment": {"dueDate": "2026-02-15", "means": "02"},
        "corrects": CORRECTS,
        "notifyEmail": " a@example.org ",
    }

    payload = (await issuer.ask(ISSUE, input=wanted))["issueInvoice"]

    assert payload["errors"] == []
    assert payload["invoice"] == {
        "number": "R7",
        "series": None,
        "currency": "USD",
        "invoiceClass": "CORRECTIVE",
        "offices": [{**office, "code": office["code"].strip().upper(), "name": None} for office in offices],
        "corrects": CORRECTS | {"reason": "Cálculo de cuotas repercutidas"},
        "lines": [{"quantity": "-2.5", "unit": "HOUR", "taxRate": "7", "gross": "-250.00"}],
        "payments": [{"dueDate": "2026-02-15", "amount": "-267.50", "means": "DIRECT_DEBIT", "iban": None}],
        "taxes": [{"type": "IGIC", "rate": "7", "base": "-250.00", "amount": "-17.50", "withheld": False}],
        "totals": {"gross": "-250.00", "taxes": "-17.50", "withheld": "0.00", "total": "-267.50", "payable": "-267.50"},
    }
    [row] = await world.services.database.fetch("SELECT notify_email FROM invoice")
    assert row[0] == "a@example.org"


def long(length: int, *path: str) -> dict[str, Any]:
    return user_error("INVALID", f"At most {length} characters.", *path)


REFUSED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"number": " "}, user_error("REQUIRED", NEEDED, "number")),
    ({"number": "x" * 21}, long(20, "number")),
    ({"series": "x" * 21}, long(20, "series")),
    ({"currency": ""}, user_error("REQUIRED", NEEDED, "currency")),
    ({"currency": "EURO"}, long(3, "currency")),
    ({"issueDate": "2999-12-31"}, user_error("INVALID", "An invoice cannot be issued in the future.", "issueDate")),
    ({"notifyEmail": "nobody"}, user_error("INVALID", "This is no e-mail address.", "notifyEmail")),
    ({"notifyEmail": "a@" + "b" * 511}, long(512, "notifyEmail")),
    ({"lines": []}, user_error("REQUIRED", "An invoice has at least one line.", "lines")),
    ({"lines": [LINE] * 5001}, user_error("INVALID", "At most 5000 lines.", "lines")),
    ({"lines": [LINE, LINE | {"description": " "}]}, user_error("REQUIRED", NEEDED, "lines", "1", "description")),
    ({"lines": [LINE | {"description": "x" * 2501}]}, long(2500, "lines", "0", "description")),
    ({"lines": [LINE | {"taxRate": "-1"}]}, user_error("INVALID", RATE, "lines", "0", "taxRate")),
    ({"lines": [LINE | {"taxRate": "100.01"}]}, user_error("INVALID", RATE, "lines", "0", "taxRate")),
    ({"lines": [LINE | {"discountRate": "101"}]}, user_error("INVALID", RATE, "lines", "0", "discountRate")),
    ({"lines": [LINE | {"withholdingRate": "-0.1"}]}, user_error("INVALID", RATE, "lines", "0", "withholdingRate")),
    ({"receiver": {"taxId": ""}}, user_error("REQUIRED", NEEDED, "receiver", "taxId")),
    ({"receiver": {"taxId": "x" * 31}}, long(30, "receiver", "taxId")),
    (
        {"receiver": {"taxId": "B12345674", "email": "a@example.org", "name": "Puig\r\nBcc: x@example.org"}},
        user_error("INVALID", "A name has no invisible characters.", "receiver", "name"),
    ),
    ({"payment": {"dueDate": "2026-02-15", "iban": "x" * 43}}, long(42, "payment", "iban")),
    (
        {"corrects": CORRECTS | {"reasonCode": "17"}},
        user_error("INVALID", "Reason codes are 01 to 16 and 80 to 85.", "corrects", "reasonCode"),
    ),
    (
        {"corrects": CORRECTS | {"method": "05"}},
        user_error("INVALID", "Correction methods are 01 to 04.", "corrects", "method"),
    ),
    ({"corrects": CORRECTS | {"number": ""}}, user_error("REQUIRED", NEEDED, "corrects", "number")),
]


@pytest.mark.parametrize(("changes", "expected"), REFUSED, ids=[str(changes)[:60] for changes, _ in REFUSED])
async def test_an_input_that_cannot_be_composed_is_refused_in_its_place(
    small_world: World, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = await kept(small_world.services.database)

    payload = (await issuer.ask(ISSUE, input=small_world.invoice_input(receiver) | changes))["issueInvoice"]

    assert payload == {"invoice": None, "errors": [expected]}
    assert await kept(small_world.services.database) == before


@pytest.mark.parametrize(
    ("changes", "path", "known"),
    [
        ({"lines": [LINE | {"taxType": "VAT"}]}, ["lines", "0", "taxType"], "IVA"),
        ({"lines": [LINE | {"unit": "PARSEC"}]}, ["lines", "0", "unit"], "HOUR"),
        ({"payment": {"dueDate": "2026-02-15", "means": "GOLD"}}, ["payment", "means"], "TRANSFER"),
    ],
)
async def test_an_unknown_key_is_refused_with_those_that_are_known(
    small_world: World, changes: dict[str, Any], path: list[str], known: str
) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = await kept(small_world.services.database)

    payload = (await issuer.ask(ISSUE, input=small_world.invoice_input(receiver) | changes))["issueInvoice"]

    [error] = payload["errors"]
    assert (payload["invoice"], error["code"], error["path"]) == (None, "INVALID", ["input", *path])
    assert error["message"].startswith("Unknown; one of ")
    assert known in error["message"].removeprefix("Unknown; one of ").rstrip(".").split(", ")
    assert await kept(small_world.services.database) == before


@pytest.mark.parametrize("part", ADDRESS)
async def test_an_address_needs_each_of_its_parts(small_world: World, part: str) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    wanted = small_world.invoice_input(receiver)
    wanted["receiver"] = wanted["receiver"] | {"address": ADDRESS | {part: " "}}

    payload = (await issuer.ask(ISSUE, input=wanted))["issueInvoice"]

    assert payload == {"invoice": None, "errors": [user_error("REQUIRED", NEEDED, "receiver", "address", part)]}


async def test_what_the_format_cannot_carry_is_refused_with_findings(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = await kept(small_world.services.database)
    lines = [LINE | {"quantity": "9" * 18, "unitPrice": "9" * 18}]

    payload = (await issuer.ask(ISSUE, input=small_world.invoice_input(receiver) | {"lines": lines}))["issueInvoice"]

    [error] = payload["errors"]
    assert (payload["invoice"], error["code"], error["path"]) == (None, "DOCUMENT_REFUSED", ["input"])
    assert {(finding["rule"], finding["severity"]) for finding in error["findings"]} == {("RCF06001", "ERROR")}
    assert await kept(small_world.services.database) == before


async def test_what_would_be_refused_if_it_came_in_does_not_go_out(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = await kept(small_world.services.database)
    lines = [
        LINE | {"quantity": "2", "unitPrice": "100"},
        LINE | {"quantity": "-1", "unitPrice": "100", "withholdingRate": "15"},
    ]

    payload = (await issuer.ask(ISSUE, input=small_world.invoice_input(receiver) | {"lines": lines}))["issueInvoice"]

    [error] = payload["errors"]
    assert (payload["invoice"], error["code"], error["path"]) == (None, "DOCUMENT_REFUSED", ["input"])
    assert [(finding["rule"], finding["severity"]) for finding in error["findings"]] == [("RCF06007", "ERROR")]
    assert await kept(small_world.services.database) == before


BAD_VALUES = [
    ("issueDate", "2026-2-1", "a date such as 2026-11-21 is expected"),
    ("issueDate", "2026-02-30", "day is out of range for month"),
    ("issueDate", "1899-12-31", "a year from 1900 to 2999 is expected"),
    ("issueDate", 20260115, "a date such as 2026-11-21 is expected"),
    ("quantity", 1, 'a decimal as a string, such as "1234.50", is expected'),
    ("quantity", 1.5, 'a decimal as a string, such as "1234.50", is expected'),
    ("quantity", "1e3", "not a plain decimal such as -1234.56"),
    ("quantity", "NaN", "not a plain decimal such as -1234.56"),
    ("quantity", "1234567890123456789", "more than 18 significant digits"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES, ids=[f"{row[0]}={row[1]}" for row in BAD_VALUES])
async def test_a_scalar_that_is_not_plain_is_a_fault_of_the_request(
    small_world: World, name: str, value: Any, message: str
) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    before = await kept(small_world.services.database)
    changes = {name: value} if name == "issueDate" else {"lines": [LINE | {name: value}]}

    response = await issuer.execute(ISSUE, input=small_world.invoice_input(receiver) | changes)

    [error] = response["errors"]
    assert message in error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in response
    assert await kept(small_world.services.database) == before


INSTANTS = [
    ("2026-01-15T10:00:00", "an instant with its offset, such as 2026-11-21T10:30:00+01:00, is expected"),
    ("2026-01-15", "an instant with its offset, such as 2026-11-21T10:30:00+01:00, is expected"),
    ("2026-01-15T25:00:00Z", "hour must be in 0..23"),
    ("1899-12-31T10:00:00Z", "a year from 1900 to 2999 is expected"),
]


@pytest.mark.parametrize(("instant", "message"), INSTANTS)
async def test_an_instant_without_its_offset_is_a_fault_of_the_request(
    small_world: World, instant: str, message: str
) -> None:
    issuer = await small_world.person()
    query = "query ($f: InvoiceFilter) { invoices(role: ISSUER, filter: $f) { totalCount } }"

    response = await issuer.execute(query, f={"changedSince": instant})

    [error] = response["errors"]
    assert message in error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    good = await issuer.ask(query, f={"changedSince": "2026-01-15t10:00:00.123456789-03:30"})
    assert good == {"invoices": {"totalCount": 0}}
