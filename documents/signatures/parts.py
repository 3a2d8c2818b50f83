"""What a ``ds:Signature`` is made of, taken apart strictly: whatever could mean two things is refused.

Only what a reference covers is signed, so the shape decides everything: the signature must cover the whole document
that it stands in, and what it says of itself (XAdES SignedProperties) must be its own and covered too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from ..xml import Element
from .algorithms import DIGESTS, SIGNATURE_METHODS, SignatureMethod
from .broken import BrokenSignature
from .canonical import Form, form_of
from .elements import DS, algorithm, binary, only
from .transforms import Cut, transforms_of

XADES: Final = tuple(f"http://uri.etsi.org/01903/v{version}#" for version in ("1.3.2", "1.2.2", "1.1.1"))

_SIGNED_PROPERTIES: Final = "#SignedProperties"
_MAX_REFERENCES: Final = 16
_MAX_OUTSIDE: Final = 3
"""References to more than the signature's own parts: each makes a digest of what may be the whole document."""

_MAX_INSIDE: Final = 200_000
"""Elements of the signature's own parts, once a reference: honest ones have some dozens."""

_MAX_CERTIFICATES: Final = 16

_ELEMENTS = etree.XPath("count(descendant::*)")
_WITH_IDS = etree.XPath("//*[@Id or @ID or @id or @xml:id]")
_ID_NAMES: Final = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")


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


Ids = Mapping[str, Element | None]
"""The element of a document that has an Id, whatever its spelling; None where several have it, or one has it twice."""


def ids_of(root: Element) -> Ids:
    """The Ids of a document, looked for once for all its signatures."""
    found: dict[str, Element | None] = {}
    for element in _WITH_IDS(root):
        for name in _ID_NAMES:
            value = element.get(name)
            if value is not None:
                found[value] = None if value in found else element
    return found


def parts_of(signature: Element, ids: Ids) -> Parts:
    """Take a signature apart; :class:`BrokenSignature` says what is wrong with its shape."""
    signed_info = only(signature, f"{DS}SignedInfo")
    method = only(signed_info, f"{DS}CanonicalizationMethod")
    form = form_of(method)
    if form is None:
        raise BrokenSignature(f"the canonicalisation {algorithm(method)} is not accepted")
    properties = _properties(signature, ids)
    references = tuple(_reference(one, ids) for one in _references(signed_info))
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


def _element_of_id(ids: Ids, name: str) -> Element:
    """The one element of the document that has this Id."""
    found = ids.get(name)
    if found is None:
        how_many = "several elements have" if name in ids else "no element has"
        raise BrokenSignature(f"{how_many} the Id {name[:80]!r}, which must be one element's")
    return found


def _signature_method(element: Element) -> SignatureMethod:
    method = SIGNATURE_METHODS.get(element.get("Algorithm", ""))
    if method is None:
        raise BrokenSignature(f"the signature method {algorithm(element)} is not accepted")
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
    _element_of_id(ids, name)
    version = etree.QName(qualifying).namespace
    return only(qualifying, f"{{{version}}}SignedProperties")


def _references(signed_info: Element) -> list[Element]:
    found: list[Element] = signed_info.findall(f"{DS}Reference")
    if not 1 <= len(found) <= _MAX_REFERENCES:
        raise BrokenSignature(f"it has {len(found)} references; 1 to {_MAX_REFERENCES} are accepted")
    return found


def _reference(element: Element, ids: Ids) -> Reference:
    uri = element.get("URI")
    root = element.getroottree().getroot()
    target = _target(ids, uri)
    cut, form = transforms_of(element)
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


def _target(ids: Ids, uri: str | None) -> Element | None:
    if not uri:
        # What a reference without URI is about is for the application to know: here, the document that it stands in.
        return None
    if not uri.startswith("#") or uri == "#" or uri.startswith("#xpointer("):
        raise BrokenSignature(f"a reference leads outside the document or is of an unknown kind: {uri[:120]!r}")
    return _element_of_id(ids, uri[1:])


def _check_coverage(references: tuple[Reference, ...], properties: Element | None, signature: Element) -> None:
    root = signature.getroottree().getroot()
    if not any((one.target is None or one.target is root) and one.cut is not Cut.NOTHING for one in references):
        raise BrokenSignature("it does not cover the whole document that it stands in")
    inside = [
        one.target
        for one in references
        if one.target is not None and signature in one.target.iterancestors(signature.tag)
    ]
    outside = len(references) - len(inside)
    if outside > _MAX_OUTSIDE:
        raise BrokenSignature(f"{outside} references lead out of the signature; at most {_MAX_OUTSIDE} are accepted")
    if sum(map(_ELEMENTS, inside)) > _MAX_INSIDE:
        raise BrokenSignature(f"its references to its own parts are to more than {_MAX_INSIDE} elements together")
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
