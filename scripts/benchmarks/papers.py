"""The documents that ``scripts/bench documents`` measures, composed here: nothing depends on samples being at hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from tramesa.documents.composing import compose_facturae
from tramesa.documents.facturae.codes import NAMESPACE_3_2_2
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.documents.ubl.codes import INVOICE
from tramesa.documents.ubl.schema import compiled
from tramesa.documents.ubl.writing import compose_ubl
from tramesa.models.domain.invoice import Address, DocumentFormat, DocumentParty, InvoiceContent, Payment
from tramesa.models.domain.totals import LineOrder, compute

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "samples" / "xsd" / "facturae" / "Facturaev3_2_2.xsd"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LINES = (1, 30, 1000)
MANY = 13_000
"""As many as 10 MB hold, which is the most that is taken: some 300,000 lines of text."""

_ISSUER = DocumentParty(
    tax_id="B28015865",
    name="Ferrer i Associats, SL",
    address=Address(street="Carrer Nou, 1", post_code="08001", town="Barcelona", province="Barcelona"),
)
_RECEIVER = DocumentParty(
    tax_id="Q2826000H",
    name="Agència de proves",
    address=Address(street="Plaça Major, 2", post_code="17001", town="Girona", province="Girona"),
)


@dataclass(frozen=True)
class Paper:
    """One invoice in one format, and what libxml2 alone checks it by."""

    name: str
    content: InvoiceContent
    ubl: bool

    @cached_property
    def data(self) -> bytes:
        """The document, unsigned."""
        return self.write()

    def write(self) -> bytes:
        """Compose it once more."""
        return compose_ubl(self.content) if self.ubl else compose_facturae(self.content)

    @cached_property
    def schema(self) -> Any:
        """The official schema where it is at hand (Facturae's is not part of the repository), else ours."""
        if self.ubl:
            return compiled(INVOICE)
        if OFFICIAL.is_file():
            return etree.XMLSchema(etree.parse(str(OFFICIAL), etree.XMLParser(load_dtd=True, no_network=True)))
        return facturae_schema("3.2.2", NAMESPACE_3_2_2)

    def limit(self) -> None:
        """Bare lxml: parsed and validated, and nothing read."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        if not self.schema.validate(etree.fromstring(self.data, parser)):
            raise ValueError(f"{self.name} is not valid: {self.schema.error_log.last_error}")


def papers() -> tuple[Paper, ...]:
    """Small to large, Facturae and UBL."""
    return tuple(
        Paper(f"{'UBL' if ubl else 'Facturae'}, {lines:,} line{'s' * (lines > 1)}", content_of(lines), ubl)
        for lines in LINES
        for ubl in (False, True)
    )


def content_of(lines: int) -> InvoiceContent:
    """An invoice of so many lines."""
    orders = tuple(
        LineOrder(
            description=f"Subministrament de material fungible, comanda 2026/{position:05d}",
            quantity=Decimal(position % 7 + 1),
            unit_price=Decimal(position % 900 + 100) / 100,
            tax_rate=Decimal((21, 10, 4)[position % 3]),
            unit="UNIT",
            discount_rate=Decimal(5) if position % 10 == 0 else None,
        )
        for position in range(lines)
    )
    computed = compute(orders)
    issued = date(2026, 11, 20)
    return InvoiceContent(
        format=DocumentFormat.FACTURAE_3_2_2,
        number=f"{lines:05d}",
        series="2026",
        issue_date=issued,
        issuer=_ISSUER,
        receiver=_RECEIVER,
        currency="EUR",
        totals=computed.totals,
        taxes=computed.taxes,
        lines=computed.lines,
        payments=(
            Payment(
                due_date=issued + timedelta(days=30),
                amount=computed.totals.payable,
                means="TRANSFER",
                iban="ES9121000418450200051332",
            ),
        ),
    )
