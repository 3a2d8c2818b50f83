"""The grammars of the formats, and the schemas made of them: read once a process, when they are first needed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from threading import RLock
from typing import Final

from lxml import etree

from .compiling import compile_schema
from .notation import Grammar, children_of, read_grammar

__all__ = [
    "SIGNATURES",
    "children_of",
    "facturae_grammar",
    "facturae_schema",
    "new_facturae_schema",
    "signature_grammar",
]

SIGNATURES: Final = "http://www.w3.org/2000/09/xmldsig#"
"""The namespace of XML Signature."""

_reading = RLock()


@cache
def _read(name: str, version: str) -> Grammar:
    return read_grammar(files(__package__).joinpath(name).read_text(encoding="utf-8"), version)


def facturae_grammar(version: str) -> Grammar:
    """What may stand where in Facturae ``3.2``, ``3.2.1`` or ``3.2.2``."""
    with _reading:
        return _read("facturae.grammar", version)


def signature_grammar() -> Grammar:
    """What may stand where in ``ds:Signature``."""
    with _reading:
        return _read("signature.grammar", "")


def new_facturae_schema(version: str, namespace: str) -> etree.XMLSchema:
    """libxml2's checker of documents of one version, whose root is in ``namespace``, with an error log of its own."""
    return compile_schema(facturae_grammar(version), namespace, imported=(signature_grammar(), SIGNATURES))


_schema = cache(new_facturae_schema)


def facturae_schema(version: str, namespace: str) -> etree.XMLSchema:
    """The same, made once a process; shared by all threads, error log and all."""
    with _reading:
        return _schema(version, namespace)
