"""Who a certificate says that somebody is: a readable name and the tax ids in it.

Spanish authorities write them in several ways: ``serialNumber`` as ``IDCES-12345678Z`` and ``organizationIdentifier``
as ``VATES-B12345678`` (ETSI EN 319 412-1), both bare, inside the common name (``… - NIF 12345678Z``,
``12345678Z NAME (R: B12345678)``) or in attributes of their own in the alternative name (FNMT).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from ...models.domain.tax_ids import is_valid_spanish, is_well_formed, normalise

_SEMANTIC = re.compile(r"(?:VAT|IDC|PAS|PNO|TIN|NTR)([A-Z]{2})-(.+)", re.IGNORECASE)
_REPRESENTED = re.compile(r"\(\s*R\s*:\s*([0-9A-Z]{9})\s*\)", re.IGNORECASE)
_ENTITY = re.compile(r"\b(?:CIF|NIF)\b[\s:-]*([A-HJNP-SUVW][0-9]{7}[0-9A-J])\b", re.IGNORECASE)
_SPANISH = re.compile(r"\b([0-9A-Z][0-9]{7}[0-9A-Z])\b", re.IGNORECASE)

_FNMT_ENTITY: Final = x509.ObjectIdentifier("1.3.6.1.4.1.5734.1.7")
_FNMT_PERSON: Final = x509.ObjectIdentifier("1.3.6.1.4.1.5734.1.4")


@dataclass(frozen=True, slots=True)
class Identity:
    """``tax_ids`` are normalised, the represented entity's before the person's."""

    name: str
    tax_ids: tuple[str, ...]


def identity_of(subject: x509.Name, alternative: x509.SubjectAlternativeName | None) -> Identity:
    """Whom a certificate names, by its subject and its alternative name."""
    found = (normalise(text) for text in _tax_ids(subject, alternative))
    return Identity(readable(subject), tuple(dict.fromkeys(one for one in found if is_well_formed(one))))


def readable(name: x509.Name) -> str:
    """The common name, else organisation, else the whole, on one line of at most 200 characters."""
    for attribute in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for text in _texts(name, attribute):
            if text.strip():
                return _line(text)
    return _line(name.rfc4514_string())


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in " ".join(text.split()))[:200]


def _tax_ids(subject: x509.Name, alternative: x509.SubjectAlternativeName | None) -> Iterator[str]:
    common = " ".join(_texts(subject, NameOID.COMMON_NAME))
    directory = [] if alternative is None else alternative.get_values_for_type(x509.DirectoryName)
    yield from map(_bare, _texts(subject, NameOID.ORGANIZATION_IDENTIFIER))
    yield from _REPRESENTED.findall(common)
    yield from (text for name in directory for text in _texts(name, _FNMT_ENTITY))
    yield from _ENTITY.findall(common)
    yield from (text for text in map(_bare, _texts(subject, NameOID.SERIAL_NUMBER)) if any(map(str.isdigit, text)))
    yield from (text for name in directory for text in _texts(name, _FNMT_PERSON))
    yield from (text for text in _SPANISH.findall(common) if is_valid_spanish(text.upper()))


def _bare(text: str) -> str:
    """Without the prefix of its kind; of another country with that country's letters, as VAT numbers are written."""
    semantic = _SEMANTIC.fullmatch(text.strip())
    if semantic is None:
        return text.strip()
    country, number = semantic[1].upper(), semantic[2].strip()
    return number if country == "ES" else f"{country}{number}"


def _texts(name: x509.Name, attribute: x509.ObjectIdentifier) -> Iterator[str]:
    for one in name.get_attributes_for_oid(attribute):
        yield one.value if isinstance(one.value, str) else one.value.decode("utf-8", "replace")
