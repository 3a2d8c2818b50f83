"""The findings of one document, while they are made."""

from __future__ import annotations

from collections import Counter
from typing import Final

from ..models.domain.findings import Finding, Severity

MAX_FINDINGS: Final = 1000
"""Errors after which reading gives up, since a document of half a million broken lines is refused as surely as one of a
thousand; and warnings that are listed, which refuse nothing however many they are."""


class ReportFullError(Exception):
    """There are as many errors as anybody will read."""


class Report:
    """The findings of one document, in the order in which they were met."""

    def __init__(self, most: int | None = MAX_FINDINGS) -> None:
        self._most = most
        self._findings: list[Finding] = []
        self._met: Counter[Severity] = Counter()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them so far."""
        return tuple(self._findings)

    def add(self, finding: Finding) -> None:
        """Note one more; ``ReportFullError`` at an error more than are listed. Of warnings, the rest is passed over."""
        severity = finding.severity
        self._met[severity] += 1
        over = 0 if self._most is None else self._met[severity] - self._most
        if over <= 0:
            self._findings.append(finding)
        elif over == 1:
            self._findings.append(Finding(rule=finding.rule, message=self._others(severity), severity=severity))
        if over > 0 and severity is Severity.ERROR:
            raise ReportFullError

    def _others(self, severity: Severity) -> str:
        if severity is Severity.ERROR:
            return f"The document has more than {self._most} problems; the others are not listed."
        return f"The document has more than {self._most} warnings; the others are not listed."
