"""The algorithms that a signature may use here, by the address that names them in XML; everything else is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_2007: Final = "http://www.w3.org/2007/05/xmldsig-more#"
_XENC: Final = "http://www.w3.org/2001/04/xmlenc#"

SHA1: Final = f"{_DSIG}sha1"
SHA256: Final = f"{_XENC}sha256"

DIGESTS: Final[Mapping[str, str]] = {
    SHA1: "sha1",
    f"{_MORE}sha224": "sha224",
    SHA256: "sha256",
    f"{_MORE}sha384": "sha384",
    f"{_XENC}sha512": "sha512",
}
"""Digest method: its name in hashlib."""

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192
"""A longer key only makes a check slow."""

MIN_CURVE_BITS: Final = 256


class Scheme(StrEnum):
    """How the digest of what is signed becomes a signature."""

    PKCS1 = "RSASSA-PKCS1-v1_5"
    PSS = "RSASSA-PSS"
    ECDSA = "ECDSA"


@dataclass(frozen=True, slots=True)
class SignatureMethod:
    """A scheme and a digest."""

    scheme: Scheme
    digest: hashes.HashAlgorithm

    @property
    def weak(self) -> bool:
        """Whether it stands on SHA-1, of which two documents with one digest can be made."""
        return isinstance(self.digest, hashes.SHA1)


_SHA1: Final = hashes.SHA1()  # noqa: S303 - old documents are read; nothing is signed with it
_SHA2: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}

SIGNATURE_METHODS: Final[Mapping[str, SignatureMethod]] = {
    f"{_DSIG}rsa-sha1": SignatureMethod(Scheme.PKCS1, _SHA1),
    f"{_MORE}ecdsa-sha1": SignatureMethod(Scheme.ECDSA, _SHA1),
    **{f"{_MORE}rsa-{name}": SignatureMethod(Scheme.PKCS1, digest) for name, digest in _SHA2.items()},
    **{f"{_MORE}ecdsa-{name}": SignatureMethod(Scheme.ECDSA, digest) for name, digest in _SHA2.items()},
    **{f"{_MORE_2007}{name}-rsa-MGF1": SignatureMethod(Scheme.PSS, digest) for name, digest in _SHA2.items()},
}
"""No HMAC: its key would be a secret that both sides know, or the public key, which everybody knows. No MD5, no DSA."""


def digest_of(data: bytes, method: str) -> bytes:
    """The digest of data by a method of ``DIGESTS``."""
    return hashlib.new(DIGESTS[method], data, usedforsecurity=False).digest()


def weakness_of(key: Any) -> str | None:
    """Why a public key is too weak to be trusted, or of a kind that is not used here; None where it is good."""
    if isinstance(key, rsa.RSAPublicKey):
        if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            return f"its RSA key has {key.key_size} bits; {MIN_RSA_BITS} to {MAX_RSA_BITS} are accepted"
    elif isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.key_size < MIN_CURVE_BITS:
            return f"its key on the curve {key.curve.name} is too short"
    else:
        return "its key is of a kind that is not accepted (RSA and ECDSA are)"
    return None


def holds(method: SignatureMethod, key: Any, value: bytes, signed: bytes) -> bool:
    """Whether a signature value was made over ``signed`` by the owner of a public key."""
    try:
        if method.scheme is Scheme.ECDSA:
            return _holds_ecdsa(method, key, value, signed)
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size > MAX_RSA_BITS:
            return False
        key.verify(value, signed, _padding(method), method.digest)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _padding(method: SignatureMethod) -> padding.AsymmetricPadding:
    if method.scheme is Scheme.PSS:
        return padding.PSS(mgf=padding.MGF1(method.digest), salt_length=method.digest.digest_size)
    return padding.PKCS1v15()


def _holds_ecdsa(method: SignatureMethod, key: Any, value: bytes, signed: bytes) -> bool:
    """XML Signature writes the two numbers one after the other, each as long as the curve's order."""
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    size = (key.curve.key_size + 7) // 8
    if len(value) != 2 * size:
        return False
    numbers = int.from_bytes(value[:size]), int.from_bytes(value[size:])
    key.verify(utils.encode_dss_signature(*numbers), signed, ec.ECDSA(method.digest))
    return True
