"""A key and its certificates out of a PKCS #12 file (.p12, .pfx), as authorities hand them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from ...models.domain.errors import Invalid
from .certificates import BadCertificate, Certificate, of_parsed

_MAX_CHAIN: Final = 5
_SEQUENCE: Final = b"\x30"
"""What every file of this kind begins with."""


class BadKeyFile(Invalid):
    """The key file cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key (PKCS #8, DER), and its certificate with the authorities above it, as far as the file has them."""

    key: bytes = field(repr=False)
    chain: tuple[Certificate, ...]

    @property
    def certificate(self) -> Certificate:
        """The certificate of the key."""
        return self.chain[0]


def read_key_file(data: bytes, password: str, *, now: datetime) -> KeyFile:
    """What a file holds to sign with at ``now``; :class:`BadKeyFile` where that is nothing, or no good."""
    try:
        loaded = load_pkcs12(data, password.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKeyFile(_unopened(data, error)) from None
    if loaded.key is None:
        raise BadKeyFile("The file has no private key.")
    if loaded.cert is None:
        raise BadKeyFile("The file has no certificate of its private key.")
    try:
        certificate = of_parsed(loaded.cert.certificate)
        others = [of_parsed(one.certificate) for one in loaded.additional_certs]
    except BadCertificate as error:
        raise BadKeyFile(f"A certificate in the file cannot be read: {error}.") from None
    if any(not one.authority for one in others):
        raise BadKeyFile("The file has more than one key; export the one that is to sign into a file of its own.")
    for objection in _objections(certificate, loaded.key, now):
        raise BadKeyFile(objection)
    key = loaded.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return KeyFile(key, tuple(_chain(certificate, others)))


def _unopened(data: bytes, error: Exception) -> str:
    if not data.startswith(_SEQUENCE):
        return "This is no PKCS #12 file (.p12, .pfx)."
    if isinstance(error, UnsupportedAlgorithm):
        return f"The file is encrypted in a way that is not supported: {error}."
    return "The password is wrong, or the file is damaged."


def _objections(certificate: Certificate, key: object, now: datetime) -> Iterator[str]:
    public = certificate.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != public:  # type: ignore[attr-defined]
        yield "The certificate is not that of the private key."
    if certificate.weakness is not None:
        yield f"The certificate cannot be used: {certificate.weakness}."
    if not certificate.may_sign:
        yield "The certificate is not for signing (key usage)."
    if now > certificate.not_after:
        yield f"The certificate expired on {certificate.not_after:%Y-%m-%d}."
    if now < certificate.not_before:
        yield f"The certificate is not valid before {certificate.not_before:%Y-%m-%d}."


def _chain(certificate: Certificate, others: Sequence[Certificate]) -> Iterator[Certificate]:
    """The certificate and those above it in order; a root is left out, whoever trusts it has it."""
    for _ in range(_MAX_CHAIN):
        yield certificate
        above = (one for one in others if certificate.is_issued_by(one) and one.parsed.issuer != one.parsed.subject)
        found = next(above, None)
        if found is None:
            return
        certificate = found
