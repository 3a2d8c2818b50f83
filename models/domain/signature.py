"""What is known of a document's signature, and what that means at the door: ``documents.signatures`` finds it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .findings import Finding, Severity
from .invoice import SignatureStatus


class SignatureFault(StrEnum):
    """What kind of thing is wrong with a signature, which chooses the rule: HV01 or HV02."""

    CERTIFICATE = "CERTIFICATE"
    """The signature itself or its certificate: integrity, structure, algorithms, keys, validity, chain."""

    POLICY = "POLICY"
    """The signature policy: none, implied, unknown, or with another digest than the published document's."""


class SignerRelation(StrEnum):
    """Who signed, by the tax ids in the certificate, as seen from the invoice."""

    ISSUER = "ISSUER"
    RECEIVER = "RECEIVER"
    THIRD_PARTY = "THIRD_PARTY"


@dataclass(frozen=True, slots=True)
class SignatureProblem:
    """One thing that is wrong with a signature, as an English sentence without the full stop."""

    fault: SignatureFault
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """What a verification found out. Everything but ``status`` and ``problems`` is as the signature itself claims.

    ``signer`` and ``certificate_issuer`` are readable names out of the certificate, ``signer_tax_id`` the normalised
    tax id in it, ``serial`` its number in decimal digits, ``signed_at`` aware, ``policy`` an identifier, ``role`` the
    claimed role as it is written. ``relation`` is null where the certificate or the document has no tax id. ``detail``
    says on one line why the status is what it is, null where VALID or ABSENT; of each problem there is a finding.
    """

    status: SignatureStatus
    signer: str | None = None
    signer_tax_id: str | None = None
    relation: SignerRelation | None = None
    serial: str | None = None
    certificate_issuer: str | None = None
    signed_at: datetime | None = None
    policy: str | None = None
    role: str | None = None
    detail: str | None = None
    problems: tuple[SignatureProblem, ...] = ()
    location: str | None = None
    """The XPath of the ``ds:Signature``."""
    line: int | None = None


UNSIGNED = SignatureReport(status=SignatureStatus.ABSENT)


def findings_of(report: SignatureReport, *, required: bool) -> tuple[Finding, ...]:
    """The findings that a signature leads to, one a problem; none where it is valid.

    An absent one is HF04. What is wrong with the policy (none, implied, unknown, another digest) is HV02, anything
    else (integrity, structure, algorithm, certificate, chain) HV01. Absent and untrusted are warnings unless the
    receiver demands a valid signature (``required``); broken is always an error.
    """
    if report.status is SignatureStatus.VALID:
        return ()
    broken = report.status is SignatureStatus.INVALID
    severity = Severity.ERROR if required or broken else Severity.WARNING
    if report.status is SignatureStatus.ABSENT:
        return (Finding(rule="HF04", message="The document is not signed.", severity=severity, location="/"),)
    opening = "The signature is not valid" if broken else "The signature is not trusted"
    return tuple(
        Finding(
            rule="HV02" if problem.fault is SignatureFault.POLICY else "HV01",
            message=f"{opening}: {problem.message}.",
            severity=severity,
            location=report.location,
            line=report.line,
        )
        for problem in report.problems
    )


class SignerRole(StrEnum):
    """In what role an invoice is signed here, in the words of Facturae's signature policy."""

    ISSUER = "emisor"
    THIRD_PARTY = "tercero"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCredentials:
    """What an invoice is signed with: the private key (PKCS #8) and its certificates, the signer's first, all DER."""

    key: bytes = field(repr=False)
    chain: tuple[bytes, ...]
    role: SignerRole
