"""Words that the page shares with the pictures: units, means of payment, taxes, formats."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import orjson

from ..documents.pictures.scribe import RECOMMENDATION_20, UNTDID_4461
from ..documents.pictures.words import words_of
from ..models.domain.states import Language


@cache
def terms_module() -> str:
    """A JavaScript module: language, table, key, words. ``one|many`` where the number matters."""
    told = {language.lower(): _terms(language) for language in Language}
    return f"export default {orjson.dumps(told).decode()};\n"


def _terms(language: Language) -> dict[str, dict[str, str]]:
    words = words_of(language)
    return {
        "units": _also_by(RECOMMENDATION_20, words.units),
        "means": _also_by(UNTDID_4461, words.means),
        "taxes": words.taxes,
        "formats": words.formats,
    }


def _also_by(codes: Mapping[str, str], words: dict[str, str]) -> dict[str, str]:
    """Words by the codes of UBL besides our own keys."""
    return {**{code: words[key] for code, key in codes.items()}, **words}
