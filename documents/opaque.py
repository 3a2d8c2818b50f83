"""XML of other namespaces inside a document, kept as it is for whoever knows what it means."""

from __future__ import annotations

import copy
from typing import cast

from lxml import etree

from .records import Reading
from .xml import Element


def extensions(block: Element, reading: Reading) -> tuple[str, ...]:  # noqa: ARG001
    """Each element inside, as XML that stands by itself."""
    return tuple(as_text(element) for element in block.iterchildren("*"))


def as_text(element: Element) -> str:
    """An element as XML, with the namespaces that it needs of those declared around it."""
    alone = copy.deepcopy(element)
    alone.tail = None
    etree.cleanup_namespaces(alone, keep_ns_prefixes=_prefixes_in_texts(alone))
    return cast(str, etree.tostring(alone, encoding="unicode"))


def _prefixes_in_texts(element: Element) -> list[str]:
    """Prefixes that a text or the value of an attribute may use, as ``xsi:type`` does."""
    prefixes = [prefix for prefix in element.nsmap if prefix]
    if not prefixes:
        return []
    texts = [text for part in element.iter() for text in (part.text, part.tail, *part.values()) if text and ":" in text]
    return [prefix for prefix in prefixes if any(f"{prefix}:" in text for text in texts)]
