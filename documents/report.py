"""The findings of one document, while they are made."""

from __future__ import annotations

from typing import Final

from ..models.domain.findings import Finding

MAX_FINDINGS: Final = 1000
"""Where reading gives up: a document of half a million broken lines is refused as surely as one of a thousand."""


class ReportFullError(Exception):
    """The report is full."""


class Report:
    """The findings of one document, in the order in which they were met."""

    def __init__(self, most: int | None = MAX_FINDINGS) -> None:
        self._most = most
        self._findings: list[Finding] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them so far."""
        return tuple(self._findings)

    def add(self, finding: Finding) -> None:
        """Note one more; ``ReportFullError`` once there are as many as anybody will read."""
        if self._most is not None and len(self._findings) >= self._most:
            message = f"The document has more than {self._most} problems; the others are not listed."
            self._findings.append(Finding(rule="HF08", message=message))
            raise ReportFullError
        self._findings.append(finding)
