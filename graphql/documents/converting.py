"""An invoice's document in another format, made on demand: what GraphQL says about it before it is downloaded."""

from __future__ import annotations

import hashlib
from typing import Final

from graphql import GraphQLError

from ...models.domain.errors import DocumentRefused
from ...models.domain.faults import FaultCode
from ...models.domain.findings import errors_among
from ...models.domain.invoice import DocumentFormat, SignatureStatus
from ...models.domain.signature import SignatureReport
from ...models.domain.states import Language
from ...models.rows import DocumentRow, InvoiceRow
from ..context import Info
from .renderings import render_document

MAX_CONVERSIONS: Final = 5
"""For one operation. A conversion reads and writes the whole document; many are downloads, not a query."""

MAX_LISTED: Final = 5
"""Findings in the message of an error; its extensions have all of them."""

_UNSIGNED: Final = SignatureReport(
    status=SignatureStatus.ABSENT, detail="Made here on demand; the signature, if any, is on the document as it came."
)


async def converted(info: Info, invoice: InvoiceRow, format_: DocumentFormat, language: Language | None) -> DocumentRow:
    """What is known of the document in that format; BAD_USER_INPUT where it cannot be made."""
    context = info.context
    context.conversions += 1
    if context.conversions > MAX_CONVERSIONS:
        message = f"At most {MAX_CONVERSIONS} documents are converted an operation; download the others by their url."
        raise GraphQLError(message, extensions={"code": FaultCode.TOO_COMPLEX.value})
    try:
        rendered = await render_document(context.database, context.signed_in(), invoice.key, format_, language)
    except DocumentRefused as refusal:
        raise _impossible(format_, refusal) from refusal
    if rendered is None:
        message = "This document cannot be given in that format: ask for FACTURAE_3_2_2, UBL_2_1 or PDF."
        raise GraphQLError(message, extensions={"code": FaultCode.BAD_USER_INPUT.value})
    row = DocumentRow()
    row.invoice_key = invoice.key
    row.format = rendered.format.value
    row.size = len(rendered.file.content)
    row.sha256 = hashlib.sha256(rendered.file.content).hexdigest()
    row.signature = _UNSIGNED
    row.findings = rendered.findings
    row.query = f"format={format_.value}"
    if language is not None and format_ is DocumentFormat.PDF:
        row.query += f"&{language_query(language)}"
    return row


def _impossible(format_: DocumentFormat, refusal: DocumentRefused) -> GraphQLError:
    errors = errors_among(refusal.findings)
    listed = " ".join(finding.message for finding in errors[:MAX_LISTED])
    findings = [{"rule": one.rule, "location": one.location, "message": one.message} for one in errors]
    message = f"This invoice cannot be given as {format_.value}: {listed}"
    return GraphQLError(message, extensions={"code": FaultCode.BAD_USER_INPUT.value, "findings": findings})


def language_query(language: Language | None) -> str:
    """The part of an address that asks for a language; empty for the reader's own."""
    return "" if language is None else f"language={language.value}"
