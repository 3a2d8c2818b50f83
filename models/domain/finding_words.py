"""What findings say in Catalan and Spanish: sentence by sentence, else what their rule is about.

A finding is written in English where it is found. Its sentence is one of those here, with names and values put in; of
one that is not, the reader is told what its rule is about, and of the rules of EN 16931, what their family is about.
Place, expected and found stand beside it as they are.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .finding_sentences import FAMILIES, RULES, SENTENCES, STRUCTURE, Said
from .findings import Finding
from .states import Language

_TERMS = re.compile(r"B[TG]-[0-9]+")


def message_in(finding: Finding, language: Language) -> str:
    """The finding's sentence in a language; in English as it is."""
    if language is Language.EN:
        return finding.message
    return _sentence(finding, language) or _about(finding, language) or finding.message


class _Pattern(NamedTuple):
    pattern: re.Pattern[str]
    said: Said


def _sentence(finding: Finding, language: Language) -> str | None:
    said = SENTENCES.get(finding.message) or STRUCTURE.get(finding.message)
    if said is not None:
        return said.in_(language)
    for pattern, form in _patterns(of_structure=finding.rule == "HF08"):
        match = pattern.fullmatch(finding.message)
        if match is not None:
            # Names are listed as "A, B or C".
            return form.in_(language).format(*(part.replace(" or ", " o ") for part in match.groups()))
    return None


@cache
def _patterns(*, of_structure: bool) -> tuple[_Pattern, ...]:
    """The sentences that name something."""
    return tuple(
        _Pattern(re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), said)
        for english, said in ({**SENTENCES, **STRUCTURE} if of_structure else SENTENCES).items()
        if "{}" in english
    )


def _about(finding: Finding, language: Language) -> str | None:
    said = RULES.get(finding.rule)
    if said is not None:
        return said.in_(language)
    family = next((family for family in FAMILIES if finding.rule.startswith(family)), None)
    if family is None:
        return None
    terms = ", ".join(dict.fromkeys(_TERMS.findall(finding.message)))
    return FAMILIES[family].in_(language).format(finding.rule, f" ({terms})" if terms else "")
