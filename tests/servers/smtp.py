"""A real SMTP server in the test's own event loop, which refuses, waits and hangs up as told."""

import asyncio
import contextlib
import ssl
import warnings
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, Literal, Self
from urllib.parse import quote

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Received:
    """One accepted message with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return BytesParser(EmailMessage, policy=default).parsebytes(self.content.replace(b"\r\n", b"\n"))


class SmtpServer:
    """Accepts everything until told otherwise.

    `refusals` answers the RCPT of an address with a line of its own, as in `{"a@example.com": "450 4.2.0 later"}`.
    `hang_up` breaks the connection instead of answering that command; "after DATA" has kept the message first, the
    case in which a client cannot know. `delay` is seconds before each answer to a message; between `pause()` and
    `resume()` there is none at all.
    """

    def __init__(
        self,
        *,
        tls: Literal["starttls", "implicit"] | None = None,
        credentials: tuple[str, str] | None = None,
        port: int = 0,
    ) -> None:
        self.port = port
        self.messages: list[Received] = []
        self.connections = 0
        self.refusals: dict[str, str] = {}
        self.hang_up: Literal["MAIL", "RCPT", "DATA", "after DATA"] | None = None
        self.delay = 0.0
        self.authority = trustme.CA() if tls else None
        self._tls = tls
        self._credentials = credentials
        self._answering = asyncio.Event()
        self._answering.set()
        self._arrival = asyncio.Condition()
        self._sessions: list[SMTP] = []

    @property
    def url(self) -> str:
        account = "".join(
            f"{quote(name, safe='')}:{quote(key, safe='')}@" for name, key in filter(None, [self._credentials])
        )
        return f"{'smtps' if self._tls == 'implicit' else 'smtp'}://{account}{HOST}:{self.port}"

    def client_context(self) -> ssl.SSLContext:
        """A TLS context that trusts this server's certificate."""
        context = ssl.create_default_context()
        if self.authority:
            self.authority.configure_trust(context)
        return context

    def pause(self) -> None:
        self._answering.clear()

    def resume(self) -> None:
        self._answering.set()

    async def received(self, count: int, *, within: float = 10.0) -> list[Received]:
        """The messages, as soon as there are that many."""
        async with asyncio.timeout(within), self._arrival:
            await self._arrival.wait_for(lambda: len(self.messages) >= count)
        return self.messages

    async def start(self) -> Self:
        self._context = None
        if self.authority:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.authority.issue_cert(HOST, "localhost").configure_cert(self._context)
        implicit = self._context if self._tls == "implicit" else None
        self._server = await asyncio.get_running_loop().create_server(self._session, HOST, self.port, ssl=implicit)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        self._server.close()
        conversations = [session._handler_coroutine for session in self._sessions if session._handler_coroutine]
        for session in self._sessions:
            _cut(session)
        await asyncio.gather(*conversations, return_exceptions=True)
        await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _session(self) -> SMTP:
        self.connections += 1
        with warnings.catch_warnings():
            # aiosmtpd warns of passwords without STARTTLS, which is what a test may want.
            warnings.simplefilter("ignore", UserWarning)
            session = SMTP(
                _Conversation(self),
                hostname="smtp.test",
                enable_SMTPUTF8=True,
                loop=asyncio.get_running_loop(),
                tls_context=self._context if self._tls == "starttls" else None,
                require_starttls=self._tls == "starttls",
                auth_required=self._credentials is not None,
                auth_require_tls=self._tls == "starttls",
                authenticator=self._authenticate,
            )
        self._sessions.append(session)
        return session

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        expected = self._credentials and LoginPassword(*(part.encode() for part in self._credentials))
        return AuthResult(success=given == expected, handled=False)

    async def _before_answer(self, session: SMTP, command: str) -> None:
        if command == self.hang_up:
            _cut(session)
            await asyncio.get_running_loop().create_future()  # cancelled with the connection
        await self._answering.wait()

    async def _keep(self, envelope: Envelope, *, encrypted: bool) -> None:
        content = envelope.original_content or b""
        self.messages.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, encrypted))
        async with self._arrival:
            self._arrival.notify_all()


class _Conversation:
    """The hooks that aiosmtpd looks for by name."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def handle_MAIL(  # noqa: N802
        self, session: SMTP, _state: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._server._before_answer(session, "MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender ok"

    async def handle_RCPT(  # noqa: N802
        self, session: SMTP, _state: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._server._before_answer(session, "RCPT")
        if refusal := self._server.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, session: SMTP, _state: Session, envelope: Envelope) -> str:  # noqa: N802
        await self._server._before_answer(session, "DATA")
        encrypted = session.transport is not None and session.transport.get_extra_info("ssl_object") is not None
        await self._server._keep(envelope, encrypted=encrypted)
        await self._server._before_answer(session, "after DATA")
        await asyncio.sleep(self._server.delay)
        return "250 2.0.0 kept"


def _cut(session: SMTP) -> None:
    # A TLS transport that was closed already may have let go of what it would abort.
    with contextlib.suppress(AttributeError):
        if isinstance(session.transport, asyncio.WriteTransport):
            session.transport.abort()
