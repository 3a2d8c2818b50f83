"""What is known of a document's signature, and what that means at the door: ``documents.signatures`` finds it out."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """What a verification found out. Everything but ``status`` and ``detail`` is as the signature itself claims.

    ``signer`` and ``certificate_issuer`` are readable names out of the certificate, ``signer_tax_id`` the normalised
    tax id in it, ``serial`` its number in decimal digits, ``signed_at`` aware, ``policy`` an identifier, ``role`` the
    claimed role as it is written. ``detail`` is an English sentence on why the status is what it is, null where VALID
    or ABSENT. ``fault`` is null just where ``detail`` is.
    """

    status: SignatureStatus
    signer: str | None = None
    signer_tax_id: str | None = None
    serial: str | None = None
    certificate_issuer: str | None = None
    signed_at: datetime | None = None
    policy: str | None = None
    role: str | None = None
    detail: str | None = None
    fault: SignatureFault | None = None
    location: str | None = None
    """The XPath of the ``ds:Signature``."""
    line: int | None = None


UNSIGNED = SignatureReport(status=SignatureStatus.ABSENT)


def findings_of(report: SignatureReport, *, required: bool) -> tuple[Finding, ...]:
    """The finding that a signature leads to; none where it is valid.

    An absent one is HF04. An untrusted or broken one is HV02 where the policy is at fault (none, implied, unknown,
    another digest) and HV01 otherwise (integrity, structure, algorithm, certificate, chain). Absent and untrusted
    are warnings unless the receiver demands a valid signature (``required``); broken is always an error.
    """
    if report.status is SignatureStatus.VALID:
        return ()
    broken = report.status is SignatureStatus.INVALID
    severity = Severity.ERROR if required or broken else Severity.WARNING
    if report.status is SignatureStatus.ABSENT:
        return (Finding(rule="HF04", message="The document is not signed.", severity=severity, location="/"),)
    rule = "HV02" if report.fault is SignatureFault.POLICY else "HV01"
    opening = "The signature is not valid" if broken else "The signature is not trusted"
    return (
        Finding(
            rule=rule,
            message=f"{opening}: {report.detail}" if report.detail else f"{opening}.",
            severity=severity,
            location=report.location,
            line=report.line,
        ),
    )
