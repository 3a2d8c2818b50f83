"""What a UBL document refers to: orders, contracts, earlier invoices, supporting documents, and the files in it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from ...models.domain.findings import Severity
from ...models.domain.invoice import AttachedFile, Reference, ReferenceKind, SupportingDocument
from ..media import MEDIA_TYPES, RULE, UNKNOWN_MEDIA_TYPE, check_attachment, extension_of
from .codes import INVOICED_OBJECT, PROJECT
from .nodes import Part

_DOCUMENTS: Final[Mapping[str, ReferenceKind]] = {
    "ContractDocumentReference": ReferenceKind.RECEIVER_CONTRACT,
    "DespatchDocumentReference": ReferenceKind.DELIVERY_NOTE,
    "ReceiptDocumentReference": ReferenceKind.RECEIVING_ADVICE,
    "OriginatorDocumentReference": ReferenceKind.TENDER,
    "ProjectReference": ReferenceKind.PROJECT,
}

_OURS: Final[Mapping[str, ReferenceKind]] = {kind.value: kind for kind in ReferenceKind}
"""The words by which ``writing_references`` says what a reference is that EN 16931 has no place for."""

_EXTENSIONS: Final[Mapping[str, str]] = {
    **{type_: extension for extension, type_ in reversed(list(MEDIA_TYPES.items()))},
    "text/csv": "csv",
    "text/xml": "xml",
}
"""The extension that a file without one gets, by the media type that the document gives."""

_ALSO: Final = frozenset({"csv"})
"""What EN 16931 takes inside a document besides."""

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME: Final = 200


class Preceding(NamedTuple):
    """An earlier invoice that the document names (BG-3)."""

    number: str
    day: date | None
    place: Part


def read_preceding(root: Part) -> list[Preceding]:
    """The earlier invoices, in the document's order."""
    documents = (
        reference.child(name)
        for reference in root.children("BillingReference")
        for name in ("InvoiceDocumentReference", "CreditNoteDocumentReference", "SelfBilledInvoiceDocumentReference")
    )
    return [
        Preceding(document.text("ID"), document.optional_day("IssueDate"), document)
        for document in documents
        if document.text("ID")
    ]


def read_references(root: Part) -> Iterator[Reference]:
    """The references of the whole document but those to earlier invoices (BT-10 to BT-19)."""
    yield from _texts(root, "BuyerReference", ReferenceKind.BUYER_REFERENCE)
    yield from _texts(root, "AccountingCost", ReferenceKind.BUYER_ACCOUNTING)
    order = root.child("OrderReference")
    for name, kind in (("ID", ReferenceKind.RECEIVER_ORDER), ("SalesOrderID", ReferenceKind.ISSUER_ORDER)):
        day = order.optional_day("IssueDate") if name == "ID" else None
        yield from _reference(kind, order.text(name), day)
    for name, kind in _DOCUMENTS.items():
        for document in root.children(name):
            yield from _reference(kind, document.text("ID"), document.optional_day("IssueDate"))
    for document in root.children("AdditionalDocumentReference"):
        additional = _kind_of(document)
        if additional is not None:
            day = document.optional_day("IssueDate")
            yield from _reference(additional, document.text("ID"), day, document.attribute("schemeID", "ID"))


def read_supporting_documents(root: Part) -> tuple[SupportingDocument, ...]:
    """The documents that it names without carrying them (BG-24)."""
    return tuple(
        SupportingDocument(
            reference=document.text("ID"),
            description=_description(document),
            url=document.child("Attachment").text_in("ExternalReference", "URI") or None,
        )
        for document in root.children("AdditionalDocumentReference")
        if _kind_of(document) is None
        and (_embedded(document) is None or document.child("Attachment").has("ExternalReference"))
    )


def read_attachments(root: Part) -> tuple[AttachedFile, ...]:
    """The files inside the document (BT-125). One that cannot be opened is left out, with a warning."""
    files: list[AttachedFile] = []
    for position, document in enumerate(root.children("AdditionalDocumentReference"), start=1):
        node = _embedded(document)
        if node is None:
            continue
        try:
            content = _decoded(node.value)
        except ValueError as error:
            message = f"The attachment cannot be opened and is left out: {error}."
            node.complain(RULE, message, severity=Severity.WARNING, found=node.attribute("filename"))
            continue
        file = _file(document, node, position, content)
        files.append(file)
        for finding in check_attachment(file.name, content, also=_ALSO):
            node.complain(
                RULE, finding.message, severity=Severity.WARNING, expected=finding.expected, found=finding.found
            )
    return tuple(files)


def _texts(root: Part, name: str, kind: ReferenceKind) -> Iterator[Reference]:
    for text in root.texts(name):
        yield Reference(kind=kind, value=text)


def _reference(kind: ReferenceKind, value: str, day: date | None, scheme: str | None = None) -> Iterator[Reference]:
    if value:
        yield Reference(kind=kind, value=value, day=day, scheme=scheme)


def _kind_of(document: Part) -> ReferenceKind | None:
    """What an additional document stands for by its type code, where it is not a supporting document."""
    code = document.text("DocumentTypeCode")
    if code == INVOICED_OBJECT:
        return ReferenceKind.INVOICED_OBJECT
    # An invoice has ProjectReference for it.
    return ReferenceKind.PROJECT if code == PROJECT else _OURS.get(document.text("DocumentType"))


def _description(document: Part) -> str | None:
    return " ".join(document.texts("DocumentDescription")) or document.text("DocumentType") or None


def _embedded(document: Part) -> Part | None:
    node = document.child("Attachment").child("EmbeddedDocumentBinaryObject")
    return node if node.exists else None


def _decoded(text: str) -> bytes:
    # Never larger than its document, which has its limit.
    if not text:
        raise ValueError("it is empty")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("its data are not BASE64") from None


def _file(document: Part, node: Part, position: int, content: bytes) -> AttachedFile:
    reference = document.text("ID")
    said = (node.attribute("mimeCode") or "").lower()
    name = _name(node.attribute("filename") or reference or f"annex-{position}", _EXTENSIONS.get(said, ""))
    media_type = said if _MEDIA_TYPE.fullmatch(said) else MEDIA_TYPES.get(extension_of(name), UNKNOWN_MEDIA_TYPE)
    return AttachedFile(
        name=name,
        media_type=media_type,
        content=content,
        description=_description(document),
        reference=reference or None,
    )


def _name(stem: str, extension: str) -> str:
    """A name that every file system takes: no separators, not long, and with an extension where one is known."""
    name = _UNSAFE.sub("_", stem).strip(" .") or "annex"
    ending = extension_of(name)
    if not ending and extension:
        return f"{name[:_LONGEST_NAME]}.{extension}"
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 20]}.{ending[:18]}"
