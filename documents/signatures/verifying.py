"""PLACEHOLDER by the lead until helper "signatures" writes it."""

from datetime import datetime
from pathlib import Path

from ...models.domain.signature import UNSIGNED, SignatureReport


class TrustAnchors:
    @classmethod
    def load(cls, folder: Path) -> "TrustAnchors":
        return cls()


def verify_signature(data: bytes, anchors: TrustAnchors | None, *, now: datetime) -> SignatureReport:
    return UNSIGNED
