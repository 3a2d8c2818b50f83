"""The code lists of EN 16931 that have a place in the domain, for reading and for writing UBL.

Several codes may read as one key; one of them, the plainest, is written for it. A code that is not listed reads as
itself, and what the document says is kept beside the key (``means_code``, ``unit_code``, ``category``, ``type_code``),
so that nothing is lost. Countries are in ``countries``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...models.domain.invoice import DocumentFormat, InvoiceClass, InvoiceDocumentType
from ..facturae.codes import CORRECTIVE_CLASSES, TAX_TYPES, key_of

INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE: Final = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
EXT: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
"""The namespaces of UBL 2: the two documents, their basic and aggregate parts, and their extensions."""

FORMATS: Final[Mapping[str, DocumentFormat]] = {
    INVOICE: DocumentFormat.UBL_2_1_INVOICE,
    CREDIT_NOTE: DocumentFormat.UBL_2_1_CREDIT_NOTE,
}
"""By the namespace of the root element."""


def _split(table: Mapping[str, str]) -> dict[str, str]:
    return {code: key for key, codes in table.items() for code in codes.split()}


_MEANS: Final[Mapping[str, str]] = {
    "CASH": "10",
    "DIRECT_DEBIT": "49 59 3 4 7 12 14 16 18 27 29 31 33 34 36 38 40 43 46 47",
    "TRANSFER": "30 58 2 5 6 9 11 13 15 17 19 28 32 35 37 39 41 42 45 52 53 56 69 93 94 95",
    "ACCEPTED_BILL": "44 78",
    "BILL_OF_EXCHANGE": "24 70 74 75 76 77",
    "PROMISSORY_NOTE_TO_ORDER": "60 61 62 63 64 65 66 67",
    "CHEQUE": "20 26 92",
    "SPECIAL": "ZZZ",
    "OFFSETTING": "97",
    "POSTAL_GIRO": "50",
    "CERTIFIED_CHEQUE": "25",
    "BANKERS_DRAFT": "21 22 23 91",
    "CARD": "48 54 55",
}
"""UNTDID 4461: the first of each is written. What Facturae calls promissory notes are to order unless they say not."""

MEANS_KEYS: Final[Mapping[str, str]] = _split(_MEANS)
"""UNTDID 4461 to the keys of ``documents.facturae.codes.PAYMENT_MEANS``."""

MEANS_CODES: Final[Mapping[str, str]] = {key: codes.split()[0] for key, codes in _MEANS.items()} | {
    # What UNTDID has no word of its own for: the nearest one, or "mutually defined".
    "RECEIPT": "70",
    "PROMISSORY_NOTE_NOT_TO_ORDER": "60",
    "CASH_ON_DELIVERY": "10",
    "DOCUMENTARY_CREDIT": "ZZZ",
    "CONTRACT_AWARD": "ZZZ",
    "REIMBURSEMENT": "ZZZ",
}
"""The other way round, for every key. Where it does not lead back to the key, the format cannot say which it was."""

TRANSFERS: Final = frozenset(_MEANS["TRANSFER"].split())
DEBITS: Final = frozenset(_MEANS["DIRECT_DEBIT"].split())

_UNITS: Final[Mapping[str, str]] = {
    "UNIT": "C62 EA H87 NMB PCE PC XUN XPP UN NAR",
    "HOUR": "HUR LH",
    "KILOGRAM": "KGM",
    "LITRE": "LTR",
    "OTHER": "ZZ",
    "BOX": "XBX BX",
    "TRAY": "XDS DS XPU",
    "BARREL": "XBA",
    "JERRICAN": "XJY XJC",
    "BAG": "XBG BG",
    "CARBOY": "XCO XCP",
    "BOTTLE": "XBO XBQ BO",
    "CANISTER": "XCI",
    "CENTILITRE": "CLT",
    "CENTIMETRE": "CMT",
    "BIN": "XBI",
    "DOZEN": "DZN",
    "CASE": "XCS CS",
    "DEMIJOHN": "XDJ XDP",
    "GRAM": "GRM",
    "KILOMETRE": "KMT KTM",
    "CAN": "XCA XCX",
    "BUNCH": "XBH",
    "METRE": "MTR",
    "MILLIMETRE": "MMT",
    "PACKAGE": "XPK XPA PK PA",
    "PORTION": "PTN",
    "ROLL": "XRO RO",
    "ENVELOPE": "XEN EV",
    "TUB": "XTB",
    "CUBIC_METRE": "MTQ",
    "SECOND": "SEC",
    "WATT": "WTT",
    "KILOWATT_HOUR": "KWH",
}
"""UN/ECE Recommendations 20 and 21 (X…): the first of each is written, the others are read as well."""

UNIT_KEYS: Final[Mapping[str, str]] = _split(_UNITS)
"""Recommendation 20 to the keys of ``documents.facturae.codes.UNITS``."""

UNIT_CODES: Final[Mapping[str, str]] = {key: codes.split()[0] for key, codes in _UNITS.items()} | {
    "TETRA_BRIK": "ZZ",
    "SIX_PACK": "ZZ",
}
"""The other way round, for every key; ``ZZ`` is "mutually defined"."""

CATEGORIES: Final[Mapping[str, str]] = {
    "S": "Standard rate",
    "Z": "Zero rated",
    "E": "Exempt",
    "AE": "Reverse charge",
    "K": "Intra-community supply",
    "G": "Export outside the EU",
    "O": "Not subject to VAT",
    "L": "Canary Islands general indirect tax (IGIC)",
    "M": "Tax of Ceuta and Melilla (IPSI)",
    "B": "Transferred VAT, Italy",
}
"""UNTDID 5305 as EN 16931 restricts it."""

_CATEGORY_TYPES: Final[Mapping[str, str]] = {"L": "IGIC", "M": "IPSI"}
CATEGORY_OF_TYPE: Final[Mapping[str, str]] = {type_: category for category, type_ in _CATEGORY_TYPES.items()}
VAT: Final = "VAT"
"""The ``TaxScheme`` that EN 16931 names for all of them, IGIC and IPSI too."""

_KNOWN_TYPES: Final = frozenset(TAX_TYPES.values())


def tax_type_of(category: str, scheme: str) -> str:
    """The domain's tax type for a category and its ``TaxScheme``: a key of ``TAX_TYPES``, else the scheme itself.

    >>> tax_type_of("L", "VAT"), tax_type_of("S", "VAT"), tax_type_of("S", "GST")
    ('IGIC', 'IVA', 'GST')
    """
    name = scheme.strip().upper()
    if name in _KNOWN_TYPES:
        return name
    if name in TAX_TYPES:
        return key_of(TAX_TYPES, name)
    return _CATEGORY_TYPES.get(category, "IVA") if not name or VAT in name else name


SELF_BILLED_CODES: Final = frozenset({"389", "261", "500", "501", "502", "471", "473", "527"})
"""UNTDID 1001: documents that the buyer writes for the seller."""

_CORRECTED: Final = "384 471 472 473"
_CREDIT_NOTES: Final = "81 83 261 262 296 308 381 396 420 458 502 503 532"
CORRECTIVE_CODES: Final = frozenset(f"{_CORRECTED} {_CREDIT_NOTES}".split())
"""UNTDID 1001: corrected invoices, and every kind of credit note."""

TYPE_CODES: Final[Mapping[tuple[bool, bool, bool], str]] = {
    (False, False, False): "380",
    (False, False, True): "389",
    (False, True, False): "384",
    (False, True, True): "471",
    (True, True, False): "381",
    (True, True, True): "261",
    (True, False, False): "381",
    (True, False, True): "261",
}
"""By: as a credit note, corrective, self-billed. The code that is written where the document came without one."""


def kind_of(code: str, format_: DocumentFormat) -> tuple[InvoiceDocumentType, InvoiceClass]:
    """What a document of this type code (BT-3) is in the domain's words; every credit note is corrective."""
    corrective = format_ is DocumentFormat.UBL_2_1_CREDIT_NOTE or code in CORRECTIVE_CODES
    type_ = InvoiceDocumentType.SELF_BILLED if code in SELF_BILLED_CODES else InvoiceDocumentType.COMPLETE
    return type_, InvoiceClass.CORRECTIVE if corrective else InvoiceClass.ORIGINAL


COPIES: Final[Mapping[InvoiceClass, InvoiceClass]] = {
    InvoiceClass.ORIGINAL: InvoiceClass.COPY_OF_ORIGINAL,
    InvoiceClass.CORRECTIVE: InvoiceClass.COPY_OF_CORRECTIVE,
}
"""What a document is whose ``CopyIndicator`` is true."""


def type_code_of(document_type: InvoiceDocumentType, invoice_class: InvoiceClass, *, credit_note: bool) -> str:
    """The type code (BT-3) for an invoice that came without one."""
    corrective = invoice_class in CORRECTIVE_CLASSES
    return TYPE_CODES[credit_note, corrective, document_type is InvoiceDocumentType.SELF_BILLED]


SPANISH_VAT: Final = "9920"
"""The scheme of electronic addresses that are Spanish VAT numbers, ES and NIF."""

VAT_SCHEMES: Final[Mapping[str, str]] = {
    "9906": "IT",
    "9910": "HU",
    "9914": "AT",
    SPANISH_VAT: "ES",
    "9922": "AD",
    "9923": "AL",
    "9924": "BA",
    "9925": "BE",
    "9926": "BG",
    "9927": "CH",
    "9928": "CY",
    "9929": "CZ",
    "9930": "DE",
    "9931": "EE",
    "9932": "GB",
    "9933": "GR",
    "9934": "HR",
    "9935": "IE",
    "9936": "LI",
    "9937": "LT",
    "9938": "LU",
    "9939": "LV",
    "9940": "MC",
    "9941": "ME",
    "9942": "MK",
    "9943": "MT",
    "9944": "NL",
    "9945": "PL",
    "9946": "PT",
    "9947": "RO",
    "9948": "RS",
    "9949": "SI",
    "9950": "SK",
    "9951": "SM",
    "9952": "TR",
    "9953": "VA",
    "9955": "SE",
    "9957": "FR",
}
"""Electronic address schemes whose addresses are VAT numbers, and of which country."""

INVOICED_OBJECT: Final = "130"
"""``DocumentTypeCode`` of the document reference that is BT-18 or BT-128."""

PROJECT: Final = "50"
"""``DocumentTypeCode`` by which a credit note gives its project (BT-11), which an invoice gives in ProjectReference."""

SEPA: Final = "SEPA"
"""The scheme of the identifier by which a creditor collects direct debits (BT-90)."""

NO_NETWORK: Final = "NA"
"""What stands for the network of a card where nobody knows it: the schema wants one."""
