"""A UBL document at the door: its structure by the schema, what it says, and every rule about that."""

from __future__ import annotations

from datetime import date
from typing import Final

from ...models.domain.findings import Severity
from ...models.domain.invoice import InvoiceContent
from ..nodes import Report, ReportFullError
from ..xml import Element
from .reading import extract
from .rules import check_rules
from .structure import check_structure

_UNREADABLE: Final = frozenset({"HF08", "RCF06001"})
"""Rules by which reading complains of a text that the schema complains of too."""


def check_ubl(root: Element, report: Report, today: date | None) -> InvoiceContent | None:
    """What an invoice or credit note says; everything that is wrong with it goes to the report.

    The rules of EN 16931 run where the structure is right, as they are written for such documents. What is returned
    holds stand-ins where the report has errors.
    """
    structure = check_structure(root)
    read = Report()
    content = _read(root, read, today)
    known = {finding.location for finding in structure}
    for finding in structure:
        report.add(finding)
    for finding in read.findings:
        if not (finding.rule in _UNREADABLE and finding.severity is Severity.ERROR and finding.location in known):
            report.add(finding)
    for finding in () if structure else check_rules(root):
        report.add(finding)
    return content


def _read(root: Element, report: Report, today: date | None) -> InvoiceContent | None:
    try:
        return extract(root, report, today)
    except ReportFullError:
        return None
