"""The rules of EN 16931 for a UBL document: the official ones where Saxon is installed, else our own by the same ids.

Our own cover what is required, the closed code lists, decimals, sums and VAT categories; what they leave out is in
``OFFICIAL_ONLY``. Both are the core rules: those of Peppol or of a country that a ``CustomizationID`` names are not run.
"""

from __future__ import annotations

from typing import Final

from ...models.domain.findings import Finding, Severity
from ..nodes import ReportFullError
from ..xml import Element
from .en16931 import is_installed, official_findings
from .rules_categories import check_categories
from .rules_codes import check_codes, check_decimals
from .rules_required import check_required
from .rules_sums import check_sums
from .rules_tree import Subject

_CHECKS: Final = (check_required, check_codes, check_decimals, check_sums, check_categories)

NOT_RUN: Final = "EN16931"
"""The rule of the warning that the official rules could not be run."""


def check_rules(root: Element) -> tuple[Finding, ...]:
    """All that a document breaks of EN 16931. ``root`` is what ``open_document`` gave, valid by the schema of UBL 2.1.

    Never raises for what the document holds. Blocks for as long as ``en16931.SECONDS`` at most where Saxon is there,
    without the interpreter's lock; linear time where not. A document that is not valid by the schema gets fewer, not
    wrong, findings.
    """
    official = official_findings(root)
    if official is not None:
        return official
    own = own_findings(root)
    return (*own, _not_run()) if is_installed() else own


def own_findings(root: Element) -> tuple[Finding, ...]:
    """What our own rules find; all are errors."""
    subject = Subject(root)
    try:
        for check in _CHECKS:
            check(subject)
    except ReportFullError:
        pass
    return subject.report.findings


def _not_run() -> Finding:
    message = "The official rules of EN 16931 could not be run on this document; our own were."
    return Finding(rule=NOT_RUN, message=message, severity=Severity.WARNING, location="/")
