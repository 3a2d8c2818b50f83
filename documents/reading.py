"""From the bytes of a document to what it says, whatever the format: ``read_document``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from lxml import etree

from ..models.domain.findings import Finding, errors_among
from ..models.domain.invoice import InvoiceContent
from .facturae.codes import VERSIONS
from .facturae.reading import read_facturae
from .nodes import Node, Report, ReportFullError
from .ubl.checking import check_ubl
from .ubl.codes import CREDIT_NOTE, INVOICE
from .xml import Element, open_document

Reader = Callable[[Node, str, date | None], InvoiceContent | None]
"""Root node, namespace, today: what the document says. Problems go to the node's report."""

_READERS: Final[Mapping[tuple[str, str], Reader]] = {(namespace, "Facturae"): read_facturae for namespace in VERSIONS}
"""By namespace and name of the root element."""

_UBL: Final = frozenset({f"{{{INVOICE}}}Invoice", f"{{{CREDIT_NOTE}}}CreditNote"})

_SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"

_ACCEPTED: Final = "Facturae 3.2, 3.2.1 or 3.2.2; UBL 2.1 Invoice or CreditNote"


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a document says, and everything that is wrong with it. ``content`` is None iff a finding is an error."""

    content: InvoiceContent | None
    findings: tuple[Finding, ...]


def read_document(data: bytes, *, today: date | None = None) -> ReadResult:
    """Read an invoice. Never raises for what ``data`` holds: all its problems come back as findings.

    With ``today``, an issue date after it is an error (rule RCF07001). Takes time linear in the document's size;
    a big file belongs in a thread.
    """
    opened = open_document(data)
    if opened.root is None:
        return ReadResult(None, opened.findings)
    result = _read_root(opened.root, today)
    return replace(result, findings=(*opened.findings, *result.findings)) if opened.findings else result


def _read_root(element: Element, today: date | None) -> ReadResult:
    if element.tag in _UBL:
        return _read_ubl(element, today)
    name = etree.QName(element)
    reader = _READERS.get((name.namespace or "", name.localname))
    if reader is None:
        return ReadResult(None, (_unknown(element, name.namespace or "", name.localname),))
    root = Node(element, name.localname, report=Report(), namespace=name.namespace)
    result = _read(reader, root, name.namespace, today)
    if result.content is None or element.find(_SIGNATURE) is None:
        return result
    return replace(result, content=replace(result.content, signed=True))


def _read_ubl(element: Element, today: date | None) -> ReadResult:
    report = Report()
    try:
        content = check_ubl(element, report, today)
    except ReportFullError:
        content = None
    return ReadResult(None if errors_among(report.findings) else content, report.findings)


def read_content(data: bytes) -> InvoiceContent:
    """What a document says, whatever is wrong with it by today's rules; for one that was taken once.

    ``ValueError`` where it is not a document of a known format.
    """
    raise NotImplementedError


def _read(reader: Reader, root: Node, namespace: str, today: date | None) -> ReadResult:
    try:
        content = reader(root, namespace, today)
    except ReportFullError:
        content = None
    findings = root.report.findings
    return ReadResult(None if errors_among(findings) else content, findings)


def _unknown(root: Element, namespace: str, name: str) -> Finding:
    if name == "Facturae":
        version = (root.findtext("FileHeader/SchemaVersion") or "").strip()
        message = "This version of Facturae is not accepted."
        found = f"Facturae {version[:20]}" if version else namespace[:200]
    else:
        message = "The document is of an unknown format."
        found = f"{{{namespace}}}{name}"[:200]
    line = int(root.sourceline)
    return Finding(rule="HF08", message=message, location=f"/{name}"[:200], line=line, expected=_ACCEPTED, found=found)
