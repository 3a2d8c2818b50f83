"""What pictures are drawn of in tests, and what a reader finds in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pypdf import PageObject, PdfReader

from tramesa.documents.pictures.subjects import EntryReceipt, InvoicePicture, ReceivedFile
from tramesa.models.domain.findings import Finding, Severity
from tramesa.models.domain.invoice import (
    Address,
    DocumentFormat,
    DocumentParty,
    InvoiceContent,
    Line,
    LineTax,
    Office,
    OfficeRole,
    Payment,
    SignatureStatus,
    TaxTotal,
    Totals,
)
from tramesa.models.domain.states import InvoiceStatus

D = Decimal
SHA256 = "0123456789abcdef" * 4
REGISTERED_AT = datetime(2026, 11, 21, 22, 50, 14, tzinfo=UTC)

_ISSUER = DocumentParty(
    tax_id="B25418062",
    name="Ebre Subministraments, S.L.",
    address=Address(street="Carrer del Port, 3", post_code="43500", town="Tortosa", province="Tarragona"),
)
_RECEIVER = DocumentParty(
    tax_id="P2512300A",
    name="Ajuntament de Riudeclara",
    address=Address(
        street="10 rue de la Paix", post_code="75002", town="Paris", province="Île-de-France", country_code="FRA"
    ),
)
_TAXES = (
    LineTax(type="IVA", rate=D("21"), base=D("1234.56"), amount=D("259.26")),
    LineTax(type="IRPF", rate=D("15"), base=D("1234.56"), amount=D("185.18"), withheld=True),
)

CONTENT = InvoiceContent(
    format=DocumentFormat.FACTURAE_3_2_2,
    number="0118",
    series="F26",
    issue_date=date(2026, 11, 20),
    issuer=_ISSUER,
    receiver=_RECEIVER,
    offices=(Office(role=OfficeRole.ACCOUNTING_OFFICE, code="L01431557", name="Intervenció"),),
    currency="EUR",
    totals=Totals(
        gross=D("1234.56"),
        discounts=D("0.00"),
        charges=D("0.00"),
        taxable=D("1234.56"),
        taxes=D("259.26"),
        withheld=D("185.18"),
        total=D("1308.64"),
        payable=D("1308.64"),
    ),
    taxes=(
        TaxTotal(type="IVA", rate=D("21"), base=D("1234.56"), amount=D("259.26")),
        TaxTotal(type="IRPF", rate=D("15"), base=D("1234.56"), amount=D("185.18"), withheld=True),
    ),
    lines=(
        Line(
            position=1,
            description="Taula de roure",
            quantity=D("3"),
            unit="UNIT",
            unit_price=D("411.52"),
            gross=D("1234.56"),
            taxes=_TAXES,
        ),
    ),
    payments=(
        Payment(due_date=date(2026, 12, 20), amount=D("1308.64"), means="TRANSFER", iban="ES9121000418450200051332"),
    ),
)
"""1.234,56 € of tables with 21 % IVA and 15 % IRPF withheld: 1.308,64 € to be paid by transfer."""

FILES = (ReceivedFile(name="albarà.pdf", size=83_221, sha256="cd34" * 16, description="Albarà signat"),)


def picture_of(content: InvoiceContent = CONTENT, **changes: Any) -> InvoicePicture:
    """The invoice as the accounting office has it."""
    known = InvoicePicture(
        content=content,
        state=InvoiceStatus.REGISTERED_IN_RCF,
        state_since=datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC),
        sha256=SHA256,
        size=5_321,
        registry_number="E/2026/000123",
        registered_at=REGISTERED_AT,
        rcf_number="2026/004512",
    )
    return replace(known, **changes)


def receipt_of(**changes: Any) -> EntryReceipt:
    """The receipt of the same."""
    known = EntryReceipt(
        number="0118",
        series="F26",
        issue_date=date(2026, 11, 20),
        issuer_name=_ISSUER.name,
        issuer_tax_id=_ISSUER.tax_id,
        receiver_name=_RECEIVER.name,
        receiver_tax_id=_RECEIVER.tax_id,
        total=D("1308.64"),
        currency="EUR",
        format=DocumentFormat.FACTURAE_3_2_2,
        size=5_321,
        sha256=SHA256,
        received_at=datetime(2026, 11, 21, 22, 49, 59, tzinfo=UTC),
        registry_number="E/2026/000123",
        registered_at=REGISTERED_AT,
        signature=SignatureStatus.UNTRUSTED,
        signer="CN=Neus Ebre Pi",
        attachments=FILES,
        warnings=(
            Finding(
                rule="RCF05002",
                severity=Severity.WARNING,
                message="The check character of the Spanish tax identification number is wrong.",
                found="B2",
            ),
        ),
    )
    return replace(known, **changes)


def open_pdf(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All text of a PDF with its runs of white space made one space each."""
    return _text(open_pdf(pdf).pages)


def last_text_of(pdf: bytes) -> str:
    """The text of its last two pages: reading takes longer than drawing."""
    return _text(open_pdf(pdf).pages[-2:])


def _text(pages: Sequence[PageObject]) -> str:
    return " ".join(" ".join(page.extract_text() for page in pages).split())
