"""On the page of an invoice people see where it is on its way to another platform, in their language."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.async_api import expect

from tramesa.models.database import open_database
from tramesa.models.domain.exchange import ReportedStep
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.identifiers import key_of
from tramesa.models.platforms.exchange import take_report
from tramesa.models.platforms.known import list_platforms
from tramesa.tests.browser.chromium import Windows, chromium, photograph
from tramesa.tests.browser.office import ISSUER, Office, furnish, open_invoice, sign_in
from tramesa.tests.servers.ports import free_port
from tramesa.tests.servers.process import ServerProcess

FAR = "A58818501"
LINE = {"description": "Feina", "quantity": "1", "unitPrice": "100", "taxRate": "21"}
ISSUE = (
    """mutation I($input: IssueInvoiceInput!) { issueInvoice(input: $input) { invoice { id } errors { message } } }"""
)

ASK = "mutation A($input: RequestCancellationInput!) { requestCancellation(input: $input) { errors { message } } }"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A server that knows a platform which does not answer."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    (tmp_path / "nord.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    settings = {"TRAMESA_DATABASE_URL": f"sqlite://{tmp_path}/pages.sqlite3"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRAMESA_")} | settings
    furnish(environment)
    for arguments in (
        ("add", "--name", "Banc del Nord", "--address", f"http://127.0.0.1:{free_port()}", "--key", "nord.pem"),
        ("directory", "add", FAR, "Banc del Nord", "--name", "Ferreteria Llunyana, S.A.", "--kind", "company"),
    ):
        command = (sys.executable, "-m", "tramesa.server.cli", "platform", *arguments)
        subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True)
    with ServerProcess(tmp_path / "log", settings) as server:
        yield Office(server.url)


async def test_people_see_where_an_invoice_is_on_its_way(office: Office, tmp_path: Path) -> None:
    wanted = {"receiver": {"taxId": FAR}, "number": "V-1", "issueDate": "2026-01-15", "lines": [LINE]}
    payload = office.ask(ISSUER, ISSUE, input=wanted)["issueInvoice"]
    assert payload["errors"] == []
    invoice = payload["invoice"]["id"]
    async with chromium() as browser:
        windows = Windows(browser, office.url)
        page = await windows.open("/live")
        await sign_in(page, ISSUER)
        await open_invoice(page, invoice)

        note = page.locator(".travel")
        await expect(note.locator("strong")).to_have_text("De camí a Banc del Nord")
        await photograph(page, "travelling")
        wish = {"invoiceId": invoice, "reason": "Enviada dues vegades"}
        assert office.ask(ISSUER, ASK, input=wish)["requestCancellation"]["errors"] == []
        on_its_way = page.locator(".cancellation [data-wish=travelling] small")
        await expect(on_its_way).to_have_text("De camí a Banc del Nord")
        await photograph(page, "wish-travelling")
        await reported(tmp_path, invoice)

        await expect(note.locator("strong")).to_have_text("Recollida per Banc del Nord")
        newest = page.locator(".history li").first
        await expect(newest).to_contain_text("Banc del Nord")
        await expect(newest).to_contain_text("fora de l’ordre habitual")
        await photograph(page, "arrived")
        for language, words in (("es", "Recogida por Banc del Nord"), ("en", "Taken over by Banc del Nord")):
            await page.locator("[data-key=language]").select_option(language)
            await expect(note.locator("strong")).to_have_text(words)
        assert windows.faults == []


async def reported(folder: Path, invoice_id: str) -> None:
    """The platform has it after all, and tells a step that nobody here would have taken."""
    database = await open_database(f"sqlite://{folder}/pages.sqlite3")
    [platform] = await list_platforms(database)
    at = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
    steps = [
        ReportedStep(version=2, to_status=InvoiceStatus.REGISTERED, at=at, registry_number="E/2026/000001"),
        ReportedStep(version=3, to_status=InvoiceStatus.RECOGNISED, at=at),
    ]
    await take_report(database, platform, key_of("Invoice", invoice_id), steps)
    await database.close()
