"""What two contents say otherwise of one invoice, field by field, whatever fields the types have or get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any, Final

_IDENTITY: Final = ("kind", "withheld", "type", "role")
"""What makes an entry of a list another one, rather than the same one said otherwise."""

_UNORDERED: Final = frozenset({"taxes", "references", "offices"})
"""Lists whose order says nothing."""

_NOTHING: Final = (None, (), "")

_POSITION = re.compile(r"\[[0-9]+\]")

_ENTRIES: Final[Mapping[str, str]] = {
    "lines": "a line",
    "taxes": "a tax",
    "discounts": "a discount",
    "charges": "a charge",
    "payments": "a payment",
    "offices": "a centre",
    "references": "a reference",
    "attachments": "an attached file",
    "subsidies": "a subsidy",
    "on_account": "a payment on account",
    "reimbursable": "an expense paid for the receiver",
    "notes": "a note",
    "identifiers": "an identifier",
    "classifications": "a classification",
    "properties": "a property",
    "instances": "a lot or serial number",
    "sub_lines": "a line that the line is made of",
    "further_elements": "a further element",
    "documents": "a paper",
    "supporting_documents": "a supporting document",
    "legal_literals": "a legal text",
    "extensions": "an extension",
    "file_extensions": "an extension of the file",
    "more": "a further line",
}
"""What one entry of a list is called; of another list, its field."""

_WHOLE: Final = frozenset({"details", "settlement"})
"""Fields that only hold others."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, such as ``lines[2].item.origin`` counted from 1, that is not the same in both."""

    field: str
    said: object
    returned: object

    @property
    def is_lost(self) -> bool:
        """Whether nothing came back, rather than something else."""
        return self.returned in _NOTHING


def differences(said: object, returned: object, field: str = "") -> Iterator[Difference]:
    """Every field of ``said`` that is not in ``returned`` as it was, and what ``returned`` says beyond it."""
    if said == returned:
        return
    if is_dataclass(said) and (type(said) is type(returned) or returned is None):
        for part in fields(said):
            name = f"{field}.{part.name}".strip(".")
            other = _default(part) if returned is None else getattr(returned, part.name)
            yield from differences(getattr(said, part.name), other, name)
    elif isinstance(said, tuple) and isinstance(returned, tuple):
        yield from _in_lists(said, returned, field)
    else:
        yield Difference(field, said, returned)


def words_of(field: str) -> str:
    """A field as a person calls it.

    >>> words_of("lines[2].taxes[1].surcharge_rate"), words_of("issuer.person_name.second_surname")
    ('surcharge rate of a tax of a line', 'second surname of the person name of the issuer')
    """
    *above, last = field.split(".")
    names = [_name(last, leaf=True), *(_name(part, leaf=False) for part in reversed(above))]
    return " of ".join(name for name in names if name)


def plain_field(field: str) -> str:
    """The field without positions: ``lines.taxes.rate``."""
    return _POSITION.sub("", field)


def _name(part: str, *, leaf: bool) -> str:
    name = plain_field(part)
    if name in _WHOLE:
        return ""
    if name != part:
        return _ENTRIES.get(name, f"one of the {name.replace('_', ' ')}")
    return name.replace("_", " ") if leaf else f"the {name.replace('_', ' ')}"


def _default(part: Field[Any]) -> object:
    if part.default is not MISSING:
        return part.default
    return None


def _in_lists(said: tuple[Any, ...], returned: tuple[Any, ...], field: str) -> Iterator[Difference]:
    left, right = list(enumerate(said, start=1)), list(returned)
    if field.rpartition(".")[2] in _UNORDERED or len(said) != len(returned):
        for at, one in enumerate(said, start=1):
            if one in right:
                right.remove(one)
                left.remove((at, one))
    for at, one in left:
        other = next((found for found in right if _identity(found) == _identity(one)), None)
        if other is None:
            yield Difference(f"{field}[{at}]", one, None)
        else:
            right.remove(other)
            yield from differences(one, other, f"{field}[{at}]")
    for at, one in enumerate(right, start=len(said) + 1):
        yield Difference(f"{field}[{at}]", None, one)


def _identity(entry: object) -> tuple[object, ...]:
    """Entries of one identity are compared with each other; texts and files have none of their own."""
    return (type(entry), *(getattr(entry, name) for name in _IDENTITY if hasattr(entry, name)))
