"""A server with one issuer and one public body, made with the command line as a stranger would."""

import itertools
import json
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from typing import Any

from playwright.async_api import Page, expect

PASSWORD = "correcte cavall bateria grapa"
ISSUER, REGISTRAR, ACCOUNTANT = "marta@roure.example", "joan@vilanova.example", "laia@vilanova.example"
ISSUER_TAX_ID, RECEIVER_TAX_ID = "B12345674", "P0801900B"

_PARTIES = (
    (ISSUER_TAX_ID, "Fusteria Roure SL", "COMPANY"),
    (RECEIVER_TAX_ID, "Ajuntament de Vilanova de Mar", "PUBLIC_BODY"),
)
_PEOPLE = (
    (ISSUER, "Marta Roure", ISSUER_TAX_ID, "ISSUER"),
    (REGISTRAR, "Joan Puig", RECEIVER_TAX_ID, "ADMIN"),
    (ACCOUNTANT, "Laia Serra", RECEIVER_TAX_ID, "ACCOUNTANT"),
)


def furnish(environment: Mapping[str, str]) -> None:
    """Migrates the database and signs up the two parties and their people."""
    _tramesa(environment, "migrate")
    for tax_id, name, kind in _PARTIES:
        _tramesa(environment, "party", "add", "--tax-id", tax_id, "--name", name, "--kind", kind)
    for email, name, party, role in _PEOPLE:
        person = ("--email", email, "--name", name, "--party", party, "--role", role)
        _tramesa(environment, "user", "add", *person, "--password-stdin", given=PASSWORD)


def _tramesa(environment: Mapping[str, str], *arguments: str, given: str | None = None) -> None:
    command = (sys.executable, "-m", "tramesa.server.cli", *arguments)
    done = subprocess.run(command, env=environment, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"


class Office:
    """What the tests do behind the windows' backs, over plain GraphQL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._tokens: dict[str, str] = {}
        self._numbers = itertools.count(1)

    def ask(self, who: str, query: str, **variables: Any) -> Any:
        if who not in self._tokens:
            sign_in = "mutation S($input: SignInInput!) { signIn(input: $input) { accessToken } }"
            answer = self._post(sign_in, {"input": {"email": who, "password": PASSWORD}})
            self._tokens[who] = answer["signIn"]["accessToken"]
        return self._post(query, variables, self._tokens[who])

    def issue(self, **more: Any) -> tuple[str, str]:
        """Id and number of a new invoice, which is registered on entry."""
        number = f"T-{next(self._numbers):03}"
        mutation = """mutation I($input: IssueInvoiceInput!) {
          issueInvoice(input: $input) { invoice { id } errors { message } }
        }"""
        line = {"description": "Bancs de roure massís", "quantity": "4", "unitPrice": "128.09", "taxRate": "21"}
        given = {
            "receiver": {"taxId": RECEIVER_TAX_ID},
            "number": number,
            "issueDate": "2026-11-02",
            "lines": [line],
            **more,
        }
        issued = self.ask(ISSUER, mutation, input=given)["issueInvoice"]
        assert issued["errors"] == []
        return issued["invoice"]["id"], number

    def move(self, mutation: str, invoice_id: str, **answers: str) -> None:
        kind = {
            "registerInvoiceInRcf": "RegisterInvoiceInRcfInput",
            "rejectInvoice": "RejectInvoiceInput",
            "markInvoicePaid": "MarkInvoicePaidInput",
        }.get(mutation, "ChangeStatusInput")
        text = f"mutation M($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ message }} }} }}"
        moved = self.ask(ACCOUNTANT, text, input={"invoiceId": invoice_id, **answers})
        assert moved[mutation]["errors"] == []

    def _post(self, query: str, variables: Mapping[str, Any], token: str = "") -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        request = urllib.request.Request(f"{self.url}/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            answer = json.load(response)
        assert "errors" not in answer, answer
        return answer["data"]


async def sign_in(page: Page, who: str) -> None:
    await page.locator("#email").fill(who)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("form [type=submit]").click()
    await expect(page.locator(".live")).to_have_attribute("data-state", "live")


async def open_invoice(page: Page, invoice_id: str) -> None:
    await expect(page.locator('.rail [data-key="state-null"]')).not_to_have_attribute("data-count", "0")
    await page.locator(f'[data-row="{invoice_id}"] a').click()
    await expect(page.locator(f'[data-invoice="{invoice_id}"] .history li').first).to_be_visible()
