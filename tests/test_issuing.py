"""An invoice composed here: computed, written, kept, registered."""

from __future__ import annotations

from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.tests.world import World

ISSUE_WHOLE = """mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) {
  invoice { number series status version registryNumber seen
    totals { gross discounts charges taxable taxes withheld total payable }
    taxes { type rate base amount withheld }
    lines { position description quantity unit unitPrice gross taxRate }
    payments { dueDate amount means iban }
    history { from to actor automated info }
    document { format size sha256 signature { status } } }
  errors { __typename code message path } } }"""


async def test_issuing_computes_half_up_and_registers_at_once(world: World) -> None:
    issuer = await world.person(UserRole.ISSUER, name="Anna")
    body = await world.person(UserRole.ADMIN, kind=PartyKind.PUBLIC_BODY)
    wanted = world.invoice_input(body) | {
        "number": "7",
        "series": "A",
        "lines": [
            {
                "description": "Hours",
                "quantity": "3",
                "unitPrice": "33.335",
                "discountRate": "5",
                "taxRate": "21",
                "withholdingRate": "15",
                "unit": "HOUR",
            }
        ],
        "payment": {"dueDate": "2026-02-15", "iban": "ES91 2100 0418 4502 0005 1332"},
    }

    payload = (await issuer.ask(ISSUE_WHOLE, input=wanted))["issueInvoice"]

    invoice = payload["invoice"]
    document = invoice.pop("document")
    assert payload["errors"] == []
    assert document["format"] == "FACTURAE_3_2_2"
    assert document["signature"] == {"status": "ABSENT"}
    assert invoice == {
        "number": "7",
        "series": "A",
        "status": "REGISTERED",
        "version": 2,
        "registryNumber": "E/2026/000001",
        "seen": False,
        "totals": {
            "gross": "95.01",
            "discounts": "0.00",
            "charges": "0.00",
            "taxable": "95.01",
            "taxes": "19.95",
            "withheld": "14.25",
            "total": "100.71",
            "payable": "100.71",
        },
        "taxes": [
            {"type": "IVA", "rate": "21", "base": "95.01", "amount": "19.95", "withheld": False},
            {"type": "IRPF", "rate": "15", "base": "95.01", "amount": "14.25", "withheld": True},
        ],
        "lines": [
            {
                "position": 1,
                "description": "Hours",
                "quantity": "3",
                "unit": "HOUR",
                "unitPrice": "33.335",
                "gross": "95.01",
                "taxRate": "21",
            }
        ],
        "payments": [
            {"dueDate": "2026-02-15", "amount": "100.71", "means": "TRANSFER", "iban": "ES9121000418450200051332"}
        ],
        "history": [
            {"from": None, "to": "SENT", "actor": "Anna", "automated": False, "info": None},
            {"from": "SENT", "to": "REGISTERED", "actor": "Tramesa", "automated": True, "info": "E/2026/000001"},
        ],
    }
