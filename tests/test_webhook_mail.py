"""The mail that a webhook is off, as its administrators read it; and that what has ended is forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tramesa.mail.rendering import render
from tramesa.models.database import Database
from tramesa.models.identifiers import new_id
from tramesa.models.purging import DELIVERIES_KEPT, purge
from tramesa.models.tables import WebhookDelivery

FACTS = {
    "url": "https://erp.example.org:8443/hooks?a=1",
    "why": "FAILING",
    "error": "HTTP 503",
    "failingSince": "2026-11-20T08:00:00+00:00",
    "at": "2026-11-21T08:00:05+00:00",
}
SAID = {
    "CA": (
        "Els avisos automàtics a erp.example.org:8443 s'han aturat",
        "Durant un dia sencer no ha acceptat cap enviament.",
        "20 de novembre de 2026",
    ),
    "ES": (
        "Los avisos automáticos a erp.example.org:8443 se han detenido",
        "Durante un día entero no ha aceptado ningún envío.",
        "20 de noviembre de 2026",
    ),
    "EN": (
        "Automatic notices to erp.example.org:8443 have stopped",
        "For a whole day it has accepted nothing that was sent.",
        "20 November 2026",
    ),
}


@pytest.mark.parametrize("language", SAID)
def test_it_says_which_why_and_what_becomes_of_the_rest(language: str) -> None:
    subject, why, since = SAID[language]

    mail = render("WEBHOOK_DISABLED", language, FACTS, "https://factures.example")

    assert mail.subject == subject
    for part in (mail.text, mail.html):
        assert why in part.replace("&#39;", "'")
        assert since in part
        assert "HTTP 503" in part
        assert "https://erp.example.org:8443/hooks?a=1" in part
        assert "https://factures.example/live" in part


def test_a_target_that_said_it_is_gone_is_told_as_that() -> None:
    mail = render("WEBHOOK_DISABLED", "EN", FACTS | {"why": "GONE"}, "https://factures.example")

    assert "It has answered that it wants nothing more (HTTP 410)." in mail.text


def test_a_hostile_address_stays_text() -> None:
    hostile = 'https://a.example/"><script>alert(1)</script>'

    mail = render("WEBHOOK_DISABLED", "CA", FACTS | {"url": hostile, "error": "<b>\r\nBcc: x"}, "https://f.example")

    assert "<script>" not in mail.html
    assert "<b>" not in mail.html
    assert "\nBcc" not in mail.text


async def test_deliveries_that_ended_are_forgotten_after_a_month_and_others_kept(database: Database) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    old, recent = now - DELIVERIES_KEPT - timedelta(minutes=1), now - DELIVERIES_KEPT + timedelta(minutes=1)
    with database.bound():
        for state, created_at in (("SENT", old), ("FAILED", old), ("QUEUED", old), ("SENT", recent)):
            await WebhookDelivery.create(
                webhook_id=new_id(),
                event="invoice.sent",
                body="{}",
                state=state,
                next_attempt_at=created_at,
                created_at=created_at,
            )

    await purge(database, now)

    left = await database.fetch("SELECT state, created_at FROM webhook_delivery ORDER BY state")
    assert [row[0] for row in left] == ["QUEUED", "SENT"]
