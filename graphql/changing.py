"""Turning an input into the domain's request, and its outcome into a payload."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, TypeVar

import strawberry

from ..models.domain.errors import Invalid, Refusal, Required
from ..models.domain.mailboxes import mailbox_among
from ..models.domain.states import InvoiceStatus
from ..models.idempotency import Outcome
from ..models.identifiers import key_of
from ..models.life.moving import StatusRequest, change_status
from ..models.reading.invoices import read_invoice
from ..models.reading.status_feed import read_changes
from ..models.rows import InvoiceRow
from .context import Info
from .errors import UserError, user_errors
from .invoices import Invoice, StatusChange
from .selecting import fields_of, invoice_selection, under

T = TypeVar("T")

MAX_NUMBER = 64
MAX_REASON = 4000
MAX_EMAIL = 512


@strawberry.type(description="The invoice after the step, and the step; or what stood in its way.")
class ChangeStatusPayload:
    """Of every transition."""

    invoice: Invoice | None = strawberry.field(description="As it is now; null where the step was refused.")
    change: StatusChange | None = strawberry.field(description="The step in its history.")
    errors: list[UserError] = strawberry.field(description="Empty where the step was taken.")


def text_of(value: str, limit: int, *path: str) -> str:
    """A needed text without outer space; :class:`Required` where nothing is left, :class:`Invalid` past the limit."""
    text = optional_text(value, limit, *path)
    if text is None:
        raise Required(path=("input", *path))
    return text


def optional_text(value: str | None, limit: int, *path: str) -> str | None:
    """The same for a text that may be absent; blank counts as absent. Control characters are refused."""
    text = "" if value is None else value.strip()
    if len(text) > limit:
        raise Invalid(f"At most {limit} characters.", path=("input", *path))
    if any((ord(char) < 32 and char not in "\t\n\r") or 0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise Invalid("Control characters and lone surrogates are not text.", path=("input", *path))
    return text or None


def number_of(value: str, *path: str, limit: int = MAX_NUMBER) -> str:
    """A number of a register or an invoice: a needed text, all of its characters to be seen."""
    return _seen(text_of(value, limit, *path), *path)


def series_of(value: str | None, limit: int, *path: str) -> str | None:
    """The same for what stands beside a number and may be absent; blank counts as absent."""
    text = optional_text(value, limit, *path)
    return None if text is None else _seen(text, *path)


def name_of(value: str, limit: int, *path: str) -> str:
    """A needed name of somebody or something: in one line, all of its characters to be seen."""
    return _seen(text_of(value, limit, *path), *path, what="name")


def optional_name(value: str | None, limit: int, *path: str) -> str | None:
    """The same where it may be absent; blank counts as absent."""
    text = optional_text(value, limit, *path)
    return None if text is None else _seen(text, *path, what="name")


def _seen(text: str, *path: str, what: str = "number") -> str:
    if not text.isprintable():
        raise Invalid(f"A {what} has no invisible characters.", path=("input", *path))
    return text


def optional_number(value: str | None, *path: str) -> str | None:
    """The same where none may be given; a blank one is a slip, not none."""
    return None if value is None else number_of(value, *path)


async def change(
    info: Info,
    to_status: InvoiceStatus,
    given: Any,
    read: Callable[[], dict[str, Any]] = dict,
) -> ChangeStatusPayload:
    """Take a step and answer with the invoice as it is then. ``read`` checks and gives what the step carries."""

    async def work() -> Outcome:
        return await change_status(
            info.context.database,
            info.context.signed_in(),
            StatusRequest(
                operation=info.field_name,
                arguments={name: value for name, value in asdict(given).items() if name != "idempotency_key"},
                invoice_id=key_of("Invoice", given.invoice_id),
                to_status=to_status,
                expected_version=given.expected_version,
                idempotency_key=given.idempotency_key,
                **read(),
            ),
        )

    outcome, errors = await attempt(info, work)
    if outcome is None:
        return ChangeStatusPayload(invoice=None, change=None, errors=errors)
    return await _changed(info, outcome)


async def attempt(info: Info, work: Callable[[], Awaitable[T]]) -> tuple[T | None, list[UserError]]:
    """What the work gives, or its refusal as user errors. Signing in is a matter of the whole request, so not here."""
    info.context.signed_in()
    try:
        return await work(), []
    except Refusal as refusal:
        return None, await user_errors(refusal, info)


async def payload_invoice(info: Info, outcome: Outcome, extra: list[Any] | None = None) -> InvoiceRow | None:
    """The invoice of an outcome with what the payload's ``invoice`` selects."""
    context = info.context
    nodes = [*fields_of(info).get("invoice", ()), *(extra or ())]
    selection = invoice_selection(info, nodes)
    return await read_invoice(context.database, context.signed_in(), outcome.invoice_id, selection)


async def _changed(info: Info, outcome: Outcome) -> ChangeStatusPayload:
    selected, context = fields_of(info), info.context
    nested = under(selected.get("change", []), info._raw_info).get("invoice", [])  # noqa: SLF001
    row = None
    if "invoice" in selected or nested:
        row = await payload_invoice(info, outcome, nested)
    step = None
    if "change" in selected and outcome.change_id is not None:
        # None where a key stands for a step of an invoice that its caller may no longer see.
        step = (await read_changes(context.database, context.signed_in(), [outcome.change_id])).get(outcome.change_id)
        if step is not None and row is not None:
            step.invoice = row
    return ChangeStatusPayload(invoice=row, change=step, errors=[])  # type: ignore[arg-type]


def mailbox_of(text: str | None, *path: str) -> str | None:
    """An address that mail can be sent to, in its one spelling; :class:`Invalid` where a text is none."""
    address = optional_text(text, MAX_EMAIL, *path)
    if address is None:
        return None
    mailbox = mailbox_among(address)
    if mailbox is None:
        raise Invalid("This is no e-mail address.", path=("input", *path))
    return mailbox


def needed_mailbox(text: str, *path: str) -> str:
    """The same where one is needed."""
    mailbox = mailbox_of(text, *path)
    if mailbox is None:
        raise Required(path=("input", *path))
    return mailbox
