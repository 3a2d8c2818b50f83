"""What fields of several inputs are described with."""

from __future__ import annotations

from typing import Any

import strawberry

VERSION = "Refused with VERSION_CONFLICT where the invoice has moved on from this version."
KEY = (
    "1 to 255 characters of your choice: the same key and input again answers with the first result,"
    " another input with IDEMPOTENCY_KEY_REUSED."
)
INVOICE = "Global id of the invoice."


def described(description: str, **options: object) -> Any:
    """A field with its description."""
    return strawberry.field(description=description, **options)  # type: ignore[call-overload]
