"""The documents of the demo: numbered in the order in which they were issued, and really composed as Facturae."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from ...documents.composing import compose_facturae
from ...documents.facturae.codes import CORRECTION_REASONS
from ...models.domain.invoice import (
    AttachedFile,
    Correction,
    DocumentFormat,
    InvoiceClass,
    InvoiceContent,
    Office,
    Payment,
)
from ...models.domain.numbering import legal_date
from ...models.domain.states import InvoiceStatus
from ...models.domain.totals import LineOrder, compute
from ...models.domain.transitions import PartyKind
from ...models.life.keeping import EntryRequest
from .goods import SERVICES, SUPPLIES, WITHHOLDING
from .lives import Life
from .pdf import small_pdf
from .people import WINSLOW, DemoParty

CORRECTION_EVERY = 25
ATTACHMENT_EVERY = 6
FIRST_NUMBER = 118
"""Both companies were in business before they came here, so their first numbers of the first year are higher."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What was ordered, and the invoice that it made."""

    orders: tuple[LineOrder, ...]
    content: InvoiceContent


class Desk:
    """Where both companies write their invoices, one after the other."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._years: set[int] = set()
        self._written = 0
        self._correctable: dict[tuple[str, str], _Sheet] = {}

    def write(self, life: Life) -> EntryRequest:
        """The request to enter the next invoice."""
        self._written += 1
        wrong = self._to_correct(life)
        orders = self._orders(life) if wrong is None else _put_right(wrong.orders)
        content = self._content(life, orders, wrong)
        if life.status is InvoiceStatus.PAID and wrong is None:
            self._correctable[life.issuer.tax_id, life.receiver.tax_id] = _Sheet(orders, content)
        attached = self._written % ATTACHMENT_EVERY == 0
        return EntryRequest(
            operation="demo",
            arguments={},
            content=content,
            document=compose_facturae(content),
            attachments=(_delivery_note(content),) if attached else (),
            notify_email=f"avisos@{life.issuer.email.partition('@')[2]}" if self._written % 10 == 0 else None,
        )

    def _content(self, life: Life, orders: tuple[LineOrder, ...], wrong: _Sheet | None) -> InvoiceContent:
        issued = legal_date(life.sent_at)
        series = "F" if wrong is None else "R"
        computed = compute(orders)
        public = life.receiver.kind is PartyKind.PUBLIC_BODY
        due = issued + timedelta(days=30 if public else 60)
        return InvoiceContent(
            format=DocumentFormat.FACTURAE_3_2_2,
            number=self._number(life.issuer, series, issued.year),
            series=f"{series}{issued.year % 100}",
            issue_date=issued,
            issuer=life.issuer.in_documents,
            receiver=life.receiver.in_documents,
            offices=self._offices(life.receiver),
            currency="EUR",
            totals=computed.totals,
            taxes=computed.taxes,
            lines=computed.lines,
            payments=(Payment(due_date=due, amount=computed.totals.payable, means="TRANSFER", iban=life.issuer.iban),),
            invoice_class=InvoiceClass.ORIGINAL if wrong is None else InvoiceClass.CORRECTIVE,
            corrects=None if wrong is None else _correction(wrong.content),
        )

    def _offices(self, receiver: DemoParty) -> tuple[Office, ...]:
        return receiver.branch if receiver.branch and self._written % 3 == 0 else receiver.offices

    def _number(self, issuer: DemoParty, series: str, year: int) -> str:
        self._years.add(year)
        self._numbers[issuer.tax_id, f"{series}{year}"] += 1
        before = FIRST_NUMBER if series == "F" and year == min(self._years) else 0
        return f"{before + self._numbers[issuer.tax_id, f'{series}{year}']:04d}"

    def _orders(self, life: Life) -> tuple[LineOrder, ...]:
        by_architects = life.issuer is WINSLOW
        goods = SERVICES if by_architects else SUPPLIES
        chosen = self._dice.sample(goods, self._dice.choice((1, 1, 2) if by_architects else (1, 2, 3, 4)))
        file = f" (exp. {life.sent_at.year}/{self._dice.randint(40, 990)})" if by_architects else ""
        return tuple(
            LineOrder(
                description=good.description + file,
                quantity=Decimal(self._dice.choice(good.quantities)),
                unit=good.unit,
                unit_price=good.unit_price,
                tax_rate=Decimal(good.rate),
                discount_rate=Decimal(5) if self._dice.random() < 0.08 else None,
                withholding_rate=WITHHOLDING if by_architects else None,
            )
            for good in chosen
        )

    def _to_correct(self, life: Life) -> _Sheet | None:
        """Now and then, the last invoice of the two that was paid and is not corrected yet."""
        if self._written % CORRECTION_EVERY:
            return None
        return self._correctable.pop((life.issuer.tax_id, life.receiver.tax_id), None)


def _put_right(orders: tuple[LineOrder, ...]) -> tuple[LineOrder, ...]:
    """The same with the discount that had been agreed, and forgotten."""
    return (replace(orders[0], discount_rate=Decimal(10)), *orders[1:])


def _correction(wrong: InvoiceContent) -> Correction:
    code = "16"  # The taxable base was wrong.
    return Correction(
        number=wrong.number,
        series=wrong.series,
        issue_date=wrong.issue_date,
        reason_code=code,
        reason=CORRECTION_REASONS[code],
        method="01",
    )


def _delivery_note(content: InvoiceContent) -> AttachedFile:
    full = f"{content.series}-{content.number}"
    listed = tuple(f"{line.quantity}  {line.description}" for line in content.lines)
    heading = (content.issuer.name, f"Albarà de la factura {full}, {content.issue_date:%d/%m/%Y}", "")
    return AttachedFile(
        name=f"albarà {full}.pdf",
        media_type="application/pdf",
        description="Albarà signat",
        content=small_pdf((*heading, *listed, "", f"Rebut conforme: {content.receiver.name}")),
    )
