"""Public keys of platforms as they are written down: PEM or JWKS in, JWKs kept, each under its ``kid``."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from jwt.algorithms import RSAAlgorithm

from ..domain.errors import Invalid

MIN_BITS = 2048
MAX_BITS = 8192
MAX_KEYS = 10
Jwk = dict[str, str]


def jwk_of(key: RSAPublicKey, kid: str | None = None) -> Jwk:
    """A key as a JWK; its ``kid`` is its thumbprint (RFC 7638) unless it has one already."""
    raw: dict[str, Any] = RSAAlgorithm.to_jwk(key, as_dict=True)
    parts = {"e": str(raw["e"]), "kty": "RSA", "n": str(raw["n"])}
    return {**parts, "alg": "RS256", "use": "sig", "kid": kid or _thumbprint(parts)}


def _thumbprint(parts: Jwk) -> str:
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def key_of_jwk(jwk: Jwk) -> RSAPublicKey:
    """The key of a JWK that is kept here."""
    key = RSAAlgorithm.from_jwk(dict(jwk))
    assert isinstance(key, RSAPublicKey)
    return key


def pem_of(jwk: Jwk) -> str:
    """A kept key as PEM."""
    return key_of_jwk(jwk).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_keys(data: bytes) -> list[Jwk]:
    """The public keys of a file: PEM (keys or certificates, one after another), a JWK or a JWKS.

    :class:`Invalid` where there is none, or one that is no RSA key of 2,048 to 8,192 bits, or a private one.
    """
    try:
        keys = _of_json(data) if data.lstrip().startswith(b"{") else _of_pem(data)
    except Invalid:
        raise
    except Exception as error:
        raise Invalid("There is no public key in it that can be read.", path=("key",)) from error
    if not keys or len(keys) > MAX_KEYS:
        raise Invalid(f"1 to {MAX_KEYS} public keys are expected.", path=("key",))
    return keys


def merged(several: Sequence[Sequence[Jwk]]) -> list[Jwk]:
    """The keys of several files, each once."""
    return list({jwk["kid"]: jwk for keys in several for jwk in keys}.values())


def _of_pem(data: bytes) -> list[Jwk]:
    end = b"-----END"
    found = []
    for block in data.split(b"-----BEGIN ")[1:]:
        text = b"-----BEGIN " + block
        if b"PRIVATE KEY" in block.split(b"\n")[0]:
            raise Invalid("This is a private key; a platform gives its public one.", path=("key",))
        if end not in text:
            raise Invalid("The PEM is cut off.", path=("key",))
        is_certificate = block.startswith(b"CERTIFICATE")
        key = x509.load_pem_x509_certificate(text).public_key() if is_certificate else load_pem_public_key(text)
        found.append(jwk_of(_checked(key)))
    return found


def _of_json(data: bytes) -> list[Jwk]:
    given = orjson.loads(data)
    listed = given.get("keys", [given])
    found = []
    for one in listed:
        if "d" in one:
            raise Invalid("This is a private key; a platform gives its public one.", path=("key",))
        kid = one.get("kid")
        if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= 64 and kid.isprintable()):
            raise Invalid("A kid has 1 to 64 characters.", path=("key",))
        found.append(jwk_of(_checked(RSAAlgorithm.from_jwk(one)), kid))
    return found


def _checked(key: object) -> RSAPublicKey:
    if not isinstance(key, RSAPublicKey) or not MIN_BITS <= key.key_size <= MAX_BITS:
        raise Invalid(f"Only RSA keys of {MIN_BITS} to {MAX_BITS} bits will do.", path=("key",))
    return key
