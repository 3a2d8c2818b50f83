"""The keys that people come in with: a receiver's two, and those in the links that are mailed to persons.

A key is thirty signs in six groups of five. Twenty-nine carry 131 bits, the last one checks the others, so that a
page can tell a slip before the key is sent. Twenty-three signs that are not taken for one another are used: no 0, O, 1,
I or L, no 2 or Z, no 5 or S, no 8 or B, no G beside the 6, no U beside the V.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Final

ALPHABET: Final = "34679ACDEFHJKMNPQRTVWXY"
CARRYING: Final = 29
"""Signs that are drawn: log2(23) times 29 is 131 bits."""
LENGTH: Final = CARRYING + 1
GROUP: Final = 5

_VALUES: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_ALIKE: Final = str.maketrans({"G": "6", "U": "V"})
_LEFT_OUT: Final = str.maketrans(dict.fromkeys(" \t\r\n\u00a0-\u2010\u2011\u2012\u2013\u2014_.", ""))
_MANY: Final = len(ALPHABET) ** CARRYING


class KeyKind(StrEnum):
    """Key one is mailed to the receiver by the service, key two is handed to it by the issuer.

    The others stand in links that are mailed to a person: to join a party, to choose another password.
    """

    ONE = "one"
    TWO = "two"
    USER = "user"
    PASSWORD = "password"  # noqa: S105 - the name of a kind


class KeyState(StrEnum):
    """Where a key stands, one in a mail too."""

    ACTIVE = "ACTIVE"
    USED = "USED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


def state_of(expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None, now: datetime) -> KeyState:
    """Where a key stands that ends then, and was used or revoked then if at all."""
    if used_at is not None:
        return KeyState.USED
    if revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.EXPIRED if expires_at <= now else KeyState.ACTIVE


def new_key() -> str:
    """A key that nobody can guess, drawn from the system's own source."""
    return _key_of(secrets.randbelow(_MANY))


def derived_key(secret: str, about: str) -> str:
    """The key that belongs to ``about`` under the service's secret: it need not be kept to be said again."""
    digest = hmac.digest(secret.encode(), f"tramesa invitation key\0{about}".encode(), "sha512")
    return _key_of(int.from_bytes(digest, "big") % _MANY)


def spelt(key: str) -> str:
    """A key as people read it: six groups of five signs, joined by hyphens."""
    return "-".join(key[start : start + GROUP] for start in range(0, len(key), GROUP))


def normalised(typed: str) -> str:
    """A key as a person typed it, in its one spelling; case, spaces and hyphens do not count.

    Nothing is refused here: what is no key has a hash that nobody keeps.

    >>> normalised("34679-acdef hjkmn")
    '34679ACDEFHJKMN'
    """
    return typed[:200].translate(_LEFT_OUT).upper().translate(_ALIKE)


def is_key(key: str) -> bool:
    """Whether this is a key without a slip of typing. Says nothing of whether it opens anything."""
    if len(key) != LENGTH or not all(sign in _VALUES for sign in key):
        return False
    return key[CARRYING] == _check_sign(key[:CARRYING])


def hash_of(kind: KeyKind, tax_id: str, key: str) -> str:
    """What is kept of a key: SHA-256, 64 hexadecimal digits, bound to its kind and the receiver's tax id, if any.

    A plain hash is enough: there are 131 bits to guess, so no slower one would make guessing any harder.
    """
    text = f"tramesa key {kind.value}\0{tax_id}\0{key}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def same_hash(one: str, other: str) -> bool:
    """Whether two hashes are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def _key_of(number: int) -> str:
    signs = []
    for _ in range(CARRYING):
        number, value = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[value])
    carrying = "".join(signs)
    return carrying + _check_sign(carrying)


def _check_sign(carrying: str) -> str:
    """Of a sum with weights 1 to 22: modulo a prime, one wrong sign or two neighbours changed always show."""
    weighted = sum((place % 22 + 1) * _VALUES[sign] for place, sign in enumerate(carrying))
    return ALPHABET[weighted % len(ALPHABET)]
