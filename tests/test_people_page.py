"""An administrator's people in a real browser: invited, limited, shut out, let in; passwords forgotten and changed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tramesa.tests.browser.chromium import Windows, chromium, find_chromium, photograph
from tramesa.tests.browser.office import PASSWORD, REGISTRAR, Office, furnish, sign_in
from tramesa.tests.onboarding import text_of
from tramesa.tests.people import LINK
from tramesa.tests.servers.process import ServerProcess

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium on this machine")

NEW, ANOTHER = "nuria@vilanova.example", "una altra contrasenya"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people")


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[Office]:
    settings = {"TRAMESA_DATABASE_URL": f"sqlite://{folder}/pages.sqlite3"}
    furnish({**{name: value for name, value in os.environ.items() if not name.startswith("TRAMESA_")}, **settings})
    with ServerProcess(folder / "log", settings) as server:
        yield Office(server.url)


@pytest.fixture
async def windows(office: Office) -> AsyncIterator[Windows]:
    async with chromium() as browser:
        windows = Windows(browser, office.url)
        yield windows
    assert windows.faults == []


async def link_to(folder: Path, address: str, what: str) -> str:
    """The link of a kind that the server mails to an address, once it has."""
    async with asyncio.timeout(20):
        while True:
            for path in (folder / "outgoing-mail").glob("*.eml"):
                mail = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
                found = LINK.search(text_of(mail))
                if mail["To"] == address and found is not None and found[1] == what:
                    return found[0]
            await asyncio.sleep(0.1)


async def people(page: Page) -> None:
    await page.locator("[data-key=people]").click()
    await expect(page.locator(f'[data-person="{REGISTRAR}"]')).to_be_visible()


async def test_a_colleague_is_invited_comes_in_is_limited_and_shut_out(
    office: Office, windows: Windows, folder: Path
) -> None:
    invoice, _ = office.issue()
    admin = await windows.open("/live")
    await sign_in(admin, REGISTRAR)
    await people(admin)
    # The only administrator cannot be shut out.
    own = admin.locator(f'[data-person="{REGISTRAR}"]')
    await expect(own.locator("button")).to_have_count(1)
    await admin.locator("[data-key=invite]").press("Enter")
    form = admin.locator("form[data-form=new]")
    await expect(form.locator("[name=email]")).to_be_focused()
    await form.locator("[name=email]").fill(NEW)
    await form.locator("[name=name]").fill("Núria Pla")
    await form.locator("[name=role][value=ACCOUNTANT]").press("Space")
    await form.locator("[name=offices]").fill("l01083077")
    await photograph(admin, "people-invite", full_page=True)
    await form.locator("[type=submit]").click()
    # A code that no invoice to it names would hide everything.
    await expect(admin.locator(".problem")).to_contain_text("L01083077")
    await form.locator("[name=offices]").fill("")
    await form.locator("[type=submit]").click()
    await expect(admin.locator(f'[data-invited="{NEW}"]')).to_contain_text("Joan Puig")

    colleague = await windows.open(await link_to(folder, NEW, "join"), locale="es-ES")
    assert colleague.url == f"{office.url}/live?join"
    await expect(colleague.locator("[name=email]")).to_have_value(NEW)
    await photograph(colleague, "people-come-es")
    await colleague.locator("[name=name]").fill("Núria Pla i Roca")
    await colleague.locator("[name=password]").fill(PASSWORD)
    await colleague.locator("[type=submit]").click()
    await expect(colleague.locator(f'[data-row="{invoice}"]')).to_be_visible()
    await expect(colleague.locator("[data-key=people]")).to_have_count(0)

    await admin.locator("[data-key=close-people]").click()
    await people(admin)
    card = admin.locator(f'[data-person="{NEW}"]')
    await expect(card).to_contain_text("Núria Pla i Roca")
    await card.get_by_role("button", name="Canvia").click()
    await admin.locator("[name=role][value=ADMIN]").check()
    await photograph(admin, "people-change", full_page=True)
    await admin.get_by_role("button", name="Desa", exact=True).click()
    await expect(card).to_contain_text("Comptabilitat · Administració")
    await card.get_by_role("button", name="No la deixis entrar").click()
    await photograph(admin, "people-shutting-out")
    await admin.locator("dialog .danger").click()

    await expect(card).to_have_attribute("data-active", "false")
    await expect(colleague.locator("#email")).to_be_visible()
    await expect(colleague.locator(".notice")).to_be_visible()
    await admin.locator(".log summary").click()
    await expect(admin.locator("[data-step]")).to_have_count(6)
    await photograph(admin, "people-list", full_page=True)
    await card.get_by_role("button", name="Deixa-la entrar").click()
    await expect(card).to_have_attribute("data-active", "true")


async def test_a_link_that_was_used_or_cut_off_says_so(windows: Windows) -> None:
    key = "34679-ACDEF-HJKMN-PQRTV-WXY34-679AC"
    cut = await windows.open(f"/live?password#{key[:-3]}:a@b.example", locale="en-GB")
    await expect(cut.locator(".lead")).to_contain_text("This link is good no more")
    await cut.locator(".card .primary").click()
    await expect(cut.locator("#email")).to_be_focused()
    assert cut.url.endswith("/live?forgotten")


async def test_a_forgotten_password_is_chosen_anew_and_a_known_one_changed(
    office: Office, windows: Windows, folder: Path
) -> None:
    page = await windows.open("/live", locale="ca-ES", color_scheme="dark")
    await page.locator("#email").fill(REGISTRAR)
    await page.locator("[data-key=forgotten]").click()
    await expect(page.locator("#email")).to_have_value(REGISTRAR)
    await photograph(page, "people-forgotten-dark")
    await page.locator("form [type=submit]").click()
    await expect(page.locator(".lead")).to_contain_text(REGISTRAR)
    await page.goto(await link_to(folder, REGISTRAR, "password"))
    await photograph(page, "people-reset-dark")
    await page.locator("[name=password]").fill(ANOTHER)
    await page.locator("[type=submit]").click()
    await expect(page.locator(".live")).to_have_attribute("data-state", "live")

    await page.locator("[data-key=account]").click()
    await page.locator("[name=current]").fill("no és aquesta")
    await page.locator("[name=next]").fill(PASSWORD)
    await page.locator("article [type=submit]").click()
    await expect(page.locator(".problem")).to_have_text("La contrasenya actual no és correcta.")
    await page.locator("[name=current]").fill(ANOTHER)
    await page.locator("article [type=submit]").click()
    await expect(page.locator(".notice")).to_be_visible()
    await photograph(page, "people-account-dark")
    await page.locator("[data-key=sign-out]").click()
    await sign_in(page, REGISTRAR)
