"""Searching: words that must all be found, each anywhere in an invoice's text or in its counterparty's name or tax id.

A search reads the text of the party's own invoices and nobody else's, whatever the database holds.
"""

from __future__ import annotations

import re

from ..domain.numbering import KEY_LENGTH, folded
from ..domain.tax_ids import normalise
from ..domain.transitions import PartyRole
from ..sql import Statement, like_pattern
from ..viewer import Viewer

MAX_WORDS = 8
"""Words that are looked for one by one; what follows is one more, which must stand as it is."""
MAX_WORD = 1000

_GROUPED = re.compile(r"-?[0-9]{1,3}(?:[.,'][0-9]{3})+(?:[.,][0-9]{1,2})?")
_DECIMAL = re.compile(r"-?[0-9]+,[0-9]{1,2}")
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_MONTH = re.compile(r"([0-9]{1,2})/([0-9]{4})")


def other_side(role: PartyRole) -> str:
    """The column of the party that somebody of this role deals with, without ``_id``."""
    return "receiver" if role is PartyRole.ISSUER else "issuer"


def found_by(statement: Statement, viewer: Viewer, role: PartyRole, text: str) -> str:
    """The ids of the party's invoices in which every word is found, as a statement to look into."""
    side = role.value.lower()
    where = [f"t.{side}_id = {statement.bind(viewer.party_id)}"]
    where += [_has(statement, viewer, role, word) for word in words_of(text)]
    return f"SELECT t.invoice_id FROM invoice_text t WHERE {' AND '.join(where)}"


def words_of(text: str) -> list[str]:
    """The words of a search, folded.

    >>> words_of("Construccions  Àngel 121,00")
    ['construccions', 'angel', '121,00']
    """
    return folded(text).split(maxsplit=MAX_WORDS)


def spellings(word: str) -> list[str]:
    """A folded word, and what it is written as in texts if it is an amount or a date.

    >>> spellings("1.234,5"), spellings("31/1/2026"), spellings("a7")
    (['1.234,5', '1234.5'], ['31/1/2026', '2026-01-31'], ['a7'])
    """
    found = [word]
    if _GROUPED.fullmatch(word):
        whole, fraction = word, ""
        if word[-2] in ".," or word[-3] in ".,":
            whole, fraction = re.split(r"[.,](?=[0-9]{1,2}$)", word)
        found.append(re.sub("[.,']", "", whole) + (f".{fraction}" if fraction else ""))
    elif _DECIMAL.fullmatch(word):
        found.append(word.replace(",", "."))
    elif day := _DAY.fullmatch(word):
        found.append(f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}")
    elif month := _MONTH.fullmatch(word):
        found.append(f"{month[2]}-{month[1]:0>2}-")
    return found


def _has(statement: Statement, viewer: Viewer, role: PartyRole, word: str) -> str:
    if len(word) > MAX_WORD:
        return "1 = 0"  # No field is that long without a space.
    ways = []
    for spelling in spellings(word):
        place = statement.bind(spelling)
        ways += [_within(statement, f"t.{column}", place) for column in ("document", "life")]
    ways.append(f"t.{other_side(role)}_id IN ({parties_named(statement, viewer, role, word, part_of_tax_id=True)})")
    return f"({' OR '.join(ways)})"


def _within(statement: Statement, column: str, place: str) -> str:
    # Quicker than LIKE, in both databases, and nothing needs escaping.
    return f"{'instr' if statement.dialect == 'sqlite' else 'strpos'}({column}, {place}) > 0"


def parties_named(
    statement: Statement, viewer: Viewer, role: PartyRole, text: str, *, part_of_tax_id: bool = False
) -> str:
    """The ids of counterparties with this tax id or with this in their name, as a statement to look into."""
    owner, side = statement.bind(viewer.party_id), statement.bind(role.value)
    tax_id, name = normalise(text), statement.bind(containing(text.strip()))
    if part_of_tax_id:
        identified = f"p.tax_id LIKE {statement.bind(like_pattern(tax_id[:MAX_WORD]))} ESCAPE '\\'"
    else:
        identified = f"p.tax_id = {statement.bind(tax_id)}"
    return (
        "SELECT k.party_id FROM counterparty k JOIN party p ON p.id = k.party_id"
        f" WHERE k.owner_id = {owner} AND k.role = {side} AND ({identified} OR p.search_name LIKE {name} ESCAPE '\\')"
    )


def containing(text: str) -> str:
    """A pattern for what contains a text.

    What is searched has at most KEY_LENGTH characters, so one more already matches nothing; SQLite refuses patterns
    of more than 50,000 bytes.
    """
    return like_pattern(folded(text)[: KEY_LENGTH + 1])
