"""What Tramesa servers tell each other, between the domain's plain types and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ...models.domain.cancellation import CancellationAct
from ...models.domain.exchange import CarriedAnswer, ReportedStep
from ...models.domain.states import InvoiceStatus

STATE = "version to at registryNumber rcfNumber reason reasonCode paymentDate"
CANCELLATION = "requestId version act at comment"


def read_step(state: Mapping[str, Any]) -> ReportedStep:
    """A step of the fields ``STATE``; ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
    paid = state["paymentDate"]
    return ReportedStep(
        version=int(state["version"]),
        to_status=InvoiceStatus(state["to"]),
        at=datetime.fromisoformat(state["at"]),
        registry_number=state["registryNumber"],
        rcf_number=state["rcfNumber"],
        reason=state["reason"],
        reason_code=state["reasonCode"],
        payment_date=None if paid is None else date.fromisoformat(paid),
    )


def written_step(step: ReportedStep) -> dict[str, Any]:
    """The same as a ``PlatformStateInput``."""
    return {
        "version": step.version,
        "to": step.to_status.value,
        "at": step.at.isoformat(),
        "registryNumber": step.registry_number,
        "rcfNumber": step.rcf_number,
        "reason": step.reason,
        "reasonCode": step.reason_code,
        "paymentDate": None if step.payment_date is None else step.payment_date.isoformat(),
    }


def read_answer(told: Mapping[str, Any]) -> CarriedAnswer:
    """How a request stands, of the fields ``CANCELLATION``; raises as :func:`read_step`."""
    act, at, comment = told["act"], told["at"], told["comment"]
    return CarriedAnswer(
        request_id=str(told["requestId"]),
        version=int(told["version"]),
        act=None if act is None else CancellationAct(act),
        at=None if at is None else datetime.fromisoformat(at),
        comment=None if comment is None else str(comment),
    )
