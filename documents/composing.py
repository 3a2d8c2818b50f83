"""From what an invoice says to the document that says it: Facturae 3.2.2, unsigned."""

from __future__ import annotations

from .facturae.composable import check_composable
from .facturae.composing import compose_facturae

__all__ = ["check_composable", "compose_facturae"]
