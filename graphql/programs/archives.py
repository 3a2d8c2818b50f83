"""Many documents as one file."""

from __future__ import annotations

import strawberry

from ...models.domain.errors import Invalid, Required
from ...models.reading.archives import Archive, choose, matching
from ..changing import attempt
from ..context import Info
from ..entering.inputs import InvoiceFilter, filter_of
from ..enums import PartyRole
from ..errors import UserError
from ..scalars import DateTime


@strawberry.type(description="A ZIP of documents, packed while it is downloaded.")
class DocumentArchive:
    """Of ``createDocumentArchive``."""

    url: str = strawberry.field(
        description="Where it is downloaded, for a day and as often as you like; needs the same credentials."
    )
    signed_url: str = strawberry.field(
        description="The same for a link: carries its own permission, good for fifteen minutes."
    )
    count: int = strawberry.field(description="How many invoices were chosen, each once.")
    expires_at: DateTime = strawberry.field(description="Until when `url` is good.")


@strawberry.input(description="Which documents to pack: by invoiceIds, or by role and filter.")
class CreateDocumentArchiveInput:
    """Of ``createDocumentArchive``."""

    invoice_ids: list[strawberry.ID] | None = strawberry.field(
        description="Global ids of 1 to 500 invoices. What is not there, or not yours to see, stands in the manifest.",
        default=None,
    )
    role: PartyRole | None = strawberry.field(
        description="From which side, where it is chosen by filter: the newest 500.", default=None
    )
    filter: InvoiceFilter | None = strawberry.field(description="With role: narrows the list.", default=None)
    attachments: bool = strawberry.field(description="Pack what came with the documents too.", default=False)


@strawberry.type(description="The archive; or why there is none.")
class CreateDocumentArchivePayload:
    """Of ``createDocumentArchive``."""

    archive: DocumentArchive | None = strawberry.field(description="Null where it was refused.")
    has_more: bool = strawberry.field(description="The filter leaves more than 500; narrow it for the others.")
    errors: list[UserError] = strawberry.field(description="INVALID or REQUIRED, or empty.")


@strawberry.type
class ArchiveMutations:
    """Choosing what to download."""

    @strawberry.field(
        description=(
            "Choose up to 500 documents to download as one ZIP, with manifest.json (ids, states, registry numbers,"
            " SHA-256) and SHA256SUMS. What you may not see any more when it is downloaded is left out and listed."
        )
    )
    @staticmethod
    async def create_document_archive(
        info: Info,
        input: CreateDocumentArchiveInput,  # noqa: A002
    ) -> CreateDocumentArchivePayload:
        context = info.context

        async def work() -> tuple[Archive, bool]:
            ids, more = await _chosen(info, input)
            viewer, now = context.signed_in(), context.authority.clock()
            return await choose(context.database, viewer, ids, now, attachments=input.attachments), more

        done, errors = await attempt(info, work)
        if done is None:
            return CreateDocumentArchivePayload(archive=None, has_more=False, errors=errors)
        archive, more = done
        shown = DocumentArchive(
            url=context.links.archive(archive.key),
            signed_url=context.links.archive(archive.key, signed_for=context.signed_in()),
            count=len(archive.invoices),
            expires_at=archive.expires_at,  # type: ignore[arg-type]
        )
        return CreateDocumentArchivePayload(archive=shown, has_more=more, errors=[])


async def _chosen(info: Info, given: CreateDocumentArchiveInput) -> tuple[list[str], bool]:
    if given.invoice_ids is not None:
        if given.role is not None or given.filter is not None:
            raise Invalid("Choose by invoiceIds, or by role and filter, not by both.", path=("input", "invoiceIds"))
        return list(given.invoice_ids), False
    if given.role is None:
        raise Required("Choose by invoiceIds, or by role and filter.", path=("input", "role"))
    context = info.context
    ids, more = await matching(context.database, context.signed_in(), given.role, filter_of(given.filter))
    if not ids:
        raise Invalid("No invoice passes the filter.", path=("input", "filter"))
    return ids, more
