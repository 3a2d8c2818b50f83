"""Whatever many people do at once to an invoice and its cancellation, the same things hold afterwards."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tramesa.models.domain.cancellation import RULES, CancellationAct, CancellationState, why_not
from tramesa.models.domain.states import STATES, InvoiceStatus
from tramesa.tests.cancelling import act
from tramesa.tests.operations import take
from tramesa.tests.world import Person, World

S = InvoiceStatus

_TEXTS = {"requestCancellation": {"reason": "x"}, "refuseCancellation": {"comment": "x"}}
deeds = st.sampled_from(
    ["requestCancellation", "requestCancellation", "withdrawCancellation", "acceptCancellation", "refuseCancellation"]
) | st.sampled_from([S.DELIVERED, S.CONFORMED, S.PAID, S.REJECTED])
# What happens at once, and what after that.
rounds = st.lists(st.lists(deeds, min_size=1, max_size=6), min_size=1, max_size=5)


async def do(issuer: Person, receiver: Person, invoice_id: str, deed: Any) -> bool:
    """Whether it was done."""
    if isinstance(deed, InvoiceStatus):
        return not (await take(receiver, deed, invoice_id))["errors"]
    person = issuer if deed in {"requestCancellation", "withdrawCancellation"} else receiver
    return not (await act(person, deed, invoice_id, **_TEXTS.get(deed, {})))["errors"]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds)
@example([["requestCancellation"], [S.PAID]])
@example([["requestCancellation"], ["acceptCancellation", "refuseCancellation", "withdrawCancellation", S.REJECTED]])
async def test_histories_and_states_agree_whatever_happens_at_once(world: World, wanted: list[list[Any]]) -> None:
    issuer, receiver = await world.person(), await world.person()
    invoice = await world.issue(issuer, receiver)
    done = 0
    for at_once in wanted:
        results = await asyncio.gather(*(do(issuer, receiver, invoice["id"], deed) for deed in at_once))
        done += sum(
            result for result, deed in zip(results, at_once, strict=True) if not isinstance(deed, InvoiceStatus)
        )

    await check(world, issuer, receiver, done)


async def check(world: World, issuer: Person, receiver: Person, done: int) -> None:
    fetch = world.services.database.fetch
    mine = f"issuer_id = '{issuer.party_id}'"
    [(status, version)] = await fetch(f"SELECT status, version FROM invoice WHERE {mine}")
    steps = await fetch(f"SELECT to_status, version, at, actor FROM status_change WHERE {mine} ORDER BY version")
    events = await fetch(
        f"SELECT act, state, at, actor, place, issuer_position, receiver_position, receiver_id FROM cancellation_event"
        f" WHERE {mine} ORDER BY place"
    )
    requests = await fetch(f"SELECT state, acts FROM cancellation_request WHERE {mine}")

    # The invoice: its history leads to where it is, step by step.
    assert [step[1] for step in steps] == list(range(1, version + 1))
    assert steps[-1][0] == status

    # The request: every row of its history was possible, none is lost, and the last is where it stands.
    state = CancellationState.NONE
    for act_, after, *_ in events:
        assert why_not(CancellationAct(act_), InvoiceStatus.REGISTERED, state) is None
        state = CancellationState(after)
        assert state is RULES[CancellationAct(act_)].to
    assert [tuple(row) for row in requests] == ([(state.value, len(events))] if events else [])
    overtaken = [event for event in events if event[0] == "OVERTAKE"]
    assert len(events) - len(overtaken) == done

    # Positions without gaps in both feeds, and instants that run the same way.
    numbers = list(range(1, len(events) + 1))
    assert [event[4] for event in events] == [event[5] for event in events] == [event[6] for event in events] == numbers
    assert [event[2] for event in events] == sorted(event[2] for event in events)
    feeds = await fetch(
        f"SELECT cancellation_position FROM feed WHERE (party_id = '{issuer.party_id}' AND role = 'ISSUER')"
        f" OR (party_id = '{receiver.party_id}' AND role = 'RECEIVER')"
    )
    assert [row[0] for row in feeds] == [len(events)] * 2

    # Together: cancelled if and only if accepted, by the same person at the same instant; nothing waits at an end.
    accepted = [event for event in events if event[0] == "ACCEPT"]
    assert (status == S.CANCELLED) is bool(accepted)
    if accepted:
        assert (accepted[0][2], accepted[0][3]) == (steps[-1][2], steps[-1][3])
    assert not (STATES[InvoiceStatus(status)].final and state is CancellationState.REQUESTED)
    assert bool(overtaken) <= (status in {S.PAID, S.REJECTED})
