"""Every way in which the domain says no. The docstring is the message, ``code`` is what a program reads."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from .findings import Finding
    from .states import InvoiceStatus


class UserErrorCode(StrEnum):
    """What went wrong, for a program. The values are the public contract's."""

    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    TRANSITION_NOT_ALLOWED = "TRANSITION_NOT_ALLOWED"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    DUPLICATE_INVOICE = "DUPLICATE_INVOICE"
    DOCUMENT_REFUSED = "DOCUMENT_REFUSED"
    RECEIVER_UNKNOWN = "RECEIVER_UNKNOWN"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    BAD_CREDENTIALS = "BAD_CREDENTIALS"
    CANCELLATION_REFUSED = "CANCELLATION_REFUSED"
    LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"


class CancellationRefusal(StrEnum):
    """Why a cancellation cannot be asked for or answered. ``face_code`` is FACe's number of it, ``words`` say it."""

    face_code: int | None
    words: str

    def __new__(cls, value: str, face_code: int | None, words: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.face_code = face_code
        member.words = words
        return member

    ACCEPTED_BEFORE = "ACCEPTED_BEFORE", 304, "The invoice is cancelled already."
    REFUSED_BEFORE = "REFUSED_BEFORE", 305, "The receiver has refused before to cancel this invoice."
    PAID = "PAID", 306, "The invoice is paid."
    PENDING = "PENDING", 307, "A request is waiting for its answer already."
    NOT_THE_ISSUER = "NOT_THE_ISSUER", 308, "Only its issuer asks for an invoice to be cancelled."
    REJECTED = "REJECTED", None, "The invoice is rejected."
    NOT_PENDING = "NOT_PENDING", None, "There is no request that waits for an answer."
    ELSEWHERE = "ELSEWHERE", None, "That side of the invoice lives on another platform, and does this there."


class TramesaError(Exception):
    """Something went wrong."""


class Refusal(TramesaError):
    """Refused."""

    code: ClassVar[UserErrorCode]

    def __init__(self, message: str | None = None, *, path: tuple[str, ...] = ()) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.path = path
        super().__init__(self.message)


class NotFound(Refusal):
    """There is no such invoice, or you may not see it."""

    code = UserErrorCode.NOT_FOUND


class Forbidden(Refusal):
    """Your role does not allow this."""

    code = UserErrorCode.FORBIDDEN


class Invalid(Refusal):
    """This value cannot be accepted."""

    code = UserErrorCode.INVALID


class Required(Refusal):
    """A value is needed here."""

    code = UserErrorCode.REQUIRED


class BadCredentials(Refusal):
    """E-mail address or password is wrong."""

    code = UserErrorCode.BAD_CREDENTIALS


class BadKeys(BadCredentials):
    """Tax id and keys do not fit together, or are good no longer."""


class BadLink(BadCredentials):
    """This link was used before, has ended, or was replaced by a later one."""


class LastAdministrator(Refusal):
    """A party keeps at least one administrator."""

    code = UserErrorCode.LAST_ADMINISTRATOR


class IdempotencyKeyReused(Refusal):
    """This idempotency key was used before with another input."""

    code = UserErrorCode.IDEMPOTENCY_KEY_REUSED


class ReceiverUnknown(Refusal):
    """The receiver is not registered here."""

    code = UserErrorCode.RECEIVER_UNKNOWN


class TransitionNotAllowed(Refusal):
    """The invoice cannot go from its state to the one asked for."""

    code = UserErrorCode.TRANSITION_NOT_ALLOWED

    def __init__(
        self,
        from_status: InvoiceStatus,
        to_status: InvoiceStatus,
        allowed: tuple[InvoiceStatus, ...],
        *,
        path: tuple[str, ...] = ("input", "invoiceId"),
    ) -> None:
        super().__init__(f"An invoice that is {from_status} cannot become {to_status}.", path=path)
        self.from_status = from_status
        self.to_status = to_status
        self.allowed = allowed


class VersionConflict(Refusal):
    """The invoice has moved on since you read it."""

    code = UserErrorCode.VERSION_CONFLICT

    def __init__(self, current_version: int, *, path: tuple[str, ...] = ("input", "expectedVersion")) -> None:
        super().__init__(path=path)
        self.current_version = current_version


class CancellationRefused(Refusal):
    """This cannot be done to a request of cancellation now; the reason says why."""

    code = UserErrorCode.CANCELLATION_REFUSED

    def __init__(self, reason: CancellationRefusal, *, path: tuple[str, ...] = ("input", "invoiceId")) -> None:
        super().__init__(reason.words, path=path)
        self.reason = reason


class DuplicateInvoice(Refusal):
    """This invoice is here already: same issuer, number, series and issue date."""

    code = UserErrorCode.DUPLICATE_INVOICE

    def __init__(self, existing_id: str | None, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(path=path)
        self.existing_id = existing_id


class DocumentRefused(Refusal):
    """The document cannot be accepted; the findings say why."""

    code = UserErrorCode.DOCUMENT_REFUSED

    def __init__(self, findings: tuple[Finding, ...], *, path: tuple[str, ...] = ("input", "file")) -> None:
        super().__init__(path=path)
        self.findings = findings
