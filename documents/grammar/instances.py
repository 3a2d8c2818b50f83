"""What ``xsi:type`` may say of an element: the type that the grammar gives it, or one made of that by restriction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ..xml import Element
from .compiling import XS
from .grammars import Grammars, Visit
from .notation import Grammar, Record, Value

_SPACE: Final = " \t\r\n"
_Type = tuple[str | None, str]
"""Namespace and name."""

_ANYTHING: Final[_Type] = (XS, "anyType")
_SIMPLE: Final[_Type] = (XS, "anySimpleType")
_MADE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "anySimpleType": (
        *("string", "boolean", "decimal", "float", "double", "duration", "dateTime", "time", "date", "gYearMonth"),
        *("gYear", "gMonthDay", "gDay", "gMonth", "hexBinary", "base64Binary", "anyURI", "QName", "NOTATION"),
        *("IDREFS", "ENTITIES", "NMTOKENS"),
    ),
    "string": ("normalizedString",),
    "normalizedString": ("token",),
    "token": ("language", "Name", "NMTOKEN"),
    "Name": ("NCName",),
    "NCName": ("ID", "IDREF", "ENTITY"),
    "decimal": ("integer",),
    "integer": ("nonPositiveInteger", "long", "nonNegativeInteger"),
    "nonPositiveInteger": ("negativeInteger",),
    "long": ("int",),
    "int": ("short",),
    "short": ("byte",),
    "nonNegativeInteger": ("unsignedLong", "positiveInteger"),
    "unsignedLong": ("unsignedInt",),
    "unsignedInt": ("unsignedShort",),
    "unsignedShort": ("unsignedByte",),
}
"""XML Schema's own simple types, by the one that they are made of."""

_BASES: Final = {name: base for base, names in _MADE_OF.items() for name in names}
_NOT_CHECKED: Final = frozenset({"NOTATION", "ENTITY", "ENTITIES"})
_OWN: Final = Grammar(
    values={name: Value(name, name, f"a value of type {name}") for name in _BASES if name not in _NOT_CHECKED}
)


def named_type(element: Element, text: str) -> _Type | None:
    """The type that the text of an ``xsi:type`` names; None where its prefix is not declared."""
    prefix, colon, name = text.strip(_SPACE).rpartition(":")
    if colon and prefix not in element.nsmap:
        return None
    return element.nsmap.get(prefix if colon else None), name


def retyped(visit: Visit, named: _Type, grammars: Grammars) -> Visit | None:
    """What the element is to be looked through as instead; None where the type is unknown or may not stand for its own.

    An element of no known kind may be said to be of any known type.
    """
    own = grammars.own_namespace(visit.grammar)
    declared = _ANYTHING if visit.kind is None else _type_of(visit.kind, own)
    if declared is None:
        return None
    if named == declared:
        return visit
    found = _looked_up(named, grammars)
    if found is None or declared not in _ancestry(named, found):
        return None
    return found


def _looked_up(named: _Type, grammars: Grammars) -> Visit | None:
    namespace, name = named
    if namespace == XS:
        return Visit(_OWN.values[name], _OWN) if name in _OWN.values else None
    for grammar in (grammars.document, grammars.signature):
        if grammars.own_namespace(grammar) == namespace:
            kinds: Iterable[Record | Value] = (*grammar.records.values(), *grammar.values.values())
            kind = next((kind for kind in kinds if kind.type_name == name), None)
            return None if kind is None else Visit(kind, grammar)
    return None


def _type_of(kind: Record | Value, namespace: str) -> _Type | None:
    if kind.type_name:
        return namespace, kind.type_name
    return (XS, kind.base) if isinstance(kind, Value) else None


def _ancestry(named: _Type, found: Visit) -> Iterator[_Type]:
    """The type and all that it is made of."""
    yield named
    value = found.kind.value if isinstance(found.kind, Record) else found.kind
    base: str | None = None if value is None else value.base
    while base is not None:
        yield XS, base
        base = _BASES.get(base)
    yield _ANYTHING
