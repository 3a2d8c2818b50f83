"""What belongs to others looks like what is not there: by id, list, filter, cursor, feed, sum, download, mutation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tramesa.models.domain.transitions import PartyKind, PartyRole
from tramesa.models.feeds.positions import STATUS_FEED
from tramesa.models.identifiers import global_id
from tramesa.tests.facturae_files import edited
from tramesa.tests.operations import IMPORT, MUTATIONS, VALIDATE, bring_file, kept, mutation
from tramesa.tests.world import Person, World


@dataclass(frozen=True)
class Tenant:
    """Two parties that trade with one another, and an invoice with a file between them."""

    issuer: Person
    receiver: Person
    keys: dict[str, str]
    document: str
    attachment: str
    number: str

    @property
    def ids(self) -> dict[str, str]:
        return {type_: global_id(type_, key) for type_, key in self.keys.items()}


async def tenant(world: World, name: str) -> Tenant:
    issuer = await world.person(party_name=f"{name} issues")
    receiver = await world.person(party_name=f"{name} receives", kind=PartyKind.PUBLIC_BODY)
    document = edited(
        ("12345678Z", issuer.tax_id), ("ESQ2826000H", receiver.tax_id), ("2026-11-20", "2026-01-15"), ("F-1", name)
    )
    invoice = (await bring_file(issuer, document, ("a.txt", name.encode())))["invoice"]
    database = world.services.database
    [found] = await database.fetch(
        "SELECT i.id, t.id, c.id FROM invoice i JOIN attachment t ON t.invoice_id = i.id JOIN status_change c"
        f" ON c.invoice_id = i.id WHERE i.number = '{name}' AND c.version = 2"
    )
    keys = dict(zip(("Invoice", "Attachment", "StatusChange"), map(str, found), strict=True))
    return Tenant(
        issuer,
        receiver,
        keys | {"Party": issuer.party_id},
        invoice["document"]["url"],
        invoice["attachments"][0]["url"],
        invoice["registryNumber"],
    )


@pytest.fixture
async def tenants(world: World) -> tuple[Tenant, Tenant]:
    """Two that have nothing to do with one another."""
    return await tenant(world, "Alfa"), await tenant(world, "Beta")


NODE = """query ($id: ID!) { node(id: $id) { id __typename ... on Invoice { number history { to } document { url } }
  ... on StatusChange { to invoice { number } } ... on Attachment { name url } ... on Party { name taxId } } }"""


@pytest.mark.parametrize("type_", ["Invoice", "StatusChange", "Attachment", "Party"])
async def test_a_node_of_others_is_null_like_one_that_is_not_there(tenants: tuple[Tenant, Tenant], type_: str) -> None:
    alfa, beta = tenants
    nothing = {"data": {"node": None}}

    for person in (beta.issuer, beta.receiver):
        assert await person.execute(NODE, id=alfa.ids[type_]) == nothing
        assert await person.execute(NODE, id=global_id(type_, str(uuid4()))) == nothing
        nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        ids = [alfa.ids[type_], beta.ids[type_], global_id(type_, str(uuid4())), "rubbish", beta.ids[type_]]
        own = {"id": beta.ids[type_]}
        assert await person.execute(nodes, ids=ids) == {"data": {"nodes": [None, own, None, None, own]}}
    found = (await alfa.receiver.ask(NODE, id=alfa.ids[type_]))["node"]
    assert (found["id"], found["__typename"]) == (alfa.ids[type_], type_)


@pytest.mark.parametrize(
    "id_", ["", "rubbish", "ñ", "SW52b2ljZTo=", global_id("Feed", "01a20000-0000-7000-8000-000000000000"), "x" * 10_000]
)
async def test_an_id_that_means_nothing_is_not_there(small_world: World, id_: str) -> None:
    person = await small_world.person()

    assert await person.execute(NODE, id=id_) == {"data": {"node": None}}
    assert await person.execute("query ($id: ID!) { invoice(id: $id) { id } }", id=id_) == {"data": {"invoice": None}}


async def test_more_than_100_nodes_at_once_are_refused(small_world: World) -> None:
    person = await small_world.person()
    nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert await person.execute(nodes, ids=["x"] * 100) == {"data": {"nodes": [None] * 100}}
    refused = await person.execute(nodes, ids=["x"] * 101)
    assert refused["errors"][0]["message"] == "Ask for at most 100 ids at once."
    assert refused["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argumentPath": ["ids"]}


async def test_an_invoice_of_others_is_null(tenants: tuple[Tenant, Tenant]) -> None:
    alfa, beta = tenants
    query = "query ($id: ID!) { invoice(id: $id) { number issuer { name } history { to } } }"

    for person in (beta.issuer, beta.receiver):
        assert await person.execute(query, id=alfa.ids["Invoice"]) == {"data": {"invoice": None}}
        # Nor is a thing of another type an invoice.
        assert await person.execute(query, id=beta.ids["StatusChange"]) == {"data": {"invoice": None}}


LIST = """query ($role: PartyRole!, $filter: InvoiceFilter, $after: String) {
  invoices(role: $role, filter: $filter, after: $after) {
    nodes { number receiver { name } issuer { name } } totalCount pageInfo { hasNextPage hasPreviousPage } }
  invoiceSummary(role: $role, filter: $filter) { status count payable currency } }"""


async def test_no_filter_finds_what_others_have(tenants: tuple[Tenant, Tenant]) -> None:
    alfa, beta = tenants
    own = [
        {"number": "Beta", "receiver": {"name": "Beta receives"}, "issuer": {"name": "Beta issues"}},
    ]
    everything: list[dict[str, Any]] = [
        {},
        {"status": ["REGISTERED"]},
        {"number": "Beta"},
        {"search": "beta"},
        {"issuedFrom": "2026-01-15", "issuedTo": "2026-01-15"},
        {"changedSince": "2026-01-01T00:00:00Z"},
        {"totalFrom": "95.40", "totalTo": "95.40"},
        {"unseen": True},
    ]
    theirs: list[dict[str, Any]] = [
        {"number": "Alfa"},
        {"search": "alfa"},
        {"counterparty": "alfa"},
        {"counterparty": alfa.issuer.tax_id},
        {"counterparty": alfa.receiver.tax_id},
        {"search": alfa.receiver.tax_id},
    ]

    for person, role in ((beta.issuer, "ISSUER"), (beta.receiver, "RECEIVER")):
        for wanted in everything:
            data = await person.ask(LIST, role=role, filter=wanted)
            assert (data["invoices"]["nodes"], data["invoices"]["totalCount"]) == (own, 1)
            assert data["invoiceSummary"] == [
                {"status": "REGISTERED", "count": 1, "payable": "95.40", "currency": "EUR"}
            ]
        nothing = await person.execute(LIST, role=role, filter={"search": "no such thing"})
        for wanted in theirs:
            assert await person.execute(LIST, role=role, filter=wanted) == nothing
        elsewhere = "RECEIVER" if role == "ISSUER" else "ISSUER"
        assert await person.execute(LIST, role=elsewhere) == nothing


async def test_a_cursor_of_others_leads_to_ones_own(tenants: tuple[Tenant, Tenant]) -> None:
    alfa, beta = tenants
    cursor = "{ invoices(role: ISSUER) { pageInfo { endCursor } } }"
    theirs, own = [
        (await person.ask(cursor))["invoices"]["pageInfo"]["endCursor"] for person in (alfa.issuer, beta.issuer)
    ]

    older = await beta.issuer.ask(LIST, role="ISSUER", after=theirs)
    newer = await alfa.issuer.ask(LIST, role="ISSUER", after=own)

    # What lies before the place is one's own too: Beta's is newer than it, Alfa has nothing that is.
    assert older["invoices"]["nodes"] == []
    assert older["invoices"]["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    assert [node["number"] for node in newer["invoices"]["nodes"]] == ["Alfa"]
    assert newer["invoices"]["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": False}


async def test_a_feed_shows_ones_own_changes_only(tenants: tuple[Tenant, Tenant]) -> None:
    _, beta = tenants
    feed = """query ($role: PartyRole!, $after: String) { statusChanges(role: $role, after: $after) {
      nodes { to invoice { number } } } }"""
    steps = [{"to": to, "invoice": {"number": "Beta"}} for to in ("SENT", "REGISTERED")]

    for person, role in ((beta.issuer, PartyRole.ISSUER), (beta.receiver, PartyRole.RECEIVER)):
        assert (await person.ask(feed, role=role))["statusChanges"]["nodes"] == steps
        later = await person.ask(feed, role=role, after=STATUS_FEED.cursor(role, 1))
        assert later["statusChanges"]["nodes"] == steps[1:]
        other = PartyRole.RECEIVER if role is PartyRole.ISSUER else PartyRole.ISSUER
        assert (await person.ask(feed, role=other))["statusChanges"]["nodes"] == []


async def test_a_download_of_others_is_like_one_that_is_not_there(world: World, tenants: tuple[Tenant, Tenant]) -> None:
    alfa, beta = tenants
    viewer = (await world.services.authority.authenticate(beta.issuer.token)).viewer
    links, bearer = world.services.links, {"authorization": f"Bearer {beta.issuer.token}"}

    for address, missing, signed, signed_missing in (
        (
            alfa.document,
            f"/invoices/{uuid4()}/document",
            links.document(alfa.keys["Invoice"], signed_for=viewer),
            links.document(str(uuid4()), signed_for=viewer),
        ),
        (
            alfa.attachment,
            f"/attachments/{uuid4()}",
            links.attachment(alfa.keys["Attachment"], signed_for=viewer),
            links.attachment(str(uuid4()), signed_for=viewer),
        ),
    ):
        theirs, none = [await world.client.get(url, headers=bearer) for url in (address, missing)]
        assert (theirs.status_code, theirs.content) == (404, b"There is no such file, or you may not see it.")
        del theirs.headers["x-request-id"], none.headers["x-request-id"]
        assert (none.status_code, none.content, none.headers) == (theirs.status_code, theirs.content, theirs.headers)
        theirs, none = [await world.client.get(url) for url in (signed, signed_missing)]
        assert (theirs.status_code, theirs.content) == (404, b"There is no such file, or you may not see it.")
        del theirs.headers["x-request-id"], none.headers["x-request-id"]
        assert (none.status_code, none.content, none.headers) == (theirs.status_code, theirs.content, theirs.headers)
    [row] = await world.services.database.fetch("SELECT seen FROM invoice WHERE number = 'Alfa'")
    assert not row[0]


async def test_a_signed_address_opens_that_file_for_that_viewer_alone(
    world: World, tenants: tuple[Tenant, Tenant]
) -> None:
    alfa, beta = tenants
    query = "query ($id: ID!) { invoice(id: $id) { document { signedUrl } attachments { signedUrl } } }"
    invoice = (await alfa.receiver.ask(query, id=alfa.ids["Invoice"]))["invoice"]
    document, attachment = invoice["document"]["signedUrl"], invoice["attachments"][0]["signedUrl"]

    assert [(await world.client.get(url)).status_code for url in (document, attachment)] == [200, 200]
    bent = [
        document.replace(alfa.keys["Invoice"], beta.keys["Invoice"]),
        attachment.replace(alfa.keys["Attachment"], beta.keys["Attachment"]),
        document.replace(alfa.receiver.user_id, beta.receiver.user_id),
        document.replace("signature=", "signature=0"),
        document.partition("?")[0],
    ]
    assert [(await world.client.get(url)).status_code for url in bent] == [401] * 5


async def test_a_mutation_of_others_is_like_one_of_what_is_not_there(
    world: World, tenants: tuple[Tenant, Tenant]
) -> None:
    alfa, beta = tenants
    missing = global_id("Invoice", str(uuid4()))
    seen = """mutation ($input: MarkInvoiceSeenInput!) {
      markInvoiceSeen(input: $input) { invoice { id } errors { code message path } } }"""
    operations = {mutation(to): needed for to, (_, _, needed) in MUTATIONS.items()} | {seen: {}}
    before = await kept(world.services.database)

    for operation, needed in operations.items():
        for more in ({}, {"expectedVersion": 1}, {"idempotencyKey": "k"}):
            given = {} if operation == seen else {**needed, **more}
            theirs, none = [
                await beta.receiver.execute(operation, input={"invoiceId": id_, **given})
                for id_ in (alfa.ids["Invoice"], missing)
            ]
            [payload] = theirs["data"].values()
            assert payload["errors"][0]["code"] == "NOT_FOUND"
            assert theirs == none

    assert await kept(world.services.database) == before


async def test_a_file_of_others_does_not_tell_whether_it_is_here(world: World, tenants: tuple[Tenant, Tenant]) -> None:
    alfa, beta = tenants
    here = (await world.client.get(alfa.document, headers={"authorization": f"Bearer {alfa.issuer.token}"})).content
    not_here = here.replace(b">Alfa<", b">Other<")
    assert here != not_here
    before = await kept(world.services.database)

    for operation in (IMPORT, VALIDATE):
        told = [await bring_file(beta.issuer, document, operation=operation) for document in (here, not_here)]
        assert told[0] == told[1]

    assert await kept(world.services.database) == before


async def test_without_credentials_there_is_nothing(world: World, tenants: tuple[Tenant, Tenant]) -> None:
    alfa, _ = tenants
    lists = "{ invoices(role: ISSUER) { totalCount } }"
    message = "Sign in first: the credentials are missing, wrong or no longer good."

    for query, variables in (
        (lists, {}),
        (NODE, {"id": alfa.ids["Invoice"]}),
        ("{ statusChanges { nodes { id } } }", {}),
    ):
        response = await world.execute(query, variables)
        assert [(error["message"], error["extensions"]) for error in response["errors"]] == [
            (message, {"code": "UNAUTHENTICATED"})
        ]
        assert not any((response.get("data") or {}).values())
    assert [(await world.client.get(url)).status_code for url in (alfa.document, alfa.attachment)] == [401, 401]
