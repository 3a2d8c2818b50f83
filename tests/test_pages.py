"""The two pages that people look at, in a real browser against a real server."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from tramesa.tests.browser.chromium import Windows, chromium, find_chromium, photograph
from tramesa.tests.browser.office import (
    ACCOUNTANT,
    ISSUER,
    ISSUER_TAX_ID,
    PASSWORD,
    RECEIVER_TAX_ID,
    REGISTRAR,
    Office,
    furnish,
    open_invoice,
    sign_in,
)
from tramesa.tests.pictures import text_of
from tramesa.tests.servers.process import ServerProcess

EXPLORER = Path(__file__).parent.parent / "server/pages/explorer/index.html"

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="there is no Chromium on this machine")

CONTRAST = """() => {
  const light = (text) => {
    const parts = text.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll(".rail button[data-status]")].map(({ dataset: { status } }) => {
    const pill = document.createElement("span");
    pill.className = "pill";
    pill.dataset.status = status;
    document.body.append(pill);
    const { color, backgroundColor } = getComputedStyle(pill);
    pill.remove();
    const [a, b] = [light(color), light(backgroundColor)].sort((x, y) => y - x);
    return [status, (a + 0.05) / (b + 0.05)];
  });
}"""

RENEW = """() => {
  window.renewing = import("/live/session.js").then(({ refresh, currentToken }) => refresh(currentToken()));
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("pages")
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


async def steps(page: Page) -> list[str]:
    """The states in the open invoice's history, newest first."""
    return [str(await step.get_attribute("data-status")) for step in await page.locator(".history li").all()]


async def test_a_change_appears_in_the_other_open_window(office: Office, windows: Windows) -> None:
    invoice, number = office.issue()
    issuer, receiver = await windows.open("/live"), await windows.open("/live", color_scheme="dark")
    await sign_in(issuer, ISSUER)
    await sign_in(receiver, REGISTRAR)
    await open_invoice(issuer, invoice)
    await issuer.evaluate("window.neverReloaded = true")
    annotated = issuer.locator(".rail [data-status=REGISTERED_IN_RCF] .count")
    before = int(await annotated.inner_text())
    assert await steps(issuer) == ["REGISTERED", "SENT"]

    await open_invoice(receiver, invoice)
    await receiver.get_by_role("button", name="Registra en RCF").click()
    await photograph(receiver, "dialog-dark")
    await receiver.get_by_label("Número de registre comptable (RCF)").fill("RCF-2026-77")
    await receiver.locator("dialog [type=submit]").click()

    newest = issuer.locator(".history li").first
    await expect(newest).to_contain_text("Registrada en RCF")
    await expect(newest).to_contain_text("Joan Puig")
    await expect(newest).to_contain_text("Número de RCF: RCF-2026-77")
    await expect(issuer.locator(f'[data-row="{invoice}"] .pill')).to_have_text("Registrada en RCF")
    await expect(issuer.locator(".rows li").first).to_have_attribute("data-row", invoice)
    await expect(issuer.locator(".toast")).to_have_text(f"{number} · Registrada en RCF")
    await expect(annotated).to_have_text(str(before + 1))
    await expect(receiver.locator(".history li")).to_have_count(3)
    assert await steps(issuer) == ["REGISTERED_IN_RCF", "REGISTERED", "SENT"]
    assert await issuer.evaluate("window.neverReloaded")
    await photograph(issuer, "moved")
    await photograph(receiver, "moved-dark")


async def test_what_happened_while_offline_comes_once_and_is_counted(office: Office, windows: Windows) -> None:
    invoice, _ = office.issue()
    issuer = await windows.open("/live")
    await sign_in(issuer, ISSUER)
    await open_invoice(issuer, invoice)
    office.move("markInvoiceDelivered", invoice)
    await expect(issuer.locator(".history li")).to_have_count(3)

    conformed = issuer.locator(".rail [data-status=CONFORMED] .count")
    before = int(await conformed.inner_text())

    await issuer.context.set_offline(offline=True)
    await expect(issuer.locator(".live")).to_have_text("Sense connexió")
    office.move("registerInvoiceInRcf", invoice, rcfNumber="RCF-1")
    office.move("conformInvoice", invoice)
    await photograph(issuer, "offline")
    await issuer.context.set_offline(offline=False)

    await expect(issuer.locator(".live")).to_have_text("En directe · 2 canvis recuperats")
    await expect(issuer.locator(".history li")).to_have_count(5)
    assert await steps(issuer) == ["CONFORMED", "REGISTERED_IN_RCF", "DELIVERED", "REGISTERED", "SENT"]
    await expect(issuer.locator(f'[data-row="{invoice}"]')).to_have_count(1)
    await expect(conformed).to_have_text(str(before + 1))
    await photograph(issuer, "resumed")


async def test_a_cut_socket_is_opened_again_after_the_last_change_seen(office: Office, windows: Windows) -> None:
    invoice, _ = office.issue()
    issuer = await windows.open("/live")
    await sign_in(issuer, ISSUER)
    await open_invoice(issuer, invoice)
    office.move("markInvoiceDelivered", invoice)
    await expect(issuer.locator(".history li")).to_have_count(3)

    await issuer.evaluate("sockets.at(-1).close()")
    await expect(issuer.locator(".live")).to_have_attribute("data-state", "reconnecting")
    office.move("registerInvoiceInRcf", invoice, rcfNumber="RCF-2")

    await expect(issuer.locator(".live")).to_have_attribute("data-resumed", "1")
    await expect(issuer.locator(".history li")).to_have_count(4)
    assert await issuer.evaluate("sockets.length") == 2


async def test_an_expired_token_is_replaced_and_the_feed_goes_on(office: Office, windows: Windows) -> None:
    invoice, _ = office.issue()
    issuer = await windows.open("/live")
    await sign_in(issuer, ISSUER)
    before = await issuer.evaluate("sessionStorage.getItem('tramesa.session')")
    opened = await issuer.evaluate("sockets.length")

    # What the server does with an expired token; the frame comes back with the same code.
    await issuer.evaluate("sockets.at(-1).close(4403)")

    await issuer.wait_for_function("opened => sockets.length === opened + 1", arg=opened)
    await expect(issuer.locator(".live")).to_have_attribute("data-state", "live")
    office.move("markInvoiceDelivered", invoice)
    await expect(issuer.locator(f'[data-row="{invoice}"] .pill')).to_have_text("Lliurada")
    assert await issuer.evaluate("sessionStorage.getItem('tramesa.session')") != before


async def test_two_copies_of_a_tab_do_not_spend_the_same_refresh_token(windows: Windows) -> None:
    one = await windows.open("/live")
    await sign_in(one, ISSUER)
    kept = await one.evaluate("sessionStorage.getItem('tramesa.session')")
    other = await one.context.new_page()
    await other.add_init_script(f"if (!sessionStorage.length) sessionStorage.setItem('tramesa.session', {kept!r})")
    await other.goto("/live")
    await expect(other.locator(".live")).to_have_attribute("data-state", "live")

    for page in (one, other):
        await page.evaluate(RENEW)
    tokens = {await page.evaluate("window.renewing") for page in (one, other)}

    assert len(tokens) == 1
    await one.get_by_role("button", name="Surt").click()
    await expect(other.get_by_label("Contrasenya")).to_be_visible()


async def test_a_wrong_password_is_told_kindly(windows: Windows) -> None:
    page = await windows.open("/live")
    await photograph(page, "sign-in")
    await page.locator("#email").fill(ISSUER)
    await page.locator("#password").fill("not this one")
    await page.locator("form [type=submit]").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "El correu o la contrasenya no són correctes. Torneu-ho a provar."
    )
    assert await page.evaluate("sessionStorage.length") == 0


async def test_three_languages(office: Office, windows: Windows) -> None:
    invoice, _ = office.issue()
    page = await windows.open(f"/live?invoice={invoice}", locale="es-ES")
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await sign_in(page, ISSUER)
    await expect(page.locator(".list h1")).to_have_text("Facturas emitidas")
    await expect(page.locator(".payable strong")).to_have_text("619,96\xa0€")

    await page.get_by_label("Idioma").select_option("en")
    await expect(page.locator(".list h1")).to_have_text("Invoices sent")
    await expect(page.locator(".payable strong")).to_have_text("€619.96")
    await expect(page.locator(".facts dd").first).to_have_text("2 Nov 2026")
    await page.reload()
    await expect(page.locator(".history h2")).to_have_text("History")

    await page.get_by_label("Language").select_option("ca")
    await expect(page.locator(".history li strong").first).to_have_text("Registrada")


async def test_an_invoice_written_here_is_new_to_the_receiver_until_it_is_opened(windows: Windows) -> None:
    issuer, receiver = await windows.open("/live"), await windows.open("/live")
    await sign_in(issuer, ISSUER)
    await sign_in(receiver, ACCOUNTANT)
    await issuer.get_by_role("button", name="Nova factura").click()
    await issuer.get_by_label("NIF del receptor").fill("A58818501")
    await issuer.get_by_label("Número").fill("N-1")
    await issuer.get_by_label("Descripció").fill("Cadires")
    await issuer.get_by_label("Preu").fill("10,50")
    await issuer.get_by_role("button", name="Envia la factura").click()
    tax_id = issuer.get_by_label("NIF del receptor")
    await expect(tax_id).to_be_focused()
    await expect(tax_id).to_have_accessible_description(re.compile("^Aquest receptor no està donat d’alta a Tramesa"))
    await expect(issuer.get_by_label("Nom del receptor")).to_be_visible()

    await tax_id.fill(RECEIVER_TAX_ID)
    await expect(tax_id).not_to_have_attribute("aria-invalid", "true")
    await issuer.get_by_label("Llengua").select_option("es")
    await expect(issuer.get_by_label("Descripción")).to_have_value("Cadires")
    await issuer.get_by_label("IVA %").fill("210")
    await issuer.get_by_role("button", name="Enviar la factura").click()
    await expect(issuer.get_by_label("IVA %")).to_have_accessible_description("El porcentaje va de 0 a 100.")
    await issuer.get_by_label("IVA %").fill("21")
    await issuer.get_by_label("Idioma").select_option("ca")
    await photograph(issuer, "new")
    await issuer.get_by_role("button", name="Envia la factura").click()
    await expect(issuer.locator(".payable strong")).to_have_text("12,71\xa0€")

    await issuer.get_by_role("button", name="Avisos").click()
    await expect(issuer.locator(".detail h1")).to_have_text("Avisos per correu")
    await issuer.go_back()
    await expect(issuer.locator(".payable strong")).to_have_text("12,71\xa0€")

    row = receiver.locator(".rows li", has_text="N-1")
    await expect(row.locator("a")).to_have_class("unseen")
    await row.locator("a").click()
    await expect(row.locator("a")).not_to_have_class("unseen")
    await receiver.reload()
    await expect(row.locator(".pill")).to_have_text("Registrada")
    await expect(row.locator("a")).not_to_have_class("unseen")


async def test_a_file_brought_twice_leads_to_the_one_that_is_there(
    office: Office, windows: Windows, tmp_path: Path
) -> None:
    invoice, number = office.issue()
    page = await windows.open("/live", accept_downloads=True)
    await sign_in(page, ISSUER)
    await open_invoice(page, invoice)
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Factura original").click()
    download = await coming.value
    await download.save_as(tmp_path / "again.xml")
    assert number in (tmp_path / "again.xml").read_text()

    await page.get_by_role("button", name="Importa un fitxer").click()
    await page.get_by_label("Fitxer").set_input_files(tmp_path / "again.xml")
    await page.get_by_role("button", name="Importa", exact=True).click()
    await page.get_by_role("button", name=re.compile("Obre-la")).click()
    await expect(page.locator(f'[data-invoice="{invoice}"] h1')).to_have_text(number)


async def test_an_invoice_is_had_as_a_picture_and_its_entry_as_a_receipt(
    office: Office, windows: Windows, tmp_path: Path
) -> None:
    invoice, number = office.issue()
    page = await windows.open("/live", accept_downloads=True)
    await sign_in(page, ISSUER)
    await open_invoice(page, invoice)
    text = {}
    for name in "Imatge en PDF", "Rebut d’entrada":
        async with page.expect_download() as coming:
            await page.get_by_role("link", name=name).click()
        await (await coming.value).save_as(tmp_path / "sheet.pdf")
        text[name] = text_of((tmp_path / "sheet.pdf").read_bytes())

    assert f"Registrada Factura {number} A pagar " in text["Imatge en PDF"]
    assert "Rebut d’entrada de factura electrònica E/" in text["Rebut d’entrada"]
    await expect(page.get_by_role("link", name="UBL 2.1")).to_have_count(1)


async def test_a_broken_file_is_refused_with_every_finding(windows: Windows, tmp_path: Path) -> None:
    (tmp_path / "broken.xml").write_text("<Facturae>")
    page = await windows.open("/live")
    await sign_in(page, ISSUER)
    await page.get_by_role("button", name="Importa un fitxer").click()
    await page.get_by_label("Fitxer").set_input_files(tmp_path / "broken.xml")
    await page.get_by_role("button", name="Importa", exact=True).click()
    await expect(page.locator(".findings code").first).to_have_text("HF01")
    await expect(page.locator(".findings span").first).to_have_text("El document no és un XML ben format.")
    await photograph(page, "import-refused")


async def test_a_dialog_is_left_by_escape_and_refuses_what_is_out_of_date(office: Office, windows: Windows) -> None:
    invoice, _ = office.issue()
    page = await windows.open("/live")
    await sign_in(page, REGISTRAR)
    await open_invoice(page, invoice)
    reject = page.get_by_role("button", name="Rebutja", exact=True)
    await reject.click()
    await expect(page.get_by_label("Motiu del rebuig")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(reject).to_be_focused()

    await reject.click()
    await page.get_by_label("Motiu del rebuig").fill("Falta el número de comanda")
    office.move("markInvoiceDelivered", invoice)
    await expect(page.locator(".history li")).to_have_count(3)
    await page.locator("dialog [type=submit]").click()
    await expect(page.get_by_role("alert")).to_contain_text("Algú ha canviat la factura mentrestant.")
    assert await steps(page) == ["DELIVERED", "REGISTERED", "SENT"]


async def test_searching_and_choosing_a_state(office: Office, windows: Windows) -> None:
    invoice, number = office.issue()
    office.issue()
    page = await windows.open("/live")
    await sign_in(page, ISSUER)
    await page.get_by_role("searchbox").fill(number)
    await expect(page.locator(".rows li")).to_have_count(1)
    await expect(page.locator('.rail [data-key="state-null"] .count')).to_have_text("1")
    await page.locator(".rail button[data-status=PAID]").click()
    await expect(page.locator(".foot")).to_have_text("No s’ha trobat cap factura.")
    await page.locator(".rail button[data-status=REGISTERED]").click()
    await expect(page.locator(".rows li")).to_have_attribute("data-row", invoice)

    office.move("markInvoiceDelivered", invoice)
    await expect(page.locator(".rows li")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_everything_and_every_state_is_readable(
    office: Office, windows: Windows, scheme: str
) -> None:
    invoice, _ = office.issue()
    page = await windows.open("/live", viewport={"width": 360, "height": 740}, color_scheme=scheme)
    await sign_in(page, REGISTRAR)
    await expect(page.locator(".rows li").first).to_be_visible()
    await photograph(page, f"phone-{scheme}")
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    ratios = await page.evaluate(CONTRAST)
    assert [status for status, ratio in ratios if ratio < 4.5] == []
    assert len(ratios) == 10

    await open_invoice(page, invoice)
    await photograph(page, f"phone-invoice-{scheme}", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await page.get_by_role("button", name="Tanca la factura").click()
    await expect(page.locator(f'[data-row="{invoice}"] a')).to_be_focused()


@pytest.mark.skipif(not EXPLORER.exists(), reason="GraphiQL was not taken: scripts/explorer, which needs npm")
async def test_the_explorer_signs_in_and_subscribes(office: Office, windows: Windows) -> None:
    invoice, number = office.issue()
    page = await windows.open("/")
    await page.wait_for_load_state("networkidle")  # the editors are filled anew when the schema has come
    answer = page.locator(".result-window .CodeMirror-code")
    run = page.get_by_role("button", name=re.compile("Execute query|Stop query"))

    async def write(editor: str, text: str) -> None:
        await page.locator(f"{editor} .CodeMirror").evaluate(
            "(element, text) => element.CodeMirror.setValue(text)", text
        )

    credentials = f'{{ email: "{ISSUER}", password: "{PASSWORD}" }}'
    await write(".graphiql-query-editor", f"mutation Enter {{ signIn(input: {credentials}) {{ accessToken }} }}")
    await expect(page.get_by_role("tab", name="Enter")).to_be_visible()  # the tabs lag behind the editor
    await run.click()
    await expect(answer).to_contain_text("accessToken")
    token = re.search(
        r'"accessToken": "([^"]+)"',
        await page.locator(".result-window .CodeMirror").evaluate("(element) => element.CodeMirror.getValue()"),
    )
    assert token

    await page.get_by_role("tab", name="Changes").click()
    await expect(page.locator(".graphiql-query-editor .CodeMirror-code")).to_contain_text("invoiceStatusChanged")
    await write('[aria-label="Headers"] .graphiql-editor:not(.hidden)', f'{{ "Authorization": "Bearer {token[1]}" }}')
    subscribed = asyncio.Event()
    page.on(
        "websocket", lambda socket: socket.on("framesent", lambda frame: '"subscribe"' in frame and subscribed.set())
    )
    await run.click()
    await asyncio.wait_for(subscribed.wait(), 10)
    office.move("markInvoiceDelivered", invoice)
    await expect(answer).to_contain_text(number)
    await expect(answer).to_contain_text("DELIVERED")
    await photograph(page, "explorer")


async def test_an_administrator_says_who_is_mailed_and_sees_what_was(office: Office, windows: Windows) -> None:
    _, number = office.issue()
    page = await windows.open("/live", locale="en-GB")
    await sign_in(page, REGISTRAR)
    await page.get_by_role("button", name="Notices").click()
    await expect(page.get_by_text("No address is told of anything.")).to_be_visible()

    await page.get_by_role("button", name="Add an address").click()
    await page.get_by_label("Address").fill("register@vilanova.example")
    await page.get_by_label("A new invoice received").check()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".address")).to_contain_text("register@vilanova.example")
    _, number = office.issue()
    await page.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Notices").click()

    await expect(page.locator(".mail").first).to_contain_text(f"New invoice{number}register@vilanova.example")
    await photograph(page, "notices")
    await page.locator(".address").get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("No address is told of anything.")).to_be_visible()


async def test_an_answer_that_comes_late_takes_nothing_from_who_is_typing(office: Office, windows: Windows) -> None:
    page = await windows.open("/live", locale="en-GB")
    await sign_in(page, REGISTRAR)
    typed = asyncio.Event()

    async def late(route: Route) -> None:
        if "apiTokens" in (route.request.post_data or ""):
            await typed.wait()
        await route.continue_()

    await page.route("**/graphql", late)
    await page.get_by_role("button", name="Programs").click()
    await page.get_by_role("button", name="Make a token").click()
    await page.get_by_label("What for").fill("Sicalwin")
    await page.get_by_label("Send invoices").check()
    await page.get_by_label("What for").focus()
    await page.evaluate("() => { window.before = document.querySelector('form.address-form'); }")

    typed.set()
    await page.wait_for_function("() => document.querySelector('form.address-form') !== window.before")

    await expect(page.get_by_label("What for")).to_have_value("Sicalwin")
    await expect(page.get_by_label("What for")).to_be_focused()
    await expect(page.get_by_label("Send invoices")).to_be_checked()


async def test_an_administrator_gives_a_program_its_token_and_a_webhook(office: Office, windows: Windows) -> None:
    page = await windows.open("/live", locale="ca-ES")
    await sign_in(page, REGISTRAR)
    await page.get_by_role("button", name="Programes").click()

    await page.get_by_role("button", name="Crea un testimoni").click()
    await page.get_by_label("Per a què").fill("Facturaplus")
    await page.get_by_label("Tramitar les factures rebudes").check()
    await page.get_by_role("button", name="Crea", exact=True).click()
    await expect(page.locator(".secret")).to_contain_text("tra_")
    await expect(page.locator(".address").first).to_contain_text("Llegir factures · Tramitar les factures rebudes")

    await page.get_by_role("button", name="Afegeix un webhook").click()
    await page.get_by_label("Adreça").fill("https://127.0.0.1/hooks")
    await page.get_by_role("button", name="Afegeix", exact=True).click()
    internal = "És una adreça interna: només s’envia a adreces públiques."
    await expect(page.get_by_label("Adreça")).to_have_accessible_description(re.compile(internal))
    await page.get_by_label("Adreça").fill("https://erp.example.org/hooks")
    await page.get_by_role("button", name="Afegeix", exact=True).click()
    await expect(page.locator(".secret")).to_contain_text("whsec_")
    await expect(page.locator(".target")).to_have_text("https://erp.example.org/hooks")
    for language, title in (("en", "Programs"), ("es", "Programas"), ("ca", "Programes")):
        await page.locator("select.language").select_option(language)
        await expect(page.locator(".composer h1")).to_have_text(title)
        await photograph(page, f"programs-{language}")
    await page.get_by_role("button", name="Desactiva").click()
    await expect(page.locator("li.address .notice")).to_contain_text("Desactivat")


async def test_an_issuer_asks_for_a_cancellation_and_the_receiver_answers_in_another_window(
    office: Office, windows: Windows
) -> None:
    invoice, number = office.issue()
    issuer = await windows.open(f"/live?invoice={invoice}", locale="es-ES")
    receiver = await windows.open(f"/live?invoice={invoice}", locale="ca-ES")
    await sign_in(issuer, ISSUER)
    await sign_in(receiver, ACCOUNTANT)
    await expect(receiver.locator(".history li")).to_have_count(2)

    await issuer.get_by_role("button", name="Pedir la anulación").click()
    await photograph(issuer, "cancellation-dialog")
    await issuer.get_by_label("Motivo").fill("Enviada dos veces")
    await issuer.locator("dialog [type=submit]").click()
    await expect(issuer.locator(".cancellation h2")).to_have_text("Se ha pedido la anulación")
    await expect(issuer.get_by_role("button", name="Retirar la solicitud")).to_be_visible()

    await expect(receiver.locator(".cancellation h2")).to_have_text("L’emissor demana que anul·leu aquesta factura")
    await expect(receiver.locator(".cancellation")).to_contain_text("Enviada dos veces")
    await expect(receiver.locator(f'[data-row="{invoice}"] .asked')).to_have_text("Anul·lació demanada")
    await expect(receiver.locator(".toast")).to_have_text(f"{number} · S’ha demanat l’anul·lació")
    await photograph(receiver, "cancellation-asked")
    await receiver.get_by_label("Llengua").select_option("en")
    await receiver.get_by_role("button", name="Accept and cancel").click()
    await receiver.get_by_label("Comment (optional)").fill("Agreed")
    await receiver.locator("dialog [type=submit]").click()

    await expect(issuer.locator(".head .pill")).to_have_text("Anulada")
    await expect(issuer.locator(f'[data-row="{invoice}"] .asked')).to_have_count(0)
    await expect(issuer.locator(".cancellation h2")).to_have_text("La anulación se ha aceptado")
    await expect(issuer.locator(".cancellation")).to_contain_text("Agreed")
    await expect(issuer.locator(".history li").first).to_contain_text("Laia Serra")
    await photograph(issuer, "cancellation-accepted")


async def test_a_corrected_invoice_and_its_corrective_lead_to_each_other(office: Office, windows: Windows) -> None:
    invoice, number = office.issue()
    corrective, _ = office.issue(corrects={"number": number, "reasonCode": "01", "method": "02"})
    page = await windows.open(f"/live?invoice={invoice}", locale="en-GB")
    await sign_in(page, ISSUER)

    await page.locator(f'.facts [data-opens="{corrective}"]').click()
    await expect(page.locator(f'[data-invoice="{corrective}"] .facts [data-opens="{invoice}"]')).to_contain_text(number)
    await photograph(page, "corrections")


async def test_an_invoice_is_followed_without_signing_in(office: Office, windows: Windows) -> None:
    _, number = office.issue()
    page = await windows.open("/live", locale="ca-ES")
    await page.get_by_role("link", name="Segueix una factura").click()
    await page.get_by_label("Número").fill(number)
    await page.get_by_label("NIF de l’emissor").fill(ISSUER_TAX_ID)
    await page.get_by_label("NIF del receptor").fill(RECEIVER_TAX_ID)
    await page.get_by_label("Import a pagar").fill("1.000,00")
    await page.get_by_role("button", name="Mostra’n l’estat").click()
    await expect(page.locator("[data-found=no]")).to_contain_text("No hi ha cap factura")

    await page.get_by_label("Import a pagar").fill("619,96 €")
    await page.get_by_role("button", name="Mostra’n l’estat").click()
    await expect(page.locator("[data-found=yes] li strong")).to_have_text(["Registrada", "Tramesa"])
    await page.get_by_label("Llengua").select_option("es")
    await expect(page.locator("[data-found=yes] li strong")).to_have_text(["Registrada", "Enviada"])
    await expect(page.locator("h1")).to_have_text("Seguir una factura")
    await photograph(page, "followed")
    await page.get_by_label("Idioma").select_option("en")
    await page.get_by_role("button", name="Back to signing in").click()
    await expect(page.locator("#email")).to_be_visible()
