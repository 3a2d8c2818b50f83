"""The door that documents come in by: read, checked by every rule, its signature verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..models.domain.findings import Finding
from ..models.domain.invoice import InvoiceContent, SignatureStatus
from ..models.domain.numbering import legal_date
from ..models.domain.signature import SignatureReport, findings_of
from .drafts import Draft
from .reading import read_document
from .signatures.verifying import TrustAnchors, verify_signature


@dataclass(frozen=True, slots=True)
class Checked:
    """What a document says, what is wrong with it, and what its signature is worth.

    ``content`` is None iff it cannot be read or one of ``findings``, which leave the signature out, is an error.
    """

    content: InvoiceContent | None
    findings: tuple[Finding, ...]
    signature: SignatureReport
    draft: Draft | None = None
    """What could be read in any case, for the rules that need to know who is who here."""

    def signature_findings(self, *, required: bool) -> tuple[Finding, ...]:
        """What is wrong with the signature, for a receiver that demands one or does not (rules HF04, HV01, HV02).

        The policy is Facturae's: of UBL, only a signature that is there is spoken of.
        """
        facturae = self.draft is not None and self.draft.content.format.is_facturae
        if not required and not facturae and not self.signed:
            return ()
        return findings_of(self.signature, required=required)

    @property
    def signed(self) -> bool:
        """Whether there is a signature, whatever it is worth and wherever it stands."""
        return self.signature.status is not SignatureStatus.ABSENT


def check_document(data: bytes, *, anchors: TrustAnchors | None, now: datetime) -> Checked:
    """Everything that can be said of a document without knowing who sends it. Never raises for what ``data`` holds.

    Takes time and memory linear in the document's size: a server calls it in a thread.
    """
    result = read_document(data, today=legal_date(now))
    signature = verify_signature(data, anchors, now=now)
    return Checked(result.content, result.findings, signature, result.draft)
