"""What fitting an invoice to Facturae changed: each change noted once, however many lines it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ...models.domain.findings import Finding
from ...models.domain.invoice import DocumentFormat
from .left_out import warning

_POSITION = re.compile(r"\[[0-9]+\]")
_KIND = re.compile(r"\.[A-Z_]+$")
"""What follows a reference where its place depends on its kind."""


@dataclass(slots=True)
class Notes:
    """The changes so far, and texts that go into ``InvoiceAdditionalInformation`` for want of a place of their own."""

    format: DocumentFormat
    findings: list[Finding] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def changed(self, place: str, message: str, value: object) -> None:
        """A field is written otherwise than the source says it, or not at all."""
        self.findings.append(warning(place, message, value, self.format))
        self.told.add(_KIND.sub("", place))

    def fitting(self, place: str, text: str | None, limit: int, what: str) -> str | None:
        """The text if it is short enough, else nothing, with a note."""
        if text is None or len(text.strip()) <= limit:
            return text
        self.changed(place, f"{what} is longer than Facturae allows ({limit} characters); it is left out.", text)
        return None

    def cut(self, place: str, text: str, limit: int, what: str) -> str:
        """The text, or as much of it as there is room for, with a note."""
        if len(text.strip()) <= limit:
            return text
        self.changed(place, f"{what} is longer than Facturae allows ({limit} characters); its end is left out.", text)
        return text.strip()[:limit].strip()


def gathered(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The same without the repetitions of one warning about line after line; the first says how many there are."""
    counts: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.message, _POSITION.sub("", finding.location or ""))
        first.setdefault(key, finding)
        counts[key] = counts.get(key, 0) + 1
    return tuple(_counted(finding, counts[key]) for key, finding in first.items())


def _counted(finding: Finding, count: int) -> Finding:
    return finding if count == 1 else replace(finding, message=f"{finding.message} ({count} times, here first.)")
