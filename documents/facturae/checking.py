"""A Facturae at the door: its structure by the grammar, what it says, and every rule about that."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final

from lxml import etree

from ...models.domain.findings import Finding, Severity, errors_among
from ...models.domain.invoice import InvoiceContent
from ..drafts import Draft
from ..grammar.checking import check_structure
from ..notes import Notes
from ..records import Reading
from ..report import MAX_FINDINGS, Report
from ..xml import Element
from .codes import CLASSES, VERSIONS
from .gaps import Gaps, find_gaps, unsure_sums
from .reading import Extracted, extract_facturae
from .rules_batch import check_batch
from .rules_header import check_count, check_header
from .rules_lines import check_description, check_line, numbered
from .rules_parties import check_parties
from .rules_totals import check_totals, check_withheld

_EXTENSION = re.compile(r"/Extensions/[^/]+\Z")
_UNREADABLE: Final = Decimal("NaN")
_MOST_INVOICES: Final = 100
"""Of a file, which must hold one: no program needs to hear of more of them, and 10 MB can hold a million."""


def check_facturae(root: Element, report: Report, today: date | None) -> Draft | None:
    """What the one invoice of a Facturae says; everything that is wrong with it goes to the report.

    Without an ``Invoice`` there is nothing to return; with several, they are checked and the first returned. What is
    returned holds stand-ins where the report has errors.
    """
    structure = _structure(root)
    if len(errors_among(structure)) > MAX_FINDINGS:
        # Refused, and nobody reads further: no time is spent on what else a file of a million mistakes says.
        _add_structure(structure, report)
        return None
    gaps = find_gaps(root, _version(root)) if structure else None
    notes = Notes(root, report)
    invoices = list(islice(extract_facturae(root, Reading(notes, _UNREADABLE)), _MOST_INVOICES))
    _check(invoices, root, notes, today, gaps)
    _add_structure(structure, report)
    return Draft(invoices[0].content, _unsure(root, invoices, gaps)) if invoices else None


def read_facturae(root: Element) -> InvoiceContent | None:
    """What the first invoice of a Facturae says, whatever is wrong with it; missing numbers are zero."""
    _unqualify(root)
    notes = Notes(root, Report(most=None))
    return next((found.content for found in extract_facturae(root, Reading(notes, Decimal(0)))), None)


def _check(invoices: list[Extracted], root: Element, notes: Notes, today: date | None, gaps: Gaps | None) -> None:
    """All rules; without ``gaps``, of a file of the right structure."""
    count = int(root.xpath("count(Invoices/Invoice)"))
    check_count(count, invoices[0].file if invoices else {}, notes)
    if invoices:
        check_parties(invoices[0].content, root, notes, sound=gaps is None)
    if 0 < count == len(invoices) and not (gaps and gaps.of_batch(root)):
        check_batch(invoices[0].file, [found.content for found in invoices], notes)
    for element, found in zip(root.iterfind("Invoices/Invoice"), invoices, strict=False):
        _check_invoice(found, element, notes, today, gaps)


def _check_invoice(found: Extracted, element: Element, notes: Notes, today: date | None, gaps: Gaps | None) -> None:
    content, place = found.content, found.place
    check_header(content, place, notes, today, None if gaps is None else element)
    # The order speaks of invoices in euros.
    severity = Severity.ERROR if content.currency == "EUR" else Severity.WARNING
    check_totals(content, place, notes, severity, unsure_sums(element, gaps) if gaps else frozenset())
    check_withheld(content, element.findtext("InvoiceTotals/TotalTaxesWithheld") or "", place, notes, severity)
    for line, at in zip(content.lines, element.iterfind("Items/InvoiceLine"), strict=False):
        where = f"{place}/Items/InvoiceLine{numbered(line.position, content.lines)}"
        sure = gaps is None or not gaps.of_line(at)
        if sure or at.find("ItemDescription") is not None:
            check_description(line, where, notes)
        if sure:
            check_line(line, where, notes, severity)


_PARTS: Final = {
    "number": ("Invoices/Invoice/InvoiceHeader/InvoiceNumber", "Invoices/Invoice/InvoiceIssueData/IssueDate"),
    "class": ("Invoices/Invoice/InvoiceHeader/InvoiceClass",),
    "issuer": ("Parties/SellerParty/TaxIdentification/TaxIdentificationNumber",),
    "receiver": ("Parties/BuyerParty/TaxIdentification/TaxIdentificationNumber",),
}
"""What identifies an invoice, and where each part of that stands once."""


def _unsure(root: Element, invoices: list[Extracted], gaps: Gaps | None) -> frozenset[str]:
    """The parts that the file does not say, says twice, or may say under a wrong name."""
    if gaps is None and len(invoices) == 1:
        return frozenset()
    whole = gaps or Gaps()
    unsure = {part for part, paths in _PARTS.items() if not all(_is_said_once(root, path, whole) for path in paths)}
    content = invoices[0].content
    if content.issue_date == date.min:
        unsure.add("number")
    if (root.findtext(_PARTS["class"][0]) or "").strip() not in CLASSES:
        unsure.add("class")
    return frozenset(unsure)


def _is_said_once(root: Element, path: str, gaps: Gaps) -> bool:
    found = root.findall(path)
    return len(found) == 1 and bool((found[0].text or "").strip()) and not gaps.at(found[0].getparent())


def _structure(root: Element) -> tuple[Finding, ...]:
    """What the grammar says, and the tree without the namespaces that some programs give the children of the root."""
    namespace = etree.QName(root).namespace
    findings = check_structure(root, _version(root), namespace, limit=MAX_FINDINGS + 1, once=APPROVED_EXTENSIONS)
    if findings:
        _unqualify(root)
    return tuple(_as_kept(finding) if _EXTENSION.search(finding.location or "") else finding for finding in findings)


def _version(root: Element) -> str:
    return VERSIONS[etree.QName(root).namespace][0]


APPROVED_EXTENSIONS: Final = frozenset(
    f"http://www.facturae.es/Facturae/Extensions/{name}" for name in ("Utilities", "Correos", "FaceB2BExtensionv1_1")
)
"""The namespaces of the extensions that entry points take, and programs write."""


def _as_kept(finding: Finding) -> Finding:
    """What the grammar says of an extension: the schema takes none that it does not know, those approved among them."""
    if (finding.found or "")[1:].partition("}")[0] not in APPROVED_EXTENSIONS:
        return finding
    message = "The extension is of an approved format that is not checked here; it is kept as it is."
    return replace(finding, message=message, severity=Severity.WARNING)


def _unqualify(root: Element) -> None:
    prefix = f"{{{etree.QName(root).namespace}}}"
    for element in list(root.iterdescendants(f"{prefix}*")):
        element.tag = element.tag[len(prefix) :]


def _add_structure(structure: tuple[Finding, ...], report: Report) -> None:
    """The grammar's findings but those where a rule says the same in its own words."""
    said = {finding.location for finding in report.findings if finding.severity is Severity.ERROR}
    for finding in structure:
        if finding.location not in said:
            report.add(finding)
