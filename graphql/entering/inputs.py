"""What clients send, and how it becomes the domain's plain types."""

from __future__ import annotations

import strawberry

from ...models.lists.filtering import Filter
from ..describing import INVOICE as _INVOICE
from ..describing import KEY as _KEY
from ..describing import VERSION as _VERSION
from ..describing import described as _field
from ..documents.enums import OfficeRole
from ..enums import InvoiceOrderField, InvoiceStatus, Language, OrderDirection
from ..scalars import Date, DateTime, Decimal, Upload


@strawberry.input(description="Each part narrows the list further.")
class InvoiceFilter:
    """See ``models.lists.filtering.Filter``."""

    status: list[InvoiceStatus] | None = _field("In any of these states; an empty list matches nothing.", default=None)
    counterparty: str | None = _field("The other party: tax id, exact, or part of its name.", default=None)
    number: str | None = _field(
        "Number, exact, or series and number together; case and signs do not count.", default=None
    )
    search: str | None = _field(
        "Words that must all be found, each anywhere: numbers, series, registry and RCF number, counterparty's name and"
        " tax id, amounts, dates, offices, order, contract and file references, line descriptions, files, IBAN, reason"
        " of rejection. Case and accents do not count; 1.234,50 and 31/1/2026 are understood.",
        default=None,
    )
    issued_from: Date | None = _field("Issue date from this day on.", default=None)
    issued_to: Date | None = _field("Issue date up to this day.", default=None)
    changed_since: DateTime | None = _field("State changed at this instant or later.", default=None)
    total_from: Decimal | None = _field("Total at least this.", default=None)
    total_to: Decimal | None = _field("Total at most this.", default=None)
    unseen: bool | None = _field(
        "As receiver: true, not yet opened or downloaded by you; false, opened. As issuer: by nobody, or somebody, of"
        " the receiver.",
        default=None,
    )
    office: str | None = _field("Names this DIR3 office: its whole code; case does not count.", default=None)
    office_role: OfficeRole | None = _field(
        "With `office`: names it in this role; null for any. Alone it does not narrow.", default=None
    )
    cancellation_pending: bool | None = _field(
        "True: with a request of cancellation that waits for its answer. False: without.", default=None
    )


def filter_of(wanted: InvoiceFilter | None) -> Filter:
    """The domain's filter."""
    if wanted is None:
        return Filter()
    return Filter(
        status=None if wanted.status is None else tuple(wanted.status),
        counterparty=wanted.counterparty,
        number=wanted.number,
        search=wanted.search,
        issued_from=wanted.issued_from,
        issued_to=wanted.issued_to,
        changed_since=wanted.changed_since,
        total_from=wanted.total_from,
        total_to=wanted.total_to,
        unseen=wanted.unseen,
        office=wanted.office,
        office_role=wanted.office_role,
        cancellation_pending=wanted.cancellation_pending,
    )


@strawberry.input(description="The order of a list.")
class InvoiceOrder:
    """Field and direction."""

    field: InvoiceOrderField = _field("What to order by.")
    direction: OrderDirection = _field("Which end comes first.")


@strawberry.input(description="An invoice, for a step that needs nothing else.")
class ChangeStatusInput:
    """Of the plain transitions."""

    invoice_id: strawberry.ID = _field(_INVOICE)
    expected_version: int | None = _field(_VERSION, default=None)
    idempotency_key: str | None = _field(_KEY, default=None)


@strawberry.input(description="An invoice to enter in the register by hand.")
class RegisterInvoiceInput:
    """Of ``registerInvoice``."""

    invoice_id: strawberry.ID = _field(_INVOICE)
    registry_number: str | None = _field(
        "Your own number, at most 64 characters; without one the service gives the next.", default=None
    )
    expected_version: int | None = _field(_VERSION, default=None)
    idempotency_key: str | None = _field(_KEY, default=None)


@strawberry.input(description="An invoice that the accounting office registers.")
class RegisterInvoiceInRcfInput:
    """Of ``registerInvoiceInRcf``."""

    invoice_id: strawberry.ID = _field(_INVOICE)
    rcf_number: str = _field("The accounting register's number, not the entry register's; at most 64 characters.")
    expected_version: int | None = _field(_VERSION, default=None)
    idempotency_key: str | None = _field(_KEY, default=None)


@strawberry.input(description="An invoice to reject.")
class RejectInvoiceInput:
    """Of ``rejectInvoice``."""

    invoice_id: strawberry.ID = _field(_INVOICE)
    reason: str = _field("Why, in words that the issuer can act on; at most 4,000 characters.")
    reason_code: str | None = _field("Your own code of the reason, at most 64 characters.", default=None)
    expected_version: int | None = _field(_VERSION, default=None)
    idempotency_key: str | None = _field(_KEY, default=None)


@strawberry.input(description="An invoice that has been paid.")
class MarkInvoicePaidInput:
    """Of ``markInvoicePaid``."""

    invoice_id: strawberry.ID = _field(_INVOICE)
    payment_date: Date = _field("The day of the payment.")
    expected_version: int | None = _field(_VERSION, default=None)
    idempotency_key: str | None = _field(_KEY, default=None)


@strawberry.input(description="An invoice that the receiver has opened.")
class MarkInvoiceSeenInput:
    """Of ``markInvoiceSeen``."""

    invoice_id: strawberry.ID = _field(_INVOICE)


@strawberry.input(description="A document to enter or to check.")
class ImportInvoiceInput:
    """Of ``importInvoice`` and ``validateInvoice``."""

    file: Upload = _field(
        "The document: Facturae 3.2, 3.2.1 or 3.2.2, or UBL 2.1; at most 10 MB together with its attachments."
    )
    attachments: list[Upload] | None = _field(
        "At most 5 files: pdf, doc, docx, xls, xlsx, odt, ods, txt, xml, jpg, png.", default=None
    )
    notify_email: str | None = _field("Where state changes are mailed, instead of your party's address.", default=None)
    receiver_email: str | None = _field(
        "Where the receiver is invited if it is not registered here; the address in the document unless given.",
        default=None,
    )
    invitation_language: Language | None = _field(
        "Of that invitation; your party's language unless given.", default=None
    )
    idempotency_key: str | None = _field(_KEY, default=None)


@strawberry.input(description="A postal address.")
class AddressInput:
    """See ``domain.invoice.Address``."""

    street: str = _field("Street and number.")
    post_code: str = _field("Five digits in Spain.")
    town: str = _field("Town.")
    province: str = _field("Province, or region abroad.")
    country_code: str = _field("ISO 3166-1 alpha-3.", default="ESP")


@strawberry.input(description="A DIR3 office of the receiver.")
class OfficeInput:
    """See ``domain.invoice.Office``."""

    role: OfficeRole = _field("What the office does with the invoice.")
    code: str = _field("Its DIR3 code, at most 10 letters and digits.")


@strawberry.input(description="Whom an invoice is addressed to.")
class ReceiverInput:
    """Of ``issueInvoice``."""

    tax_id: str = _field("Tax id of a party that is registered here or, with `email`, is invited.")
    name: str | None = _field(
        "Name on the document; the registered one unless given. Needed for a party that has not signed up here.",
        default=None,
    )
    email: str | None = _field(
        "Written into the document. Where the party is not registered here, the invoice stays SENT and the party is"
        " invited at this address; at most 60 characters.",
        default=None,
    )
    language: Language | None = _field("Of the invitation; your party's language unless given.", default=None)
    address: AddressInput | None = _field("Address on the document; the registered one unless given.", default=None)
    offices: list[OfficeInput] | None = _field("DIR3 offices, where the receiver is a public body.", default=None)


@strawberry.input(description="One line to bill. Amounts are computed here, half-up to two decimals.")
class InvoiceLineInput:
    """See ``domain.totals.LineOrder``."""

    description: str = _field("What is billed.")
    quantity: Decimal = _field("How many units.")
    unit_price: Decimal = _field("Price of one unit, before taxes; up to eight decimals.")
    discount_rate: Decimal | None = _field("Per cent, 0 to 100, off the line's cost.", default=None)
    tax_type: str = _field("IVA, IGIC, IPSI or another of the format's taxes.", default="IVA")
    tax_rate: Decimal = _field("Per cent.")
    withholding_rate: Decimal | None = _field("IRPF withheld by the payer, per cent.", default=None)
    unit: str | None = _field("UNIT, HOUR, KILOGRAM, LITRE, … or the format's own code.", default=None)


@strawberry.input(description="How the invoice is to be paid.")
class PaymentInput:
    """See ``domain.invoice.Payment``."""

    due_date: Date = _field("When it is due.")
    means: str = _field("TRANSFER, DIRECT_DEBIT, CASH, CARD, … or the format's own code.", default="TRANSFER")
    iban: str | None = _field("The account to pay into.", default=None)


@strawberry.input(description="What a corrective invoice corrects.")
class CorrectsInput:
    """See ``domain.invoice.Correction``."""

    number: str = _field("Number of the corrected invoice.")
    series: str | None = _field("Its series.", default=None)
    issue_date: Date | None = _field("Its issue date.", default=None)
    reason_code: str = _field("Facturae ReasonCode, 01 to 16 or 80 to 85.")
    method: str = _field("Facturae CorrectionMethod, 01 to 04.")


@strawberry.input(description="An invoice to compose, check and send.")
class IssueInvoiceInput:
    """Of ``issueInvoice``."""

    receiver: ReceiverInput = _field("Whom it is addressed to.")
    number: str = _field("Your number, at most 20 characters.")
    series: str | None = _field("Your series, at most 20 characters.", default=None)
    issue_date: Date = _field("Not after today in the legal time of Spain.")
    currency: str = _field("ISO 4217.", default="EUR")
    lines: list[InvoiceLineInput] = _field("At least one.")
    payment: PaymentInput | None = _field("Due date and means.", default=None)
    corrects: CorrectsInput | None = _field("Makes it a corrective invoice.", default=None)
    attachments: list[Upload] | None = _field(
        "At most 5 files: pdf, doc, docx, xls, xlsx, odt, ods, txt, xml, jpg, png.", default=None
    )
    notify_email: str | None = _field("Where state changes are mailed, instead of your party's address.", default=None)
    idempotency_key: str | None = _field(_KEY, default=None)


@strawberry.input(description="A person's credentials.")
class SignInInput:
    """Of ``signIn``."""

    email: str = _field("E-mail address; case does not count.")
    password: str = _field("Password.")


@strawberry.input(description="A session to go on with.")
class RefreshSessionInput:
    """Of ``refreshSession``."""

    refresh_token: str = _field("The refresh token that you got last; it is good once.")
