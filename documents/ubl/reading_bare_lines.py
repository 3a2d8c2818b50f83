"""Lines that say no more than every line of a plain invoice must: most lines of most invoices, read by position."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

from ...models.domain.invoice import Line, LineTax
from ..quick import maker_of
from ..values import read_decimal
from ..xml import Element
from .codes import UNIT_KEYS, VAT, tax_type_of

_line_of = maker_of(Line)
_tax_of = maker_of(LineTax)
_ZERO: Final = Decimal(0)


def read_bare_line(element: Element, position: int) -> Line | None:
    """What a line of a plain document (``plain``) says where it has no more than what must be there; else None.

    What must be there stands in this order, and its numbers can be read.
    """
    if len(element) != 5:
        return None
    id_, quantity, amount, item, price = element
    if len(item) != 2 or len(price) != 1:
        return None
    name, category = item
    code, percent, scheme = category
    if len(scheme) != 1:
        return None
    description = name.text.strip()
    if not description:
        return None
    gross = read_decimal(amount.text)
    unit = quantity.get("unitCode")
    tax = _tax_of(
        type=_type_of(code.text),
        rate=read_decimal(percent.text) or _ZERO,
        base=gross,
        withheld=False,
        category=code.text,
    )
    return _line_of(
        position=position,
        description=description,
        quantity=read_decimal(quantity.text) or _ZERO,
        unit=UNIT_KEYS.get(unit, unit),
        unit_code=unit,
        unit_price=read_decimal(price[0].text) or _ZERO,
        gross=gross,
        discounts=(),
        charges=(),
        taxes=(tax,),
        id=id_.text.strip() or None,
    )


@lru_cache(maxsize=64)
def _type_of(category: str) -> str:
    return tax_type_of(category, VAT)
