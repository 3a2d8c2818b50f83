"""Passwords as argon2id hashes. Checking one takes as long whether there is such a person or not."""

from __future__ import annotations

import asyncio
import os

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second choice: 19 MiB, two passes, one lane; about 70 ms of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash(os.urandom(16).hex())
MIN_LENGTH = 8
MAX_LENGTH = 1024


async def hash_password(password: str) -> str:
    """The hash to keep; in a thread, since it is meant to be slow."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Without a hash it takes the same time and is wrong."""
    return await asyncio.to_thread(_verify, password_hash or _NOBODY, password) and password_hash is not None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
