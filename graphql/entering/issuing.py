"""How an invoice composed of an input comes in over GraphQL: computed, checked, written and signed here."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

from ...documents.composing import check_composable, compose_facturae
from ...documents.facturae import codes
from ...documents.facturae.places import residence_of
from ...documents.media import check_attachments
from ...documents.reading import read_document
from ...documents.signatures.signing import sign_document
from ...documents.signatures.verifying import verify_signature
from ...models.certificates import signing_credentials_for
from ...models.domain.errors import DocumentRefused, Invalid, ReceiverUnknown, Required
from ...models.domain.findings import Finding, errors_among
from ...models.domain.invoice import (
    Address,
    Contact,
    Correction,
    DocumentFormat,
    DocumentParty,
    InvoiceClass,
    InvoiceContent,
    Office,
    Payment,
    SignatureStatus,
)
from ...models.domain.numbering import legal_date
from ...models.domain.signature import UNSIGNED, SignatureReport, findings_of
from ...models.domain.tax_ids import (
    has_wrong_check_character,
    is_valid_spanish,
    is_well_formed,
    looks_like_a_person,
    normalise,
)
from ...models.domain.totals import LineOrder, compute
from ...models.domain.transitions import PartyKind
from ...models.life.addressees import Invitee
from ...models.life.entry import check_sender
from ...models.life.keeping import EntryRequest
from ...models.people.parties import address_of, party_of
from ...models.tables import Party
from ..changing import mailbox_of, number_of, optional_name, series_of, text_of
from ..context import Context, Info
from ..documents.files import read_attachments
from .importing import hashes
from .inputs import AddressInput, CorrectsInput, InvoiceLineInput, IssueInvoiceInput, PaymentInput, ReceiverInput

MAX_LINES = 5000
MAX_RECEIVER_EMAIL = 60
"""Characters that ``ElectronicMail`` of a Facturae holds."""


def today() -> date:
    """The day in legal time."""
    return legal_date(datetime.now(UTC))


async def issue_request(info: Info, given: IssueInvoiceInput) -> EntryRequest:
    """The request to enter an invoice composed here; refusals say which part of the input is wrong."""
    context = info.context
    viewer = context.signed_in()
    check_sender(viewer)
    notify_email = mailbox_of(given.notify_email, "notifyEmail")
    attachments = await read_attachments(given.attachments)
    content = await _content(context, given)
    findings = (*_check_tax_ids(content), *check_composable(content), *check_attachments(attachments, 0))
    if errors_among(findings):
        raise DocumentRefused(findings, path=("input",))
    arguments = asdict(replace(given, attachments=None, idempotency_key=None)) | {"files": hashes(attachments)}
    document, signature, said = await _written(context, content)
    if errors_among(said):
        raise DocumentRefused((*findings, *said), path=("input",))
    await _check_demanded(context, content, signature)
    return EntryRequest(
        operation=info.field_name,
        arguments=arguments,
        content=replace(content, signed=signature.status is not SignatureStatus.ABSENT),
        document=document,
        attachments=attachments,
        findings=(*findings, *said),
        signature=signature,
        notify_email=notify_email,
        invitee=_invitee(context, given.receiver),
        idempotency_key=given.idempotency_key,
        receiver_path=("input", "receiver", "taxId"),
        number_path=("input", "number"),
    )


async def _written(context: Context, content: InvoiceContent) -> tuple[bytes, SignatureReport, tuple[Finding, ...]]:
    """The document, signed where there is a certificate for it, what its signature is worth here, and what every rule
    of the door says of it: nothing goes out from here that would be refused if it came in."""
    credentials = await signing_credentials_for(
        context.database, context.signed_in().party_id, context.secret, now=datetime.now(UTC)
    )

    def write() -> tuple[bytes, SignatureReport, tuple[Finding, ...]]:
        document = compose_facturae(content)
        said = read_document(document, today=today()).findings
        if credentials is None or errors_among(said):
            return document, UNSIGNED, said
        now = datetime.now(UTC)
        signed = sign_document(document, credentials, now=now)
        return signed, verify_signature(signed, context.anchors, now=now), said

    return await asyncio.to_thread(write)


async def _check_demanded(context: Context, content: InvoiceContent, signature: SignatureReport) -> None:
    """A receiver that demands a trusted signature demands it of what is written here as well."""
    receiver = await party_of(context.database, content.receiver.tax_id)
    if receiver is not None and receiver.signature_required:
        findings = findings_of(signature, required=True)
        if findings:
            raise DocumentRefused(findings, path=("input",))


def _check_tax_ids(content: InvoiceContent) -> list[Finding]:
    """Rule RCF05002, which is only a warning where a document is brought, is an error where one is written."""
    message = "The check character of the Spanish tax identification number is wrong."
    return [
        Finding(rule="RCF05002", message=message, location=f"/Facturae/Parties/{name}", found=party.tax_id)
        for name, party in (("SellerParty", content.issuer), ("BuyerParty", content.receiver))
        if party.residence == "R" and has_wrong_check_character(party.tax_id)
    ]


async def _content(context: Context, given: IssueInvoiceInput) -> InvoiceContent:
    viewer = context.signed_in()
    tax_id = normalise(text_of(given.receiver.tax_id, 30, "receiver", "taxId"))
    receiver = await _receiver(context, given.receiver, tax_id)
    issuer = await party_of(context.database, viewer.party_tax_id)
    assert issuer is not None
    if given.issue_date > today():
        raise Invalid("An invoice cannot be issued in the future.", path=("input", "issueDate"))
    computed = compute(_lines(given.lines))
    return InvoiceContent(
        format=DocumentFormat.FACTURAE_3_2_2,
        number=number_of(given.number, "number", limit=20),
        series=series_of(given.series, 20, "series"),
        issue_date=given.issue_date,
        issuer=_party(issuer),
        receiver=receiver,
        offices=tuple(
            Office(
                role=office.role,
                code=number_of(office.code, "receiver", "offices", str(place), "code", limit=10).upper(),
            )
            for place, office in enumerate(given.receiver.offices or ())
        ),
        currency=text_of(given.currency, 3, "currency").upper(),
        totals=computed.totals,
        taxes=computed.taxes,
        lines=computed.lines,
        payments=() if given.payment is None else (_payment(given.payment, computed.totals.payable),),
        invoice_class=InvoiceClass.ORIGINAL if given.corrects is None else InvoiceClass.CORRECTIVE,
        corrects=None if given.corrects is None else _correction(given.corrects),
    )


async def _receiver(context: Context, given: ReceiverInput, tax_id: str) -> DocumentParty:
    """Whom the document is addressed to: as registered here or, where it is not and can be invited, as given."""
    party = await party_of(context.database, tax_id)
    email = _receiver_mailbox(given)
    here = party is not None and party.registered
    home = None if here else await context.directory.home_of(tax_id)
    if not here and home is None and email is None:
        raise ReceiverUnknown(f"The receiver {tax_id} is not registered here.", path=("input", "receiver", "taxId"))
    name = optional_name(given.name, 80, "receiver", "name")
    address = None if given.address is None else _address(given.address)
    # What another issuer calls a party that has not signed up is that issuer's: whoever writes to it names it.
    if party is None or not party.registered:
        name = name or (None if home is None or home.name is None else home.name[:80])
        if name is None:
            raise Required("A receiver that is not registered here needs a name.", path=("input", "receiver", "name"))
        if not is_well_formed(tax_id):
            raise Invalid("A tax id has 3 to 30 letters and digits.", path=("input", "receiver", "taxId"))
        kind = PartyKind.COMPANY if home is None or home.kind is None else home.kind
        party = Party(tax_id=tax_id, name=name, kind=kind.value)
    contact = None if email is None else Contact(email=email)
    return replace(_party(party, name, address), contact=contact)


def _receiver_mailbox(given: ReceiverInput) -> str | None:
    email = mailbox_of(given.email, "receiver", "email")
    if email is not None and len(email) > MAX_RECEIVER_EMAIL:
        raise Invalid(f"At most {MAX_RECEIVER_EMAIL} characters.", path=("input", "receiver", "email"))
    return email


def _invitee(context: Context, given: ReceiverInput) -> Invitee | None:
    email = _receiver_mailbox(given)
    return None if email is None else Invitee(email=email, language=given.language, secret=context.secret)


def _party(party: Party, name: str | None = None, address: Address | None = None) -> DocumentParty:
    address = address or address_of(party)
    abroad = address is not None and address.country_code != "ESP"
    foreign = abroad and not is_valid_spanish(party.tax_id)
    person = party.kind == PartyKind.PERSON or (not foreign and looks_like_a_person(party.tax_id))
    return DocumentParty(
        tax_id=party.tax_id,
        name=name or party.name,
        person=person,
        residence=residence_of(address.country_code) if foreign and address is not None else "R",
        address=address,
    )


def _address(given: AddressInput) -> Address:
    part = ("receiver", "address")
    return Address(
        street=text_of(given.street, 80, *part, "street"),
        post_code=text_of(given.post_code, 20, *part, "postCode"),
        town=text_of(given.town, 50, *part, "town"),
        province=text_of(given.province, 30, *part, "province"),
        country_code=text_of(given.country_code, 3, *part, "countryCode").upper(),
    )


def _lines(given: list[InvoiceLineInput]) -> tuple[LineOrder, ...]:
    if not given:
        raise Required("An invoice has at least one line.", path=("input", "lines"))
    if len(given) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines.", path=("input", "lines"))
    return tuple(_line(line, "lines", str(place)) for place, line in enumerate(given))


def _line(line: InvoiceLineInput, *path: str) -> LineOrder:
    for name, rate in (
        ("discountRate", line.discount_rate),
        ("taxRate", line.tax_rate),
        ("withholdingRate", line.withholding_rate),
    ):
        if rate is not None and not 0 <= rate <= 100:
            raise Invalid("A rate is from 0 to 100 per cent.", path=("input", *path, name))
    return LineOrder(
        description=text_of(line.description, 2500, *path, "description"),
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_rate=line.discount_rate,
        tax_type=_key(codes.TAX_TYPES, line.tax_type, *path, "taxType"),
        tax_rate=line.tax_rate,
        withholding_rate=line.withholding_rate,
        unit=None if line.unit is None else _key(codes.UNITS, line.unit, *path, "unit"),
    )


def _payment(given: PaymentInput, amount: Any) -> Payment:
    iban = series_of(given.iban, 42, "payment", "iban")
    return Payment(
        due_date=given.due_date,
        amount=amount,
        means=_key(codes.PAYMENT_MEANS, given.means, "payment", "means"),
        iban=None if iban is None else "".join(iban.split()).upper(),
    )


def _correction(given: CorrectsInput) -> Correction:
    reason = codes.CORRECTION_REASONS.get(given.reason_code)
    if reason is None:
        raise Invalid("Reason codes are 01 to 16 and 80 to 85.", path=("input", "corrects", "reasonCode"))
    if given.method not in codes.CORRECTION_METHODS:
        raise Invalid("Correction methods are 01 to 04.", path=("input", "corrects", "method"))
    return Correction(
        number=number_of(given.number, "corrects", "number", limit=20),
        series=series_of(given.series, 20, "corrects", "series"),
        issue_date=given.issue_date,
        reason_code=given.reason_code,
        reason=reason,
        method=given.method,
    )


def _key(table: Any, text: str, *path: str) -> str:
    """Our key of a code list, given as key or as the format's code."""
    key = text.strip().upper()
    key = table.get(key, key)
    if key not in table.values():
        known = ", ".join(sorted(table.values()))
        raise Invalid(f"Unknown; one of {known}.", path=("input", *path))
    return key  # type: ignore[no-any-return]
