"""What can be changed: one input, one payload; what a person can cause comes back typed in ``errors``."""

from __future__ import annotations

from typing import Any

import strawberry

from ..models.authority import Tokens
from ..models.domain.errors import Refusal
from ..models.domain.findings import errors_among
from ..models.domain.states import InvoiceStatus
from ..models.entry import EntryRequest, enter_invoice
from ..models.files import mark_seen
from ..models.idempotency import Outcome
from ..models.identifiers import key_of
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
from .errors import UserError, user_errors
from .findings import Finding, findings_of
from .importing import checked_import, import_request
from .inputs import (
    ChangeStatusInput,
    ImportInvoiceInput,
    IssueInvoiceInput,
    MarkInvoicePaidInput,
    MarkInvoiceSeenInput,
    RefreshSessionInput,
    RegisterInvoiceInput,
    RegisterInvoiceInRcfInput,
    RejectInvoiceInput,
    SignInInput,
)
from .invoices import Invoice
from .issuing import issue_request
from .parties import Viewer, viewer_of
from .scalars import DateTime


@strawberry.type(description="Tokens of a session; or why there are none.")
class SignInPayload:
    """Of ``signIn`` and ``refreshSession``."""

    access_token: str | None = strawberry.field(description="For `Authorization: Bearer …`; short-lived.")
    refresh_token: str | None = strawberry.field(description="Good once, for refreshSession; keep it safe.")
    expires_at: DateTime | None = strawberry.field(description="When the access token ends.")
    viewer: Viewer | None = strawberry.field(description="Who signed in.")
    errors: list[UserError] = strawberry.field(description="BAD_CREDENTIALS, or empty.")


@strawberry.type(description="The session is closed.")
class SignOutPayload:
    """Of ``signOut``."""

    errors: list[UserError] = strawberry.field(description="Always empty so far.")


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


@strawberry.type(description="The invoice that was opened.")
class MarkInvoiceSeenPayload:
    """Of ``markInvoiceSeen``."""

    invoice: Invoice | None = strawberry.field(description="The invoice; null where it was refused.")
    errors: list[UserError] = strawberry.field(description="NOT_FOUND or FORBIDDEN, or empty.")


def _signed_in(tokens: Tokens) -> SignInPayload:
    return SignInPayload(
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        expires_at=tokens.expires_at,  # type: ignore[arg-type]
        viewer=viewer_of(tokens.viewer),
        errors=[],
    )


async def _not_signed_in(refusal: Refusal, info: Info) -> SignInPayload:
    errors = await user_errors(refusal, info)
    return SignInPayload(access_token=None, refresh_token=None, expires_at=None, viewer=None, errors=errors)


async def _entered(info: Info, work: Any) -> IssueInvoicePayload:
    async def enter() -> Outcome:
        request: EntryRequest = await work()
        return await enter_invoice(info.context.database, info.context.signed_in(), request)

    outcome, errors = await attempt(info, enter)
    row = None if outcome is None else await payload_invoice(info, outcome)
    return IssueInvoicePayload(invoice=row, errors=errors)  # type: ignore[arg-type]


@strawberry.type(description="Everything that can be changed. Needs credentials, but for signIn and refreshSession.")
class Mutation:
    """Each resolver reads its input; ``models`` decides and records."""

    @strawberry.field(
        description="Open a session. Wrong address and wrong password look the same; attempts are limited."
    )
    @staticmethod
    async def sign_in(info: Info, input: SignInInput) -> SignInPayload:  # noqa: A002 - the contract's name
        context = info.context
        try:
            return _signed_in(await context.authority.sign_in(input.email, input.password, context.address))
        except Refusal as refusal:
            return await _not_signed_in(refusal, info)

    @strawberry.field(description="Exchange a refresh token for new tokens. Using one twice closes the whole session.")
    @staticmethod
    async def refresh_session(info: Info, input: RefreshSessionInput) -> SignInPayload:  # noqa: A002
        try:
            return _signed_in(await info.context.authority.refresh(input.refresh_token))
        except Refusal as refusal:
            return await _not_signed_in(refusal, info)

    @strawberry.field(description="Close the viewer's session: its access and refresh tokens are good no more.")
    @staticmethod
    async def sign_out(info: Info) -> SignOutPayload:
        await info.context.authority.sign_out(info.context.signed_in())
        return SignOutPayload(errors=[])

    @strawberry.field(description="Compose: the document is written and checked here (Facturae 3.2.2), and sent.")
    @staticmethod
    async def issue_invoice(info: Info, input: IssueInvoiceInput) -> IssueInvoicePayload:  # noqa: A002
        return await _entered(info, lambda: issue_request(info, input))

    @strawberry.field(description="Bring a Facturae file (3.2, 3.2.1, 3.2.2); its bytes are kept as they came.")
    @staticmethod
    async def import_invoice(info: Info, input: ImportInvoiceInput) -> IssueInvoicePayload:  # noqa: A002
        return await _entered(info, lambda: import_request(info, input))

    @strawberry.field(description="Every finding, nothing kept.")
    @staticmethod
    async def validate_invoice(info: Info, input: ImportInvoiceInput) -> ValidateInvoicePayload:  # noqa: A002
        info.context.signed_in()
        findings = (await checked_import(info.context, input)).findings
        return ValidateInvoicePayload(valid=not errors_among(findings), findings=findings_of(findings))

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
