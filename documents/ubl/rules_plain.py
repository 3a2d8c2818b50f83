"""Plain documents under the rules: whether one surely keeps all that are about one place at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from lxml import etree

from ..grammar.checking import is_valid
from ..xml import Element
from .codes import SEPA
from .plain_schema import plain_schema
from .rules_codes import CODES, other_than
from .rules_lists import codes_of
from .rules_required import REQUIRED
from .rules_single import SINGLE
from .rules_tree import CHARGE, LINE, Screen, Subject

_SELLER: Final = "cac:AccountingSupplierParty/cac:Party/"
_CHANGES: Final = ("", f"{LINE}/")

_OPEN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("BR-29", "BR-30", "BR-61", "BR-CO-03", "BR-CO-26", "UBL-SR-12", "UBL-SR-13"), ("",)),
    "BR-CL-19": _CHANGES,
    "BR-CO-09": (_SELLER, "cac:AccountingCustomerParty/cac:Party/", "cac:TaxRepresentativeParty/"),
}
"""Rules that plain documents may break, since a schema does not compare one thing with another, and where."""

_BROKEN_AT: Final = (
    *((row.rule, row.broken_at) for row in (*REQUIRED, *CODES)),
    *((rule, f"{owners}[count({path}) > 1]") for rule, owners, path in SINGLE),
)


def is_plain(root: Element) -> bool:
    """Whether an invoice or credit note has the structure of UBL and nothing in it but what ``plain`` lists."""
    return is_valid(root, plain_schema(etree.QName(root).namespace))


def surely_keeps_local_rules(subject: Subject) -> bool:
    """Whether a document is plain, and keeps the rules that plain ones may break. If not, each rule has to be asked."""
    return subject.plain and not subject.any_at(_screen())


@cache
def _screen() -> Screen:
    return Screen({path: path for path in _paths()})


def _paths() -> Iterator[str]:
    for rule, path in _BROKEN_AT:
        yield from (f"{place}{path.removeprefix('//')}" for place in _OPEN.get(rule, ()))
    reason = f"cbc:AllowanceChargeReasonCode{other_than(codes_of('BR-CL-20'))}"
    yield from (f"{place}{CHARGE}/{reason}" for place in _CHANGES)
    yield f"{_SELLER}self::*[count(cac:PartyIdentification/cbc:ID[@schemeID = '{SEPA}']) > 1]"
    # A payee could have the seller's name, and a note a subject.
    yield from ("cac:PayeeParty", "cbc:Note[contains(., '#')]")
