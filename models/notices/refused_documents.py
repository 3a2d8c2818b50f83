"""Telling a party that a document of its was refused, where it wants to be told; the document itself is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ..database import Database, Unit
from ..domain.finding_words import message_in
from ..domain.findings import Finding, Severity
from ..domain.notices import MailKind, NoticeEvent
from ..domain.states import Language
from ..sql import Statement
from ..viewer import Viewer
from .notifying import Notice, notify

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
        **{f"findings{language}": _told(errors[:MOST_FINDINGS], language) for language in Language},
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


def _told(findings: Sequence[Finding], language: Language) -> str:
    """A line each: the rule, what is wrong, and where."""
    return "\n".join(f"{one.rule}: {message_in(one, language)}{_place(one)}" for one in findings)


def _place(finding: Finding) -> str:
    if finding.location in {None, "/"}:
        return ""
    found = "" if finding.found is None else f": {finding.found}"
    compared = f" ≠ {finding.expected}" if found and finding.rule.startswith("RCF06") and finding.expected else ""
    return f" ({finding.location}{found}{compared})"
