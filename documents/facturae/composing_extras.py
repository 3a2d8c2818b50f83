"""What goes with an invoice in Facturae 3.2.2: legal texts, files, further information, and extensions kept opaque."""

from __future__ import annotations

import base64

from lxml import etree

from ...models.domain.invoice import AttachedFile, InvoiceContent, ReferenceKind
from ..media import extension_of
from ..xml import Element
from .attachments import SAME_FORMAT
from .composing_values import add, add_optional, add_text


def add_extras(invoice: Element, content: InvoiceContent) -> None:
    """``LegalLiterals`` and ``AdditionalData``, where there is something to say in them; extensions come later."""
    details = content.details
    if details.legal_literals:
        block = add(invoice, "LegalLiterals")
        for literal in details.legal_literals:
            add_text(block, "LegalReference", literal)
    related = next((found.value for found in details.references if found.kind is ReferenceKind.RELATED_INVOICE), None)
    if not (related or content.attachments or details.information):
        return
    data = add(invoice, "AdditionalData")
    add_optional(data, "RelatedInvoice", related)
    if content.attachments:
        documents = add(data, "RelatedDocuments")
        for file in content.attachments:
            _add_attachment(add(documents, "Attachment"), file)
    add_optional(data, "InvoiceAdditionalInformation", details.information)


def add_extensions(parent: Element, extensions: tuple[str, ...]) -> None:
    """``Extensions``, with what each text holds as the element that it is."""
    if extensions:
        block = add(parent, "Extensions")
        for extension in extensions:
            block.append(parsed_extension(extension))


def parsed_extension(extension: str) -> Element:
    """The element of an extension; ``ValueError`` where the text is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        element = etree.fromstring(extension.encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise ValueError("it is not well-formed XML") from error
    if element is None or element.getroottree().docinfo.doctype:
        raise ValueError("it has a document type declaration")
    return element


def _add_attachment(element: Element, file: AttachedFile) -> None:
    extension = extension_of(file.name)
    add_text(element, "AttachmentCompressionAlgorithm", "NONE")
    add_text(element, "AttachmentFormat", SAME_FORMAT.get(extension, extension))
    add_text(element, "AttachmentEncoding", "BASE64")
    add_text(element, "AttachmentDescription", file.description or file.name)
    add_text(element, "AttachmentData", base64.b64encode(file.content).decode())
