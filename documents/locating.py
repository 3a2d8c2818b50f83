"""Where things stand in a document: from an element to its place, as XPath, from a place to its line, and back."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from xml.parsers import expat

from lxml import etree

from ..models.domain.findings import Finding
from .xml import Element

_LAST_SURE_LINE: Final = 65_534
"""libxml2 counts the lines of elements no further: what it says beyond is a guess."""

_PREFIX = re.compile(r"(?<=/)[^/:\[\]]+:")
_STEP = re.compile(r"(?:[^:\[\]]+:)?([^:\[\]]+?)(?:\[([0-9]{1,9})\])?")


def place_of_element(element: Element) -> str:
    """The place of an element whose ancestors but the root have no namespace: ``/Facturae/…/InvoiceLine[3]``."""
    path: str = element.getroottree().getpath(element)
    root = etree.QName(element.getroottree().getroot()).localname
    return _PREFIX.sub("", path).replace("/*", f"/{root}", 1)


class Locator:
    """Finds the elements of one document by their places, and keeps what it met, so that many questions are cheap."""

    def __init__(self, root: Element) -> None:
        self._found: dict[str, tuple[Element, bool]] = {
            f"/{etree.QName(root).localname}": (root, True),
            "": (root, True),
        }
        self._children: dict[str, dict[str, list[Element]]] = {}

    def line(self, place: str) -> int:
        """The line of the element at a place or, where there is none, of the nearest one around it."""
        return int(self.element(place).sourceline)

    def element(self, place: str) -> Element:
        """The element at a place or the nearest one around it."""
        return self._look(place)[0]

    def _look(self, place: str) -> tuple[Element, bool]:
        known = self._found.get(place)
        if known is None:
            above, _, step = place.rpartition("/")
            parent, there = self._look(above)
            child = self._child(above, parent, step) if there else None
            known = (parent, False) if child is None else (child, True)
            self._found[place] = known
        return known

    def _child(self, above: str, parent: Element, step: str) -> Element | None:
        match = _STEP.fullmatch(step)
        if match is None:
            return None
        index = self._children.get(above)
        if index is None:
            index = self._children[above] = {}
            for child in parent.iterchildren("*"):
                index.setdefault(etree.QName(child).localname, []).append(child)
        same = index.get(match[1], [])
        position = int(match[2] or 1)
        return same[position - 1] if 1 <= position <= len(same) else None


def with_sure_lines(findings: tuple[Finding, ...], root: Element, text: bytes) -> tuple[Finding, ...]:
    """The findings with the right lines in a file of more lines than libxml2 counts.

    ``text`` is the document in UTF-8 that ``root`` was parsed from.
    """
    if not findings or text.count(b"\n") <= _LAST_SURE_LINE:
        return findings
    locator = Locator(root)
    places = {finding.location for finding in findings if finding.location and (finding.line or 0) >= _LAST_SURE_LINE}
    wanted = {place: locator.element(place) for place in places}
    lines = _lines_of(wanted.values(), root, text)
    return tuple(
        replace(finding, line=lines[wanted[finding.location]]) if finding.location in wanted else finding
        for finding in findings
    )


def _lines_of(elements: Iterable[Element], root: Element, text: bytes) -> dict[Element, int]:
    wanted = set(elements)
    starts = _start_lines(text)
    return {element: starts[at] for at, element in enumerate(root.iter("*")) if element in wanted}


def _start_lines(text: bytes) -> array[int]:
    """The line of each start tag, in the document's order."""
    lines = array("I")
    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = lambda _name, _attributes: lines.append(parser.CurrentLineNumber)
    parser.Parse(text, True)
    return lines
