"""What anybody may send: operations made from the schema, variables of any shape, frames, bytes; and whose fault it is.

``scripts/fuzz-api`` hunts with the same for as long as it is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from tramesa.models.domain.faults import FaultCode

CODES = {code.value for code in FaultCode}
LOG = ("Traceback", "internal_error", "Exception")
"""What a log that nobody need look into does not have."""

texts = st.text(max_size=30) | st.sampled_from(
    (
        "",
        "\0",
        "a\0b",
        "\u202eabc",
        "\ufeff",
        "é" * 300,
        "😀",
        "0",
        "-0",
        "1e400",
        "NaN",
        "%",
        "_",
        "\\",
        "'",
        '"',
        "../..",
    )
)
numbers = st.integers() | st.floats() | st.sampled_from((2**31, -(2**31), 2**63, 2**64, 10**40, 0.1, -0.0))
leaves = st.none() | st.booleans() | numbers | texts
json_values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)


def deep(levels: int, opening: str, closing: str) -> str:
    """JSON nested so deep."""
    return opening * levels + "1" + closing * levels


deep_json = st.tuples(st.integers(1, 1200), st.sampled_from((("[", "]"), ('{"a":', "}")))).map(
    lambda given: deep(given[0], *given[1])
)


def register_scalars() -> None:
    """Tell schemathesis what our scalars look like: mostly good values, and some that are not."""
    dates = st.dates().map(lambda day: day.isoformat())
    instants = st.datetimes().map(lambda at: at.isoformat() + "Z") | st.datetimes().map(lambda at: at.isoformat())
    decimals = st.decimals(-(10**18), 10**18, places=2).map(str) | st.sampled_from(
        ("-0", "NaN", "1E+400000", "1_0", "")
    )
    for name, values in (("Date", dates), ("DateTime", instants), ("Decimal", decimals)):
        schemathesis.graphql.scalar(name, values.map(nodes.String))
    schemathesis.graphql.scalar("Upload", st.sampled_from((nodes.Null, nodes.String("x"), nodes.Int(1))))


def cases(url: str) -> Iterator[tuple[str, st.SearchStrategy[Any]]]:
    """Every root field of the schema served there, with a strategy of schemathesis that asks for it."""
    register_scalars()
    for found in schemathesis.graphql.from_url(f"{url}/graphql").get_all_operations():
        operation = found.ok()
        yield operation.label, operation.as_strategy()


# One operation for each kind of place that a value may stand in.
OPERATIONS = (
    "query ($a: ID!) { node(id: $a) { id } invoice(id: $a) { number } }",
    "query ($a: [ID!]!) { nodes(ids: $a) { id } }",
    "query ($a: InvoiceFilter) { invoices(role: RECEIVER, filter: $a, first: 2) { totalCount nodes { id } } }",
    "query ($a: InvoiceFilter) { invoiceSummary(role: RECEIVER, filter: $a) { status count } }",
    "query ($a: InvoiceOrder) { invoices(role: RECEIVER, orderBy: $a, first: 2) { nodes { id } } }",
    "query ($a: Int) { invoices(role: RECEIVER, first: $a) { nodes { id } } }",
    "query ($a: String) { invoices(role: ISSUER, after: $a) { totalCount } statusChanges(after: $a) { nodes { to } } }",
    "query ($a: Boolean!) { viewer @include(if: $a) { name } }",
    "mutation ($a: SignInInput!) { signIn(input: $a) { errors { code } } }",
    "mutation ($a: RefreshSessionInput!) { refreshSession(input: $a) { errors { code } } }",
    "mutation ($a: IssueInvoiceInput!) { issueInvoice(input: $a) { errors { code } } }",
    "mutation ($a: ImportInvoiceInput!) { importInvoice(input: $a) { errors { code } } }",
    "mutation ($a: RejectInvoiceInput!) { rejectInvoice(input: $a) { errors { code } } }",
    "mutation ($a: ChangeStatusInput!) { conformInvoice(input: $a) { errors { code } } }",
    "mutation ($a: MarkInvoicePaidInput!) { markInvoicePaid(input: $a) { errors { code } } }",
)

# Names that inputs have, so that a value gets past the first of them now and then.
_NAMES = """invoiceId reason reasonCode expectedVersion idempotencyKey paymentDate rcfNumber registryNumber email
password refreshToken number series issueDate lines description quantity unitPrice taxRate receiver taxId file
attachments status text field direction totalFrom totalTo issuedFrom issuedTo"""


def variables(known_ids: list[str]) -> st.SearchStrategy[Any]:
    """Values for ``$a``: of any shape, with names that inputs have and ids that there are among them."""
    plain, names = leaves | st.sampled_from(known_ids), st.sampled_from(_NAMES.split())
    return json_values | st.recursive(
        plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6), max_leaves=10
    )


def requests(known_ids: list[str]) -> st.SearchStrategy[bytes]:
    """Bodies of POST: JSON of every shape around an operation that there is, or none at all."""
    operation = st.builds(
        lambda query, value: {"query": query, "variables": {"a": value}},
        st.sampled_from(OPERATIONS),
        variables(known_ids),
    )
    loose = st.fixed_dictionaries(
        {"query": st.sampled_from(OPERATIONS) | texts | json_values},
        optional={"variables": json_values, "operationName": json_values, "extensions": json_values},
    )
    nested = deep_json.map(lambda text: '{"query": "{ viewer { id } }", "variables": {"a": ' + text + "}}")
    return (
        (operation | loose | json_values).map(json.dumps).map(str.encode)
        | nested.map(str.encode)
        | st.binary(max_size=80)
    )


def forms(known_ids: list[str]) -> st.SearchStrategy[bytes]:
    """Bodies of multipart/form-data with the boundary ``x``: uploads, and what only looks like them."""
    paths = st.sampled_from(("variables.a", "variables.a.file", "variables.a.attachments.0", "query", "variables", ""))
    places = st.dictionaries(st.sampled_from(("0", "1")), st.lists(paths, max_size=2) | json_values, max_size=2)
    fields = st.fixed_dictionaries(
        {},
        optional={
            "operations": requests(known_ids),
            "map": (places | json_values).map(json.dumps).map(str.encode),
            '0"; filename="a.xml': st.binary(max_size=60),
            '1"; filename="': st.binary(max_size=60),
        },
    )
    return fields.map(_form)


def _form(fields: Mapping[str, bytes]) -> bytes:
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"
        for name, value in fields.items()
    )
    return b"".join(parts) + b"--x--\r\n"


def frames() -> st.SearchStrategy[str | bytes]:
    """Frames of a socket: messages of every type with anything in their places, and no messages at all."""
    types = st.sampled_from(("connection_init", "ping", "pong", "subscribe", "complete", "next", "", "x"))
    payload = json_values | st.fixed_dictionaries(
        {"query": st.sampled_from(OPERATIONS) | texts}, optional={"variables": json_values, "extensions": json_values}
    )
    message = st.fixed_dictionaries(
        {"type": types | json_values},
        optional={"id": st.sampled_from(("1", "2", "")) | json_values, "payload": payload},
    )
    nested = deep_json.map(lambda text: '{"type": "ping", "payload": ' + text + "}")
    return (message | json_values).map(json.dumps) | nested | texts | st.binary(max_size=40)


def our_fault(status: int, body: Mapping[str, Any]) -> str | None:
    """What in an answer is ours to mend, else None: a status of 5xx, an error masked or without a code of the enum."""
    codes = {error.get("extensions", {}).get("code") for error in body.get("errors", ())}
    if status >= 500 or FaultCode.INTERNAL_SERVER_ERROR.value in codes or codes - CODES:
        return f"{status} {sorted(map(str, codes))}"
    return None
