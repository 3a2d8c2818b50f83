"""Telling a party that a document of its was refused, where it wants to be told; the document itself is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from .database import Database, Unit
from .domain.findings import Finding, Severity
from .domain.notices import MailKind, NoticeEvent
from .notices import Notice, notify
from .sql import Statement
from .viewer import Viewer

MOST_AN_HOUR = 30
"""A program that brings the same wrong document for ever fills nobody's mailbox."""
MOST_FINDINGS = 20


async def tell_refused(database: Database, viewer: Viewer, file_name: str, findings: Sequence[Finding]) -> None:
    """Mail those of the party who want to know, at most 30 times an hour."""
    now = datetime.now(UTC)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    facts = {
        "fileName": file_name,
        "at": now.isoformat(),
        "errors": str(len(errors)),
        "findings": "\n".join(f"{finding.rule}: {finding.message}" for finding in errors[:MOST_FINDINGS]),
    }
    notice = Notice(viewer.party_id, NoticeEvent.DOCUMENT_REFUSED, MailKind.DOCUMENT_REFUSED, facts)

    async def work(unit: Unit) -> None:
        query = Statement(unit.dialect)
        sent = await unit.fetch(
            f"SELECT count(*) FROM mail_message WHERE party_id = {query.bind(viewer.party_id)}"
            f" AND created_at > {query.bind(now - timedelta(hours=1))} AND kind = {query.bind(notice.kind)}",
            query.values,
        )
        if sent[0][0] < MOST_AN_HOUR:
            await notify(unit, [notice], now)

    await database.unit_of_work(work)
