"""Sending over SMTP: one connection, kept for the next letter, given up on any trouble."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPException, SMTPNotSupported, SMTPResponseException

from ..models.domain.errors import TramesaError
from .cleaning import one_line
from .message import Letter
from .outcome import Later, Outcome, Refused, Sent

CONNECT_TIMEOUT = 15.0
COMMAND_TIMEOUT = 30.0
SEND_TIMEOUT = 60.0
"""Seconds that one letter may take in all, the connection included."""
QUIT_TIMEOUT = 2.0

_TROUBLE = (SMTPException, OSError, ValueError)
_STARTTLS = {"true": True, "false": False, "auto": None}
# 530, 534, 535, 538: the server wants other credentials or encryption, whatever the letter (RFC 4954).
_ACCESS_CODES = frozenset({530, 534, 535, 538})
_NO_SMTPUTF8 = "The mail server takes no addresses with letters outside ASCII before the @ (SMTPUTF8)."


class BadSmtpUrl(TramesaError):
    """The mail server's URL must be smtp://USER:PASSWORD@HOST:PORT or smtps://…, with ?starttls=true, false or auto."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True)
class SmtpAccess:
    """A mail server and how to talk to it. ``starttls`` None: where the server offers it."""

    host: str
    port: int
    tls: bool
    starttls: bool | None
    user: str | None
    password: str | None = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> SmtpAccess:
        """Read the URL; :class:`BadSmtpUrl`, which does not repeat it, where it cannot be used."""
        try:
            parts = urlsplit(url)
            options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
            tls = {"smtp": False, "smtps": True}[parts.scheme]
            starttls = _STARTTLS[options.pop("starttls", "false" if tls else "auto")]
            port = parts.port or (465 if tls else 587 if starttls else 25)
        except (ValueError, KeyError):
            raise BadSmtpUrl from None
        if not parts.hostname or options or parts.path not in {"", "/"} or (tls and starttls is not False):
            raise BadSmtpUrl
        user, password = parts.username or None, parts.password
        return cls(parts.hostname, port, tls, starttls, user and unquote(user), password and unquote(password))


class SmtpTransport:
    """One long-lived connection to a mail server, opened when it is needed.

    ``tls`` takes the place of the system's trusted authorities.
    """

    def __init__(self, access: SmtpAccess | str, *, tls: ssl.SSLContext | None = None) -> None:
        self._access = SmtpAccess.parse(access) if isinstance(access, str) else access
        self._tls = tls
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, letter: Letter) -> Outcome:
        """Send one letter within :data:`SEND_TIMEOUT`."""
        outcome: Outcome | None = None
        try:
            outcome = await self._deliver(letter)
        finally:
            if not isinstance(outcome, Sent):
                self._drop()
        return outcome

    async def close(self) -> None:
        """Say goodbye to the server and close the connection."""
        if self._client is not None and self._client.is_connected:
            with contextlib.suppress(*_TROUBLE):
                async with asyncio.timeout(QUIT_TIMEOUT):
                    await self._client.quit()
        self._drop()

    async def _deliver(self, letter: Letter) -> Outcome:
        deadline = asyncio.get_running_loop().time() + SEND_TIMEOUT
        try:
            async with asyncio.timeout_at(deadline):
                client = await self._begin(letter)
        except SMTPNotSupported:
            return Refused(None, _NO_SMTPUTF8)
        except _TROUBLE as error:
            return self._server_trouble(error)
        try:
            async with asyncio.timeout_at(deadline):
                await client.rcpt(str(letter.recipient), encoding="utf-8")
                answer = await client.data(letter.content())
        except _TROUBLE as error:
            return self._letter_trouble(error)
        return Sent(answer.code, self._clean(answer.message))

    async def _begin(self, letter: Letter) -> aiosmtplib.SMTP:
        """Everything up to MAIL. Nothing is lost by doing it again, so a kept connection that fails is replaced."""
        if self._client is not None:
            try:
                return await self._announce(self._client, letter)
            except _TROUBLE:
                self._drop()
        self._client = await self._connect()
        return await self._announce(self._client, letter)

    async def _announce(self, client: aiosmtplib.SMTP, letter: Letter) -> aiosmtplib.SMTP:
        options: list[str] = []
        if letter.recipient.needs_utf8:
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if not client.supports_extension("smtputf8"):
                raise SMTPNotSupported(_NO_SMTPUTF8)
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        await client.mail(str(letter.sender), options=options)
        return client

    async def _connect(self) -> aiosmtplib.SMTP:
        access = self._access
        client = aiosmtplib.SMTP(
            hostname=access.host,
            port=access.port,
            username=access.user,
            password=access.password,
            timeout=COMMAND_TIMEOUT,
            use_tls=access.tls,
            start_tls=access.starttls,
            tls_context=self._tls,
        )
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await client.connect(timeout=CONNECT_TIMEOUT)
        return client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _server_trouble(self, error: Exception) -> Later:
        code = error.code if isinstance(error, SMTPResponseException) else None
        return Later(code, self._said(error), server=True)

    def _letter_trouble(self, error: Exception) -> Outcome:
        if not isinstance(error, SMTPResponseException):
            return Later(None, self._said(error))
        if error.code in _ACCESS_CODES or error.code == 421:
            return Later(error.code, self._said(error), server=True)
        # "Relay access denied" and its kin: the server knows the sender too little, not the recipient.
        if 500 <= error.code < 600 and "relay" not in error.message.lower():
            return Refused(error.code, self._said(error))
        return Later(error.code, self._said(error))

    def _said(self, error: Exception) -> str:
        if isinstance(error, SMTPResponseException):
            text = error.message
        else:
            text = str(error) or f"{type(error).__name__} (the mail server did not answer in time)"
        return self._clean(text)

    def _clean(self, text: str) -> str:
        if self._access.password:
            text = text.replace(self._access.password, "***")
        return one_line(text, 500)
