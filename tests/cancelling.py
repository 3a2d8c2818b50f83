"""What tests of cancellation ask of a world."""

from __future__ import annotations

from typing import Any, Protocol

from tramesa.tests.operations import ERRORS

INPUTS = {
    "requestCancellation": "RequestCancellationInput",
    "acceptCancellation": "AcceptCancellationInput",
    "refuseCancellation": "RefuseCancellationInput",
    "withdrawCancellation": "WithdrawCancellationInput",
}
STANDING = """status version canRequestCancellation canAnswerCancellation canWithdrawCancellation
  cancellation { state stateCode reason comment requestedAt answeredAt
    history { act state actor automated info } }"""


class Asks(Protocol):
    """Somebody in a world of this process, or on a server."""

    async def ask(self, query: str, /, **variables: Any) -> Any:
        """The data of an operation."""


async def act(person: Asks, name: str, invoice_id: str, **given: Any) -> dict[str, Any]:
    """The payload of a mutation of a cancellation: invoice, errors."""
    query = f"mutation ($input: {INPUTS[name]}!) {{ {name}(input: $input) {{ invoice {{ id {STANDING} }} {ERRORS} }} }}"
    payload: dict[str, Any] = (await person.ask(query, input={"invoiceId": invoice_id, **given}))[name]
    return payload


async def ask_for_it(person: Asks, invoice_id: str, **given: Any) -> dict[str, Any]:
    """Request, which must succeed."""
    payload = await act(person, "requestCancellation", invoice_id, **{"reason": "Sent twice", **given})
    assert payload["errors"] == []
    return payload


async def standing(person: Asks, invoice_id: str) -> dict[str, Any]:
    """Where an invoice and its cancellation stand for somebody."""
    query = f"query ($id: ID!) {{ invoice(id: $id) {{ {STANDING} history {{ to actor reason }} }} }}"
    invoice: dict[str, Any] = (await person.ask(query, id=invoice_id))["invoice"]
    return invoice
