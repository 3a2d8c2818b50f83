"""Where letters go: to a mail server, or into a folder where there is none."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

from .message import Letter
from .outcome import Later, Outcome, Sent
from .smtp import SmtpAccess, SmtpTransport

_log = structlog.get_logger(__name__)


class Transport(Protocol):
    """One way out, used by one sender at a time. It answers with an outcome; it does not raise for what goes wrong."""

    async def send(self, letter: Letter) -> Outcome:
        """Hand one letter over."""

    async def close(self) -> None:
        """Let go of what is held; the transport can still be used afterwards."""


class FolderTransport:
    """Writes ``<id>.eml`` files; a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, letter: Letter) -> Outcome:
        """Write the letter; :class:`Later` where the folder cannot be written to."""
        try:
            await asyncio.to_thread(self._write, letter)
        except OSError as error:
            return Later(None, f"{type(error).__name__}: {error.strerror}", server=True)
        return Sent()

    async def close(self) -> None:
        """Nothing is held."""

    def _write(self, letter: Letter) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{letter.id}.{os.urandom(4).hex()}"
        try:
            unfinished.write_bytes(letter.content())
            unfinished.replace(self._folder / f"{letter.id}.eml")
        finally:
            unfinished.unlink(missing_ok=True)


def transport_factory(smtp_url: str | None, folder: Path) -> Callable[[], Transport]:
    """What makes a transport for each sender: to the server of ``smtp_url`` or, without one, into ``folder``.

    :class:`~tramesa.mail.smtp.BadSmtpUrl` where the URL is none. That mails go to a folder is logged, here and once.
    """
    if not smtp_url:
        _log.warning("mail.to_folder", folder=str(folder), reason="TRAMESA_SMTP_URL is not set")
        return lambda: FolderTransport(folder)
    access = SmtpAccess.parse(smtp_url)
    return lambda: SmtpTransport(access)
