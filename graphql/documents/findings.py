"""What a check of a document has to say, as GraphQL shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import strawberry

from ...models.domain.finding_words import message_in
from ...models.domain.findings import Finding as DomainFinding
from ..enums import Language
from .enums import Severity


@strawberry.type(description="One problem of a document.")
class Finding:
    """Resolved from ``domain.findings.Finding``."""

    rule: str = strawberry.field(description="Code of the rule: HF01, RCF06001, TR0001, BR-CO-10, …")
    severity: Severity = strawberry.field(description="Whether it stops the document.")

    @strawberry.field(description="What is wrong, as a sentence.")
    @staticmethod
    def message(
        root: strawberry.Parent[DomainFinding],
        language: Annotated[
            Language,
            strawberry.argument(description="The language of the sentence; where it has none there, it is in English."),
        ] = Language.EN,
    ) -> str:
        """English, in which findings are made, unless asked for otherwise."""
        return message_in(root, language)

    location: str | None = strawberry.field(description="Where, as a path of elements.")
    line: int | None = strawberry.field(description="Line of the file, from 1.")
    expected: str | None = strawberry.field(description="What would be right.")
    found: str | None = strawberry.field(description="What is there.")


def findings_of(findings: Iterable[DomainFinding]) -> list[Finding]:
    """Domain findings, which have the very attributes of the GraphQL type."""
    return list(findings)  # type: ignore[arg-type]
