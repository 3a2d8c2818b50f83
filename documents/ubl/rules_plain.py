"""Plain documents under the rules: whether one surely keeps them all, said of what was read of it in little time.

Where the answer is no, nothing is known: each rule has to be asked, which says what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from lxml import etree

from ...models.domain.invoice import InvoiceContent
from ..grammar.checking import is_valid
from ..xml import Element
from .codes import CREDIT_NOTE, SEPA
from .plain_schema import plain_schema
from .rules_categories import CATEGORIES
from .rules_codes import CODES, other_than
from .rules_lists import codes_of
from .rules_plain_sums import categories_of, surely_adds_up
from .rules_required import REQUIRED
from .rules_single import SINGLE
from .rules_tree import CHARGE, LINE, compiled

_SELLER: Final = "cac:AccountingSupplierParty/cac:Party/"
_CHANGES: Final = ("", f"{LINE}/")

_OPEN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("BR-29", "BR-30", "BR-61", "BR-CO-03", "BR-CO-26", "UBL-SR-12", "UBL-SR-13"), ("",)),
    "BR-CL-19": _CHANGES,
    "BR-CO-09": (_SELLER, "cac:AccountingCustomerParty/cac:Party/", "cac:TaxRepresentativeParty/"),
}
"""Rules about one place that plain documents may break, since a schema does not compare one thing with another, and
where."""

_BROKEN_AT: Final = (
    *((row.rule, row.broken_at) for row in (*REQUIRED, *CODES)),
    *((rule, f"{owners}[count({path}) > 1]") for rule, owners, path in SINGLE),
)


def is_plain(root: Element) -> bool:
    """Whether an invoice or credit note has the structure of UBL and nothing in it but what ``plain`` lists."""
    return is_valid(root, plain_schema(etree.QName(root).namespace))


def surely_keeps_all(root: Element, content: InvoiceContent) -> bool:
    """Whether a plain document, of which ``content`` was read, surely keeps every rule of ours."""
    namespace = etree.QName(root).namespace
    if not surely_adds_up(content) or _suspicious(namespace)(root):
        return False
    return all(compiled(f"boolean({CATEGORIES[code].identified})")(root) for code in categories_of(content))


@cache
def _suspicious(namespace: str) -> Any:
    """The condition that a plain document is one of those that could break a rule about one place."""
    line = "cac:CreditNoteLine" if namespace == CREDIT_NOTE else "cac:InvoiceLine"
    return compiled(" or ".join(f"boolean({path})" for path in _paths()), line)


def _paths() -> Iterator[str]:
    for rule, path in _BROKEN_AT:
        yield from (f"{place}{path.removeprefix('//')}" for place in _OPEN.get(rule, ()))
    reason = f"cbc:AllowanceChargeReasonCode{other_than(codes_of('BR-CL-20'))}"
    yield from (f"{place}{CHARGE}/{reason}" for place in _CHANGES)
    yield f"{_SELLER}self::*[count(cac:PartyIdentification/cbc:ID[@schemeID = '{SEPA}']) > 1]"
    yield "cac:TaxTotal/cbc:TaxAmount[@currencyID != /*/cbc:DocumentCurrencyCode]"
    # A payee could have the seller's name, and a note a subject.
    yield from ("cac:PayeeParty", "cbc:Note[contains(., '#')]")
