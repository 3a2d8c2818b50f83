"""What holds of every answer about a document, however broken it is."""

from __future__ import annotations

from collections.abc import Iterator

from tramesa.documents.door import Checked
from tramesa.documents.report import MAX_FINDINGS
from tramesa.documents.xml import forbidden_character
from tramesa.models.domain.findings import Finding, errors_among

LONGEST = 1000
"""Characters in any part of a finding."""


def flaws_of(checked: Checked) -> list[str]:
    """What is wrong with the answer itself; empty for a sound one."""
    flaws = [flaw for finding in checked.findings for flaw in _flaws(finding)]
    if (checked.content is None) != bool(errors_among(checked.findings)):
        flaws.append("there is a content iff there is no error")
    if len(checked.findings) > 2 * MAX_FINDINGS + 10:
        flaws.append(f"there are {len(checked.findings)} findings")
    return flaws[:10]


def _flaws(finding: Finding) -> Iterator[str]:
    for text in (finding.message, finding.location, finding.expected, finding.found):
        if text is not None and (len(text) > LONGEST or forbidden_character(text) is not None):
            yield f"{finding.rule}: {text[:100]!r} of {len(text)} characters"
    if not finding.message or not finding.rule:
        yield f"a finding without words: {finding!r:.200}"
    if finding.line is not None and finding.line < 1:
        yield f"{finding.rule} stands in line {finding.line}"
