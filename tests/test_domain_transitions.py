"""The table of states and transitions, as domain.md has it, and what follows from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramesa.models.domain.errors import Forbidden, TransitionNotAllowed, UserErrorCode
from tramesa.models.domain.states import STATES, InvoiceStatus, Language
from tramesa.models.domain.transitions import (
    MOVERS,
    TRANSITIONS,
    PartyKind,
    UserRole,
    available_transitions,
    check_role,
    check_transition,
    is_final,
    next_states,
)

DOMAIN = Path(__file__).parents[2] / "shared" / "domain.md"

# Status, e.FACT code, public and technical number, final, legal minimum.
CODES = [
    ("SENT", "SENT", 1000, 1000, False, False),
    ("REGISTERED", "REGISTERED", 1200, 1200, False, True),
    ("DELIVERED", "DELIVERED", 1200, 1250, False, False),
    ("REGISTERED_IN_RCF", "ANNOTATED", 1300, 1400, False, True),
    ("RECEIVED", "RECEIVED", 1300, 2100, False, False),
    ("CONFORMED", "ACCEPTED", 1300, 2300, False, False),
    ("RECOGNISED", "RECOGNISED", 2400, 2400, False, True),
    ("PAID", "PAID", 2500, 2500, True, True),
    ("REJECTED", "REJECTED", 2600, 2600, True, True),
    ("CANCELLED", "CANCELED", 3100, 3100, True, True),
]

# The same in Catalan, Spanish, English.
NAMES = {
    "SENT": ("Tramesa", "Enviada", "Sent"),
    "REGISTERED": ("Registrada", "Registrada", "Registered"),
    "DELIVERED": ("Lliurada", "Entregada", "Delivered"),
    "REGISTERED_IN_RCF": ("Registrada en RCF", "Registrada en RCF", "Registered in RCF"),
    "RECEIVED": ("Rebuda a destí", "Recibida en destino", "Received at destination"),
    "CONFORMED": ("Conformada", "Conformada", "Conformed"),
    "RECOGNISED": (
        "Comptabilitzada l'obligació reconeguda",
        "Contabilizada la obligación reconocida",
        "Obligation recognised",
    ),
    "PAID": ("Pagada", "Pagada", "Paid"),
    "REJECTED": ("Rebutjada", "Rechazada", "Rejected"),
    "CANCELLED": ("Anul·lada", "Anulada", "Cancelled"),
}

# From: to where the receiver is a public body, to where it is a company or person.
TRANSITION_TABLE = {
    "SENT": ("REGISTERED REJECTED", "REGISTERED REJECTED"),
    "REGISTERED": ("DELIVERED REGISTERED_IN_RCF REJECTED", "DELIVERED CONFORMED REJECTED PAID"),
    "DELIVERED": ("REGISTERED_IN_RCF REJECTED", "CONFORMED REJECTED PAID"),
    "REGISTERED_IN_RCF": ("RECEIVED CONFORMED RECOGNISED PAID REJECTED", ""),
    "RECEIVED": ("CONFORMED RECOGNISED PAID REJECTED", ""),
    "CONFORMED": ("RECOGNISED PAID REJECTED", "PAID REJECTED"),
    "RECOGNISED": ("PAID REJECTED", ""),
    "PAID": ("", ""),
    "REJECTED": ("", ""),
    "CANCELLED": ("", ""),
}

# Who of the receiver may bring an invoice there.
ROLE_TABLE = {
    "SENT": "",
    "REGISTERED": "REGISTRAR ADMIN",
    "DELIVERED": "REGISTRAR ACCOUNTANT ADMIN",
    "REGISTERED_IN_RCF": "ACCOUNTANT ADMIN",
    "RECEIVED": "ACCOUNTANT ADMIN",
    "CONFORMED": "ACCOUNTANT ADMIN",
    "RECOGNISED": "ACCOUNTANT ADMIN",
    "PAID": "ACCOUNTANT ADMIN",
    "REJECTED": "ACCOUNTANT ADMIN",
    "CANCELLED": "",
}

kinds = st.sampled_from(PartyKind)
statuses = st.sampled_from(InvoiceStatus)
roles = st.frozensets(st.sampled_from(UserRole))


def named(text: str) -> tuple[InvoiceStatus, ...]:
    return tuple(InvoiceStatus(name) for name in text.split())


@pytest.mark.parametrize("row", CODES, ids=[row[0] for row in CODES])
def test_each_state_has_the_codes_and_names_of_the_table(row: tuple[str, str, int, int, bool, bool]) -> None:
    name, efact, public, technical, final, mandatory = row

    state = STATES[InvoiceStatus(name)]

    assert (state.efact_code, state.public_code, state.technical_code) == (efact, public, technical)
    assert state.names == dict(zip((Language.CA, Language.ES, Language.EN), NAMES[name], strict=True))
    assert (state.final, state.mandatory, state.mails_issuer) == (final, mandatory, mandatory)


def test_the_states_stand_in_the_order_of_the_table() -> None:
    assert [status.value for status in InvoiceStatus] == list(NAMES)
    assert [status.value for status in STATES] == list(NAMES)


@pytest.mark.skipif(not DOMAIN.exists(), reason=f"no {DOMAIN}: it is not part of the repository")
def test_this_file_has_the_tables_of_the_domain_page() -> None:
    text = DOMAIN.read_text()
    rows = {
        match[1]: [cell.strip() for cell in match[2].split("|")]
        for match in re.finditer(r"^\| ([A-Z_]+) \|(.+)\|$", text, re.MULTILINE)
        if match[2].count("|") > 3
    }
    found = [
        (name, efact, *map(int, numbers.split(" / ")), final == "yes", minimum == "yes")
        for name, (efact, numbers, _, _, _, final, minimum, _) in rows.items()
    ]
    section = text.partition("| from | to, public body |")[2].partition("\n* ")[0]
    lives = {}
    for line in re.findall(r"^\| ([A-Z_, ]+) \| (.+) \| (.+) \|$", section, re.MULTILINE):
        body, company = (" ".join(re.findall(r"[A-Z_]{4,}", cell)) for cell in line[1:])
        for name in line[0].split(", "):
            lives[name] = (body, body if "the same" in line[2] else company)

    assert found == CODES
    assert {name: tuple(cells[2:5]) for name, cells in rows.items()} == NAMES
    assert lives == TRANSITION_TABLE


@pytest.mark.parametrize("name", TRANSITION_TABLE)
def test_what_follows_each_state_is_what_the_table_says(name: str) -> None:
    body, company = TRANSITION_TABLE[name]
    status = InvoiceStatus(name)

    assert next_states(PartyKind.PUBLIC_BODY, status) == named(body)
    assert next_states(PartyKind.COMPANY, status) == named(company)
    assert next_states(PartyKind.PERSON, status) == named(company)


@pytest.mark.parametrize("name", ROLE_TABLE)
def test_each_state_is_reached_by_the_roles_of_the_table(name: str) -> None:
    assert MOVERS[InvoiceStatus(name)] == {UserRole(role) for role in ROLE_TABLE[name].split()}


def test_the_final_states_are_paid_rejected_and_cancelled() -> None:
    assert {status for status in InvoiceStatus if is_final(status)} == set(named("PAID REJECTED CANCELLED"))


@given(kinds, statuses, roles)
def test_a_final_state_leads_nowhere(kind: PartyKind, status: InvoiceStatus, held: frozenset[UserRole]) -> None:
    if is_final(status):
        assert next_states(kind, status) == ()
        assert available_transitions(kind, status, held) == ()


@given(kinds, statuses, roles)
def test_what_is_available_is_what_follows_and_the_roles_may_do(
    kind: PartyKind, status: InvoiceStatus, held: frozenset[UserRole]
) -> None:
    expected = [
        to
        for to in next_states(kind, status)
        if {role.value for role in held} & set(ROLE_TABLE[to].split()) and (status, to) != ("SENT", "REJECTED")
    ]

    assert list(available_transitions(kind, status, held)) == expected


@given(kinds, statuses)
def test_the_issuer_never_moves(kind: PartyKind, status: InvoiceStatus) -> None:
    assert available_transitions(kind, status, frozenset()) == ()
    assert available_transitions(kind, status, {UserRole.ISSUER}) == ()


@given(statuses, roles)
def test_a_role_that_never_brings_there_is_forbidden(to: InvoiceStatus, held: frozenset[UserRole]) -> None:
    if {role.value for role in held} & set(ROLE_TABLE[to].split()):
        check_role(to, held)
        return

    with pytest.raises(Forbidden, match=r"^Your role does not allow this\.$") as caught:
        check_role(to, held)

    assert caught.value.code is UserErrorCode.FORBIDDEN
    assert caught.value.path == ("input", "invoiceId")


@given(kinds, statuses, statuses, roles)
def test_a_step_is_taken_or_refused_with_what_is_allowed(
    kind: PartyKind, status: InvoiceStatus, to: InvoiceStatus, held: frozenset[UserRole]
) -> None:
    allowed = available_transitions(kind, status, held)
    if to in allowed:
        check_transition(kind, status, to, held)
        return

    with pytest.raises(TransitionNotAllowed) as caught:
        check_transition(kind, status, to, held)

    refusal = caught.value
    assert (refusal.from_status, refusal.to_status, refusal.allowed) == (status, to, allowed)
    assert refusal.message == f"An invoice that is {status.value} cannot become {to.value}."
    assert refusal.code is UserErrorCode.TRANSITION_NOT_ALLOWED
    assert refusal.path == ("input", "invoiceId")


@pytest.mark.parametrize("kind", PartyKind)
def test_every_state_of_a_life_is_reached_from_sent(kind: PartyKind) -> None:
    reached, edge = {InvoiceStatus.SENT}, [InvoiceStatus.SENT]
    while edge:
        new = set(next_states(kind, edge.pop())) - reached
        reached |= new
        edge += new

    # CANCELLED waits for the issuer's requests, which no client can make yet.
    lived = {status for status, following in TRANSITIONS[kind].items() if following}
    assert reached == lived | set(named("PAID REJECTED"))


@pytest.mark.parametrize("kind", PartyKind)
def test_from_registered_on_every_state_but_a_final_one_may_be_rejected(kind: PartyKind) -> None:
    rejectable = {
        status
        for status in InvoiceStatus
        if InvoiceStatus.REJECTED in available_transitions(kind, status, {UserRole.ACCOUNTANT})
    }

    lived = {status for status, following in TRANSITIONS[kind].items() if following}
    assert rejectable == lived - {InvoiceStatus.SENT}


@given(kinds, statuses)
def test_an_rcf_number_is_given_only_while_the_public_number_is_1200(kind: PartyKind, status: InvoiceStatus) -> None:
    if InvoiceStatus.REGISTERED_IN_RCF in next_states(kind, status):
        assert kind is PartyKind.PUBLIC_BODY
        assert STATES[status].public_code == 1200
