"""Who takes part in an invoice: issuer, receiver and their offices, and whoever else the document names."""

from __future__ import annotations

from ...models.domain.invoice import Address, Contact, Delivery, DocumentParty, InvoiceContent, Office, Registration
from .blocks import Cell, Column, Row, Side, Sides, Table, fitted
from .scribe import Scribe


def parties(scribe: Scribe, content: InvoiceContent) -> tuple[Sides, ...]:
    """Issuer and receiver side by side, and below them everybody else."""
    details = content.details
    main = (
        _side(scribe, "issuer", content.issuer),
        _side(scribe, "receiver", content.receiver),
    )
    others = (
        ("third_party", details.third_party),
        ("payee", details.payee),
        ("factoring", details.factoring.assignee if details.factoring else None),
        ("representative", details.tax_representative),
    )
    named = tuple(_side(scribe, key, party) for key, party in others if party)
    delivered = (_delivery(scribe, details.delivery),) if details.delivery else ()
    rest = named + delivered
    return (Sides(items=main), Sides(items=rest)) if rest else (Sides(items=main),)


def offices(scribe: Scribe, content: InvoiceContent) -> tuple[Table, ...]:
    """The receiver's centres by role, with those of other parties below; nothing where there are none."""
    owned = [(content.receiver, office) for office in scribe.desk.some(content.offices)]
    others = (content.issuer, content.details.third_party, content.details.payee)
    owned += [(party, office) for party in others if party for office in scribe.desk.some(party.offices)]
    if not owned:
        return ()
    rows = tuple(_office(scribe, office, None if party is content.receiver else party) for party, office in owned)
    code = scribe.label("code")
    columns = (
        Column(head=scribe.label("office"), width=150),
        Column(head=code, width=max(fitted(code, rows, 1, most=136), 70)),
        Column(head=scribe.label("name")),
    )
    return (Table(title=scribe.label("offices"), columns=columns, rows=rows),)


def _office(scribe: Scribe, office: Office, owner: DocumentParty | None) -> Row:
    person = office.responsible
    names = (person.given, person.surname, person.second_surname) if person else ()
    notes = (
        scribe.code(" ".join(filter(None, names))),
        scribe.joined(*_address(scribe, office.address)),
        scribe.joined(*_contact(scribe, office.contact)),
        scribe.joined(
            scribe.labelled("gln", scribe.code(office.gln)),
            scribe.labelled("operational_point", scribe.code(office.operational_point)),
        ),
    )
    return (
        Cell(text=scribe.words.roles[office.role], notes=(scribe.code(owner.name),) if owner else ()),
        scribe.code(office.code),
        Cell(text=scribe.code(office.name), notes=tuple(filter(None, notes))),
    )


def _side(scribe: Scribe, role: str, party: DocumentParty) -> Side:
    electronic = party.electronic_address
    legal = party.legal_id
    identifiers = (
        scribe.joined(scribe.code(one.scheme), scribe.code(one.value)) for one in scribe.desk.some(party.identifiers, 5)
    )
    lines = (
        scribe.labelled("tax_id", scribe.code(party.tax_id)),
        scribe.labelled("trade_name", scribe.code(party.trade_name)) if party.trade_name != party.name else "",
        *_address(scribe, party.address),
        *_contact(scribe, party.contact),
        scribe.labelled("registration", _registration(scribe, party.registration)),
        scribe.labelled("legal_id", scribe.code(legal.value) if legal else ""),
        scribe.labelled("tax_registration", scribe.code(party.tax_registration)),
        scribe.labelled("identifier", scribe.code(party.party_id)),
        *(scribe.labelled("identifier", one) for one in identifiers),
        scribe.labelled("electronic_address", _electronic(scribe, electronic.scheme, electronic.value))
        if electronic
        else "",
    )
    return Side(title=scribe.label(role), name=scribe.line(party.name), lines=tuple(filter(None, lines)))


def _delivery(scribe: Scribe, delivery: Delivery) -> Side:
    lines = (
        scribe.labelled("delivery_date", scribe.day(delivery.day)),
        *_address(scribe, delivery.address),
        scribe.labelled("identifier", scribe.code(delivery.location.value) if delivery.location else ""),
    )
    return Side(title=scribe.label("delivery"), name=scribe.line(delivery.name), lines=tuple(filter(None, lines)))


def _electronic(scribe: Scribe, scheme: str | None, value: str) -> str:
    return f"{scribe.code(scheme)}:{scribe.code(value)}" if scheme else scribe.code(value)


def _address(scribe: Scribe, address: Address | None) -> tuple[str, ...]:
    if not address:
        return ()
    town = " ".join(filter(None, (scribe.code(address.post_code), scribe.code(address.town))))
    province = scribe.code(address.province)
    country = scribe.country(address.country_code)
    place = ", ".join(filter(None, (town, province if province != scribe.code(address.town) else "", country)))
    lines = (scribe.line(address.street), *(scribe.line(more) for more in scribe.desk.some(address.more, 5)), place)
    return tuple(filter(None, lines))


def _contact(scribe: Scribe, contact: Contact | None) -> tuple[str, ...]:
    if not contact:
        return ()
    lines = (
        scribe.code(contact.person),
        scribe.joined(
            scribe.labelled("telephone", scribe.code(contact.telephone)),
            scribe.labelled("fax", scribe.code(contact.fax)),
        ),
        scribe.joined(scribe.line(contact.email), scribe.line(contact.web)),
        scribe.labelled("activity", scribe.code(contact.activity_code)),
        scribe.labelled("town_code", scribe.code(contact.town_code)),
        scribe.line(contact.other),
    )
    return tuple(filter(None, lines))


def _registration(scribe: Scribe, found: Registration | None) -> str:
    if not found:
        return ""
    parts = (found.register, found.volume, found.book, found.section, found.folio, found.sheet)
    return ", ".join(filter(None, (*(scribe.code(part) for part in parts), scribe.line(found.other))))
