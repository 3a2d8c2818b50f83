"""The lists of codes that the grammars name instead of repeating them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..facturae.codes import (
    CLASSES,
    CORRECTION_METHODS,
    CORRECTION_REASONS,
    DOCUMENT_TYPES,
    PAYMENT_MEANS,
    TAX_TYPES,
    UNITS,
)
from ..facturae.places import COUNTRIES, CURRENCIES

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "CLASSES": tuple(CLASSES),
    "CORRECTION_METHODS": tuple(CORRECTION_METHODS),
    "CORRECTION_METHOD_TEXTS": tuple(CORRECTION_METHODS.values()),
    "CORRECTION_REASONS": tuple(CORRECTION_REASONS),
    "CORRECTION_REASON_TEXTS": tuple(CORRECTION_REASONS.values()),
    "COUNTRIES": tuple(sorted(COUNTRIES)),
    "CURRENCIES": tuple(sorted(CURRENCIES)),
    "DOCUMENT_TYPES": tuple(DOCUMENT_TYPES),
    "PAYMENT_MEANS": tuple(PAYMENT_MEANS),
    "TAX_TYPES": tuple(TAX_TYPES),
    "UNITS": tuple(UNITS),
}
"""Codes by name of the list, in the list's order."""
