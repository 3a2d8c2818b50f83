"""The receiver's desk in a real browser: unread in bold for each, offices, filters under a name, figures that move."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tramesa.tests.browser.chromium import Windows, chromium, find_chromium, photograph
from tramesa.tests.browser.office import (
    ACCOUNTANT,
    ISSUER,
    RECEIVER_TAX_ID,
    REGISTRAR,
    Office,
    furnish,
    open_invoice,
    sign_in,
)
from tramesa.tests.servers.process import ServerProcess

OURS, THEIRS = "L01083077", "A09018933"

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("desk")
    settings = {"TRAMESA_DATABASE_URL": f"sqlite://{folder}/desk.sqlite3"}
    furnish({**{name: value for name, value in os.environ.items() if not name.startswith("TRAMESA_")}, **settings})
    with ServerProcess(folder / "log", settings) as server:
        yield Office(server.url)


@pytest.fixture
async def windows(office: Office) -> AsyncIterator[Windows]:
    async with chromium() as browser:
        windows = Windows(browser, office.url)
        yield windows
    assert windows.faults == []


def issue(office: Office, number: str, code: str) -> str:
    """The id of a new invoice that names one office in three roles."""
    mutation = """mutation I($input: IssueInvoiceInput!) {
      issueInvoice(input: $input) { invoice { id } errors { message } } }"""
    roles = ("ACCOUNTING_OFFICE", "MANAGING_BODY", "PROCESSING_UNIT")
    given: dict[str, Any] = {
        "receiver": {"taxId": RECEIVER_TAX_ID, "offices": [{"role": role, "code": code} for role in roles]},
        "number": number,
        "issueDate": "2026-11-02",
        "lines": [{"description": "Bancs de roure", "quantity": "4", "unitPrice": "128.09", "taxRate": "21"}],
    }
    issued = office.ask(ISSUER, mutation, input=given)["issueInvoice"]
    assert issued["errors"] == []
    return str(issued["invoice"]["id"])


async def listed(page: Page) -> list[str]:
    return [str(await row.get_attribute("data-row")) for row in await page.locator(".rows li").all()]


async def test_unread_is_each_persons_own(office: Office, windows: Windows) -> None:
    invoice = issue(office, "U-1", OURS)
    anna, ben = await windows.open("/live"), await windows.open("/live")
    await sign_in(anna, REGISTRAR)
    await sign_in(ben, ACCOUNTANT)

    await open_invoice(anna, invoice)

    await expect(anna.locator(f'[data-row="{invoice}"] a.unseen')).to_have_count(0)
    await ben.reload()
    await expect(ben.locator(f'[data-row="{invoice}"] a.unseen')).to_have_count(1)
    await ben.get_by_role("button", name="No llegides").click()
    await expect(ben.locator(f'[data-row="{invoice}"]')).to_have_count(1)
    await anna.get_by_role("button", name="No llegides").click()
    await expect(anna.locator(f'[data-row="{invoice}"]')).to_have_count(0)


async def test_an_office_narrows_the_list_and_a_filter_is_kept_under_a_name(office: Office, windows: Windows) -> None:
    ours, theirs = issue(office, "O-1", OURS), issue(office, "O-2", THEIRS)
    page = await windows.open("/live")
    await sign_in(page, ACCOUNTANT)
    await expect(page.locator(f'[data-row="{theirs}"] .of-office')).to_have_text(THEIRS)

    await page.get_by_label("Oficina (DIR3)").fill(OURS.lower())
    await page.get_by_label("Oficina (DIR3)").press("Enter")
    await expect(page.locator(f'[data-row="{theirs}"]')).to_have_count(0)
    await expect(page.locator(f'[data-row="{ours}"]')).to_have_count(1)
    await page.get_by_role("button", name="Desa el filtre").click()
    await page.get_by_label("Nom del filtre").fill("Els meus")
    await page.get_by_label("Comparteix-lo").check()
    await photograph(page, "desk-keeping")
    await page.get_by_role("button", name="Desa", exact=True).click()
    await expect(page.locator("[data-key=kept] option:checked")).to_have_text("Els meus")

    other = await windows.open("/live", locale="en-GB")
    await sign_in(other, REGISTRAR)
    await expect(other.locator(f'[data-row="{theirs}"]')).to_have_count(1)
    await other.locator("[data-key=kept]").select_option(label="Els meus · Laia Serra")
    await expect(other.locator(f'[data-row="{theirs}"]')).to_have_count(0)
    await expect(other.get_by_label("Office (DIR3)")).to_have_value(OURS)
    await photograph(other, "desk-kept-en")

    # What comes in is shown where the filter finds it, and nowhere else.
    fresh, hidden = issue(office, "O-3", OURS), issue(office, "O-4", THEIRS)
    await expect(other.locator(f'[data-row="{fresh}"]')).to_have_count(1)
    assert hidden not in await listed(other)
    await page.get_by_role("button", name="Esborra el filtre").click()
    await expect(page.locator(f'[data-row="{hidden}"]')).to_have_count(1)
    await expect(page.locator("[data-key=kept]")).to_have_count(0)


async def test_the_figures_move_by_themselves(office: Office, windows: Windows) -> None:
    invoice = issue(office, "F-1", OURS)
    page = await windows.open("/live", locale="es-ES", color_scheme="dark")
    await sign_in(page, ACCOUNTANT)
    waiting = page.locator("[data-figure=waiting] dd")
    await expect(waiting).not_to_have_text("0")
    before = int(await waiting.inner_text())

    second = issue(office, "F-2", OURS)
    await expect(waiting).to_have_text(str(before + 1))
    office.move("registerInvoiceInRcf", invoice, rcfNumber="R-1")
    office.move("markInvoicePaid", invoice, paymentDate="2099-01-01")

    await expect(waiting).to_have_text(str(before))
    await expect(page.locator("[data-figure=daysToPay] dt")).to_have_text("Período medio de pago")
    await expect(page.locator("[data-figure=daysToPay] dd")).to_contain_text("días")
    await expect(page.locator("[data-figure=daysWaiting] dd")).to_contain_text("0 días")
    await expect(page.locator(f'[data-row="{second}"]')).to_have_count(1)
    await photograph(page, "desk-figures-es-dark")


async def test_a_kept_filter_brings_its_order_and_columns(office: Office, windows: Windows) -> None:
    small = issue(office, "Z-1", OURS)
    large, _ = office.issue(lines=[{"description": "Taula", "quantity": "1", "unitPrice": "9000", "taxRate": "21"}])
    page = await windows.open("/live")
    await sign_in(page, ACCOUNTANT)
    await expect(page.locator(f'[data-row="{large}"]')).to_have_count(1)

    await page.get_by_role("button", name="Presentació").press("Enter")
    await page.get_by_label("Ordre").select_option(label="Import més petit")
    await page.get_by_label("Número de registre").check()
    await page.get_by_label("Últim canvi", exact=True).uncheck()
    await expect(page.locator(".rows li").last).to_have_attribute("data-row", large)
    await expect(page.locator(f'[data-row="{small}"] .number')).to_contain_text("E/2026/")
    await expect(page.locator(f'[data-row="{small}"] time')).to_have_count(0)
    await photograph(page, "desk-view")
    await page.get_by_role("button", name="Desa el filtre").click()
    await page.get_by_label("Nom del filtre").fill("Petites")
    await page.get_by_label("Comparteix-lo").check()
    await page.get_by_role("button", name="Desa", exact=True).click()
    await expect(page.locator("[data-key=kept] option:checked")).to_have_text("Petites")

    other = await windows.open("/live", locale="en-GB")
    await sign_in(other, REGISTRAR)
    await expect(other.locator(".rows li").first).to_have_attribute("data-row", large)
    await expect(other.locator(f'[data-row="{small}"] time')).to_have_count(1)
    await other.locator("[data-key=kept]").select_option(label="Petites · Laia Serra")
    await expect(other.locator(".rows li").last).to_have_attribute("data-row", large)
    await expect(other.locator(f'[data-row="{small}"] .number')).to_contain_text("E/2026/")
    await expect(other.locator(f'[data-row="{small}"] time')).to_have_count(0)

    # What comes in stands where the order has it, and without the filter all is as it was.
    tiny, _ = office.issue(lines=[{"description": "Clau", "quantity": "1", "unitPrice": "1", "taxRate": "21"}])
    await expect(other.locator(".rows li").first).to_have_attribute("data-row", tiny)
    await other.locator("[data-key=kept]").select_option(value="")
    await expect(other.locator(f'[data-row="{small}"] time')).to_have_count(1)
    # What was chosen by hand is there again after a reload.
    await page.reload()
    await expect(page.locator(".rows li").last).to_have_attribute("data-row", large)
    await photograph(other, "desk-view-en")
