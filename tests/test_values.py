"""Strange values in every place that the schema has for one: taken or refused on purpose, alike on both databases."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed

from tramesa.graphql.schema import build_schema
from tramesa.models.identifiers import global_id
from tramesa.tests.conftest import settings_for
from tramesa.tests.fuzzing import our_fault
from tramesa.tests.generating import LEAVE_OUT, Maker, Operation, Place, roots
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.sockets import open_socket
from tramesa.tests.tenants import OFFICE, Answer, Filling, Marks, Pool, send
from tramesa.tests.world import Person, open_world

SCHEMA = build_schema()
NOBODYS = "01a20000-0000-7000-8000-000000000000"

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Leaf:
    """A scalar among the variables of an operation: which, and where it stands."""

    place: Place
    path: Path_ = ()


@dataclass(frozen=True)
class Asking:
    """An operation whose variables are good, and the places in them that may be given something else."""

    operation: Operation
    leaves: tuple[Leaf, ...]

    def given(self, leaf: Leaf, value: Any) -> Operation:
        """The operation with this in that place."""
        return Operation(
            self.operation.kind,
            self.operation.root,
            self.operation.text,
            put(self.operation.variables, leaf.path, value),
        )


def put(into: Any, path: Path_, value: Any) -> Any:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(into, list):
        return [put(part, rest, value) if place == step else part for place, part in enumerate(into)]
    return {key: put(part, rest, value) if key == step else part for key, part in into.items()}


def walked(value: Any, path: Path_ = ()) -> Iterator[Leaf]:
    if isinstance(value, Leaf):
        yield Leaf(value.place, path)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from walked(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from walked(part, (*path, place))


def askings(person: Person) -> list[Asking]:
    """Each root field once, with something in every place."""
    good = Filling(person, person, Marks("v"), Pool(), random.Random(8))
    found = []
    for kind, root, _ in roots(SCHEMA, "query", "mutation"):

        def mark(place: Place) -> Any:
            return LEAVE_OUT if place.scalar in ENUMS or place.name in {"last", "before"} else Leaf(place)

        operation = Maker(SCHEMA, mark, random.Random(root)).operation(kind, root, depth=1 if kind == "mutation" else 3)
        if kind == "mutation":
            operation.text = with_errors_only(operation)
        places = tuple(walked(operation.variables))
        for leaf in places:
            operation.variables = put(operation.variables, leaf.path, usual(good, leaf.place))
        found.append(Asking(operation, places))
    return found


def with_errors_only(operation: Operation) -> str:
    """A mutation that selects what was wrong, and nothing else."""
    assert SCHEMA.mutation_type is not None
    payload: Any = SCHEMA.mutation_type.fields[operation.root].type
    wanted = {"errors": "errors { code path }", "results": "results { errors { code path } }", "valid": "valid"}
    head = operation.text.partition(f"{{ {operation.root}")[0]
    arguments = "(input: $v0)" if operation.variables else ""
    selected = " ".join(text for name, text in wanted.items() if name in payload.of_type.fields)
    return f"{head}{{ {operation.root}{arguments} {{ {selected} }} }}"


def usual(good: Filling, place: Place) -> Any:
    if place.scalar == "ID":
        return global_id("Invoice", NOBODYS)
    value = OFFICE if place.name in {"office", "officeCodes"} else good(place)
    return None if value is LEAVE_OUT else value


ENUMS = {name for name, type_ in SCHEMA.type_map.items() if isinstance(type_, GraphQLEnumType)}


@pytest.fixture
async def person(database_url: str, tmp_path: Path) -> AsyncIterator[Person]:
    """Somebody on a database of each kind, who may ask as much as he or she likes."""
    async with open_world(replace(settings_for(database_url, tmp_path), rate_limit=0)) as world:
        yield await world.person()


TEXTS = {
    "control": "a\x07b",
    "line": "a\r\nB: c",
    "rtl": "\u202eabc",
    "invisible": "a\ufeffb",
    "blank": " \u00a0 ",
    "empty": "",
    "astral": "𝒳é",
    "sql": "a' OR 1=1; --%_\\",
    "long": "x" * 300_000,
}


def told(answer: Answer) -> Any:
    """What is said of a request: status, and code and path of each error."""
    body = answer.json
    if "errors" in body:
        return answer.status, [
            (e["extensions"]["code"], tuple(e["extensions"].get("argumentPath", ()))) for e in body["errors"]
        ]
    errors = []
    for payload in body["data"].values():
        if isinstance(payload, dict):
            errors += payload.get("errors") or []
            errors += [error for one in payload.get("results") or [] for error in one.get("errors") or []]
    return answer.status, [(error.get("code"), tuple(error.get("path", ()))) for error in errors]


LETTERS = {"INVALID": "I", "REQUIRED": "R", "BAD_USER_INPUT": "B"}

FREE, FREE_OR_NOT = "I...RR..I", "I.......I"
"""Texts that people write: no control characters, not endlessly long. Lines and directions are theirs."""
NUMBER, SERIES = "IIIIRR..I", "IIII....I"
"""What is compared and read aloud: nothing in it is invisible."""
NAME_OR_NOT = SERIES
MAILBOX, MAILBOX_OR_NOT = "IIIIRRIII", "IIII..III"
CODE = "IIIIIIIII"
"""One of a list, or an address of a server."""
KEY = ".....I..I"
"""1 to 255 characters, whatever they are: they are only compared."""
CURSOR = "BBBBBBBBB"
SOUGHT = "........."
"""What is looked for is found or not; nobody is told what it should look like."""
KEPT = "........I"

# Place: what becomes of each of TEXTS there, `.` where it is let through, else I(NVALID), R(EQUIRED), B(AD_USER_INPUT).
TABLE: dict[str, str] = {
    "AcceptCancellationInput.comment": FREE_OR_NOT,
    "AddressInput.countryCode": "III.RR.II",
    "AddressInput.postCode": FREE,
    "AddressInput.province": FREE,
    "AddressInput.street": FREE,
    "AddressInput.town": FREE,
    "ChangePasswordInput.currentPassword": SOUGHT,
    "ChangePasswordInput.password": "IIIIIII.I",
    "CorrectsInput.method": CODE,
    "CorrectsInput.number": NUMBER,
    "CorrectsInput.reasonCode": CODE,
    "CorrectsInput.series": SERIES,
    "CreateApiTokenInput.name": NUMBER,
    "CreateWebhookInput.url": CODE,
    "CreateReceiverKeyInput.email": MAILBOX_OR_NOT,
    "CreateReceiverKeyInput.receiverTaxId": FREE,
    "ImportInvoiceInput.notifyEmail": MAILBOX_OR_NOT,
    "ImportInvoiceInput.receiverEmail": MAILBOX_OR_NOT,
    "InviteUserInput.email": MAILBOX,
    "InviteUserInput.name": SERIES,
    "InviteUserInput.officeCodes": CODE,
    "InvoiceFilter.counterparty": SOUGHT,
    "InvoiceFilter.number": SOUGHT,
    "InvoiceFilter.office": SOUGHT,
    "InvoiceFilter.search": SOUGHT,
    "InvoiceLineInput.description": FREE,
    "InvoiceLineInput.taxType": CODE,
    "InvoiceLineInput.unit": CODE,
    "IssueInvoiceInput.currency": "III.RR.II",
    "IssueInvoiceInput.notifyEmail": MAILBOX_OR_NOT,
    "IssueInvoiceInput.number": NUMBER,
    "IssueInvoiceInput.series": SERIES,
    "LimitUserToOfficesInput.officeCodes": "IIIIIIII.",
    "OfficeInput.code": "IIIIRR.II",
    "PaymentInput.iban": SERIES,
    "PaymentInput.means": CODE,
    "ReceiverInput.email": MAILBOX_OR_NOT,
    "ReceiverInput.name": NAME_OR_NOT,
    "ReceiverInput.taxId": "IIIIRRIII",
    "RefreshSessionInput.refreshToken": SOUGHT,
    "RefuseCancellationInput.comment": FREE,
    "RegisterInvoiceInRcfInput.rcfNumber": NUMBER,
    "RegisterInvoiceInput.registryNumber": NUMBER,
    "RejectInvoiceInput.reason": FREE,
    "RejectInvoiceInput.reasonCode": FREE_OR_NOT,
    "RenewInvitationInput.email": MAILBOX_OR_NOT,
    "RenewInvitationInput.receiverTaxId": FREE,
    "RequestCancellationInput.reason": FREE,
    "RequestPasswordResetInput.email": FREE,
    "SaveFilterInput.columns": FREE,
    "SaveFilterInput.name": FREE,
    "SaveNoticeAddressInput.address": MAILBOX,
    "UpdateFilterInput.columns": FREE,
    "UpdateFilterInput.name": FREE,
    "UpdateWebhookInput.url": CODE,
}
IN_ONE = {
    "saveFilter": dict.fromkeys(("counterparty", "number", "office", "search"), KEPT),
    "updateFilter": dict.fromkeys(("counterparty", "number", "office", "search"), KEPT),
    "webhooks": {"after": SOUGHT},  # There are none here, so nobody reads on.
    "validateInvoice": {"notifyEmail": SOUGHT, "receiverEmail": "BBBB..BBB", "idempotencyKey": SOUGHT},
}
"""Where one operation says something else of a place than the others."""
SOUGHT_BY_NAME = {"email", "password", "refreshToken", "number", "issuerTaxId", "receiverTaxId"}
ELSEWHERE = {
    "acceptInvitation": "after five attempts it is limited: tests/test_acceptance.py",
    "acceptUserInvitation": "wrong keys are answered late: tests/test_people.py",
    "resetPassword": "likewise: tests/test_passwords.py",
    "changeStatuses": "what a state does not take is refused: tests/test_batches.py; its key stands there",
    "platformDeliverInvoice": "only platforms are let in",
    "platformAnswerCancellation": "likewise",
    "platformCancellations": "likewise",
    "platformDirectory": "likewise",
    "platformReportStates": "likewise",
    "platformRequestCancellation": "likewise",
    "platformStates": "likewise",
}


def expected(root: str, place: Place) -> str | None:
    """What becomes of TEXTS in a place; None where nobody has said."""
    if place.name in IN_ONE.get(root, {}):
        return IN_ONE[root][place.name]
    if place.name in {"after", "before"}:
        return CURSOR
    if place.name == "idempotencyKey":
        return KEY
    if root in {"signIn", "trackInvoice"} or place.coordinate.startswith("Query."):
        return SOUGHT if place.name in SOUGHT_BY_NAME else None
    return TABLE.get(place.coordinate)


def letter(answer: Answer, leaf: Leaf) -> str:
    """How a value was refused in its place; ``.`` where it was let through, whatever else there is to say."""
    _, errors = told(answer)
    code, path = errors[0] if errors else ("", ())
    return LETTERS.get(code, ".") if leaf.place.name in map(str, path) else "."


async def test_strange_texts_are_let_through_or_refused_on_purpose_wherever_they_stand(
    person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    found, wanted = {}, {}
    with caplog.at_level(logging.WARNING), capture_logs() as logs:
        for asking in askings(person):
            root = asking.operation.root
            for leaf in asking.leaves:
                if leaf.place.scalar == "String" and root not in ELSEWHERE:
                    answers = [await send(person, asking.given(leaf, text)) for text in TEXTS.values()]
                    assert [our_fault(answer.status, answer.json) for answer in answers] == [None] * len(TEXTS)
                    assert {answer.status for answer in answers} == {200}
                    found[root, leaf.place.coordinate] = "".join(letter(answer, leaf) for answer in answers)
                    wanted[root, leaf.place.coordinate] = expected(root, leaf.place)

    assert found == wanted
    assert [log for log in logs if log["event"] != "operation"] == []
    assert caplog.records == []


# Scalar: values that are taken, and those that are not; each as a variable and, where it can be written, as a literal.
SCALARS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "Date": (
        ("1900-01-01", "2024-02-29", "2999-12-31"),
        (
            *("0000-01-01", "0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31", "2026-02-29", "2026-1-5", ""),
            *("20260115", "2026-01-15T00:00:00Z", " 2026-01-15", "2026-01-15\n", "\uff12026-01-15"),
            *(20260115, 1.5, True, [], {}),
        ),
    ),
    "DateTime": (
        (
            *("2026-01-15T10:00:00Z", "2026-01-15t10:00:00z", "2026-01-15T10:00:00.123456789+01:00"),
            *("2026-01-15T10:00:00-00:00", "2026-01-15T10:00:00+23:59"),
            *("1900-01-01T00:00:00+23:59", "2999-12-31T23:59:59-23:59"),
        ),
        (
            *("2026-01-15T10:00:00", "2026-01-15T10:00:00+26:00", "2026-01-15T10:00:00+24:00", "2026-01-15T24:00:00Z"),
            *("2026-01-15T10:00:60Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
            *("2026-01-15 10:00:00Z", "2026-01-15", "2026-01-15T10:00Z", "2026-W03-4T10:00:00Z", ""),
            *(1, 1.5, False, [], {}),
        ),
    ),
    "Decimal": (
        ("0", "-0", "-0.00", "00012", "999999999999999999", "-0.00000001", "1234.50"),
        (
            *("1" * 40, "-" + "9" * 19, "0." + "1" * 40, "1E5", "1e-5", "NaN", "-Infinity", "1_000", "\uff11\uff12"),
            *("+1", " 1", "1 ", "1,5", ".5", "5.", "", "-", "0x10"),
            *(1, 1.5, -0.0, True, [], {}),
        ),
    ),
    "Int": ((0, -0, 1), (2**31, -(2**31) - 1, 10**400, 1.5, "1", True, [], {})),
    "Boolean": ((True, False), ("true", 1, 0, 1.0, [], {})),
    "ID": (("", "x", 5, -1, 10**30, "\u202eabc", "x" * 10_000), (1.5, True, {})),
}
_LIST = "invoices(role: RECEIVER, filter: {%s}) { nodes { id } totalCount }"
USES = {
    "Date": "query ($v: Date) { " + _LIST % "issuedFrom: $v, issuedTo: $v" + " }",
    "DateTime": "query ($v: DateTime) { " + _LIST % "changedSince: $v" + " }",
    "Decimal": "query ($v: Decimal) { " + _LIST % "totalFrom: $v, totalTo: $v" + " }",
    "Int": 'mutation ($v: Int) { conformInvoice(input: {invoiceId: "x", expectedVersion: $v}) { errors { code } } }',
    "Boolean": "query ($v: Boolean) { " + _LIST % "unseen: $v" + " }",
    "ID": "query ($v: ID!) { node(id: $v) { id } invoice(id: $v) { id } }",
}


def literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("scalar", SCALARS)
async def test_each_scalar_takes_what_it_says_and_nothing_else(person: Person, scalar: str) -> None:
    good, bad = SCALARS[scalar]
    query = USES[scalar]
    inside = query.partition("{")[2]
    taken = []
    for value in (*good, *bad):
        by_variable = await person.world.client.post(
            "/graphql",
            content=json.dumps({"query": query, "variables": {"v": value}}),
            headers={"authorization": f"Bearer {person.token}", "content-type": "application/json"},
        )
        text = f"{query[:8].partition(' ')[0]} {{{inside.replace('$v', literal(value))}"
        answers = [by_variable.json(), await person.execute(text)]
        for body in answers:
            assert our_fault(by_variable.status_code, body) is None, (value, body)
        taken.append(["errors" not in body for body in answers])

    assert taken == [[True, True]] * len(good) + [[False, False]] * len(bad)


HOSTILE = {
    "nul": '"a\\u0000b"',
    "lone high surrogate": '"\\ud800"',
    "lone low surrogate": '"a\\udc00b"',
    "surrogates the wrong way round": '"\\udc00\\ud800"',
    "a megabyte": '"' + "x" * 1024 * 1024 + '"',
}


@pytest.mark.parametrize("value", HOSTILE)
async def test_what_is_no_text_is_refused_as_a_request_over_http_and_sockets(person: Person, value: str) -> None:
    body = '{"query": "query ($v: String) { invoices(role: RECEIVER, filter: {search: $v}) { nodes { id } } }", '
    body += f'"variables": {{"v": {HOSTILE[value]}}}}}'
    headers = {"authorization": f"Bearer {person.token}", "content-type": "application/json"}

    answer = await person.world.client.post("/graphql", content=body.encode(), headers=headers)
    async with listening(person.world.app) as url, open_socket(url, person.token) as socket:
        await socket.send('{"type": "subscribe", "id": "1", "payload": ' + body + "}")
        try:
            said = await socket.receive()
            ended = said["payload"][0]["extensions"]["code"]
        except ConnectionClosed as closed:
            ended = str(closed.rcvd.code if closed.rcvd else None)

    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer.status_code == {"nul": 200, "a megabyte": 413}.get(value, 400)
    assert ended == {"nul": "BAD_USER_INPUT", "a megabyte": "1009"}.get(value, "4400")


@pytest.mark.parametrize("value", [r"\u0000", r"\ud800", r"\udc00\ud800", r"\u{d800}", r"\u{110000}", r"\u{0}"])
async def test_what_is_no_text_is_refused_in_a_document(person: Person, value: str) -> None:
    body = await person.execute("{ " + _LIST % f'search: "{value}"' + " }")

    assert "data" not in body
    assert {error["extensions"]["code"] for error in body["errors"]} <= {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}


HEADERS = [
    "Bearer \u202e",
    "Bearer \xff",
    "Bearer " + "x" * 60_000,
    "Bearer",
    "Bearer \x7f",
    "Basic eA==",
    "bearer  ",
    "x" * 9000,
]


async def test_strange_headers_are_bad_credentials_or_no_matter(
    person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), capture_logs() as logs:
        for header in HEADERS:
            given = {"authorization": header.encode()}
            statuses = [
                (await person.world.client.request(method, path, headers=given)).status_code
                for method, path in (("POST", "/graphql"), ("GET", f"/invoices/{NOBODYS}/document"))
            ]
            assert statuses == [401, 401], header
        for name in ("x-request-id", "last-event-id", "accept", "if-none-match", "idempotency-key"):
            for value in ("\u202e", "a\tb", "x" * 5000, "'; DROP TABLE party", "%00", "*/*;q=NaN"):
                headers = {"authorization": f"Bearer {person.token}", name: value.encode()}
                response = await person.world.client.post(
                    "/graphql", json={"query": "{ viewer { id } }"}, headers=headers
                )
                assert response.status_code in ({200, 406} if name == "accept" else {200}), (name, value)

    assert [log for log in logs if log["event"] != "operation"] == []
    assert caplog.records == []


KEYS = [
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "x" * 3000,
    "%ff",
    "%ed%a0%80",
    "\u202e",
    NOBODYS.upper(),
    NOBODYS[:-1],
    "{}",
    "%0d%0aa:b",
]


async def test_strange_addresses_of_downloads_lead_nowhere(person: Person) -> None:
    headers = {"authorization": f"Bearer {person.token}"}
    for key in KEYS:
        for path in ("/invoices/{}/document", "/invoices/{}/receipt", "/attachments/{}"):
            response = await person.world.client.get(path.format(key), headers=headers)
            assert response.status_code == 404, (path, key)
    for query in (
        "format=%00",
        "language=%ff",
        "for=%00&expires=1&signature=x",
        "signature=%ff",
        "for=x&expires=²&signature=é",
    ):
        response = await person.world.client.get(f"/invoices/{NOBODYS}/document?{query}", headers=headers)
        assert response.status_code == (401 if "signature" in query else 400), query


READ_BACK = ["𝒳é", "e\u0301", "a' OR 1=1; --%_\\", "<script>alert(1)</script>", "\u202eabc", "a\nb", "{{7*7}}", "=1+1"]


async def test_texts_that_are_taken_are_read_back_as_they_were(person: Person) -> None:
    world, receiver = person.world, await person.world.person()
    kept = {"reason": READ_BACK, "description": READ_BACK, "number": [text for text in READ_BACK if text.isprintable()]}
    query = "query ($id: ID!) { invoice(id: $id) { number series rejectionReason lines { description } } }"
    for place, text in enumerate(READ_BACK):
        number = kept["number"][place % len(kept["number"])][:18]
        line = {"description": text, "quantity": "-0", "unitPrice": "100", "taxRate": "21"}
        wanted = {"number": number, "series": f"{place}{number}"[:20], "lines": [line, LINE]}
        invoice = await world.issue(person, receiver, **wanted)
        await receiver.ask(REJECT, i={"invoiceId": invoice["id"], "reason": text})
        found = (await person.ask(query, id=invoice["id"]))["invoice"]
        assert (found["number"], found["series"]) == (wanted["number"], wanted["series"])
        assert (found["rejectionReason"], found["lines"][0]["description"]) == (text, text)


LINE = {"description": "Work", "quantity": "1", "unitPrice": "100", "taxRate": "21"}
REJECT = "mutation ($i: RejectInvoiceInput!) { rejectInvoice(input: $i) { errors { code } } }"
