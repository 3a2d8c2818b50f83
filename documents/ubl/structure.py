"""Whether a document has the structure of UBL 2.1: the verdict is the schema's, the words and places are ours."""

from __future__ import annotations

from itertools import islice
from typing import Final

from lxml import etree

from ...models.domain.findings import Finding
from ..grammar.checking import MAX_PROBLEMS, is_valid
from ..xml import Element
from .schema import Simple, Table, compiled, table
from .walking import Spot, Walk, finding_at

_NO_WORDS: Final = "The structure is not one that UBL 2.1 allows."


def check_structure(root: Element, *, limit: int = MAX_PROBLEMS) -> tuple[Finding, ...]:
    """What is wrong with the structure of an invoice or credit note (rule HF08), in its order, at most ``limit``
    findings; none iff the schema accepts it, white space around dates and times taken off.

    ``root`` is the root element of its own tree, in the namespace of one of the two. Takes time linear in the
    document's size, little where it is as it should be. Never raises for what the document holds.
    """
    namespace = etree.QName(root).namespace
    schema = compiled(namespace)
    if is_valid(root, schema):
        return ()
    kinds = table(namespace)
    findings = tuple(islice(Walk(kinds, schema).element(root, Spot(root, None)), limit))
    if not findings and _trim_days(root, kinds) and is_valid(root, schema):
        return ()
    return findings or (finding_at(Spot(root, None), _NO_WORDS, found=_said_by(schema)),)


def _trim_days(root: Element, kinds: Table) -> bool:
    """Takes off the white space around dates and times, which libxml2 alone does not; whether there was any."""
    trimmed = False
    for element in root.iter("*"):
        kind, text = kinds.get(element.tag), element.text
        if isinstance(kind, Simple) and kind.type in {"date", "time"} and text and text != text.strip():
            element.text = text.strip()
            trimmed = True
    return trimmed


def _said_by(schema: etree.XMLSchema) -> str | None:
    """libxml2's own words, for what ours have no name for."""
    log = schema.error_log
    return str(log[0].message) if len(log) else None
