"""What comes in many at once, and how each part becomes the domain's request."""

from __future__ import annotations

from typing import Any

import strawberry

from ...models.domain.errors import Invalid, Refusal, Required
from ...models.identifiers import key_of
from ...models.life.moving import StatusRequest
from ..changing import MAX_NUMBER, MAX_REASON, optional_number, optional_text
from ..enums import InvoiceStatus
from ..scalars import Date


@strawberry.input(description="Invoices that your program has fetched and kept.")
class ConfirmDeliveryInput:
    """Of ``confirmDelivery``."""

    invoice_ids: list[strawberry.ID] = strawberry.field(description="Global ids, 1 to 500.")


@strawberry.input(description="One change of many.")
class StatusChangeInput:
    """Of ``changeStatuses``. What a state does not take is refused rather than dropped."""

    invoice_id: strawberry.ID = strawberry.field(description="Global id of the invoice.")
    to: InvoiceStatus = strawberry.field(description="The state that it is to have.")
    registry_number: str | None = strawberry.field(
        description="With REGISTERED: your own number; null for the service's next.", default=None
    )
    rcf_number: str | None = strawberry.field(
        description="With REGISTERED_IN_RCF, needed: the accounting register's number.", default=None
    )
    reason: str | None = strawberry.field(
        description="With REJECTED, needed: why, at most 4,000 characters.", default=None
    )
    reason_code: str | None = strawberry.field(
        description="With REJECTED: your own code, at most 64 characters.", default=None
    )
    payment_date: Date | None = strawberry.field(description="With PAID, needed: the day of the payment.", default=None)
    expected_version: int | None = strawberry.field(
        description="Refused with VERSION_CONFLICT where the invoice has moved on from this version.", default=None
    )


@strawberry.input(description="Many changes at once.")
class ChangeStatusesInput:
    """Of ``changeStatuses``."""

    changes: list[StatusChangeInput] = strawberry.field(
        description="1 to 500, made in this order. An invoice may be in it several times."
    )
    idempotency_key: str | None = strawberry.field(
        description=(
            "1 to 255 characters of your choice: the same key and changes again answer with the first results,"
            " refusals included, and do what had not been begun; other changes with IDEMPOTENCY_KEY_REUSED."
        ),
        default=None,
    )


# State: what goes with it, by Python name, and whether it is needed.
CARRIES: dict[InvoiceStatus, dict[str, bool]] = {
    InvoiceStatus.REGISTERED: {"registry_number": False},
    InvoiceStatus.REGISTERED_IN_RCF: {"rcf_number": True},
    InvoiceStatus.REJECTED: {"reason": True, "reason_code": False},
    InvoiceStatus.PAID: {"payment_date": True},
}
_NAMES = {
    "registry_number": "registryNumber",
    "rcf_number": "rcfNumber",
    "reason": "reason",
    "reason_code": "reasonCode",
    "payment_date": "paymentDate",
}


def request_of(given: StatusChangeInput) -> StatusRequest | Refusal:
    """The change as the domain takes it, or why it is none."""
    try:
        return StatusRequest(
            operation="changeStatuses",
            arguments={},
            invoice_id=key_of("Invoice", given.invoice_id),
            to_status=given.to,
            expected_version=given.expected_version,
            **_carried(given),
        )
    except Refusal as refusal:
        return refusal


def _carried(given: StatusChangeInput) -> dict[str, Any]:
    carries = CARRIES.get(given.to, {})
    values: dict[str, Any] = {}
    for name, shown in _NAMES.items():
        value = getattr(given, name)
        if value is not None and name not in carries:
            raise Invalid(f"This does not go with {given.to}.", path=("input", shown))
        values[name] = _value(name, shown, value)
        if values[name] is None and carries.get(name):
            raise Required(path=("input", shown))
    return values


def _value(name: str, shown: str, value: Any) -> Any:
    if name.endswith("_number"):
        return optional_number(value, shown)
    if name == "payment_date":
        return value
    return optional_text(value, MAX_REASON if name == "reason" else MAX_NUMBER, shown)
