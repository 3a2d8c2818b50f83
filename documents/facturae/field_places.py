"""Where a Facturae says a field of ``InvoiceContent``, for findings about a document that it was read from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_INVOICE: Final = "Invoices/Invoice"
_HEADER: Final = f"{_INVOICE}/InvoiceHeader"
_ISSUE: Final = f"{_INVOICE}/InvoiceIssueData"
_TOTALS: Final = f"{_INVOICE}/InvoiceTotals"
_DATA: Final = f"{_INVOICE}/AdditionalData"
_FACTORING: Final = "FileHeader/FactoringAssignmentData"

_PARTY: Final = {
    "": "",
    "tax_id": "TaxIdentification/TaxIdentificationNumber",
    "person": "TaxIdentification/PersonTypeCode",
    "residence": "TaxIdentification/ResidenceTypeCode",
    "party_id": "PartyIdentification",
    "name": "LegalEntity/CorporateName",
    "trade_name": "LegalEntity/TradeName",
    "registration": "LegalEntity/RegistrationData",
    "person_name": "Individual",
    "person_name.given": "Individual/Name",
    "person_name.surname": "Individual/FirstSurname",
    "person_name.second_surname": "Individual/SecondSurname",
    "address": "*/AddressInSpain",
    "contact": "*/ContactDetails",
    "offices": "AdministrativeCentres/AdministrativeCentre",
}
_TAX: Final = {
    "": "",
    "type": "TaxTypeCode",
    "rate": "TaxRate",
    "base": "TaxableBase/TotalAmount",
    "base_in_euros": "TaxableBase/EquivalentInEuros",
    "amount": "TaxAmount/TotalAmount",
    "amount_in_euros": "TaxAmount/EquivalentInEuros",
    "surcharge_rate": "EquivalenceSurcharge",
    "surcharge_amount": "EquivalenceSurchargeAmount/TotalAmount",
    "surcharge_in_euros": "EquivalenceSurchargeAmount/EquivalentInEuros",
    "special_base": "SpecialTaxableBase/TotalAmount",
    "special_base_in_euros": "SpecialTaxableBase/EquivalentInEuros",
    "special_amount": "SpecialTaxAmount/TotalAmount",
    "special_amount_in_euros": "SpecialTaxAmount/EquivalentInEuros",
}
_LINE: Final = {
    "": "",
    "description": "ItemDescription",
    "quantity": "Quantity",
    "unit": "UnitOfMeasure",
    "unit_code": "UnitOfMeasure",
    "unit_price": "UnitPriceWithoutTax",
    "cost": "TotalCost",
    "gross": "GrossAmount",
    "discounts": "DiscountsAndRebates/Discount",
    "charges": "Charges/Charge",
    "article_code": "ArticleCode",
    "period": "LineItemPeriod",
    "transaction_date": "TransactionDate",
    "special_event": "SpecialTaxableEvent/SpecialTaxableEventCode",
    "special_event_reason": "SpecialTaxableEvent/SpecialTaxableEventReason",
    "information": "AdditionalLineItemInformation",
    "extensions": "Extensions",
}
_PAYMENT: Final = {
    "": "",
    "due_date": "InstallmentDueDate",
    "amount": "InstallmentAmount",
    "means": "PaymentMeans",
    "means_code": "PaymentMeans",
    "credited": "AccountToBeCredited",
    "credited.bank_code": "AccountToBeCredited/BankCode",
    "credited.branch_code": "AccountToBeCredited/BranchCode",
    "debited": "AccountToBeDebited",
    "reference": "PaymentReconciliationReference",
    "debit_reference": "DebitReconciliationReference",
    "information": "CollectionAdditionalInformation",
    "regulatory": "RegulatoryReportingData",
}
_WHOLE: Final = {
    "": "",
    "number": f"{_HEADER}/InvoiceNumber",
    "series": f"{_HEADER}/InvoiceSeriesCode",
    "document_type": f"{_HEADER}/InvoiceDocumentType",
    "invoice_class": f"{_HEADER}/InvoiceClass",
    "corrects": f"{_HEADER}/Corrective",
    "corrects.reason_code": f"{_HEADER}/Corrective/ReasonCode",
    "corrects.method": f"{_HEADER}/Corrective/CorrectionMethod",
    "corrects.period": f"{_HEADER}/Corrective/TaxPeriod",
    "issue_date": f"{_ISSUE}/IssueDate",
    "currency": f"{_ISSUE}/InvoiceCurrencyCode",
    "offices": "Parties/BuyerParty/AdministrativeCentres/AdministrativeCentre",
    "totals": _TOTALS,
    "payments": f"{_INVOICE}/PaymentDetails/Installment",
    "attachments": f"{_DATA}/RelatedDocuments/Attachment",
    "details": _INVOICE,
    "details.modality": "FileHeader/Modality",
    "details.batch_id": "FileHeader/Batch/BatchIdentifier",
    "details.issuer_type": "FileHeader/InvoiceIssuerType",
    "details.third_party": "FileHeader/ThirdParty",
    "details.factoring": _FACTORING,
    "details.factoring.payments": f"{_FACTORING}/PaymentDetails/Installment",
    "details.factoring.clauses": f"{_FACTORING}/FactoringAssignmentClauses",
    "details.operation_date": f"{_ISSUE}/OperationDate",
    "details.place_of_issue": f"{_ISSUE}/PlaceOfIssue",
    "details.period": f"{_ISSUE}/InvoicingPeriod",
    "details.exchange": f"{_ISSUE}/ExchangeRateDetails",
    "details.tax_currency": f"{_ISSUE}/TaxCurrencyCode",
    "details.language": f"{_ISSUE}/LanguageName",
    "details.description": f"{_ISSUE}/InvoiceDescription",
    "details.references": _ISSUE,
    "details.discounts": f"{_TOTALS}/GeneralDiscounts/Discount",
    "details.charges": f"{_TOTALS}/GeneralSurcharges/Charge",
    "details.settlement": _TOTALS,
    "details.settlement.outstanding": f"{_TOTALS}/TotalOutstandingAmount",
    "details.settlement.subsidies": f"{_TOTALS}/Subsidies/Subsidy",
    "details.settlement.on_account": f"{_TOTALS}/PaymentsOnAccount/PaymentOnAccount",
    "details.settlement.reimbursable": f"{_TOTALS}/ReimbursableExpenses/ReimbursableExpenses",
    "details.settlement.financial_expenses": f"{_TOTALS}/TotalFinancialExpenses",
    "details.settlement.retention": f"{_TOTALS}/AmountsWithheld",
    "details.settlement.in_kind": f"{_TOTALS}/PaymentInKind",
    "details.settlement.total_in_euros": "FileHeader/Batch/TotalInvoicesAmount/EquivalentInEuros",
    "details.settlement.outstanding_in_euros": "FileHeader/Batch/TotalOutstandingAmount/EquivalentInEuros",
    "details.settlement.payable_in_euros": "FileHeader/Batch/TotalExecutableAmount/EquivalentInEuros",
    "details.legal_literals": f"{_INVOICE}/LegalLiterals/LegalReference",
    "details.information": f"{_DATA}/InvoiceAdditionalInformation",
    "details.extensions": f"{_DATA}/Extensions",
    "details.file_extensions": "Extensions",
}
_BELOW: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "issuer": ("Parties/SellerParty", _PARTY),
    "receiver": ("Parties/BuyerParty", _PARTY),
    "details.third_party": ("FileHeader/ThirdParty", _PARTY),
    "details.factoring.assignee": (f"{_FACTORING}/Assignee", _PARTY),
    "lines.taxes": (f"{_INVOICE}/Items/InvoiceLine/TaxesOutputs/Tax", _TAX),
    "lines": (f"{_INVOICE}/Items/InvoiceLine", _LINE),
    "taxes": (f"{_INVOICE}/TaxesOutputs/Tax", _TAX),
    "payments": (f"{_INVOICE}/PaymentDetails/Installment", _PAYMENT),
}
"""Where the parts of a content stand that have places of their own; the innermost first."""

_POSITION = re.compile(r"\[[0-9]+\]")


def place_in_facturae(field: str) -> str:
    """The XPath of a field, or of the nearest thing that it is part of.

    >>> place_in_facturae("lines[2].taxes[1].surcharge_rate")
    '/Facturae/Invoices/Invoice/Items/InvoiceLine[2]/TaxesOutputs/Tax/EquivalenceSurcharge'
    """
    plain = _POSITION.sub("", field)
    for part, (above, places) in _BELOW.items():
        if plain == part or plain.startswith(f"{part}."):
            found = f"/Facturae/{above}/{_nearest(places, plain[len(part) + 1 :])}".rstrip("/")
            return _with_position(found, field)
    return f"/Facturae/{_nearest(_WHOLE, plain)}".rstrip("/")


def _with_position(place: str, field: str) -> str:
    position = _POSITION.search(field.partition(".")[0])
    if position is None:
        return place
    for name in ("InvoiceLine", "Installment"):
        place = re.sub(f"/{name}(?=/|$)", f"/{name}{position.group()}", place)
    return place


def _nearest(places: Mapping[str, str], field: str) -> str:
    while field and field not in places:
        field = field.rpartition(".")[0]
    return places.get(field, "")
