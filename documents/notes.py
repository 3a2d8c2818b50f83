"""What the readers and the rules of a format have to say about a document while they go through it."""

from __future__ import annotations

from ..models.domain.findings import Finding, Severity
from .locating import Locator, place_of_element
from .report import Report
from .xml import Element

_SHOWN = 200


class Notes:
    """Takes down findings with their lines; a place is XPath, such as ``/Facturae/Invoices/Invoice/Items``."""

    def __init__(self, root: Element, report: Report) -> None:
        self._root = root
        self._report = report
        self._locator: Locator | None = None

    def error(self, rule: str, place: str, message: str, *, expected: object = None, found: object = None) -> None:
        """What refuses the document."""
        self.note(Severity.ERROR, rule, place, message, expected=expected, found=found)

    def warning(self, rule: str, place: str, message: str, *, expected: object = None, found: object = None) -> None:
        """What does not."""
        self.note(Severity.WARNING, rule, place, message, expected=expected, found=found)

    def unreadable(self, rule: str, element: Element, kind: str, why: Exception) -> None:
        """That the text of an element cannot be kept as what it should be."""
        message = f"The {kind} {element.tag} cannot be read: {why}."
        self.error(rule, place_of_element(element), message, found=element.text)

    def note(
        self,
        severity: Severity,
        rule: str,
        place: str,
        message: str,
        *,
        expected: object = None,
        found: object = None,
    ) -> None:
        """What refuses the document or does not, whichever the severity says."""
        if self._locator is None:
            self._locator = Locator(self._root)
        self._report.add(
            Finding(
                rule=rule,
                message=message,
                severity=severity,
                location=place,
                line=self._locator.line(place),
                expected=_shown(expected),
                found=_shown(found),
            )
        )


def _shown(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return (text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…") or None
