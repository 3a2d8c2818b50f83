"""Facturae documents for tests: one good invoice, and the same with changes."""

from pathlib import Path

from tramesa.documents.facturae.codes import VERSIONS

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
NO_SAMPLES = f"no samples in {SAMPLES}: they are not part of the repository"

NAMESPACES = {version: namespace for namespace, (version, _) in VERSIONS.items()}

_TAX = """<Tax><TaxTypeCode>{code}</TaxTypeCode><TaxRate>{rate}</TaxRate>
<TaxableBase><TotalAmount>{base}</TotalAmount></TaxableBase><TaxAmount><TotalAmount>{amount}</TotalAmount></TaxAmount></Tax>"""
_IVA = _TAX.format(code="01", rate="21.00", base="90.00", amount="18.90")
_IRPF = _TAX.format(code="04", rate="15.00", base="90.00", amount="13.50")

_PLACE = """<AddressInSpain><Address>a</Address><PostCode>08001</PostCode><Town>b</Town><Province>c</Province>
<CountryCode>ESP</CountryCode></AddressInSpain>"""

VALID = f"""<?xml version="1.0" encoding="UTF-8"?>
<fe:Facturae xmlns:fe="{NAMESPACES["3.2.2"]}">
<FileHeader><SchemaVersion>3.2.2</SchemaVersion><Modality>I</Modality><InvoiceIssuerType>EM</InvoiceIssuerType>
<Batch><BatchIdentifier>BATCH-77</BatchIdentifier><InvoicesCount>1</InvoicesCount>
<TotalInvoicesAmount><TotalAmount>95.40</TotalAmount></TotalInvoicesAmount>
<TotalOutstandingAmount><TotalAmount>95.40</TotalAmount></TotalOutstandingAmount>
<TotalExecutableAmount><TotalAmount>95.40</TotalAmount></TotalExecutableAmount>
<InvoiceCurrencyCode>EUR</InvoiceCurrencyCode></Batch></FileHeader>
<Parties>
<SellerParty><TaxIdentification><PersonTypeCode>F</PersonTypeCode><ResidenceTypeCode>R</ResidenceTypeCode>
<TaxIdentificationNumber>12345678Z</TaxIdentificationNumber></TaxIdentification>
<Individual><Name>Marta</Name><FirstSurname>Puig</FirstSurname><SecondSurname>Serra</SecondSurname>
<AddressInSpain><Address>Carrer Nou, 1</Address><PostCode>08001</PostCode><Town>Barcelona</Town>
<Province>Barcelona</Province><CountryCode>ESP</CountryCode></AddressInSpain></Individual></SellerParty>
<BuyerParty><TaxIdentification><PersonTypeCode>J</PersonTypeCode><ResidenceTypeCode>R</ResidenceTypeCode>
<TaxIdentificationNumber>ESQ2826000H</TaxIdentificationNumber></TaxIdentification>
<AdministrativeCentres>
<AdministrativeCentre><CentreCode>L01081593</CentreCode><RoleTypeCode>01</RoleTypeCode><Name>Person</Name>
<AddressInSpain><Address>a</Address><PostCode>08001</PostCode><Town>b</Town><Province>c</Province>
<CountryCode>ESP</CountryCode></AddressInSpain><CentreDescription>Intervenció</CentreDescription></AdministrativeCentre>
<AdministrativeCentre><CentreCode>1</CentreCode><RoleTypeCode>04</RoleTypeCode>{_PLACE}</AdministrativeCentre>
<AdministrativeCentre><CentreCode>X</CentreCode><RoleTypeCode>09</RoleTypeCode>{_PLACE}</AdministrativeCentre>
<AdministrativeCentre><RoleTypeCode>02</RoleTypeCode>{_PLACE}</AdministrativeCentre>
</AdministrativeCentres>
<LegalEntity><CorporateName>Agència &amp; Cia</CorporateName><TradeName>Agència</TradeName>
<OverseasAddress><Address>Rue de la Paix</Address><PostCodeAndTown>75002 Paris</PostCodeAndTown>
<Province>Île-de-France</Province><CountryCode>FRA</CountryCode></OverseasAddress></LegalEntity></BuyerParty>
</Parties>
<Invoices><Invoice>
<InvoiceHeader><InvoiceNumber>F-1</InvoiceNumber><InvoiceSeriesCode>2026A</InvoiceSeriesCode>
<InvoiceDocumentType>FC</InvoiceDocumentType><InvoiceClass>OO</InvoiceClass></InvoiceHeader>
<InvoiceIssueData><IssueDate>2026-11-20</IssueDate><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>
<TaxCurrencyCode>EUR</TaxCurrencyCode><LanguageName>ca</LanguageName></InvoiceIssueData>
<TaxesOutputs>{_IVA}</TaxesOutputs>
<TaxesWithheld>{_IRPF}</TaxesWithheld>
<InvoiceTotals><TotalGrossAmount>90.00</TotalGrossAmount><TotalGrossAmountBeforeTaxes>90.00</TotalGrossAmountBeforeTaxes>
<TotalTaxOutputs>18.90</TotalTaxOutputs><TotalTaxesWithheld>13.50</TotalTaxesWithheld><InvoiceTotal>95.40</InvoiceTotal>
<TotalOutstandingAmount>95.40</TotalOutstandingAmount><TotalExecutableAmount>95.40</TotalExecutableAmount></InvoiceTotals>
<Items><InvoiceLine><SequenceNumber>7</SequenceNumber><ItemDescription>Hores de feina</ItemDescription>
<Quantity>2</Quantity><UnitOfMeasure>02</UnitOfMeasure><UnitPriceWithoutTax>50.00</UnitPriceWithoutTax><TotalCost>100.00</TotalCost>
<DiscountsAndRebates><Discount><DiscountReason>Amic</DiscountReason><DiscountRate>15.00</DiscountRate>
<DiscountAmount>15.00</DiscountAmount></Discount></DiscountsAndRebates>
<Charges><Charge><ChargeReason>Desplaçament</ChargeReason><ChargeAmount>5.00</ChargeAmount></Charge></Charges>
<GrossAmount>90.00</GrossAmount>
<TaxesWithheld>{_IRPF}</TaxesWithheld><TaxesOutputs>{_IVA}</TaxesOutputs></InvoiceLine></Items>
<PaymentDetails><Installment><InstallmentDueDate>2026-12-20</InstallmentDueDate><InstallmentAmount>95.40</InstallmentAmount>
<PaymentMeans>04</PaymentMeans><AccountToBeCredited><IBAN>ES91 2100 0418 4502 0005 1332</IBAN></AccountToBeCredited>
</Installment></PaymentDetails>
</Invoice></Invoices>
</fe:Facturae>
"""


def edited(*changes: tuple[str, str], version: str = "3.2.2") -> bytes:
    """The valid document with each text replaced where it first stands; a text that is not there is a mistake."""
    text = VALID
    if version != "3.2.2":
        text = text.replace(NAMESPACES["3.2.2"], NAMESPACES[version])
        text = text.replace("<SchemaVersion>3.2.2<", f"<SchemaVersion>{version}<")
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{old!r} is not in the document")
        text = text.replace(old, new, 1)
    return text.encode()


def with_attachment(data: str, *, format_: str = "pdf", algorithm: str = "NONE", description: str = "Full") -> bytes:
    """The valid document with one file inside."""
    block = f"""</PaymentDetails><AdditionalData><RelatedDocuments><Attachment>
<AttachmentCompressionAlgorithm>{algorithm}</AttachmentCompressionAlgorithm><AttachmentFormat>{format_}</AttachmentFormat>
<AttachmentEncoding>BASE64</AttachmentEncoding><AttachmentDescription>{description}</AttachmentDescription>
<AttachmentData>{data}</AttachmentData></Attachment></RelatedDocuments></AdditionalData>"""
    return edited(("</PaymentDetails>", block))


def corrective(block: str, invoice_class: str = "OR") -> bytes:
    """The valid document as a corrective one, with this inside ``Corrective``; nothing where it is empty."""
    inner = f"<Corrective>{block}</Corrective>" if block else ""
    return edited(("<InvoiceClass>OO</InvoiceClass>", f"<InvoiceClass>{invoice_class}</InvoiceClass>{inner}"))
