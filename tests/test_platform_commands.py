"""What an operator does: keys, platforms and the directory, by command and by file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tramesa.models.database import open_database
from tramesa.models.domain.errors import Invalid
from tramesa.models.platforms.file import configure_platforms
from tramesa.models.platforms.jwks import jwk_of, read_keys
from tramesa.models.platforms.known import list_platforms
from tramesa.server.platform_file import WrongPlatforms, read_platforms
from tramesa.tests.conftest import settings_for
from tramesa.tests.test_cli import Shell
from tramesa.tests.world import open_world

KEY, NEXT = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


def pem(key: RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def shell(tmp_path: Path, sqlite_url: str) -> Shell:
    return Shell(tmp_path, sqlite_url)


async def test_the_key_is_made_once_and_changed_in_two_steps(shell: Shell) -> None:
    status, first, errors = await shell.run("platform", "key")
    assert (status, errors) == (0, "")
    assert (await shell.run("platform", "key"))[1] == first
    assert first.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert await shell.run("platform", "key", "--switch") == (
        1,
        "",
        "Error: There is no next key: make it with --next and give it to the other platforms first.\n",
    )

    _, both, _ = await shell.run("platform", "key", "--next")
    assert both.startswith(first)
    assert (await shell.run("platform", "key", "--next"))[1] == both
    _, switched, _ = await shell.run("platform", "key", "--switch", "--jwks")

    [shown] = json.loads(switched)["keys"]
    assert [shown["kid"]] == [jwk["kid"] for jwk in read_keys(both.removeprefix(first).encode())]
    assert shown.keys() == {"alg", "e", "kid", "kty", "n", "use"}


async def test_the_public_keys_are_for_everybody(sqlite_url: str, tmp_path: Path, shell: Shell) -> None:
    _, printed, _ = await shell.run("platform", "key", "--jwks")

    async with open_world(settings_for(sqlite_url, tmp_path)) as world:
        answer = await world.client.get("/.well-known/jwks.json")

    assert (answer.headers["content-type"], answer.json()) == ("application/jwk-set+json", json.loads(printed))


async def test_platforms_are_entered_changed_and_removed(shell: Shell) -> None:
    (shell.folder / "nord.pem").write_bytes(pem(KEY))
    (shell.folder / "next.json").write_text(json.dumps({"keys": [jwk_of(NEXT.public_key())]}))
    nord, following = str(shell.folder / "nord.pem"), str(shell.folder / "next.json")
    add = ("platform", "add", "--name", "Nord", "--address")

    assert await shell.run(*add, "https://nord.example/", "--key", nord) == (0, "added Nord, 1 key\n", "")
    assert await shell.run(*add, "https://new.example", "--key", nord, "--key", following) == (
        0,
        "added Nord, 2 keys\n",
        "",
    )
    assert (await shell.run("platform", "list"))[1] == (
        "Nord: https://new.example, 2 keys, 0 tax ids, not heard of yet\n"
    )
    other = ("platform", "add", "--name", "Sud", "--address", "https://new.example", "--key", nord)
    assert await shell.run(*other) == (1, "", "Error: Nord has this address already.\n")
    assert await shell.run("platform", "remove", "Nord") == (0, "removed Nord\n", "")
    assert await shell.run("platform", "remove", "Nord") == (1, "", "Error: There is no platform 'Nord'.\n")
    assert (await shell.run("platform", "list"))[1] == ""


async def test_a_file_that_is_no_key_and_the_server_itself_end_with_one_line(shell: Shell) -> None:
    (shell.folder / "nord.pem").write_bytes(pem(KEY))
    (shell.folder / "notes.txt").write_text("not a key")
    good, bad = str(shell.folder / "nord.pem"), str(shell.folder / "notes.txt")
    add = ("platform", "add", "--name", "Nord", "--address")

    assert await shell.run(*add, "https://nord.example", "--key", bad) == (
        1,
        "",
        f"Error: {bad}: 1 to 10 public keys are expected.\n",
    )
    assert await shell.run(*add, "https://Own.example/", "--key", good, PUBLIC_URL="https://own.example") == (
        1,
        "",
        "Error: https://Own.example/ is this server itself (TRAMESA_PUBLIC_URL).\n",
    )
    assert (await shell.run("platform", "list"))[1] == ""


async def test_the_directory_is_entered_by_hand(shell: Shell) -> None:
    (shell.folder / "nord.pem").write_bytes(pem(KEY))
    key = str(shell.folder / "nord.pem")
    await shell.run("platform", "add", "--name", "Nord", "--address", "https://nord.example", "--key", key)
    directory = ("platform", "directory")

    assert await shell.run(*directory, "show", "B25318742") == (0, "not known\n", "")
    assert await shell.run(*directory, "add", "esb25318742", "Nord", "--kind", "public-body") == (
        0,
        "B25318742 lives on Nord\n",
        "",
    )
    assert await shell.run(*directory, "show", "B25318742") == (0, "Nord\n", "")
    assert await shell.run(*directory, "add", "B25318742", "Sud") == (1, "", "Error: There is no platform 'Sud'.\n")
    assert (await shell.run(*directory, "add", "no", "Nord"))[0] == 1
    assert await shell.run(*directory, "forget", "B25318742") == (0, "forgot 1\n", "")
    assert await shell.run(*directory, "show", "B25318742") == (0, "not known\n", "")


SECRET_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "1 to 10 public keys are expected."),
        (b"nonsense", "1 to 10 public keys are expected."),
        (b"{", "There is no public key in it that can be read."),
        (b'{"keys": []}', "1 to 10 public keys are expected."),
        (b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "There is no public key in it that can be read."),
        (
            b'{"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQAB"}',
            "This is a private key; a platform gives its public one.",
        ),
        (SECRET_PEM, "This is a private key; a platform gives its public one."),
        (pem(KEY)[:200], "The PEM is cut off."),
        (pem(SMALL), "Only RSA keys of 2048 to 8192 bits will do."),
        (pem(ec.generate_private_key(ec.SECP256R1())), "Only RSA keys of 2048 to 8192 bits will do."),
        (pem(KEY) * 11, "1 to 10 public keys are expected."),
    ],
)
def test_what_is_no_public_key_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message.replace(".", r"\.")):
        read_keys(data)


def written(folder: Path, text: str) -> Path:
    (folder / "nord.pem").write_bytes(pem(KEY))
    path = folder / "platforms.toml"
    path.write_text(text)
    return path


GOOD = '[[platform]]\nname = "Nord"\naddress = "https://nord.example"\nkeys = ["nord.pem"]\n'


async def test_the_platforms_of_the_file_are_what_it_says(sqlite_template: Path, tmp_path: Path) -> None:
    database = await open_database(f"sqlite://{shutil.copy(sqlite_template, tmp_path / 'db.sqlite3')}")
    south = GOOD.replace("Nord", "Sud").replace("nord.ex", "sud.ex")
    both = read_platforms(written(tmp_path, GOOD + 'tax_ids = ["B25318742"]\n' + south))

    await configure_platforms(database, both)
    await configure_platforms(database, both)
    assert [row.name for row in await list_platforms(database)] == ["Nord", "Sud"]
    await configure_platforms(database, read_platforms(written(tmp_path, south)))

    assert [(row.name, row.source) for row in await list_platforms(database)] == [("Sud", "FILE")]
    await database.close()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[platform", "Expected"),
        ("[platforms]\n", "a table [[platform]] for each platform is expected, and nothing else."),
        ("platform = 5\n", "a table [[platform]] for each platform is expected, and nothing else."),
        ("[[platform]]\n", "a platform needs a name."),
        (GOOD.replace("keys", "key"), "Nord: key is not known here."),
        (GOOD.replace('["nord.pem"]', '"nord.pem"'), "Nord: keys is a list of texts."),
        (GOOD.replace('"nord.pem"', ""), "Nord: A platform needs a key."),
        (GOOD.replace("nord.pem", "sud.pem"), "Nord: sud.pem: No such file or directory."),
        (GOOD.replace("nord.pem", "platforms.toml"), "Nord: 1 to 10 public keys are expected."),
        (GOOD.replace("https://", "ftp://"), "Nord: 'ftp://nord.example' is no http:// or https:// address."),
        (GOOD + 'kind = "facturpyme"\n', "Nord: There is no adapter 'FACTURPYME'; there are TRAMESA."),
        (GOOD + 'tax_ids = ["B 1"]\n', "Nord: 'B 1' is no tax id."),
        (GOOD + GOOD, "two platforms have one name."),
        (GOOD + GOOD.replace("Nord", "Sud"), "two platforms have one address."),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(WrongPlatforms) as caught:
        read_platforms(path)

    assert str(caught.value).startswith(f"{path}: {message}")
