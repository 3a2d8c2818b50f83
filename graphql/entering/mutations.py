"""Invoices that come in: composed here or brought as a file; or only checked."""

from __future__ import annotations

from typing import Any, cast

import strawberry

from ...models.domain.errors import DocumentRefused
from ...models.domain.findings import errors_among
from ...models.idempotency import Outcome
from ...models.life.entry import enter_invoice
from ...models.life.keeping import EntryRequest
from ...models.notices.refused_documents import tell_refused
from ..changing import attempt, payload_invoice
from ..context import Info
from ..documents.files import UploadedFile, file_name
from ..documents.findings import Finding, findings_of
from ..errors import UserError
from ..invoices import Invoice
from .importing import checked_import, import_request
from .inputs import ImportInvoiceInput, IssueInvoiceInput
from .issuing import issue_request


@strawberry.type(description="The invoice as it came in; or what stood in its way.")
class IssueInvoicePayload:
    """Of ``issueInvoice`` and ``importInvoice``."""

    invoice: Invoice | None = strawberry.field(description="The invoice, entered; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="Empty where it was entered.")


@strawberry.type(description="What a check of a document found.")
class ValidateInvoicePayload:
    """Of ``validateInvoice``."""

    valid: bool = strawberry.field(description="No finding is an error: importInvoice would take it.")
    findings: list[Finding] = strawberry.field(description="Everything found.")


async def _entered(info: Info, work: Any) -> IssueInvoicePayload:
    async def enter() -> Outcome:
        request: EntryRequest = await work()
        return await enter_invoice(info.context.database, info.context.signed_in(), request)

    outcome, errors = await attempt(info, enter)
    row = None if outcome is None else await payload_invoice(info, outcome)
    return IssueInvoicePayload(invoice=row, errors=errors)  # type: ignore[arg-type]


@strawberry.type
class EntryMutations:
    """Send an invoice, or have it checked."""

    @strawberry.field(description="Compose: the document is written and checked here (Facturae 3.2.2), and sent.")
    @staticmethod
    async def issue_invoice(info: Info, input: IssueInvoiceInput) -> IssueInvoicePayload:  # noqa: A002
        return await _entered(info, lambda: issue_request(info, input))

    @strawberry.field(
        description=(
            "Bring a file, Facturae (3.2, 3.2.1, 3.2.2) or UBL 2.1 (Invoice, CreditNote); its bytes are kept as they"
            " came."
        )
    )
    @staticmethod
    async def import_invoice(info: Info, input: ImportInvoiceInput) -> IssueInvoicePayload:  # noqa: A002
        async def work() -> EntryRequest:
            try:
                return await import_request(info, input)
            except DocumentRefused as refusal:
                context, file = info.context, cast("UploadedFile", input.file)
                await tell_refused(context.database, context.signed_in(), file_name(file.filename), refusal.findings)
                raise

        return await _entered(info, work)

    @strawberry.field(description="Every finding, nothing kept.")
    @staticmethod
    async def validate_invoice(info: Info, input: ImportInvoiceInput) -> ValidateInvoicePayload:  # noqa: A002
        info.context.signed_in()
        findings = (await checked_import(info.context, input)).findings
        return ValidateInvoicePayload(valid=not errors_among(findings), findings=findings_of(findings))
