"""What a check of a document has to say: one row a problem, all of them, not the first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding stops the document at the door."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem of a document. ``rule`` is a code of domain.md's table (HF08, RCF06001, TR0001, …)."""

    rule: str
    message: str
    severity: Severity = Severity.ERROR
    location: str | None = None
    line: int | None = None
    expected: str | None = None
    found: str | None = None


def errors_among(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that refuse the document."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
