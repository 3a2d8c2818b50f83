"""What a walk finds wrong, in words that say what to do: the findings of rule HF08."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lxml import etree

from ...models.domain.findings import Finding
from .notation import Attribute, Value
from .spots import Spot

RULE: Final = "HF08"
_LONGEST: Final = 200
_LISTED: Final = 6


class Complaints:
    """The findings so far. Each method is one kind of mistake, named where it stands."""

    def __init__(self, limit: int, once: frozenset[str] = frozenset()) -> None:
        self._limit = limit
        self._once = once
        self._told: set[str] = set()
        self._findings: list[Finding] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order in which they were met."""
        return tuple(self._findings)

    @property
    def full(self) -> bool:
        """Whether there are as many as were asked for."""
        return len(self._findings) >= self._limit

    def missing(self, spot: Spot, names: tuple[str, ...], before: Spot | None) -> None:
        """An element is not there, or none of several."""
        where = f"at the end of {spot.name}" if len(spot.element) else f"in {spot.name}"
        place = f"before {before.name}" if before else where
        message = f"{listed(names)} is missing; expected {place}."
        line = before.line if before else spot.line
        self._add(message, f"{spot.path}/{names[0]}", line, expected=listed(names))

    def early(self, spot: Spot, needed: tuple[str, ...]) -> None:
        """An element stands before others that come first."""
        self._misplaced(
            spot, f"{spot.name} stands too early; it belongs after {listed(needed)}.", f"after {listed(needed)}"
        )

    def late(self, spot: Spot, passed: tuple[str, ...]) -> None:
        """An element stands behind others that come after it."""
        self._misplaced(
            spot, f"{spot.name} stands too late; it belongs before {listed(passed)}.", f"before {listed(passed)}"
        )

    def repeated(self, spot: Spot) -> None:
        """An element stands more often than it may, or again after others."""
        self._misplaced(spot, f"{spot.name} must not be repeated here.", "once")

    def excluded(self, spot: Spot, wanted: tuple[str, ...], above: Spot) -> None:
        """An element that cannot stand beside the one before it."""
        message = f"{spot.name} cannot stand here in {above.name}, beside what precedes it."
        self._add(message, spot.path, spot.line, expected=listed(wanted) or f"the end of {above.name}", found=spot.name)

    def unknown(self, spot: Spot, wanted: tuple[str, ...], above: Spot) -> None:
        """An element that does not belong in the one around it."""
        message = f"{_short(spot.name)} does not belong in {above.name}."
        expected = listed(wanted) or f"the end of {above.name}"
        self._add(message, spot.path, spot.line, expected=expected, found=_tag(spot))

    def misnamed(self, spot: Spot, name: str, namespace: str) -> None:
        """An element whose name is almost right: other capitals, or another namespace."""
        if spot.element.tag.rpartition("}")[2] == name.removeprefix("ds:"):
            where = f"the namespace {namespace}" if namespace else "no namespace"
            message = f"{_short(spot.name)} is in the wrong namespace; it must be in {where}."
        else:
            message = f"{_short(spot.name)} is written wrongly; its name is {name}."
        self._add(
            message,
            spot.path,
            spot.line,
            expected=f"{{{namespace}}}{name.removeprefix('ds:')}" if namespace else name,
            found=_tag(spot),
        )

    def not_accepted(self, spot: Spot) -> None:
        """An element of a format that is not known, where only known ones may stand."""
        namespace = etree.QName(spot.element).namespace or ""
        if namespace in self._told:
            return
        if namespace in self._once:
            self._told.add(namespace)
        message = f"{_short(spot.name)} is of a format that is not accepted here."
        self._add(message, spot.path, spot.line, found=_tag(spot))

    def text(self, spot: Spot, value: Value, text: str) -> None:
        """A text is not what belongs there."""
        self._value(spot, spot.name, spot.path, value, text)

    def attribute(self, spot: Spot, name: str, value: Value, text: str) -> None:
        """The same of an attribute's."""
        self._value(spot, f"The attribute {name}", f"{spot.path}/@{name}", value, text)

    def missing_attribute(self, spot: Spot, attribute: Attribute) -> None:
        """An attribute that must be there is not."""
        message = f"{spot.name} lacks the attribute {attribute.name}."
        self._add(message, f"{spot.path}/@{attribute.name}", spot.line, expected=attribute.value.expected)

    def unknown_attribute(self, spot: Spot, name: str, known: Iterable[str]) -> None:
        """An attribute that does not belong there."""
        local = _short(name.rpartition("}")[2])
        message = f"{spot.name} cannot have the attribute {local}."
        self._add(
            message, f"{spot.path}/@{local}", spot.line, expected=listed(tuple(known)) or "no attributes", found=name
        )

    def nil(self, spot: Spot) -> None:
        """An element says that it has no value, and must have one."""
        self._add(f"{spot.name} must have a value: xsi:nil is not accepted.", spot.path, spot.line, found="xsi:nil")

    def type(self, spot: Spot, text: str) -> None:
        """An ``xsi:type`` names a type that is unknown, or another than the element's."""
        message = f"{spot.name} cannot be of the type that its xsi:type says."
        self._add(message, f"{spot.path}/@xsi:type", spot.line, expected="no xsi:type", found=text)

    def element_in_text(self, spot: Spot, inner: Spot) -> None:
        """An element holds another, and should hold text."""
        message = f"{spot.name} must hold text only, no elements."
        self._add(message, spot.path, spot.line, expected="text", found=_tag(inner))

    def stray_text(self, spot: Spot, text: str) -> None:
        """Text stands between elements."""
        self._add(
            f"{spot.name} must hold elements only, no text.", spot.path, spot.line, expected="elements", found=text
        )

    def _misplaced(self, spot: Spot, message: str, expected: str) -> None:
        self._add(message, spot.path, spot.line, expected=expected, found=spot.name)

    def _value(self, spot: Spot, name: str, path: str, value: Value, text: str) -> None:
        if not text.strip():
            message = f"{name} is empty."
        elif value.codes:
            message = f"{name} is not one of the codes that are accepted."
        elif value.base == "string" and not value.pattern:
            message = f"{name} is too {'short' if len(text) < value.shortest else 'long'} ({len(text)} characters)."
        else:
            message = f"{name} is not {value.expected}."
        self._add(message, path, spot.line, expected=value.expected, found=text)

    def _add(
        self, message: str, path: str, line: int, *, expected: str | None = None, found: str | None = None
    ) -> None:
        if self.full:
            return
        finding = Finding(
            rule=RULE,
            message=message,
            location=path,
            line=line or None,
            expected=expected,
            found=None if found is None else _short(found) or None,
        )
        self._findings.append(finding)


def listed(names: tuple[str, ...]) -> str:
    """Names as one says them: ``A, B or C``; of many, the first few."""
    shown = list(names[:_LISTED]) + (["others"] if len(names) > _LISTED else [])
    return " or ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def _tag(spot: Spot) -> str:
    return _short(str(spot.element.tag))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
