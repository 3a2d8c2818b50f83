"""Faults of a request as a whole, rather than something that a person can mend in its input."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from .errors import TramesaError
from .scopes import Scope


class FaultCode(StrEnum):
    """``extensions.code`` of a GraphQL error; every one has one of these. ``meaning`` is what the docs say of it."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    UNAUTHENTICATED = (
        "UNAUTHENTICATED",
        "There are no credentials, or they are not good, or no longer. Where they were shown: HTTP 401.",
    )
    FORBIDDEN = (
        "FORBIDDEN",
        "You are signed in, and may not do this; of an API token, `missingScope` names what it lacks.",
    )
    BAD_USER_INPUT = (
        "BAD_USER_INPUT",
        "The request is no GraphQL request, or a value cannot be; `argumentPath` says which argument is to blame.",
    )
    GRAPHQL_VALIDATION_FAILED = (
        "GRAPHQL_VALIDATION_FAILED",
        "The document is no GraphQL, or does not fit the schema.",
    )
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED", "`__schema` and `__type` are off here."
    PREFLIGHT_REQUIRED = (
        "PREFLIGHT_REQUIRED",
        "A query by GET or an upload lacks a header that a foreign page cannot send without asking first.",
    )
    PERSISTED_QUERY_NOT_FOUND = (
        "PERSISTED_QUERY_NOT_FOUND",
        "No document of that hash is known here (yet): send it once with its hash.",
    )
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED", "This server runs only the documents that it was given."
    TOO_COMPLEX = "TOO_COMPLEX", "The operation goes too deep or asks for too much."
    RATE_LIMITED = (
        "RATE_LIMITED",
        "Too many attempts or too much asked for; `retryAfter` says in how many seconds to come again. HTTP 429.",
    )
    TIMED_OUT = "TIMED_OUT", "The query took too long and was given up."
    OVERLOADED = "OVERLOADED", "This process holds as many streams as it can; come again later. HTTP 503."
    INTERNAL_SERVER_ERROR = (
        "INTERNAL_SERVER_ERROR",
        "Something went wrong here, or the database is away; `errorId` is in the server's log.",
    )


class Fault(TramesaError):
    """The request cannot be served."""

    code: ClassVar[FaultCode]

    def __init__(self, message: str | None = None, **extensions: object) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.extensions = {"code": self.code.value, **extensions}

    @property
    def formatted(self) -> dict[str, object]:
        """As clients read it."""
        return {"message": str(self), "extensions": self.extensions}


class Unauthenticated(Fault):
    """Sign in first: the credentials are missing, wrong or no longer good."""

    code = FaultCode.UNAUTHENTICATED


class ScopeMissing(Fault):
    """This API token lacks a scope; ``missingScope`` names it."""

    code = FaultCode.FORBIDDEN

    def __init__(self, scope: Scope, what: str) -> None:
        super().__init__(f"This API token lacks the scope {scope} for {what}.", missingScope=scope.value)
        self.scope = scope


class Denied(Fault):
    """Your role does not allow this."""

    code = FaultCode.FORBIDDEN


class RateLimited(Fault):
    """Too many attempts; wait before the next."""

    code = FaultCode.RATE_LIMITED

    def __init__(self, retry_after: int, what: str = "Too many attempts") -> None:
        super().__init__(f"{what}: try again in {retry_after} seconds.", retryAfter=retry_after)
        self.retry_after = retry_after
