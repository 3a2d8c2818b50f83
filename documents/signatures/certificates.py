"""X.509 certificates as they are needed here: read whole and once, so that nothing malformed is met later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from .algorithms import weakness_of
from .identity import Identity, identity_of, readable

_KNOWN: Final = frozenset(
    {
        x509.BasicConstraints.oid,
        x509.KeyUsage.oid,
        x509.ExtendedKeyUsage.oid,
        x509.SubjectAlternativeName.oid,
        x509.IssuerAlternativeName.oid,
        x509.CertificatePolicies.oid,
        x509.AuthorityKeyIdentifier.oid,
        x509.SubjectKeyIdentifier.oid,
        x509.CRLDistributionPoints.oid,
        x509.AuthorityInformationAccess.oid,
        x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"),  # What a qualified certificate states of itself.
    }
)
"""Extensions that may be critical: what they demand is checked, or asks nothing of one who verifies a signature."""

_MALFORMED: Final = (
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
    Warning,
)
"""What ``cryptography`` raises of a certificate that is not as it should be; warnings, where they are made errors."""

_WEAK_DIGESTS: Final = frozenset({"md5", "sha1"})


Extensions = Mapping[x509.ObjectIdentifier, x509.Extension[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate, read. ``path_length`` is how many authorities may stand between it and the signer's."""

    der: bytes
    parsed: x509.Certificate
    key: Any
    identity: Identity
    issuer: str
    serial: int
    not_before: datetime
    not_after: datetime
    authority: bool
    path_length: int | None
    may_sign: bool
    may_certify: bool
    weakness: str | None
    """Why nothing can be built on it, whoever vouches for it."""
    weakly_signed: bool
    """Whether its issuer signed it with MD5 or SHA-1; of an anchor that does not matter."""

    @property
    def fingerprint(self) -> str:
        """SHA-256, 64 hexadecimal digits."""
        return hashlib.sha256(self.der).hexdigest()

    def valid_at(self, instant: datetime) -> bool:
        """Whether the instant lies in its validity period."""
        return self.not_before <= instant <= self.not_after

    def is_issued_by(self, other: Certificate) -> bool:
        """Whether the other's name and key made this one."""
        if self.parsed.issuer != other.parsed.subject:
            return False
        try:
            self.parsed.verify_directly_issued_by(other.parsed)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            return False
        return True


class BadCertificate(ValueError):
    """What should be a certificate cannot be read; the message says what is wrong with it."""


def read_certificate(der: bytes) -> Certificate:
    """A certificate out of its DER bytes; :class:`BadCertificate` where any part of it cannot be read."""
    try:
        return _read(x509.load_der_x509_certificate(der))
    except _MALFORMED as error:
        raise BadCertificate(str(error)[:200] or type(error).__name__) from None


def read_pem(text: bytes) -> tuple[Certificate, ...]:
    """All certificates of a PEM file; :class:`BadCertificate` where there is none or one cannot be read."""
    try:
        found = x509.load_pem_x509_certificates(text)
    except ValueError as error:
        raise BadCertificate(str(error)[:200]) from None
    return tuple(of_parsed(one) for one in found)


def of_parsed(certificate: x509.Certificate) -> Certificate:
    """The same of what ``cryptography`` has read already."""
    return read_certificate(certificate.public_bytes(Encoding.DER))


def _read(parsed: x509.Certificate) -> Certificate:
    extensions = _extensions(parsed)
    if parsed.serial_number <= 0:
        raise ValueError("its serial number is not positive")
    read = extensions or {}
    constraints = _value(read, x509.BasicConstraints)
    usage = _value(read, x509.KeyUsage)
    key = parsed.public_key()
    authority = constraints is not None and constraints.ca
    return Certificate(
        der=parsed.public_bytes(Encoding.DER),
        parsed=parsed,
        key=key,
        identity=identity_of(parsed.subject, _value(read, x509.SubjectAlternativeName)),
        issuer=readable(parsed.issuer),
        serial=parsed.serial_number,
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        authority=authority,
        path_length=constraints.path_length if constraints is not None and authority else None,
        may_sign=usage is None or usage.digital_signature or usage.content_commitment,
        may_certify=usage is None or usage.key_cert_sign,
        weakness=next(_weaknesses(extensions, key), None),
        weakly_signed=_digest_name(parsed) in _WEAK_DIGESTS,
    )


def _extensions(parsed: x509.Certificate) -> Extensions | None:
    """By identifier; None where they cannot be read, which makes a certificate useless, but not a signature wrong."""
    try:
        return {one.oid: one for one in parsed.extensions}
    except _MALFORMED:
        return None


def _weaknesses(extensions: Extensions | None, key: Any) -> Iterator[str]:
    weak = weakness_of(key)
    if weak is not None:
        yield weak
    if extensions is None:
        yield "its extensions cannot be read"
        return
    for oid, extension in extensions.items():
        if extension.critical and oid not in _KNOWN:
            yield f"its critical extension {oid.dotted_string} is not supported"


def _value(extensions: Extensions, type_: type[Any]) -> Any:
    found = extensions.get(type_.oid)
    return None if found is None else found.value


def _digest_name(parsed: x509.Certificate) -> str | None:
    try:
        digest = parsed.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    return None if digest is None else digest.name
