"""Pictures and receipts through the API: to whom, in what language, under what name, and what a download does."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from httpx2 import Response

from tramesa.graphql.documents.renderings import DRAWN_AT_ONCE
from tramesa.models.domain.states import Language
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.tables import User
from tramesa.tests.pictures import open_pdf, text_of
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.world import Person, World

PICTURE = """query ($id: ID!, $language: Language) { invoice(id: $id) {
  document(format: PDF, language: $language) { url signedUrl format size sha256 signature { status } } } }"""
RECEIPT = """query ($id: ID!, $language: Language) { invoice(id: $id) {
  seen registryNumber receipt(language: $language) { url signedUrl } document { sha256 } } }"""
REGISTER = """mutation ($input: RegisterInvoiceInput!) { registerInvoice(input: $input) { errors { message } } }"""
NOTHING = "There is no such file, or you may not see it."


class Sent:
    """An invoice from a Catalan issuer to a Castilian-speaking town hall, and both sides' people."""

    def __init__(self, issuer: Person, receiver: Person, invoice: dict[str, Any]) -> None:
        self.issuer, self.receiver, self.id = issuer, receiver, invoice["id"]
        self.number: str = invoice["number"]
        self.version: int = invoice["version"]
        self.path = ""

    async def asked(self, query: str, viewer: Person, language: str | None = None) -> dict[str, Any]:
        invoice: dict[str, Any] = (await viewer.ask(query, id=self.id, language=language))["invoice"]
        return invoice


async def send(world: World, *, by_hand: bool = False) -> Sent:
    issuer = await world.person(UserRole.ISSUER, party_name="Fusteria Pi, S.L.")
    receiver = await world.person(
        UserRole.REGISTRAR,
        kind=PartyKind.PUBLIC_BODY,
        party_name="Ayuntamiento de Riofrío",
        language=Language.ES,
        manual_registration=by_hand,
    )
    sent = Sent(issuer, receiver, await world.issue(issuer, receiver, series="A"))
    sent.path = urlsplit((await sent.asked(PICTURE, issuer))["document"]["url"]).path
    return sent


@pytest.fixture
async def sent(world: World) -> Sent:
    return await send(world)


@pytest.fixture
async def small(small_world: World) -> Sent:
    return await send(small_world)


async def get(world: World, url: str, viewer: Person | None = None, **headers: str) -> Response:
    shown = {} if viewer is None else {"authorization": f"Bearer {viewer.token}"}
    return await world.client.get(url, headers={**shown, **headers})


async def test_a_picture_comes_as_the_graph_says(world: World, sent: Sent) -> None:
    document = (await sent.asked(PICTURE, sent.issuer))["document"]

    response = await get(world, document["url"], sent.issuer)

    assert (document["format"], document["signature"]) == ("PDF", {"status": "ABSENT"})
    assert (len(response.content), hashlib.sha256(response.content).hexdigest()) == (
        document["size"],
        document["sha256"],
    )
    shown = (
        "etag",
        "cache-control",
        "content-type",
        "content-disposition",
        "content-security-policy",
        "content-length",
    )
    assert {name: response.headers[name] for name in shown} == {
        "etag": f'"{document["sha256"]}"',
        "cache-control": "private, no-cache",
        "content-type": "application/pdf",
        "content-disposition": f"attachment; filename=\"A-{sent.number}.pdf\"; filename*=UTF-8''A-{sent.number}.pdf",
        "content-security-policy": "default-src 'none'; sandbox",
        "content-length": str(document["size"]),
    }


async def test_a_picture_says_what_was_issued_and_where_it_stands(world: World, sent: Sent) -> None:
    known = await sent.asked(RECEIPT, sent.issuer)

    text = text_of((await get(world, f"{sent.path}?format=pdf", sent.issuer)).content)

    assert f"Registrada Factura A-{sent.number} A pagar 121,00 €" in text
    assert f"Número de registre d’entrada {known['registryNumber']}" in text
    assert "Work 1 100,00 IVA 21 % 100,00 €" in text
    assert known["document"]["sha256"] in text


async def test_a_receipt_says_what_came_in(world: World, sent: Sent) -> None:
    known = await sent.asked(RECEIPT, sent.issuer)

    response = await get(world, known["receipt"]["url"], sent.issuer)

    number, name = known["registryNumber"], known["registryNumber"].replace("/", "-")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == (
        f"attachment; filename=\"rebut-{name}.pdf\"; filename*=UTF-8''rebut-{name}.pdf"
    )
    text = text_of(response.content)
    assert f"Registrada Rebut d’entrada de factura electrònica {number}" in text
    assert f"Emissor Fusteria Pi, S.L. NIF: {sent.issuer.tax_id}" in text
    assert f"Receptor Ayuntamiento de Riofrío NIF: {sent.receiver.tax_id}" in text
    assert f"Número A-{sent.number} Data d’emissió 15/01/2026 A pagar 121,00 €" in text
    assert f"SHA-256 {known['document']['sha256']}" in text


@pytest.mark.parametrize("what", ["document?format=pdf", "receipt"])
async def test_the_language_is_the_party_s_unless_another_is_asked_for(
    small_world: World, small: Sent, what: str
) -> None:
    base = small.path.replace("/document", f"/{what}")
    more = "&" if "?" in what else "?"

    def tag(response: Response) -> Any:
        return open_pdf(response.content).root_object["/Lang"]

    assert tag(await get(small_world, base, small.issuer)) == "ca"
    assert tag(await get(small_world, base, small.receiver)) == "es"
    assert tag(await get(small_world, f"{base}{more}language=EN", small.receiver)) == "en"
    assert (await get(small_world, f"{base}{more}language=fr", small.receiver)).status_code == 400


@pytest.mark.parametrize(("language", "name"), [("CA", "rebut"), ("ES", "recibo"), ("EN", "receipt")])
async def test_the_graph_s_links_keep_the_language(small_world: World, small: Sent, language: str, name: str) -> None:
    picture = (await small.asked(PICTURE, small.receiver, language))["document"]
    receipt = (await small.asked(RECEIPT, small.receiver, language))["receipt"]

    for links in (picture, receipt):
        for url in links["url"], links["signedUrl"]:
            response = await get(small_world, url, small.receiver if url == links["url"] else None)
            assert open_pdf(response.content).root_object["/Lang"] == language.lower()
    assert (
        f'filename="{name}-E-'
        in (await get(small_world, receipt["url"], small.receiver)).headers["content-disposition"]
    )


@pytest.mark.parametrize("what", ["document?format=pdf", "document?format=PDF&language=es", "receipt"])
async def test_foreign_and_missing_ones_look_alike(world: World, sent: Sent, what: str) -> None:
    stranger = await world.person(UserRole.ADMIN)
    path = sent.path.replace("/document", f"/{what}")
    key = path.split("/")[2]
    paths = [path, path.replace(key, str(uuid4())), path.replace(key, "x")]

    answers = [await get(world, one, stranger) for one in paths]
    without = [await get(world, one) for one in paths]

    assert {(answer.status_code, answer.text) for answer in answers} == {(404, NOTHING)}
    assert {answer.status_code for answer in without} == {401}
    assert len({answer.text for answer in without}) == 1
    assert (await sent.asked(RECEIPT, sent.issuer))["seen"] is False


async def test_what_waits_for_its_number_has_no_receipt(world: World) -> None:
    sent = await send(world, by_hand=True)
    path = sent.path.replace("/document", "/receipt")

    for viewer in sent.issuer, sent.receiver:
        assert (await sent.asked(RECEIPT, viewer))["receipt"] is None
        assert (await get(world, path, viewer)).status_code == 404
    assert "Tramesa Enviada Factura" in text_of((await get(world, f"{sent.path}?format=pdf", sent.receiver)).content)

    given = {"invoiceId": sent.id, "registryNumber": "2026/E/ñ-7"}
    assert (await sent.receiver.ask(REGISTER, input=given))["registerInvoice"]["errors"] == []

    response = await get(world, path, sent.receiver)
    assert "recibo-2026-E-_-7.pdf" in response.headers["content-disposition"]
    assert "Recibo de entrada de factura electrónica 2026/E/ñ-7" in text_of(response.content)


@pytest.mark.parametrize("what", ["document?format=pdf", "receipt"])
async def test_the_receiver_s_download_marks_the_invoice_seen(world: World, sent: Sent, what: str) -> None:
    path = sent.path.replace("/document", f"/{what}")

    await get(world, path, sent.issuer)
    await sent.asked(PICTURE, sent.receiver)
    before = (await sent.asked(RECEIPT, sent.issuer))["seen"]
    await get(world, path, sent.receiver)

    assert (before, (await sent.asked(RECEIPT, sent.issuer))["seen"]) == (False, True)


@pytest.mark.parametrize("what", ["document?format=pdf", "receipt"])
async def test_what_the_client_has_is_not_sent_again(small_world: World, small: Sent, what: str) -> None:
    path = small.path.replace("/document", f"/{what}")
    first = await get(small_world, path, small.issuer)

    again = await get(small_world, path, small.issuer, **{"if-none-match": first.headers["etag"]})
    other = await get(small_world, path, small.receiver, **{"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200  # It is in the receiver's own language.


@pytest.mark.parametrize("what", ["document?format=pdf", "receipt"])
async def test_head_has_the_headers_of_get_and_marks_nothing(small_world: World, small: Sent, what: str) -> None:
    headers = {"authorization": f"Bearer {small.receiver.token}"}
    path = small.path.replace("/document", f"/{what}")
    async with listening(small_world.app) as url:
        head = await small_world.client.head(url + path, headers=headers)
        seen = (await small.asked(RECEIPT, small.issuer))["seen"]
        whole = await small_world.client.get(url + path, headers=headers)

    assert (head.status_code, head.content, seen) == (200, b"", False)
    own = {"date": "", "x-request-id": ""}
    assert {**head.headers, **own} == {**whole.headers, **own}


async def test_a_signed_link_is_good_for_its_document_in_any_form_and_for_nothing_else(
    small_world: World, small: Sent
) -> None:
    picture = (await small.asked(PICTURE, small.receiver, "CA"))["document"]["signedUrl"]
    receipt = (await small.asked(RECEIPT, small.receiver, "CA"))["receipt"]["signedUrl"]
    path, query = urlsplit(picture)[2:4]
    assert dict(parse_qsl(query)).keys() == {"format", "language", "for", "expires", "signature"}

    types = {
        wanted: (await get(small_world, picture.replace("format=PDF", f"format={wanted}"))).headers["content-type"]
        for wanted in ("PDF", "ORIGINAL")
    }
    foreign = [
        picture.replace("/document", "/receipt"),
        receipt.replace("/receipt", "/document"),
        picture.replace(path, (await send(small_world)).path),
    ]

    assert types == {"PDF": "application/pdf", "ORIGINAL": "application/xml"}
    assert (await get(small_world, receipt)).status_code == 200
    assert [(await get(small_world, url)).status_code for url in foreign] == [401, 401, 401]


async def test_a_signed_link_ends_with_the_person(small_world: World, small: Sent) -> None:
    links = (await small.asked(RECEIPT, small.receiver))["receipt"]
    with small_world.services.database.bound():
        await User.filter(id=small.receiver.user_id).update(active=False)

    assert (await get(small_world, links["signedUrl"])).status_code == 401


async def test_many_pictures_at_once_wait_for_one_another(
    small_world: World, small: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tramesa.graphql.documents import renderings  # noqa: PLC0415 - the module whose part is watched

    drawing, most = 0, 0
    draw = renderings.draw_invoice

    def watched(*arguments: Any) -> bytes:
        nonlocal drawing, most
        drawing += 1
        most = max(most, drawing)
        try:
            return draw(*arguments)
        finally:
            drawing -= 1

    monkeypatch.setattr(renderings, "draw_invoice", watched)

    answers = await asyncio.gather(
        *(get(small_world, f"{small.path}?format=pdf", small.issuer) for _ in range(4 * DRAWN_AT_ONCE))
    )

    assert {(answer.status_code, answer.headers["etag"]) for answer in answers} == {(200, answers[0].headers["etag"])}
    assert most <= DRAWN_AT_ONCE
