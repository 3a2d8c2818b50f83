"""Settings, all from the environment. A wrong one stops the start with one clear line."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from ..documents.signatures.anchors import BadTrustAnchors, TrustAnchors
from ..graphql.engine.persisted import KnownDocuments, WrongDocuments, read_documents
from ..mail.address import BadSender, parse_sender
from ..mail.smtp import BadSmtpUrl, SmtpAccess
from ..models.database import BadDatabaseUrl, dialect_of, sqlite_path, tortoise_config
from ..models.domain.errors import TramesaError
from ..models.domain.targets import Network, networks_of
from ..models.platforms.known import NewPlatform
from .platform_file import WrongPlatforms, read_platforms

MIN_SECRET = 32
MIN_TOKEN = 16

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)


class WrongSetting(TramesaError):
    """A setting is wrong."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable, for ``tramesa settings`` and the README."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable(
        "TRAMESA_DATABASE_URL",
        "sqlite://tramesa.sqlite3",
        "sqlite://PATH (sqlite:///ABSOLUTE/PATH) or postgres://USER:PASSWORD@HOST:PORT/NAME",
    ),
    Variable(
        "TRAMESA_SMTP_URL",
        "",
        "smtp://USER:PASSWORD@HOST:PORT or smtps://…; without it mails are written to a folder `outgoing-mail` as .eml",
    ),
    Variable("TRAMESA_MAIL_FROM", "Tramesa <tramesa@localhost>", "sender of every mail"),
    Variable(
        "TRAMESA_SECRET_KEY",
        "",
        "at least 32 characters; generated and kept beside an embedded database, required with PostgreSQL",
    ),
    Variable("TRAMESA_PUBLIC_URL", "http://127.0.0.1:8000", "where people reach the server; links begin with it"),
    Variable("TRAMESA_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
    Variable(
        "TRAMESA_ALLOWED_ORIGINS",
        "",
        "origins of front ends on other hosts, comma-separated, such as https://app.example.org; * for all",
    ),
    Variable(
        "TRAMESA_ALLOWED_HOSTS",
        "",
        "further host names that requests may call the server by, comma-separated; * for all",
    ),
    Variable(
        "TRAMESA_METRICS_TOKEN",
        "",
        "bearer token for /metrics; without one it is open where TRAMESA_PUBLIC_URL is this machine, else shut",
    ),
    Variable(
        "TRAMESA_RATE_LIMIT",
        "3000000",
        "what a viewer may ask for in a minute, by cost; an address without credentials, a tenth; 0 for no limit",
    ),
    Variable(
        "TRAMESA_TRUSTED_DOCUMENTS", "", "a folder of documents (.graphql, or .json manifests) known by their hash"
    ),
    Variable("TRAMESA_ONLY_TRUSTED", "off", "on: the server runs the documents of that folder, and no others"),
    Variable(
        "TRAMESA_INTROSPECTION",
        "",
        "on or off: introspection, explorer, /schema.graphql; unset, off where TRAMESA_PUBLIC_URL is not this machine",
    ),
    Variable(
        "TRAMESA_TRUST_ANCHORS",
        "",
        "folder of PEM files: the authorities whose certificates documents may be signed with; without it no signature"
        " is trusted",
    ),
    Variable(
        "TRAMESA_PLATFORMS", "", "a TOML file of other platforms: their names, addresses, keys, and who lives there"
    ),
    Variable(
        "TRAMESA_WEBHOOK_PRIVATE",
        "",
        "networks that webhooks may go to though they are not public, comma-separated, such as 10.0.0.0/8; * for all;"
        " unset, https:// to public addresses alone",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the server runs with. ``public_url`` and origins are without a slash at the end."""

    database_url: str
    smtp_url: str | None
    mail_from: str
    mail_folder: Path
    secret_key: str
    public_url: str
    allowed_origins: tuple[str, ...]
    allowed_hosts: tuple[str, ...] = ()
    log_level: str = "INFO"
    introspection: bool = True
    anchors: TrustAnchors | None = None
    rate_limit: int = 3_000_000
    """Cost that a viewer may ask for in a minute; 0 for any."""
    documents: KnownDocuments | None = None
    metrics: bool = True
    metrics_token: str | None = None
    """What ``/metrics`` asks for; None where it is open."""
    platforms: tuple[NewPlatform, ...] | None = None
    """The other platforms of the file; None where there is no file."""
    webhook_networks: tuple[Network, ...] = ()


def read_settings(environment: Mapping[str, str] = os.environ, *, keep_secret: bool = True) -> Settings:
    """The settings of an environment; :class:`WrongSetting` names the variable and what is expected.

    With ``keep_secret`` a generated key is written beside the embedded database, readable by its owner alone.
    """
    values = {variable.name: environment.get(variable.name, "").strip() or variable.default for variable in VARIABLES}
    database_url = _checked_database(values["TRAMESA_DATABASE_URL"])
    public_url = _checked_url("TRAMESA_PUBLIC_URL", values["TRAMESA_PUBLIC_URL"])
    embedded = dialect_of(database_url) == "sqlite"
    home = Path(sqlite_path(database_url)).parent if embedded else Path()
    return Settings(
        database_url=database_url,
        smtp_url=_checked_smtp(values["TRAMESA_SMTP_URL"]),
        mail_from=_checked_sender(values["TRAMESA_MAIL_FROM"]),
        mail_folder=home / "outgoing-mail",
        secret_key=_secret(values["TRAMESA_SECRET_KEY"], database_url if embedded else None, keep=keep_secret),
        public_url=public_url,
        allowed_origins=_origins(values["TRAMESA_ALLOWED_ORIGINS"]),
        allowed_hosts=_hosts(values["TRAMESA_ALLOWED_HOSTS"]),
        log_level=_checked_level(values["TRAMESA_LOG_LEVEL"]),
        introspection=_switch("TRAMESA_INTROSPECTION", values["TRAMESA_INTROSPECTION"], _is_loopback(public_url)),
        anchors=_anchors(values["TRAMESA_TRUST_ANCHORS"]),
        rate_limit=_checked_rate(values["TRAMESA_RATE_LIMIT"]),
        documents=_documents(values["TRAMESA_TRUSTED_DOCUMENTS"], values["TRAMESA_ONLY_TRUSTED"]),
        metrics=bool(values["TRAMESA_METRICS_TOKEN"]) or _is_loopback(public_url),
        metrics_token=_metrics_token(values["TRAMESA_METRICS_TOKEN"]),
        platforms=_platforms(values["TRAMESA_PLATFORMS"], public_url),
        webhook_networks=_networks(values["TRAMESA_WEBHOOK_PRIVATE"]),
    )


def _checked_database(url: str) -> str:
    try:
        tortoise_config(url)
    except (BadDatabaseUrl, ValueError) as error:
        raise WrongSetting(f"TRAMESA_DATABASE_URL: {error}") from None
    return url


def _checked_smtp(url: str) -> str | None:
    if not url:
        return None
    try:
        SmtpAccess.parse(url)
    except BadSmtpUrl as error:
        raise WrongSetting(f"TRAMESA_SMTP_URL: {error}") from None
    return url


def _checked_sender(text: str) -> str:
    try:
        parse_sender(text)
    except BadSender as error:
        raise WrongSetting(f"TRAMESA_MAIL_FROM: {error}") from None
    if not text.isprintable() or len(getaddresses([text])) != 1:
        raise WrongSetting(f"TRAMESA_MAIL_FROM: {text!r} is not one address.")
    return text


def _checked_url(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        well_formed = parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        well_formed = False
    if not well_formed:
        raise WrongSetting(f"{name}: {url!r} is no http:// or https:// address.")
    return url.rstrip("/")


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        if origin != "*" and urlsplit(_checked_url("TRAMESA_ALLOWED_ORIGINS", origin)).path:
            raise WrongSetting(f"TRAMESA_ALLOWED_ORIGINS: {origin!r} has a path; an origin is scheme, host and port.")
    return tuple(origin.rstrip("/") for origin in origins)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    for host in hosts:
        if host != "*" and not _HOST.fullmatch(host):
            raise WrongSetting(f"TRAMESA_ALLOWED_HOSTS: {host!r} is no host name; give it without scheme and port.")
    return hosts


def _checked_rate(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise WrongSetting(f"TRAMESA_RATE_LIMIT: {text!r} is no whole number.")
    return int(text)


def _documents(folder: str, only: str) -> KnownDocuments | None:
    only_trusted = _switch("TRAMESA_ONLY_TRUSTED", only, default=False)
    if not folder:
        if only_trusted:
            raise WrongSetting("TRAMESA_ONLY_TRUSTED: TRAMESA_TRUSTED_DOCUMENTS must say which.")
        return None
    try:
        return KnownDocuments(read_documents(Path(folder)), only_trusted=only_trusted)
    except WrongDocuments as error:
        raise WrongSetting(f"TRAMESA_TRUSTED_DOCUMENTS: {error}") from None


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return networks_of(text)
    except ValueError as error:
        raise WrongSetting(f"TRAMESA_WEBHOOK_PRIVATE: {error}") from None


def _metrics_token(text: str) -> str | None:
    if text and (len(text) < MIN_TOKEN or not text.isascii()):
        raise WrongSetting(f"TRAMESA_METRICS_TOKEN: at least {MIN_TOKEN} ASCII characters, please.")
    return text or None


def _checked_level(text: str) -> str:
    level = text.upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise WrongSetting(f"TRAMESA_LOG_LEVEL: {text!r} is none of DEBUG, INFO, WARNING, ERROR.")
    return level


def _switch(name: str, text: str, default: bool) -> bool:
    switches = {"on": True, "off": False, "": default}
    if text.lower() not in switches:
        raise WrongSetting(f"{name}: {text!r} is neither on nor off.")
    return switches[text.lower()]


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _anchors(folder: str) -> TrustAnchors | None:
    if not folder:
        return None
    try:
        return TrustAnchors.load(Path(folder))
    except BadTrustAnchors as error:
        raise WrongSetting(f"TRAMESA_TRUST_ANCHORS: {error}") from None


def _platforms(path: str, public_url: str) -> tuple[NewPlatform, ...] | None:
    if not path:
        return None
    try:
        found = read_platforms(Path(path))
    except WrongPlatforms as error:
        raise WrongSetting(f"TRAMESA_PLATFORMS: {error}") from None
    for platform in found:
        if platform.address.lower() == public_url.lower():
            raise WrongSetting(f"TRAMESA_PLATFORMS: {platform.name} is this server itself (TRAMESA_PUBLIC_URL).")
    return found


def _secret(given: str, embedded_url: str | None, *, keep: bool) -> str:
    if given:
        if len(given) < MIN_SECRET:
            raise WrongSetting(f"TRAMESA_SECRET_KEY: at least {MIN_SECRET} characters, please.")
        return given
    if embedded_url is None:
        raise WrongSetting("TRAMESA_SECRET_KEY: required with PostgreSQL, the same for every process.")
    path = Path(sqlite_path(embedded_url) + ".secret")
    secret = secrets.token_urlsafe(48)
    if keep and not path.exists():
        _write_secret(path, secret)
    kept = path.read_text().strip() if path.exists() else secret
    if len(kept) < MIN_SECRET:
        raise WrongSetting(f"TRAMESA_SECRET_KEY: what {path} holds is too short; remove it, and a new one is made.")
    return kept


def _write_secret(path: Path, secret: str) -> None:
    # O_EXCL and a rename's worth of care: of two processes that start together one writes, both read the same.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Processes in containers that share a folder may share a number too.
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secret)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        finally:
            temporary.unlink()
    except OSError as error:
        raise WrongSetting(f"TRAMESA_SECRET_KEY: it cannot be kept beside the database: {error}") from None
