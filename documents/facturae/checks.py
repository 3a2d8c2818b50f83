"""The checks that writing a document repeats for each of its texts, amounts and codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from ...models.domain.findings import Finding, Severity
from ...models.domain.money import MAX_DIGITS, significant_digits
from ..values import decimals
from ..xml import forbidden_character


class Checks:
    """The findings so far, and the checks that all parts of an invoice share. Each names the place it is about."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def note(self, rule: str, message: str, place: str, *, expected: str | None = None, found: str = "") -> None:
        """Note an error."""
        shown = found if len(found) <= 200 else found[:199] + "…"
        finding = Finding(rule=rule, message=message, location=place, expected=expected, found=shown or None)
        self.findings.append(finding)

    def warn(self, rule: str, message: str, place: str, *, found: str = "") -> None:
        """Note something that is left out or changed, and does not keep the document from being written."""
        shown = found if len(found) <= 200 else found[:199] + "…"
        finding = Finding(
            rule=rule, message=message, severity=Severity.WARNING, location=place, found=printable(shown) or None
        )
        self.findings.append(finding)

    def texts(self, place: str, values: Mapping[str, tuple[str | None, int]]) -> None:
        """Texts that need not be there, by the name of their element, each with the most characters it may have."""
        for name, (value, limit) in values.items():
            self.text("HF08", value or "", f"{place}/{name}", limit)

    def figures(self, value: str | None, place: str, shape: str, expected: str) -> None:
        """A text of a certain shape, a pattern of figures, or none."""
        text = (value or "").strip()
        if text and not re.fullmatch(shape, text):
            name = place.rpartition("/")[2]
            self.note("HF08", f"{name} must be {expected}.", place, expected=expected, found=printable(text))

    def text(self, rule: str, value: str, place: str, limit: int, *, needed: bool = False) -> None:
        """A text of at most ``limit`` characters that XML can carry."""
        name = place.rpartition("/")[2]
        text = value.strip()
        character = forbidden_character(text)
        if needed and not text:
            self.note(rule, f"{name} must not be empty.", place)
        if character is not None:
            self.note(rule, f"{name} holds a character that XML cannot carry: U+{ord(character):04X}.", place)
        if len(text) > limit:
            message = f"{name} is longer than Facturae allows."
            self.note(rule, message, place, expected=f"at most {limit} characters", found=f"{len(text)} characters")

    def amount(self, value: Decimal | None, place: str, most: int = 8) -> None:
        """A number of at most 18 significant digits and ``most`` decimals, or none."""
        name = place.rpartition("/")[2]
        if value is None:
            return
        if not value.is_finite():
            self.note("RCF06001", f"{name} is not a number.", place, found=str(value))
        elif significant_digits(value) > MAX_DIGITS:
            message = f"{name} has more than {MAX_DIGITS} significant digits."
            self.note("RCF06001", message, place, found=str(value))
        elif decimals(value) > most:
            self.note("RCF06001", f"{name} has more than {most} decimals.", place, found=str(value))

    def one_of(self, rule: str, value: str, known: frozenset[str], place: str) -> None:
        """A code out of a closed list."""
        if value not in known:
            name = place.rpartition("/")[2]
            self.note(rule, f"{name} is not a code that Facturae knows.", place, found=printable(value))


def printable(text: str) -> str:
    """The text with everything but ASCII spelt out, so that a finding can show what XML cannot hold."""
    return text.encode("ascii", "backslashreplace").decode()
