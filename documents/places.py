"""Where the parts of an invoice stand in its document, for findings that are made without the XML at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..models.domain.invoice import DocumentFormat

_HEADER: Final = "/Facturae/Invoices/Invoice/InvoiceHeader"
_TAX_ID: Final = "TaxIdentification/TaxIdentificationNumber"

_FACTURAE: Final[Mapping[str, str]] = {
    "number": f"{_HEADER}/InvoiceNumber",
    "series": f"{_HEADER}/InvoiceSeriesCode",
    "class": f"{_HEADER}/InvoiceClass",
    "date": "/Facturae/Invoices/Invoice/InvoiceIssueData/IssueDate",
    "issuer": f"/Facturae/Parties/SellerParty/{_TAX_ID}",
    "receiver": f"/Facturae/Parties/BuyerParty/{_TAX_ID}",
}

_UBL: Final[Mapping[str, str]] = {
    "number": "/{root}/ID",
    "series": "/{root}/ID",
    "class": "/{root}/{root}TypeCode",
    "date": "/{root}/IssueDate",
    "issuer": "/{root}/AccountingSupplierParty/Party/PartyTaxScheme/CompanyID",
    "receiver": "/{root}/AccountingCustomerParty/Party/PartyTaxScheme/CompanyID",
}


def place_of(format_: DocumentFormat, part: str) -> str:
    """The path of number, series, class, date, issuer or receiver in a document of this format."""
    if format_.is_facturae:
        return _FACTURAE[part]
    root = "CreditNote" if format_ is DocumentFormat.UBL_2_1_CREDIT_NOTE else "Invoice"
    return _UBL[part].format(root=root)
