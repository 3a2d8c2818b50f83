"""A document walked along its grammar: every element that is missing, misplaced, unknown or holds what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ...models.domain.findings import Finding
from .contents import Contents
from .grammars import Grammars, Visit
from .instances import named_type, retyped
from .notation import AnyElement, Child, Grammar, Record, Value
from .saying import Complaints
from .spots import Siblings, Spot
from .texts import texts_of

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS: Final = frozenset({f"{_XSI}{name}" for name in ("type", "schemaLocation", "noNamespaceSchemaLocation")})
_SPACE: Final = " \t\r\n"
_LARGEST_SHAPE: Final = 64
"""Lines have some twenty children; what has hundreds does not come again just so."""


class Step(NamedTuple):
    """What a child is to be looked at as, and its position where its name repeats."""

    visit: Visit
    position: int | None


class Walk:
    """One pass over one document; stops when there are as many findings as anybody wants."""

    def __init__(self, grammars: Grammars, limit: int, once: frozenset[str] = frozenset()) -> None:
        self._grammars = grammars
        self._complaints = Complaints(limit, once)
        self._ids: set[str] = set()
        self._shapes: dict[tuple[Record, tuple[str, ...]], tuple[Step, ...]] = {}

    def findings(self, root: Spot, visit: Visit) -> tuple[Finding, ...]:
        """All problems from the root on, in the document's order."""
        ways = [self._within(root, visit)]
        while ways and not self._complaints.full:
            step = next(ways[-1], None)
            if step is None:
                ways.pop()
            else:
                ways.append(self._within(*step))
        return self._complaints.findings

    def _within(self, spot: Spot, visit: Visit) -> Iterator[tuple[Spot, Visit]]:
        seen_as = self._seen_as(spot, visit)
        if seen_as is None:
            return iter(())
        kind = seen_as.kind
        if kind is None:
            return self._stranger(spot)
        self._attributes(spot, seen_as, declared=visit.kind is not None)
        if isinstance(kind, Value):
            return self._text(spot, kind, seen_as)
        if kind.value is not None:
            return self._text(spot, kind.value, seen_as)
        return self._elements(spot, kind, seen_as.grammar)

    def _seen_as(self, spot: Spot, visit: Visit) -> Visit | None:
        """What the element is by its ``xsi:type``, where it has one."""
        text = spot.element.get(f"{_XSI}type")
        if text is None:
            return visit
        named = named_type(spot.element, text)
        found = None if named is None else retyped(visit, named, self._grammars)
        if found is None:
            self._complaints.type(spot, text)
        return found

    def _attributes(self, spot: Spot, visit: Visit, *, declared: bool) -> None:
        allowed = visit.kind.attributes if isinstance(visit.kind, Record) else ()
        values = {attribute.name: attribute.value for attribute in allowed}
        for name, text in spot.element.attrib.items():
            if name in values:
                self._attribute(spot, name, text, values[name], visit.grammar)
            elif name == f"{_XSI}nil":
                if declared:
                    self._complaints.nil(spot)
            elif name not in _HINTS:
                self._complaints.unknown_attribute(spot, name, values)
        for attribute in allowed:
            if attribute.required and attribute.name not in spot.element.attrib:
                self._complaints.missing_attribute(spot, attribute)

    def _attribute(self, spot: Spot, name: str, text: str, value: Value, grammar: Grammar) -> None:
        if not texts_of(grammar).fits(value, text):
            self._complaints.attribute(spot, name, value, text)
        elif value.base == "ID":
            text = " ".join(text.split())
            if text in self._ids:
                self._complaints.attribute(spot, name, value, text)
            self._ids.add(text)

    def _text(self, spot: Spot, value: Value, visit: Visit) -> Iterator[tuple[Spot, Visit]]:
        element = spot.element
        text = element.text or ""
        if len(element):
            text += "".join(child.tail or "" for child in element)
            for inner in element.iterchildren("*"):
                self._complaints.element_in_text(spot, Spot(inner, spot))
                return
        if not (visit.may_be_empty and not text) and not texts_of(visit.grammar).fits(value, text):
            self._complaints.text(spot, value, text)
        yield from ()

    def _elements(self, spot: Spot, record: Record, grammar: Grammar) -> Iterator[tuple[Spot, Visit]]:
        if not record.mixed:
            self._no_text(spot)
        tags = tuple([child.tag for child in spot.element.iterchildren("*")])
        shape = self._shapes.get((record, tags))
        if shape is not None:
            yield from self._of_shape(spot, shape)
            return
        contents = Contents(spot, record, grammar, self._grammars, self._complaints)
        places, steps = [], []
        for child, place in contents.matched():
            places.append(place)
            if isinstance(place, Child):
                steps.append(Step(self._grammars.visit(place, grammar), child.position))
                yield child, steps[-1].visit
            elif (visit := self._any(child, place, grammar)) is not None:
                yield child, visit
        if len(steps) == len(places) == len(tags) <= _LARGEST_SHAPE and contents.is_sound:
            self._shapes[record, tags] = tuple(steps)

    def _of_shape(self, spot: Spot, shape: tuple[Step, ...]) -> Iterator[tuple[Spot, Visit]]:
        """The children of an element that has the same ones, in the same order, as one that was sound.

        Of a text that is as it should be, nothing more needs to be asked.
        """
        for element, (visit, position) in zip(spot.element.iterchildren("*"), shape, strict=True):
            kind = visit.kind
            if (
                isinstance(kind, Value)
                and not len(element)
                and not element.attrib
                and texts_of(visit.grammar).fits(kind, element.text or "")
            ):
                continue
            yield Spot(element, spot, position), visit

    def _any(self, child: Spot, place: AnyElement, grammar: Grammar) -> Visit | None:
        known = self._grammars.known(child.element.tag)
        if known is None and place.strict:
            self._complaints.not_accepted(child)
            return None
        return known or Visit(None, grammar)

    def _stranger(self, spot: Spot) -> Iterator[tuple[Spot, Visit]]:
        for inner in Siblings(spot):
            yield inner, self._grammars.known(inner.element.tag) or Visit(None, self._grammars.signature)

    def _no_text(self, spot: Spot) -> None:
        element = spot.element
        stray = (element.text or "").strip(_SPACE)
        for child in element if not stray else ():
            stray = (child.tail or "").strip(_SPACE)
            if stray:
                break
        if stray:
            self._complaints.stray_text(spot, stray)
