"""Identifiers: UUIDs of version 7, which sort by the time they were made, and which say nothing of how many there are.

Outside they are Relay's global ids: the base64 of ``Type:uuid``, opaque to clients.
"""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new identifier, later in order than the ones made before it in this process."""
    return uuid7()


def global_id(type_name: str, key: str) -> str:
    """The id that clients see.

    >>> global_id("Party", "0190a0b4-0000-7000-8000-000000000000")
    'UGFydHk6MDE5MGEwYjQtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw'
    """
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


def parse_global_id(text: str) -> tuple[str, str] | None:
    """Type and UUID of a global id; None where it is none: an id that means nothing is an id that is not there."""
    try:
        type_name, _, key = base64.b64decode(text.encode(), validate=True).decode().partition(":")
        return type_name, str(UUID(key)) if len(key) == 36 else ""
    except (ValueError, binascii.Error):
        return None


def key_of(type_name: str, text: str) -> str | None:
    """The UUID of a global id of this type, else None."""
    parsed = parse_global_id(text)
    return parsed[1] if parsed is not None and parsed[0] == type_name and parsed[1] else None
