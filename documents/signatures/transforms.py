"""The transforms of a reference: what is left out of what it points to, and in which form the rest is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Final

from ..xml import Element
from .broken import BrokenSignature
from .canonical import DEFAULT, Form, form_of
from .elements import DS, algorithm, text


class Cut(Enum):
    """Which signatures are left out of what is signed."""

    NOTHING = "nothing"
    ITSELF = "itself"
    OF_ROOT = "those directly in the root element"
    ALL = "all"


_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_FILTER: Final = "http://www.w3.org/2002/06/xmldsig-filter2"

_EXPRESSIONS: Final[Mapping[tuple[str, str], Cut]] = {
    (_XPATH, "not(ancestor-or-self::Signature)"): Cut.ALL,
    (
        _XPATH,
        "count(ancestor-or-self::Signature|here()/ancestor::Signature[1])>count(ancestor-or-self::Signature)",
    ): Cut.ITSELF,
    (_FILTER, "/descendant::Signature"): Cut.ALL,
    (_FILTER, "/*/Signature"): Cut.OF_ROOT,
    (_FILTER, "here()/ancestor::Signature[1]"): Cut.ITSELF,
}
"""The expressions that programs and the recommendations write, without white space and prefixes; no other is run."""

_NAME = re.compile(r"([\w.-]+):Signature\b")
_LONGEST: Final = 500


def transforms_of(reference: Element) -> tuple[Cut, Form]:
    """What is cut out, and in which form: any number of cuts, then at most one canonicalisation, nothing else."""
    if len(reference.findall(f"{DS}Transforms")) > 1:
        raise BrokenSignature("a reference has several lists of transforms")
    steps = reference.findall(f"{DS}Transforms/{DS}Transform")
    form = form_of(steps[-1]) if steps else None
    cuts = set()
    for transform in steps if form is None else steps[:-1]:
        cut = _cut(transform)
        if cut is Cut.NOTHING:
            raise BrokenSignature(f"the transform {algorithm(transform)} is not accepted")
        cuts.add(cut)
    # A reference within the document never covers comments, whatever its form says.
    form = DEFAULT if form is None else replace(form, comments=False)
    return next((cut for cut in (Cut.ALL, Cut.OF_ROOT, Cut.ITSELF) if cut in cuts), Cut.NOTHING), form


def _cut(transform: Element) -> Cut:
    named = transform.get("Algorithm", "")
    if named == _ENVELOPED:
        return Cut.ITSELF
    namespace = f"{{{_FILTER}}}" if named == _FILTER else DS
    expressions = transform.findall(f"{namespace}XPath")
    if len(expressions) != 1 or (named == _FILTER and expressions[0].get("Filter") != "subtract"):
        return Cut.NOTHING
    return _EXPRESSIONS.get((named, _without_prefixes(expressions[0])), Cut.NOTHING)


def _without_prefixes(expression: Element) -> str:
    """An expression in one spelling; empty where a prefix in it is not XML Signature's."""
    written = text(expression)
    prefixes = set(_NAME.findall(written))
    if len(written) > _LONGEST or any(expression.nsmap.get(prefix) != DS[1:-1] for prefix in prefixes):
        return ""
    return _NAME.sub("Signature", "".join(written.split())) if prefixes else ""
