"""Certificates to sign with: how they come in, what is refused, and that the key opens for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from tramesa.documents.signatures.pkcs12 import BadKeyFile, read_key_file
from tramesa.models.certificates import (
    KeySealedOtherwise,
    NewCertificate,
    add_certificate,
    list_certificates,
    remove_certificate,
    signing_credentials_for,
)
from tramesa.models.database import Database, open_database
from tramesa.models.domain.errors import Invalid
from tramesa.models.domain.signature import SignerRole
from tramesa.models.domain.transitions import PartyKind
from tramesa.models.people.parties import NewParty, add_party
from tramesa.models.sealing import SealBroken, seal, unseal
from tramesa.models.tables import Party
from tramesa.tests.conftest import SECRET
from tramesa.tests.signers import NOW, Holder, holder, intermediate, marta, root, rsa_key
from tramesa.tests.test_cli import Shell

OTHER_SECRET = "another secret of the tests, long enough"
TODAY = datetime.now(UTC)


def p12(one: Holder, password: str = "obre't", *more: Holder) -> bytes:
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    others = [*one.chain, root().certificate, *(other.certificate for other in more)]
    return serialize_key_and_certificates(b"x", one.key, one.certificate, others, encryption)


def certificate(one: Holder, *, serial: str = "1") -> NewCertificate:
    given = one.credentials()
    return NewCertificate(
        key=given.key,
        chain=given.chain,
        subject="Marta",
        tax_id="12345678Z",
        serial=serial,
        not_before=one.certificate.not_valid_before_utc,
        not_after=one.certificate.not_valid_after_utc,
        fingerprint=serial * 64,
    )


async def a_party(database: Database, tax_id: str = "B28015865") -> str:
    return await add_party(database, NewParty(tax_id=tax_id, name="X", kind=PartyKind.COMPANY))


def test_a_key_file_holds_the_key_and_the_way_up_without_the_root() -> None:
    read = read_key_file(p12(marta()), "obre't", now=NOW)

    assert read.key == marta().credentials().key
    assert [one.identity.name for one in read.chain] == ["MARTA PUIG SERRA - 12345678Z", "Intermèdia de proves"]
    assert "key=" not in repr(read).partition("chain=")[0]


def test_a_key_file_may_have_no_password() -> None:
    assert read_key_file(p12(marta(), ""), "", now=NOW).certificate.identity.tax_ids == ("12345678Z",)


def keyless() -> bytes:
    return serialize_key_and_certificates(b"x", None, marta().certificate, None, NoEncryption())


def alone() -> bytes:
    return serialize_key_and_certificates(b"x", marta().key, None, None, NoEncryption())


BAD: list[tuple[Callable[[], bytes], str, str]] = [
    (lambda: b"", "", "This is no PKCS #12 file (.p12, .pfx)."),
    (lambda: marta().pem, "", "This is no PKCS #12 file (.p12, .pfx)."),
    (lambda: p12(marta()), "x", "The password is wrong, or the file is damaged."),
    (lambda: p12(marta()), "", "The password is wrong, or the file is damaged."),
    (lambda: p12(marta())[:-20], "obre't", "The password is wrong, or the file is damaged."),
    (keyless, "", "The file has no private key."),
    (alone, "", "The file has no certificate of its private key."),
    (
        lambda: p12(holder("X", ends=NOW - timedelta(days=1))),
        "obre't",
        "The certificate expired on 2026-11-24.",
    ),
    (
        lambda: p12(holder("X", begins=NOW + timedelta(days=1))),
        "obre't",
        "The certificate is not valid before 2026-11-26.",
    ),
    (
        lambda: p12(holder("X", key=rsa_key(1024))),
        "obre't",
        "The certificate cannot be used: its RSA key has 1024 bits; 2048 to 8192 are accepted.",
    ),
    (
        lambda: p12(holder("X", key=ec.generate_private_key(ec.SECP224R1()))),
        "obre't",
        "The certificate cannot be used: its key on the curve secp224r1 is too short.",
    ),
    (
        lambda: p12(holder("X", usage="key_encipherment")),
        "obre't",
        "The certificate is not for signing (key usage).",
    ),
    (
        lambda: p12(marta(), "obre't", holder("Somebody else", root())),
        "obre't",
        "The file has more than one key; export the one that is to sign into a file of its own.",
    ),
]


@pytest.mark.parametrize(("file", "password", "message"), BAD)
def test_a_key_file_that_is_no_good_says_why(file: Callable[[], bytes], password: str, message: str) -> None:
    with pytest.raises(BadKeyFile) as refused:
        read_key_file(file(), password, now=NOW)

    assert refused.value.message == message


def test_what_is_sealed_opens_with_the_same_secret_purpose_and_owner_only() -> None:
    sealed = seal(b"key", SECRET, purpose="a", about="b")

    assert unseal(sealed, SECRET, purpose="a", about="b") == b"key"
    assert seal(b"key", SECRET, purpose="a", about="b") != sealed
    wrong = [(sealed, OTHER_SECRET, "a", "b"), (sealed, SECRET, "x", "b"), (sealed, SECRET, "a", "x")]
    altered = [
        (sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :], SECRET, "a", "b")
        for place in range(len(sealed))
    ]
    for data, secret, purpose, about in [*wrong, *altered, (b"", SECRET, "a", "b")]:
        with pytest.raises(SealBroken):
            unseal(data, secret, purpose=purpose, about=about)


async def test_a_partys_own_certificate_comes_before_the_services(database: Database) -> None:
    party_id, other_id = await a_party(database), await a_party(database, "B12345674")

    async def signer(owner: str) -> SignerRole | None:
        found = await signing_credentials_for(database, owner, SECRET, now=NOW)
        return None if found is None else found.role

    assert await signer(party_id) is None
    await add_certificate(database, None, certificate(intermediate()), SECRET)
    assert (await signer(party_id), await signer(other_id)) == (SignerRole.THIRD_PARTY, SignerRole.THIRD_PARTY)
    await add_certificate(database, "esb28015865", certificate(marta()), SECRET)
    assert (await signer(party_id), await signer(other_id)) == (SignerRole.ISSUER, SignerRole.THIRD_PARTY)
    assert await signing_credentials_for(database, party_id, SECRET, now=NOW) == marta().credentials()
    await remove_certificate(database, "B28015865")
    await remove_certificate(database, None)
    assert await signer(party_id) is None
    for owner in ("B28015865", None):
        with pytest.raises(Invalid, match="There is no certificate to remove"):
            await remove_certificate(database, owner)


@pytest.mark.parametrize("owner", ["B28015865", None])
async def test_a_new_certificate_takes_the_place_of_the_former(database: Database, owner: str | None) -> None:
    await a_party(database)

    await add_certificate(database, owner, certificate(marta(), serial="1"), SECRET)
    await add_certificate(database, owner, certificate(marta(), serial="2"), SECRET)

    assert [(one.party_tax_id, one.fingerprint[0]) for one in await list_certificates(database)] == [(owner, "2")]


async def test_one_out_of_its_time_is_passed_over(database: Database) -> None:
    party_id = await a_party(database)
    await add_certificate(database, "B28015865", certificate(holder("Old", ends=NOW - timedelta(days=1))), SECRET)

    assert await signing_credentials_for(database, party_id, SECRET, now=NOW) is None
    await add_certificate(database, None, certificate(marta()), SECRET)
    found = await signing_credentials_for(database, party_id, SECRET, now=NOW)
    assert found is not None
    assert found.role is SignerRole.THIRD_PARTY


async def test_a_key_does_not_open_with_another_secret_nor_for_another_party(database: Database) -> None:
    party_id, other_id = await a_party(database), await a_party(database, "B12345674")
    await add_certificate(database, "B28015865", certificate(marta()), SECRET)
    [(sealed,)] = await database.fetch("SELECT sealed_key FROM certificate")

    with pytest.raises(KeySealedOtherwise):
        await signing_credentials_for(database, party_id, OTHER_SECRET, now=NOW)
    assert marta().credentials().key not in bytes(sealed)

    async def move(unit: object) -> None:
        await unit.execute(f"UPDATE certificate SET party_id = '{other_id}'", [])  # type: ignore[attr-defined]

    await database.unit_of_work(move)
    with pytest.raises(KeySealedOtherwise):
        await signing_credentials_for(database, other_id, SECRET, now=NOW)


async def test_a_party_that_is_not_there_has_no_certificate(database: Database) -> None:
    with pytest.raises(Invalid, match="There is no party with the tax id B28015865"):
        await add_certificate(database, "B28015865", certificate(marta()), SECRET)


@pytest.fixture
def shell(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, sqlite_url)


def current(one: str = "MARTA - 12345678Z") -> Holder:
    return holder(one, begins=TODAY - timedelta(days=1), ends=TODAY + timedelta(days=1))


async def test_an_administrator_adds_lists_and_removes_certificates(shell: Shell) -> None:
    one = current()
    (shell.folder / "marta.p12").write_bytes(p12(one))
    tomorrow, yesterday = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
    add = ("certificate", "add", "--p12", "marta.p12", "--password-stdin")

    await shell.run("party", "add", "--tax-id", "12345678Z", "--name", "Marta", "--kind", "person")
    added = await shell.run(*add, "--party", "12345678z", given="obre't\n")
    served = await shell.run(*add, "--service", given="obre't\n")
    listed = await shell.run("certificate", "list")
    removed = await shell.run("certificate", "remove", "--party", "12345678Z")
    left = await shell.run("certificate", "list")

    assert added == served == (0, f"added MARTA - 12345678Z, valid until {tomorrow:%Y-%m-%d}\n", "")
    fingerprint = one.certificate.fingerprint(one.certificate.signature_hash_algorithm).hex()  # type: ignore[arg-type]
    about = f"MARTA - 12345678Z, valid {yesterday:%Y-%m-%d} to {tomorrow:%Y-%m-%d}, SHA-256 {fingerprint}\n"
    assert listed == (0, f"the service: {about}12345678Z: {about}", "")
    assert removed == (0, "removed\n", "")
    assert left == (0, f"the service: {about}", "")


async def test_a_certificate_of_somebody_else_is_told_about(shell: Shell) -> None:
    (shell.folder / "marta.p12").write_bytes(p12(current()))
    await shell.run("party", "add", "--tax-id", "B28015865", "--name", "X", "--kind", "company")

    status, _, errors = await shell.run(
        "certificate", "add", "--p12", "marta.p12", "--password-stdin", "--party", "B28015865", given="obre't\n"
    )

    message = "The certificate does not name B28015865: receivers may take its signatures for another's.\n"
    assert (status, errors) == (0, message)


WRONG: list[tuple[tuple[str, ...], str, int, str]] = [
    (("--party", "B28015865"), "obre't", 1, "Error: There is no party with the tax id B28015865.\n"),
    (("--service",), "wrong", 1, "Error: marta.p12: The password is wrong, or the file is damaged.\n"),
    (("--service", "--p12", "x.p12"), "", 1, "Error: x.p12: No such file or directory.\n"),
    (("--service", "--p12", "."), "", 1, "Error: .: Is a directory.\n"),
    ((), "", 2, "Error: Give either --party or --service.\n"),
    (("--service", "--party", "B28015865"), "", 2, "Error: Give either --party or --service.\n"),
]


@pytest.mark.parametrize(("options", "password", "status", "message"), WRONG)
async def test_what_cannot_be_added_is_one_line(
    shell: Shell, options: tuple[str, ...], password: str, status: int, message: str
) -> None:
    (shell.folder / "marta.p12").write_bytes(p12(current()))

    done = await shell.run("certificate", "add", "--p12", "marta.p12", "--password-stdin", *options, given=password)

    assert (done[0], done[1]) == (status, "")
    assert done[2].endswith(message)
    assert "Traceback" not in done[2]


async def test_an_administrator_says_what_a_party_demands(shell: Shell) -> None:
    await shell.run("party", "add", "--tax-id", "Q2826000H", "--name", "X", "--kind", "public-body")

    async def after(*options: str) -> tuple[int, bool, str | None]:
        status, _, _ = await shell.run("party", "change", "--tax-id", "esq2826000h", *options)
        database = await open_database(shell.environment["TRAMESA_DATABASE_URL"])
        with database.bound():
            party = await Party.get(tax_id="Q2826000H")
        await database.close()
        return status, party.signature_required, party.offices

    assert await after("--signature-required") == (0, True, None)
    assert await after("--office", "l01081593", "--office", "L01080000") == (0, True, '["L01080000","L01081593"]')
    assert await after("--no-signature-required", "--any-office") == (0, False, None)
    assert await after() == (2, False, None)
    assert await after("--any-office", "--office", "X") == (2, False, None)
    missing = await shell.run("party", "change", "--tax-id", "X99", "--any-office")
    assert missing == (1, "", "Error: There is no party with the tax id X99.\n")
