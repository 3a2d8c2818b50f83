"""Stopping mails: the link in each that may be stopped, for its reader or his or her mail program (RFC 8058)."""

from __future__ import annotations

import hashlib
import hmac

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from ..models.notices.addresses import language_of_address, stop_mails
from .pages import PAGES, POLICY

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(PAGES), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
)

_WORDS = {
    "CA": {
        "tag": "ca",
        "question": "Voleu deixar de rebre els missatges de Tramesa en aquesta adreça?",
        "button": "Deixar de rebre'ls",
        "done": "Fet: aquesta adreça ja no rebrà més missatges. L'administrador la pot tornar a donar d'alta.",
        "kept": "Els missatges que la llei demana es continuen enviant a l'adreça que es dona amb cada factura.",
    },
    "ES": {
        "tag": "es",
        "question": "¿Quiere dejar de recibir los mensajes de Tramesa en esta dirección?",
        "button": "Dejar de recibirlos",
        "done": "Hecho: esta dirección no recibirá más mensajes. El administrador puede volver a darla de alta.",
        "kept": "Los mensajes que la ley exige se siguen enviando a la dirección que se da con cada factura.",
    },
    "EN": {
        "tag": "en",
        "question": "Stop Tramesa's messages to this address?",
        "button": "Stop them",
        "done": "Done: this address gets no more messages. The administrator can set it up again.",
        "kept": "Messages that the law asks for still go to the address that is given with each invoice.",
    },
}


class StopLinks:
    """Makes and checks the addresses where mails are stopped; each is good for ever, for one notice address."""

    def __init__(self, public_url: str, secret: str) -> None:
        self._public_url = public_url
        self._key = hashlib.sha256(b"tramesa stop\x00" + secret.encode()).digest()

    def __call__(self, notice_address_id: str) -> str:
        """The address of one."""
        return f"{self._public_url}/stop/{notice_address_id}/{self._sign(notice_address_id)}"

    def good(self, notice_address_id: str, signature: str) -> bool:
        """Whether a link's parts were made here."""
        return hmac.compare_digest(self._sign(notice_address_id).encode(), signature.encode("utf-8", "replace"))

    def _sign(self, notice_address_id: str) -> str:
        return hmac.new(self._key, notice_address_id.encode(), hashlib.sha256).hexdigest()[:32]


async def stop(request: Request) -> Response:
    """``GET /stop/{key}/{signature}`` asks, since mail programs and scanners follow links; ``POST`` stops."""
    services = request.app.state.services
    key, signature = str(request.path_params["key"]), request.path_params["signature"]
    links = StopLinks(services.settings.public_url, services.settings.secret_key)
    if not links.good(key, signature):
        return PlainTextResponse("Not Found", 404)
    if request.method == "POST":
        await stop_mails(services.database, key)
    language = await language_of_address(services.database, key)
    page = _ENVIRONMENT.get_template("stop.html").render(words=_WORDS[language], done=request.method == "POST")
    return HTMLResponse(page, headers={"content-security-policy": POLICY, "cache-control": "no-store"})
