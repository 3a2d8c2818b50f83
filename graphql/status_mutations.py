"""What the receiver's people do to an invoice."""

from __future__ import annotations

from typing import Any

import strawberry

from ..models.domain.states import InvoiceStatus
from ..models.idempotency import Outcome
from ..models.identifiers import key_of
from ..models.reading.files import mark_seen
from .changing import (
    MAX_NUMBER,
    MAX_REASON,
    ChangeStatusPayload,
    attempt,
    change,
    number_of,
    optional_number,
    optional_text,
    payload_invoice,
    text_of,
)
from .context import Info
from .entering.inputs import (
    ChangeStatusInput,
    MarkInvoicePaidInput,
    MarkInvoiceSeenInput,
    RegisterInvoiceInput,
    RegisterInvoiceInRcfInput,
    RejectInvoiceInput,
)
from .errors import UserError
from .invoices import Invoice


@strawberry.type(description="The invoice that was opened.")
class MarkInvoiceSeenPayload:
    """Of ``markInvoiceSeen``."""

    invoice: Invoice | None = strawberry.field(description="The invoice; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="NOT_FOUND or FORBIDDEN, or empty.")


@strawberry.type
class StatusMutations:
    """Each transition, and opening."""

    @strawberry.field(
        description="REGISTERED: enter it by hand, where the receiver registers by hand. Registrar, admin."
    )
    @staticmethod
    async def register_invoice(info: Info, input: RegisterInvoiceInput) -> ChangeStatusPayload:  # noqa: A002
        def read() -> dict[str, Any]:
            return {"registry_number": optional_number(input.registry_number, "registryNumber")}

        return await change(info, InvoiceStatus.REGISTERED, input, read)

    @strawberry.field(description="DELIVERED: the receiver's people have it. Registrar, accountant, admin.")
    @staticmethod
    async def mark_invoice_delivered(info: Info, input: ChangeStatusInput) -> ChangeStatusPayload:  # noqa: A002
        return await change(info, InvoiceStatus.DELIVERED, input)

    @strawberry.field(description="REGISTERED_IN_RCF: it has its number in the accounting register. Accountant, admin.")
    @staticmethod
    async def register_invoice_in_rcf(info: Info, input: RegisterInvoiceInRcfInput) -> ChangeStatusPayload:  # noqa: A002
        def read() -> dict[str, Any]:
            return {"rcf_number": number_of(input.rcf_number, "rcfNumber")}

        return await change(info, InvoiceStatus.REGISTERED_IN_RCF, input, read)

    @strawberry.field(description="RECEIVED: it has reached the unit that it is for. Accountant, admin.")
    @staticmethod
    async def mark_invoice_received(info: Info, input: ChangeStatusInput) -> ChangeStatusPayload:  # noqa: A002
        return await change(info, InvoiceStatus.RECEIVED, input)

    @strawberry.field(description="CONFORMED: what it bills was delivered as agreed. Accountant, admin.")
    @staticmethod
    async def conform_invoice(info: Info, input: ChangeStatusInput) -> ChangeStatusPayload:  # noqa: A002
        return await change(info, InvoiceStatus.CONFORMED, input)

    @strawberry.field(description="RECOGNISED: the obligation to pay is in the books. Accountant, admin.")
    @staticmethod
    async def recognise_invoice(info: Info, input: ChangeStatusInput) -> ChangeStatusPayload:  # noqa: A002
        return await change(info, InvoiceStatus.RECOGNISED, input)

    @strawberry.field(description="REJECTED, with a reason that the issuer is told. Final. Accountant, admin.")
    @staticmethod
    async def reject_invoice(info: Info, input: RejectInvoiceInput) -> ChangeStatusPayload:  # noqa: A002
        def read() -> dict[str, Any]:
            return {
                "reason": text_of(input.reason, MAX_REASON, "reason"),
                "reason_code": optional_text(input.reason_code, MAX_NUMBER, "reasonCode"),
            }

        return await change(info, InvoiceStatus.REJECTED, input, read)

    @strawberry.field(description="PAID, with the day of the payment. Final. Accountant, admin.")
    @staticmethod
    async def mark_invoice_paid(info: Info, input: MarkInvoicePaidInput) -> ChangeStatusPayload:  # noqa: A002
        return await change(info, InvoiceStatus.PAID, input, lambda: {"payment_date": input.payment_date})

    @strawberry.field(description="The receiver has opened it: no longer bold in the inbox.")
    @staticmethod
    async def mark_invoice_seen(info: Info, input: MarkInvoiceSeenInput) -> MarkInvoiceSeenPayload:  # noqa: A002
        key = key_of("Invoice", input.invoice_id)

        async def work() -> Outcome:
            await mark_seen(info.context.database, info.context.signed_in(), key)
            return Outcome(key or "", None)

        outcome, errors = await attempt(info, work)
        row = None if outcome is None else await payload_invoice(info, outcome)
        return MarkInvoiceSeenPayload(invoice=row, errors=errors)  # type: ignore[arg-type]
