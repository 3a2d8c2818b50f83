"""What clients send about a cancellation."""

from __future__ import annotations

import strawberry

from ..describing import INVOICE, KEY, VERSION, described


@strawberry.input(description="An invoice that its issuer wants to take back.")
class RequestCancellationInput:
    """Of ``requestCancellation``."""

    invoice_id: strawberry.ID = described(INVOICE)
    reason: str = described("Why, for the receiver to judge; at most 4,000 characters.")
    expected_version: int | None = described(VERSION, default=None)
    idempotency_key: str | None = described(KEY, default=None)


@strawberry.input(description="A request that its receiver accepts: the invoice is cancelled.")
class AcceptCancellationInput:
    """Of ``acceptCancellation``."""

    invoice_id: strawberry.ID = described(INVOICE)
    comment: str | None = described("What the issuer should know; at most 4,000 characters.", default=None)
    expected_version: int | None = described(VERSION, default=None)
    idempotency_key: str | None = described(KEY, default=None)


@strawberry.input(description="A request that its receiver refuses: the invoice stays as it is.")
class RefuseCancellationInput:
    """Of ``refuseCancellation``."""

    invoice_id: strawberry.ID = described(INVOICE)
    comment: str = described("Why not, for the issuer; at most 4,000 characters.")
    expected_version: int | None = described(VERSION, default=None)
    idempotency_key: str | None = described(KEY, default=None)


@strawberry.input(description="A request that its issuer takes back.")
class WithdrawCancellationInput:
    """Of ``withdrawCancellation``."""

    invoice_id: strawberry.ID = described(INVOICE)
    expected_version: int | None = described(VERSION, default=None)
    idempotency_key: str | None = described(KEY, default=None)
