"""From the lines to what is to be paid: taxes, totals, settlement, and how it is to be paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ...models.domain.invoice import (
    Account,
    Adjustment,
    InvoiceContent,
    Payment,
    PaymentOnAccount,
    ReimbursableExpense,
    TaxTotal,
)
from . import figures
from .blocks import Cell, Column, Row, Sum, Sums, Table, fitted
from .lines import adjustment
from .scribe import Scribe

_AMOUNT: Final = 118.0


def taxes(scribe: Scribe, content: InvoiceContent) -> tuple[Table, ...]:
    """Taxes by type and rate, with a column for what only some have; nothing where there are none."""
    found = tuple(scribe.desk.some(content.taxes))
    if not found:
        return ()
    heads = ["tax", "base", "percent", "tax_amount"]
    optional = {
        "surcharge_rate": [tax.surcharge_rate for tax in found],
        "surcharge": [tax.surcharge_amount for tax in found],
        "special_base": [tax.special_base for tax in found],
        "special_amount": [tax.special_amount for tax in found],
        "in_euros": [tax.amount_in_euros for tax in found],
    }
    used = [key for key, values in optional.items() if any(value is not None for value in values)]
    rows = tuple(
        (*_tax(scribe, tax), *(_optional(scribe, key, optional[key][index]) for key in used))
        for index, tax in enumerate(found)
    )
    named = [scribe.label(key) for key in (*heads, *used)]
    columns = tuple(
        Column(head=head, width=fitted(head, rows, index, most=_AMOUNT) if index else None, right=index > 0)
        for index, head in enumerate(named)
    )
    return (Table(title=scribe.label("taxes"), columns=columns, rows=rows),)


def _tax(scribe: Scribe, tax: TaxTotal) -> Row:
    name = scribe.tax(tax.type)
    category = scribe.words.categories.get(tax.category or "", "") if tax.category != "S" else ""
    exempt = scribe.joined(scribe.code(tax.exemption_code), scribe.text(tax.exemption_reason))
    return (
        Cell(
            text=scribe.label("withheld").format(tax=name) if tax.withheld else name,
            notes=tuple(filter(None, (category, exempt))),
        ),
        scribe.amount(tax.base),
        scribe.rate(tax.rate),
        scribe.amount(tax.amount),
    )


def _optional(scribe: Scribe, key: str, value: Decimal | None) -> str:
    if value is None:
        return ""
    if key == "surcharge_rate":
        return scribe.rate(value)
    return scribe.amount(value, "EUR" if key == "in_euros" else None)


def sums(scribe: Scribe, content: InvoiceContent) -> Sums:
    """Everything from the lines' sum down to what is to be paid, as the document states it. What is taken off is
    negative."""
    totals, details = content.totals, content.details
    settled = details.settlement
    rows = (
        _sum(scribe, "gross", totals.gross),
        *_if(scribe, "discounts", -totals.discounts, _reasons(scribe, "discount", details.discounts, -1)),
        *_if(scribe, "charges", totals.charges, _reasons(scribe, "charge", details.charges, 1)),
        _sum(scribe, "taxable", totals.taxable, weight=1),
        _sum(scribe, "taxes_charged", totals.taxes, notes=_in_tax_currency(scribe, content)),
        *_if(scribe, "taxes_withheld", -totals.withheld),
        _sum(scribe, "total", totals.total, notes=_in_euros(scribe, settled.total_in_euros), weight=1),
        *_settlement(scribe, content),
        _sum(scribe, "payable", totals.payable, notes=_in_euros(scribe, settled.payable_in_euros), weight=2),
    )
    return Sums(title=scribe.label("totals"), rows=rows)


def _settlement(scribe: Scribe, content: InvoiceContent) -> tuple[Sum, ...]:
    found = content.details.settlement
    on_account = _stated(found.on_account_total, found.on_account)
    reimbursable = _stated(found.reimbursable_total, found.reimbursable)
    subsidies = sum((one.amount for one in found.subsidies), Decimal(0))
    outstanding = found.outstanding if found.outstanding != content.totals.total else None
    return (
        *_if(scribe, "subsidies", -subsidies, _reasons(scribe, "amount", found.subsidies, -1)),
        *_if(scribe, "on_account", -on_account, _on_account(scribe, found.on_account)),
        *_if(scribe, "outstanding", outstanding, _in_euros(scribe, found.outstanding_in_euros)),
        *_if(scribe, "reimbursable", reimbursable, _reimbursable(scribe, found.reimbursable)),
        *_if(scribe, "financial_expenses", found.financial_expenses),
        *_one(scribe, "retention", found.retention),
        *_one(scribe, "in_kind", found.in_kind),
        *_if(scribe, "rounding", found.rounding),
    )


def _stated(total: Decimal | None, parts: tuple[PaymentOnAccount, ...] | tuple[ReimbursableExpense, ...]) -> Decimal:
    return total if total is not None else sum((part.amount for part in parts), Decimal(0))


def _sum(scribe: Scribe, key: str, value: Decimal, *, notes: tuple[str, ...] = (), weight: int = 0) -> Sum:
    return Sum(label=scribe.label(key), text=scribe.amount(value), notes=notes, weight=weight)


def _if(scribe: Scribe, key: str, value: Decimal | None, notes: tuple[str, ...] = ()) -> tuple[Sum, ...]:
    """A row that is there only where it counts or has something to say."""
    return (_sum(scribe, key, value or Decimal(0), notes=notes),) if value or notes else ()


def _one(scribe: Scribe, key: str, found: Adjustment | None) -> tuple[Sum, ...]:
    if found is None:
        return ()
    rate = scribe.rate(found.rate) if found.rate is not None else ""
    note = scribe.joined(scribe.line(found.reason), rate)
    return (_sum(scribe, key, -found.amount, notes=(note,) if note else ()),)


def _reasons(scribe: Scribe, key: str, found: tuple[Adjustment, ...], sign: int) -> tuple[str, ...]:
    return tuple(adjustment(scribe, key, one, sign=sign) for one in scribe.desk.some(found))


def _on_account(scribe: Scribe, found: tuple[PaymentOnAccount, ...]) -> tuple[str, ...]:
    return tuple(
        ": ".join(filter(None, (scribe.day(one.day), scribe.amount(-one.amount)))) for one in scribe.desk.some(found)
    )


def _reimbursable(scribe: Scribe, found: tuple[ReimbursableExpense, ...]) -> tuple[str, ...]:
    return tuple(
        scribe.joined(
            scribe.code(figures.full_number(one.series, one.number or "")),
            scribe.day(one.issue_date),
            scribe.code(one.issuer_tax_id),
            scribe.amount(one.amount),
        )
        for one in scribe.desk.some(found)
    )


def _in_euros(scribe: Scribe, value: Decimal | None) -> tuple[str, ...]:
    return () if value is None else (f"{scribe.label('in_euros')}: {scribe.amount(value, 'EUR')}",)


def _in_tax_currency(scribe: Scribe, content: InvoiceContent) -> tuple[str, ...]:
    value, currency = content.details.settlement.taxes_in_tax_currency, content.details.tax_currency
    if value is None or not currency:
        return ()
    label = scribe.label("taxes_in_tax_currency").format(currency=scribe.code(currency))
    return (f"{label}: {scribe.amount(value, scribe.code(currency))}",)


def payments(scribe: Scribe, content: InvoiceContent) -> tuple[Table, ...]:
    """When, how and where to it is to be paid; nothing where the document does not say."""
    factoring = content.details.factoring
    found = tuple(scribe.desk.some(content.payments + (factoring.payments if factoring else ())))
    if not found:
        return ()
    rows = tuple(_payment(scribe, one) for one in found)
    heads = [scribe.label(key) for key in ("due_date", "means", "account", "amount")]
    columns = (
        Column(head=heads[0], width=68),
        Column(head=heads[1], width=120),
        Column(head=heads[2]),
        Column(head=heads[3], width=fitted(heads[3], rows, 3, most=_AMOUNT), right=True),
    )
    return (Table(title=scribe.label("payment"), columns=columns, rows=rows),)


def _payment(scribe: Scribe, one: Payment) -> Row:
    account = figures.iban(one.iban) if one.iban else _account(one.credited) or _account(one.debited)
    holder = one.credited or one.debited
    debited = _account(one.debited) if one.credited and one.debited else ""
    notes = (
        scribe.labelled("bic", scribe.code(holder.bic if holder else None)),
        scribe.labelled("holder", scribe.code(holder.holder if holder else None)),
        scribe.labelled("debited", scribe.code(debited)),
        scribe.labelled("reference", scribe.code(one.reference)),
        scribe.labelled("reference", scribe.code(one.debit_reference)),
        scribe.labelled("mandate", scribe.code(one.mandate)),
        scribe.labelled("creditor", scribe.code(one.creditor_id)),
        scribe.labelled("card", scribe.joined(scribe.code(one.card_number), scribe.code(one.card_holder))),
        scribe.text(one.information),
        scribe.labelled("regulatory", scribe.text(one.regulatory)),
    )
    return (
        scribe.day(one.due_date) if one.due_date_stated else scribe.words.sentences["no_due_date"],
        Cell(text=scribe.means(one.means), notes=tuple(filter(None, (scribe.text(one.means_text),)))),
        Cell(text=scribe.code(account), notes=tuple(filter(None, notes))),
        scribe.amount(one.amount),
    )


def _account(account: Account | None) -> str:
    if account is None:
        return ""
    return figures.iban(account.iban) if account.iban else account.number or ""
