"""Whether a text is what a value of a grammar allows: by libxml2, as it checks whole documents, so that both agree."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from lxml import etree

from .compiling import compile_values
from .notation import Grammar, Value

_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Texts:
    """The checks of all values of one grammar."""

    def __init__(self, grammar: Grammar) -> None:
        values = {value.name: value for value in grammar.values.values()}
        self._names = {name: f"v{at}" for at, name in enumerate(values)}
        self._schema = compile_values(values.values())

    def fits(self, value: Value, text: str) -> bool:
        """Whether ``text`` is allowed where the grammar says ``value``."""
        return _is_plainly_fit(value, text) or self._is_valid(value, text)

    def _is_valid(self, value: Value, text: str) -> bool:
        element = etree.Element(self._names[value.name])
        element.text = text
        return bool(self._schema.validate(element))


@cache
def texts_of(grammar: Grammar) -> Texts:
    """The checks of a grammar's values, made once for each grammar."""
    return Texts(grammar)


def _is_plainly_fit(value: Value, text: str) -> bool:
    """The ordinary cases, told without libxml2; False says nothing."""
    if value.codes:
        return text in value.codes
    if value.pattern:
        return value.base == "double" and text.isascii() and re.fullmatch(value.pattern, text) is not None
    if value.base == "string":
        return value.shortest <= len(text) and (value.longest is None or len(text) <= value.longest)
    if value.base == "date":
        return _PLAIN_DATE.fullmatch(text) is not None and _is_day(text)
    return value.base == "double" and _PLAIN_NUMBER.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year > 0
    except ValueError:
        return False
