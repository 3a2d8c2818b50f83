"""What is asked of the server, and how an answer is known to be one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from .dataset import ISSUER_TOKEN, RECEIVER_TOKEN
from .driving import again, cycle, get, once, post

PARTY = "{ id taxId name }"
HISTORY = "history { id from to at actor automated info }"
NODE = f"id number issueDate status statusChangedAt version totals {{ total }} issuer {PARTY}"

PAGE = f"""query Page($filter: InvoiceFilter, $orderBy: InvoiceOrder, $after: String, $role: PartyRole! = RECEIVER) {{
  invoices(role: $role, filter: $filter, orderBy: $orderBy, first: 50, after: $after) {{
    nodes {{ {NODE} receiver {PARTY} {HISTORY} }}
    pageInfo {{ hasNextPage endCursor }} }} }}"""

LIST = """query List($filter: InvoiceFilter, $orderBy: InvoiceOrder, $after: String, $role: PartyRole! = RECEIVER) {
  invoices(role: $role, filter: $filter, orderBy: $orderBy, first: 50, after: $after) {
    nodes { id number issueDate status totals { total } issuer { name } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }"""

WHOLE = f"""query Whole($id: ID!) {{ invoice(id: $id) {{ {NODE} receiver {PARTY} {HISTORY}
  series documentType invoiceClass currency registryNumber registeredAt rcfNumber rejectionReason paymentDate
  seen createdAt availableTransitions
  all: totals {{ gross discounts charges taxable taxes withheld total payable }}
  offices {{ role code name }} taxes {{ type rate base amount withheld }}
  lines {{ position description quantity unit unitPrice gross taxRate }} payments {{ dueDate amount means iban }}
  corrects {{ number reason }} document {{ format size sha256 url signature {{ status }} }}
  attachments {{ name size url }} }} }}"""

COUNT = "query Count($filter: InvoiceFilter) { invoices(role: RECEIVER, filter: $filter, first: 1) { totalCount } }"
OFFICE = "L01071593"
"""One of twenty."""
SUMMARY = "{ invoiceSummary(role: RECEIVER) { status count payable currency } }"
REGISTER = """mutation Register($input: RegisterInvoiceInRcfInput!) { registerInvoiceInRcf(input: $input) {
  invoice { id status version } errors { code } } }"""
OPEN = """query Open($after: String) { invoices(role: RECEIVER, filter: {status: [REGISTERED, DELIVERED]}, first: 100,
  after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Requests under one name. ``marks`` must be in every answer, ``refused`` in none."""

    name: str
    requests: Iterator[bytes]
    marks: bytes = b'"data"'
    refused: bytes = b'"errors":[{'

    def check(self, body: bytes) -> None:
        """Raise for an answer that is no success."""
        if self.marks not in body or self.refused in body:
            raise RuntimeError(f"{self.name}: {body[:500].decode()}")


async def scenarios(port: int) -> list[Scenario]:
    """All of them, for a server on this port."""

    def ask(query: str, token: str = RECEIVER_TOKEN, **variables: object) -> bytes:
        return post(port, token, query, variables)

    page = ask(PAGE)
    first = orjson.loads(await once(port, page))["data"]["invoices"]
    middle = first["nodes"][25]
    narrowed = {"status": ["REGISTERED_IN_RCF", "RECEIVED", "CONFORMED"], "totalFrom": "1000", "unseen": False}
    found = [
        Scenario("bare: GET /healthz", again(get(port, "/healthz")), marks=b"alive"),
        Scenario("bare: { __typename }", again(ask("{ __typename }"))),
        Scenario("page of 50 with issuer, receiver, history", again(page)),
        Scenario("the same as issuer", again(ask(PAGE, ISSUER_TOKEN, role="ISSUER"))),
        Scenario("the same, page 2", again(ask(PAGE, after=first["pageInfo"]["endCursor"]))),
        Scenario("one invoice with everything", again(ask(WHOLE, id=middle["id"]))),
        Scenario("list, filtered", again(ask(LIST, filter=narrowed))),
        Scenario("list, searched by number", again(ask(LIST, filter={"search": middle["number"][1:]}))),
        Scenario("list, searched by name", again(ask(LIST, filter={"search": "àngel"}))),
        Scenario("list, searched by two words of a line", again(ask(LIST, filter={"search": "neteja girona"}))),
        Scenario("list, searched for what is nowhere", again(ask(LIST, filter={"search": "no such thing"}))),
        Scenario("list, unseen", again(ask(LIST, filter={"unseen": True}))),
        Scenario("list of an office", again(ask(LIST, filter={"office": OFFICE}))),
    ]
    for field in ("CREATED_AT", "ISSUE_DATE", "STATUS_CHANGED_AT", "TOTAL"):
        following = []
        for direction in ("ASC", "DESC"):
            order = {"field": field, "direction": direction}
            cursor = orjson.loads(await once(port, ask(LIST, orderBy=order)))["data"]["invoices"]["pageInfo"]
            following.append(ask(LIST, orderBy=order, after=cursor["endCursor"]))
        found.append(Scenario(f"list, page 2 by {field}", cycle(following)))
    return [
        *found,
        Scenario("totalCount of 20,000", again(ask(COUNT))),
        Scenario("totalCount, filtered", again(ask(COUNT, filter=narrowed))),
        Scenario("invoiceSummary of 20,000", again(ask(SUMMARY))),
        Scenario("status change: registerInvoiceInRcf", await _changes(port)),
    ]


async def _changes(port: int) -> Iterator[bytes]:
    """A change for each of the receiver's invoices that can be registered in RCF."""
    ids: list[str] = []
    variables: dict[str, object] = {}
    while True:
        answer = orjson.loads(await once(port, post(port, RECEIVER_TOKEN, OPEN, variables)))["data"]["invoices"]
        ids += [node["id"] for node in answer["nodes"]]
        if not answer["pageInfo"]["hasNextPage"]:
            break
        variables = {"after": answer["pageInfo"]["endCursor"]}
    inputs: list[dict[str, Any]] = [{"invoiceId": id_, "rcfNumber": f"RCF/B/{n:06d}"} for n, id_ in enumerate(ids)]
    return iter([post(port, RECEIVER_TOKEN, REGISTER, {"input": one}) for one in inputs])


def fields_in(answer: Any) -> int:
    """How many fields an answer has: every key of every object."""
    if isinstance(answer, dict):
        return sum(1 + fields_in(value) for value in answer.values())
    return sum(map(fields_in, answer)) if isinstance(answer, list) else 0
