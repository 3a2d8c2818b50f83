"""The texts of UBL's simple elements and attributes: whether they are of their type, and what is wanted, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

WANTED: Final[Mapping[str, str]] = {
    "decimal": "a number such as 12.50",
    "date": "a date such as 2026-11-21",
    "time": "a time such as 09:30:00",
    "boolean": "true or false",
    "base64Binary": "data in BASE64",
    "language": "a language such as ca",
}
"""The types of XML Schema whose texts are looked at. The others take any text, but ``anyURI``, which libxml2 judges."""

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_DATE = re.compile(rf"-?([0-9]{{4}}|[1-9][0-9]{{4,12}})-([0-9]{{2}})-([0-9]{{2}}){_ZONE}")
_HOURS = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_TIME = re.compile(rf"(?:{_HOURS}|24:00:00(?:\.0+)?){_ZONE}")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def reads(text: str, type_: str) -> bool:
    """Whether a text is of a type of XML Schema."""
    stripped = text.strip(" \t\r\n")
    if type_ == "decimal":
        return _DECIMAL.fullmatch(stripped) is not None
    if type_ == "date":
        return _is_date(stripped)
    if type_ == "boolean":
        return stripped in {"true", "false", "1", "0"}
    if type_ == "base64Binary":
        return _BASE64.fullmatch("".join(text.split())) is not None
    if type_ == "time":
        return _TIME.fullmatch(stripped) is not None
    return type_ != "language" or _LANGUAGE.fullmatch(stripped) is not None


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None or int(match[1]) == 0:
        return False
    try:
        # A year of the same leap.
        date(int(match[1]) % 400 + 2000, int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True
