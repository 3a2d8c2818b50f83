"""Faults of a request as a whole, rather than something that a person can mend in its input."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from .errors import TramesaError


class FaultCode(StrEnum):
    """``extensions.code`` of a GraphQL error."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    TOO_COMPLEX = "TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


class Fault(TramesaError):
    """The request cannot be served."""

    code: ClassVar[FaultCode]

    def __init__(self, message: str | None = None, **extensions: object) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.extensions = {"code": self.code.value, **extensions}


class Unauthenticated(Fault):
    """Sign in first: the credentials are missing, wrong or no longer good."""

    code = FaultCode.UNAUTHENTICATED


class RateLimited(Fault):
    """Too many attempts; wait before the next."""

    code = FaultCode.RATE_LIMITED

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many attempts: try again in {retry_after} seconds.", retryAfter=retry_after)
        self.retry_after = retry_after
