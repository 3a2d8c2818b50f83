"""A request of cancellation travels to the receiver's platform and its answer comes back, whatever crosses it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tramesa.mail.platforms.adapter import NeverTaken
from tramesa.models.domain.cancellation import CancellationAct
from tramesa.models.domain.exchange import CarriedAnswer, CarriedRequest, ReportedStep
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.platforms.known import list_platforms
from tramesa.tests.cancelling import act
from tramesa.tests.exchanging import Side, two_sides
from tramesa.tests.operations import bring, kept
from tramesa.tests.world import Person

AT = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
STATE = """query ($id: ID!) { invoice(id: $id) {
  status canRequestCancellation canAnswerCancellation canWithdrawCancellation
  history { to actor reason unexpected }
  cancellation { state comment travel { platform arrivedAt withdrawnAt attempts nextAttemptAt lastError }
    history { act actor automated info reportedAt unexpected } } } }"""
ACT = CancellationAct


@pytest.fixture
async def sides(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[Side, Side]]:
    paths = [shutil.copy(sqlite_template, tmp_path / f"{name}.sqlite3") for name in ("nord", "sud")]
    async with two_sides((f"sqlite://{paths[0]}", f"sqlite://{paths[1]}"), tmp_path) as made:
        for _ in range(50):
            next(made[1].world._serial)  # Or both would have the same tax ids.
        yield made


class Case:
    """An invoice from Laura on Nord to Carme on Sud, which has arrived there."""

    def __init__(self, sides: tuple[Side, Side], issuer: Person, receiver: Person, here: str, there: str) -> None:
        self.nord, self.sud = sides
        self.issuer, self.receiver, self.here, self.there = issuer, receiver, here, there

    async def ask(self, **given: Any) -> dict[str, Any]:
        payload = await act(self.issuer, "requestCancellation", self.here, **{"reason": "Sent twice", **given})
        assert payload["errors"] == []
        return payload

    async def answer(self, name: str, **given: Any) -> None:
        assert (await act(self.receiver, name, self.there, **given))["errors"] == []

    async def both(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return (
            (await self.issuer.ask(STATE, id=self.here))["invoice"],
            (await self.receiver.ask(STATE, id=self.there))["invoice"],
        )

    async def acts(self) -> tuple[list[Any], list[Any]]:
        """What both histories of the request say, without who is said to have done it."""
        one, other = [
            [(event["act"], event["info"]) for event in side["cancellation"]["history"]] for side in await self.both()
        ]
        return one, other


@pytest.fixture
async def case(sides: tuple[Side, Side]) -> Case:
    issuer = await sides[0].world.person(name="Laura", party_email="issuer@example.org")
    receiver = await sides[1].world.person(name="Carme", party_email="receiver@example.org")
    here = str((await sides[0].world.issue(issuer, receiver, number="7"))["id"])
    await sides[0].work()
    found = await receiver.ask("{ invoices(role: RECEIVER) { nodes { id } } }")
    return Case(sides, issuer, receiver, here, str(found["invoices"]["nodes"][0]["id"]))


async def mails(side: Side) -> list[tuple[Any, ...]]:
    """Kind, recipient and reason of the mails about cancellations."""
    found = await side.world.services.database.fetch(
        "SELECT kind, recipient, facts FROM mail_message WHERE kind LIKE 'CANCELLATION%'"
        " OR facts LIKE '%\"CANCELLED\"%' ORDER BY created_at, id"
    )
    return [(row[0], row[1], orjson.loads(row[2])["reason"]) for row in found]


def request_of(case: Case, key: str = "k1", **changes: Any) -> CarriedRequest:
    made = CarriedRequest(request_id=key, invoice_id=case.here, reason="Sent twice", requested_at=AT)
    return replace(made, **changes)


async def adapter(side: Side) -> Any:
    [platform] = await list_platforms(side.world.services.database)
    return side.rack(platform)


async def request_key(side: Side) -> str:
    [row] = await side.world.services.database.fetch("SELECT key FROM cancellation_travel")
    return str(row[0])


async def test_a_request_is_shown_over_there_and_its_acceptance_comes_back(case: Case) -> None:
    before = (await case.both())[0]
    assert (before["canRequestCancellation"], before["cancellation"]["travel"]) == (True, None)

    await case.ask()
    here, there = await case.both()
    assert (here["cancellation"]["state"], here["cancellation"]["travel"]["arrivedAt"]) == ("REQUESTED", None)
    assert (here["canRequestCancellation"], here["canWithdrawCancellation"]) == (False, True)
    assert there["cancellation"]["state"] == "NONE"

    await case.nord.work()
    here, there = await case.both()
    assert here["cancellation"]["travel"]["arrivedAt"] is not None
    assert (there["canAnswerCancellation"], there["cancellation"]["travel"]["platform"]) == (True, "Nord")
    [asked] = there["cancellation"]["history"]
    assert (asked["act"], asked["actor"], asked["automated"], asked["info"]) == ("REQUEST", "Nord", False, "Sent twice")

    await case.answer("acceptCancellation", comment="Granted")
    await case.sud.work()
    here, there = await case.both()
    assert (here["status"], there["status"]) == ("CANCELLED", "CANCELLED")
    assert here["history"][-1] == {"to": "CANCELLED", "actor": "Sud", "reason": "Sent twice", "unexpected": False}
    assert [(event["act"], event["actor"], event["info"]) for event in here["cancellation"]["history"]] == [
        ("REQUEST", "Laura", "Sent twice"),
        ("ACCEPT", "Sud", "Granted"),
    ]
    assert await case.acts() == ([("REQUEST", "Sent twice"), ("ACCEPT", "Granted")],) * 2
    assert not any(event["unexpected"] for event in here["cancellation"]["history"])
    assert await mails(case.sud) == [("CANCELLATION_REQUESTED", "receiver@example.org", "Sent twice")]
    assert await mails(case.nord) == [("STATUS", "issuer@example.org", "Sent twice")]


async def test_its_number_is_free_on_both_platforms_once_it_is_cancelled(case: Case) -> None:
    await case.ask()
    await case.nord.work()
    await case.answer("acceptCancellation")
    await case.sud.work()

    again = await case.nord.world.issue(case.issuer, case.receiver, number="7")
    await case.nord.work()

    assert (await case.issuer.ask(STATE, id=again["id"]))["invoice"]["status"] == "REGISTERED"


async def test_a_refusal_comes_back_with_its_comment_and_is_mailed(case: Case) -> None:
    await case.ask()
    await case.nord.work()
    await case.answer("refuseCancellation", comment="It is delivered")
    await case.sud.work()

    here, _ = await case.both()
    assert (here["status"], here["cancellation"]["state"], here["cancellation"]["comment"]) == (
        "REGISTERED",
        "REFUSED",
        "It is delivered",
    )
    assert here["canRequestCancellation"] is False
    assert await case.acts() == ([("REQUEST", "Sent twice"), ("REFUSE", "It is delivered")],) * 2
    assert await mails(case.nord) == [("CANCELLATION_REFUSED", "issuer@example.org", "It is delivered")]


async def test_what_is_paid_there_while_the_request_travels_is_refused_at_once_with_the_reason(case: Case) -> None:
    await case.ask()
    await bring(case.receiver, InvoiceStatus.PAID, case.there)

    for side in (case.nord, case.sud, case.nord):
        await side.work()

    here, there = await case.both()
    assert (here["status"], here["cancellation"]["state"]) == ("PAID", "REFUSED")
    assert await case.acts() == ([("REQUEST", "Sent twice"), ("REFUSE", "La factura ja està pagada.")],) * 2
    assert (there["cancellation"]["history"][-1]["actor"], there["cancellation"]["history"][-1]["automated"]) == (
        "Tramesa",
        True,
    )
    assert ("CANCELLATION_REFUSED", "issuer@example.org", "La factura ja està pagada.") in await mails(case.nord)
    assert await mails(case.sud) == []


async def test_a_payment_there_overtakes_a_request_that_waits_there(case: Case) -> None:
    await case.ask()
    await case.nord.work()
    await bring(case.receiver, InvoiceStatus.PAID, case.there)
    await case.sud.work()

    here, _ = await case.both()
    assert (here["status"], here["cancellation"]["state"]) == ("PAID", "OVERTAKEN")
    assert await case.acts() == ([("REQUEST", "Sent twice"), ("OVERTAKE", None)],) * 2


async def test_a_request_that_is_withdrawn_is_so_once_the_other_side_knows(case: Case) -> None:
    await case.ask()
    await case.nord.work()

    for _ in range(2):  # Wished twice, it is wished once.
        assert (await act(case.issuer, "withdrawCancellation", case.here))["errors"] == []
    here, _ = await case.both()
    assert (here["cancellation"]["state"], here["canWithdrawCancellation"]) == ("REQUESTED", False)
    assert here["cancellation"]["travel"]["withdrawnAt"] is not None
    await case.nord.work()

    here, there = await case.both()
    assert (here["cancellation"]["state"], here["canRequestCancellation"]) == ("WITHDRAWN", True)
    assert [event["actor"] for event in here["cancellation"]["history"]] == ["Laura", "Laura"]
    assert [event["actor"] for event in there["cancellation"]["history"]] == ["Nord", "Nord"]
    await case.ask(reason="Again")
    await case.nord.work()
    assert await case.acts() == ([("REQUEST", "Sent twice"), ("WITHDRAW", None), ("REQUEST", "Again")],) * 2


async def test_an_answer_that_was_given_before_a_withdrawal_stands(case: Case) -> None:
    await case.ask()
    await case.nord.work()
    await case.answer("acceptCancellation")
    assert (await act(case.issuer, "withdrawCancellation", case.here))["errors"] == []

    for side in (case.nord, case.sud, case.nord):
        await side.work()

    here, _ = await case.both()
    assert (here["status"], here["cancellation"]["state"]) == ("CANCELLED", "ACCEPTED")
    assert await case.acts() == ([("REQUEST", "Sent twice"), ("ACCEPT", None)],) * 2


async def test_a_request_for_an_invoice_that_still_travels_goes_after_it(sides: tuple[Side, Side]) -> None:
    issuer, receiver = await sides[0].world.person(), await sides[1].world.person()
    here = str((await sides[0].world.issue(issuer, receiver))["id"])
    sides[0].line.fate = lambda: "LOSE"
    await sides[0].work()
    assert (await act(issuer, "requestCancellation", here, reason="Sent twice"))["errors"] == []
    await sides[0].work()
    waiting = (await issuer.ask(STATE, id=here))["invoice"]
    assert (waiting["status"], waiting["cancellation"]["travel"]["attempts"]) == ("SENT", 0)

    sides[0].line.fate = lambda: "DELIVER"
    for _ in range(2):
        await sides[0].work()

    found = (await receiver.ask("{ invoices(role: RECEIVER) { nodes { cancellation { state } } } }"))["invoices"]
    assert found == {"nodes": [{"cancellation": {"state": "REQUESTED"}}]}


async def test_a_request_for_an_invoice_that_is_then_refused_over_there_ends_with_it(
    sides: tuple[Side, Side],
) -> None:
    issuer, receiver = await sides[0].world.person(), await sides[1].world.person()
    here = str((await sides[0].world.issue(issuer, receiver))["id"])
    assert (await act(issuer, "requestCancellation", here, reason="Sent twice"))["errors"] == []
    database = sides[1].world.services.database
    await database.unit_of_work(lambda unit: unit.execute("UPDATE party SET registered = false", ()))

    for _ in range(3):
        await sides[0].work()

    found = (await issuer.ask(STATE, id=here))["invoice"]
    assert (found["status"], found["cancellation"]["state"]) == ("REJECTED", "OVERTAKEN")
    rows = await sides[0].world.services.database.fetch("SELECT kind, state FROM platform_delivery ORDER BY kind")
    assert [tuple(row) for row in rows] == [("CANCELLATION", "SENT"), ("INVOICE", "FAILED")]


async def test_a_platform_that_does_not_know_the_question_gives_the_request_back(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older server answers as to any field that it does not have."""
    older = "mutation Older($input: PlatformRequestCancellationsInput!) { platformRequestCancellations(input: $input) }"
    monkeypatch.setattr("tramesa.mail.platforms.tramesa._REQUEST", older)

    await case.ask()
    for _ in range(3):
        await case.nord.work()

    here, there = await case.both()
    why = "Sud: It does not take requests of cancellation."
    assert (here["cancellation"]["state"], here["cancellation"]["comment"]) == ("UNDELIVERED", why)
    assert here["canRequestCancellation"] is True
    travel = here["cancellation"]["travel"]
    assert (travel["attempts"], travel["nextAttemptAt"], travel["arrivedAt"]) == (1, None, None)
    assert travel["lastError"] == "It does not take requests of cancellation."
    assert there["cancellation"]["state"] == "NONE"
    assert await mails(case.nord) == [("CANCELLATION_UNDELIVERED", "issuer@example.org", why)]

    monkeypatch.undo()  # It has become a newer one.
    await case.ask()
    await case.nord.work()
    assert (await case.both())[1]["cancellation"]["state"] == "REQUESTED"


async def test_a_platform_that_has_lost_the_invoice_gives_the_request_back(case: Case) -> None:
    await case.ask()
    database = case.sud.world.services.database
    await database.unit_of_work(lambda unit: unit.execute("UPDATE exchange SET remote_id = 'lost'", ()))

    await case.nord.work()

    here, _ = await case.both()
    assert here["cancellation"]["state"] == "UNDELIVERED"
    assert here["cancellation"]["comment"] == "Sud: There is no such invoice, or you may not see it."


async def test_each_side_does_its_own_part_alone(case: Case) -> None:
    """The issuer has an account over there too, and the receiver one here: what is the other side's is done there."""
    sud = case.sud.world
    await sud.services.database.unit_of_work(
        lambda unit: unit.execute("UPDATE party SET registered = true WHERE registered = false", ())
    )
    twin = await sud.person(party=replace(case.issuer, world=sud))
    found = (await twin.ask(STATE, id=case.there))["invoice"]
    assert found["canRequestCancellation"] is False

    payload = await act(twin, "requestCancellation", case.there, reason="x")

    assert [(error["code"], error["reason"]) for error in payload["errors"]] == [("CANCELLATION_REFUSED", "ELSEWHERE")]


async def test_asked_twice_at_the_same_moment_and_again_it_is_asked_once(case: Case) -> None:
    nord = await adapter(case.nord)

    answers = await asyncio.gather(*(nord.request_cancellation(request_of(case)) for _ in range(6)))
    await case.answer("refuseCancellation", comment="No")
    again = await nord.request_cancellation(request_of(case))

    assert {answer.act for answer in answers} == {None}
    assert (again.act, again.comment) == (ACT.REFUSE, "No")
    _, there = await case.acts()
    assert there == [("REQUEST", "Sent twice"), ("REFUSE", "No")]


async def test_a_request_under_another_name_while_one_waits_is_the_same_one(case: Case) -> None:
    """Its platform has forgotten what it asked, and asks anew."""
    nord = await adapter(case.nord)
    await nord.request_cancellation(request_of(case, "k1"))

    await nord.request_cancellation(request_of(case, "k2", reason="Again"))
    await case.answer("refuseCancellation", comment="No")

    assert (await nord.request_cancellation(request_of(case, "k2"))).comment == "No"
    _, there = await case.acts()
    assert there == [("REQUEST", "Sent twice"), ("REFUSE", "No")]


async def test_a_request_after_a_decision_is_refused_at_once(case: Case) -> None:
    nord = await adapter(case.nord)
    await nord.request_cancellation(request_of(case, "k1"))
    await case.answer("refuseCancellation", comment="No")

    late = await nord.request_cancellation(request_of(case, "k2", reason="Please"))

    assert (late.act, late.comment) == (ACT.REFUSE, "L'anul·lació ja s'havia denegat.")


async def test_a_withdrawal_that_comes_before_its_request_leaves_nothing_to_answer(case: Case) -> None:
    nord = await adapter(case.nord)

    told = await nord.request_cancellation(request_of(case, withdrawn_at=AT))
    late = await nord.request_cancellation(request_of(case))

    assert (told.act, late.act) == (ACT.WITHDRAW, ACT.WITHDRAW)
    assert (await case.both())[1]["cancellation"]["state"] == "WITHDRAWN"
    assert await mails(case.sud) == []


async def test_an_answer_that_comes_before_the_states_waits_for_them(case: Case) -> None:
    await case.ask()
    key, sud = await request_key(case.nord), await adapter(case.sud)
    answer = CarriedAnswer(request_id=key, version=4, act=ACT.ACCEPT, at=AT, comment="Granted")
    delivered = ReportedStep(version=3, to_status=InvoiceStatus.DELIVERED, at=AT)
    cancelled = ReportedStep(version=4, to_status=InvoiceStatus.CANCELLED, at=AT, reason="Sent twice")

    assert await sud.answer_cancellation(case.here, answer, [cancelled]) == 2
    assert (await case.both())[0]["cancellation"]["state"] == "REQUESTED"
    assert await sud.answer_cancellation(case.here, answer, [delivered, cancelled]) == 4
    assert await sud.answer_cancellation(case.here, answer, []) == 4
    otherwise = replace(answer, act=ACT.REFUSE, comment="No")
    assert await sud.answer_cancellation(case.here, otherwise, []) == 4

    here, _ = await case.both()
    assert (here["status"], here["cancellation"]["state"]) == ("CANCELLED", "ACCEPTED")
    assert [event["info"] for event in here["cancellation"]["history"]] == ["Sent twice", "Granted"]


async def test_the_state_may_come_long_before_the_answer(case: Case) -> None:
    await case.ask()
    await case.nord.work()
    await case.answer("acceptCancellation", comment="Granted")

    case.sud.line.fate = lambda: "LOSE"
    await case.sud.work()
    [platform] = await list_platforms(case.nord.world.services.database)
    page = await case.nord.rack(platform).states_after(None, 50)
    sud = await adapter(case.sud)
    case.sud.line.fate = lambda: "DELIVER"
    await sud.report(case.here, [step for _, step in page.entries])
    here, _ = await case.both()
    assert (here["status"], here["cancellation"]["state"]) == ("CANCELLED", "REQUESTED")
    assert (here["canWithdrawCancellation"], here["history"][-1]["unexpected"]) == (True, False)

    await case.nord.read()  # Reading is the truth, whatever became of what was told.

    assert await case.acts() == ([("REQUEST", "Sent twice"), ("ACCEPT", "Granted")],) * 2


@pytest.mark.parametrize(
    ("answered", "comment", "steps"),
    [
        (ACT.ACCEPT, None, []),
        (ACT.REFUSE, None, []),
        (ACT.OVERTAKE, None, []),
        (ACT.WITHDRAW, None, []),
    ],
)
async def test_an_answer_that_fits_nothing_is_kept_and_marked(
    case: Case, answered: CancellationAct, comment: str | None, steps: list[ReportedStep]
) -> None:
    await case.ask()
    answer = CarriedAnswer(request_id=await request_key(case.nord), version=2, act=answered, at=AT, comment=comment)

    await (await adapter(case.sud)).answer_cancellation(case.here, answer, steps)

    here, _ = await case.both()
    last = here["cancellation"]["history"][-1]
    assert (here["status"], last["act"], last["actor"], last["unexpected"]) == ("REGISTERED", answered, "Sud", True)
    assert last["reportedAt"] == AT.isoformat()


async def test_a_cancellation_that_nobody_asked_for_is_kept_and_marked(case: Case) -> None:
    step = ReportedStep(version=3, to_status=InvoiceStatus.CANCELLED, at=AT, reason="Just so")

    await (await adapter(case.sud)).report(case.here, [step])

    here, _ = await case.both()
    assert here["history"][-1] == {"to": "CANCELLED", "actor": "Sud", "reason": "Just so", "unexpected": True}


async def test_what_is_not_theirs_can_neither_be_asked_for_nor_answered(case: Case) -> None:
    own = await case.sud.world.person()
    local = await case.sud.world.issue(own, case.receiver)
    before = [await kept(side.world.services.database) for side in (case.nord, case.sud)]
    nord, sud = await adapter(case.nord), await adapter(case.sud)

    for wrong in (local["id"], case.there, "nonsense", ""):
        with pytest.raises(NeverTaken, match="There is no such invoice"):
            await nord.request_cancellation(request_of(case, invoice_id=wrong))
    answer = CarriedAnswer(request_id="unknown", version=2, act=ACT.ACCEPT, at=AT)
    with pytest.raises(NeverTaken, match="There is no such request"):
        await sud.answer_cancellation(case.here, answer, [])
    with pytest.raises(NeverTaken, match="There is no such invoice"):
        await sud.answer_cancellation(case.there, answer, [])
    for name in ("", "é", "x" * 65):
        with pytest.raises(NeverTaken, match="An id has 1 to 64 characters"):
            await nord.request_cancellation(request_of(case, name))
    for reason in ("", "x" * 4001, "\x07"):
        with pytest.raises(NeverTaken):
            await nord.request_cancellation(request_of(case, reason=reason))
    with pytest.raises(NeverTaken, match="REQUEST ends no request"):
        await sud.answer_cancellation(case.here, replace(answer, act=ACT.REQUEST), [])

    assert [await kept(side.world.services.database) for side in (case.nord, case.sud)] == before
