"""The short code lists of EN 16931, and how many decimals its amounts may have: rows of the same kind as the others.

The long ones, which grow, are in ``rules_lists``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .countries import ALPHA_3
from .rules_required import Row
from .rules_tree import ALLOWANCE, CHARGE, IS_VAT, LINE, Screen, Subject, compiled

_CURRENCY_CODES: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
    CLF CLP CNH CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
    HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STD SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD USN UYI UYU UYW UZS VES VED VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX
    YER ZAR ZMW ZWG"""
CURRENCIES: Final = frozenset(_CURRENCY_CODES.split())
"""ISO 4217, as the rules have it."""

_INVOICE_CODES: Final = """
    71 80 81 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388 389 390 393 394 395
    456 457 471 472 473 500 501 527 553 575 623 633 751 780 817 870 875 876 877 935"""
_CREDIT_NOTE_CODES: Final = "81 83 261 262 296 308 381 396 420 458 502 503 532"
_CATEGORIES: Final = "AE L M E S Z G O K B"
_ALLOWANCE_REASONS: Final = "41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105"
_MEDIA_TYPES: Final = """
    application/pdf image/png image/jpeg text/csv application/vnd.oasis.opendocument.spreadsheet
    application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"""
INVOICES: Final = frozenset(_INVOICE_CODES.split())
CREDIT_NOTES: Final = frozenset(_CREDIT_NOTE_CODES.split())
MEDIA: Final = frozenset(_MEDIA_TYPES.split())
MEANS: Final = frozenset([*map(str, range(1, 71)), *map(str, range(74, 79)), *map(str, range(91, 99)), "ZZZ"])
COUNTRIES: Final = frozenset([*ALPHA_3, "1A", "XI"])
"""The types of invoices and of credit notes, media types, means of payment and countries that the rules take."""


def other_than(codes: str | Iterable[str], value: str = ".") -> str:
    """The predicate of what is not one of these codes."""
    listed = " ".join(codes.split() if isinstance(codes, str) else sorted(codes))
    text = f"normalize-space({value})"
    return f"[contains({text}, ' ') or not(contains(' {listed} ', concat(' ', {text}, ' ')))]"


def _more_than_two(child: str, parent: str) -> str:
    """Elements at ``parent`` whose child is written with more than two decimals, be they zeros."""
    return f"{parent}[string-length(substring-after({child}, '.')) > 2]"


_TOTALS: Final = "cac:LegalMonetaryTotal"
_SUBTOTALS: Final = "//cac:TaxTotal/cac:TaxSubtotal"
CODES: Final[tuple[Row, ...]] = (
    Row("BR-CL-01", f"cbc:InvoiceTypeCode{other_than(INVOICES)}", "No type of invoice (UNTDID 1001)."),
    Row("BR-CL-01", f"cbc:CreditNoteTypeCode{other_than(CREDIT_NOTES)}", "No type of credit note (UNTDID 1001)."),
    Row("BR-CL-04", f"cbc:DocumentCurrencyCode{other_than(_CURRENCY_CODES)}", "No currency of ISO 4217."),
    Row("BR-CL-05", f"cbc:TaxCurrencyCode{other_than(_CURRENCY_CODES)}", "No currency of ISO 4217."),
    Row("BR-CL-06", f"//cac:InvoicePeriod/cbc:DescriptionCode{other_than('3 35 432')}", "No tax point (UNTDID 2005)."),
    Row("BR-CL-14", f"//cac:Country/cbc:IdentificationCode{other_than(COUNTRIES)}", "No country of ISO 3166-1."),
    Row("BR-CL-15", f"//cac:OriginCountry/cbc:IdentificationCode{other_than(COUNTRIES)}", "No country of ISO 3166-1."),
    Row(
        "BR-CL-16",
        f"cac:PaymentMeans/cbc:PaymentMeansCode{other_than(MEANS)}",
        "No means of payment of UNTDID 4461.",
    ),
    Row("BR-CL-17", f"//cac:TaxCategory/cbc:ID{other_than(_CATEGORIES)}", "No VAT category of UNTDID 5305."),
    Row("BR-CL-18", f"//cac:ClassifiedTaxCategory/cbc:ID{other_than(_CATEGORIES)}", "No VAT category of UNTDID 5305."),
    Row(
        "BR-CL-19",
        f"//{ALLOWANCE}/cbc:AllowanceChargeReasonCode{other_than(_ALLOWANCE_REASONS)}",
        "No reason of a discount (UNTDID 5189).",
    ),
    Row(
        "BR-CL-24",
        f"//cbc:EmbeddedDocumentBinaryObject[@mimeCode]{other_than(MEDIA, '@mimeCode')}",
        "EN 16931 takes PDF, PNG, JPEG, CSV, Excel and OpenDocument sheets as files.",
    ),
    Row(
        "BR-CO-09",
        f"//cac:PartyTaxScheme{IS_VAT}"
        f"[not(contains(' {' '.join(sorted({*COUNTRIES, 'EL'}))} ', substring(cbc:CompanyID, 1, 2)))]",
        "A VAT number starts with the two letters of its country (Greece: EL).",
    ),
)

DECIMALS: Final[tuple[tuple[str, str, str], ...]] = (
    ("BR-DEC-01", ALLOWANCE, "cbc:Amount"),
    ("BR-DEC-02", ALLOWANCE, "cbc:BaseAmount"),
    ("BR-DEC-05", CHARGE, "cbc:Amount"),
    ("BR-DEC-06", CHARGE, "cbc:BaseAmount"),
    ("BR-DEC-09", _TOTALS, "cbc:LineExtensionAmount"),
    ("BR-DEC-10", _TOTALS, "cbc:AllowanceTotalAmount"),
    ("BR-DEC-11", _TOTALS, "cbc:ChargeTotalAmount"),
    ("BR-DEC-12", _TOTALS, "cbc:TaxExclusiveAmount"),
    ("BR-DEC-14", _TOTALS, "cbc:TaxInclusiveAmount"),
    ("BR-DEC-16", _TOTALS, "cbc:PrepaidAmount"),
    ("BR-DEC-17", _TOTALS, "cbc:PayableRoundingAmount"),
    ("BR-DEC-18", _TOTALS, "cbc:PayableAmount"),
    ("BR-DEC-19", _SUBTOTALS, "cbc:TaxableAmount"),
    ("BR-DEC-20", _SUBTOTALS, "cbc:TaxAmount"),
    ("BR-DEC-23", LINE, "cbc:LineExtensionAmount"),
    ("BR-DEC-24", f"{LINE}/{ALLOWANCE}", "cbc:Amount"),
    ("BR-DEC-25", f"{LINE}/{ALLOWANCE}", "cbc:BaseAmount"),
    ("BR-DEC-27", f"{LINE}/{CHARGE}", "cbc:Amount"),
    ("BR-DEC-28", f"{LINE}/{CHARGE}", "cbc:BaseAmount"),
)


_ANY_MORE_THAN_TWO: Final = """
    //@currencyID/parent::*[string-length(substring-after(., '.')) > 2]
    [not(self::cbc:PriceAmount or ancestor::cac:Price/cac:AllowanceCharge)]"""


_BROKEN_AT: Final = Screen({row.broken_at: row.broken_at for row in CODES})
_TOO_LONG: Final = Screen({_more_than_two(child, parent): f"{parent}/{child}" for _, parent, child in DECIMALS})


def check_codes(subject: Subject) -> None:
    """Note every code that is not in its list."""
    for row in CODES if subject.any_at(_BROKEN_AT) else ():
        for element in subject.select(row.broken_at):
            subject.fail(row.rule, element, row.message, found=element.text)
    _check_currencies(subject)


def _check_currencies(subject: Subject) -> None:
    """Of every amount, which are many: their currencies are one or two."""
    usual = compiled("(//cbc:*/@currencyID)[1]")(subject.root)
    others = compiled("//cbc:*/@currencyID[. != $usual]")(subject.root, usual=usual[0]) if usual else ()
    unknown = {*usual, *others} - CURRENCIES
    for element in subject.select("//cbc:*[@currencyID]") if unknown else ():
        if element.get("currencyID") in unknown:
            message = "No currency of ISO 4217."
            subject.fail("BR-CL-03", element, message, found=element.get("currencyID"))


def check_decimals(subject: Subject) -> None:
    """Note every amount that is written with more than two decimals."""
    for rule, parent, child in DECIMALS if subject.any_at(_TOO_LONG) else ():
        for element in subject.select(_more_than_two(child, parent)):
            amount = subject.select(child, element)[0]
            subject.fail(rule, amount, "The amount has more than two decimals.", found=amount.text)
    for amount in subject.select(_ANY_MORE_THAN_TWO):
        subject.fail("UBL-DT-01", amount, "The amount has more than two decimals.", found=amount.text)
