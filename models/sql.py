"""Writing a statement with its values: numbered places that both databases understand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import orjson

from .database import Dialect


class Statement:
    """Collects the values of one SQL statement; :meth:`bind` gives the place that stands for one."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect: Dialect = dialect
        self.values: list[object] = []
        self._mark = "?" if dialect == "sqlite" else "$"

    def bind(self, value: object) -> str:
        """``?1`` or ``$1``. UUIDs are bound as text, instants and dates as they are."""
        self.values.append(value)
        return f"{self._mark}{len(self.values)}"

    def bind_all(self, values: list[str]) -> str:
        """A parenthesised list of places for ``IN``; never empty SQL, so an empty list matches nothing."""
        if not values:
            return "(NULL)"
        return "(" + ", ".join(self.bind(value) for value in values) + ")"


def as_instant(value: datetime | str) -> datetime:
    """An instant as the database gives it: SQLite keeps text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def as_date(value: date | str) -> date:
    """A date as the database gives it: SQLite keeps text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def like_pattern(text: str) -> str:
    r"""``LIKE`` pattern for "contains ``text``", with ``\`` as the escape."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def key_set(query: Statement, keys: Sequence[str]) -> str:
    """These keys as one bound value, so that a statement's text does not depend on how many they are."""
    if query.dialect == "postgres":
        return f"(SELECT unnest({query.bind(list(keys))}::uuid[]))"
    listed = ",".join(f'"{key}"' for key in keys)
    return f"(SELECT value FROM json_each({query.bind(f'[{listed}]')}))"


def value_rows(query: Statement, types: Mapping[str, str], rows: Sequence[Sequence[str | int]]) -> str:
    """These rows as a table ``v`` to select from, with columns of these names and PostgreSQL types.

    The statement's text does not depend on how many they are.
    """
    if query.dialect == "postgres":
        columns = zip(*rows, strict=True) if rows else ((),) * len(types)
        arrays = [f"{query.bind(list(values))}::{kind}[]" for values, kind in zip(columns, types.values(), strict=True)]
        return f"unnest({', '.join(arrays)}) AS v({', '.join(types)})"
    listed = orjson.dumps([list(row) for row in rows]).decode()
    columns_of = ", ".join(f"json_extract(value, '$[{at}]') AS {name}" for at, name in enumerate(types))
    return f"(SELECT {columns_of} FROM json_each({query.bind(listed)})) AS v"


def text_set(query: Statement, texts: Sequence[str]) -> str:
    """The same of any texts."""
    if query.dialect == "postgres":
        return f"(SELECT unnest({query.bind(list(texts))}::text[]))"
    return f"(SELECT value FROM json_each({query.bind(orjson.dumps(list(texts)).decode())}))"
