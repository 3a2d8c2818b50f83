"""``scripts/bench heavy``: what is done to many invoices by one request, and how long others wait meanwhile.

One request at a time, to one server process on a loaded database. Beside it another party writes all the time: the
longest that it had to wait says how long the heavy request keeps others out.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

import click
import orjson

from tramesa.models.database import open_database
from tramesa.tests.world import company_tax_id

from .dataset import ISSUER_TOKEN, RECEIVER_TOKEN, build
from .driving import once, post
from .main import KEPT, Target, say, serving
from .stores import postgres_store, sqlite_store
from .waiting import Awaited, await_receiver

ACCEPT = """mutation Accept($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
  registeredInvoices errors { code message } } }"""
PENDING = "{ pendingInvoices(first: 500) { invoices { id } } }"
CONFIRM = """mutation Confirm($ids: [ID!]!) { confirmDelivery(input: {invoiceIds: $ids}) {
  results { change { to } errors { code } } errors { code } } }"""
CHANGE = """mutation Change($input: ChangeStatusesInput!) { changeStatuses(input: $input) {
  results { invoice { status version } change { to } errors { code } } errors { code } } }"""
NEIGHBOUR = """mutation Neighbour($address: String!) { saveNoticeAddress(input: {
  address: $address, language: CA, events: []}) { errors { code } } }"""
TAX_ID = 8_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table: seconds, and how long another writer waited meanwhile."""

    name: str
    count: int
    took: float
    cpu: float
    database_cpu: float | None
    waits: list[float]


@click.command()
@click.option("--database", default="both", type=click.Choice(["sqlite", "postgres", "both"]), show_default=True)
@click.option("--invoices", default=200_000, type=click.IntRange(20_000, 2_000_000), show_default=True)
@click.option("--waiting", default=[100, 1000, 10_000], multiple=True, type=click.IntRange(1, 50_000))
def main(database: str, invoices: int, waiting: tuple[int, ...]) -> None:
    """Measure signing up with many invoices waiting, and batches of changes, on loaded databases."""
    data = functools.cache(functools.partial(build, invoices))
    for name in ("sqlite", "postgres"):
        if database not in {name, "both"}:
            continue
        with ExitStack() as stack:
            postmaster = None
            if name == "sqlite":
                url = stack.enter_context(sqlite_store(KEPT / name, invoices, data, say))
            else:
                url, store = stack.enter_context(postgres_store(KEPT / name, invoices, data, say))
                postmaster = store.pid
            awaited = asyncio.run(_prepare(url, waiting))
            target = stack.enter_context(serving(url, postmaster))
            _print(name, invoices, asyncio.run(_measure(target, awaited)))


async def _prepare(url: str, waiting: tuple[int, ...]) -> list[Awaited]:
    database = await open_database(url)
    try:
        return [
            await database.unit_of_work(
                functools.partial(await_receiver, tax_id=company_tax_id(TAX_ID + place), count=count)
            )
            for place, count in enumerate(waiting)
        ]
    finally:
        await database.close()


async def _measure(target: Target, awaited: list[Awaited]) -> list[Figure]:
    figures = []
    async for name, count, request in _requests(target.port, awaited):
        figures.append(await _figure(target, name, count, request))
        say(f"{name}: {figures[-1].took:.2f} s")
    return figures


async def _requests(port: int, awaited: list[Awaited]) -> AsyncIterator[tuple[str, int, bytes]]:
    for one in awaited:
        given = {
            "taxId": one.tax_id,
            "keyOne": one.key_one,
            "keyTwo": one.key_two,
            "name": "Fusteria Puig, SL",
            "email": f"{one.tax_id}@bench.example.org",
            "userName": "Marta",
            "password": "serradures",
        }
        yield f"acceptInvitation, {one.count:,} waiting", one.count, post(port, None, ACCEPT, {"input": given})
    ids = await _pending(port)
    yield "confirmDelivery of 500", 500, post(port, RECEIVER_TOKEN, CONFIRM, {"ids": ids})
    for key in (None, "bench"):
        ids = await _pending(port)
        changes = [{"invoiceId": id_, "to": "REGISTERED_IN_RCF", "rcfNumber": f"B/{id_[-8:]}"} for id_ in ids]
        wanted = {"changes": changes, "idempotencyKey": key}
        name = f"changeStatuses of 500{'' if key is None else ', with a key'}"
        yield name, 500, post(port, RECEIVER_TOKEN, CHANGE, {"input": wanted})


async def _pending(port: int) -> list[str]:
    answer = orjson.loads(await once(port, post(port, RECEIVER_TOKEN, PENDING, {})))
    return [invoice["id"] for invoice in answer["data"]["pendingInvoices"]["invoices"]]


async def _figure(target: Target, name: str, count: int, request: bytes) -> Figure:
    async with _neighbour(target.port) as waits:
        before, began = target.used(), time.perf_counter()
        body = await once(target.port, request)
        took = time.perf_counter() - began
        server, database = (after - start for after, start in zip(target.used(), before, strict=True))
    if b'"code"' in body:
        raise click.ClickException(f"{name}: {body[:500].decode()}")
    return Figure(name, count, took, server, None if target.postmaster is None else database, waits)


@asynccontextmanager
async def _neighbour(port: int) -> AsyncIterator[list[float]]:
    """Somebody of another party, who writes twenty times a second; how long each time took."""
    waits: list[float] = []

    async def write() -> None:
        while True:
            began = time.perf_counter()
            await once(port, post(port, ISSUER_TOKEN, NEIGHBOUR, {"address": "neighbour@bench.example.org"}))
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)

    task = asyncio.create_task(write())
    await asyncio.sleep(0.5)
    waits.clear()
    try:
        yield waits
        await asyncio.sleep(0.2)
    finally:
        task.cancel()


def _print(name: str, invoices: int, figures: list[Figure]) -> None:
    click.echo(f"\n### {name}, {invoices:,} invoices\n")
    heads = ("seconds", "ms each", "server CPU s", "database CPU s", "longest wait of another writer, ms")
    click.echo(f"| request | {' | '.join(heads)} |\n|---|{'---:|' * len(heads)}")
    for figure in figures:
        cells = (
            f"{figure.took:.2f}",
            f"{figure.took / figure.count * 1000:.2f}",
            f"{figure.cpu:.2f}",
            "" if figure.database_cpu is None else f"{figure.database_cpu:.2f}",
            f"{max(figure.waits) * 1000:.0f}",
        )
        click.echo(f"| {figure.name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
