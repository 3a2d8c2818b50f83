"""What a person says of himself or herself: how long a name may be, and which password."""

from __future__ import annotations

from ...models.domain.errors import Invalid
from ...models.people.passwords import MAX_LENGTH, MIN_LENGTH

MAX_NAME = 255


def password_of(text: str, *path: str) -> str:
    """A password that may be kept; :class:`Invalid` for one that is too short or too long."""
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        raise Invalid(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.", path=("input", *path))
    return text
