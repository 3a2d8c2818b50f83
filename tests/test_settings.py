"""Settings: a wrong one stops the start with one clear line; the secret is made once and kept from others."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from tramesa.models.database import tortoise_config
from tramesa.server.settings import VARIABLES, Settings, WrongSetting, read_settings

SECRET = "s" * 32
POSTGRES = "postgres://u:p@h/d"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(**variables: str) -> Settings:
    return read_settings({f"TRAMESA_{name}": value for name, value in variables.items()}, keep_secret=False)


def test_without_settings_everything_has_a_default() -> None:
    settings = read(SECRET_KEY=SECRET)

    assert settings == Settings(
        database_url="sqlite://tramesa.sqlite3",
        smtp_url=None,
        mail_from="Tramesa <tramesa@localhost>",
        mail_folder=Path("outgoing-mail"),
        secret_key=SECRET,
        public_url="http://127.0.0.1:8000",
        allowed_origins=(),
        log_level="INFO",
        introspection=True,
    )


def test_settings_are_read_and_trimmed(tmp_path: Path) -> None:
    settings = read(
        DATABASE_URL=f" sqlite://{tmp_path}/data/t.sqlite3 ",
        SMTP_URL="smtps://me:p%40ss@mail.example.org:4650",
        MAIL_FROM="Factures <factures@example.org>",
        SECRET_KEY=SECRET,
        PUBLIC_URL="https://factures.example.org/",
        ALLOWED_ORIGINS="https://app.example.org/, http://localhost:3000 ,",
        LOG_LEVEL="warning",
    )

    assert settings == Settings(
        database_url=f"sqlite://{tmp_path}/data/t.sqlite3",
        smtp_url="smtps://me:p%40ss@mail.example.org:4650",
        mail_from="Factures <factures@example.org>",
        mail_folder=tmp_path / "data" / "outgoing-mail",
        secret_key=SECRET,
        public_url="https://factures.example.org",
        allowed_origins=("https://app.example.org", "http://localhost:3000"),
        log_level="WARNING",
        introspection=False,
        metrics=False,
    )


WRONG = [
    ("DATABASE_URL", "mysql://root@h/d"),
    ("DATABASE_URL", "tramesa.sqlite3"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "postgres://"),
    ("DATABASE_URL", "postgres://u:p@h"),
    ("DATABASE_URL", "postgres://u:p@h/"),
    ("DATABASE_URL", "postgres://u:p@h:port/d"),
    ("DATABASE_URL", "postgres://u:p@h:99999/d"),
    ("DATABASE_URL", "postgres://[h/d"),
    ("DATABASE_URL", f"{POSTGRES}?colour=blue"),
    ("DATABASE_URL", f"{POSTGRES}?maxsize=many"),
    ("DATABASE_URL", f"{POSTGRES}?maxsize=0"),
    ("DATABASE_URL", f"{POSTGRES}?sslmode=maybe"),
    ("SMTP_URL", "mail.example.org"),
    ("SMTP_URL", "http://mail.example.org"),
    ("SMTP_URL", "smtp://"),
    ("SMTP_URL", "smtp://mail.example.org:port"),
    ("SMTP_URL", "smtp://mail.example.org:99999"),
    ("MAIL_FROM", "nobody"),
    ("MAIL_FROM", "a@b@c <x"),
    ("MAIL_FROM", "one@example.org, two@example.org"),
    ("MAIL_FROM", "me@example.org\r\nBcc: all@example.org"),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "x" * 31),
    ("PUBLIC_URL", "factures.example.org"),
    ("PUBLIC_URL", "ftp://factures.example.org"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://factures.example.org:port"),
    ("PUBLIC_URL", "https://factures.example.org/?a=b"),
    ("PUBLIC_URL", "https://factures.example.org/#top"),
    ("PUBLIC_URL", "http://["),
    ("ALLOWED_ORIGINS", "app.example.org"),
    ("ALLOWED_ORIGINS", "https://app.example.org/app"),
    ("ALLOWED_ORIGINS", "https://app.example.org, x"),
    ("LOG_LEVEL", "LOUD"),
    ("ALLOWED_HOSTS", "https://factures.example.org"),
    ("ALLOWED_HOSTS", "factures.example.org:8000"),
    ("METRICS_TOKEN", "short"),
    ("METRICS_TOKEN", "contrasenya és secreta"),
    ("RATE_LIMIT", "-1"),
    ("RATE_LIMIT", "many"),
    ("TRUSTED_DOCUMENTS", "/nowhere"),
    ("ONLY_TRUSTED", "on"),
    ("INTROSPECTION", "maybe"),
    ("INTROSPECTION", "1"),
    ("TRUST_ANCHORS", "/nowhere"),
    ("PLATFORMS", "/nowhere"),
    ("WEBHOOK_PRIVATE", "inside"),
    ("WEBHOOK_PRIVATE", "10.0.0.1/8"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        read(**{"SECRET_KEY": SECRET, name: value})

    message = str(wrong.value)
    assert message.startswith(f"TRAMESA_{name}: ")
    assert "\n" not in message
    assert len(message) > len(f"TRAMESA_{name}: ")


INTROSPECTION = [
    ("", "http://127.0.0.1:8000", True),
    ("", "http://127.9.9.9", True),
    ("", "http://localhost:8000", True),
    ("", "http://demo.localhost", True),
    ("", "http://[::1]:8000", True),
    ("", "https://factures.example.org", False),
    ("", "http://192.168.1.5:8000", False),
    ("", "https://localhost.example.org", False),
    ("ON", "https://factures.example.org", True),
    ("off", "http://127.0.0.1:8000", False),
]


@pytest.mark.parametrize(("switch", "public_url", "on"), INTROSPECTION)
def test_introspection_is_off_where_others_reach_the_server(switch: str, public_url: str, on: bool) -> None:
    settings = read(SECRET_KEY=SECRET, PUBLIC_URL=public_url, INTROSPECTION=switch)

    assert settings.introspection is on


@pytest.mark.parametrize(
    ("token", "public_url", "there"),
    [
        ("", "http://127.0.0.1:8000", True),
        ("", "https://factures.example.org", False),
        ("a token for prometheus", "https://factures.example.org", True),
    ],
)
def test_metrics_are_open_on_this_machine_alone(token: str, public_url: str, there: bool) -> None:
    settings = read(SECRET_KEY=SECRET, PUBLIC_URL=public_url, METRICS_TOKEN=token)

    assert (settings.metrics, settings.metrics_token) == (there, token or None)


def test_what_is_secret_in_a_wrong_setting_is_not_repeated() -> None:
    messages = []
    for name, value in (("DATABASE_URL", "postgres://u:hunter2@h"), ("SMTP_URL", "smtp://u:hunter2@h:x")):
        with pytest.raises(WrongSetting) as wrong:
            read(**{"SECRET_KEY": SECRET, name: value})
        messages.append(str(wrong.value))

    assert [message for message in messages if "hunter2" in message] == []


def test_options_of_postgresql_go_to_whom_they_are_for() -> None:
    url = "postgresql://me:p%40ss@db.example.org:5433/tramesa?sslmode=require&maxsize=7&command_timeout=2.5"

    credentials = tortoise_config(read(DATABASE_URL=url, SECRET_KEY=SECRET).database_url)["connections"]["postgres"][
        "credentials"
    ]

    expected = {
        "host": "db.example.org",
        "port": 5433,
        "user": "me",
        "password": "p@ss",
        "database": "tramesa",
        "minsize": 1,
        "maxsize": 7,
        "timeout": 5.0,
        "command_timeout": 2.5,
        "application_name": "tramesa",
        "ssl": "require",
    }
    assert {name: credentials[name] for name in expected} == expected


def test_postgresql_needs_a_secret_of_its_own() -> None:
    with pytest.raises(WrongSetting, match=r"^TRAMESA_SECRET_KEY: required with PostgreSQL"):
        read(DATABASE_URL=POSTGRES)


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    environment = {"TRAMESA_DATABASE_URL": f"sqlite://{tmp_path}/data/t.sqlite3"}
    file = tmp_path / "data" / "t.sqlite3.secret"

    first = read_settings(environment).secret_key
    second = read_settings(environment).secret_key

    assert first == second == file.read_text()
    assert len(first) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_of_those_who_start_together_all_have_the_same_secret(tmp_path: Path) -> None:
    environment = {"TRAMESA_DATABASE_URL": f"sqlite://{tmp_path}/t.sqlite3"}
    start, secrets = threading.Barrier(8), []

    def begin() -> None:
        start.wait()
        secrets.append(read_settings(environment).secret_key)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert secrets == [(tmp_path / "t.sqlite3.secret").read_text()] * 8


def test_a_secret_that_is_given_is_not_written(tmp_path: Path) -> None:
    read_settings({"TRAMESA_DATABASE_URL": f"sqlite://{tmp_path}/t.sqlite3", "TRAMESA_SECRET_KEY": SECRET})

    assert list(tmp_path.iterdir()) == []


def test_a_secret_that_was_emptied_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "t.sqlite3.secret").write_text("")

    with pytest.raises(WrongSetting, match=r"^TRAMESA_SECRET_KEY: .*t\.sqlite3\.secret"):
        read_settings({"TRAMESA_DATABASE_URL": f"sqlite://{tmp_path}/t.sqlite3"})


def test_a_secret_that_cannot_be_kept_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(WrongSetting, match=r"^TRAMESA_SECRET_KEY: it cannot be kept beside the database: "):
        read_settings({"TRAMESA_DATABASE_URL": f"sqlite://{tmp_path}/file/t.sqlite3"})


def test_every_setting_is_listed_with_its_meaning() -> None:
    assert [variable.name.removeprefix("TRAMESA_") for variable in VARIABLES] == [
        "DATABASE_URL",
        "SMTP_URL",
        "MAIL_FROM",
        "SECRET_KEY",
        "PUBLIC_URL",
        "LOG_LEVEL",
        "ALLOWED_ORIGINS",
        "ALLOWED_HOSTS",
        "METRICS_TOKEN",
        "RATE_LIMIT",
        "TRUSTED_DOCUMENTS",
        "ONLY_TRUSTED",
        "INTROSPECTION",
        "TRUST_ANCHORS",
        "PLATFORMS",
        "WEBHOOK_PRIVATE",
    ]
    assert [variable for variable in VARIABLES if not variable.meaning] == []
