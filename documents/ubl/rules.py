"""The rules of EN 16931 for a UBL document: the official ones where Saxon is installed, else our own by the same ids.

Our own cover what is required, the closed code lists, decimals, sums and VAT categories. Both are the core rules: those
of Peppol or of a country that a ``CustomizationID`` names are not run.
"""

from __future__ import annotations

from typing import Final

from ...models.domain.findings import Finding, Severity
from ...models.domain.invoice import InvoiceContent
from ..report import ReportFullError
from ..xml import Element
from .en16931 import is_installed, official_findings
from .gaps import Gaps
from .rules_categories import CATEGORIES, TOGETHER, check_categories
from .rules_codes import CODES, DECIMALS, check_codes, check_decimals
from .rules_further import FURTHER, check_further
from .rules_lists import LIST_RULES, check_lists
from .rules_plain import is_plain, surely_keeps_all
from .rules_required import REQUIRED, check_required
from .rules_single import ALIKE, SINGLE, check_single
from .rules_sums import check_sums
from .rules_tree import LINE, Subject

_LOCAL: Final = (check_required, check_further, check_single, check_codes, check_lists, check_decimals)
"""What looks at one place at a time."""
_CHECKS: Final = (*_LOCAL, check_sums, check_categories)

NEVER_BROKEN: Final = frozenset({f"BR-CO-{number:02}" for number in range(5, 9)} | {"BR-DEC-13", "BR-DEC-15"})
"""Official rules that are written so that no document breaks them."""

OWN_RULES: Final = frozenset(
    {row.rule for row in (*REQUIRED, *FURTHER, *CODES)}
    | {rule for rule, _, _ in (*DECIMALS, *SINGLE)}
    | {rule for rule, _ in (*ALIKE, *TOGETHER)}
    | {f"{category.prefix}-{number:02}" for category in CATEGORIES.values() for number in range(1, 11)}
    | LIST_RULES
    | NEVER_BROKEN
    | {"UBL-SR-19", "UBL-SR-20", "UBL-SR-21"}
    | {"BR-17", "BR-51", "BR-CL-03", "UBL-DT-01", "UBL-SR-48", "UBL-SR-53", "BR-IC-11", "BR-IC-12"}
    | {f"BR-CO-{number}" for number in range(10, 18)}
)
"""The ids of the rules that ours cover: all of the official fatal ones, and BR-51."""

NOT_RUN: Final = "EN16931"
"""The rule of the warning that the official rules could not be run."""


def is_plainly_right(root: Element) -> bool:
    """Whether a document is plain (``plain``): its structure is right, and nearly all of our own rules are kept.

    Not asked where the official rules are run, which are all asked anyhow.
    """
    return not is_installed() and is_plain(root)


def check_rules(root: Element, plain: InvoiceContent | None = None) -> tuple[Finding, ...]:
    """All that a document breaks of EN 16931. ``root`` is what ``open_document`` gave, valid by the schema of UBL 2.1.

    ``plain`` is what was read of it, where it is known to be plain. Never raises for what the document holds. Blocks
    for as long as ``en16931.SECONDS`` at most where Saxon is there, without the interpreter's lock; linear time where
    not.
    """
    official = official_findings(root)
    if official is not None:
        return official
    own = own_findings(root, plain)
    return (*own, _not_run()) if is_installed() else own


def own_findings(root: Element, plain: InvoiceContent | None = None) -> tuple[Finding, ...]:
    """What our own rules find. ``plain`` is what was read of a plain document, of which not each rule need be asked."""
    if plain is not None and surely_keeps_all(root, plain):
        return ()
    subject = Subject(root)
    try:
        for check in _CHECKS:
            check(subject)
    except ReportFullError:
        pass
    return subject.report.findings


_PAYEE: Final = """cac:PayeeParty/cac:PartyName/cbc:Name | cac:PayeeParty/cac:PartyIdentification/cbc:ID
    | cac:PayeeParty/cac:PartyLegalEntity/cbc:CompanyID
    | cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"""

_LOOKED_FOR: Final = {
    **{row.rule: row.broken_at for row in (*REQUIRED, *FURTHER)},
    **{rule: f"{owners}/{path}" for rule, owners, path in SINGLE},
    **dict.fromkeys(("BR-17", "UBL-SR-19", "UBL-SR-20", "UBL-SR-21"), _PAYEE),
    "UBL-SR-51": "cac:PostalAddress/cac:AddressLine | cac:Address/cac:AddressLine",
    "UBL-SR-48": f"{LINE}/cac:Item/cac:ClassifiedTaxCategory",
    "UBL-SR-53": "cac:PartyTaxScheme/cac:TaxScheme/cbc:ID | cac:PartyTaxScheme/cbc:CompanyID",
}
"""What rules about something missing, or there twice, look for."""


def sure_findings(root: Element, gaps: Gaps) -> tuple[Finding, ...]:
    """What our own rules find in a document of a wrong structure, as far as its gaps leave no doubt."""
    subject = Subject(root)
    try:
        for check in _LOCAL if gaps.doubts_sums() else _CHECKS:
            check(subject)
    except ReportFullError:
        pass
    found = subject.report.findings
    paths = {rule: _LOOKED_FOR[rule] for rule in {finding.rule for finding in found} & _LOOKED_FOR.keys()}
    doubtful = {rule for rule, path in paths.items() if gaps.doubts_path(path)}
    return tuple(finding for finding in found if finding.rule not in doubtful)


def _not_run() -> Finding:
    message = "The official rules of EN 16931 could not be run on this document; our own were."
    return Finding(rule=NOT_RUN, message=message, severity=Severity.WARNING, location="/")
