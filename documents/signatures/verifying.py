"""What a document's signature is worth (``verify_signature``).

INVALID says that the document or the signature was altered, or that the signature cannot be relied on in the least.
UNTRUSTED says that it holds, and what is missing before one may rely on it. Decision 0011 has the reasons.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from ...models.domain.invoice import SignatureStatus
from ...models.domain.signature import UNSIGNED, SignatureFault, SignatureProblem, SignatureReport, SignerRelation
from ...models.domain.tax_ids import normalise
from ..xml import Element, open_document
from .algorithms import digest_of, holds
from .anchors import TrustAnchors
from .broken import BrokenSignature
from .canonical import canonical, check_bounds, without
from .certificates import BadCertificate, Certificate, read_certificate
from .elements import DS
from .parts import Ids, Parts, Reference, ids_of, parts_of
from .properties import Claims, claims_of, policy_objection
from .transforms import Cut

__all__ = ["TrustAnchors", "verify_signature"]

SIGNATURE: Final = f"{DS}Signature"
_NAME: Final = b"Signature"
_MAX_SIGNATURES: Final = 3
_CLOCKS_DIFFER: Final = timedelta(hours=3)
"""Some programs write the hour of their wall clock and say that it is UTC."""

_UBL_EXTENSIONS: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
_SELLER = etree.XPath(
    "string(Parties/SellerParty/TaxIdentification/TaxIdentificationNumber"
    " | *[local-name()='AccountingSupplierParty']//*[local-name()='CompanyID'])"
)
_BUYER = etree.XPath(
    "string(Parties/BuyerParty/TaxIdentification/TaxIdentificationNumber"
    " | *[local-name()='AccountingCustomerParty']//*[local-name()='CompanyID'])"
)


def verify_signature(data: bytes, anchors: TrustAnchors | None, *, now: datetime) -> SignatureReport:
    """Verify the signature of a document: XAdES enveloped, as Facturae has it, or plain XML Signature.

    ABSENT where there is none or the document cannot be opened. Of several, each must hold, and the issuer's is
    reported, else the first. Without ``anchors`` a good one is UNTRUSTED. Never raises for what ``data`` holds; takes
    time linear in its size: a server calls it in a thread.
    """
    if _NAME not in data.replace(b"\0", b""):
        return UNSIGNED  # Nothing can hide its name: not UTF-16, without its zeros, nor any other encoding taken here.
    opened = open_document(data, whole=True)
    if opened.root is None:
        return UNSIGNED
    root = opened.root
    found = [one for one in root.iter(SIGNATURE) if not _is_inside_another(one)]
    if not found:
        return UNSIGNED
    if len(found) > _MAX_SIGNATURES:
        return _broken(found[0], f"there are {len(found)} signatures; at most {_MAX_SIGNATURES} are accepted")
    try:
        check_bounds(root, data)
    except BrokenSignature as error:
        return _broken(found[0], str(error))
    ids = ids_of(root)
    return _together([_verified(one, found, ids, anchors, now) for one in found])


def _is_inside_another(signature: Element) -> bool:
    """Whether it is a part of a signature: a countersignature vouches for that, not for the document."""
    return any(True for _ in signature.iterancestors(SIGNATURE))


def _together(reports: list[SignatureReport]) -> SignatureReport:
    shown = next((one for one in reports if one.relation is SignerRelation.ISSUER), reports[0])
    worst = next((one for one in reports if one.status is SignatureStatus.INVALID), shown)
    return worst if len(reports) == 1 or worst is shown else _broken_beside(shown, worst)


def _broken_beside(shown: SignatureReport, worst: SignatureReport) -> SignatureReport:
    problems = tuple(
        SignatureProblem(one.fault, f"another signature of the document does not hold: {one.message}")
        for one in worst.problems
    )
    return _with_problems(replace(shown, status=SignatureStatus.INVALID), problems)


def _verified(
    signature: Element, all_: list[Element], ids: Ids, anchors: TrustAnchors | None, now: datetime
) -> SignatureReport:
    try:
        _check_place(signature)
        parts = parts_of(signature, ids)
        certificates = tuple(_readable(parts.certificates))
        signer = _signer(parts, certificates)
        claims = claims_of(parts.properties)
        report = _claimed(signature, signer, claims)
    except BrokenSignature as error:
        return _broken(signature, str(error))
    try:
        for reference in sorted(parts.references, key=_is_large):
            _check_digest(reference, signature, all_)
        _check_named(claims, signer)
    except BrokenSignature as error:
        problem = SignatureProblem(SignatureFault.CERTIFICATE, str(error))
        return _with_problems(replace(report, status=SignatureStatus.INVALID), (problem,))
    others = tuple(one for one in certificates if one is not signer)
    problems = (*_doubts(parts, claims, signer, now), *_distrust(signer, others, anchors, now))
    policy = _policy_problems(signature, claims)
    return _with_problems(report, (*problems, *policy))


def _check_place(signature: Element) -> None:
    """A signature stands directly in the document's root element or, in UBL, in one of its extensions."""
    ancestors = list(signature.iterancestors())
    extension = f"{{{_UBL_EXTENSIONS}}}UBLExtensions"
    if len(ancestors) == 1 or (len(ancestors) > 1 and ancestors[-2].tag == extension):
        return
    raise BrokenSignature("it stands where the signature of the document cannot stand")


def _readable(certificates: Iterable[bytes]) -> Iterator[Certificate]:
    """Those that can be read; another may yet be the signer's."""
    for der in dict.fromkeys(certificates):
        with contextlib.suppress(BadCertificate):
            yield read_certificate(der)


def _signer(parts: Parts, certificates: tuple[Certificate, ...]) -> Certificate:
    """The certificate whose key made the signature value."""
    if not certificates:
        raise BrokenSignature("the certificate in it cannot be read")
    signed = canonical(parts.signed_info, parts.form)
    for certificate in certificates:
        if holds(parts.method, certificate.key, parts.value, signed):
            return certificate
    raise BrokenSignature("its value was not made over its SignedInfo by the key of a certificate in it")


def _is_large(reference: Reference) -> bool:
    return reference.target is None or reference.cut is not Cut.NOTHING


def _check_digest(reference: Reference, signature: Element, all_: list[Element]) -> None:
    tree = signature.getroottree()
    with without(_left_out(reference.cut, signature, all_)):
        found = digest_of(
            canonical(tree if reference.target is None else reference.target, reference.form), reference.digest_method
        )
    if found != reference.digest:
        what = "the document was" if _is_large(reference) else f"what {reference.uri[:80]!r} refers to was"
        raise BrokenSignature(f"{what} altered after it was signed")


def _left_out(cut: Cut, signature: Element, all_: list[Element]) -> list[Element]:
    root = signature.getroottree().getroot()
    of_root = [one for one in all_ if one.getparent() is root]
    return {Cut.NOTHING: [], Cut.ITSELF: [signature], Cut.OF_ROOT: of_root, Cut.ALL: all_}[cut]


def _check_named(claims: Claims, signer: Certificate) -> None:
    if not claims.certificates:
        return
    named = [one for one in claims.certificates if one.is_of(signer)]
    if not named:
        raise BrokenSignature("its SigningCertificate is another than the certificate whose key signed")
    if any(one.serial is not None and one.serial != str(signer.serial) for one in named):
        raise BrokenSignature("its SigningCertificate has the serial number of another certificate")


def _doubts(parts: Parts, claims: Claims, signer: Certificate, now: datetime) -> Iterator[SignatureProblem]:
    """What is to be said of the signature itself, whoever vouches for the signer."""
    for message in _doubts_of(parts, claims, signer, now):
        yield SignatureProblem(SignatureFault.CERTIFICATE, message)


def _doubts_of_naming(claims: Claims, signer: Certificate) -> Iterator[str]:
    if not claims.certificates:
        yield "it does not say with which certificate it was made (SigningCertificate)"
    elif not all(one.names_issuer_of(signer) for one in claims.certificates if one.is_of(signer)):
        yield "its SigningCertificate names another issuer than the certificate's, or in an unknown form"


def _doubts_of(parts: Parts, claims: Claims, signer: Certificate, now: datetime) -> Iterator[str]:
    if parts.weak:
        yield "it uses SHA-1, which no longer proves anything"
    if signer.weakness is not None:
        yield f"the certificate cannot be built on: {signer.weakness}"
    if not signer.may_sign:
        yield "the certificate is not for signing (key usage)"
    yield from _doubts_of_naming(claims, signer)
    if claims.signed_at is None:
        yield "it does not say when it was made (SigningTime)"
    elif claims.signed_at > now + _CLOCKS_DIFFER:
        yield f"it says that it was made in the future, at {claims.signed_at.isoformat()}"
    elif not signer.valid_at(claims.signed_at):
        yield "the certificate was not valid when it says that it was made"
    if now > signer.not_after:
        yield f"the certificate expired on {signer.not_after:%Y-%m-%d}"
    elif now < signer.not_before:
        yield f"the certificate is not valid before {signer.not_before:%Y-%m-%d}"


def _distrust(
    signer: Certificate, others: tuple[Certificate, ...], anchors: TrustAnchors | None, now: datetime
) -> Iterator[SignatureProblem]:
    if anchors is None:
        yield SignatureProblem(SignatureFault.CERTIFICATE, "this server has no trust anchors (TRAMESA_TRUST_ANCHORS)")
        return
    objection = anchors.objection_to(signer, others, at=now)
    if objection is not None:
        yield SignatureProblem(SignatureFault.CERTIFICATE, objection)


def _policy_problems(signature: Element, claims: Claims) -> Iterator[SignatureProblem]:
    """The policy is Facturae's: other documents may follow any, or none."""
    root = signature.getroottree().getroot()
    objection = policy_objection(claims.policy) if etree.QName(root).localname == "Facturae" else None
    if objection is not None:
        yield SignatureProblem(SignatureFault.POLICY, objection)


def _claimed(signature: Element, signer: Certificate, claims: Claims) -> SignatureReport:
    tax_ids = signer.identity.tax_ids
    return SignatureReport(
        status=SignatureStatus.VALID,
        signer=signer.identity.name,
        signer_tax_id=tax_ids[0] if tax_ids else None,
        relation=_relation(signature.getroottree().getroot(), tax_ids),
        serial=str(signer.serial),
        certificate_issuer=signer.issuer,
        signed_at=claims.signed_at,
        policy=None if claims.policy is None else (claims.policy.identifier or "")[:500] or None,
        role=claims.role,
        location=_location(signature),
        line=int(signature.sourceline),
    )


def _relation(root: Element, tax_ids: tuple[str, ...]) -> SignerRelation | None:
    seller, buyer = (normalise(str(party(root))) for party in (_SELLER, _BUYER))
    if not tax_ids or not seller:
        return None
    if seller in tax_ids:
        return SignerRelation.ISSUER
    return SignerRelation.RECEIVER if buyer in tax_ids else SignerRelation.THIRD_PARTY


def _location(signature: Element) -> str:
    names = [etree.QName(one).localname for one in (signature, *signature.iterancestors())]
    return "/" + "/".join(reversed(names))


def _broken(signature: Element, why: str) -> SignatureReport:
    report = SignatureReport(
        status=SignatureStatus.INVALID,
        location=_location(signature),
        line=int(signature.sourceline),
    )
    return _with_problems(report, (SignatureProblem(SignatureFault.CERTIFICATE, why),))


def _with_problems(report: SignatureReport, problems: tuple[SignatureProblem, ...]) -> SignatureReport:
    if not problems:
        return report
    status = SignatureStatus.INVALID if report.status is SignatureStatus.INVALID else SignatureStatus.UNTRUSTED
    detail = "; ".join(one.message for one in problems)
    return replace(report, status=status, problems=problems, detail=f"{detail[:1].upper()}{detail[1:]}.")
