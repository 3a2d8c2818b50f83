"""The adapter for other Tramesa servers: the ``platform`` part of the GraphQL schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ...models.domain.exchange import KnownParty, ReportedStep
from ...models.domain.states import InvoiceStatus
from ...models.domain.transitions import PartyKind
from ...models.exchange import Parcel
from ...models.platform_tokens import BadReceipt, read_receipt
from ...models.platforms import PlatformRow
from .adapter import Delivered, FeedPage, LostTrack, NeverTaken, NotNow
from .client import GraphqlClient

ASKING = 2.0
"""Seconds that a question about tax ids may take: somebody may be waiting for the answer."""

_STATE = "version to at registryNumber rcfNumber reason reasonCode paymentDate"
_DELIVER = f"""mutation PlatformDeliver($input: PlatformDeliverInvoiceInput!) {{
  platformDeliverInvoice(input: $input) {{
    receipt states {{ {_STATE} }}
    errors {{ code message ... on DocumentRefused {{ findings {{ rule severity message }} }} }}
  }}
}}"""
_REPORT = """mutation PlatformReport($input: PlatformReportStatesInput!) {
  platformReportStates(input: $input) { version errors { code message } }
}"""
_STATES = f"""query PlatformStates($after: String, $first: Int!) {{
  platformStates(after: $after, first: $first) {{ hasMore nodes {{ invoiceId cursor state {{ {_STATE} }} }} }}
}}"""
_DIRECTORY = """query PlatformDirectory($taxIds: [String!]!) {
  platformDirectory(taxIds: $taxIds) { taxId name kind }
}"""


class TramesaAdapter:
    """Another Tramesa server. ``own_address`` is what receipts must be made out to."""

    def __init__(self, platform: PlatformRow, client: GraphqlClient, own_address: str) -> None:
        self._platform = platform
        self._client = client
        self._own_address = own_address

    async def deliver(self, parcel: Parcel) -> Delivered:
        """See :class:`~.adapter.Adapter`."""
        said = parcel.announcement
        variables = {
            "file": None,
            "attachments": [None for _ in parcel.attachments],
            "invoiceId": said.invoice_id,
            "sha256": said.sha256,
            "issuerTaxId": said.issuer_tax_id,
            "receiverTaxId": said.receiver_tax_id,
            "number": said.number,
            "series": said.series,
            "issueDate": said.issue_date.isoformat(),
            "sentAt": said.sent_at.isoformat(),
        }
        files = {"input.file": ("invoice.xml", parcel.document, "application/xml")}
        for place, file in enumerate(parcel.attachments):
            files[f"input.attachments.{place}"] = (file.name, file.content, file.media_type)
        data = await self._client.ask(_DELIVER, {"input": variables}, files)
        with _understood():
            payload = data["platformDeliverInvoice"]
            _check_errors(payload["errors"])
            receipt = read_receipt(payload["receipt"], self._platform, audience=self._own_address, sha256=said.sha256)
            return Delivered(receipt, tuple(_step(state) for state in payload["states"]))

    async def report(self, remote_id: str, steps: Sequence[ReportedStep]) -> int:
        """See :class:`~.adapter.Adapter`."""
        given = {"invoiceId": remote_id, "states": [_written(step) for step in steps]}
        data = await self._client.ask(_REPORT, {"input": given})
        with _understood():
            payload = data["platformReportStates"]
            _check_errors(payload["errors"])
            return int(payload["version"])

    async def states_after(self, cursor: str | None, limit: int) -> FeedPage:
        """See :class:`~.adapter.Adapter`."""
        try:
            data = await self._client.ask(_STATES, {"after": cursor, "first": limit})
        except NotNow as error:
            if error.argument == ("after",):
                raise LostTrack from None
            raise
        with _understood():
            page = data["platformStates"]
            nodes = page["nodes"]
            entries = tuple((str(node["invoiceId"]), _step(node["state"])) for node in nodes)
            return FeedPage(entries, nodes[-1]["cursor"] if nodes else cursor, bool(page["hasMore"]))

    async def knows(self, tax_ids: Sequence[str]) -> list[KnownParty]:
        """See :class:`~.adapter.Adapter`."""
        data = await self._client.ask(_DIRECTORY, {"taxIds": list(tax_ids)}, within=ASKING)
        with _understood():
            return [
                KnownParty(tax_id=str(found["taxId"]), name=str(found["name"])[:255], kind=PartyKind(found["kind"]))
                for found in data["platformDirectory"]
                if found["taxId"] in tax_ids
            ]

    async def close(self) -> None:
        """See :class:`~.adapter.Adapter`."""
        await self._client.close()


class _understood:  # noqa: N801 - reads as what it does
    """What an answer lacks is the other side's fault: it may be mended there."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BadReceipt):
            raise NotNow("Its receipt is not good.") from error
        if isinstance(error, KeyError | TypeError | ValueError | IndexError):
            raise NotNow(f"Its answer cannot be understood: {type(error).__name__}.") from error


def _check_errors(errors: Sequence[Mapping[str, Any]]) -> None:
    if not errors:
        return
    first = errors[0]
    findings = [f"{one['rule']}: {one['message']}" for one in first.get("findings", ()) if one["severity"] == "ERROR"]
    text = " ".join([str(first["message"]), *findings])
    raise NeverTaken(text[:2000], unknown=first["code"] == "RECEIVER_UNKNOWN")


def _step(state: Mapping[str, Any]) -> ReportedStep:
    paid = state["paymentDate"]
    return ReportedStep(
        version=int(state["version"]),
        to_status=InvoiceStatus(state["to"]),
        at=datetime.fromisoformat(state["at"]),
        registry_number=state["registryNumber"],
        rcf_number=state["rcfNumber"],
        reason=state["reason"],
        reason_code=state["reasonCode"],
        payment_date=None if paid is None else date.fromisoformat(paid),
    )


def _written(step: ReportedStep) -> dict[str, Any]:
    return {
        "version": step.version,
        "to": step.to_status.value,
        "at": step.at.isoformat(),
        "registryNumber": step.registry_number,
        "rcfNumber": step.rcf_number,
        "reason": step.reason,
        "reasonCode": step.reason_code,
        "paymentDate": None if step.payment_date is None else step.payment_date.isoformat(),
    }
