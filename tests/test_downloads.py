"""Files by HTTP: byte for byte, to those who may see them, with credentials or by a signed link."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import pytest
from httpx2 import Response

from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.tables import User
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.world import Person, World

ISSUE = """mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) {
  invoice { id document { url signedUrl size sha256 } attachments { url signedUrl size name mediaType } }
  errors { message } } }"""
LINKS = (
    "query ($id: ID!) { invoice(id: $id) { seen version document { url signedUrl } attachments { url signedUrl } } }"
)
GENERAL = {
    "x-request-id",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
}
"""Headers that every answer has."""
NOTES = "Hores de març: 3 × 33,335 €\r\n".encode()


class Parcel:
    """An invoice with one attachment, and both its sides."""

    def __init__(self, issuer: Person, receiver: Person, invoice: dict[str, Any]) -> None:
        self.issuer, self.receiver, self.invoice = issuer, receiver, invoice
        self.id: str = invoice["id"]
        self.document = urlsplit(invoice["document"]["url"]).path
        self.attachment = urlsplit(invoice["attachments"][0]["url"]).path

    async def links(self, viewer: Person) -> dict[str, Any]:
        links: dict[str, Any] = (await viewer.ask(LINKS, id=self.id))["invoice"]
        return links

    async def seen(self) -> tuple[bool, int]:
        links = await self.links(self.issuer)
        return links["seen"], links["version"]


@pytest.fixture
async def parcel(world: World) -> Parcel:
    return await make_parcel(world)


@pytest.fixture
async def small_parcel(small_world: World) -> Parcel:
    return await make_parcel(small_world)


async def make_parcel(world: World, name: str = "notes – març.txt") -> Parcel:
    issuer = await world.person(UserRole.ISSUER)
    receiver = await world.person(UserRole.ACCOUNTANT, kind=PartyKind.PUBLIC_BODY)
    wanted = world.invoice_input(receiver) | {"number": "7/ñ", "series": "A", "attachments": [None]}
    payload = (await issuer.upload(ISSUE, {"input": wanted}, {"variables.input.attachments.0": (name, NOTES)}))[
        "issueInvoice"
    ]
    assert payload["errors"] == []
    return Parcel(issuer, receiver, payload["invoice"])


async def get(world: World, url: str, viewer: Person | None = None, **headers: str) -> Response:
    shown = {} if viewer is None else {"authorization": f"Bearer {viewer.token}"}
    return await world.client.get(url, headers={**shown, **headers})


async def test_the_document_comes_byte_for_byte(world: World, parcel: Parcel) -> None:
    for viewer in (parcel.issuer, parcel.receiver):
        response = await get(world, parcel.document, viewer)
        stored = await world.services.database.fetch("SELECT bytes FROM invoice_document")

        assert (response.status_code, response.content) == (200, bytes(stored[0][0]))
        assert len(response.content) == parcel.invoice["document"]["size"]
        assert hashlib.sha256(response.content).hexdigest() == parcel.invoice["document"]["sha256"]
        assert {name: text for name, text in response.headers.items() if name not in GENERAL} == {
            "etag": f'"{parcel.invoice["document"]["sha256"]}"',
            "cache-control": "private, no-cache",
            "x-content-type-options": "nosniff",
            "content-type": "application/xml",
            "content-disposition": "attachment; filename=\"A-7__.xml\"; filename*=UTF-8''A-7%2F%C3%B1.xml",
            "content-security-policy": "default-src 'none'; sandbox",
            "content-length": str(len(response.content)),
        }


async def test_an_attachment_comes_byte_for_byte(world: World, parcel: Parcel) -> None:
    response = await get(world, parcel.attachment, parcel.receiver)

    assert (response.status_code, response.content) == (200, NOTES)
    assert response.headers["content-type"] == "text/plain"
    assert response.headers["etag"] == f'"{hashlib.sha256(NOTES).hexdigest()}"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-disposition"] == (
        "attachment; filename=\"notes _ mar_.txt\"; filename*=UTF-8''notes%20%E2%80%93%20mar%C3%A7.txt"
    )


@pytest.mark.parametrize("name", ['a"; filename=x.txt', "a%0d%0aSet-Cookie: a.txt", "\u202egpj.txt", "a\\b';.txt"])
async def test_a_name_cannot_leave_its_place(small_world: World, name: str) -> None:
    parcel = await make_parcel(small_world, name)

    response = await get(small_world, parcel.attachment, parcel.receiver)

    plain, _, whole = response.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert plain.startswith('attachment; filename="')
    assert set(plain.removeprefix('attachment; filename="')[:-1]) & set('"\\%\r\n') == set()
    assert set(whole) & set("\"\\;' \r\n") == set()
    assert list(response.headers).count("content-disposition") == 1


@pytest.mark.parametrize("known", ['"{}"', 'W/"{}"', '"x", "{}"', "*"])
async def test_what_the_client_has_is_not_sent_again(small_world: World, small_parcel: Parcel, known: str) -> None:
    sha256 = small_parcel.invoice["document"]["sha256"]

    response = await get(
        small_world, small_parcel.document, small_parcel.issuer, **{"if-none-match": known.format(sha256)}
    )

    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", f'"{sha256}"')


async def test_what_the_client_has_of_old_is_sent_anew(small_world: World, small_parcel: Parcel) -> None:
    response = await get(small_world, small_parcel.document, small_parcel.issuer, **{"if-none-match": '"x"'})

    assert (response.status_code, len(response.content)) == (200, small_parcel.invoice["document"]["size"])


async def test_head_has_the_headers_of_get_and_marks_nothing(small_world: World, small_parcel: Parcel) -> None:
    headers = {"authorization": f"Bearer {small_parcel.receiver.token}"}
    async with listening(small_world.app) as url:
        head = await small_world.client.head(url + small_parcel.document, headers=headers)
        seen = await small_parcel.seen()
        whole = await small_world.client.get(url + small_parcel.document, headers=headers)

    assert (head.status_code, head.content, seen) == (200, b"", (False, 2))
    own = {"date": "", "x-request-id": ""}
    assert {**head.headers, **own} == {**whole.headers, **own}


async def test_the_first_download_of_the_receiver_marks_the_invoice_seen(world: World, parcel: Parcel) -> None:
    await get(world, parcel.document, parcel.issuer)
    await get(world, parcel.attachment, parcel.issuer)
    await get(world, (await parcel.links(parcel.issuer))["document"]["signedUrl"])
    before = await parcel.seen()

    await get(world, parcel.document, parcel.receiver)
    after = await parcel.seen()
    await get(world, parcel.document, parcel.receiver)

    assert (before, after) == ((False, 2), (True, after[1]))
    assert await parcel.seen() == after


@pytest.mark.parametrize("kind", ["document", "attachment"])
async def test_foreign_and_missing_files_look_alike(world: World, parcel: Parcel, kind: str) -> None:
    stranger = await world.person(UserRole.ADMIN)
    path: str = getattr(parcel, kind)
    key = path.split("/")[2]
    paths = [path, path.replace(key, str(uuid4())), path.replace(key, "x"), path.replace(key, "é" * 36)]

    answers = [await get(world, one, stranger) for one in paths]
    without = [await get(world, one) for one in paths]
    wrong = [await get(world, one, authorization="Bearer tra_x") for one in paths]

    assert {(answer.status_code, answer.text) for answer in answers} == {
        (404, "There is no such file, or you may not see it.")
    }
    assert {(answer.status_code, answer.headers["www-authenticate"]) for answer in without + wrong} == {(401, "Bearer")}
    assert len({answer.text for answer in without + wrong}) == 1
    assert await parcel.seen() == (False, 2)


async def test_a_signed_link_carries_its_own_permission(world: World, parcel: Parcel) -> None:
    links = await parcel.links(parcel.receiver)

    document = await get(world, links["document"]["signedUrl"])
    attachment = await get(world, links["attachments"][0]["signedUrl"])

    assert hashlib.sha256(document.content).hexdigest() == parcel.invoice["document"]["sha256"]
    assert attachment.content == NOTES
    assert (await parcel.seen())[0] is True


async def test_a_signed_link_lasts_a_quarter_of_an_hour(
    small_world: World, small_parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = (await small_parcel.links(small_parcel.receiver))["document"]["signedUrl"]
    statuses = []

    for minutes, seconds in ((14, 50), (15, 1)):
        later = timedelta(minutes=minutes, seconds=seconds)
        monkeypatch.setattr(small_world.services.links, "_clock", lambda later=later: datetime.now(UTC) + later)
        statuses.append((await get(small_world, link)).status_code)

    assert statuses == [200, 401]


async def test_a_link_that_was_tampered_with_is_not_good(small_world: World, small_parcel: Parcel) -> None:
    links = await small_parcel.links(small_parcel.receiver)
    path, query = urlsplit(links["document"]["signedUrl"])[2:4]
    parts = dict(parse_qsl(query))
    elsewhere = urlsplit((await make_parcel(small_world)).invoice["document"]["url"]).path
    changes: list[tuple[str, dict[str, str]]] = [
        (elsewhere, {}),
        (urlsplit(links["attachments"][0]["signedUrl"]).path, {}),
        (path, {"for": small_parcel.issuer.user_id}),
        (path, {"for": str(uuid4())}),
        (path, {"for": ""}),
        (path, {"for": parts["for"].upper()}),
        (path, {"expires": str(int(parts["expires"]) + 1)}),
        (path, {"expires": "0" + parts["expires"]}),
        (path, {"expires": ""}),
        (path, {"expires": "١٢٣"}),
        (path, {"expires": "9" * 13}),
        (path, {"signature": ""}),
        (path, {"signature": "é"}),
        (path, {"signature": parts["signature"][:-1]}),
        (path, {"signature": parts["signature"].upper()}),
    ]

    statuses = [
        (await get(small_world, f"{where}?{urlencode({**parts, **change})}")).status_code for where, change in changes
    ]

    assert (await get(small_world, f"{path}?{urlencode(parts)}")).status_code == 200
    assert statuses == [401] * len(changes)


async def test_a_link_is_good_as_long_as_the_person_it_was_signed_for(small_world: World, small_parcel: Parcel) -> None:
    link = (await small_parcel.links(small_parcel.receiver))["document"]["signedUrl"]
    with small_world.services.database.bound():
        await User.filter(id=small_parcel.receiver.user_id).update(active=False)

    assert (await get(small_world, link)).status_code == 401


async def test_what_breaks_here_is_masked(small_world: World, small_parcel: Parcel) -> None:
    await small_world.services.database.client.execute_script("ALTER TABLE invoice_document RENAME TO gone")

    response = await get(small_world, small_parcel.document, small_parcel.issuer)

    assert response.status_code == 500
    assert response.text.startswith("Something went wrong here; the error has been logged. (")
    assert "invoice_document" not in response.text
