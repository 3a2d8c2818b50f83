"""Many documents as one ZIP: what is in it, who gets it, and that a client that stops or goes leaves nothing behind."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import random
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramesa.models.domain.archive_names import Names, safe_part
from tramesa.models.domain.transitions import UserRole
from tramesa.models.reading.archives import GONE
from tramesa.models.tables import User
from tramesa.tests.operations import user_error
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import until
from tramesa.tests.test_vanishing import all_at_home
from tramesa.tests.world import ISSUE, Person, World

CREATE = """mutation ($i: CreateDocumentArchiveInput!) { createDocumentArchive(input: $i) {
  archive { url signedUrl count expiresAt } hasMore errors { __typename code message path } } }"""
NOTES = "Hores de març\r\n".encode()


async def issue(issuer: Person, receiver: Person, *files: tuple[str, bytes], **changes: Any) -> str:
    """The global id of a new invoice with files beside it."""
    wanted = issuer.world.invoice_input(receiver) | {"attachments": [None] * len(files)} | changes
    places = {f"variables.input.attachments.{place}": file for place, file in enumerate(files)}
    if not files:
        return str((await issuer.world.issue(issuer, receiver, **changes))["id"])
    payload = (await issuer.upload(ISSUE, {"input": wanted}, places))["issueInvoice"]
    assert payload["errors"] == []
    return str(payload["invoice"]["id"])


async def create(person: Person, **given: Any) -> Any:
    return (await person.ask(CREATE, i=given))["createDocumentArchive"]


async def download(person: Person, url: str, **headers: str) -> httpx.Response:
    shown = {"authorization": f"Bearer {person.token}"} | headers
    return await person.world.client.get(urlsplit(url).path, headers=shown)


def opened(response: httpx.Response) -> zipfile.ZipFile:
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert archive.testzip() is None
    return archive


async def test_an_archive_has_the_documents_their_sums_and_what_they_are(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    plain = await issue(issuer, receiver, series="A/../", number="7 ñ")
    filed = await issue(issuer, receiver, ("hores – març.txt", NOTES), number="8")
    made = await create(receiver, invoiceIds=[plain, filed, plain], attachments=True)
    assert (made["errors"], made["archive"]["count"], made["hasMore"]) == ([], 2, False)

    archive = opened(await download(receiver, made["archive"]["url"]))

    tax = issuer.tax_id
    names = [f"{tax}/A_.._-7_ñ.xml", f"{tax}/8.xml", f"{tax}/8/hores___març.txt", "manifest.json", "SHA256SUMS"]
    assert archive.namelist() == names
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["party"] == {"taxId": receiver.tax_id, "name": (await who(receiver))}
    assert manifest["missing"] == []
    one, two = manifest["invoices"]
    assert (one["id"], one["series"], one["number"], one["status"]) == (plain, "A/../", "7 ñ", "REGISTERED")
    assert (one["issuerTaxId"], one["receiverTaxId"]) == (tax, receiver.tax_id)
    assert two["attachments"] == [
        {
            "path": names[2],
            "size": len(NOTES),
            "sha256": hashlib.sha256(NOTES).hexdigest(),
            "name": "hores – març.txt",
            "mediaType": "text/plain",
        }
    ]
    stored = {bytes(row[0]) for row in await world.services.database.fetch("SELECT bytes FROM invoice_document")}
    assert {archive.read(name) for name in names[:2]} == stored
    for line in archive.read("SHA256SUMS").decode().splitlines():
        digest, _, path = line.partition("  ")
        assert hashlib.sha256(archive.read(path)).hexdigest() == digest
    assert len(archive.read("SHA256SUMS").decode().splitlines()) == 4


async def who(person: Person) -> str:
    return str((await person.ask("{ viewer { party { name } } }"))["viewer"]["party"]["name"])


async def test_attachments_are_left_out_unless_asked_for(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    filed = await issue(issuer, receiver, ("a.txt", NOTES), number="8")

    made = await create(issuer, invoiceIds=[filed])

    archive = opened(await download(issuer, made["archive"]["url"]))
    assert archive.namelist() == [f"{issuer.tax_id}/8.xml", "manifest.json", "SHA256SUMS"]


async def test_what_may_not_be_seen_is_listed_and_not_packed(world: World) -> None:
    issuer, receiver, stranger = await world.person(), await world.person(), await world.person()
    mine, theirs = await issue(issuer, receiver), await issue(issuer, stranger)

    made = await create(receiver, invoiceIds=["junk", theirs, mine])

    archive = opened(await download(receiver, made["archive"]["url"]))
    manifest = json.loads(archive.read("manifest.json"))
    assert [invoice["id"] for invoice in manifest["invoices"]] == [mine]
    assert manifest["missing"] == [{"id": "junk", "reason": GONE}, {"id": theirs, "reason": GONE}]


async def test_what_cannot_be_seen_any_more_when_it_is_downloaded_is_left_out(world: World) -> None:
    issuer, receiver, other = await world.person(), await world.person(), await world.person()
    invoice = await issue(issuer, receiver)
    made = await create(receiver, invoiceIds=[invoice])
    with world.services.database.bound():
        await User.filter(id=receiver.user_id).update(party_id=other.party_id)

    archive = opened(await download(receiver, made["archive"]["url"]))
    assert json.loads(archive.read("manifest.json"))["missing"] == [{"id": invoice, "reason": GONE}]


async def test_the_receiver_s_download_marks_invoices_seen(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    invoice = await issue(issuer, receiver)
    seen = "query ($id: ID!) { invoice(id: $id) { seen } }"

    for person, is_seen in ((issuer, False), (receiver, True)):
        made = await create(person, invoiceIds=[invoice])
        opened(await download(person, made["archive"]["url"]))
        assert (await receiver.ask(seen, id=invoice))["invoice"]["seen"] is is_seen


async def test_an_archive_is_its_maker_s_and_good_for_a_day(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    colleague = await world.person(UserRole.ADMIN, party=receiver)
    made = (await create(receiver, invoiceIds=[await issue(issuer, receiver)]))["archive"]

    assert (await download(colleague, made["url"])).status_code == 404
    assert (await world.client.get(urlsplit(made["url"]).path)).status_code == 401
    opened(await world.client.get(made["signedUrl"]))
    forged = made["signedUrl"].replace(receiver.user_id, colleague.user_id)
    assert (await world.client.get(forged)).status_code == 401
    head = await world.client.head(made["signedUrl"])
    assert (head.status_code, head.content, head.headers["content-type"]) == (200, b"", "application/zip")
    clock = world.services.authority.clock
    world.services.authority.clock = lambda: clock() + timedelta(hours=25)
    assert (await download(receiver, made["url"])).status_code == 404


async def test_documents_are_chosen_by_filter(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    first, second = await issue(issuer, receiver, series="A"), await issue(issuer, receiver, series="B")

    made = await create(receiver, role="RECEIVER", filter={"status": ["REGISTERED"]})
    none = await create(receiver, role="ISSUER")

    archive = opened(await download(receiver, made["archive"]["url"]))
    manifest = json.loads(archive.read("manifest.json"))
    assert [invoice["id"] for invoice in manifest["invoices"]] == [second, first]
    assert none["errors"] == [user_error("INVALID", "No invoice passes the filter.", "filter")]


WRONG: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, user_error("REQUIRED", "Choose by invoiceIds, or by role and filter.", "role")),
    ({"invoiceIds": []}, user_error("INVALID", "Choose 1 to 500 invoices.", "invoiceIds")),
    (
        {"invoiceIds": [str(number) for number in range(501)]},
        user_error("INVALID", "Choose 1 to 500 invoices.", "invoiceIds"),
    ),
    (
        {"invoiceIds": ["x"], "role": "ISSUER"},
        user_error("INVALID", "Choose by invoiceIds, or by role and filter, not by both.", "invoiceIds"),
    ),
]


@pytest.mark.parametrize(("given_", "error"), WRONG, ids=range(len(WRONG)))
async def test_what_is_no_choice_is_refused(small_world: World, given_: dict[str, Any], error: Any) -> None:
    person = await small_world.person()

    assert await create(person, **given_) == {"archive": None, "hasMore": False, "errors": [error]}


async def test_a_client_that_stops_reading_holds_nothing_and_one_that_goes_leaves_nothing(world: World) -> None:
    issuer, receiver = await world.person(), await world.person()
    chance = random.Random(7)
    large = [("a.txt", chance.randbytes(1_500_000).hex().encode()) for _ in range(4)]
    ids = [await issue(issuer, receiver, *large[:3]) for _ in range(5)]
    made = await create(receiver, invoiceIds=ids, attachments=True)
    services = world.services
    tasks = len(asyncio.all_tasks())

    async with listening(world.app) as url:
        _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port, limit=1024)
        request = f"GET {urlsplit(made['archive']['url']).path} HTTP/1.1\r\nhost: {urlsplit(url).netloc}\r\n"
        writer.write(f"{request}authorization: Bearer {receiver.token}\r\n\r\n".encode())
        await writer.drain()
        await until(lambda: services.archives.taken == 1)
        # It takes what the connection's buffers hold, and then waits with no connection of the database in its hands.
        await until(lambda: services.database.units == 0 and all_at_home(world))
        assert services.archives.taken == 1
        writer.transport.abort()
        await until(lambda: services.archives.taken == 0 and all_at_home(world))
        await until(lambda: len(asyncio.all_tasks()) <= tasks + 3)


async def test_more_than_the_process_packs_are_told_to_come_again(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    made = await create(receiver, invoiceIds=[await issue(issuer, receiver)])
    small_world.services.archives.limit = 0

    response = await download(receiver, made["archive"]["url"])

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


@given(st.text(max_size=200))
def test_a_part_of_a_path_is_safe_whatever_it_was(text: str) -> None:
    part = safe_part(text)

    assert 1 <= len(part) <= 82
    assert not part.startswith(".")
    assert not {"/", "\\", ":", "\0", "\n", " "} & set(part)
    assert part.isprintable()
    assert not part.endswith(".")
    assert part.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}


@given(st.lists(st.sampled_from(["a.xml", "A.xml", "a~2.xml", "á.xml", ".a.xml", "a", "CON", "../a.xml"]), max_size=30))
def test_no_two_files_have_one_path(wanted: list[str]) -> None:
    names = Names()

    taken = [names.take("B12345674", name) for name in wanted]

    assert len({path.casefold() for path in taken}) == len(taken)
    assert all(path.startswith("B12345674/") and path.count("/") == 1 for path in taken)
