"""``tramesa user`` and ``tramesa invitation``: people, roles, offices, invitations, as an operator sees them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tramesa.tests.people import LINK
from tramesa.tests.test_cli import PASSWORD, Shell

BODY, COMPANY, ADMIN = "P0899914F", "B12345674", "anna@vila.example"


@pytest.fixture
async def shell(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, sqlite_url)
    for tax_id, kind in ((BODY, "public-body"), (COMPANY, "company")):
        added = await shell.run("party", "add", "--tax-id", tax_id, "--name", f"Party {tax_id}", "--kind", kind)
        assert added[0] == 0
    changed = await shell.run("party", "change", "--tax-id", BODY, "--office", "L01080193")
    assert changed[0] == 0
    person = ("--email", ADMIN, "--name", "Anna Prat", "--party", BODY, "--role", "admin")
    added = await shell.run("user", "add", *person, "--password-stdin", given=PASSWORD)
    assert added == (0, f"added {ADMIN}\n", "")
    return shell


async def test_a_person_is_listed_changed_shut_out_and_let_in(shell: Shell) -> None:
    clerk = ("--email", "joan@vila.example")
    person = (*clerk, "--name", "Joan Pi", "--party", BODY, "--role", "registrar")
    await shell.run("user", "add", *person, "--password-stdin", given=PASSWORD)

    changed = await shell.run("user", "change", *clerk, "--role", "ISSUER", "--role", "admin", "--office", "l01080193")
    shut = await shell.run("user", "change", *clerk, "--shut-out", "--any-office")
    listed = await shell.run("user", "list", "--party", BODY)
    let_in = await shell.run("user", "change", *clerk, "--let-in", "--no-role")

    joan = "joan@vila.example  Joan Pi"
    assert changed == (0, f"{joan}  ADMIN ISSUER  L01080193  may come in, never signed in\n", "")
    assert shut == (0, f"{joan}  ADMIN ISSUER  any office  shut out, never signed in\n", "")
    assert listed[1].splitlines() == [
        f"{ADMIN}  Anna Prat  ADMIN  any office  may come in, never signed in",
        f"{joan}  ADMIN ISSUER  any office  shut out, never signed in",
    ]
    assert let_in == (0, f"{joan}  no role  any office  may come in, never signed in\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("change", "--email", ADMIN, "--shut-out"), "Error: A party keeps at least one administrator.\n"),
        (("change", "--email", ADMIN, "--no-role"), "Error: A party keeps at least one administrator.\n"),
        (("change", "--email", "x@y.example", "--let-in"), "Error: Nobody signs in as x@y.example.\n"),
        (("list", "--party", "B00000000"), "Error: There is no party with the tax id B00000000.\n"),
        (("password", "--email", ADMIN, "--password-stdin"), "Error: A password has 8 to 1024 characters.\n"),
        (
            ("invite", "--email", "a b", "--party", BODY, "--role", "issuer"),
            "Error: a b is no e-mail address.\n",
        ),
        (
            ("change", "--email", ADMIN, "--office", "NOWHERE"),
            "Error: No office of yours, on your list or in an invoice to you: NOWHERE.\n",
        ),
    ],
)
async def test_what_cannot_be_is_one_line(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    assert await shell.run("user", *arguments, given="short\n") == (1, "", said)


@pytest.mark.parametrize("options", [(), ("--role", "issuer", "--no-role"), ("--office", "L01080193", "--any-office")])
async def test_what_contradicts_itself_or_says_nothing_is_a_usage_error(shell: Shell, options: tuple[str, ...]) -> None:
    status, output, _ = await shell.run("user", "change", "--email", ADMIN, *options)

    assert (status, output) == (2, "")


async def test_a_password_is_given_by_the_operator(shell: Shell) -> None:
    changed = await shell.run(
        "user", "password", "--email", ADMIN.upper(), "--password-stdin", given="quite another password\n"
    )

    assert changed == (0, f"changed the password of {ADMIN}\n", "")


async def test_a_person_is_invited_and_invitations_are_listed_without_what_they_open_with(shell: Shell) -> None:
    new = ("--email", "Nuria@vila.example", "--party", BODY, "--role", "accountant", "--language", "en")
    first = await shell.run("user", "invite", *new, "--name", "Núria", "--office", "L01080193")
    await shell.run("user", "invite", *new)
    sent = await shell.run("mail", "--once")

    listed = await shell.run("invitation", "list")
    active = await shell.run("invitation", "list", "--party", BODY.lower(), "--state", "active")

    assert re.fullmatch(r"invited nuria@vila\.example, until \d{4}-\d\d-\d\d \d\d:\d\d UTC\n", first[1])
    who = f"user  nuria@vila.example  for {BODY}  by Tramesa ({BODY})"
    lines = [line[18:] for line in listed[1].splitlines()]
    assert lines[1] == f"{who}  revoked"
    assert re.fullmatch(re.escape(f"{who}  active until ") + r"\d{4}-\d\d-\d\d", lines[0])
    assert [line[18:] for line in active[1].splitlines()] == lines[:1]
    assert (await shell.run("invitation", "list", "--party", COMPANY))[1] == ""
    assert sent[0] == 0
    mails = [path.read_text() for path in shell.folder.glob("outgoing-mail/*.eml")]
    assert len(mails) == 2
    keys = [match[2] for mail in mails if (match := LINK.search(mail.replace("=\n", "").replace("=3D", "=")))]
    assert len(keys) == 2
    assert not any(key in listed[1] for key in keys)
