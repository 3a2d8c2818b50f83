"""Documents known by their hash: those that a front end was built with, and those that clients registered themselves.

*Trusted documents* are read from a folder when the server starts. *Automatic persisted queries* are Apollo's protocol:
a client sends the SHA-256 of its document, and the document too where the server does not know it yet.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import GraphQLError

from ...models.domain.errors import TramesaError
from ...models.domain.faults import FaultCode

MAX_REGISTERED: Final = 2_000_000
"""Characters of all registered documents together; the ones that were not used for longest go first."""

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class WrongDocuments(TramesaError):
    """The folder of trusted documents cannot be used."""


class KnownDocuments:
    """What documents a server knows. With ``only_trusted`` it runs no others.

    ``trusted`` gives texts by id: SHA-256 hashes or whatever ids a manifest has.
    """

    def __init__(self, trusted: Mapping[str, str] | None = None, *, only_trusted: bool = False) -> None:
        self._trusted = dict(trusted or {})
        self._texts = frozenset(self._trusted.values())
        self._only_trusted = only_trusted
        self._registered: OrderedDict[str, str] = OrderedDict()
        self._characters = 0

    def trusts(self, text: str) -> bool:
        """Whether the document is one of the folder's, which are run whatever they cost to check."""
        return text in self._texts

    def text_of(self, query: str, extensions: Mapping[str, Any]) -> str:
        """The document that a request means; ``GraphQLError`` where there is none, or it may not be run."""
        wanted = document_id(extensions)
        if wanted is None or wanted in self._trusted:
            text = query if wanted is None else self._trusted[wanted]
            if query and query != text:
                raise _error("The document is not the one of that id.", FaultCode.BAD_USER_INPUT)
        else:
            text = self._of_hash(wanted, query)
        if self._only_trusted and text not in self._texts:
            raise _error("This server runs only the documents that it was given.", FaultCode.DOCUMENT_NOT_TRUSTED)
        return text

    def register(self, text: str, extensions: Mapping[str, Any]) -> None:
        """Keep a valid document that came with its hash, for whoever sends the hash alone."""
        wanted = document_id(extensions)
        if wanted is None or wanted in self._trusted or wanted in self._registered:
            return
        self._registered[wanted] = text
        self._characters += len(text)
        while self._characters > MAX_REGISTERED:
            _, oldest = self._registered.popitem(last=False)
            self._characters -= len(oldest)

    def _of_hash(self, wanted: str, query: str) -> str:
        if query:
            if hashlib.sha256(query.encode()).hexdigest() != wanted:
                raise _error("provided sha does not match query", FaultCode.BAD_USER_INPUT)
            return query
        known = self._registered.get(wanted)
        if known is None:
            raise _error("PersistedQueryNotFound", FaultCode.PERSISTED_QUERY_NOT_FOUND)
        self._registered.move_to_end(wanted)
        return known


def document_id(extensions: Mapping[str, Any]) -> str | None:
    """The id in ``extensions.persistedQuery`` (version 1) or ``documentId``; None without one."""
    given = extensions.get("persistedQuery")
    if given is None:
        return extensions.get("documentId")
    if not isinstance(given, dict) or given.get("version") != 1:
        raise _error("`persistedQuery` must be an object of version 1.", FaultCode.BAD_USER_INPUT)
    wanted = given.get("sha256Hash")
    if not isinstance(wanted, str) or not _HASH.fullmatch(wanted.lower()):
        raise _error("`sha256Hash` must be 64 hexadecimal digits.", FaultCode.BAD_USER_INPUT)
    return wanted.lower()


def read_documents(folder: Path) -> dict[str, str]:
    """The trusted documents of a folder by id; :class:`WrongDocuments` where it is none.

    ``*.graphql`` files by their SHA-256; ``*.json`` as Relay (``{id: text}``) and Apollo (a manifest) write them, by
    their ids and by SHA-256.
    """
    if not folder.is_dir():
        raise WrongDocuments(f"{folder} is no folder.")
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".graphql", ".gql", ".json"} and path.is_file():
            for id_, text in _documents_in(path):
                found[hashlib.sha256(text.encode()).hexdigest()] = text
                if id_:
                    found[id_] = text
    return found


def _documents_in(path: Path) -> Iterator[tuple[str, str]]:
    try:
        text = path.read_text(encoding="utf-8")
        listed = orjson.loads(text) if path.suffix == ".json" else {"": text}
    except (OSError, UnicodeDecodeError, orjson.JSONDecodeError) as error:
        raise WrongDocuments(f"{path.name} cannot be read: {error}") from None
    if isinstance(listed, dict) and isinstance(listed.get("operations"), list):
        entries = [(entry.get("id"), entry.get("body")) for entry in listed["operations"] if isinstance(entry, dict)]
    else:
        entries = list(listed.items()) if isinstance(listed, dict) else [(None, None)]
    for id_, body in entries:
        if not isinstance(id_, str) or not isinstance(body, str):
            raise WrongDocuments(f"{path.name} is neither a map of ids to documents nor a manifest of operations.")
        yield id_, body


def _error(message: str, code: FaultCode) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code.value})
