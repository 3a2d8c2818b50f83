"""What tests of receivers who are not here yet have in common: the mails that were sent, and the keys in them."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from tramesa.server.outboxes import mail_worker
from tramesa.tests.world import Person, World, company_tax_id

KEY = re.compile(r"\b(?:[34679A-Y]{5}-){5}[34679A-Y]{5}\b")
STRANGER = company_tax_id(7_000_001)
"""A tax id that nobody has signed up with."""
ADDRESS = "compres@exemple.cat"


def to_stranger(world: World, issuer: Person, tax_id: str = STRANGER, **changes: Any) -> dict[str, Any]:
    """The input of an invoice to somebody who is not here and can be invited."""
    receiver = {"taxId": tax_id, "name": "Fusteria Puig, SL", "email": ADDRESS}
    return world.invoice_input(issuer) | {"receiver": receiver} | changes


async def sent_mails(world: World) -> list[EmailMessage]:
    """Send what is due, and every mail that was ever sent, oldest first."""
    settings = world.services.settings
    await mail_worker(world.services.database, settings).drain()
    found = [
        message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
        for path in settings.mail_folder.glob("*.eml")
    ]
    return sorted(found, key=lambda mail: str(mail["Message-ID"]))


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def key_ones(world: World, address: str = ADDRESS) -> list[str]:
    """The first keys that were mailed to an address, oldest first."""
    mails = [text_of(mail) for mail in await sent_mails(world) if mail["To"] == address]
    return [found[0] for mail in mails if (found := KEY.search(mail))]


CREATE = """mutation ($input: CreateReceiverKeyInput!) { createReceiverKey(input: $input) {
  secret receiverKey { id receiver { taxId registered } email state createdBy usedAt revokedAt }
  errors { code message path } } }"""
ACCEPT = """mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
  accessToken refreshToken registeredInvoices viewer { name email roles party { taxId name kind registered } }
  errors { code message path } } }"""
WRONG = {
    "code": "BAD_CREDENTIALS",
    "message": "Tax id and keys do not fit together, or are good no longer.",
    "path": ["input"],
}


async def key_two(issuer: Person, tax_id: str = STRANGER, **more: Any) -> str:
    """The second key that an issuer makes for a receiver."""
    payload = (await issuer.ask(CREATE, input={"receiverTaxId": tax_id, **more}))["createReceiverKey"]
    assert payload["errors"] == []
    return str(payload["secret"])


def acceptance(key_one: str, key_two: str, tax_id: str = STRANGER, **more: Any) -> dict[str, Any]:
    """The input of a receiver that signs up."""
    return {
        "taxId": tax_id,
        "keyOne": key_one,
        "keyTwo": key_two,
        "name": "Fusteria Puig i Fills, SL",
        "email": "marta@exemple.cat",
        "userName": "Marta Puig",
        "password": "serradures",
        **more,
    }


async def accept(world: World, given: dict[str, Any]) -> dict[str, Any]:
    """The payload of signing up, without credentials."""
    response = await world.execute(ACCEPT, {"input": given})
    assert "errors" not in response, response["errors"]
    payload: dict[str, Any] = response["data"]["acceptInvitation"]
    return payload
