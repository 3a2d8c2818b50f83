"""The demo's parties and their people. All of them, and their tax ids, are made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...models.domain.invoice import Address, DocumentParty, Office, OfficeRole
from ...models.domain.states import Language
from ...models.domain.transitions import PartyKind, UserRole

PASSWORD = "tramesa-demo"  # noqa: S105 - it is printed, and opens nothing but the demo
"""Of every demo account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody to sign in as. ``hint`` says what to try then; ``offices`` are those that he or she is limited to."""

    email: str
    name: str
    role: UserRole
    hint: str
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoParty:
    """A party of the demo. ``rcf`` writes its RCF numbers of a year and a position; only public bodies have them."""

    tax_id: str
    name: str
    kind: PartyKind
    language: Language
    email: str
    address: Address
    people: tuple[DemoPerson, ...]
    manual_registration: bool = False
    offices: tuple[Office, ...] = ()
    branch: tuple[Office, ...] = ()
    """The offices of every third invoice, where they are others."""
    iban: str | None = None
    rcf: Callable[[int, int], str] = "{:d}/{:06d}".format

    @property
    def in_documents(self) -> DocumentParty:
        """As its documents name it."""
        return DocumentParty(tax_id=self.tax_id, name=self.name, address=self.address)

    def person(self, role: UserRole) -> DemoPerson:
        """The one who does this here; the administrator where nobody else does."""
        return next((person for person in self.people if person.role is role), self.people[-1])


def _offices(accounting: str, managing: str, processing: str, names: tuple[str, str, str]) -> tuple[Office, ...]:
    roles = (OfficeRole.ACCOUNTING_OFFICE, OfficeRole.MANAGING_BODY, OfficeRole.PROCESSING_UNIT)
    codes = (accounting, managing, processing)
    return tuple(Office(role=role, code=code, name=name) for role, code, name in zip(roles, codes, names, strict=True))


FERRER = DemoParty(
    tax_id="B25318742",
    name="Suministros e Instalaciones Ferrer, S.L.",
    kind=PartyKind.COMPANY,
    language=Language.ES,
    email="facturacion@ferrer.example.org",
    address=Address(
        street="Polígono Industrial El Segre, parcela 114", post_code="25191", town="Lleida", province="Lleida"
    ),
    iban="ES3000007410120000318742",
    people=(
        DemoPerson(
            email="laura@ferrer.example.org",
            name="Laura Ferrer Oliva",
            role=UserRole.ISSUER,
            hint="issue an invoice to P0899914F and watch it move",
        ),
        DemoPerson(
            email="oriol@ferrer.example.org",
            name="Oriol Badia Roca",
            role=UserRole.ACCOUNTANT,
            hint="conform and pay what the architects bill",
        ),
        DemoPerson(
            email="dolors@ferrer.example.org",
            name="Dolors Oliva Camps",
            role=UserRole.ADMIN,
            hint="both sides of the company",
        ),
    ),
)

WINSLOW = DemoParty(
    tax_id="J17206533",
    name="Prat & Winslow Arquitectes, SCP",
    kind=PartyKind.COMPANY,
    language=Language.EN,
    email="office@pratwinslow.example.org",
    address=Address(street="Carrer de la Força, 21, 2n", post_code="17004", town="Girona", province="Girona"),
    iban="ES0700000093450000206537",
    people=(
        DemoPerson(
            email="emma@pratwinslow.example.org",
            name="Emma Winslow",
            role=UserRole.ISSUER,
            hint="invoices with IRPF withheld; mailed in English",
        ),
        DemoPerson(
            email="marti@pratwinslow.example.org",
            name="Martí Soler Vila",
            role=UserRole.ACCOUNTANT,
            hint="conform and pay what the supplier bills",
        ),
        DemoPerson(
            email="nuria@pratwinslow.example.org",
            name="Núria Prat Casadevall",
            role=UserRole.ADMIN,
            hint="both sides of the studio",
        ),
    ),
)

RIUDECLARA = DemoParty(
    tax_id="P0899914F",
    name="Ajuntament de Riudeclara",
    kind=PartyKind.PUBLIC_BODY,
    language=Language.CA,
    email="factures@riudeclara.example.org",
    manual_registration=True,
    address=Address(street="Plaça de la Vila, 1", post_code="08589", town="Riudeclara", province="Barcelona"),
    offices=_offices(
        "L01089990", "L01089991", "L01089992", ("Intervenció", "Ajuntament de Riudeclara", "Serveis Territorials")
    ),
    people=(
        DemoPerson(
            email="jordi@riudeclara.example.org",
            name="Jordi Puig Ferran",
            role=UserRole.REGISTRAR,
            hint="register what has been sent: this body registers by hand",
        ),
        DemoPerson(
            email="montse@riudeclara.example.org",
            name="Montserrat Vila Serra",
            role=UserRole.ACCOUNTANT,
            hint="give RCF numbers, conform, recognise, pay, reject",
        ),
        DemoPerson(
            email="anna@riudeclara.example.org",
            name="Anna Coll Bosch",
            role=UserRole.ADMIN,
            hint="all of it: from sent to paid",
        ),
    ),
)

MONTCLAR = DemoParty(
    tax_id="P0899926J",
    name="Consell Comarcal de l'Alt Montclar",
    kind=PartyKind.PUBLIC_BODY,
    language=Language.CA,
    email="comptabilitat@altmontclar.example.org",
    address=Address(
        street="Carrer del Mercat, 40-42", post_code="08619", town="Montclar d'Amunt", province="Barcelona"
    ),
    offices=_offices(
        "L06089990", "L06089991", "L06089992", ("Comptabilitat", "Gerència", "Àrea de Serveis a les Persones")
    ),
    branch=_offices(
        "L06089990", "L06089991", "L06089993", ("Comptabilitat", "Gerència", "Servei de Joventut i Esports")
    ),
    rcf="RCF-{:d}-{:05d}".format,
    people=(
        DemoPerson(
            email="pere@altmontclar.example.org",
            name="Pere Roig Mas",
            role=UserRole.REGISTRAR,
            hint="mark as delivered what was registered by itself",
        ),
        DemoPerson(
            email="carme@altmontclar.example.org",
            name="Carme Font Riera",
            role=UserRole.ACCOUNTANT,
            hint="give RCF numbers, conform, recognise, pay, reject",
        ),
        DemoPerson(
            email="marta@altmontclar.example.org",
            name="Marta Vidal Sala",
            role=UserRole.ACCOUNTANT,
            hint="the same, of one office alone: limited to what names L06089993",
            offices=("L06089993",),
        ),
        DemoPerson(
            email="lluis@altmontclar.example.org",
            name="Lluís Camps Torrent",
            role=UserRole.ADMIN,
            hint="all of it",
        ),
    ),
)

NEWCOMER = DemoParty(
    tax_id="B17254319",
    name="Fusteria Can Serra, S.L.",
    kind=PartyKind.COMPANY,
    language=Language.CA,
    email="compres@canserra.example.org",
    address=Address(street="Carrer de les Moreres, 8", post_code="17820", town="Banyoles", province="Girona"),
    people=(),
)
"""It has an invoice and has not signed up yet."""

PARTIES = (FERRER, WINSLOW, RIUDECLARA, MONTCLAR)


def accounts() -> str:
    """What ``tramesa demo`` prints: whom to sign in as, and what to try."""
    lines = [f"Demo accounts; the password of each is {PASSWORD}", ""]
    for party in PARTIES:
        lines.append(f"{party.name} ({party.tax_id})")
        lines += [f"  {one.email:<30} {one.role.value:<11} {one.hint}" for one in party.people]
        lines.append("")
    lines.append("Open /live in two windows: an issuer in one, a receiver in the other.")
    return "\n".join(lines)
