"""Reading a grammar: from the notation that facturae.grammar explains to plain types, for one version of a format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from .tables import TABLES

_TOKEN = re.compile(
    r"""#[^\n]*|\s+|("[^"]*"|/[^/]+/|@(?:>=)?[0-9.]+|[A-Za-z0-9.](?:[\w.-]|:(?=\w))*|[][{}()|?*+:,=])"""
)
_OCCURRENCES: Final[Mapping[str, tuple[int, int | None]]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_STARTS: Final = frozenset({"root", "record", "element", "value", ""})
_ONCE: Final = (1, 1)


class GrammarError(ValueError):
    """The text of a grammar does not keep to the notation."""


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """Text: its XML Schema base, bounds and codes, what a person is told to write, its ``type_name`` in xsi:type."""

    name: str
    base: str
    expected: str
    type_name: str | None = None
    shortest: int = 0
    longest: int | None = None
    pattern: str | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an element, of no namespace."""

    name: str
    value: Value
    required: bool


@dataclass(frozen=True, slots=True)
class Child:
    """An element within another. ``kind`` is None where the name is one that the grammar knows everywhere.

    ``most`` is None where any number may stand; ``empty`` says that an empty one reads as the only code there is.
    """

    name: str
    kind: str | Record | None
    fewest: int = 1
    most: int | None = 1
    empty: bool = False


@dataclass(frozen=True, slots=True)
class AnyElement:
    """Elements that the grammar does not name; ``strict`` where only those known elsewhere pass."""

    own_too: bool
    strict: bool
    fewest: int = 1
    most: int | None = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences; of a single one where a sequence is repeated or left out as a whole."""

    sequences: tuple[tuple[Particle, ...], ...]
    fewest: int = 1
    most: int | None = 1


Particle: TypeAlias = Child | AnyElement | Choice


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """An element that holds elements; or, with ``value``, text and attributes."""

    name: str
    type_name: str | None
    content: tuple[Particle, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    mixed: bool = False
    value: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """All kinds of one version. ``elements`` are those known wherever they stand, by name, with their kinds."""

    records: dict[str, Record] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    elements: dict[str, str] = field(default_factory=dict)

    def kind(self, child: Child) -> Record | Value:
        """What a child of this grammar holds."""
        if isinstance(child.kind, Record):
            return child.kind
        name = self.elements[child.name] if child.kind is None else child.kind
        return self.records.get(name) or self.values[name]


def read_grammar(text: str, version: str = "") -> Grammar:
    """The grammar that a text says for one version; ``GrammarError`` where it is not in the notation."""
    return _Reader(text, version).grammar()


class _Reader:
    def __init__(self, text: str, version: str) -> None:
        self._tokens = [*_tokens(text), ""]
        self._at = 0
        self._version = version
        self._grammar = Grammar()

    def grammar(self) -> Grammar:
        while self._here:
            self._definition(self._next())
        self._check_names()
        return self._grammar

    @property
    def _here(self) -> str:
        return self._tokens[self._at]

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, token: str) -> bool:
        found = self._here == token
        self._at += found
        return found

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise GrammarError(f"{token!r} expected, {self._here!r} found (token {self._at})")

    def _definition(self, start: str) -> None:
        if start not in _STARTS:
            raise GrammarError(f"{start!r} starts no definition (token {self._at})")
        name = self._next()
        type_name = self._next() if self._take("as") else None
        if start == "value":
            ours = self._versions()
            self._expect("=")
            value = self._value(name, type_name)
            if ours:
                self._grammar.values[name] = value
            return
        mixed, attributes, ours = self._take("mixed"), self._attributes(), self._versions()
        if start == "element" and self._take(":"):
            self._grammar.elements[name] = self._next()
            return
        default = None if start == "root" else f"{name}Type"
        record = self._record(name, type_name or default, attributes, mixed)
        if ours:
            self._grammar.records[name] = record
            if start != "record":
                self._grammar.elements[name] = name

    def _record(self, name: str, type_name: str | None, attributes: tuple[Attribute, ...], mixed: bool) -> Record:
        if self._take("="):
            value = self._named_value(self._next())
            return Record(name, type_name, attributes=attributes, value=value)
        self._expect("{")
        content = self._sequence()
        self._expect("}")
        return Record(name, type_name, content, attributes, mixed)

    def _attributes(self) -> tuple[Attribute, ...]:
        found = []
        if self._take("["):
            while not self._take("]"):
                name, optional = self._next(), self._take("?")
                self._expect(":")
                # Values are defined at the end of a grammar: the kind is looked up when all is read.
                found.append(Attribute(name, self._named_value(self._next()), not optional))
                self._take(",")
        return tuple(found)

    def _sequence(self) -> tuple[Particle, ...]:
        found: list[Particle] = []
        while self._here not in {"}", ")", "|", ""}:
            particle = self._particle()
            if self._versions():
                found.append(particle)
        return tuple(found)

    def _particle(self) -> Particle:
        if self._take("("):
            sequences = [self._sequence()]
            while self._take("|"):
                sequences.append(self._sequence())
            self._expect(")")
            return Choice(tuple(sequences), *self._occurrence())
        name = self._next()
        if name == "any" and self._take("("):
            own_too, strict = self._next() == "any", self._next() == "strict"
            self._expect(")")
            return AnyElement(own_too, strict, *self._occurrence())
        occurrence = self._occurrence()
        kind = self._kind(name) if self._take(":") else None
        empty = self._take("or")
        if empty:
            self._expect("empty")
        return Child(name, kind, *occurrence, empty)

    def _kind(self, name: str) -> str | Record:
        if self._here == "{":
            return self._record(name, None, (), mixed=False)
        kind = self._next()
        if kind == "text":
            self._expect("(")
            kind = self._text(self._next())
            self._expect(")")
        return kind

    def _text(self, bounds: str) -> str:
        shortest, _, longest = bounds.partition("..")
        name = f"text({bounds})"
        low, high = int(shortest or 0), int(longest)
        type_name = f"TextMin{low}Max{high}Type" if low else f"TextMax{high}Type"
        expected = f"{low} to {high} characters" if low else f"at most {high} characters"
        self._grammar.values[name] = Value(name, "string", expected, type_name, low, high)
        return name

    def _occurrence(self) -> tuple[int, int | None]:
        return _OCCURRENCES[self._next()] if self._here in _OCCURRENCES else _ONCE

    def _versions(self) -> bool:
        """Whether the markers that stand here, if any, hold this version."""
        if not self._here.startswith("@"):
            return True
        marker = self._next().removeprefix("@")
        if marker.startswith(">="):
            return _number(self._version) >= _number(marker.removeprefix(">="))
        return marker == self._version

    def _value(self, name: str, type_name: str | None) -> Value:
        base = self._next()
        if base in self._grammar.values:
            return self._grammar.values[base]
        if base == "codes":
            codes = self._codes()
            expected = self._expected() or ", ".join(codes)
            return Value(name, "string", expected, type_name, codes=codes)
        shortest, longest = 0, None
        if self._here[0].isdigit() or self._here.startswith(".."):
            low, dots, high = self._next().partition("..")
            shortest, longest = int(low or 0), int(high if dots else low)
        pattern = self._next()[1:-1] if self._here.startswith("/") else None
        return Value(name, base, self._expected(), type_name, shortest, longest, pattern)

    def _codes(self) -> tuple[str, ...]:
        if self._take("from"):
            codes = TABLES[self._next()]
            return codes[: codes.index(self._next()) + 1] if self._take("to") else codes
        found = []
        while self._here not in _STARTS and not self._here.startswith('"'):
            found.append(self._next())
        return tuple(found)

    def _expected(self) -> str:
        return self._next()[1:-1] if self._here.startswith('"') else ""

    def _named_value(self, name: str) -> Value:
        # Attributes stand before the values of their grammar are defined; they are plain ones, so read ahead.
        for at, start in enumerate(self._tokens):
            if start == "value" and self._tokens[at + 1] == name:
                here, self._at = self._at, at + 2
                type_name = self._next() if self._take("as") else None
                self._expect("=")
                value = self._value(name, type_name)
                self._at = here
                return value
        raise GrammarError(f"{name!r} is not defined")

    def _check_names(self) -> None:
        known = self._grammar
        for record in known.records.values():
            for child in children_of(record.content):
                if isinstance(child.kind, str) and child.kind not in known.records and child.kind not in known.values:
                    raise GrammarError(f"{child.kind!r}, the kind of {child.name!r}, is not defined")


def children_of(content: tuple[Particle, ...]) -> Iterator[Child]:
    """All elements that a content names, those of kinds used nowhere else with what they hold."""
    for particle in content:
        if isinstance(particle, Choice):
            for sequence in particle.sequences:
                yield from children_of(sequence)
        elif isinstance(particle, Child):
            yield particle
            if isinstance(particle.kind, Record):
                yield from children_of(particle.kind.content)


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise GrammarError(f"{text[at : at + 20]!r} is not in the notation")
        if match[1]:
            yield match[1]
        at = match.end()


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
