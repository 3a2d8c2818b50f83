"""What was lost between two formats, found by going back: no loss is silent, whatever the formats come to hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import Final, NamedTuple

from ..models.domain.findings import Finding, Severity
from ..models.domain.invoice import DocumentFormat, InvoiceContent
from .comparing import Difference, differences, plain_field, words_of
from .facturae.source_places import place_in_source

IGNORED: Final = frozenset({"format", "signed"})
"""What another document is about, rather than the invoice: it is of another format, and unsigned."""

_RULES: Final = {True: "HF08", False: "UBL"}
_NAMES: Final = {True: "Facturae", False: "UBL"}


class Loss(NamedTuple):
    """A field of ``InvoiceContent`` that was lost, such as ``lines[2].unit``, and the warning that says so."""

    field: str
    finding: Finding


def losses(said: InvoiceContent, returned: InvoiceContent, told: Set[str], *, in_facturae: bool) -> Iterator[Loss]:
    """A warning for each field that did not come back from the other format as it was, unless it was told already.

    ``told`` are fields such as ``lines[2].item.origin``, or ``lines.item`` for all of that name and their parts.
    """
    for found in differences(said, returned):
        if found.field not in IGNORED and not is_told(found.field, told):
            yield Loss(found.field, _finding(found, said.format, in_facturae=in_facturae))


def is_told(field: str, told: Set[str]) -> bool:
    """Whether the field, or something that it is part of, is among those that were told."""
    return any(above in told or plain_field(above) in told for above in _above(field))


def _above(field: str) -> Iterable[str]:
    while field:
        yield field
        if field.endswith("]"):
            yield field.rpartition("[")[0]
        field = field.rpartition(".")[0]


def _finding(found: Difference, source: DocumentFormat, *, in_facturae: bool) -> Finding:
    name, words = _NAMES[in_facturae], words_of(found.field)
    if found.is_lost:
        message, shown = f"{name} cannot keep this, and it is left out: {words}.", _shown(found.said)
    else:
        message = f"{name} cannot say this as it is here: {words}."
        shown = f"{_shown(found.said)}; it comes back as {_shown(found.returned)}"
    place = place_in_source(found.field, source)
    return Finding(
        rule=_RULES[in_facturae],
        message=message,
        severity=Severity.WARNING,
        location=place,
        found=_printable(shown)[:200] or None,
    )


def _printable(text: str) -> str:
    """Without what no answer may carry, such as control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _shown(value: object) -> str:
    """A value in few characters: of what has parts, those that name it."""
    if value is None or value == ():
        return "nothing"
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value[:3]))
    for name in ("value", "text", "name", "code", "reason", "amount", "number", "street"):
        said = getattr(value, name, None)
        if said not in (None, ""):
            return str(said)[:90]
    return str(value)[:90]
