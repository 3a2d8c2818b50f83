"""Addresses of files, and links that carry their own permission for a quarter of an hour."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ..models.viewer import Viewer

LIFETIME = timedelta(minutes=15)


class SignedLinks:
    """Makes and checks download addresses. A signed one is good for one viewer's sight of one file."""

    def __init__(self, public_url: str, secret: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._public_url = public_url
        self._key = hashlib.sha256(b"tramesa links\x00" + secret.encode()).digest()
        self._clock = clock

    def document(self, invoice_key: str, *, signed_for: Viewer | None = None, query: str = "") -> str:
        """The address of an invoice's document, in the format and language of ``query``."""
        return self._address(f"/invoices/{invoice_key}/document", signed_for, query)

    def receipt(self, invoice_key: str, *, signed_for: Viewer | None = None, query: str = "") -> str:
        """The address of the receipt of its entry."""
        return self._address(f"/invoices/{invoice_key}/receipt", signed_for, query)

    def attachment(self, attachment_key: str, *, signed_for: Viewer | None = None) -> str:
        """The address of a file that came with an invoice."""
        return self._address(f"/attachments/{attachment_key}", signed_for)

    def archive(self, archive_key: str, *, signed_for: Viewer | None = None) -> str:
        """The address of a ZIP of documents."""
        return self._address(f"/archives/{archive_key}", signed_for)

    def _address(self, path: str, viewer: Viewer | None, query: str = "") -> str:
        if viewer is None:
            return f"{self._public_url}{path}?{query}" if query else self._public_url + path
        expires = int((self._clock() + LIFETIME).timestamp())
        signature = self._sign(path, viewer.user_id, expires)
        more = f"{query}&" if query else ""
        return f"{self._public_url}{path}?{more}for={viewer.user_id}&expires={expires}&signature={signature}"

    def permitted(self, path: str, user_id: str, expires: str, signature: str) -> bool:
        """Whether a link's parts were signed here and have not run out."""
        if not expires.isascii() or not expires.isdigit() or len(expires) > 12 or expires[0] == "0":
            return False
        good = hmac.compare_digest(self._sign(path, user_id, int(expires)).encode(), signature.encode())
        return good and int(expires) > self._clock().timestamp()

    def _sign(self, path: str, user_id: str, expires: int) -> str:
        return hmac.new(self._key, f"{path}\n{user_id}\n{expires}".encode(), hashlib.sha256).hexdigest()
