"""A receiver that is not here yet, walked by both sides in a real browser: written to, invited, let in."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tramesa.tests.browser.chromium import Windows, chromium, find_chromium, photograph
from tramesa.tests.browser.office import ISSUER, Office, furnish, sign_in
from tramesa.tests.onboarding import KEY, text_of
from tramesa.tests.servers.process import ServerProcess

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium on this machine")

NEWCOMER = "B83376244"
LINK = re.compile(r"http://\S+/live\?invitation=\S+")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("newcomers")


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


async def mail_to(folder: Path, address: str) -> EmailMessage:
    """The mail that the server sends to an address, once it has."""
    async with asyncio.timeout(20):
        while True:
            for path in (folder / "outgoing-mail").glob("*.eml"):
                mail = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
                if mail["To"] == address:
                    return mail
            await asyncio.sleep(0.1)


async def write_to_newcomer(page: Page) -> None:
    """An invoice to somebody who is not here, written on the page."""
    await page.locator('.starters [data-key="new"], .starters button').first.click()
    composer = page.locator(".composer")
    await composer.locator("[name=taxId]").fill(NEWCOMER)
    await composer.locator("[name=number]").fill("N-1")
    await composer.locator("summary").click()
    await composer.locator("[name=receiverName]").fill("Forn Sant Jordi, SL")
    await composer.locator("[name=receiverEmail]").fill("forn@exemple.cat")
    await composer.locator("[name=description]").fill("Taulell de roure")
    await composer.locator("[name=unitPrice]").fill("1240,50")
    await photograph(page, "newcomer-composer")
    await composer.locator("[type=submit]").click()


async def second_key(page: Page) -> str:
    """The second key as the issuer makes and sees it."""
    panel = page.locator(".invitation")
    await expect(panel).to_be_visible()
    await photograph(page, "newcomer-waiting")
    await panel.locator('[data-key="invitation-create"]').click()
    secret = await page.locator("output.secret").inner_text()
    await photograph(page, "newcomer-second-key")
    await page.locator("dialog .primary").click()
    await expect(panel.locator('[data-key="invitation-renew"]')).to_be_visible()
    await panel.locator("summary").click()
    await expect(panel.locator("[data-step=KEY_CREATED]")).to_be_visible()
    return secret


async def test_a_newcomer_is_written_to_invited_and_let_in(office: Office, windows: Windows, folder: Path) -> None:
    issuer = await windows.open("/live")
    await sign_in(issuer, ISSUER)
    await write_to_newcomer(issuer)
    secret = await second_key(issuer)
    assert KEY.fullmatch(secret)
    link = LINK.search(text_of(await mail_to(folder, "forn@exemple.cat")))
    assert link is not None

    newcomer = await windows.open(link[0].removeprefix(office.url), locale="es-ES")
    assert newcomer.url == f"{office.url}/live?invitation={NEWCOMER}"
    form = newcomer.locator(".joining")
    await expect(form.locator("[name=taxId]")).to_have_value(NEWCOMER)
    assert KEY.fullmatch(await form.locator("[name=keyOne]").input_value())
    for name, text in {
        "keyTwo": secret[:-1] + ("A" if secret[-1] != "A" else "C"),
        "name": "Forn Sant Jordi, SL",
        "userName": "Rosa Forn",
        "email": "rosa@exemple.cat",
        "password": "pa de pagès",
    }.items():
        await form.locator(f"[name={name}]").fill(text)
    await form.locator("[type=submit]").click()
    # A slip is told here, and is no attempt.
    await expect(form.locator(".problem")).to_have_text(
        "Segunda clave: hay un error de tecleo. Revísela carácter a carácter."
    )
    await photograph(newcomer, "newcomer-signing-up", full_page=True)
    await form.locator("[name=keyTwo]").fill(secret.lower().replace("-", " "))
    await form.locator("[type=submit]").click()

    await expect(newcomer.locator(".live")).to_have_attribute("data-state", "live")
    await expect(newcomer.locator(".rows li")).to_have_count(1)
    await expect(newcomer.locator(".rows .pill")).to_have_text("Registrada")
    await photograph(newcomer, "newcomer-inbox")
    # The issuer's window shows it at once, and the panel is gone.
    await expect(issuer.locator(".history li").first).to_contain_text("Registrada")
    await expect(issuer.locator(".invitation")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("ca-ES", "El NIF i les claus no encaixen, o ja no serveixen. Demaneu a l’emissor que renovi la seva."),
        ("en-GB", "Tax id and keys do not fit together, or are no longer good. Ask the issuer to renew its key."),
    ],
)
async def test_keys_that_do_not_fit_are_told_in_words(windows: Windows, locale: str, sentence: str) -> None:
    key = "34679-ACDEF-HJKMN-PQRTV-WXY34-679AP"
    page = await windows.open(
        f"/live?invitation=B84911403#{key}", locale=locale, color_scheme="dark", viewport={"width": 390, "height": 844}
    )
    form = page.locator(".joining")
    given = {"keyTwo": key, "name": "X", "userName": "Y", "email": "x@exemple.cat", "password": "12345678"}
    for name, text in given.items():
        await form.locator(f"[name={name}]").fill(text)
    await form.locator("[type=submit]").click()

    await expect(form.locator(".problem")).to_have_text(sentence)
    await photograph(page, f"newcomer-refused-{locale[:2]}", full_page=True)
    await page.locator("[data-key=back]").click()
    await expect(page.locator("#email")).to_be_visible()
