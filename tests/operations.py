"""What several tests ask of a world: the mutation of each state, and all that a database keeps of them."""

from __future__ import annotations

from typing import Any

from tramesa.models.database import Database, Unit
from tramesa.models.domain.states import InvoiceStatus
from tramesa.tests.world import Person

ERRORS = """errors { __typename code message path
  ... on TransitionRefused { from to allowed } ... on VersionConflict { currentVersion }
  ... on CancellationRefused { reason faceCode }
  ... on DuplicateInvoice { existing { id number } }
  ... on DocumentRefused { findings { rule severity expected found } } }"""

_PAYLOAD = f"""{{ invoice {{ id status version }} change {{ id from to }} {ERRORS} }}"""

IMPORT = f"""mutation ($input: ImportInvoiceInput!) {{ importInvoice(input: $input) {{
  invoice {{ id number series status version registryNumber issuer {{ taxId }} receiver {{ taxId }}
    totals {{ gross discounts charges taxable taxes withheld total payable }}
    document {{ format size sha256 url signature {{ status detail }} }}
    attachments {{ name mediaType size description url }} }}
  {ERRORS} }} }}"""
VALIDATE = """mutation ($input: ImportInvoiceInput!) {
  validateInvoice(input: $input) { valid findings { rule severity expected found } } }"""

# State: mutation, its input type, what it needs besides the invoice.
MUTATIONS: dict[InvoiceStatus, tuple[str, str, dict[str, Any]]] = {
    InvoiceStatus.REGISTERED: ("registerInvoice", "RegisterInvoiceInput", {}),
    InvoiceStatus.DELIVERED: ("markInvoiceDelivered", "ChangeStatusInput", {}),
    InvoiceStatus.REGISTERED_IN_RCF: ("registerInvoiceInRcf", "RegisterInvoiceInRcfInput", {"rcfNumber": "RCF-7"}),
    InvoiceStatus.RECEIVED: ("markInvoiceReceived", "ChangeStatusInput", {}),
    InvoiceStatus.CONFORMED: ("conformInvoice", "ChangeStatusInput", {}),
    InvoiceStatus.RECOGNISED: ("recogniseInvoice", "ChangeStatusInput", {}),
    InvoiceStatus.PAID: ("markInvoicePaid", "MarkInvoicePaidInput", {"paymentDate": "2026-02-01"}),
    InvoiceStatus.REJECTED: ("rejectInvoice", "RejectInvoiceInput", {"reason": "Wrong amount"}),
}

# The longest life of each kind of receiver, from REGISTERED on.
PUBLIC_BODY_WALK = tuple(
    InvoiceStatus(name) for name in ("DELIVERED", "REGISTERED_IN_RCF", "RECEIVED", "CONFORMED", "RECOGNISED", "PAID")
)
COMPANY_WALK = (InvoiceStatus.DELIVERED, InvoiceStatus.CONFORMED, InvoiceStatus.PAID)

KEPT = (
    "attachment",
    "cancellation_event",
    "cancellation_request",
    "correction",
    "counterparty",
    "feed",
    "idempotency_key",
    "invitation",
    "invitation_event",
    "invoice",
    "invoice_content",
    "invoice_document",
    "mail_message",
    "party",
    "receiver_key",
    "registry_counter",
    "status_change",
)


def mutation(to: InvoiceStatus, payload: str = _PAYLOAD) -> str:
    """The operation that brings an invoice into a state."""
    name, type_, _ = MUTATIONS[to]
    return f"mutation ($input: {type_}!) {{ {name}(input: $input) {payload} }}"


async def take(person: Person, to: InvoiceStatus, invoice_id: str, **more: Any) -> dict[str, Any]:
    """The payload of a step: invoice, change, errors."""
    name, _, needed = MUTATIONS[to]
    data = await person.ask(mutation(to), input={"invoiceId": invoice_id, **needed, **more})
    payload: dict[str, Any] = data[name]
    return payload


async def bring(person: Person, to: InvoiceStatus, invoice_id: str, **more: Any) -> dict[str, Any]:
    """The payload of a step that must succeed."""
    payload = await take(person, to, invoice_id, **more)
    assert payload["errors"] == []
    return payload


async def kept(database: Database, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that hold invoices and what comes of them, or of these alone."""
    return {
        table: sorted((tuple(row) for row in await database.fetch(f"SELECT * FROM {table}")), key=repr)
        for table in tables or KEPT
    }


async def write(database: Database, sql: str) -> int:
    """Run a statement in a transaction of its own; how many rows it changed."""

    async def work(unit: Unit) -> int:
        return await unit.execute(sql, [])

    return await database.unit_of_work(work)


async def bring_file(
    person: Person, document: bytes, *attachments: tuple[str, bytes], operation: str = IMPORT, **more: Any
) -> dict[str, Any]:
    """The payload of importing or validating a file, with files beside it."""
    files = {"variables.input.file": ("factura.xml", document)}
    files |= {f"variables.input.attachments.{place}": file for place, file in enumerate(attachments)}
    given = {"file": None, "attachments": [None] * len(attachments) or None, **more}
    [payload] = (await person.upload(operation, {"input": given}, files)).values()
    return dict(payload)


def user_error(code: str, message: str, *path: str, typename: str = "InputError", **more: Any) -> dict[str, Any]:
    """A member of ``errors`` as ``ERRORS`` selects it."""
    return {"__typename": typename, "code": code, "message": message, "path": ["input", *path], **more}


def refused_document(
    *findings: tuple[str, str, str | None, str | None], path: tuple[str, ...] = ("file",)
) -> dict[str, Any]:
    """The refusal of a document, with rule, severity, expected and found of each finding."""
    names = ("rule", "severity", "expected", "found")
    return user_error(
        "DOCUMENT_REFUSED",
        "The document cannot be accepted; the findings say why.",
        *path,
        typename="DocumentRefused",
        findings=[dict(zip(names, finding, strict=True)) for finding in findings],
    )
