"""The rules of each VAT category (BR-S-01 to BR-AG-10): one table of what sets the categories apart.

IGIC (category L) has the ids BR-AF-…, IPSI (M) BR-AG-…, intra-community supply (K) BR-IC-….
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ..xml import Element
from .codes import CBC
from .rules_sums import tax_of
from .rules_tree import ALLOWANCE, CHARGE, IS_VAT, LINE, NOT_VAT, Subject, number

_SUBTOTALS: Final = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)

_ID: Final = f"{{{CBC}}}ID"
_PERCENT: Final = f"{{{CBC}}}Percent"
_AMOUNT: Final = "cbc:LineExtensionAmount"
_CATEGORY: Final = f"{LINE}/cac:Item/cac:ClassifiedTaxCategory"
_UNLIKE: Final = f"""{LINE}[count({_AMOUNT}) != 1 or count(cac:Item/cac:ClassifiedTaxCategory) != 1
    or not(cac:Item/cac:ClassifiedTaxCategory{IS_VAT}[count(cbc:ID) = 1 and count(cbc:Percent) = 1])]"""
"""Lines that have not just one category of VAT with a code and a rate."""

_SELLER: Final = "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme"
_BUYER: Final = "cac:AccountingCustomerParty/cac:Party"
_REPRESENTATIVE: Final = f"cac:TaxRepresentativeParty/cac:PartyTaxScheme{IS_VAT}/cbc:CompanyID"
_SELLER_ANY: Final = f"({_SELLER}/cbc:CompanyID or {_REPRESENTATIVE})"
_SELLER_VAT: Final = f"({_SELLER}{IS_VAT}/cbc:CompanyID or {_REPRESENTATIVE})"
_BUYER_VAT: Final = f"{_BUYER}/cac:PartyTaxScheme{IS_VAT}/cbc:CompanyID"
_BUYER_ANY: Final = f"({_BUYER_VAT} or {_BUYER}/cac:PartyLegalEntity/cbc:CompanyID)"


def _positive(rate: Decimal | None) -> bool:
    return rate is not None and rate > 0


def _zero(rate: Decimal | None) -> bool:
    return rate == 0


def _not_negative(rate: Decimal | None) -> bool:
    return rate is not None and rate >= 0


def _absent(rate: Decimal | None) -> bool:
    return rate is None


@dataclass(frozen=True, slots=True)
class Category:
    """What sets a category apart. Where it is by rate, each rate has a subtotal; else there is one, without tax."""

    prefix: str
    name: str
    rate_fits: Callable[[Decimal | None], bool]
    by_rate: bool = False
    reason_wanted: bool = True
    identified: str = _SELLER_ANY
    """The condition on the parties' tax numbers (rules 02 to 04)."""


CATEGORIES: Final[Mapping[str, Category]] = {
    "S": Category("BR-S", "standard rate", _positive, by_rate=True, reason_wanted=False),
    "Z": Category("BR-Z", "zero rated", _zero, reason_wanted=False),
    "E": Category("BR-E", "exempt", _zero),
    "AE": Category("BR-AE", "reverse charge", _zero, identified=f"({_SELLER_ANY} and {_BUYER_ANY})"),
    "K": Category("BR-IC", "intra-community supply", _zero, identified=f"({_SELLER_VAT} and {_BUYER_VAT})"),
    "G": Category("BR-G", "export", _zero, identified=_SELLER_VAT),
    "O": Category("BR-O", "not subject", _absent, identified=f"not({_SELLER_VAT} or {_BUYER_VAT})"),
    "L": Category("BR-AF", "IGIC", _not_negative, by_rate=True, reason_wanted=False),
    "M": Category("BR-AG", "IPSI", _not_negative, by_rate=True, reason_wanted=False),
}


@dataclass(slots=True)
class _Use:
    """Where the document uses a category, and for how much at which rate."""

    lines: int = 0
    other_lines: int = 0
    others: int = 0
    other_subtotals: int = 0
    elsewhere: bool = False
    """Named anywhere, be it among the taxes of a line."""
    allowances: int = 0
    charges: int = 0
    subtotals: list[Element] = field(default_factory=list)
    amount: Decimal = _ZERO
    by_rate: dict[Decimal, Decimal] = field(default_factory=dict)
    changes_by_rate: dict[Decimal, Decimal] = field(default_factory=dict)
    """Of the discounts and charges of the whole invoice alone."""

    def add(self, rates: set[Decimal], amount: Decimal) -> None:
        self.amount += amount
        for rate in rates:
            self.by_rate[rate] = self.by_rate.get(rate, _ZERO) + amount

    def add_change(self, rates: set[Decimal], amount: Decimal) -> None:
        self.add(rates, amount)
        for rate in rates:
            self.changes_by_rate[rate] = self.changes_by_rate.get(rate, _ZERO) + amount


def check_categories(subject: Subject) -> None:
    """Note everything that breaks the rules of a category, or those between categories."""
    uses = {code: _Use() for code in CATEGORIES}
    _read_lines(subject, uses)
    _read_changes(subject, uses)
    for element in subject.select(f"cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory{IS_VAT}"):
        code = _code(element)
        if code in uses:
            uses[code].subtotals.append(element)
    for code in {_code(element) for element in subject.select(f"//cac:TaxCategory{IS_VAT}")} & uses.keys():
        uses[code].elsewhere = True
    _count_others(subject, uses["S"])
    uses["L"].other_subtotals = len(subject.select(f"{_SUBTOTALS}[cbc:ID = 'L']{NOT_VAT}"))
    for code, use in uses.items():
        _check_category(subject, CATEGORIES[code], use)
    _check_together(subject, uses)


def _code(category: Element) -> str:
    return " ".join((category.findtext(_ID) or "").split())


def _rate(category: Element) -> Decimal | None:
    return number(category.findtext(_PERCENT))


def _read_lines(subject: Subject, uses: Mapping[str, _Use]) -> None:
    if not _read_alike(subject, uses):
        _read_each(subject, uses)


def _read_alike(subject: Subject, uses: Mapping[str, _Use]) -> bool:
    """All lines at once, where each has one category of VAT with a rate that fits, as nearly always; else nothing."""
    if subject.holds(_UNLIKE):
        return False
    texts = [subject.texts(path) for path in (f"{_CATEGORY}/cbc:ID", f"{_CATEGORY}/cbc:Percent", f"{LINE}/{_AMOUNT}")]
    if len({len(subject.select(LINE)), *map(len, texts)}) != 1:
        return False
    sums: dict[tuple[str, str], Decimal] = {}
    counts: dict[str, int] = {}
    for code, percent, amount in zip(*texts, strict=True):
        sums[code, percent] = sums.get((code, percent), _ZERO) + (number(amount) or _ZERO)
        counts[code] = counts.get(code, 0) + 1
    rates = {percent: number(percent) for _, percent in sums}
    if any(code not in uses or not CATEGORIES[code].rate_fits(rates[percent]) for code, percent in sums):
        return False
    for (code, percent), amount in sums.items():
        rate = rates[percent]
        uses[code].add(set() if rate is None else {rate}, amount)
    for code, count in counts.items():
        uses[code].lines += count
    return True


def _read_each(subject: Subject, uses: Mapping[str, _Use]) -> None:
    for line in subject.select(LINE):
        found = subject.select("cac:Item/cac:ClassifiedTaxCategory", line)
        rates = {rate for category in found if (rate := _rate(category)) is not None}
        amount = subject.number("LineExtensionAmount", line) or _ZERO
        for code in {_code(category) for category in found} & uses.keys():
            uses[code].add(rates, amount)
    for element in subject.select(f"{LINE}/cac:Item/cac:ClassifiedTaxCategory{IS_VAT}"):
        code = _code(element)
        if code in uses:
            uses[code].lines += 1
            _check_rate(subject, code, "05", element)


def _read_changes(subject: Subject, uses: Mapping[str, _Use]) -> None:
    """Discounts and charges: of the whole invoice for the sums, of the lines too for the rates."""
    for path, sign in ((ALLOWANCE, -_ONE), (CHARGE, _ONE)):
        for change in subject.select(path):
            amount = subject.number("Amount", change) or _ZERO
            found = subject.select("cac:TaxCategory", change)
            rates = {rate for category in found if (rate := _rate(category)) is not None}
            for code in {_code(category) for category in found} & uses.keys():
                uses[code].add_change(rates, amount if sign > 0 else -amount)
        for element in subject.select(f"//{path}/cac:TaxCategory{IS_VAT}"):
            code = _code(element)
            if code in uses:
                uses[code].charges += sign > 0
                uses[code].allowances += sign < 0
                _check_rate(subject, code, "07" if sign > 0 else "06", element)


def _count_others(subject: Subject, use: _Use) -> None:
    """The official rules of the standard rate (BR-S-01, BR-S-02) count categories of other taxes than VAT too."""
    other = f"[normalize-space(cbc:ID) = 'S']{NOT_VAT}"
    use.other_lines = len(subject.select(f"{LINE}/cac:Item/cac:ClassifiedTaxCategory{other}"))
    use.others = use.other_lines + len(subject.select(f"//cac:AllowanceCharge/cac:TaxCategory{other}"))
    use.other_subtotals = len(subject.select(f"cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory{other}"))


def _check_rate(subject: Subject, code: str, rule: str, element: Element) -> None:
    category = CATEGORIES[code]
    rate = _rate(element)
    if not category.rate_fits(rate):
        message = f"The rate does not go with its VAT category ({category.name})."
        subject.fail(f"{category.prefix}-{rule}", element, message, found=rate)


def _check_category(subject: Subject, category: Category, use: _Use) -> None:
    _check_breakdown(subject, category, use)
    _check_identified(subject, category, use)
    for element in use.subtotals:
        _check_base(subject, category, use, element)
        _check_tax(subject, category, element)
        _check_reason(subject, category, element)


def _check_breakdown(subject: Subject, category: Category, use: _Use) -> None:
    """What is used is in the breakdown: once, or once a rate; what is not used is not there."""
    used = use.lines + use.allowances + use.charges + use.others > 0
    # The official rule of IGIC counts those of other taxes where the category is used.
    others = use.other_subtotals if used or category is CATEGORIES["S"] else 0
    there = len(use.subtotals) + others
    broken = used != (there > 0) if category.by_rate else (used or use.elsewhere) and there != 1
    if broken:
        message = f"The VAT breakdown must have the category ({category.name}) exactly where the invoice uses it."
        subject.fail(f"{category.prefix}-01", subject.root, message, found=f"{there} in the breakdown")


def _check_identified(subject: Subject, category: Category, use: _Use) -> None:
    identified = bool(use.lines or use.allowances or use.charges) and subject.holds(category.identified)
    message = f"The VAT numbers of seller and buyer do not go with the category ({category.name})."
    used = (("02", use.lines or use.other_lines), ("03", use.allowances), ("04", use.charges))
    for rule, places in used:
        if places and not (identified and (use.lines or rule != "02")):
            subject.fail(f"{category.prefix}-{rule}", subject.root, message)


def _check_base(subject: Subject, category: Category, use: _Use, element: Element) -> None:
    rate, base = _rate(element), subject.number("TaxableAmount", element.getparent())
    if not category.by_rate:
        expected: Decimal | None = use.amount
        fits = base == expected
    elif rate is None:
        return
    else:
        # Of the standard rate, one that nothing is of is wrong; of IGIC and IPSI it may have no base.
        expected = use.by_rate.get(rate, None if category is CATEGORIES["S"] else _ZERO)
        fits = _is_near(base, expected) or _is_near(base, _accepted_without_lines(category, use, rate))
    if not fits:
        message = (
            f"The category's base (BT-116) is not what its lines, discounts and charges add up to ({category.name})."
        )
        subject.fail(f"{category.prefix}-08", element.getparent(), message, expected=expected, found=base)


def _is_near(base: Decimal | None, expected: Decimal | None) -> bool:
    return base is not None and expected is not None and abs(base - expected) < _ONE


def _accepted_without_lines(category: Category, use: _Use, rate: Decimal) -> Decimal | None:
    """BR-S-08 sums invoice lines or credit note lines: where a discount or charge is of the rate, those that are not
    there will do."""
    return use.changes_by_rate.get(rate) if category is CATEGORIES["S"] else None


def _check_tax(subject: Subject, category: Category, element: Element) -> None:
    tax = subject.number("TaxAmount", element.getparent())
    if category.by_rate:
        expected = tax_of(subject.number("TaxableAmount", element.getparent()), _rate(element))
        fits = tax is not None and expected is not None and abs(tax) - _ONE < expected < abs(tax) + _ONE
    else:
        expected, fits = _ZERO, tax == 0
    if not fits:
        message = f"The category's tax (BT-117) is not right ({category.name})."
        subject.fail(f"{category.prefix}-09", element.getparent(), message, expected=expected, found=tax)


def _check_reason(subject: Subject, category: Category, element: Element) -> None:
    given = any(subject.first(name, element) is not None for name in ("TaxExemptionReason", "TaxExemptionReasonCode"))
    if given == category.reason_wanted:
        return
    wanted = "needs a reason (BT-120 or BT-121)" if category.reason_wanted else "must not have a reason of exemption"
    subject.fail(f"{category.prefix}-10", element, f"The category ({category.name}) {wanted}.")


TOGETHER: Final = (
    ("BR-O-11", f"cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory{IS_VAT}[normalize-space(cbc:ID) != 'O']"),
    ("BR-O-12", f"//cac:ClassifiedTaxCategory{IS_VAT}[normalize-space(cbc:ID) != 'O']"),
    ("BR-O-13", f"//{ALLOWANCE}/cac:TaxCategory{IS_VAT}[normalize-space(cbc:ID) != 'O']"),
    ("BR-O-14", f"//{CHARGE}/cac:TaxCategory{IS_VAT}[normalize-space(cbc:ID) != 'O']"),
)
_DELIVERED: Final = "string-length(cac:Delivery/cbc:ActualDeliveryDate) > 1 or cac:InvoicePeriod/*"
_DESTINED: Final = "string-length(cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode) > 1"


def _check_together(subject: Subject, uses: Mapping[str, _Use]) -> None:
    """What is not subject stands alone; what goes to another country of the EU says when and where."""
    if uses["O"].subtotals:
        for rule, others in TOGETHER:
            if subject.holds(others):
                subject.fail(rule, subject.root, "Where VAT does not apply, no other category may be used.")
    if uses["K"].subtotals:
        if not subject.holds(_DELIVERED):
            message = "An intra-community supply needs the date of delivery (BT-72) or a period (BG-14)."
            subject.fail("BR-IC-11", subject.root, message)
        if not subject.holds(_DESTINED):
            message = "An intra-community supply needs the country that it goes to (BT-80)."
            subject.fail("BR-IC-12", subject.root, message)
