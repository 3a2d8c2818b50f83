"""Every business term of EN 16931, BT-1 to BT-165: where the domain has it, read from a document that says it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import pytest

from tramesa.documents.ubl.reading import read_ubl
from tramesa.documents.xml import open_document
from tramesa.models.domain.invoice import InvoiceContent
from tramesa.tests.ubl_files import VALID, amount, category, edited

ADDRESS = """<cac:PostalAddress><cbc:StreetName>{0} 1</cbc:StreetName>
<cbc:AdditionalStreetName>{0} 2</cbc:AdditionalStreetName><cbc:CityName>{0} town</cbc:CityName>
<cbc:PostalZone>{0} zone</cbc:PostalZone><cbc:CountrySubentity>{0} region</cbc:CountrySubentity>
<cac:AddressLine><cbc:Line>{0} 3</cbc:Line></cac:AddressLine>
<cac:Country><cbc:IdentificationCode>PT</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"""
VAT = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
TAX = "<cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme>"
REPRESENTATIVE = f"""<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Rep</cbc:Name></cac:PartyName>
{ADDRESS.format("rep")}<cac:PartyTaxScheme><cbc:CompanyID>PT123456789</cbc:CompanyID>{VAT}</cac:PartyTaxScheme>
</cac:TaxRepresentativeParty>"""
BUYER = VALID[VALID.index("<cac:AccountingCustomerParty>") : VALID.index("</cac:AccountingCustomerParty>")]
CHARGED = """<cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>
<cbc:AllowanceChargeReason>Ports</cbc:AllowanceChargeReason>"""

FULL = [
    ("<cbc:AccountingCost>6000", "<cbc:TaxCurrencyCode>USD</cbc:TaxCurrencyCode><cbc:AccountingCost>6000"),
    (
        "</cac:PartyTaxScheme>\n<cac:PartyLegalEntity><cbc:RegistrationName>Llum i",
        (
            f"</cac:PartyTaxScheme>\n<cac:PartyTaxScheme><cbc:CompanyID>T-77</cbc:CompanyID>{TAX}</cac:PartyTaxScheme>"
            "<cac:PartyLegalEntity><cbc:RegistrationName>Llum i"
        ),
    ),
    (
        "<cbc:PostalZone>28001</cbc:PostalZone>",
        (
            "<cbc:PostalZone>28001</cbc:PostalZone><cbc:CountrySubentity>Madrid</cbc:CountrySubentity>"
            "<cac:AddressLine><cbc:Line>Porta 3</cbc:Line></cac:AddressLine>"
        ),
    ),
    (
        "<cbc:StreetName>Plaça Major</cbc:StreetName>",
        "<cbc:StreetName>Plaça Major</cbc:StreetName><cbc:AdditionalStreetName>Escala B</cbc:AdditionalStreetName>",
    ),
    (
        "<cac:PostalAddress><cbc:StreetName>Plaça Major",
        "<cac:PartyName><cbc:Name>L'Agència</cbc:Name></cac:PartyName><cac:PostalAddress><cbc:StreetName>Plaça Major",
    ),
    (
        "<cbc:RegistrationName>Agència</cbc:RegistrationName></cac:PartyLegalEntity>",
        (
            '<cbc:RegistrationName>Agència</cbc:RegistrationName><cbc:CompanyID schemeID="0002">M-9</cbc:CompanyID>'
            "</cac:PartyLegalEntity><cac:Contact><cbc:Name>Pau</cbc:Name><cbc:Telephone>910</cbc:Telephone>"
            "<cbc:ElectronicMail>pau@example.org</cbc:ElectronicMail></cac:Contact>"
        ),
    ),
    (
        "<cbc:Name>Factor, SA</cbc:Name></cac:PartyName></cac:PayeeParty>",
        (
            "<cbc:Name>Factor, SA</cbc:Name></cac:PartyName><cac:PartyLegalEntity>"
            '<cbc:CompanyID schemeID="0199">LEI-1</cbc:CompanyID></cac:PartyLegalEntity></cac:PayeeParty>'
            f"{REPRESENTATIVE}"
        ),
    ),
    (
        "<cbc:StreetName>Moll, 3</cbc:StreetName>",
        "<cbc:StreetName>Moll, 3</cbc:StreetName><cbc:AdditionalStreetName>Nau 2</cbc:AdditionalStreetName>",
    ),
    (
        "<cbc:PostalZone>17230</cbc:PostalZone>",
        (
            "<cbc:PostalZone>17230</cbc:PostalZone><cbc:CountrySubentity>Baix Empordà</cbc:CountrySubentity>"
            "<cac:AddressLine><cbc:Line>Porta 9</cbc:Line></cac:AddressLine>"
        ),
    ),
    (
        "<cbc:AllowanceChargeReason>Volum</cbc:AllowanceChargeReason>",
        (
            "<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>"
            "<cbc:AllowanceChargeReason>Volum</cbc:AllowanceChargeReason>"
            "<cbc:MultiplierFactorNumeric>5</cbc:MultiplierFactorNumeric>"
        ),
    ),
    (
        f"{amount('Amount', '5.00')}{category()}",
        f"{amount('Amount', '5.00')}{amount('BaseAmount', '100.01')}{category()}",
    ),
    (CHARGED, f"{CHARGED}<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>"),
    (
        f"{amount('Amount', '10.00')}{category()}",
        f"{amount('Amount', '10.00')}{amount('BaseAmount', '100.02')}{category()}",
    ),
    (
        "</cac:TaxSubtotal></cac:TaxTotal>",
        f"""</cac:TaxSubtotal><cac:TaxSubtotal>{amount("TaxableAmount", "0.00")}{amount("TaxAmount", "0.00")}
<cac:TaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent>
<cbc:TaxExemptionReasonCode>VATEX-EU-132</cbc:TaxExemptionReasonCode>
<cbc:TaxExemptionReason>Art. 20</cbc:TaxExemptionReason>{VAT}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:TaxTotal>{amount("TaxAmount", "23.10", "USD")}</cac:TaxTotal>""",
    ),
    (
        "<cbc:AllowanceChargeReason>Viatge</cbc:AllowanceChargeReason>\n" + amount("Amount", "5.00"),
        "<cbc:AllowanceChargeReasonCode>ABL</cbc:AllowanceChargeReasonCode>"
        "<cbc:AllowanceChargeReason>Viatge</cbc:AllowanceChargeReason>"
        "<cbc:MultiplierFactorNumeric>4</cbc:MultiplierFactorNumeric>"
        + amount("Amount", "5.00")
        + amount("BaseAmount", "125.00"),
    ),
]
"""What the valid document does not say of EN 16931; what excludes something there is in ``OTHERWISE``."""

OTHERWISE = [
    (
        "<cbc:TaxPointDate>2026-11-19</cbc:TaxPointDate>",
        "",
    ),
    (
        "<cbc:EndDate>2026-10-31</cbc:EndDate></cac:InvoicePeriod>",
        "<cbc:EndDate>2026-10-31</cbc:EndDate><cbc:DescriptionCode>35</cbc:DescriptionCode></cac:InvoicePeriod>",
    ),
    (
        VALID[VALID.index("<cac:PaymentMeans>") : VALID.index("<cac:PaymentTerms>")],
        """<cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode><cac:CardAccount>
<cbc:PrimaryAccountNumberID>1234</cbc:PrimaryAccountNumberID><cbc:NetworkID>VISA</cbc:NetworkID>
<cbc:HolderName>Pau Riu</cbc:HolderName></cac:CardAccount><cac:PaymentMandate><cbc:ID>M-1</cbc:ID>
<cac:PayerFinancialAccount><cbc:ID>ES9121000418450200051332</cbc:ID></cac:PayerFinancialAccount>
</cac:PaymentMandate></cac:PaymentMeans>""",
    ),
]


@cache
def full() -> InvoiceContent:
    return read_ubl(open_document(edited(*FULL)).root)


@cache
def otherwise() -> InvoiceContent:
    return read_ubl(open_document(edited(*OTHERWISE)).root)


TERMS: dict[int, tuple[str, str]] = {
    1: ("number", "U-1"),
    2: ("issue_date", "2026-11-20"),
    3: ("details.type_code", "380"),
    5: ("currency", "EUR"),
    6: ("details.tax_currency", "USD"),
    7: ("details.operation_date", "2026-11-19"),
    8: ("otherwise.details.tax_point_code", "35"),
    9: ("payments[0].due_date", "2026-12-20"),
    10: ("details.references[BUYER_REFERENCE].value", "EXP-9"),
    11: ("details.references[PROJECT].value", "PR-1"),
    12: ("details.references[RECEIVER_CONTRACT].value", "C-1"),
    13: ("details.references[RECEIVER_ORDER].value", "O-1"),
    14: ("details.references[ISSUER_ORDER].value", "SO-1"),
    15: ("details.references[RECEIVING_ADVICE].value", "R-1"),
    16: ("details.references[DELIVERY_NOTE].value", "D-1"),
    17: ("details.references[TENDER].value", "LOT-1"),
    18: ("details.references[INVOICED_OBJECT].value", "METER-1"),
    19: ("details.references[BUYER_ACCOUNTING].value", "6000"),
    20: ("details.payment_terms", "Trenta dies"),
    21: ("details.notes[0].subject", "ADU"),
    22: ("details.notes[0].text", "Gràcies"),
    23: ("details.process", "P1"),
    24: ("details.specification", "urn:cen.eu:en16931:2017"),
    25: ("details.references[PRECEDING_INVOICE].value", "U-0"),
    26: ("details.references[PRECEDING_INVOICE].day", "2026-11-01"),
    27: ("issuer.name", "Llum i Força, SL"),
    28: ("issuer.trade_name", "Llum"),
    29: ("issuer.identifiers[0].value", "8400000000017"),
    30: ("issuer.legal_id.value", "GI-1234"),
    31: ("issuer.tax_id", "B28015865"),
    32: ("issuer.tax_registration", "T-77"),
    33: ("issuer.registration.other", "Registre Mercantil de Girona"),
    34: ("issuer.electronic_address.value", "ESB28015865"),
    35: ("issuer.address.street", "Carrer Nou, 1"),
    36: ("issuer.address.more[0]", "Baixos"),
    37: ("issuer.address.town", "Girona"),
    38: ("issuer.address.post_code", "17001"),
    39: ("issuer.address.province", "Girona"),
    40: ("issuer.address.country_code", "ESP"),
    41: ("issuer.contact.person", "Marta Puig"),
    42: ("issuer.contact.telephone", "972000000"),
    43: ("issuer.contact.email", "marta@example.org"),
    44: ("receiver.name", "Agència"),
    45: ("receiver.trade_name", "L'Agència"),
    46: ("receiver.identifiers[0].value", "8400000000024"),
    47: ("receiver.legal_id.value", "M-9"),
    48: ("receiver.tax_id", "Q2826000H"),
    49: ("receiver.electronic_address.value", "ESQ2826000H"),
    50: ("receiver.address.street", "Plaça Major"),
    51: ("receiver.address.more[0]", "Escala B"),
    52: ("receiver.address.town", "Madrid"),
    53: ("receiver.address.post_code", "28001"),
    54: ("receiver.address.province", "Madrid"),
    55: ("receiver.address.country_code", "ESP"),
    56: ("receiver.contact.person", "Pau"),
    57: ("receiver.contact.telephone", "910"),
    58: ("receiver.contact.email", "pau@example.org"),
    59: ("details.payee.name", "Factor, SA"),
    60: ("details.payee.identifiers[0].value", "P-1"),
    61: ("details.payee.legal_id.value", "LEI-1"),
    62: ("details.tax_representative.name", "Rep"),
    63: ("details.tax_representative.tax_id", "PT123456789"),
    64: ("details.tax_representative.address.street", "rep 1"),
    65: ("details.tax_representative.address.more[0]", "rep 2"),
    66: ("details.tax_representative.address.town", "rep town"),
    67: ("details.tax_representative.address.post_code", "rep zone"),
    68: ("details.tax_representative.address.province", "rep region"),
    69: ("details.tax_representative.address.country_code", "PRT"),
    70: ("details.delivery.name", "Magatzem"),
    71: ("details.delivery.location.value", "8400000000048"),
    72: ("details.delivery.day", "2026-10-31"),
    73: ("details.period.start", "2026-10-01"),
    74: ("details.period.end", "2026-10-31"),
    75: ("details.delivery.address.street", "Moll, 3"),
    76: ("details.delivery.address.more[0]", "Nau 2"),
    77: ("details.delivery.address.town", "Palamós"),
    78: ("details.delivery.address.post_code", "17230"),
    79: ("details.delivery.address.province", "Baix Empordà"),
    80: ("details.delivery.address.country_code", "ESP"),
    81: ("payments[0].means_code", "58"),
    82: ("payments[0].means_text", "Transferència"),
    83: ("payments[0].reference", "RF-1"),
    84: ("payments[0].iban", "ES9121000418450200051332"),
    85: ("payments[0].credited.holder", "Llum"),
    86: ("payments[0].credited.bic", "CAIXESBB"),
    87: ("otherwise.payments[0].card_number", "1234"),
    88: ("otherwise.payments[0].card_holder", "Pau Riu"),
    89: ("otherwise.payments[0].mandate", "M-1"),
    90: ("otherwise.payments[0].creditor_id", "ES24ZZZB28015865"),
    91: ("otherwise.payments[0].debited.iban", "ES9121000418450200051332"),
    92: ("details.discounts[0].amount", "5.00"),
    93: ("details.discounts[0].base", "100.01"),
    94: ("details.discounts[0].rate", "5"),
    95: ("details.discounts[0].tax_category", "S"),
    96: ("details.discounts[0].tax_rate", "21"),
    97: ("details.discounts[0].reason", "Volum"),
    98: ("details.discounts[0].code", "95"),
    99: ("details.charges[0].amount", "10.00"),
    100: ("details.charges[0].base", "100.02"),
    101: ("details.charges[0].rate", "10"),
    102: ("details.charges[0].tax_category", "S"),
    103: ("details.charges[0].tax_rate", "21"),
    104: ("details.charges[0].reason", "Ports"),
    105: ("details.charges[0].code", "FC"),
    106: ("totals.gross", "95.00"),
    107: ("totals.discounts", "5.00"),
    108: ("totals.charges", "10.00"),
    109: ("totals.taxable", "100.00"),
    110: ("totals.taxes", "21.00"),
    111: ("details.settlement.taxes_in_tax_currency", "23.10"),
    112: ("totals.total", "121.00"),
    113: ("details.settlement.on_account_total", "21.00"),
    114: ("details.settlement.rounding", "0.10"),
    115: ("totals.payable", "100.10"),
    116: ("taxes[0].base", "100.00"),
    117: ("taxes[0].amount", "21.00"),
    118: ("taxes[0].category", "S"),
    119: ("taxes[0].rate", "21"),
    120: ("taxes[1].exemption_reason", "Art. 20"),
    121: ("taxes[1].exemption_code", "VATEX-EU-132"),
    122: ("attachments[0].reference", "A-1"),
    123: ("attachments[0].description", "Full d'hores"),
    124: ("details.supporting_documents[0].url", "https://example.org/a2"),
    125: ("attachments[0].name", "hores.pdf"),
    126: ("lines[0].id", "L1"),
    127: ("lines[0].information", "Feina d'octubre"),
    128: ("lines[0].references[INVOICED_OBJECT].value", "METER-2"),
    129: ("lines[0].quantity", "10"),
    130: ("lines[0].unit_code", "HUR"),
    131: ("lines[0].gross", "95.00"),
    132: ("lines[0].references[ORDER_LINE].value", "3"),
    133: ("lines[0].references[BUYER_ACCOUNTING].value", "4025"),
    134: ("lines[0].period.start", "2026-10-01"),
    135: ("lines[0].period.end", "2026-10-31"),
    136: ("lines[0].discounts[0].amount", "10.00"),
    137: ("lines[0].discounts[0].base", "100.00"),
    138: ("lines[0].discounts[0].rate", "10"),
    139: ("lines[0].discounts[0].reason", "Amic"),
    140: ("lines[0].discounts[0].code", "95"),
    141: ("lines[0].charges[0].amount", "5.00"),
    142: ("lines[0].charges[0].base", "125.00"),
    143: ("lines[0].charges[0].rate", "4"),
    144: ("lines[0].charges[0].reason", "Viatge"),
    145: ("lines[0].charges[0].code", "ABL"),
    146: ("lines[0].unit_price", "10.00"),
    147: ("lines[0].item.price_discount", "2.00"),
    148: ("lines[0].item.gross_price", "12.00"),
    149: ("lines[0].item.base_quantity", "1"),
    150: ("lines[0].item.base_unit", "HUR"),
    151: ("lines[0].taxes[0].category", "S"),
    152: ("lines[0].taxes[0].rate", "21"),
    153: ("lines[0].description", "Hores"),
    154: ("lines[0].item.detail", "De dia"),
    155: ("lines[0].article_code", "S-7"),
    156: ("lines[0].item.buyer_code", "B-7"),
    157: ("lines[0].item.standard_code.value", "8400000000031"),
    158: ("lines[0].item.classifications[0].value", "72000000"),
    159: ("lines[0].item.origin", "FRA"),
    160: ("lines[0].item.properties[0].name", "Torn"),
    161: ("lines[0].item.properties[0].value", "Matí"),
    162: ("issuer.address.more[1]", "Porta B"),
    163: ("receiver.address.more[1]", "Porta 3"),
    164: ("details.tax_representative.address.more[1]", "rep 3"),
    165: ("details.delivery.address.more[1]", "Porta 9"),
}
"""By number of the term: where it is in the domain, and what the documents above say. The norm has no BT-4."""

SCHEMES = {
    "issuer.identifiers[0].scheme": "0088",
    "issuer.legal_id.scheme": "0002",
    "issuer.electronic_address.scheme": "9920",
    "receiver.identifiers[0].scheme": "0088",
    "receiver.legal_id.scheme": "0002",
    "receiver.electronic_address.scheme": "9920",
    "details.payee.legal_id.scheme": "0199",
    "details.delivery.location.scheme": "0088",
    "details.references[INVOICED_OBJECT].scheme": "ABT",
    "lines[0].references[INVOICED_OBJECT].scheme": "AAA",
    "lines[0].item.standard_code.scheme": "0160",
    "lines[0].item.classifications[0].scheme": "STI",
    "lines[0].item.classifications[0].version": "2",
    "attachments[0].media_type": "application/pdf",
}
"""Parts of terms (BT-29-1 and its like)."""


def at(path: str) -> Any:
    """What is there: a field, the n-th of several, or the reference of a kind."""
    found: Any = full()
    if path.startswith("otherwise."):
        found, path = otherwise(), path.removeprefix("otherwise.")
    for name, index in re.findall(r"(\w+)(?:\[(\w+)\])?", path):
        found = getattr(found, name)
        if index.isdigit():
            found = found[int(index)]
        elif index:
            found = next(one for one in found if one.kind.name == index)
    return found


def spelt(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return value.name if isinstance(value, Enum) else str(value)


def test_every_term_is_in_the_table() -> None:
    assert set(TERMS) == set(range(1, 166)) - {4}


@pytest.mark.parametrize("term", TERMS)
def test_each_term_is_read(term: int) -> None:
    path, said = TERMS[term]

    assert spelt(at(path)) == said
    assert isinstance(at(path), str | date | Decimal)


@pytest.mark.parametrize("path", SCHEMES)
def test_each_part_of_a_term_is_read(path: str) -> None:
    assert at(path) == SCHEMES[path]
