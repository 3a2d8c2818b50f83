"""Sealing small secrets at rest with the service's own: AES-256-GCM under a key derived by HKDF."""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION: Final = b"\x01"
_NONCE: Final = 12


class SealBroken(ValueError):
    """It was sealed with another secret, for another purpose, or has been altered."""


def seal(plain: bytes, secret: str, *, purpose: str, about: str) -> bytes:
    """Encrypt for one purpose; ``about`` says what it belongs to, and it opens with the same words only."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + _cipher(secret, purpose).encrypt(nonce, plain, about.encode())


def unseal(sealed: bytes, secret: str, *, purpose: str, about: str) -> bytes:
    """What was sealed; :class:`SealBroken` where secret, purpose or ``about`` are others, or a bit was changed."""
    version, nonce, encrypted = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    if version != _VERSION or len(nonce) != _NONCE:
        raise SealBroken("not sealed here")
    try:
        return _cipher(secret, purpose).decrypt(nonce, encrypted, about.encode())
    except InvalidTag:
        raise SealBroken("another secret, or altered") from None


def _cipher(secret: str, purpose: str) -> AESGCM:
    info = f"tramesa {purpose}".encode()
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(secret.encode()))
