"""The files of an entry: the document as it came, and what came with it."""

from __future__ import annotations

from typing import Final

from ...models.domain.invoice import DocumentFormat, SignatureStatus
from . import figures
from .blocks import Cell, Column, Fact, Facts, Row, Table, fitted
from .scribe import Scribe
from .subjects import ReceivedFile

_MAX_SIGNER: Final = 400


def original(
    scribe: Scribe,
    title: str,
    *,
    format_: DocumentFormat,
    file_name: str | None,
    size: int | None,
    sha256: str,
    signature: SignatureStatus,
    signer: str | None,
    after: str,
) -> Facts:
    """What the original document is, what its signature is worth, and a sentence about it."""
    known = scribe.facts(
        ("file", scribe.code(file_name)),
        ("format", scribe.words.formats[format_]),
        ("size", figures.size(scribe.words, size) if size is not None else ""),
        ("signature", scribe.words.signatures[signature]),
    )
    signed_by = Fact(label=scribe.label("signer"), text=scribe.desk.line(signer, _MAX_SIGNER), wide=True)
    digest = Fact(label=scribe.label("sha256"), text=scribe.digest(sha256), mono=True, wide=True)
    items = (*known, signed_by, digest) if signed_by.text else (*known, digest)
    return Facts(title=scribe.label(title), items=items, after=after, whole=True)


def attachments(scribe: Scribe, files: tuple[ReceivedFile, ...]) -> tuple[Table, ...]:
    """The files that came with the invoice; nothing where there are none."""
    rows = tuple(_file(scribe, file) for file in scribe.desk.some(files))
    if not rows:
        return ()
    size = scribe.label("size")
    columns = (
        Column(head=scribe.label("file")),
        Column(head=size, width=fitted(size, rows, 1, most=80), right=True),
    )
    return (Table(title=scribe.label("attachments"), columns=columns, rows=rows),)


def _file(scribe: Scribe, file: ReceivedFile) -> Row:
    notes = (scribe.text(file.description), scribe.labelled("sha256", scribe.digest(file.sha256)))
    return (
        Cell(text=scribe.line(file.name), notes=tuple(filter(None, notes))),
        figures.size(scribe.words, file.size),
    )
