"""An invoice that another platform delivers: checked as any that comes in here, and against what was said of it."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime

from ...documents.door import check_document
from ...documents.media import check_attachments
from ...documents.places import place_of
from ...models.domain.errors import DocumentRefused, Invalid, ReceiverUnknown
from ...models.domain.exchange import Announcement, Receipt
from ...models.domain.findings import Finding, errors_among
from ...models.domain.invoice import AttachedFile, InvoiceContent
from ...models.domain.tax_ids import normalise
from ...models.identifiers import global_id
from ...models.life.keeping import EntryRequest
from ...models.life.platform_entry import TakenOver, earlier_delivery, take_over
from ...models.people.parties import party_of
from ...models.platforms.keys import ensure_key, signing_key
from ...models.platforms.tokens import sign_receipt
from ...models.tables import Party
from ..changing import optional_text, text_of
from ..context import Context
from ..documents.files import read_attachments, read_upload
from ..entering.importing import findings_of_delivery
from .types import PlatformDeliverInvoiceInput

MAX_REMOTE_ID = 255


async def receive(context: Context, given: PlatformDeliverInvoiceInput) -> TakenOver:
    """Take an invoice over; what came before is answered as it was then, whatever the rules say of it now."""
    platform = context.platform().platform
    said = _announcement(given)
    _, document = await read_upload(given.file, "file")
    attachments = await read_attachments(given.attachments)
    earlier = await earlier_delivery(context.database, platform, said)
    if earlier is not None:
        return earlier
    receiver = await party_of(context.database, said.receiver_tax_id)
    if receiver is None or not receiver.registered:
        message = f"The receiver {said.receiver_tax_id} is not registered here."
        raise ReceiverUnknown(message, path=("input", "receiverTaxId"))
    request = await _checked(context, said, document, attachments, receiver)
    await ensure_key(context.database, context.secret)
    key = await signing_key(context.database, context.secret)

    def sign(invoice_id: str, received_at: datetime) -> Receipt:
        return sign_receipt(
            key,
            issuer=context.public_url,
            audience=platform.address,
            remote_id=global_id("Invoice", invoice_id),
            sha256=said.sha256,
            received_at=received_at,
        )

    return await take_over(context.database, platform, said, request, sign)


def _announcement(given: PlatformDeliverInvoiceInput) -> Announcement:
    invoice_id = str(given.invoice_id)
    if not 1 <= len(invoice_id) <= MAX_REMOTE_ID or not invoice_id.isprintable():
        raise Invalid(f"An id has 1 to {MAX_REMOTE_ID} characters.", path=("input", "invoiceId"))
    return Announcement(
        invoice_id=invoice_id,
        sha256=text_of(given.sha256, 64, "sha256").lower(),
        issuer_tax_id=normalise(text_of(given.issuer_tax_id, 32, "issuerTaxId")),
        receiver_tax_id=normalise(text_of(given.receiver_tax_id, 32, "receiverTaxId")),
        number=text_of(given.number, 200, "number"),
        series=optional_text(given.series, 200, "series"),
        issue_date=given.issue_date,
        sent_at=given.sent_at,
    )


async def _checked(
    context: Context, said: Announcement, document: bytes, attachments: tuple[AttachedFile, ...], receiver: Party
) -> EntryRequest:
    checked = await asyncio.to_thread(check_document, document, anchors=context.anchors, now=datetime.now(UTC))
    findings = [*checked.findings, *check_attachments(attachments, len(document))]
    sha256 = hashlib.sha256(document).hexdigest()
    if sha256 != said.sha256:
        findings.append(_differs("/", "document", said.sha256, sha256))
    if checked.content is not None:
        findings += _differences(said, checked.content)
        findings += await findings_of_delivery(context, checked.content, receiver)
    findings += checked.signature_findings(required=receiver.signature_required)
    kept = tuple(findings)
    # A double is refused with a type of its own, once it is sure that this is not the same delivery again.
    if checked.content is None or {finding.rule for finding in errors_among(kept)} - {"RCF03002"}:
        raise DocumentRefused(kept)
    return EntryRequest(
        operation="platformDeliverInvoice",
        arguments={},
        content=checked.content,
        document=document,
        attachments=attachments,
        findings=kept,
        signature=checked.signature,
    )


def _differences(said: Announcement, content: InvoiceContent) -> list[Finding]:
    """Rule TR0005: what the document says otherwise than its platform."""
    pairs = (
        ("issuer", "issuer", said.issuer_tax_id, content.issuer.tax_id),
        ("receiver", "receiver", said.receiver_tax_id, content.receiver.tax_id),
        ("number", "number", said.number, content.number.strip()),
        ("series", "series", said.series or "", (content.series or "").strip()),
        ("date", "issue_date", said.issue_date.isoformat(), content.issue_date.isoformat()),
    )
    return [
        _differs(place_of(content.format, part), name, expected, found)
        for part, name, expected, found in pairs
        if expected != found
    ]


def _differs(location: str, what: str, expected: str, found: str) -> Finding:
    message = f"The {what.replace('_', ' ')} is not what the platform announced."
    return Finding(rule="TR0005", message=message, location=location, expected=expected or None, found=found or None)
