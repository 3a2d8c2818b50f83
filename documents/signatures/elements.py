"""What is taken out of the elements of a signature, strictly: one child where there is one, text, bytes, algorithms."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from typing import Final

from lxml import etree

from ..xml import Element
from .broken import BrokenSignature

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"

_TEXT = etree.XPath("string()")


def only(parent: Element, tag: str) -> Element:
    """The one child of a name."""
    found = parent.findall(tag)
    if len(found) != 1:
        name = etree.QName(tag).localname
        raise BrokenSignature(f"there are {len(found)} {name} elements where there must be one")
    return found[0]


def text(element: Element) -> str:
    """All text inside, without comments between, which ``element.text`` would stop at."""
    return str(_TEXT(element)).strip()


def binary(element: Element) -> bytes:
    """The bytes that an element holds in BASE64, written in the one way in which they can be."""
    encoded = "".join(text(element).split())
    try:
        decoded = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if not decoded or b64encode(decoded).decode() != encoded:
        raise BrokenSignature(f"{etree.QName(element).localname} does not hold data in BASE64")
    return decoded


def algorithm(method: Element) -> str:
    """The algorithm that an element names, for a person to read."""
    return repr(method.get("Algorithm", "")[:120])
