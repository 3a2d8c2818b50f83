"""How a file comes in over GraphQL: read, checked by every rule, and kept byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from ...documents.door import check_document
from ...documents.drafts import Draft
from ...documents.facturae.rules import check_offices
from ...documents.media import check_attachments
from ...documents.places import place_of
from ...models.domain.corrections import COPIES
from ...models.domain.errors import DocumentRefused, ReceiverUnknown
from ...models.domain.findings import Finding, Severity, errors_among
from ...models.domain.invoice import AttachedFile, InvoiceContent
from ...models.domain.mailboxes import mailbox_among
from ...models.domain.numbering import NUMBER_LENGTH
from ...models.domain.signature import SignatureReport
from ...models.life.addressees import Invitee
from ...models.life.doubles import find_duplicate_of, has_original_of
from ...models.life.entry import check_sender
from ...models.life.keeping import EntryRequest
from ...models.people.parties import offices_of, party_of
from ...models.tables import Party
from ..changing import mailbox_of
from ..context import Context, Info
from ..documents.files import read_attachments, read_upload
from .inputs import ImportInvoiceInput

# Refusals with a type of their own, where the document has no other error.
_OWN_TYPES: Final = {"TR0003", "RCF03002"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedImport:
    """A file and everything found out about it. ``content`` is None where it cannot be read."""

    document: bytes
    attachments: tuple[AttachedFile, ...]
    content: InvoiceContent | None
    findings: tuple[Finding, ...]
    signature: SignatureReport


async def checked_import(context: Context, given: ImportInvoiceInput) -> CheckedImport:
    """Document, content, attachments and every finding, those that need the database included."""
    _, document = await read_upload(given.file, "file")
    attachments = await read_attachments(given.attachments)
    checked = await asyncio.to_thread(check_document, document, anchors=context.anchors, now=datetime.now(UTC))
    findings = [*checked.findings, *check_attachments(attachments, len(document))]
    required = False
    if checked.draft is not None:
        receiver = await party_of(context.database, checked.draft.content.receiver.tax_id)
        required = receiver is not None and receiver.signature_required
        mailbox = receiver_mailbox(given, checked.draft.content)
        findings += await _findings_here(context, checked.draft, receiver, mailbox)
    if checked.content is not None:
        findings += _long_numbers(checked.content)
    findings += checked.signature_findings(required=required)
    return CheckedImport(
        document=document,
        attachments=attachments,
        content=checked.content,
        findings=tuple(findings),
        signature=checked.signature,
    )


def receiver_mailbox(given: ImportInvoiceInput, content: InvoiceContent) -> str | None:
    """Where a receiver that is not here yet can be invited: as the input says, else as the document does."""
    contact = content.receiver.contact
    told = mailbox_of(given.receiver_email, "receiverEmail")
    return told or mailbox_among(None if contact is None else contact.email)


async def _findings_here(context: Context, draft: Draft, receiver: Party | None, mailbox: str | None) -> list[Finding]:
    """What the rules say that look beyond the document, each where the document surely says what it goes by."""
    sender, content = context.signed_in().party_tax_id, draft.content
    own = content.issuer.tax_id == sender
    found: list[Finding] = []
    if draft.says("issuer") and not own:
        message = "The issuer in the document is not the party that sends it."
        found.append(_finding("TR0004", message, content, "issuer", expected=sender, found=content.issuer.tax_id))
    if draft.says("receiver"):
        found += await _receiver_findings(context, content, receiver, mailbox)
    # Whose invoices are here is nobody else's business.
    if own and draft.says("issuer", "number", "class") and not _long_numbers(content):
        found += await _doubles(context, content)
    return found


async def _receiver_findings(
    context: Context, content: InvoiceContent, receiver: Party | None, mailbox: str | None
) -> Iterable[Finding]:
    if receiver is not None and receiver.registered:
        return check_offices(content, offices_of(receiver))
    if await context.directory.home_of(content.receiver.tax_id) is not None:
        return []  # It lives on another platform, which the invoice goes to.
    message, severity = "The receiver is not registered here.", Severity.ERROR
    if mailbox is not None:
        message, severity = f"The receiver is not registered here: it is invited at {mailbox}.", Severity.WARNING
    finding = _finding("TR0003", message, content, "receiver", found=content.receiver.tax_id)
    return [replace(finding, severity=severity)]


async def findings_of_delivery(context: Context, content: InvoiceContent, receiver: Party) -> list[Finding]:
    """What the database knows to be wrong with a document that another platform delivers to a receiver here."""
    found = [*check_offices(content, offices_of(receiver)), *_long_numbers(content)]
    return found or await _doubles(context, content)


def _long_numbers(content: InvoiceContent) -> list[Finding]:
    return [
        _finding(
            "HF08",
            f"The {part} is too long to be kept.",
            content,
            part,
            expected=f"at most {NUMBER_LENGTH} characters",
            found=f"{len(text)} characters",
        )
        for part, text in (("number", content.number), ("series", content.series or ""))
        if len(text) > NUMBER_LENGTH
    ]


async def _doubles(context: Context, content: InvoiceContent) -> list[Finding]:
    if content.invoice_class in COPIES and not await has_original_of(context.database, content):
        message = "This is a copy of an invoice that is not here: same issuer, number, series and issue date."
        return [_finding("RCF04003", message, content, "class", found=content.number)]
    if await find_duplicate_of(context.database, content) is not None:
        message = "This invoice is here already: same issuer, number, series and issue date."
        return [_finding("RCF03002", message, content, "number", found=content.number)]
    return []


def _finding(
    rule: str, message: str, content: InvoiceContent, part: str, *, expected: str | None = None, found: str | None
) -> Finding:
    return Finding(rule=rule, message=message, location=place_of(content.format, part), expected=expected, found=found)


async def import_request(info: Info, given: ImportInvoiceInput) -> EntryRequest:
    """The request to enter a file; :class:`DocumentRefused` with all findings where one is an error."""
    context = info.context
    check_sender(context.signed_in())
    notify_email = mailbox_of(given.notify_email, "notifyEmail")
    checked = await checked_import(context, given)
    content = checked.content
    errors = errors_among(checked.findings)
    if content is None or not {finding.rule for finding in errors} <= _OWN_TYPES:
        raise DocumentRefused(checked.findings)
    if len(errors) > 1:
        raise DocumentRefused(checked.findings)
    if any(finding.rule == "TR0003" for finding in errors):
        raise ReceiverUnknown(f"The receiver {content.receiver.tax_id} is not registered here.", path=("input", "file"))
    mailbox = receiver_mailbox(given, content)
    return EntryRequest(
        operation=info.field_name,
        arguments={
            "file": hashlib.sha256(checked.document).hexdigest(),
            "attachments": hashes(checked.attachments),
            "notifyEmail": notify_email,
            "receiverEmail": given.receiver_email,
            "invitationLanguage": given.invitation_language,
        },
        content=content,
        document=checked.document,
        attachments=checked.attachments,
        findings=checked.findings,
        signature=checked.signature,
        notify_email=notify_email,
        invitee=None
        if mailbox is None
        else Invitee(email=mailbox, language=given.invitation_language, secret=context.secret),
        idempotency_key=given.idempotency_key,
    )


def hashes(files: tuple[AttachedFile, ...]) -> list[list[str]]:
    """Files as an idempotency key remembers them: name and SHA-256."""
    return [[file.name, hashlib.sha256(file.content).hexdigest()] for file in files]
