"""From the bytes of a document to what it says, whatever the format: ``read_document`` and ``read_content``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from lxml import etree

from ..models.domain.findings import Finding, errors_among
from ..models.domain.invoice import InvoiceContent
from .drafts import Draft
from .facturae.checking import check_facturae, read_facturae
from .facturae.codes import VERSIONS
from .locating import with_sure_lines
from .report import Report, ReportFullError
from .ubl.checking import check_ubl
from .ubl.codes import CREDIT_NOTE, INVOICE
from .ubl.reading import read_ubl
from .xml import Element, open_document


@dataclass(frozen=True, slots=True)
class Format:
    """How the documents of one root element are read."""

    check: Callable[[Element, Report, date | None], Draft | None]
    """Root, report, today: what the document says, and all its problems in the report."""
    read: Callable[[Element], InvoiceContent | None]
    """What the document says, whatever is wrong with it; None where it says nothing at all."""


_FACTURAE: Final = Format(check_facturae, read_facturae)
_UBL: Final = Format(check_ubl, read_ubl)

_FORMATS: Final[Mapping[tuple[str, str], Format]] = {
    **{(namespace, "Facturae"): _FACTURAE for namespace in VERSIONS},
    (INVOICE, "Invoice"): _UBL,
    (CREDIT_NOTE, "CreditNote"): _UBL,
}
"""By namespace and name of the root element."""

_SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"

_ACCEPTED: Final = "Facturae 3.2, 3.2.1 or 3.2.2; UBL 2.1 Invoice or CreditNote"


_AT_ONCE: Final = 500
"""Elements below the root: invoice lines, of a big document."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a document says, and everything that is wrong with it. ``content`` is None iff a finding is an error."""

    content: InvoiceContent | None
    findings: tuple[Finding, ...]
    draft: Draft | None = None
    """What could be read of it in any case; None where it is no invoice, or says nothing."""


def read_document(data: bytes, *, today: date | None = None) -> ReadResult:
    """Read an invoice. Never raises for what ``data`` holds: all its problems come back as findings, in its order.

    With ``today``, an issue date after it is an error (rule RCF07001). Takes time linear in the document's size;
    a big file belongs in a thread.
    """
    opened = open_document(data)
    if opened.root is None:
        return ReadResult(None, opened.findings)
    format_ = _format_of(opened.root)
    if format_ is None:
        return ReadResult(None, (*opened.findings, _unknown(opened.root)))
    report = Report()
    draft = _checked(format_, opened.root, report, today)
    findings = with_sure_lines(report.findings, opened.root, opened.text)
    _let_go(opened.root)
    findings = (*opened.findings, *sorted(findings, key=_line_of))
    content = None if draft is None or errors_among(findings) else draft.content
    return ReadResult(content, findings, draft)


def read_content(data: bytes) -> InvoiceContent:
    """What a document says, whatever is wrong with it by today's rules; for one that was taken once.

    ``ValueError`` where it is not a document of a known format.
    """
    opened = open_document(data)
    if opened.root is None:
        raise ValueError(opened.findings[0].message)
    format_ = _format_of(opened.root)
    content = None if format_ is None else format_.read(opened.root)
    if content is None:
        raise ValueError("not a document of a known format, or one without an invoice")
    return _with_signature(content, opened.root)


def _let_go(root: Element) -> None:
    """Free a big tree a piece at a time: all at once, every other thread would wait, the event loop's too."""
    while len(root) > _AT_ONCE:
        del root[-_AT_ONCE:]


def _line_of(finding: Finding) -> int:
    """Where a finding belongs among the others; those of the document as a whole come last."""
    return sys.maxsize if finding.line is None else finding.line


def _format_of(root: Element) -> Format | None:
    name = etree.QName(root)
    return _FORMATS.get((name.namespace or "", name.localname))


def _checked(format_: Format, root: Element, report: Report, today: date | None) -> Draft | None:
    try:
        draft = format_.check(root, report, today)
    except ReportFullError:
        return None
    return draft if draft is None or root.find(_SIGNATURE) is None else draft.signed()


def _with_signature(content: InvoiceContent, root: Element) -> InvoiceContent:
    return content if root.find(_SIGNATURE) is None else replace(content, signed=True)


def _unknown(root: Element) -> Finding:
    name = etree.QName(root)
    namespace = name.namespace or ""
    if name.localname == "Facturae":
        version = (root.findtext("FileHeader/SchemaVersion") or "").strip()
        message = "This version of Facturae is not accepted."
        found = f"Facturae {version[:20]}" if version else namespace[:200]
    else:
        message = "The document is of an unknown format."
        found = f"{{{namespace}}}{name.localname}"[:200]
    location = f"/{name.localname}"[:200]
    line = int(root.sourceline)
    return Finding(rule="HF08", message=message, location=location, line=line, expected=_ACCEPTED, found=found)
