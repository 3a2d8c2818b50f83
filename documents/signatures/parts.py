"""What a ``ds:Signature`` is made of, taken apart strictly: whatever could mean two things is refused.

Only what a reference covers is signed, so the shape decides everything: the signature must cover the whole document
that it stands in, and what it says of itself (XAdES SignedProperties) must be its own and covered too.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain
from typing import Final

from lxml import etree

from ..xml import Element
from .algorithms import DIGESTS, SIGNATURE_METHODS, SignatureMethod
from .broken import BrokenSignature
from .canonical import DEFAULT, Form, form_of

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = tuple(f"http://uri.etsi.org/01903/v{version}#" for version in ("1.3.2", "1.2.2", "1.1.1"))

_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_WITHOUT_SIGNATURES = re.compile(r"\s*not\s*\(\s*ancestor-or-self::([\w.-]+):Signature\s*\)\s*")
_SIGNED_PROPERTIES: Final = "#SignedProperties"
_MAX_REFERENCES: Final = 16
_MAX_OUTSIDE: Final = 3
"""References to more than the signature's own parts: each makes a digest of what may be the whole document."""

_MAX_CERTIFICATES: Final = 16

_TEXT = etree.XPath("string()")
_INSIDE = etree.XPath("descendant-or-self::*[@Id=$id or @ID=$id or @id=$id or @xml:id=$id]")
_ANYWHERE = etree.XPath("//*[@Id=$id or @ID=$id or @id=$id or @xml:id=$id]")
_IDS = tuple(etree.XPath(f"//@{name}", smart_strings=False) for name in ("Id", "ID", "id", "xml:id"))


class Cut(Enum):
    """Which signatures are left out of what is signed."""

    NOTHING = "nothing"
    ITSELF = "itself"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One thing that is signed: ``target`` is an element, or None for the whole document."""

    uri: str
    kind: str
    target: Element | None
    cut: Cut
    form: Form
    digest_method: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A signature taken apart. ``certificates`` are DER, ``properties`` the ``SignedProperties``, if there are any."""

    element: Element
    signed_info: Element
    form: Form
    method: SignatureMethod
    value: bytes
    references: tuple[Reference, ...]
    certificates: tuple[bytes, ...]
    properties: Element | None

    @property
    def weak(self) -> bool:
        """Whether it stands on SHA-1 anywhere."""
        return self.method.weak or any(DIGESTS[one.digest_method] == "sha1" for one in self.references)


Ids = Mapping[str, int]
"""How many attributes of a document have this Id, whatever their spelling."""


def ids_of(root: Element) -> Ids:
    """The Ids of a document, counted once for all its signatures."""
    return Counter(chain.from_iterable(ids(root) for ids in _IDS))


def parts_of(signature: Element, ids: Ids) -> Parts:
    """Take a signature apart; :class:`BrokenSignature` says what is wrong with its shape."""
    signed_info = only(signature, f"{DS}SignedInfo")
    method = only(signed_info, f"{DS}CanonicalizationMethod")
    form = form_of(method)
    if form is None:
        raise BrokenSignature(f"the canonicalisation {_algorithm(method)} is not accepted")
    properties = _properties(signature, ids)
    references = tuple(_reference(one, signature, ids) for one in _references(signed_info))
    _check_coverage(references, properties, signature)
    return Parts(
        element=signature,
        signed_info=signed_info,
        form=form,
        method=_signature_method(only(signed_info, f"{DS}SignatureMethod")),
        value=binary(only(signature, f"{DS}SignatureValue")),
        references=references,
        certificates=_certificates(signature),
        properties=properties,
    )


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


def _element_of_id(signature: Element, ids: Ids, name: str) -> Element:
    """The one element of the document that has this Id; most are inside the signature, where it is found quickly."""
    count = ids.get(name, 0)
    if count != 1:
        how_many = "no element has" if not count else f"{count} elements have"
        raise BrokenSignature(f"{how_many} the Id {name[:80]!r}, which must be one element's")
    [found] = _INSIDE(signature, id=name) or _ANYWHERE(signature, id=name)
    return found


def _algorithm(method: Element) -> str:
    return repr(method.get("Algorithm", "")[:120])


def _signature_method(element: Element) -> SignatureMethod:
    method = SIGNATURE_METHODS.get(element.get("Algorithm", ""))
    if method is None:
        raise BrokenSignature(f"the signature method {_algorithm(element)} is not accepted")
    return method


def _properties(signature: Element, ids: Ids) -> Element | None:
    """The SignedProperties, if this is XAdES: they must say themselves that they are this very signature's."""
    found = [
        properties
        for item in signature.findall(f"{DS}Object")
        for version in XADES
        for properties in item.findall(f"{{{version}}}QualifyingProperties")
    ]
    if not found:
        return None
    if len(found) > 1:
        raise BrokenSignature("it has several QualifyingProperties")
    [qualifying] = found
    name = signature.get("Id", "")
    if not name or qualifying.get("Target") != f"#{name}":
        raise BrokenSignature("its QualifyingProperties are another signature's (Target)")
    _element_of_id(signature, ids, name)
    version = etree.QName(qualifying).namespace
    return only(qualifying, f"{{{version}}}SignedProperties")


def _references(signed_info: Element) -> list[Element]:
    found: list[Element] = signed_info.findall(f"{DS}Reference")
    if not 1 <= len(found) <= _MAX_REFERENCES:
        raise BrokenSignature(f"it has {len(found)} references; 1 to {_MAX_REFERENCES} are accepted")
    return found


def _reference(element: Element, signature: Element, ids: Ids) -> Reference:
    uri = element.get("URI")
    root = element.getroottree().getroot()
    target = _target(signature, ids, uri)
    cut, form = _transforms(element)
    if target is not None and target is not root and cut is not Cut.NOTHING:
        raise BrokenSignature(f"the reference {uri!r} to a part uses a transform for the whole")
    digest_method = only(element, f"{DS}DigestMethod").get("Algorithm", "")
    if digest_method not in DIGESTS:
        raise BrokenSignature(f"the digest method {digest_method[:120]!r} is not accepted")
    return Reference(
        uri=uri or "",
        kind=element.get("Type", ""),
        target=target,
        cut=cut,
        form=form,
        digest_method=digest_method,
        digest=binary(only(element, f"{DS}DigestValue")),
    )


def _target(signature: Element, ids: Ids, uri: str | None) -> Element | None:
    if uri == "":
        return None
    if uri is None or not uri.startswith("#") or uri == "#" or uri.startswith("#xpointer("):
        raise BrokenSignature(f"a reference leads outside the document or is of an unknown kind: {(uri or '')[:120]!r}")
    return _element_of_id(signature, ids, uri[1:])


def _transforms(element: Element) -> tuple[Cut, Form]:
    """What is cut out, and in which form: any number of cuts, then at most one canonicalisation, nothing else."""
    if len(element.findall(f"{DS}Transforms")) > 1:
        raise BrokenSignature("a reference has several lists of transforms")
    steps = element.findall(f"{DS}Transforms/{DS}Transform")
    form = form_of(steps[-1]) if steps else None
    cuts = set()
    for transform in steps if form is None else steps[:-1]:
        cut = _cut(transform)
        if cut is Cut.NOTHING:
            raise BrokenSignature(f"the transform {_algorithm(transform)} is not accepted")
        cuts.add(cut)
    # A reference within the document never covers comments, whatever its form says.
    form = DEFAULT if form is None else replace(form, comments=False)
    return next((cut for cut in (Cut.ALL, Cut.ITSELF) if cut in cuts), Cut.NOTHING), form


def _cut(transform: Element) -> Cut:
    algorithm = transform.get("Algorithm", "")
    if algorithm == _ENVELOPED:
        return Cut.ITSELF
    expressions = transform.findall(f"{DS}XPath") if algorithm == _XPATH else []
    if len(expressions) != 1:
        return Cut.NOTHING
    # The one expression that some programs write as well: the same, for all signatures of the document.
    written = _WITHOUT_SIGNATURES.fullmatch(text(expressions[0]))
    return Cut.ALL if written and expressions[0].nsmap.get(written[1]) == DS[1:-1] else Cut.NOTHING


def _check_coverage(references: tuple[Reference, ...], properties: Element | None, signature: Element) -> None:
    root = signature.getroottree().getroot()
    if not any((one.target is None or one.target is root) and one.cut is not Cut.NOTHING for one in references):
        raise BrokenSignature("it does not cover the whole document that it stands in")
    outside = sum(one.target is None or signature not in one.target.iterancestors(signature.tag) for one in references)
    if outside > _MAX_OUTSIDE:
        raise BrokenSignature(f"{outside} references lead out of the signature; at most {_MAX_OUTSIDE} are accepted")
    if properties is not None and not any(one.target is properties for one in references):
        raise BrokenSignature("its SignedProperties are not signed")
    if any(one.kind.endswith(_SIGNED_PROPERTIES) and one.target is not properties for one in references):
        raise BrokenSignature("a reference takes something else for its SignedProperties")


def _certificates(signature: Element) -> tuple[bytes, ...]:
    found = signature.findall(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate")
    if len(signature.findall(f"{DS}KeyInfo")) > 1:
        raise BrokenSignature("it has several KeyInfo")
    if not found:
        raise BrokenSignature("it holds no certificate (X509Certificate)")
    if len(found) > _MAX_CERTIFICATES:
        raise BrokenSignature(f"it holds {len(found)} certificates; at most {_MAX_CERTIFICATES} are accepted")
    return tuple(binary(one) for one in found)
