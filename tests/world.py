"""The application as tests see it: parties, people who ask over GraphQL, invoices between them."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
from starlette.applications import Starlette

from tramesa.models.domain.states import Language
from tramesa.models.domain.transitions import PartyKind, UserRole
from tramesa.models.people.parties import NewParty, NewUser, add_party, add_user
from tramesa.server.app import create_app
from tramesa.server.services import Services
from tramesa.server.settings import Settings

CHECK_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def company_tax_id(serial: int) -> str:
    """A valid Spanish entity number of the kind B."""
    digits = f"{serial:07d}"
    odd = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::2])
    even = sum(int(digit) for digit in digits[1::2])
    return f"B{digits}{(10 - (odd + even) % 10) % 10}"


def person_tax_id(serial: int) -> str:
    """A valid DNI."""
    return f"{serial:08d}{CHECK_LETTERS[serial % 23]}"


@dataclass(frozen=True)
class Person:
    """Somebody with an API token."""

    world: World
    email: str
    token: str
    tax_id: str
    user_id: str
    party_id: str

    async def execute(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The whole response to an operation."""
        return await self.world.execute(query, variables, self.token)

    async def ask(self, query: str, /, **variables: Any) -> Any:
        """The data of an operation that must have no GraphQL errors."""
        response = await self.execute(query, **variables)
        assert "errors" not in response, response["errors"]
        return response["data"]

    async def upload(self, query: str, variables: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> Any:
        """The data of an operation with files, by path of their variable: ``variables.input.file`` → name and bytes."""
        places = {str(place): [path] for place, path in enumerate(files)}
        response = await self.world.client.post(
            "/graphql",
            data={"operations": json.dumps({"query": query, "variables": variables}), "map": json.dumps(places)},
            files={str(place): file for place, file in enumerate(files.values())},
            headers={"authorization": f"Bearer {self.token}"},
        )
        body = response.json()
        assert "errors" not in body, body["errors"]
        return body["data"]


ISSUE = """mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) {
  invoice { id number status version registryNumber }
  errors { __typename code message path } } }"""


def costless(body: dict[str, Any]) -> dict[str, Any]:
    """A response without ``extensions``, in which every answer has its cost."""
    return {name: part for name, part in body.items() if name != "extensions"}


class World:
    """One application with its services."""

    def __init__(self, app: Starlette, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client
        self._serial = itertools.count(1)

    @property
    def services(self) -> Services:
        """The running parts."""
        services: Services = self.app.state.services
        return services

    async def execute(self, query: str, variables: dict[str, Any], token: str | None = None) -> dict[str, Any]:
        """The whole response to an operation, with or without credentials; but for its cost, which test_limits has."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        response = await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return costless(response.json())

    async def person(
        self,
        *roles: UserRole,
        kind: PartyKind = PartyKind.COMPANY,
        party: Person | None = None,
        name: str = "",
        party_name: str = "",
        manual_registration: bool = False,
        party_email: str | None = None,
        language: Language = Language.CA,
        password_hash: str | None = None,
    ) -> Person:
        """Somebody of a new party, or of another person's."""
        serial = next(self._serial)
        database = self.services.database
        if party is None:
            tax_id = company_tax_id(serial)
            wanted = NewParty(
                tax_id=tax_id,
                name=party_name or f"Party {serial}",
                kind=kind,
                manual_registration=manual_registration,
                email=party_email,
                language=language,
            )
            party_id = await add_party(database, wanted)
        else:
            tax_id, party_id = party.tax_id, party.party_id
        email = f"person{serial}@example.org"
        user = NewUser(
            email=email,
            name=name or f"Person {serial}",
            party_tax_id=tax_id,
            roles=roles or (UserRole.ADMIN,),
            password_hash=password_hash,
        )
        user_id = await add_user(database, user)
        token = await self.services.authority.create_api_token(email, "test")
        assert token is not None
        return Person(self, email, token, tax_id, user_id, party_id)

    async def issue(self, issuer: Person, receiver: Person, **changes: Any) -> dict[str, Any]:
        """An invoice from one to the other: id, number, status, version, registryNumber."""
        wanted = {**self.invoice_input(receiver), **changes}
        payload = (await issuer.ask(ISSUE, input=wanted))["issueInvoice"]
        assert payload["errors"] == []
        invoice: dict[str, Any] = payload["invoice"]
        return invoice

    def invoice_input(self, receiver: Person) -> dict[str, Any]:
        """The input of a small invoice: 100.00 and 21 % IVA, 121.00 in all; a new number each time."""
        line = {"description": "Work", "quantity": "1", "unitPrice": "100", "taxRate": "21"}
        return {
            "receiver": {"taxId": receiver.tax_id},
            "number": f"N{next(self._serial)}",
            "issueDate": "2026-01-15",
            "lines": [line],
        }


@asynccontextmanager
async def open_world(settings: Settings, *, deliver_mail: bool = False) -> AsyncIterator[World]:
    """The application with its lifespan, and a client that calls it in this process."""
    app = create_app(settings, deliver_mail=deliver_mail)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tramesa.test") as client:
            yield World(app, client)
