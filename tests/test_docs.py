"""That the pages say what is: examples run, tables are the code's.

``python tests/test_docs.py`` writes docs/states.md, and the table of codes in docs/api.md.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, validate

from tramesa.graphql.schema import build_schema
from tramesa.models.database import open_database
from tramesa.models.domain.cancellation import CANCELLATIONS, RULES, CancellationAct
from tramesa.models.domain.errors import CancellationRefusal, UserErrorCode
from tramesa.models.domain.faults import FaultCode
from tramesa.models.domain.states import STATES, InvoiceStatus, Language
from tramesa.models.domain.transitions import MOVERS, TRANSITIONS, PartyKind, UserRole
from tramesa.server.demo.filling import fill
from tramesa.server.demo.people import PARTIES, PASSWORD
from tramesa.server.settings import VARIABLES
from tramesa.tests.onboarding import acceptance, key_ones
from tramesa.tests.test_house import PROJECT, ROOT, files, pinned
from tramesa.tests.world import World

README = (ROOT / "README.md").read_text()
API = (ROOT / "docs" / "api.md").read_text()
SCHEMA = build_schema()

STATES_PAGE = """\
# States

What an invoice goes through, and who moves it. This page is written from `models/domain/states.py` and
`models/domain/transitions.py`; the query `statuses` gives the same to programs.

## The states

*Mailed*: the issuer is mailed when an invoice gets there; these are the states of the legal minimum. Nothing follows
a final state.

{states}

## What may follow

REGISTERED after SENT is the service's own step where the receiver does not register by hand, and REJECTED after SENT
always is: it could not be entered. CANCELLED follows any state that is not final, where the receiver accepts a request
of the issuer: see [below](#cancellation).

{transitions}

## Who

People of the receiver, by role. The issuer never moves an invoice. What the viewer may do to an invoice now is its
`availableTransitions`.

{movers}

## Cancellation

The issuer asks with a reason (`requestCancellation`). The receiver accepts (`acceptCancellation`), and the invoice is
CANCELLED in the same moment, or refuses with a comment (`refuseCancellation`). The request has states and a history of
its own, `Invoice.cancellation`, which do not change the invoice's version. What the viewer may do now is
`canRequestCancellation`, `canAnswerCancellation`, `canWithdrawCancellation`.

{cancellations}

{acts}

It is refused at once, as `CANCELLATION_REFUSED` with a `reason`:

{refusals}

Where the receiver pays or rejects the invoice while a request waits, the request is OVERTAKEN. An invoice that still
waits for a receiver who is not here (SENT) has been received by nobody: the service accepts at once. A cancelled or
rejected invoice no longer blocks its number. Where the receiver lives on another platform, the request goes there and
its answer comes back: see [Other platforms](platforms.md#a-cancellation-on-its-way).
"""


def table(*lines: tuple[str, ...]) -> str:
    """Markdown: the first line is the heading."""
    rows = ["| " + " | ".join(line) + " |" for line in lines]
    rows.insert(1, "|" + "---|" * len(lines[0]))
    return "\n".join(rows)


def listed(statuses: Any) -> str:
    return ", ".join(statuses) or "–"


def states_page() -> str:
    states = table(
        ("status", "e.FACT", "public / technical", "ca", "es", "en", "final", "mailed"),
        *(
            (
                state.status,
                state.efact_code,
                f"{state.public_code} / {state.technical_code}",
                *(state.names[language] for language in Language),
                "yes" if state.final else "",
                "yes" if state.mails_issuer else "",
            )
            for state in STATES.values()
        ),
    )
    transitions = table(
        ("from", "to, public body", "to, company or person"),
        *(
            (status, listed(TRANSITIONS[PartyKind.PUBLIC_BODY][status]), listed(TRANSITIONS[PartyKind.COMPANY][status]))
            for status in InvoiceStatus
        ),
    )
    movers = table(
        ("to", *(role.value.lower() for role in UserRole)),
        *((status, *("yes" if role in MOVERS[status] else "" for role in UserRole)) for status in InvoiceStatus),
    )
    return STATES_PAGE.format(
        states=states,
        transitions=transitions,
        movers=movers,
        cancellations=table(
            ("state", "FACe", "ca", "es", "en"),
            *(
                (state.value, str(definition.code), *(definition.names[language] for language in Language))
                for state, definition in CANCELLATIONS.items()
            ),
        ),
        acts=table(("act", "by", "from", "to"), *acts()),
        refusals=table(
            ("reason", "FACe", "when"),
            *((reason.value, str(reason.face_code or "–"), reason.words) for reason in CancellationRefusal),
        ),
    )


BY_ITSELF = {
    CancellationAct.OVERTAKE: "by paying or rejecting",
    CancellationAct.RETURN: "its platform takes no request",
}


def acts() -> Iterator[tuple[str, ...]]:
    """Each act of either side: who does it, from where to where."""
    for act, rule in RULES.items():
        doers = ", ".join(sorted(role.lower() for role in rule.doers)) or BY_ITSELF[act]
        yield act.value, f"{rule.side.lower()}: {doers}", ", ".join(sorted(rule.sources)), rule.to.value


def codes_table() -> str:
    """``extensions.code`` of GraphQL errors, as docs/api.md has them."""
    return table(("code", "means"), *((f"`{code.value}`", code.meaning) for code in FaultCode)) + "\n"


CODES = re.compile(r"^\| code \| means \|\n(?:\|.*\n)+", flags=re.MULTILINE)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)


def named(page: str, name: str) -> str:
    """The example whose operation has this name."""
    [found] = [block for block in blocks(page, "graphql") if re.match(rf"\w+ {name}\b", block)]
    return found


def rows_under(heading: str) -> dict[str, list[str]]:
    """The rows of the README's table whose first column has this name, by their first cell."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", README, flags=re.MULTILINE)
    assert found
    cells = [[cell.strip() for cell in row.strip("|\n").split("|")] for row in found[1].splitlines()]
    return {row[0]: row[1:] for row in cells}


def test_the_page_of_states_is_the_table() -> None:
    assert (ROOT / "docs" / "states.md").read_text() == states_page(), "python tests/test_docs.py writes it"
    assert TRANSITIONS[PartyKind.PERSON] == TRANSITIONS[PartyKind.COMPANY]


@pytest.mark.parametrize("example", [*blocks(README, "graphql"), *blocks(API, "graphql")])
def test_examples_are_valid(example: str) -> None:
    assert validate(SCHEMA, parse(example)) == []


def test_there_are_examples_of_every_kind() -> None:
    for page in (README, API):
        operations = [parse(example).definitions[0] for example in blocks(page, "graphql")]
        kinds = {operation.operation for operation in operations if isinstance(operation, OperationDefinitionNode)}
        assert kinds == set(OperationType)


async def test_the_examples_of_the_readme_run_on_the_demo(small_world: World) -> None:
    await fill(small_world.services.database)
    sign_in, sent, _, issue = blocks(README, "graphql")

    session = (await small_world.execute(sign_in, {}))["data"]["signIn"]
    assert session["errors"] == []

    page = (await small_world.execute(sent, {}, session["accessToken"]))["data"]["invoices"]
    assert (page["totalCount"], len(page["nodes"])) == (125, 5)

    issued = (await small_world.execute(issue, {}, session["accessToken"]))["data"]["issueInvoice"]
    assert issued["errors"] == []
    assert (issued["invoice"]["status"], issued["invoice"]["totals"]["payable"]) == ("SENT", "240.19")


async def test_the_examples_of_the_api_run_on_the_demo(small_world: World) -> None:
    await fill(small_world.services.database, datetime(2026, 11, 19, 15, 0, tzinfo=UTC))
    sign_in, conform, unpaid, papers, start, poll = (
        named(API, name) for name in ("SignIn", "Conform", "Unpaid", "Papers", "Start", "Poll")
    )
    credentials = {"input": {"email": "montse@riudeclara.example.org", "password": PASSWORD}}
    session = (await small_world.execute(sign_in, credentials))["data"]["signIn"]

    async def ask(example: str, **variables: object) -> Any:
        response = await small_world.execute(example, variables, session["accessToken"])
        assert "errors" not in response
        return response["data"]

    listed = await ask(unpaid)
    assert listed["invoices"]["totalCount"] == 11
    assert sum(row["count"] for row in listed["invoiceSummary"]) == 83
    assert len((await ask(start))["invoices"]["nodes"]) == 50
    assert (await ask(poll))["statusChanges"]["nodes"] == []

    known = (await ask(papers, id=listed["invoices"]["nodes"][0]["id"]))["invoice"]
    assert known["receipt"]["signedUrl"].startswith(known["receipt"]["url"])

    refused = (await ask(conform, id=listed["invoices"]["nodes"][0]["id"], version=1))["conformInvoice"]["errors"]
    assert [error["code"] for error in refused] == ["VERSION_CONFLICT"]

    # She is no administrator.
    saved = (await ask(named(API, "Notices")))["saveNoticeAddress"]
    assert saved == {"address": None, "errors": [{"code": "FORBIDDEN", "path": ["input"]}]}


async def test_the_examples_about_newcomers_run_on_the_demo(small_world: World) -> None:
    await fill(small_world.services.database, datetime(2026, 11, 19, 15, 0, tzinfo=UTC))
    issue, second_key, sign_up, steps = blocks((ROOT / "docs" / "newcomers.md").read_text(), "graphql")
    credentials = {"input": {"email": "laura@ferrer.example.org", "password": PASSWORD}}
    session = (await small_world.execute(blocks(API, "graphql")[0], credentials))["data"]["signIn"]

    async def ask(example: str, **variables: object) -> Any:
        response = await small_world.execute(example, variables, session["accessToken"])
        assert "errors" not in response
        return response["data"]

    waiting = (await ask(issue))["issueInvoice"]["invoice"]
    assert (waiting["status"], waiting["receiver"]) == ("SENT", {"name": "Fusteria Puig, SL", "registered": False})
    made = (await ask(second_key, taxId="B12345674"))["createReceiverKey"]
    assert (made["receiverKey"]["state"], made["errors"]) == ("ACTIVE", [])
    [key] = await key_ones(small_world)
    given = acceptance(key, made["secret"], "B12345674")
    signed_up = (await small_world.execute(sign_up, {"input": given}))["data"]["acceptInvitation"]
    assert (signed_up["registeredInvoices"], signed_up["errors"]) == (1, [])
    kinds = [step["kind"] for step in (await ask(steps, taxId="B12345674"))["invitationEvents"]["nodes"]]
    assert kinds == ["ACCEPTED", "KEY_CREATED", "INVITED"]


def test_the_codes_of_graphql_errors_are_the_table() -> None:
    assert CODES.findall(API) == [codes_table()], "python tests/test_docs.py writes it"


def test_every_code_is_explained() -> None:
    assert {code.value for code in (*UserErrorCode, *FaultCode)} - set(re.findall(r"`([A-Z_]+)`", API)) == set()


@pytest.mark.parametrize("example", blocks((ROOT / "docs" / "operations.md").read_text(), "json"))
def test_json_is_json(example: str) -> None:
    assert isinstance(json.loads(example), dict)


def test_the_settings_are_listed() -> None:
    assert rows_under("variable") == {
        f"`{variable.name}`": [f"`{variable.default}`" if variable.default else "none", variable.meaning]
        for variable in VARIABLES
    }


def test_every_dependency_has_its_reason() -> None:
    groups = PROJECT["dependency-groups"]
    assert set(rows_under("runtime")) == set(pinned(PROJECT["project"]["dependencies"]))
    named = {name for cell in rows_under("development") for name in cell.split(", ")}
    extras = {name for extra in PROJECT["project"]["optional-dependencies"].values() for name in pinned(extra)}
    assert named == set(pinned(groups["dev"] + groups["build"])) - extras
    clients = json.loads((ROOT / "tests" / "clients" / "package.json").read_text())["devDependencies"]
    assert {name for cell in rows_under("client, from npm for the tests") for name in cell.split(", ")} == set(clients)
    explained = {name for cell in rows_under("extra") for name in cell.partition(": ")[2].split(", ")}
    assert explained == extras


def test_every_folder_is_explained() -> None:
    folders = {path.parts[0] for path in files() if len(path.parts) > 1 and not path.parts[0].startswith(".")}
    assert {cell.strip("`").split("/")[0] for cell in rows_under("folder")} == folders


def test_the_accounts_are_the_demo_s() -> None:
    emails = {person.email for party in PARTIES for person in party.people}
    assert {cell.strip("`") for cell in rows_under("sign in as")} < emails
    assert f"`{PASSWORD}`" in README


@pytest.mark.parametrize("page", [path for path in files() if path.suffix == ".md"], ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    text = (ROOT / page).read_text()
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (ROOT / page.parent / target).exists()] == []


async def test_the_tables_of_operations_exist(sqlite_url: str) -> None:
    database = await open_database(sqlite_url)
    try:
        for statements in blocks((ROOT / "docs" / "operations.md").read_text(), "sql"):
            for statement in filter(None, statements.split(";\n")):
                assert list(await database.fetch(statement)) == []
    finally:
        await database.close()


if __name__ == "__main__":
    (ROOT / "docs" / "states.md").write_text(states_page())
    page = ROOT / "docs" / "api.md"
    page.write_text(CODES.sub(lambda _: codes_table(), page.read_text()))


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name.partition("-")[0] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
