"""What a signer says of a signature in its XAdES SignedProperties, and whether that is what Facturae demands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from ...models.domain.numbering import LEGAL_TIME
from ..xml import Element
from .algorithms import DIGESTS, SHA1, SHA256, digest_of
from .broken import BrokenSignature
from .certificates import Certificate
from .elements import DS, binary, text
from .issuer_names import is_issuer

POLICY_3_1: Final = (
    "http://www.facturae.es/politica_de_firma_formato_facturae/politica_de_firma_formato_facturae_v3_1.pdf"
)
_POLICY_3_0 = re.compile(r"https?://www\.facturae\.es/politica.de.firma.formato.facturae/.*v3_0\.pdf")

POLICY_DIGESTS: Final[Mapping[str, str]] = {
    SHA1: "Ohixl6upD6av8N7pEvDABhEL6hM=",
    SHA256: "a/vDoueJq9zxWGCFwdsXdlXtkFSEek4XVtmlQCEDaE8=",
    "http://www.w3.org/2001/04/xmlenc#sha512": (
        "Olsv4wCqkGsabqxbGDLEkgocYLmEJ2CdZ1XsZMrvJiuUD30ryJoGYL2/DXTF1qqxdNRjviwXr2MBh4UZt/mS8w=="
    ),
}
"""Of the document of policy 3.1, by digest method (domain-facts 6.7)."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """A certificate that the signer says is the signer's, or of the chain: its digest, and its number where given."""

    method: str
    digest: bytes
    serial: str | None
    issuer: str | None = None
    issuer_and_serial: bytes | None = None
    """Both in DER, as ``SigningCertificateV2`` has them."""

    def is_of(self, certificate: Certificate) -> bool:
        """Whether it is this certificate."""
        return self.method in DIGESTS and digest_of(certificate.der, self.method) == self.digest

    def names_issuer_of(self, certificate: Certificate) -> bool:
        """Whether the issuer that it names, if it names one, is the certificate's, in whatever words."""
        if self.issuer is not None and not is_issuer(self.issuer, certificate.parsed.issuer):
            return False
        return self.issuer_and_serial is None or certificate.parsed.issuer.public_bytes() in self.issuer_and_serial


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy that the signature says it follows; ``identifier`` is None where it is only implied."""

    identifier: str | None
    method: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the signer says. ``signed_at`` is aware: a time without a zone is legal time."""

    signed_at: datetime | None = None
    certificates: tuple[Named, ...] = ()
    policy: Policy | None = None
    role: str | None = None


def claims_of(properties: Element | None) -> Claims:
    """The claims of SignedProperties of any version of XAdES; empty ones where there are none."""
    if properties is None:
        return Claims()
    ns = f"{{{etree.QName(properties).namespace}}}"
    signed = properties.find(f"{ns}SignedSignatureProperties")
    if signed is None:
        return Claims()
    return Claims(
        signed_at=_instant(signed.find(f"{ns}SigningTime")),
        certificates=tuple(_named(one, ns) for one in _certificates(signed, ns)),
        policy=_policy(signed.find(f"{ns}SignaturePolicyIdentifier"), ns),
        role=_role(signed, ns),
    )


def policy_objection(policy: Policy | None) -> str | None:
    """Why a Facturae is not signed by the policy in force (3.1); None where it is."""
    if policy is None:
        return "it names no signature policy, and Facturae demands one"
    if policy.identifier is None:
        return "its signature policy is only implied, and Facturae demands one by name"
    if _POLICY_3_0.fullmatch(policy.identifier):
        return "it follows version 3.0 of the signature policy, which 3.1 has replaced"
    if policy.identifier != POLICY_3_1:
        return f"its signature policy is unknown: {policy.identifier[:200]}"
    if policy.method not in POLICY_DIGESTS:
        return f"the digest of its signature policy is of an unknown kind: {policy.method[:120]}"
    if policy.digest != POLICY_DIGESTS[policy.method]:
        return "the digest of its signature policy is not that of the published document"
    return None


def _certificates(signed: Element, ns: str) -> list[Element]:
    return [*signed.findall(f"{ns}SigningCertificate/{ns}Cert"), *signed.findall(f"{ns}SigningCertificateV2/{ns}Cert")]


def _named(cert: Element, ns: str) -> Named:
    method = cert.find(f"{ns}CertDigest/{DS}DigestMethod")
    value = cert.find(f"{ns}CertDigest/{DS}DigestValue")
    if method is None or value is None:
        raise BrokenSignature("its SigningCertificate has no digest")
    serial = cert.find(f"{ns}IssuerSerial/{DS}X509SerialNumber")
    issuer = cert.find(f"{ns}IssuerSerial/{DS}X509IssuerName")
    both = cert.find(f"{ns}IssuerSerialV2")
    return Named(
        method.get("Algorithm", ""),
        binary(value),
        None if serial is None else text(serial),
        None if issuer is None else text(issuer),
        None if both is None else binary(both),
    )


def _policy(element: Element | None, ns: str) -> Policy | None:
    if element is None:
        return None
    named = element.find(f"{ns}SignaturePolicyId")
    if named is None:
        return Policy(None)
    identifier = named.find(f"{ns}SigPolicyId/{ns}Identifier")
    method = named.find(f"{ns}SigPolicyHash/{DS}DigestMethod")
    digest = named.find(f"{ns}SigPolicyHash/{DS}DigestValue")
    return Policy(
        "" if identifier is None else " ".join(text(identifier).split()),
        "" if method is None else method.get("Algorithm", ""),
        "" if digest is None else "".join(text(digest).split()),
    )


def _role(signed: Element, ns: str) -> str | None:
    for kind in ("SignerRole", "SignerRoleV2"):
        claimed = signed.find(f"{ns}{kind}/{ns}ClaimedRoles/{ns}ClaimedRole")
        if claimed is not None:
            return " ".join(text(claimed).split())[:200] or None
    return None


def _instant(element: Element | None) -> datetime | None:
    written = "" if element is None else text(element)
    if not _TIME.fullmatch(written):
        return None
    try:
        instant = datetime.fromisoformat(written)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=LEGAL_TIME)
        return aware.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
