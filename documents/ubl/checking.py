"""A UBL document at the door: its structure by the schema, what it says, and every rule about that."""

from __future__ import annotations

from datetime import date
from typing import Final

from lxml import etree

from ...models.domain.findings import Finding, Severity
from ...models.domain.invoice import InvoiceContent
from ..drafts import Draft
from ..grammar.checking import MAX_PROBLEMS
from ..report import Report, ReportFullError
from ..xml import Element
from .gaps import Gaps, find_gaps
from .reading import extract
from .rules import check_rules, is_plainly_right, sure_findings
from .structure import check_structure

_UNREADABLE: Final = frozenset({"HF08", "RCF06001"})
"""Rules by which reading complains of a text that the schema complains of too."""

_OF_A_LACK: Final = frozenset({"RCF05002", "RCF05005", "RCF09001"})
"""Rules by which reading complains of what it did not find, wherever that may have been."""

_PLACES: Final = {"issuer": "AccountingSupplierParty", "receiver": "AccountingCustomerParty"}


def check_ubl(root: Element, report: Report, today: date | None) -> Draft | None:
    """What an invoice or credit note says; everything that is wrong with it goes to the report.

    Where the structure is wrong, the official rules of EN 16931 are not run, which are written for such as are right;
    our own are, as far as what they look at is surely read. What is returned has stand-ins where the report has errors.
    """
    plain = is_plainly_right(root)
    structure = () if plain else check_structure(root)
    if len(structure) >= MAX_PROBLEMS:
        # Refused, and nobody reads further: no time is spent on what else a document of so many mistakes says.
        for finding in structure:
            report.add(finding)
        return None
    gaps = find_gaps(root) if structure else None
    read = Report()
    content = _read(root, read, today, plain=plain)
    known = {finding.location for finding in structure}
    for finding in structure:
        report.add(finding)
    for finding in read.findings:
        if not _is_said(finding, known, gaps):
            report.add(finding)
    for finding in check_rules(root, content if plain else None) if gaps is None else sure_findings(root, gaps):
        if finding.location not in known:
            report.add(finding)
    return None if content is None else Draft(content, _unsure(root, content, gaps))


def _is_said(finding: Finding, known: set[str | None], gaps: Gaps | None) -> bool:
    """Whether the schema has said what reading complains of, or may have."""
    if finding.rule in _OF_A_LACK:
        return gaps is not None and gaps.doubts_place(finding.location or "")
    return finding.rule in _UNREADABLE and finding.severity is Severity.ERROR and finding.location in known


def _unsure(root: Element, content: InvoiceContent, gaps: Gaps | None) -> frozenset[str]:
    """Of what identifies the invoice, what the document does not surely say."""
    if gaps is None:
        unsure = set()
    else:
        place = f"/{etree.QName(root).localname}"
        unsure = {part for part, name in _PLACES.items() if gaps.doubts_place(f"{place}/{name}/Party")}
        if any(gaps.doubts_place(f"{place}/{name}") for name in ("ID", "IssueDate")):
            unsure.add("number")
        if any(gaps.doubts_place(f"{place}{name}") for name in (f"{place}TypeCode", "/BillingReference")):
            unsure.add("class")
    if not content.number or content.issue_date == date.min:
        unsure.add("number")
    if not content.issuer.tax_id:
        unsure.add("issuer")
    return frozenset(unsure)


def _read(root: Element, report: Report, today: date | None, *, plain: bool) -> InvoiceContent | None:
    try:
        return extract(root, report, today, plain=plain)
    except ReportFullError:
        return None
