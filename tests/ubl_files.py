"""UBL documents for tests: one good invoice that says a great deal, and the same with changes or as a credit note."""

import base64
import re

from tramesa.documents.reading import ReadResult, read_document
from tramesa.documents.ubl.codes import CAC, CBC, CREDIT_NOTE, INVOICE
from tramesa.models.domain.invoice import InvoiceContent

PDF = b"%PDF-1.7\n%a small one\n"


def category(code: str = "S", rate: str | None = "21", *, name: str = "TaxCategory", scheme: str = "VAT") -> str:
    """A category of a tax."""
    percent = "" if rate is None else f"<cbc:Percent>{rate}</cbc:Percent>"
    tax = f"<cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme>"
    return f"<cac:{name}><cbc:ID>{code}</cbc:ID>{percent}{tax}</cac:{name}>"


def amount(name: str, value: str, currency: str = "EUR") -> str:
    """An amount of money."""
    return f'<cbc:{name} currencyID="{currency}">{value}</cbc:{name}>'


_SELLER = """<cac:Party><cbc:EndpointID schemeID="9920">ESB28015865</cbc:EndpointID>
<cac:PartyIdentification><cbc:ID schemeID="0088">8400000000017</cbc:ID></cac:PartyIdentification>
<cac:PartyIdentification><cbc:ID schemeID="SEPA">ES24ZZZB28015865</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name>Llum</cbc:Name></cac:PartyName>
<cac:PostalAddress><cbc:StreetName>Carrer Nou, 1</cbc:StreetName>
<cbc:AdditionalStreetName>Baixos</cbc:AdditionalStreetName>
<cbc:CityName>Girona</cbc:CityName><cbc:PostalZone>17001</cbc:PostalZone>
<cbc:CountrySubentity>Girona</cbc:CountrySubentity>
<cac:AddressLine><cbc:Line>Porta B</cbc:Line></cac:AddressLine>
<cac:Country><cbc:IdentificationCode>ES</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>ESB28015865</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Llum i Força, SL</cbc:RegistrationName>
<cbc:CompanyID schemeID="0002">GI-1234</cbc:CompanyID>
<cbc:CompanyLegalForm>Registre Mercantil de Girona</cbc:CompanyLegalForm></cac:PartyLegalEntity>
<cac:Contact><cbc:Name>Marta Puig</cbc:Name><cbc:Telephone>972000000</cbc:Telephone>
<cbc:ElectronicMail>marta@example.org</cbc:ElectronicMail></cac:Contact></cac:Party>"""

_BUYER = """<cac:Party><cbc:EndpointID schemeID="9920">ESQ2826000H</cbc:EndpointID>
<cac:PartyIdentification><cbc:ID schemeID="0088">8400000000024</cbc:ID></cac:PartyIdentification>
<cac:PostalAddress><cbc:StreetName>Plaça Major</cbc:StreetName><cbc:CityName>Madrid</cbc:CityName>
<cbc:PostalZone>28001</cbc:PostalZone>
<cac:Country><cbc:IdentificationCode>ES</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>ESQ2826000H</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Agència</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>"""

_LINE = f"""<cac:InvoiceLine><cbc:ID>L1</cbc:ID><cbc:Note>Feina d'octubre</cbc:Note>
<cbc:InvoicedQuantity unitCode="HUR">10</cbc:InvoicedQuantity>{amount("LineExtensionAmount", "95.00")}
<cbc:AccountingCost>4025</cbc:AccountingCost>
<cac:InvoicePeriod><cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-10-31</cbc:EndDate></cac:InvoicePeriod>
<cac:OrderLineReference><cbc:LineID>3</cbc:LineID></cac:OrderLineReference>
<cac:DocumentReference><cbc:ID schemeID="AAA">METER-2</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>
</cac:DocumentReference>
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>
<cbc:AllowanceChargeReason>Amic</cbc:AllowanceChargeReason>
<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>
{amount("Amount", "10.00")}{amount("BaseAmount", "100.00")}</cac:AllowanceCharge>
<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
<cbc:AllowanceChargeReason>Viatge</cbc:AllowanceChargeReason>
{amount("Amount", "5.00")}</cac:AllowanceCharge>
<cac:Item><cbc:Description>De dia</cbc:Description><cbc:Name>Hores</cbc:Name>
<cac:BuyersItemIdentification><cbc:ID>B-7</cbc:ID></cac:BuyersItemIdentification>
<cac:SellersItemIdentification><cbc:ID>S-7</cbc:ID></cac:SellersItemIdentification>
<cac:StandardItemIdentification><cbc:ID schemeID="0160">8400000000031</cbc:ID></cac:StandardItemIdentification>
<cac:OriginCountry><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:OriginCountry>
<cac:CommodityClassification>
<cbc:ItemClassificationCode listID="STI" listVersionID="2">72000000</cbc:ItemClassificationCode>
</cac:CommodityClassification>
{category(name="ClassifiedTaxCategory")}
<cac:AdditionalItemProperty><cbc:Name>Torn</cbc:Name><cbc:Value>Matí</cbc:Value></cac:AdditionalItemProperty>
</cac:Item>
<cac:Price>{amount("PriceAmount", "10.00")}<cbc:BaseQuantity unitCode="HUR">1</cbc:BaseQuantity>
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>{amount("Amount", "2.00")}
{amount("BaseAmount", "12.00")}</cac:AllowanceCharge></cac:Price>
</cac:InvoiceLine>"""

VALID = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{INVOICE}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ProfileID>P1</cbc:ProfileID>
<cbc:ID>U-1</cbc:ID><cbc:IssueDate>2026-11-20</cbc:IssueDate><cbc:DueDate>2026-12-20</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:Note>#ADU#Gràcies</cbc:Note>
<cbc:TaxPointDate>2026-11-19</cbc:TaxPointDate><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cbc:AccountingCost>6000</cbc:AccountingCost><cbc:BuyerReference>EXP-9</cbc:BuyerReference>
<cac:InvoicePeriod><cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-10-31</cbc:EndDate></cac:InvoicePeriod>
<cac:OrderReference><cbc:ID>O-1</cbc:ID><cbc:SalesOrderID>SO-1</cbc:SalesOrderID></cac:OrderReference>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>U-0</cbc:ID>
<cbc:IssueDate>2026-11-01</cbc:IssueDate></cac:InvoiceDocumentReference></cac:BillingReference>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>T-9</cbc:ID></cac:InvoiceDocumentReference>
</cac:BillingReference>
<cac:DespatchDocumentReference><cbc:ID>D-1</cbc:ID></cac:DespatchDocumentReference>
<cac:ReceiptDocumentReference><cbc:ID>R-1</cbc:ID></cac:ReceiptDocumentReference>
<cac:OriginatorDocumentReference><cbc:ID>LOT-1</cbc:ID></cac:OriginatorDocumentReference>
<cac:ContractDocumentReference><cbc:ID>C-1</cbc:ID></cac:ContractDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID schemeID="ABT">METER-1</cbc:ID>
<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>A-1</cbc:ID>
<cbc:DocumentDescription>Full d'hores</cbc:DocumentDescription><cac:Attachment>
<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="hores.pdf">{base64.b64encode(PDF).decode()}
</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>A-2</cbc:ID><cac:Attachment><cac:ExternalReference>
<cbc:URI>https://example.org/a2</cbc:URI></cac:ExternalReference></cac:Attachment></cac:AdditionalDocumentReference>
<cac:ProjectReference><cbc:ID>PR-1</cbc:ID></cac:ProjectReference>
<cac:AccountingSupplierParty>{_SELLER}</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty>{_BUYER}</cac:AccountingCustomerParty>
<cac:PayeeParty><cac:PartyIdentification><cbc:ID>P-1</cbc:ID></cac:PartyIdentification><cac:PartyName>
<cbc:Name>Factor, SA</cbc:Name></cac:PartyName></cac:PayeeParty>
<cac:Delivery><cbc:ActualDeliveryDate>2026-10-31</cbc:ActualDeliveryDate><cac:DeliveryLocation>
<cbc:ID schemeID="0088">8400000000048</cbc:ID>
<cac:Address><cbc:StreetName>Moll, 3</cbc:StreetName><cbc:CityName>Palamós</cbc:CityName>
<cbc:PostalZone>17230</cbc:PostalZone>
<cac:Country><cbc:IdentificationCode>ES</cbc:IdentificationCode></cac:Country></cac:Address></cac:DeliveryLocation>
<cac:DeliveryParty><cac:PartyName><cbc:Name>Magatzem</cbc:Name></cac:PartyName></cac:DeliveryParty></cac:Delivery>
<cac:PaymentMeans><cbc:PaymentMeansCode name="Transferència">58</cbc:PaymentMeansCode>
<cbc:PaymentID>RF-1</cbc:PaymentID>
<cac:PayeeFinancialAccount><cbc:ID>ES91 2100 0418 4502 0005 1332</cbc:ID><cbc:Name>Llum</cbc:Name>
<cac:FinancialInstitutionBranch><cbc:ID>CAIXESBB</cbc:ID></cac:FinancialInstitutionBranch>
</cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:PaymentTerms><cbc:Note>Trenta dies</cbc:Note></cac:PaymentTerms>
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
<cbc:AllowanceChargeReason>Volum</cbc:AllowanceChargeReason>
{amount("Amount", "5.00")}{category()}</cac:AllowanceCharge>
<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
<cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>
<cbc:AllowanceChargeReason>Ports</cbc:AllowanceChargeReason>{amount("Amount", "10.00")}{category()}
</cac:AllowanceCharge>
<cac:TaxTotal>{amount("TaxAmount", "21.00")}<cac:TaxSubtotal>
{amount("TaxableAmount", "100.00")}{amount("TaxAmount", "21.00")}{category()}</cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal>{amount("LineExtensionAmount", "95.00")}{amount("TaxExclusiveAmount", "100.00")}
{amount("TaxInclusiveAmount", "121.00")}
{amount("AllowanceTotalAmount", "5.00")}{amount("ChargeTotalAmount", "10.00")}{amount("PrepaidAmount", "21.00")}
{amount("PayableRoundingAmount", "0.10")}{amount("PayableAmount", "100.10")}</cac:LegalMonetaryTotal>
{_LINE}
</Invoice>
"""


def edited(*changes: tuple[str, str], text: str = VALID) -> bytes:
    """The valid document with each text replaced where it first stands; a text that is not there is a mistake."""
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{old!r} is not in the document")
        text = text.replace(old, new, 1)
    return text.encode()


def as_credit_note(text: str = VALID) -> str:
    """The same amounts given back: what UBL calls otherwise in a credit note, and what it leaves out."""
    text = re.sub(r"<cac:ProjectReference>.*?</cac:ProjectReference>\n", "", text)
    text = text.replace(INVOICE, CREDIT_NOTE).replace("InvoicedQuantity", "CreditedQuantity")
    text = text.replace("<Invoice ", "<CreditNote ").replace("</Invoice>", "</CreditNote>")
    text = text.replace("cac:InvoiceLine", "cac:CreditNoteLine").replace("<cbc:DueDate>2026-12-20</cbc:DueDate>", "")
    text = text.replace("<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "")
    code = "<cbc:TaxPointDate>2026-11-19</cbc:TaxPointDate><cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>"
    note = re.search(r"<cbc:Note>#ADU#.*?</cbc:Note>\n", text)
    assert note is not None
    text = text.replace(note.group(), "")
    tender = re.search(r"<cac:OriginatorDocumentReference>.*?</cac:OriginatorDocumentReference>\n", text)
    assert tender is not None
    seller = "<cac:AccountingSupplierParty>"
    text = text.replace(tender.group(), "").replace(seller, tender.group() + seller)
    return text.replace("<cbc:TaxPointDate>2026-11-19</cbc:TaxPointDate>", code + note.group().strip())


def content_of(data: bytes) -> InvoiceContent:
    """What a document says that has no errors."""
    result = read_document(data)
    assert result.content is not None, result.findings
    return result.content


def errors_of(result: ReadResult) -> list[str]:
    """The rules that it breaks."""
    return sorted(finding.rule for finding in result.findings if finding.severity == "ERROR")
