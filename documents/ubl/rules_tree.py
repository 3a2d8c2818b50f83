"""What the rules of EN 16931 work on: parts of a UBL tree by XPath, numbers as the rules see them, and what they find.

The rules' own XPath (2.0, of CEN's validation artefacts for UBL) is what ours is held against: numbers are rounded
half up, also below zero, and texts count with their white space where it counts them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from functools import cache, lru_cache
from typing import Any, Final

from lxml import etree

from ...models.domain.findings import Finding, Severity
from ...models.domain.money import multiply, plain_text
from ..report import Report
from ..values import read_decimal
from ..xml import Element
from .codes import CAC, CBC
from .schema import part_names

_NAMESPACES: Final[Mapping[str, str]] = {"cac": CAC, "cbc": CBC}

_HALF: Final = Decimal("0.5")
_HUNDRED: Final = Decimal(100)

IS_VAT: Final = "[cac:TaxScheme[translate(normalize-space(cbc:ID), 'vat', 'VAT') = 'VAT']]"
"""A category or registration that is of VAT."""

NOT_VAT: Final = "[not(cac:TaxScheme[translate(normalize-space(cbc:ID), 'vat', 'VAT') = 'VAT'])]"

LINE: Final = "*[self::cac:InvoiceLine or self::cac:CreditNoteLine]"
ALLOWANCE: Final = "cac:AllowanceCharge[contains('|false|0|', concat('|', normalize-space(cbc:ChargeIndicator), '|'))]"
CHARGE: Final = "cac:AllowanceCharge[contains('|true|1|', concat('|', normalize-space(cbc:ChargeIndicator), '|'))]"


@cache
def compiled(path: str, line: str = LINE) -> Any:
    """An XPath expression with the prefixes cac and cbc, where ``line`` stands for ``LINE``.

    Only for the paths of our tables, which are few.
    """
    return etree.XPath(path.replace(LINE, line), namespaces=dict(_NAMESPACES), smart_strings=False, regexp=False)


_PREDICATE = re.compile(r"\[[^\[\]]*\]")
_NAME = re.compile(r"(?:^|/)\s*(cac|cbc):(\w+)\s*(?=/|$)")


@cache
def _needed(path: str) -> tuple[frozenset[str], ...]:
    """For each alternative of a path, the tags without which it leads nowhere; none where that is not plain to see."""
    bare = path
    while (shorter := _PREDICATE.sub("", bare)) != bare:
        bare = shorter
    if "(" in bare:
        return (frozenset(),)
    return tuple(
        frozenset(f"{{{_NAMESPACES[prefix]}}}{name}" for prefix, name in _NAME.findall(one)) for one in bare.split("|")
    )


class Screen:
    """Paths that hardly ever lead anywhere, each with one on which are all the names that it takes."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        self.paths = paths


@lru_cache(maxsize=256)
def _condition(screen: Screen, tags: frozenset[str], line: str) -> Any:
    """That there is something at one of the paths, as far as a document with these tags can have it; None: nowhere.

    Documents of one program have the same tags.
    """
    left = [path for path, names in screen.paths.items() if _may_have(names, tags)]
    condition = " or ".join(f"boolean({path})" for path in left).replace(LINE, line)
    return etree.XPath(condition, namespaces=dict(_NAMESPACES), regexp=False) if left else None


def _may_have(path: str, tags: frozenset[str]) -> bool:
    return any(needed <= tags for needed in _needed(path))


def number(text: str | None) -> Decimal | None:
    """The decimal number that a text says; None where there is none or the schema would refuse it."""
    try:
        return None if text is None else read_decimal(text.strip())
    except ValueError:
        return None


def round_up(value: Decimal) -> Decimal:
    """To a whole number, halves upwards: ``round`` of XPath."""
    return (value + _HALF).to_integral_value(ROUND_FLOOR)


def cents(value: Decimal) -> Decimal:
    """To hundredths, halves upwards: ``round(value * 10 * 10) div 100``."""
    return round_up(multiply(value, _HUNDRED)).scaleb(-2)


_LINES: Final = ("cac:InvoiceLine", "cac:CreditNoteLine")


def _line_of(root: Element) -> str:
    """The one name that the lines of a document have, which is found quicker than either of two."""
    names = [name for name in _LINES if root.find(name, _NAMESPACES) is not None]
    return names[0] if len(names) == 1 else LINE


class Subject:
    """One document under the rules, and the findings so far."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.report = Report()
        self._line = _line_of(root)
        self._tags = frozenset(part_names().keys() & {element.tag for element in root.iter("*")})
        self._firsts: dict[Element, dict[str, Element]] = {}
        self._positions: dict[Element, dict[Element, int]] = {}

    def select(self, path: str, start: Element | None = None) -> list[Element]:
        """The elements at an XPath, seen from the root element or from ``start``."""
        if start is None and not self.may_have(path):
            return []
        found: list[Element] = compiled(path, self._line)(self.root if start is None else start)
        return found

    def may_have(self, path: str) -> bool:
        """Whether the document has all the names on the way: each search saved is one through the whole document."""
        return _may_have(path, self._tags)

    def texts(self, path: str) -> list[str]:
        """The texts of the elements at an XPath; of an element without text there is none."""
        found: list[str] = compiled(f"{path}/text()", self._line)(self.root) if self.may_have(path) else []
        return found

    def holds(self, path: str) -> bool:
        """Whether a condition holds for the root element."""
        return bool(compiled(f"boolean({path})", self._line)(self.root))

    def any_at(self, screen: Screen) -> bool:
        """Whether there is an element at any of these paths, asked at once."""
        condition = _condition(screen, self._tags, self._line)
        return condition is not None and bool(condition(self.root))

    def first(self, name: str, parent: Element) -> Element | None:
        """The first basic element of that name in ``parent``."""
        if parent not in self._firsts:
            self._firsts[parent] = {child.tag: child for child in reversed(parent)}
        return self._firsts[parent].get(f"{{{CBC}}}{name}")

    def number(self, name: str, parent: Element) -> Decimal | None:
        """The number in the first basic element of that name."""
        found = self.first(name, parent)
        return None if found is None else number(found.text)

    def total(self, path: str) -> Decimal:
        """The sum of the numbers at a path."""
        values = map(number, self.texts(path))
        return sum((value for value in values if value is not None), Decimal(0))

    def fail(
        self,
        rule: str,
        element: Element,
        message: str,
        *,
        expected: Decimal | str | None = None,
        found: Decimal | str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note that a rule is broken at an element; ``ReportFullError`` once there are enough."""
        self.report.add(
            Finding(
                rule=rule,
                message=message,
                severity=severity,
                location=self._place(element),
                line=int(element.sourceline),
                expected=_shown(expected),
                found=_shown(found),
            )
        )

    def _place(self, element: Element) -> str:
        """As XPath without prefixes; a position only where the parent has several of that name."""
        parent = element.getparent()
        name = etree.QName(element).localname
        if parent is None:
            return f"/{name}"
        if parent not in self._positions:
            self._positions[parent] = _positions(parent)
        position = self._positions[parent][element]
        step = f"/{name}[{position}]" if position else f"/{name}"
        return self._place(parent) + step


def _positions(parent: Element) -> dict[Element, int]:
    """Each child's position among those of its name; 0 where it is the only one."""
    names: dict[str, list[Element]] = {}
    for child in parent:
        names.setdefault(child.tag, []).append(child)
    return {
        child: position if len(same) > 1 else 0 for same in names.values() for position, child in enumerate(same, 1)
    }


def _shown(value: Decimal | str | None) -> str | None:
    if value is None:
        return None
    text = plain_text(value) if isinstance(value, Decimal) else value
    return text if len(text) <= 200 else text[:199] + "…"
