"""Tax identifiers: one way to write each, and the Spanish check character (domain-facts, section 5)."""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum.es import cif, dni, nie

_SHAPE = re.compile(r"[A-Z0-9]{3,30}", re.ASCII)
_SPANISH_BODY = re.compile(r"[0-9A-Z][0-9]{7}[0-9A-Z]", re.ASCII)
_NATURAL_SPECIAL = re.compile(r"[KLM][0-9]{7}[A-Z]", re.ASCII)
_PRINTED = re.compile(r"[\s.\-]+")
_LONGEST = 30
_MOD_23 = "TRWAGMYFPDXBNJZSQVHLCKE"
_FOREIGNERS = frozenset("XYZ")


def normalise(tax_id: str) -> str:
    """Upper case and without the optional ``ES`` of a Spanish number, so that each party has one spelling.

    >>> normalise("esb28015865")
    'B28015865'
    """
    text = tax_id.strip().upper()
    if text.startswith("ES") and _SPANISH_BODY.fullmatch(text[2:]):
        return text[2:]
    return text


def as_meant(typed: str) -> str:
    """What a person means who types a tax id, perhaps as it is printed: spaces, dots and hyphens do not count.

    >>> as_meant(" es b-28.015.865 ")
    'B28015865'
    """
    return normalise(_PRINTED.sub("", typed))


def is_well_formed(tax_id: str) -> bool:
    """3 to 30 letters and digits; spaces and dashes are a format error at the public entry points."""
    return _SHAPE.fullmatch(tax_id) is not None


def is_valid_spanish(tax_id: str) -> bool:
    """Whether a normalised number is a Spanish NIF (DNI, NIE, entity, or K, L, M) with the right check character."""
    # The same few numbers are on every invoice; what is longer is none, and not kept in mind.
    return len(tax_id) <= _LONGEST and _has_right_character(tax_id)


@lru_cache(maxsize=4096)
def _has_right_character(tax_id: str) -> bool:
    if _NATURAL_SPECIAL.fullmatch(tax_id):
        # Sources disagree on these: the character may be a person's or an entity's (which cif computes for A just so).
        return _MOD_23[int(tax_id[1:8]) % 23] == tax_id[8] or bool(cif.is_valid(f"A{tax_id[1:]}"))
    if tax_id == "00000000T":
        return False
    kind = dni if tax_id[:1].isdigit() else nie if tax_id[:1] in _FOREIGNERS else cif
    return bool(kind.is_valid(tax_id))


def has_wrong_check_character(tax_id: str) -> bool:
    """Whether a normalised number is written like a Spanish one and its check character is not right."""
    return bool(_SPANISH_BODY.fullmatch(tax_id)) and not is_valid_spanish(tax_id)


def looks_like_a_person(tax_id: str) -> bool:
    """A Spanish DNI, NIE or K, L, M number belongs to a natural person."""
    return bool(_SPANISH_BODY.fullmatch(tax_id)) and tax_id[0] in "0123456789XYZKLM"


def looks_like_a_body(tax_id: str) -> bool:
    """A Spanish number that begins with P, Q or S belongs to a local corporation, a public body or the State."""
    return bool(_SPANISH_BODY.fullmatch(tax_id)) and tax_id[0] in "PQS"
