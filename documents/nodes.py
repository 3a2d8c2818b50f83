"""A parsed document as its readers see it: values by name, and every problem noted where it stands.

A node that the document lacks is a node too, only empty, so that one pass reports everything that is missing. Where a
needed value is missing or unreadable, an error is noted and a stand-in is returned: a content with errors is never
handed out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from ..models.domain.findings import Finding, Severity
from .values import read_date, read_decimal, read_double
from .xml import Element

MAX_FINDINGS: Final = 1000
"""Where reading gives up: a document of half a million broken lines is refused as surely as one of a thousand."""

_SHOWN = 200

Value = TypeVar("Value")


class ReportFullError(Exception):
    """The report is full."""


class Report:
    """The findings of one document, in the order in which they were met."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them so far."""
        return tuple(self._findings)

    def add(self, finding: Finding) -> None:
        """Note one more; ``ReportFullError`` once there are as many as anybody will read."""
        if len(self._findings) >= MAX_FINDINGS:
            message = f"The document has more than {MAX_FINDINGS} problems; the others are not listed."
            self._findings.append(Finding(rule="HF08", message=message))
            raise ReportFullError
        self._findings.append(finding)


class Node:
    """One element, its children indexed once by local name; foreign namespaces are not seen."""

    __slots__ = ("_children", "_element", "_name", "_namespace", "_parent", "_position", "report")

    def __init__(
        self,
        element: Element | None,
        name: str,
        *,
        report: Report,
        namespace: str,
        parent: Node | None = None,
        position: int | None = None,
    ) -> None:
        self.report = report
        self._element = element
        self._name = name
        self._namespace = f"{{{namespace}}}"
        self._parent = parent
        self._position = position
        self._children: dict[str, list[Element]] | None = None

    @property
    def exists(self) -> bool:
        """Whether the document has this element."""
        return self._element is not None

    @property
    def path(self) -> str:
        """Where it stands, as XPath: ``/Facturae/Invoices/Invoice/Items/InvoiceLine[3]``."""
        above = "" if self._parent is None else self._parent.path
        return f"{above}/{self._name}" if self._position is None else f"{above}/{self._name}[{self._position}]"

    @property
    def line(self) -> int | None:
        """The line of its start tag; for an element that is not there, of the nearest one around it."""
        if self._element is not None:
            return int(self._element.sourceline)
        return None if self._parent is None else self._parent.line

    @property
    def value(self) -> str:
        """The text inside, without surrounding white space."""
        return "" if self._element is None else _text(self._element)

    def child(self, name: str) -> Node:
        """The first child of that name, or an empty node in its place."""
        found = self._named(name)
        return self._node(found[0] if found else None, name, None)

    def children(self, name: str) -> list[Node]:
        """All children of that name; each knows its position where there are several."""
        found = self._named(name)
        if len(found) == 1:
            return [self._node(found[0], name, None)]
        return [self._node(element, name, position) for position, element in enumerate(found, start=1)]

    def text(self, name: str) -> str:
        """The text of a child, without surrounding white space; empty where there is none."""
        found = self._named(name)
        return _text(found[0]) if found else ""

    def decimal(self, name: str, rule: str = "RCF06001") -> Decimal:
        """The decimal number in a child that must be there."""
        return self._required(name, rule, "amount", read_decimal, Decimal(0))

    def double(self, name: str, rule: str = "RCF06001") -> Decimal:
        """The number in a child that must be there, exponent allowed."""
        return self._required(name, rule, "number", read_double, Decimal(0))

    def day(self, name: str, rule: str) -> date:
        """The date in a child that must be there."""
        return self._required(name, rule, "date", read_date, date.min)

    def optional_decimal(self, name: str, rule: str = "RCF06001") -> Decimal | None:
        """The decimal number in a child, None where there is no text."""
        return self.decimal(name, rule) if self.text(name) else None

    def optional_day(self, name: str, rule: str) -> date | None:
        """The date in a child, None where there is no text."""
        return self.day(name, rule) if self.text(name) else None

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
        """Note a problem here, or in the named child."""
        location = self.path if child is None else f"{self.path}/{child}"
        finding = Finding(
            rule=rule,
            message=message,
            severity=severity,
            location=location,
            line=self._line_of(child),
            expected=expected,
            found=_shown(found) or None,
        )
        self.report.add(finding)

    def _required(self, name: str, rule: str, kind: str, read: Callable[[str], Value], stand_in: Value) -> Value:
        text = self.text(name)
        if not text:
            self.complain(rule, f"The {kind} {name} is missing.", child=name)
            return stand_in
        try:
            return read(text)
        except ValueError as error:
            self.complain(rule, f"The {kind} {name} cannot be read: {error}.", child=name, found=text)
            return stand_in

    def _node(self, element: Element | None, name: str, position: int | None) -> Node:
        return Node(
            element,
            name,
            report=self.report,
            namespace=self._namespace[1:-1],
            parent=self,
            position=position,
        )

    def _named(self, name: str) -> list[Element]:
        if self._children is None:
            self._children = self._indexed()
        return self._children.get(name, [])

    def _indexed(self) -> dict[str, list[Element]]:
        index: dict[str, list[Element]] = {}
        if self._element is None:
            return index
        for element in self._element:
            tag: str = element.tag
            if tag[0] == "{":
                if not tag.startswith(self._namespace):
                    continue
                tag = tag[len(self._namespace) :]
            index.setdefault(tag, []).append(element)
        return index

    def _line_of(self, child: str | None) -> int | None:
        found = self._named(child) if child else []
        return int(found[0].sourceline) if found else self.line


def _text(element: Element) -> str:
    text: str = "".join(element.itertext()) if len(element) else element.text or ""
    return text.strip()


def _shown(text: str | None) -> str | None:
    return text if text is None or len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
