"""The table of what may become of a request of cancellation, by itself."""

from __future__ import annotations

from itertools import product

import pytest

from tramesa.models.domain.cancellation import (
    CANCELLATIONS,
    REFUSED_ON_ARRIVAL,
    RULES,
    CancellationAct,
    CancellationState,
    accepts_itself,
    check_doer,
    decide,
    may,
    why_not,
)
from tramesa.models.domain.errors import CancellationRefusal, CancellationRefused, Forbidden
from tramesa.models.domain.states import STATES, InvoiceStatus, Language
from tramesa.models.domain.transitions import PartyRole, UserRole

A, S, I = CancellationAct, CancellationState, InvoiceStatus  # noqa: E741
SIDES = [frozenset({PartyRole.ISSUER}), frozenset({PartyRole.RECEIVER}), frozenset(PartyRole)]


def test_every_state_has_a_code_and_three_names() -> None:
    assert {state: definition.code for state, definition in CANCELLATIONS.items()} == {
        S.NONE: 4100,
        S.REQUESTED: 4200,
        S.ACCEPTED: 4300,
        S.REFUSED: 4400,
        S.WITHDRAWN: 4100,
        S.OVERTAKEN: 4400,
        S.UNDELIVERED: 4100,
    }
    assert all(set(definition.names) == set(Language) for definition in CANCELLATIONS.values())


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (I.PAID, S.NONE, CancellationRefusal.PAID),
        (I.PAID, S.OVERTAKEN, CancellationRefusal.PAID),
        (I.REJECTED, S.NONE, CancellationRefusal.REJECTED),
        (I.CANCELLED, S.NONE, CancellationRefusal.ACCEPTED_BEFORE),
        (I.CANCELLED, S.ACCEPTED, CancellationRefusal.ACCEPTED_BEFORE),
        (I.CONFORMED, S.REFUSED, CancellationRefusal.REFUSED_BEFORE),
        (I.REGISTERED, S.REQUESTED, CancellationRefusal.PENDING),
        (I.REGISTERED, S.NONE, None),
        (I.RECOGNISED, S.WITHDRAWN, None),
        (I.RECOGNISED, S.UNDELIVERED, None),
    ],
)
def test_why_it_cannot_be_asked_for(status: I, state: S, reason: CancellationRefusal | None) -> None:
    assert why_not(A.REQUEST, status, state) is reason


def test_the_reasons_of_face_have_face_s_numbers() -> None:
    assert {reason.value: reason.face_code for reason in CancellationRefusal} == {
        "ACCEPTED_BEFORE": 304,
        "REFUSED_BEFORE": 305,
        "PAID": 306,
        "PENDING": 307,
        "NOT_THE_ISSUER": 308,
        "REJECTED": None,
        "NOT_PENDING": None,
        "ELSEWHERE": None,
    }


def test_it_may_be_asked_for_in_every_state_but_final_ones() -> None:
    assert {status for status in I if why_not(A.REQUEST, status, S.NONE) is None} == {
        status for status, state in STATES.items() if not state.final
    }


@pytest.mark.parametrize("act", [A.ACCEPT, A.REFUSE, A.WITHDRAW, A.OVERTAKE, A.RETURN])
@pytest.mark.parametrize("state", S)
def test_only_what_waits_is_answered(act: A, state: S) -> None:
    expected = None if state is S.REQUESTED else CancellationRefusal.NOT_PENDING
    assert why_not(act, I.REGISTERED, state) is expected


def test_what_may_be_done_is_what_is_decided_by_whom_it_is_allowed() -> None:
    for act, status, state, sides, role in product(A, I, S, SIDES, UserRole):
        try:
            check_doer(act, sides, {role})
            assert decide(act, status, state) is RULES[act].to
            done = True
        except (CancellationRefused, Forbidden):
            done = False
        assert may(act, status, state, sides, {role}) is done


@pytest.mark.parametrize("act", A)
def test_who_does_what(act: A) -> None:
    doers = {
        (side, role)
        for side, role in product(PartyRole, UserRole)
        if any(may(act, status, state, {side}, {role}) for status, state in product(I, S))
    }
    issuers = {(PartyRole.ISSUER, role) for role in (UserRole.ISSUER, UserRole.ADMIN)}
    answerers = {(PartyRole.RECEIVER, role) for role in (UserRole.ACCOUNTANT, UserRole.ADMIN)}
    assert doers == {A.REQUEST: issuers, A.WITHDRAW: issuers, A.OVERTAKE: set(), A.RETURN: set()}.get(act, answerers)


def test_each_side_does_its_own_part_where_the_other_lives_elsewhere() -> None:
    roles = frozenset(UserRole)
    for act, away in product((A.REQUEST, A.WITHDRAW, A.ACCEPT, A.REFUSE), PartyRole):
        state = S.NONE if act is A.REQUEST else S.REQUESTED
        assert may(act, I.REGISTERED, state, frozenset(PartyRole), roles, away) is (RULES[act].side is not away)


def test_whatever_stops_a_request_on_its_arrival_has_words_for_people() -> None:
    found = {why_not(A.REQUEST, status, state) for status, state in product(I, S) if state is not S.REQUESTED} - {None}
    assert found == set(REFUSED_ON_ARRIVAL)
    assert all(set(words) == set(Language) for words in REFUSED_ON_ARRIVAL.values())


def test_only_what_nobody_has_received_is_accepted_by_itself() -> None:
    assert {
        (status, here) for status in I for here in (True, False) if accepts_itself(status, receiver_registered=here)
    } == {(I.SENT, False)}
