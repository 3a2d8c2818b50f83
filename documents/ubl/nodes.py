"""Parts of a UBL document as its readers see them: children by local name, and every problem noted where it stands.

The two namespaces of UBL's parts never share a name below one parent. A part that the document lacks is a part too,
only empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from ...models.domain.findings import Finding, Severity
from ...models.domain.invoice import Identifier
from ..report import Report
from ..values import read_date, read_decimal
from ..xml import Element
from .schema import part_names

_SHOWN: Final = 200
_ZERO: Final = Decimal(0)

Value = TypeVar("Value")


class Part:
    """One element, or the place where the document has none."""

    __slots__ = ("_children", "_parent", "_position", "element", "name", "report")

    def __init__(
        self,
        element: Element | None,
        name: str,
        report: Report,
        parent: Part | None = None,
        position: int | None = None,
    ) -> None:
        self.element = element
        self.name = name
        self.report = report
        self._parent = parent
        self._position = position
        self._children = _NO_CHILDREN if element is None else _indexed(element)

    @property
    def exists(self) -> bool:
        """Whether the document has this element."""
        return self.element is not None

    @property
    def path(self) -> str:
        """Where it stands, as XPath without prefixes: ``/Invoice/InvoiceLine[3]/Item``."""
        above = "" if self._parent is None else self._parent.path
        return f"{above}/{self.name}" if self._position is None else f"{above}/{self.name}[{self._position}]"

    @property
    def line(self) -> int | None:
        """The line of its start tag; for an element that is not there, of the nearest one around it."""
        if self.element is not None:
            return int(self.element.sourceline)
        return None if self._parent is None else self._parent.line

    @property
    def value(self) -> str:
        """The text inside, without surrounding white space."""
        return "" if self.element is None else _text(self.element)

    def has(self, name: str) -> bool:
        """Whether there is a child of that name."""
        return name in self._children

    def has_any(self, names: frozenset[str]) -> bool:
        """Whether there is a child of any of these names."""
        return not names.isdisjoint(self._children)

    def child(self, name: str) -> Part:
        """The first child of that name, or an empty part in its place."""
        found = self._children.get(name)
        if found is None:
            return Part(None, name, self.report, self)
        return Part(found[0], name, self.report, self, 1 if len(found) > 1 else None)

    def children(self, name: str) -> list[Part]:
        """All children of that name; each knows its position where there are several."""
        found = self._children.get(name)
        if found is None:
            return []
        if len(found) == 1:
            return [self.child(name)]
        return [Part(element, name, self.report, self, position) for position, element in enumerate(found, start=1)]

    def elements(self, name: str) -> Sequence[Element]:
        """The elements of all children of that name."""
        return self._children.get(name, ())

    def numbered(self, name: str, position: int) -> Part:
        """The child at a position, from 1, among those of that name: of ten thousand, one is taken apart at a time."""
        found = self._children[name]
        return Part(found[position - 1], name, self.report, self, position if len(found) > 1 else None)

    def text(self, name: str) -> str:
        """The text of a child, without surrounding white space; empty where there is none."""
        found = self._children.get(name)
        if not found:
            return ""
        text: str | None = found[0].text
        return text.strip() if text else ""

    def text_in(self, name: str, inner: str) -> str:
        """``child(name).text(inner)``, without taking the child apart."""
        found = self._children.get(name)
        if not found:
            return ""
        names = part_names()
        return next((_text(child) for child in found[0] if names.get(child.tag) == inner), "")

    def texts(self, name: str) -> list[str]:
        """The texts of all children of that name that have one."""
        return [text for text in map(_text, self._children.get(name, ())) if text]

    def attribute(self, name: str, child: str | None = None) -> str | None:
        """An attribute of this element or of its first child of that name; None where absent or blank."""
        element = self.element
        if child is not None:
            found = self._children.get(child)
            element = found[0] if found else None
        value = None if element is None else element.get(name)
        return value.strip() or None if value else None

    def identifier(self, name: str) -> Identifier | None:
        """The identifier in a child, and its scheme; None where there is no text."""
        value = self.text(name)
        return Identifier(value=value, scheme=self.attribute("schemeID", name)) if value else None

    def decimal(self, name: str) -> Decimal:
        """The decimal number in a child that must be there."""
        return self._read(name, self.text(name), "RCF06001", "amount", read_decimal, _ZERO)

    def optional_decimal(self, name: str) -> Decimal | None:
        """The decimal number in a child, None where there is no text."""
        text = self.text(name)
        return self._read(name, text, "RCF06001", "amount", read_decimal, _ZERO) if text else None

    def day(self, name: str, rule: str = "HF08") -> date:
        """The date in a child that must be there."""
        return self._read(name, self.text(name), rule, "date", read_date, date.min)

    def optional_day(self, name: str, rule: str = "HF08") -> date | None:
        """The date in a child, None where there is no text."""
        text = self.text(name)
        return self._read(name, text, rule, "date", read_date, date.min) if text else None

    def complain(
        self,
        rule: str,
        message: str,
        *,
        child: str | None = None,
        severity: Severity = Severity.ERROR,
        expected: str | None = None,
        found: str | None = None,
    ) -> None:
        """Note a problem here, or in the first child of that name."""
        elements = self._children.get(child) if child else None
        finding = Finding(
            rule=rule,
            message=message,
            severity=severity,
            location=self._place_of(child, elements),
            line=int(elements[0].sourceline) if elements else self.line,
            expected=expected,
            found=(found if found is None or len(found) <= _SHOWN else f"{found[: _SHOWN - 1]}…") or None,
        )
        self.report.add(finding)

    def _place_of(self, child: str | None, elements: list[Element] | None) -> str:
        if child is None:
            return self.path
        return f"{self.path}/{child}[1]" if elements and len(elements) > 1 else f"{self.path}/{child}"

    def _read(self, name: str, text: str, rule: str, kind: str, read: Callable[[str], Value], stand_in: Value) -> Value:
        if not text:
            self.complain(rule, f"The {kind} {name} is missing.", child=name)
            return stand_in
        try:
            return read(text)
        except ValueError as error:
            self.complain(rule, f"The {kind} {name} cannot be read: {error}.", child=name, found=text)
            return stand_in


_NO_CHILDREN: Final[dict[str, list[Element]]] = {}


def _indexed(element: Element) -> dict[str, list[Element]]:
    index: dict[str, list[Element]] = {}
    names = part_names()
    for child in element:
        name = names.get(child.tag)
        if name is None:
            continue
        if name in index:
            index[name].append(child)
        else:
            index[name] = [child]
    return index


def _text(element: Element) -> str:
    # Comments are gone by now, and elements inside a text are against the schema: it is all in one piece.
    text: str | None = element.text
    return text.strip() if text else ""
