"""``tramesa check``: what the door would say of files on disk, to a person, or in JSON to a program."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from ..documents.door import check_document
from ..documents.media import MAX_BYTES
from ..documents.signatures.verifying import TrustAnchors
from ..models.domain.findings import Finding, Severity, errors_among
from ..models.domain.invoice import InvoiceContent
from ..models.domain.money import plain_text
from ..models.domain.signature import SignatureReport

STANDARD_INPUT: Final = "-"

_COLOURS: Final = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file and what was found in it; ``unreadable`` says why its bytes could not be had, and then that is all."""

    name: str
    unreadable: str | None = None
    findings: tuple[Finding, ...] = ()
    content: InvoiceContent | None = None
    signature: SignatureReport | None = None

    @property
    def good(self) -> bool:
        """Whether a receiver could take it: it was read, and nothing found is an error."""
        return self.unreadable is None and not errors_among(self.findings)


def checked_files(names: Iterable[str], anchors: TrustAnchors | None, *, required: bool) -> Iterator[CheckedFile]:
    """Each file in its turn, ``-`` being standard input; ``required`` is for a receiver that demands a signature."""
    for name in names:
        try:
            data = _bytes_of(name)
        except OSError as error:
            yield CheckedFile(name=name, unreadable=error.strerror or str(error))
            continue
        checked = check_document(data, anchors=anchors, now=datetime.now(UTC))
        findings = (*checked.findings, *checked.signature_findings(required=required))
        yield CheckedFile(name=name, findings=findings, content=checked.content, signature=checked.signature)


def _bytes_of(name: str) -> bytes:
    """The file's bytes, to one more than a document may have: enough to see that it is too large."""
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def report(files: Iterable[CheckedFile], *, as_json: bool) -> int:
    """Print what was found, file by file. Exit status: 2 where one was not readable, else 1 on errors, else 0."""
    bad = unreadable = total = 0
    for file in files:
        total += 1
        bad += not file.good
        unreadable += file.unreadable is not None
        _echo(json.dumps(as_data(file)) if as_json else "\n".join(_lines(file)))
        if file.unreadable is not None and as_json:
            click.echo(f"{_shown(file.name)}: {file.unreadable}", err=True)
    if total > 1 and not as_json:
        _echo(f"{total} files: {total - bad} without errors, {bad - unreadable} with, {unreadable} not readable")
    return 2 if unreadable else min(bad, 1)


def as_data(file: CheckedFile) -> dict[str, Any]:
    """What a program gets of a file: the same keys always, in the words of the API."""
    content, signature = file.content, file.signature
    return {
        "file": file.name,
        "valid": file.good,
        "unreadable": file.unreadable,
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "message": finding.message,
                "location": finding.location,
                "line": finding.line,
                "expected": finding.expected,
                "found": finding.found,
            }
            for finding in file.findings
        ],
        "invoice": content and _invoice_data(content),
        "signature": signature and {"status": signature.status.value, "signer": signature.signer},
    }


def _invoice_data(content: InvoiceContent) -> dict[str, Any]:
    return {
        "format": content.format.value,
        "series": content.series,
        "number": content.number,
        "issueDate": content.issue_date.isoformat(),
        "issuer": content.issuer.tax_id,
        "receiver": content.receiver.tax_id,
        "payable": plain_text(content.totals.payable),
        "currency": content.currency,
    }


def _lines(file: CheckedFile) -> Iterator[str]:
    name = click.style(_shown(file.name), bold=True)
    if file.unreadable is not None:
        yield f"{name}: {click.style('not readable', fg='red')}: {file.unreadable}"
        return
    for finding in file.findings:
        line = f":{finding.line}" if finding.line is not None else ""
        severity = click.style(finding.severity.value.lower(), fg=_COLOURS[finding.severity])
        yield f"{name}{line}: {severity} {finding.rule}: {_shown(finding.message)}"
        yield from _details(finding)
    yield f"{name}: {_verdict(file)}"


def _details(finding: Finding) -> Iterator[str]:
    for label, text in (("at", finding.location), ("expected", finding.expected), ("found", finding.found)):
        if text is not None:
            yield f"    {label} {_shown(text)}"


def _verdict(file: CheckedFile) -> str:
    errors = len(errors_among(file.findings))
    counted = (_count(errors, "error"), _count(len(file.findings) - errors, "warning"))
    verdict = ", ".join(filter(None, counted)) or click.style("nothing wrong", fg="green")
    return f"{verdict} ({_summary(file)})" if file.content else verdict


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}" if number else ""


def _summary(file: CheckedFile) -> str:
    """The invoice in one line, so that a person sees whether it was the right file."""
    content = file.content
    if content is None:
        return ""
    number = " ".join(filter(None, (content.series, content.number)))
    parties = f"{content.issuer.tax_id} to {content.receiver.tax_id}"
    amount = f"{plain_text(content.totals.payable)} {content.currency}"
    signature = f"signature {file.signature.status.value.lower()}" if file.signature else ""
    return _shown(", ".join(filter(None, (content.format.value, number, parties, amount, signature))))


def _shown(text: str) -> str:
    """Text of a stranger's that does nothing to a terminal: what cannot be printed is written as its code."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _echo(text: str) -> None:
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)
