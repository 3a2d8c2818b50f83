"""The code lists of Facturae, each code with the key that this project calls it by.

They come from the Ministry's schemas 3.2 to 3.2.2. A code that is not listed reads as itself, so that a list that
grows never makes an invoice unreadable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...models.domain.invoice import (
    DocumentFormat,
    InvoiceClass,
    InvoiceDocumentType,
    IssuerType,
    OfficeRole,
    SpecialTaxableEvent,
)

VERSIONS: Final[Mapping[str, tuple[str, DocumentFormat]]] = {
    "http://www.facturae.es/Facturae/2009/v3.2/Facturae": ("3.2", DocumentFormat.FACTURAE_3_2),
    "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae": ("3.2.1", DocumentFormat.FACTURAE_3_2_1),
    "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml": ("3.2.2", DocumentFormat.FACTURAE_3_2_2),
}
"""Namespace of the root element: the ``SchemaVersion`` that belongs to it, and our name for it."""

NAMESPACE_3_2_2: Final = "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml"

DOCUMENT_TYPES: Final[Mapping[str, InvoiceDocumentType]] = {
    "FC": InvoiceDocumentType.COMPLETE,
    "FA": InvoiceDocumentType.SIMPLIFIED,
    "AF": InvoiceDocumentType.SELF_BILLED,
}

CLASSES: Final[Mapping[str, InvoiceClass]] = {
    "OO": InvoiceClass.ORIGINAL,
    "OR": InvoiceClass.CORRECTIVE,
    "OC": InvoiceClass.SUMMARY,
    "CO": InvoiceClass.COPY_OF_ORIGINAL,
    "CR": InvoiceClass.COPY_OF_CORRECTIVE,
    "CC": InvoiceClass.COPY_OF_SUMMARY,
}

CORRECTIVE_CLASSES: Final = frozenset({InvoiceClass.CORRECTIVE, InvoiceClass.COPY_OF_CORRECTIVE})

OFFICE_ROLES: Final[Mapping[str, OfficeRole]] = {
    "01": OfficeRole.ACCOUNTING_OFFICE,
    "02": OfficeRole.MANAGING_BODY,
    "03": OfficeRole.PROCESSING_UNIT,
    "04": OfficeRole.PROPOSING_BODY,
    "05": OfficeRole.COLLECTOR,
    "06": OfficeRole.SELLER,
    "07": OfficeRole.PAYEE,
    "08": OfficeRole.COLLECTION,
    "09": OfficeRole.ISSUER,
}

ISSUER_TYPES: Final[Mapping[str, IssuerType]] = {
    "EM": IssuerType.ISSUER,
    "RE": IssuerType.RECEIVER,
    "TE": IssuerType.THIRD_PARTY,
}

SPECIAL_EVENTS: Final[Mapping[str, SpecialTaxableEvent]] = {
    "01": SpecialTaxableEvent.EXEMPT,
    "02": SpecialTaxableEvent.NOT_SUBJECT,
}

LANGUAGES: Final = frozenset(
    [
        "ar",
        "be",
        "bg",
        "ca",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "eu",
        "fi",
        "fr",
        "ga",
        "gl",
        "hr",
        "hu",
        "is",
        "it",
        "lv",
        "lt",
        "mk",
        "mt",
        "nl",
        "no",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sq",
        "sr",
        "sv",
        "tr",
        "uk",
    ]
)
"""``LanguageName``: the languages that the format knows, ISO 639-1."""

TAX_TYPES: Final[Mapping[str, str]] = {
    "01": "IVA",
    "02": "IPSI",
    "03": "IGIC",
    "04": "IRPF",
    "05": "OTHER",
    "06": "ITPAJD",
    "07": "IE",
    "08": "RA",
    "09": "IGTECM",
    "10": "IECDPCAC",
    "11": "IIIMAB",
    "12": "ICIO",
    "13": "IMVDN",
    "14": "IMSN",
    "15": "IMGSN",
    "16": "IMPN",
    "17": "REIVA",
    "18": "REIGIC",
    "19": "REIPSI",
    "20": "IPS",
    "21": "RLEA",
    "22": "IVPEE",
    "23": "SPENT_NUCLEAR_FUEL",
    "24": "NUCLEAR_WASTE_STORAGE",
    "25": "IDEC",
    "26": "CANARIES_TOBACCO",
    "27": "IGFEI",
    "28": "IRNR",
    "29": "CORPORATION_TAX",
}

PAYMENT_MEANS: Final[Mapping[str, str]] = {
    "01": "CASH",
    "02": "DIRECT_DEBIT",
    "03": "RECEIPT",
    "04": "TRANSFER",
    "05": "ACCEPTED_BILL",
    "06": "DOCUMENTARY_CREDIT",
    "07": "CONTRACT_AWARD",
    "08": "BILL_OF_EXCHANGE",
    "09": "PROMISSORY_NOTE_TO_ORDER",
    "10": "PROMISSORY_NOTE_NOT_TO_ORDER",
    "11": "CHEQUE",
    "12": "REIMBURSEMENT",
    "13": "SPECIAL",
    "14": "OFFSETTING",
    "15": "POSTAL_GIRO",
    "16": "CERTIFIED_CHEQUE",
    "17": "BANKERS_DRAFT",
    "18": "CASH_ON_DELIVERY",
    "19": "CARD",
}

UNITS: Final[Mapping[str, str]] = {
    "01": "UNIT",
    "02": "HOUR",
    "03": "KILOGRAM",
    "04": "LITRE",
    "05": "OTHER",
    "06": "BOX",
    "07": "TRAY",
    "08": "BARREL",
    "09": "JERRICAN",
    "10": "BAG",
    "11": "CARBOY",
    "12": "BOTTLE",
    "13": "CANISTER",
    "14": "TETRA_BRIK",
    "15": "CENTILITRE",
    "16": "CENTIMETRE",
    "17": "BIN",
    "18": "DOZEN",
    "19": "CASE",
    "20": "DEMIJOHN",
    "21": "GRAM",
    "22": "KILOMETRE",
    "23": "CAN",
    "24": "BUNCH",
    "25": "METRE",
    "26": "MILLIMETRE",
    "27": "SIX_PACK",
    "28": "PACKAGE",
    "29": "PORTION",
    "30": "ROLL",
    "31": "ENVELOPE",
    "32": "TUB",
    "33": "CUBIC_METRE",
    "34": "SECOND",
    "35": "WATT",
    "36": "KILOWATT_HOUR",
}

CORRECTION_REASONS: Final[Mapping[str, str]] = {
    "01": "Número de la factura",
    "02": "Serie de la factura",
    "03": "Fecha expedición",
    "04": "Nombre y apellidos/Razón Social-Emisor",
    "05": "Nombre y apellidos/Razón Social-Receptor",
    "06": "Identificación fiscal Emisor/obligado",
    "07": "Identificación fiscal Receptor",
    "08": "Domicilio Emisor/Obligado",
    "09": "Domicilio Receptor",
    "10": "Detalle Operación",
    "11": "Porcentaje impositivo a aplicar",
    "12": "Cuota tributaria a aplicar",
    "13": "Fecha/Periodo a aplicar",
    "14": "Clase de factura",
    "15": "Literales legales",
    "16": "Base imponible",
    "80": "Cálculo de cuotas repercutidas",
    "81": "Cálculo de cuotas retenidas",
    "82": "Base imponible modificada por devolución de envases / embalajes",
    "83": "Base imponible modificada por descuentos y bonificaciones",
    "84": "Base imponible modificada por resolución firme, judicial o administrativa",
    "85": "Base imponible modificada cuotas repercutidas no satisfechas. Auto de declaración de concurso",
}
"""``ReasonCode``: the one ``ReasonDescription`` that the schema allows with it, to the letter."""

CORRECTION_METHODS: Final[Mapping[str, str]] = {
    "01": "Rectificación íntegra",
    "02": "Rectificación por diferencias",
    "03": "Rectificación por descuento por volumen de operaciones durante un periodo",
    "04": "Autorizadas por la Agencia Tributaria",
}

NUMBERED_METHODS: Final = frozenset({"01", "02"})
"""Methods that must name the invoice they correct (Orden HAP/1650/2015, annex II, rule 4b)."""


def key_of(table: Mapping[str, str], code: str) -> str:
    """Our key for a code; the code itself where the table does not list it."""
    return table.get(code, code)


def code_of(table: Mapping[str, str], key: str) -> str | None:
    """The code for one of our keys, or for a code that read as itself; None where the table has neither."""
    if key in table:
        return key
    return next((code for code, known in table.items() if known == key), None)
