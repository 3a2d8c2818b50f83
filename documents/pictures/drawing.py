"""Draws an invoice, or the receipt of its entry, as PDF/A: ``draw_invoice`` and ``draw_receipt``.

Both take time and memory bounded by what a picture may hold (``texts.MAX_CHARACTERS``, ``lines.MAX_LINES``), raise for
nothing that the document says, and belong in a thread: ``await asyncio.to_thread(draw_invoice, picture, language)``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ...models.domain.states import Language
from .blocks import Sheet
from .glyphs import PLAIN
from .invoice_sheet import invoice_sheet
from .press import PressError, printed
from .receipt_sheet import receipt_sheet
from .subjects import EntryReceipt, InvoicePicture
from .texts import Desk
from .words import words_of


def draw_invoice(picture: InvoicePicture, language: Language) -> bytes:
    """The invoice in the reader's language as PDF/A-2a. The same picture gives the same bytes."""
    words = words_of(language)
    return _drawn(lambda desk: invoice_sheet(picture, words, desk), at=picture.state_since)


def draw_receipt(receipt: EntryReceipt, language: Language) -> bytes:
    """The receipt of an entry (rebut) in the reader's language as PDF/A-2a. The same receipt gives the same bytes."""
    words = words_of(language)
    at = receipt.registered_at or receipt.received_at
    return _drawn(lambda desk: receipt_sheet(receipt, words, desk), at=at)


def _drawn(lay_out: Callable[[Desk], Sheet], *, at: datetime) -> bytes:
    try:
        return printed(lay_out(Desk()), at=at)
    except PressError:
        # Characters that have glyphs each, but not beside each other: set without all that joins.
        return printed(lay_out(Desk(shown=PLAIN)), at=at)
