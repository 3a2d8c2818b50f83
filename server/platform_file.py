"""The file of ``TRAMESA_PLATFORMS``: other platforms as configuration."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ..models.domain.errors import Invalid, TramesaError
from ..models.domain.tax_ids import is_well_formed, normalise
from ..models.platforms.jwks import merged, read_keys
from ..models.platforms.known import NewPlatform, checked_platform

_ALLOWED = {"name", "address", "keys", "kind", "tax_ids"}


class WrongPlatforms(TramesaError):
    """The file of platforms cannot be used."""


def read_platforms(path: Path) -> tuple[NewPlatform, ...]:
    """The platforms of a TOML file, an array of tables ``platform``; :class:`WrongPlatforms` says what is wrong.

    ``keys`` are files beside it, PEM or JWKS.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongPlatforms(f"{path}: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongPlatforms(f"{path}: {error}") from None
    tables = given.get("platform", [])
    if not isinstance(tables, list) or given.keys() - {"platform"}:
        raise WrongPlatforms(f"{path}: a table [[platform]] for each platform is expected, and nothing else.")
    found = tuple(_platform(path, table) for table in tables)
    for what in ("name", "address"):
        values = [getattr(one, what) for one in found]
        if len(set(values)) < len(values):
            raise WrongPlatforms(f"{path}: two platforms have one {what}.")
    return found


def _platform(path: Path, table: Any) -> NewPlatform:
    name = table.get("name") if isinstance(table, dict) else None
    if not isinstance(name, str):
        raise WrongPlatforms(f"{path}: a platform needs a name.")
    unknown = sorted(table.keys() - _ALLOWED)
    if unknown:
        raise WrongPlatforms(f"{path}: {name}: {', '.join(unknown)} is not known here.")
    tax_ids = _texts(path, name, table, "tax_ids")
    for tax_id in tax_ids:
        if not is_well_formed(normalise(tax_id)):
            raise WrongPlatforms(f"{path}: {name}: {tax_id!r} is no tax id.")
    try:
        return checked_platform(
            NewPlatform(
                name=name,
                address=str(table.get("address", "")),
                keys=merged([read_keys(_read(path, name, key)) for key in _texts(path, name, table, "keys")]),
                kind=str(table.get("kind", "TRAMESA")).upper(),
                tax_ids=tax_ids,
            )
        )
    except Invalid as error:
        raise WrongPlatforms(f"{path}: {name}: {error.message}") from None


def _texts(path: Path, name: str, table: dict[str, Any], what: str) -> list[str]:
    values = table.get(what, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise WrongPlatforms(f"{path}: {name}: {what} is a list of texts.")
    return values


def _read(path: Path, name: str, key: str) -> bytes:
    try:
        return (path.parent / key).read_bytes()
    except OSError as error:
        raise WrongPlatforms(f"{path}: {name}: {key}: {error.strerror}.") from None
