"""The adapter for other Tramesa servers: the ``platform`` part of the GraphQL schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ...models.domain.exchange import ENDS, CarriedAnswer, CarriedRequest, KnownParty, ReportedStep
from ...models.domain.transitions import PartyKind
from ...models.platforms.exchange import Parcel
from ...models.platforms.known import PlatformRow
from ...models.platforms.tokens import BadReceipt, read_receipt
from .adapter import Delivered, FeedPage, LostTrack, NeverTaken, NotNow, NotOffered
from .client import GraphqlClient
from .notation import CANCELLATION, STATE, read_answer, read_step, written_step

ASKING = 2.0
"""Seconds that a question about tax ids may take: somebody may be waiting for the answer."""

_DELIVER = f"""mutation PlatformDeliver($input: PlatformDeliverInvoiceInput!) {{
  platformDeliverInvoice(input: $input) {{
    receipt states {{ {STATE} }}
    errors {{ code message ... on DocumentRefused {{ findings {{ rule severity message }} }} }}
  }}
}}"""
_REPORT = """mutation PlatformReport($input: PlatformReportStatesInput!) {
  platformReportStates(input: $input) { version errors { code message } }
}"""
_REQUEST = f"""mutation PlatformRequestCancellation($input: PlatformRequestCancellationInput!) {{
  platformRequestCancellation(input: $input) {{ cancellation {{ {CANCELLATION} }} errors {{ code message }} }}
}}"""
_ANSWER = """mutation PlatformAnswerCancellation($input: PlatformAnswerCancellationInput!) {
  platformAnswerCancellation(input: $input) { version errors { code message } }
}"""
_CANCELLATIONS = f"""query PlatformCancellations($requestIds: [ID!]!) {{
  platformCancellations(requestIds: $requestIds) {{ {CANCELLATION} }}
}}"""
_STATES = f"""query PlatformStates($after: String, $first: Int!) {{
  platformStates(after: $after, first: $first) {{ hasMore nodes {{ invoiceId cursor state {{ {STATE} }} }} }}
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
            return Delivered(receipt, tuple(read_step(state) for state in payload["states"]))

    async def report(self, remote_id: str, steps: Sequence[ReportedStep]) -> int:
        """See :class:`~.adapter.Adapter`."""
        given = {"invoiceId": remote_id, "states": [written_step(step) for step in steps]}
        data = await self._client.ask(_REPORT, {"input": given})
        with _understood():
            payload = data["platformReportStates"]
            _check_errors(payload["errors"])
            return int(payload["version"])

    async def request_cancellation(self, request: CarriedRequest) -> CarriedAnswer:
        """See :class:`~.adapter.Adapter`."""
        withdrawn = request.withdrawn_at
        given = {
            "invoiceId": request.invoice_id,
            "requestId": request.request_id,
            "reason": request.reason,
            "requestedAt": request.requested_at.isoformat(),
            "withdrawnAt": None if withdrawn is None else withdrawn.isoformat(),
        }
        payload = (await self._ask_if_offered(_REQUEST, {"input": given}))["platformRequestCancellation"]
        with _understood():
            _check_errors(payload["errors"])
            return _own(read_answer(payload["cancellation"]), [request.request_id])

    async def answer_cancellation(self, remote_id: str, answer: CarriedAnswer, steps: Sequence[ReportedStep]) -> int:
        """See :class:`~.adapter.Adapter`."""
        assert answer.act is not None
        given = {
            "invoiceId": remote_id,
            "requestId": answer.request_id,
            "act": answer.act.value,
            "at": (answer.at or datetime.now(UTC)).isoformat(),
            "comment": answer.comment,
            "version": answer.version,
            "states": [written_step(step) for step in steps],
        }
        data = await self._ask_if_offered(_ANSWER, {"input": given})
        with _understood():
            payload = data["platformAnswerCancellation"]
            _check_errors(payload["errors"])
            return int(payload["version"])

    async def cancellations(self, request_ids: Sequence[str]) -> list[CarriedAnswer]:
        """See :class:`~.adapter.Adapter`."""
        data = await self._ask_if_offered(_CANCELLATIONS, {"requestIds": list(request_ids)})
        with _understood():
            return [_own(read_answer(told), request_ids) for told in data["platformCancellations"]]

    async def _ask_if_offered(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await self._client.ask(query, variables)
        except NotNow as error:
            # Our own document, which every version that knows the question finds valid.
            if error.fault == "GRAPHQL_VALIDATION_FAILED":
                raise NotOffered("It does not take requests of cancellation.") from None
            raise

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
            entries = tuple((str(node["invoiceId"]), read_step(node["state"])) for node in nodes)
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


def _own(answer: CarriedAnswer, request_ids: Sequence[str]) -> CarriedAnswer:
    if answer.request_id not in request_ids or (answer.act is not None and answer.act not in ENDS):
        raise ValueError
    return answer
