"""Certificates that composed invoices are signed with: a party's own, and the service's as a third party.

The private key is sealed with the service's secret, and bound to its owner and certificate: a row that is moved to
another party does not open.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import structlog

from .database import Database, Unit
from .domain.errors import Invalid
from .domain.signature import SignerRole, SigningCredentials
from .domain.tax_ids import normalise
from .sealing import SealBroken, seal, unseal
from .sql import Statement
from .tables import Certificate, Party

log = structlog.get_logger(__name__)

_PURPOSE: Final = "certificate key"
_END: Final = "-----END CERTIFICATE-----"


class KeySealedOtherwise(Invalid):
    """The certificate to sign with was added under another secret of this service; add it again."""

    def __init__(self) -> None:
        super().__init__(path=("input",))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCertificate:
    """A key (PKCS #8) and its certificates, the signer's first, all DER, and what the first of them says.

    ``serial`` is in decimal digits, ``fingerprint`` its SHA-256 in 64 hexadecimal digits.
    """

    key: bytes = field(repr=False)
    chain: tuple[bytes, ...]
    subject: str
    tax_id: str | None
    serial: str
    not_before: datetime
    not_after: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate as it is listed; ``party_tax_id`` is None for the service's own."""

    party_tax_id: str | None
    subject: str
    tax_id: str | None
    not_before: datetime
    not_after: datetime
    fingerprint: str


async def add_certificate(database: Database, party_tax_id: str | None, wanted: NewCertificate, secret: str) -> None:
    """Keep a certificate of a party, or of the service; it takes the place of the former one.

    :class:`Invalid` where there is no such party.
    """

    async def work(unit: Unit) -> None:
        party_id = await _party_id(party_tax_id)
        await _remove(unit, party_id)
        await Certificate.create(
            party_id=party_id,
            subject=wanted.subject,
            tax_id=None if wanted.tax_id is None else wanted.tax_id[:30],
            serial=wanted.serial,
            not_before=wanted.not_before,
            not_after=wanted.not_after,
            fingerprint=wanted.fingerprint,
            chain="".join(ssl.DER_cert_to_PEM_cert(der) for der in wanted.chain),
            sealed_key=seal(wanted.key, secret, purpose=_PURPOSE, about=_about(party_id, wanted.fingerprint)),
            created_at=datetime.now(UTC),
        )

    await database.unit_of_work(work)


async def remove_certificate(database: Database, party_tax_id: str | None) -> None:
    """Forget the certificate of a party, or of the service; :class:`Invalid` where there is none."""

    async def work(unit: Unit) -> None:
        if not await _remove(unit, await _party_id(party_tax_id)):
            raise Invalid("There is no certificate to remove.", path=("party",))

    await database.unit_of_work(work)


async def list_certificates(database: Database) -> tuple[CertificateRow, ...]:
    """All certificates, the service's own first, then by party."""
    with database.bound():
        found = await Certificate.all().select_related("party")
    rows = (
        CertificateRow(
            party_tax_id=None if one.party is None else one.party.tax_id,
            subject=one.subject,
            tax_id=one.tax_id,
            not_before=one.not_before,
            not_after=one.not_after,
            fingerprint=one.fingerprint,
        )
        for one in found
    )
    return tuple(sorted(rows, key=lambda row: row.party_tax_id or ""))


async def signing_credentials_for(
    database: Database, party_id: str, secret: str, *, now: datetime
) -> SigningCredentials | None:
    """What to sign a party's invoice with at an instant: its own certificate, else the service's, else nothing.

    One that is out of its validity period is passed over, with a line in the log. :class:`KeySealedOtherwise` where
    the key does not open: to leave the signature out would be to lose it without anybody knowing.
    """
    for owner, row in await _candidates(database, party_id):
        if row.not_before <= now <= row.not_after:
            return _opened(owner, row, secret)
        log.warning("certificate_not_valid", fingerprint=row.fingerprint, not_after=row.not_after.isoformat())
    return None


async def _candidates(database: Database, party_id: str) -> list[tuple[str | None, Certificate]]:
    with database.bound():
        own = await Certificate.filter(party_id=party_id)
        service = await Certificate.filter(party_id=None).order_by("-created_at").limit(1)
    return [*((party_id, row) for row in own), *((None, row) for row in service)]


def _opened(owner: str | None, row: Certificate, secret: str) -> SigningCredentials:
    try:
        key = unseal(bytes(row.sealed_key), secret, purpose=_PURPOSE, about=_about(owner, row.fingerprint))
    except SealBroken as error:
        log.error("certificate_key_does_not_open", fingerprint=row.fingerprint, why=str(error))  # noqa: TRY400
        raise KeySealedOtherwise from None
    chain = tuple(ssl.PEM_cert_to_DER_cert(pem.lstrip() + _END) for pem in row.chain.split(_END)[:-1])
    role = SignerRole.THIRD_PARTY if owner is None else SignerRole.ISSUER
    return SigningCredentials(key=key, chain=chain, role=role)


async def _party_id(tax_id: str | None) -> str | None:
    """The key of a party, whose row is locked: of two who bring its certificate at once, one comes after the other."""
    if tax_id is None:
        return None
    party = await Party.filter(tax_id=normalise(tax_id)).select_for_update().first()
    if party is None:
        raise Invalid(f"There is no party with the tax id {tax_id}.", path=("party",))
    return str(party.id)


async def _remove(unit: Unit, party_id: str | None) -> int:
    query = Statement(unit.dialect)
    whose = "IS NULL" if party_id is None else f"= {query.bind(party_id)}"
    return await unit.execute(f"DELETE FROM certificate WHERE party_id {whose}", query.values)


def _about(party_id: str | None, fingerprint: str) -> str:
    return f"{party_id or 'service'}:{fingerprint}"
