"""Who hears of a request of cancellation and of its answer: live, by polling, by mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from tramesa.mail.rendering import render
from tramesa.models.domain.states import InvoiceStatus, Language
from tramesa.models.domain.transitions import PartyRole
from tramesa.models.feeds.positions import CANCELLATION_FEED, STATUS_FEED
from tramesa.tests.cancelling import act, ask_for_it
from tramesa.tests.following import open_events
from tramesa.tests.operations import bring
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import Socket, open_socket, until
from tramesa.tests.world import Person, World

FOLLOW = """subscription ($role: PartyRole! = ISSUER, $after: String) {
  cancellationChanged(role: $role, after: $after) { cursor change { act state actor info invoice { number } }
  invoice { id number status version canAnswerCancellation cancellation { state reason } } } }"""
PAGE = """query ($role: PartyRole!, $after: String, $first: Int!) {
  cancellationChanges(role: $role, after: $after, first: $first) {
    edges { cursor node { act invoice { number } } } nodes { act }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } cancellationCursor(role: $role) }"""
SIDES = (PartyRole.ISSUER, PartyRole.RECEIVER)


@pytest.fixture
async def server(world: World) -> AsyncIterator[str]:
    async with listening(world.app) as url:
        yield url


async def next_event(socket: Socket) -> dict[str, Any]:
    message = await socket.receive()
    assert (message["type"], list(message["payload"])) == ("next", ["data"])
    event: dict[str, Any] = message["payload"]["data"]["cancellationChanged"]
    return event


async def test_both_sides_hear_of_requests_and_answers_while_they_happen(world: World, server: str) -> None:
    issuer, receiver = await world.person(name="Laura"), await world.person(name="Carme")
    invoice = await world.issue(issuer, receiver, number="7")

    async with open_socket(server, issuer.token) as one, open_socket(server, receiver.token) as other:
        await one.subscribe("1", FOLLOW)
        await other.subscribe("1", FOLLOW, role="RECEIVER")
        await until(lambda: world.services.database.signals.following == 2)
        await ask_for_it(issuer, invoice["id"])
        asked = [await next_event(socket) for socket in (one, other)]
        await act(receiver, "acceptCancellation", invoice["id"], comment="Granted")
        answered = [await next_event(socket) for socket in (one, other)]

    for events, place in ((asked, 1), (answered, 2)):
        assert [event["cursor"] for event in events] == [CANCELLATION_FEED.cursor(role, place) for role in SIDES]
        assert events[0]["change"] == events[1]["change"]
    request = {"act": "REQUEST", "state": "REQUESTED", "actor": "Laura", "info": "Sent twice"}
    assert asked[0]["change"] == {**request, "invoice": {"number": "7"}}
    assert (asked[0]["invoice"]["status"], asked[0]["invoice"]["version"]) == ("REGISTERED", 2)
    assert [event["invoice"]["canAnswerCancellation"] for event in asked] == [False, True]
    accept = {"act": "ACCEPT", "state": "ACCEPTED", "actor": "Carme", "info": "Granted"}
    assert answered[1]["change"] == {**accept, "invoice": {"number": "7"}}
    assert (answered[1]["invoice"]["status"], answered[1]["invoice"]["version"]) == ("CANCELLED", 3)


async def test_what_was_missed_comes_first(world: World, server: str) -> None:
    issuer, receiver = await world.person(), await world.person()
    invoices = [await world.issue(issuer, receiver) for _ in range(3)]
    for invoice in invoices:
        await ask_for_it(issuer, invoice["id"])

    async with open_socket(server, receiver.token) as socket:
        await socket.subscribe("1", FOLLOW, role="RECEIVER", after=CANCELLATION_FEED.cursor(PartyRole.RECEIVER, 1))
        heard = [await next_event(socket) for _ in range(2)]
        await bring(receiver, InvoiceStatus.PAID, invoices[0]["id"])
        heard.append(await next_event(socket))
    async with open_events(
        server, issuer.token, query=FOLLOW, last_id=CANCELLATION_FEED.cursor(PartyRole.ISSUER, 3)
    ) as events:
        last = (await events.next())["data"]["cancellationChanged"]

    told = [(event["change"]["act"], event["invoice"]["number"]) for event in heard]
    numbers = [invoice["number"] for invoice in invoices]
    assert told == [("REQUEST", numbers[1]), ("REQUEST", numbers[2]), ("OVERTAKE", numbers[0])]
    assert (last["change"]["act"], last["cursor"]) == ("OVERTAKE", CANCELLATION_FEED.cursor(PartyRole.ISSUER, 4))


async def test_programs_read_the_same_feed_page_by_page(world: World) -> None:
    issuer, receiver, stranger = [await world.person() for _ in range(3)]
    invoices = [await world.issue(issuer, receiver) for _ in range(3)]
    for invoice in invoices:
        await ask_for_it(issuer, invoice["id"])

    for person, role in ((issuer, "ISSUER"), (receiver, "RECEIVER")):
        found = await person.ask(PAGE, role=role, first=2)
        page, cursors = (
            found["cancellationChanges"],
            [CANCELLATION_FEED.cursor(PartyRole(role), place) for place in (1, 2, 3)],
        )
        assert page["pageInfo"] == {
            "hasNextPage": True,
            "hasPreviousPage": False,
            "startCursor": cursors[0],
            "endCursor": cursors[1],
        }
        assert found["cancellationCursor"] == cursors[2]
        rest = (await person.ask(PAGE, role=role, first=2, after=cursors[1]))["cancellationChanges"]
        assert [edge["node"]["invoice"]["number"] for edge in (*page["edges"], *rest["edges"])] == [
            invoice["number"] for invoice in invoices
        ]
    assert (await stranger.ask(PAGE, role="RECEIVER", first=2))["cancellationChanges"]["nodes"] == []


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", STATUS_FEED.cursor(PartyRole.ISSUER, 1), CANCELLATION_FEED.cursor(PartyRole.RECEIVER, 0)]
)
async def test_a_cursor_of_another_feed_is_refused(small_world: World, cursor: str) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    await small_world.issue(issuer, receiver)

    response = await issuer.execute(PAGE, role="ISSUER", first=1, after=cursor)
    beyond = await issuer.execute(PAGE, role="ISSUER", first=1, after=CANCELLATION_FEED.cursor(PartyRole.ISSUER, 1))
    other_way = await issuer.execute(
        "query ($after: String) { statusChanges(after: $after) { nodes { id } } }",
        after=CANCELLATION_FEED.cursor(PartyRole.ISSUER, 0),
    )

    for refused in (response, beyond, other_way):
        [error] = refused["errors"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "argumentPath": ["after"]}


async def mails(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, recipient and facts of every mail about a cancellation, in their order."""
    found = await world.services.database.fetch(
        "SELECT kind, recipient, facts FROM mail_message WHERE kind LIKE 'CANCELLATION%'"
        " OR facts LIKE '%\"CANCELLED\"%' ORDER BY created_at, id"
    )
    return [(row[0], row[1], orjson.loads(row[2])) for row in found]


async def told_parties(world: World) -> tuple[Person, Person, dict[str, Any]]:
    issuer = await world.person(name="Laura", party_name="Ferrer, SL", party_email="issuer@example.org")
    receiver = await world.person(name="Carme", party_name="Ajuntament", party_email="receiver@example.org")
    return issuer, receiver, await world.issue(issuer, receiver, number="7")


async def test_the_receiver_is_mailed_when_asked_and_the_issuer_when_answered(world: World) -> None:
    issuer, receiver, invoice = await told_parties(world)
    await ask_for_it(issuer, invoice["id"], reason="Sent twice")
    await act(issuer, "withdrawCancellation", invoice["id"])
    await ask_for_it(issuer, invoice["id"], reason="Wrong amount")
    await act(receiver, "refuseCancellation", invoice["id"], comment="It is right")
    other = await world.issue(issuer, receiver, number="8", notifyEmail="notify@example.org")
    await ask_for_it(issuer, other["id"], reason="Sent twice")
    await act(receiver, "acceptCancellation", other["id"])

    told = [(kind, to, facts["number"], facts["reason"], facts.get("actor")) for kind, to, facts in await mails(world)]

    assert told == [
        ("CANCELLATION_REQUESTED", "receiver@example.org", "7", "Sent twice", "Laura"),
        ("CANCELLATION_WITHDRAWN", "receiver@example.org", "7", None, "Laura"),
        ("CANCELLATION_REQUESTED", "receiver@example.org", "7", "Wrong amount", "Laura"),
        ("CANCELLATION_REFUSED", "issuer@example.org", "7", "It is right", "Carme"),
        ("CANCELLATION_REQUESTED", "receiver@example.org", "8", "Sent twice", "Laura"),
        ("STATUS", "notify@example.org", "8", "Sent twice", None),
    ]


async def test_a_refused_request_mails_nobody(small_world: World) -> None:
    issuer, receiver, invoice = await told_parties(small_world)
    await ask_for_it(issuer, invoice["id"])
    await act(receiver, "refuseCancellation", invoice["id"], comment="No")
    before = await mails(small_world)

    await act(issuer, "requestCancellation", invoice["id"], reason="Again")
    await act(receiver, "acceptCancellation", invoice["id"])

    assert await mails(small_world) == before


@pytest.mark.parametrize("language", Language)
async def test_the_mails_say_who_which_invoice_and_why(small_world: World, language: Language) -> None:
    issuer, receiver, invoice = await told_parties(small_world)
    await ask_for_it(issuer, invoice["id"], reason="Sent <b>twice</b>")
    await act(issuer, "withdrawCancellation", invoice["id"])
    await ask_for_it(issuer, invoice["id"], reason="Wrong amount")
    await act(receiver, "refuseCancellation", invoice["id"], comment="It is right\nas it is")

    for kind, _, facts in await mails(small_world):
        mail = render(kind, language.value, facts, "https://factures.example")
        assert "7" in mail.subject
        assert ("Ajuntament" if kind == "CANCELLATION_REFUSED" else "Ferrer, SL") in mail.subject
        assert "{" not in mail.subject + mail.text
        assert "<b>" not in mail.html
        assert f"https://factures.example/live?invoice={invoice['id'].replace('=', '%3D')}" in mail.text
        if kind != "CANCELLATION_WITHDRAWN":
            assert facts["actor"] in mail.text
            assert f"> {facts['reason'].splitlines()[0]}" in mail.text
