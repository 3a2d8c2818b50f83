"""Who may do what: one table of every mutation, by role and by side; and a role withdrawn, which counts at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tramesa.graphql.schema import build_schema
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.identifiers import global_id
from tramesa.models.tables import ApiToken, User
from tramesa.tests.following import FOLLOW
from tramesa.tests.generating import File, Operation
from tramesa.tests.onboarding import STRANGER, to_stranger
from tramesa.tests.operations import bring
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket
from tramesa.tests.tenants import send
from tramesa.tests.world import ISSUE, Person, World

SCHEMA = build_schema()
assert SCHEMA.mutation_type is not None
MUTATIONS = SCHEMA.mutation_type.fields

ROLES = (UserRole.ISSUER, UserRole.REGISTRAR, UserRole.ACCOUNTANT, UserRole.ADMIN)
WHO = (*ROLES, None)
SIDES = ("issuer", "receiver", "stranger")
ORDER = sorted(((side, role) for side in SIDES for role in WHO), key=lambda who: who == ("issuer", UserRole.ADMIN))

STALE = {"expectedVersion": 99}
"""Who may do it is told that the invoice has moved on, so that nothing happens."""
INVOICE = {"invoiceId": "$invoice", **STALE}
EVERY, NOBODY, MISSING = "+++++", "FFFFF", "NNNNN"


@dataclass(frozen=True)
class Row:
    """What each role (issuer, registrar, accountant, administrator, none) of each side gets.

    ``+``: it is done, or refused with ``then`` for another reason than who asks; F: FORBIDDEN; N: NOT_FOUND;
    C: CANCELLATION_REFUSED, which says that only its issuer asks.
    """

    input: dict[str, Any]
    issuer: str
    receiver: str
    stranger: str
    then: str = "DONE"


def moving(receiver: str, **more: Any) -> Row:
    return Row({**INVOICE, **more}, NOBODY, receiver, MISSING, "VERSION_CONFLICT")


def own(issuer: str, then: str = "DONE", **given: Any) -> Row:
    """About a thing that the issuer's party has."""
    others = issuer.replace("+", "N")
    return Row(given, issuer, others, others, then)


def any_party(each: str, then: str = "DONE", **given: Any) -> Row:
    """About nothing but the party that asks."""
    return Row(given, each, each, each, then)


LINE = {"description": "Work", "quantity": "1", "unitPrice": "100", "taxRate": "21"}
NEW_INVOICE = {"receiver": {"taxId": STRANGER}, "number": "1", "issueDate": "2026-01-15", "lines": [LINE]}

TABLE: dict[str, Row] = {
    # Moving an invoice: its receiver's registrars and accountants, each their own steps; never its issuer.
    "registerInvoice": moving("F+F+F"),
    "markInvoiceDelivered": moving("F+++F"),
    "registerInvoiceInRcf": moving("FF++F", rcfNumber="RCF-1"),
    "markInvoiceReceived": moving("FF++F"),
    "conformInvoice": moving("FF++F"),
    "recogniseInvoice": moving("FF++F"),
    "rejectInvoice": moving("FF++F", reason="Wrong"),
    "markInvoicePaid": moving("FF++F", paymentDate="2026-02-01"),
    "changeStatuses": Row(
        {"changes": [{"invoiceId": "$invoice", "to": "CONFORMED", **STALE}]},
        NOBODY,
        "FF++F",
        MISSING,
        "VERSION_CONFLICT",
    ),
    "confirmDelivery": Row({"invoiceIds": ["$unregistered"]}, NOBODY, "F+++F", MISSING, "TRANSITION_NOT_ALLOWED"),
    "markInvoiceSeen": Row({"invoiceId": "$invoice"}, NOBODY, EVERY, MISSING),
    # Cancelling: the issuer asks, the receiver answers.
    "requestCancellation": Row({**INVOICE, "reason": "Sent twice"}, "+FF+F", "CCCCC", MISSING, "VERSION_CONFLICT"),
    "withdrawCancellation": Row(INVOICE, "+FF+F", NOBODY, MISSING, "VERSION_CONFLICT"),
    "acceptCancellation": Row(INVOICE, NOBODY, "FF++F", MISSING, "VERSION_CONFLICT"),
    "refuseCancellation": Row({**INVOICE, "comment": "No"}, NOBODY, "FF++F", MISSING, "VERSION_CONFLICT"),
    # Of what one sees: a stranger's archive has nothing in it.
    "createDocumentArchive": any_party(EVERY, invoiceIds=["$invoice"]),
    # Sending.
    "issueInvoice": any_party("+FF+F", "RECEIVER_UNKNOWN", **NEW_INVOICE),
    "importInvoice": any_party("+FF+F", "DOCUMENT_REFUSED", file=File("a.xml", b"<a/>")),
    "validateInvoice": any_party(EVERY, file=File("a.xml", b"<a/>")),
    "createReceiverKey": own("+FF+F", "INVALID", receiverTaxId=STRANGER),
    "renewReceiverKey": own("+FF+F", keyId="$key"),
    "revokeReceiverKey": own("+FF+F", keyId="$key"),
    "renewInvitation": own("+FF+F", receiverTaxId=STRANGER),
    # The party's own settings.
    "limitUserToOffices": own("FFF+F", userId="$spare"),
    "setUserRoles": own("FFF+F", userId="$spare", roles=["ISSUER"]),
    "setUserActive": own("FFF+F", userId="$spare", active=True),
    "inviteUser": any_party("FFF+F", email="new@example.org", roles=["ISSUER"]),
    "revokeUserInvitation": own("FFF+F", invitationId="$invited"),
    "saveNoticeAddress": any_party("FFF+F", address="a@example.org", language="EN", events=[]),
    "removeNoticeAddress": own("FFF+F", id="$address"),
    "createWebhook": any_party("FFF+F", url="https://example.org/hook"),
    "testWebhook": own("FFF+F", webhookId="$hook"),
    "redeliver": own("FFF+F", deliveryId="$delivery"),
    "rotateWebhookSecret": own("FFF+F", webhookId="$hook"),
    "updateWebhook": own("FFF+F", webhookId="$hook", enabled=True),
    "deleteWebhook": own("FFF+F", webhookId="$hook"),
    "resendNotification": own(EVERY, "INVALID", id="$notification"),
    # One's own.
    "createApiToken": any_party(EVERY, name="x", scopes=["INVOICES_READ"]),
    "revokeApiToken": own("NNN+N", tokenId="$token"),
    "saveFilter": any_party(EVERY, name="x", role="ISSUER", filter={}),
    "updateFilter": Row({"filterId": "$filter", "name": "y"}, "FFF+F", MISSING, MISSING),
    "deleteFilter": Row({"filterId": "$filter"}, "FFF+F", MISSING, MISSING),
    # A program has no password.
    "changePassword": any_party(NOBODY, currentPassword="x", password="a long enough password"),
    # Anybody's, without credentials too; and other platforms', who show credentials of their own.
    "signIn": any_party(EVERY, "BAD_CREDENTIALS", email="nobody@example.org", password="x"),
    "refreshSession": any_party(EVERY, "BAD_CREDENTIALS", refreshToken="x"),
    "signOut": any_party(EVERY),
    "acceptInvitation": any_party(
        EVERY,
        "BAD_CREDENTIALS",
        email="x@example.org",
        keyOne="x",
        keyTwo="x",
        name="x",
        password="a long enough password",
        taxId=STRANGER,
        userName="x",
    ),
    "acceptUserInvitation": any_party(EVERY, "INVALID", key="x", password="short"),
    "requestPasswordReset": any_party(EVERY, "REQUIRED", email=" "),
    "resetPassword": any_party(EVERY, "INVALID", key="x", password="short"),
    "platformAnswerCancellation": any_party(
        EVERY,
        "UNAUTHENTICATED",
        act="ACCEPT",
        at="2026-01-15T10:00:00Z",
        invoiceId="x",
        requestId="x",
        states=[],
        version=1,
    ),
    "platformDeliverInvoice": any_party(
        EVERY,
        "UNAUTHENTICATED",
        file=File("a.xml", b"<a/>"),
        invoiceId="x",
        issueDate="2026-01-15",
        issuerTaxId=STRANGER,
        number="1",
        receiverTaxId=STRANGER,
        sentAt="2026-01-15T10:00:00Z",
        sha256="0" * 64,
    ),
    "platformReportStates": any_party(EVERY, "UNAUTHENTICATED", invoiceId="x", states=[]),
    "platformRequestCancellation": any_party(
        EVERY, "UNAUTHENTICATED", invoiceId="x", reason="x", requestId="x", requestedAt="2026-01-15T10:00:00Z"
    ),
}
"""A mutation without a row fails. Those that take a side's thing away stand last, and are asked in this order."""


@dataclass(frozen=True)
class Scene:
    """Everybody of the three sides by role, and what their mutations are about."""

    people: dict[tuple[str, UserRole | None], Person]
    values: dict[str, Any]


@pytest.fixture
async def scene(small_world: World) -> Scene:
    world, people = small_world, dict[tuple[str, UserRole | None], Person]()
    for side in SIDES:
        kind = PartyKind.PUBLIC_BODY if side == "receiver" else PartyKind.COMPANY
        first = await world.person(UserRole.ADMIN, kind=kind, manual_registration=side == "receiver")
        people[side, UserRole.ADMIN] = first
        for role in WHO:
            if role is not UserRole.ADMIN:
                people[side, role] = await world.person(*([role] if role else []), party=first)
                if role is None:
                    with world.services.database.bound():
                        await User.filter(id=people[side, role].user_id).update(roles="")
    issuer, receiver = people["issuer", UserRole.ADMIN], people["receiver", UserRole.ADMIN]
    spare = await world.person(UserRole.ISSUER, party=issuer)
    values = {
        "invoice": (await registered(world, issuer, receiver))["id"],
        "unregistered": (await world.issue(issuer, receiver))["id"],
        "spare": global_id("Viewer", spare.user_id),
    }
    with world.services.database.bound():
        values["token"] = global_id("ApiToken", str((await ApiToken.get(user_id=spare.user_id)).id))
    assert (await issuer.ask(ISSUE, input=to_stranger(world, issuer)))["issueInvoice"]["errors"] == []
    return Scene(people, values | await things(issuer))


async def registered(world: World, issuer: Person, receiver: Person) -> dict[str, Any]:
    invoice = await world.issue(issuer, receiver)
    await bring(receiver, InvoiceStatus.REGISTERED, invoice["id"])
    return invoice


async def things(admin: Person) -> dict[str, str]:
    """What a party has: an address that is mailed, a mail, a key for a receiver, a filter."""
    data = await admin.ask(
        """mutation ($key: CreateReceiverKeyInput!, $filter: SaveFilterInput!, $address: SaveNoticeAddressInput!,
        $hook: CreateWebhookInput!, $person: InviteUserInput!) { createWebhook(input: $hook) { webhook { id } }
        inviteUser(input: $person) { invitation { id } }
        createReceiverKey(input: $key) { receiverKey { id } } saveFilter(input: $filter) { savedFilter { id } }
        saveNoticeAddress(input: $address) { address { id } } }""",
        key={"receiverTaxId": STRANGER},
        filter={"name": "ours", "role": "ISSUER", "shared": True, "filter": {}},
        address={"address": "z@example.org", "language": "CA", "events": []},
        hook={"url": "https://example.org/ours"},
        person={"email": "ours@example.org", "roles": ["ISSUER"]},
    )
    hook = data["createWebhook"]["webhook"]["id"]
    test = "mutation ($i: WebhookInput!) { testWebhook(input: $i) { delivery { id } } }"
    delivery = (await admin.ask(test, i={"webhookId": hook}))["testWebhook"]["delivery"]["id"]
    mails = (await admin.ask("{ notifications { nodes { id kind } } }"))["notifications"]["nodes"]
    return {
        "hook": hook,
        "delivery": delivery,
        "invited": data["inviteUser"]["invitation"]["id"],
        "key": data["createReceiverKey"]["receiverKey"]["id"],
        "filter": data["saveFilter"]["savedFilter"]["id"],
        "address": data["saveNoticeAddress"]["address"]["id"],
        "notification": next(mail["id"] for mail in mails if mail["kind"] == "INVITATION"),
    }


async def outcome(person: Person, name: str, given: dict[str, Any]) -> str:
    """DONE, or the code of the first error wherever it stands."""
    input_type = MUTATIONS[name].args.get("input")
    payload_fields = MUTATIONS[name].type.of_type.fields  # type: ignore[union-attr]
    errors = "errors { code }" if "errors" in payload_fields else "valid"
    results = "results { errors { code } }" if "results" in payload_fields else ""
    head = f"mutation ($input: {input_type.type}) {{ {name}(input: $input)" if input_type else f"mutation {{ {name}"
    query = f"{head} {{ {errors} {results} }} }}"
    variables = {"input": given} if input_type else {}
    body = (await send(person, Operation("mutation", name, query, variables))).json
    if "errors" in body:
        return str(body["errors"][0]["extensions"]["code"])
    [payload] = body["data"].values()
    found = [*payload.get("errors", ()), *(error for one in payload.get("results", ()) for error in one["errors"])]
    return str(found[0]["code"]) if found else "DONE"


def filled(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: filled(part, values) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, values) for part in value]
    return values[value[1:]] if isinstance(value, str) and value.startswith("$") else value


LETTERS = {"FORBIDDEN": "F", "NOT_FOUND": "N", "CANCELLATION_REFUSED": "C", "RATE_LIMITED": "+"}


def test_every_mutation_has_its_row() -> None:
    assert sorted(TABLE) == sorted(MUTATIONS)


async def test_what_each_role_of_each_side_gets(scene: Scene) -> None:
    told = {}
    for name, row in TABLE.items():
        given, letters = filled(row.input, scene.values), {**LETTERS, row.then: "+"}
        # Who may comes last: what is taken away is there for the others to be refused.
        answers = {who: letters.get(await outcome(scene.people[who], name, given), "?") for who in ORDER}
        told[name] = tuple("".join(answers[side, role] for role in WHO) for side in SIDES)

    assert told == {name: (row.issuer, row.receiver, row.stranger) for name, row in TABLE.items()}


async def test_roles_that_may_not_each_may_not_together_and_one_that_may_suffices(scene: Scene) -> None:
    """Of the receiver: all roles that may not at once are refused, and all four at once are not."""
    person = scene.people["receiver", None]
    for name, row in TABLE.items():
        if not {"F", "+"} <= set(row.receiver):
            continue
        refused = [role for role, letter in zip(WHO, row.receiver, strict=True) if letter == "F" and role]
        for roles, expected in ((refused, "FORBIDDEN"), (list(ROLES), row.then)):
            await _give(person, roles)
            assert await outcome(person, name, filled(row.input, scene.values)) == expected, (name, roles)


async def _give(person: Person, roles: list[UserRole]) -> None:
    with person.world.services.database.bound():
        await User.filter(id=person.user_id).update(roles=",".join(sorted(roles)))


async def test_a_withdrawn_role_counts_from_the_next_operation(scene: Scene) -> None:
    accountant = scene.people["receiver", UserRole.ACCOUNTANT]
    name, row = "conformInvoice", TABLE["conformInvoice"]
    given = filled(row.input, scene.values)

    async with listening(accountant.world.app) as url, open_socket(url, accountant.token) as socket:
        query = "mutation ($i: ChangeStatusInput!) { conformInvoice(input: $i) { errors { code } } }"
        await socket.subscribe("before", query, i=given)
        before = await socket.receive()
        assert await outcome(accountant, name, given) == "VERSION_CONFLICT"

        await _give(accountant, [UserRole.REGISTRAR])
        # At once, before anybody has looked again at who is still there.
        assert await socket.receive() == {"type": "complete", "id": "before"}
        await socket.subscribe("after", query, i=given)
        after = await socket.receive()
        assert await outcome(accountant, name, given) == "FORBIDDEN"

    assert before["payload"] == {"data": {name: {"errors": [{"code": "VERSION_CONFLICT"}]}}}
    assert after["payload"] == {"data": {name: {"errors": [{"code": "FORBIDDEN"}]}}}


async def test_a_person_shut_out_does_nothing_more_on_an_open_socket(scene: Scene) -> None:
    admin = scene.people["receiver", UserRole.ADMIN]
    query = "mutation ($i: ChangeStatusInput!) { conformInvoice(input: $i) { errors { code } } }"
    given = {"invoiceId": scene.values["invoice"]}

    async with listening(admin.world.app) as url, open_socket(url, admin.token) as socket:
        await socket.subscribe("1", FOLLOW, role="RECEIVER")
        with admin.world.services.database.bound():
            await User.filter(id=admin.user_id).update(active=False)
        await asyncio.gather(*(socket.subscribe(str(number), query, i=given) for number in range(2, 12)))
        end = await socket.end()

    assert end == (4403, "Forbidden")
    [row] = await admin.world.services.database.fetch(
        "SELECT COUNT(*) FROM status_change WHERE to_status = 'CONFORMED'"
    )
    assert row[0] == 0
