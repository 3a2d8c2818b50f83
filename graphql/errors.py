"""The domain's refusals as the typed members of a payload's ``errors``."""

from __future__ import annotations

from typing import cast

import strawberry

from ..models.domain.errors import (
    CancellationRefused as CancellationRefusalOf,
)
from ..models.domain.errors import (
    DocumentRefused as DocumentRefusal,
)
from ..models.domain.errors import (
    DuplicateInvoice as DuplicateRefusal,
)
from ..models.domain.errors import Refusal, TransitionNotAllowed
from ..models.domain.errors import VersionConflict as VersionRefusal
from ..models.reading.invoices import read_invoice
from .cancellation.enums import CancellationRefusal
from .context import Info
from .documents.findings import Finding, findings_of
from .enums import InvoiceStatus, UserErrorCode
from .invoices import Invoice
from .selecting import fields_of, invoice_selection, under


@strawberry.interface(description="Something in a person's input that he or she can mend.")
class UserError:
    """What every member of ``errors`` has."""

    code: UserErrorCode = strawberry.field(description="What went wrong, for a program.")
    message: str = strawberry.field(description="The same for a developer's eyes, in English.")
    path: list[str] = strawberry.field(description='Where in the arguments, such as ["input", "rcfNumber"].')


@strawberry.type(description="A value is missing, wrong or not allowed.")
class InputError(UserError):
    """Any refusal without details of its own."""


@strawberry.type(description="The invoice's state does not lead where you asked.")
class TransitionRefused(UserError):
    """Of ``TransitionNotAllowed``."""

    from_status: InvoiceStatus = strawberry.field(name="from", description="The state that the invoice is in.")
    to_status: InvoiceStatus = strawberry.field(name="to", description="The state that you asked for.")
    allowed: list[InvoiceStatus] = strawberry.field(description="What you may do to it instead.")


@strawberry.type(description="The invoice has moved on since you read it.")
class VersionConflict(UserError):
    """Of ``domain.errors.VersionConflict``."""

    current_version: int = strawberry.field(description="Its version now; read it again before you decide.")


@strawberry.type(description="The same issuer, number, series and issue date are here already.")
class DuplicateInvoice(UserError):
    """Of ``domain.errors.DuplicateInvoice``."""

    existing: Invoice | None = strawberry.field(description="The invoice that is here.")


@strawberry.type(description="The document cannot be accepted; nothing was kept.")
class DocumentRefused(UserError):
    """Of ``domain.errors.DocumentRefused``."""

    findings: list[Finding] = strawberry.field(description="Everything that is wrong with it, warnings included.")


@strawberry.type(description="A cancellation cannot be asked for or answered now.")
class CancellationRefused(UserError):
    """Of ``domain.errors.CancellationRefused``."""

    reason: CancellationRefusal = strawberry.field(description="Why.")
    face_code: int | None = strawberry.field(description="FACe's number of the reason, where it has one.")


async def user_errors(refusal: Refusal, info: Info) -> list[UserError]:
    """The refusal as the one member of ``errors``."""
    common = {"code": refusal.code, "message": refusal.message, "path": list(refusal.path)}
    if isinstance(refusal, TransitionNotAllowed):
        return [
            TransitionRefused(
                **common,  # type: ignore[arg-type]
                from_status=refusal.from_status,
                to_status=refusal.to_status,
                allowed=list(refusal.allowed),
            )
        ]
    if isinstance(refusal, CancellationRefusalOf):
        reason = refusal.reason
        return [CancellationRefused(**common, reason=reason, face_code=reason.face_code)]  # type: ignore[arg-type]
    if isinstance(refusal, VersionRefusal):
        return [VersionConflict(**common, current_version=refusal.current_version)]  # type: ignore[arg-type]
    if isinstance(refusal, DuplicateRefusal):
        return [DuplicateInvoice(**common, existing=await _existing(refusal, info))]  # type: ignore[arg-type]
    if isinstance(refusal, DocumentRefusal):
        return [DocumentRefused(**common, findings=findings_of(refusal.findings))]  # type: ignore[arg-type]
    return [InputError(**common)]  # type: ignore[arg-type]


async def _existing(refusal: DuplicateRefusal, info: Info) -> Invoice | None:
    if info.context.viewer is None:
        return None  # Another platform is told that it is here, and no more.
    nodes = under(fields_of(info).get("errors", []), info._raw_info).get("existing", [])  # noqa: SLF001
    context = info.context
    selection = invoice_selection(info, nodes)
    row = await read_invoice(context.database, context.signed_in(), refusal.existing_id, selection)
    return cast("Invoice | None", row)
