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
from ..grammar.checking import check_structure
from ..nodes import MAX_FINDINGS, Report
from ..notes import Notes
from ..records import Reading
from ..xml import Element
from .codes import VERSIONS
from .reading import Extracted, extract_facturae
from .rules_header import check_count, check_header
from .rules_lines import check_line, numbered
from .rules_parties import check_parties
from .rules_totals import check_totals, check_withheld

_EXTENSION = re.compile(r"/Extensions/[^/]+\Z")
_UNREADABLE: Final = Decimal("NaN")
_MOST_INVOICES: Final = 100
"""Of a file, which must hold one: no program needs to hear of more of them, and 10 MB can hold a million."""


def check_facturae(root: Element, report: Report, today: date | None) -> InvoiceContent | None:
    """What the one invoice of a Facturae says; everything that is wrong with it goes to the report.

    Without an ``Invoice`` there is nothing to return; with several, they are checked and the first returned. What is
    returned holds stand-ins where the report has errors.
    """
    structure = _structure(root)
    if len(errors_among(structure)) > MAX_FINDINGS:
        # Refused, and nobody reads further: no time is spent on what else a file of a million mistakes says.
        _add_structure(structure, report)
        return None
    notes = Notes(root, report)
    invoices = list(islice(extract_facturae(root, Reading(notes, _UNREADABLE)), _MOST_INVOICES))
    _check(invoices, root, notes, today, sound=not structure)
    _add_structure(structure, report)
    return invoices[0].content if invoices else None


def read_facturae(root: Element) -> InvoiceContent | None:
    """What the first invoice of a Facturae says, whatever is wrong with it; missing numbers are zero."""
    _unqualify(root)
    notes = Notes(root, Report(most=None))
    return next((found.content for found in extract_facturae(root, Reading(notes, Decimal(0)))), None)


def _check(invoices: list[Extracted], root: Element, notes: Notes, today: date | None, *, sound: bool) -> None:
    check_count(int(root.xpath("count(Invoices/Invoice)")), invoices[0].file if invoices else {}, notes)
    if invoices:
        check_parties(invoices[0].content, root, notes, sound=sound)
    for element, found in zip(root.iterfind("Invoices/Invoice"), invoices, strict=False):
        content, place = found.content, found.place
        check_header(content, place, notes, today)
        # The order speaks of invoices in euros.
        severity = Severity.ERROR if content.currency == "EUR" else Severity.WARNING
        check_totals(content, place, notes, severity)
        check_withheld(content, element.findtext("InvoiceTotals/TotalTaxesWithheld") or "", place, notes, severity)
        for line in content.lines:
            check_line(line, f"{place}/Items/InvoiceLine{numbered(line.position, content.lines)}", notes, severity)


def _structure(root: Element) -> tuple[Finding, ...]:
    """What the grammar says, and the tree without the namespaces that some programs give the children of the root."""
    namespace = etree.QName(root).namespace
    findings = check_structure(root, VERSIONS[namespace][0], namespace, limit=MAX_FINDINGS + 1)
    if findings:
        _unqualify(root)
    return tuple(_as_kept(finding) if _EXTENSION.search(finding.location or "") else finding for finding in findings)


def _as_kept(finding: Finding) -> Finding:
    """What the grammar says of an extension: the schema knows none, but those that are approved must come in."""
    if not (finding.found or "").startswith("{"):
        return finding
    message = "The extension is of a format that is not checked here; it is kept as it is."
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
