"""The words of the pictures: one file a language in ``templates``, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ...models.domain.states import Language

TEMPLATES: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureForm:
    """How amounts are written. ``euro`` and ``other`` are filled with ``sign``, ``amount`` and ``currency``."""

    thousands: str
    decimal: str
    euro: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything that is said in one language. ``tag`` is its BCP 47 tag; tables go by the domain's own keys."""

    language: Language
    tag: str
    months: tuple[str, ...]
    date: str
    moment: str
    zone: str
    period: str
    since: str
    until: str
    rate: str
    page: str
    figures: FigureForm
    sizes: dict[str, str]
    labels: dict[str, str]
    sentences: dict[str, str]
    types: dict[str, str]
    classes: dict[str, str]
    formats: dict[str, str]
    signatures: dict[str, str]
    issuers: dict[str, str]
    roles: dict[str, str]
    references: dict[str, str]
    events: dict[str, str]
    categories: dict[str, str]
    taxes: dict[str, str]
    means: dict[str, str]
    units: dict[str, str]
    reasons: dict[str, str]
    methods: dict[str, str]
    countries: dict[str, str]


@cache
def words_of(language: Language) -> Words:
    """The words of a language; a file that lacks or misspells a table raises ``TypeError``."""
    said = tomllib.loads((TEMPLATES / f"{language.lower()}.toml").read_text(encoding="utf-8"))
    said["months"] = tuple(said["months"])
    said["figures"] = FigureForm(**said["figures"])
    return Words(**said, language=language, countries=_countries(list(Language).index(language)))


def _countries(column: int) -> dict[str, str]:
    names: dict[str, list[str]] = tomllib.loads((TEMPLATES / "countries.toml").read_text(encoding="utf-8"))
    return {code: each[column] for code, each in names.items()}
