"""The lines of an invoice as a table, each with what else the document says of it in smaller type below."""

from __future__ import annotations

from typing import Final

from ...models.domain.invoice import Adjustment, InvoiceContent, Item, ItemInstance, Line, LineTax, Reference
from .blocks import Cell, Column, Row, Table, fitted
from .scribe import Scribe

MAX_LINES: Final = 2_000
"""Lines that are drawn: some 70 pages. A sentence below them says how many more there are."""

_MAX_NOTES: Final = 20
"""Discounts, references or properties of one line that are drawn."""


def lines(scribe: Scribe, content: InvoiceContent) -> tuple[Table, ...]:
    """The table of lines; nothing where there are none."""
    if not content.lines:
        return ()
    rows = []
    for line in content.lines[:MAX_LINES]:
        if scribe.desk.full:
            break
        rows.append(_row(scribe, line))
    shown = tuple(rows)
    left = len(content.lines) - len(shown)
    sentence = scribe.words.sentences["lines_left_out"].format(shown=scribe.whole(len(shown)), left=scribe.whole(left))
    return (
        Table(
            title=scribe.label("lines"),
            columns=_columns(scribe, shown),
            rows=shown,
            after=sentence if left else "",
        ),
    )


def _columns(scribe: Scribe, rows: tuple[Row, ...]) -> tuple[Column, ...]:
    heads = [scribe.label(key) for key in ("line", "description", "quantity", "price", "tax", "amount")]
    widest = {0: 40.0, 2: 78.0, 3: 100.0, 4: 82.0, 5: 118.0}
    return tuple(
        Column(
            head=head,
            width=fitted(head, rows, index, most=widest[index]) if index in widest else None,
            right=index > 1,
        )
        for index, head in enumerate(heads)
    )


def _row(scribe: Scribe, line: Line) -> Row:
    quantity = " ".join(filter(None, (scribe.number(line.quantity), scribe.unit(line.unit, line.quantity))))
    return (
        scribe.narrow(line.id) or str(line.position),
        Cell(text=scribe.text(line.description), notes=tuple(filter(None, _notes(scribe, line)))),
        quantity,
        scribe.price(line.unit_price),
        "\n".join(_tax(scribe, tax) for tax in scribe.desk.some(line.taxes, _MAX_NOTES)),
        scribe.amount(line.gross),
    )


def _tax(scribe: Scribe, tax: LineTax) -> str:
    name = scribe.words.labels["withheld"].format(tax=scribe.tax(tax.type)) if tax.withheld else scribe.tax(tax.type)
    said = f"{name} {scribe.rate(tax.rate)}"
    if tax.surcharge_rate:
        said += f" + {scribe.label('surcharge_rate')} {scribe.rate(tax.surcharge_rate)}"
    return said


def _notes(scribe: Scribe, line: Line) -> tuple[str, ...]:
    event = scribe.words.events[line.special_event] if line.special_event else ""
    return (
        *(_item(scribe, line.item) if line.item else ()),
        scribe.joined(
            scribe.labelled("article", scribe.code(line.article_code)),
            scribe.labelled("transaction_date", scribe.day(line.transaction_date)),
            scribe.period(line.period),
        ),
        scribe.joined(*(reference(scribe, one) for one in scribe.desk.some(line.references, _MAX_NOTES))),
        *(adjustment(scribe, "discount", one, sign=-1) for one in scribe.desk.some(line.discounts, _MAX_NOTES)),
        *(adjustment(scribe, "charge", one) for one in scribe.desk.some(line.charges, _MAX_NOTES)),
        ": ".join(filter(None, (event, scribe.text(line.special_event_reason)))),
        scribe.text(line.information),
        *(_part(scribe, one) for one in scribe.desk.some(line.sub_lines, _MAX_NOTES)),
    )


def _part(scribe: Scribe, line: Line) -> str:
    """A line that the line is made of: what, how many, for how much; and what that one is made of."""
    count = " ".join(filter(None, (scribe.number(line.quantity), scribe.unit(line.unit, line.quantity))))
    what = scribe.labelled("part", scribe.line(line.description))
    said = f"{what}, {count}: {scribe.amount(line.gross)}"
    below = [_part(scribe, one) for one in scribe.desk.some(line.sub_lines, _MAX_NOTES)]
    return f"{said} ({'; '.join(below)})" if below else said


def _item(scribe: Scribe, item: Item) -> tuple[str, ...]:
    classes = (scribe.code(one.value) for one in scribe.desk.some(item.classifications, _MAX_NOTES))
    base = item.base_quantity
    per = " ".join((scribe.number(base), scribe.unit(item.base_unit, base))).strip() if base and base != 1 else ""
    gross = item.gross_price
    return (
        scribe.text(item.detail),
        scribe.joined(
            scribe.labelled("standard_article", scribe.code(item.standard_code.value if item.standard_code else None)),
            scribe.labelled("buyer_article", scribe.code(item.buyer_code)),
            scribe.labelled("classification", ", ".join(classes)),
            scribe.labelled("origin", scribe.code(item.origin)),
        ),
        *(_instance(scribe, one) for one in scribe.desk.some(item.instances, _MAX_NOTES)),
        scribe.joined(
            *(f"{scribe.code(one.name)}: {scribe.code(one.value)}" for one in scribe.desk.some(item.properties, 20))
        ),
        scribe.joined(
            scribe.labelled("base_quantity", per),
            scribe.labelled("gross_price", scribe.price(gross) if gross is not None else ""),
        ),
    )


def _instance(scribe: Scribe, one: ItemInstance) -> str:
    return scribe.joined(
        scribe.labelled("lot", scribe.code(one.lot)),
        scribe.labelled("expires", scribe.day(one.expires)),
        scribe.labelled("serial", scribe.code(one.serial)),
        scribe.labelled("trace", scribe.code(one.trace)),
        scribe.labelled("plate", scribe.code(one.registration)),
        scribe.labelled("made", scribe.day(one.made)),
        scribe.labelled("best_before", scribe.day(one.best_before)),
    )


def reference(scribe: Scribe, one: Reference) -> str:
    """``Kind: value (day)``."""
    day = f" ({scribe.day(one.day)})" if one.day else ""
    return f"{scribe.words.references[one.kind]}: {scribe.code(one.value)}{day}"


def adjustment(scribe: Scribe, key: str, one: Adjustment, *, sign: int = 1) -> str:
    """``Discount 5 % (why): -12,00 €``."""
    rate = f" {scribe.rate(one.rate)}" if one.rate is not None else ""
    reason = scribe.line(one.reason)
    return f"{scribe.label(key)}{rate}{f' ({reason})' if reason else ''}: {scribe.amount(sign * one.amount)}"
