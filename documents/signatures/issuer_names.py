"""Whether a written issuer's name is a certificate's: programs write one name in many ways.

Attributes come in either order, under the names of RFC 4514, of Java and .NET or as numbers, with values escaped,
quoted or in hexadecimal DER. So the values are compared, however they are labelled: as many, and the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

from cryptography import x509

_PARTS = re.compile(r'(?:[^,;+"\\]|\\.|"(?:[^"\\]|\\.)*")+', re.DOTALL)
_ONE_LINE = re.compile(r"/(?=[A-Za-z0-9.]+=)")
_ESCAPED = re.compile(r"\\(?:((?:[0-9A-Fa-f]{2})(?:\\[0-9A-Fa-f]{2})*)|(.))", re.DOTALL)
_HEXADECIMAL = re.compile("#((?:[0-9A-Fa-f]{2})+)")
_LONGEST: Final = 4000
_BMP_STRING: Final = 0x1E


def is_issuer(written: str, issuer: x509.Name) -> bool:
    """Whether the text names this issuer."""
    return len(written) <= _LONGEST and Counter(_values_of(written)) == Counter(map(_plain, _values_in(issuer)))


def _values_in(name: x509.Name) -> Iterator[str]:
    for attribute in name:
        value = attribute.value
        yield value if isinstance(value, str) else value.decode("utf-8", "replace")


def _values_of(written: str) -> Iterator[str]:
    one_line = written.startswith("/")
    for part in _ONE_LINE.split(written)[1:] if one_line else _PARTS.findall(written):
        label, equals, value = part.partition("=")
        if equals and label.strip():
            yield _plain(_value(value.strip()))
        elif part.strip():
            yield _plain(part)


def _value(text: str) -> str:
    der = _HEXADECIMAL.fullmatch(text)
    if der is not None:
        return _of_der(bytes.fromhex(der[1]))
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return _ESCAPED.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return bytes.fromhex(match[1].replace("\\", "")).decode("utf-8", "replace")
    return match[2]


def _of_der(der: bytes) -> str:
    """The text in a string of ASN.1, which is short enough to have its length in one byte, or in two or three."""
    if len(der) < 2:
        return ""
    longer = der[1] & 0x7F if der[1] & 0x80 else 0
    content = der[2 + longer :]
    return content.decode("utf-16-be" if der[0] == _BMP_STRING else "utf-8", "replace")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
