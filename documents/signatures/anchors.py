"""Whom signatures are trusted by: the certificates of a folder, and the way from a signer's certificate to one of them.

Revocation is not looked up: that needs the network, and this server asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from ...models.domain.errors import TramesaError
from .certificates import BadCertificate, Certificate, read_pem

_MAX_PATH: Final = 5
"""Certificates from the signer's to the anchor, both counted; Spanish authorities have three."""

_MAX_LINKS: Final = 64
"""Links that are tried: strangers choose the certificates."""

_SUFFIXES: Final = frozenset({".pem", ".crt", ".cer"})


class BadTrustAnchors(TramesaError):
    """The folder of trust anchors cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """Certificates that are trusted because somebody put them there, authorities mostly."""

    certificates: tuple[Certificate, ...]

    @classmethod
    def load(cls, folder: Path) -> TrustAnchors:
        """The certificates of every ``.pem``, ``.crt`` and ``.cer`` file in PEM form, any number in a file.

        :class:`BadTrustAnchors` where the folder or a file cannot be read, or there is no certificate at all: then
        nothing would be trusted, and nobody would know why.
        """
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and path.is_file())
            found = [certificate for path in files for certificate in _read(path)]
        except OSError as error:
            raise BadTrustAnchors(f"{folder} cannot be read: {error.strerror}") from None
        if not found:
            raise BadTrustAnchors(f"{folder} has no certificate in a .pem, .crt or .cer file.")
        return cls(tuple({one.fingerprint: one for one in found}.values()))

    def objection_to(self, signer: Certificate, others: Sequence[Certificate], *, at: datetime) -> str | None:
        """Why a certificate is not trusted at an instant; None where a way leads from it to an anchor.

        ``others`` are authorities between that came with the signature; they vouch for nothing by themselves.
        """
        search = _Search(self, tuple(others), at)
        return None if search.finds(signer, ()) else search.objection(signer)


def _read(path: Path) -> tuple[Certificate, ...]:
    try:
        return read_pem(path.read_bytes())
    except BadCertificate as error:
        raise BadTrustAnchors(f"{path} is no PEM file of certificates: {error}") from None


class _Search:
    """Depth first, and what was in the way nearest to an anchor is the reason that is told."""

    def __init__(self, anchors: TrustAnchors, others: tuple[Certificate, ...], at: datetime) -> None:
        self._anchors = anchors.certificates
        self._trusted = {one.der for one in anchors.certificates}
        self._others = others
        self._at = at
        self._links = 0
        self._objections: list[str] = []

    def objection(self, signer: Certificate) -> str:
        if self._objections:
            return self._objections[0]
        return f"no trust anchor vouches for its issuer, {signer.issuer}"

    def finds(self, certificate: Certificate, below: tuple[Certificate, ...]) -> bool:
        """Whether a way to an anchor begins here; ``below`` are those that it has come through, the signer's first."""
        if certificate.der in self._trusted:
            return True
        if certificate.weakly_signed:
            return self._object(certificate, "was signed by its issuer with SHA-1 or MD5")
        if len(below) + 2 > _MAX_PATH:
            return False
        way = (*below, certificate)
        return any(self._may_lead_through(issuer, way) and self.finds(issuer, way) for issuer in self._issuers(way))

    def _issuers(self, way: tuple[Certificate, ...]) -> Iterator[Certificate]:
        for candidate in (*self._anchors, *self._others):
            if candidate in way or candidate.parsed.subject != way[-1].parsed.issuer:
                continue
            self._links += 1
            if self._links > _MAX_LINKS:
                return
            if way[-1].is_issued_by(candidate):
                yield candidate

    def _may_lead_through(self, issuer: Certificate, way: tuple[Certificate, ...]) -> bool:
        if not issuer.authority or not issuer.may_certify:
            return self._object(issuer, "is not an authority's and may not issue others")
        between = sum(one.parsed.subject != one.parsed.issuer for one in way[1:])
        if issuer.path_length is not None and between > issuer.path_length:
            return self._object(issuer, "does not allow so many authorities under it")
        if not issuer.valid_at(self._at):
            return self._object(issuer, f"is not valid on {self._at:%Y-%m-%d}")
        return issuer.weakness is None or self._object(issuer, f"cannot be built on: {issuer.weakness}")

    def _object(self, certificate: Certificate, why: str) -> bool:
        self._objections.append(f"the certificate of {certificate.identity.name} {why}")
        return False
