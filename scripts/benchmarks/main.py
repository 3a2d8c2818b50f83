"""``scripts/bench``: what one server process costs, request by request, on each database."""

from __future__ import annotations

import asyncio
import functools
import math
import os
import platform
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
import orjson

from tramesa.tests.servers.process import ServerProcess

from .baselines import bare_page
from .dataset import build
from .driving import Outcome, drive
from .scenarios import Scenario, fields_in, scenarios
from .stores import postgres_store, sqlite_store
from .usage import cpu_seconds, family_cpu_seconds, resident_megabytes

KEPT = Path(__file__).resolve().parents[2] / "var" / "bench"
SECRET = "the key of a server that only listens to this machine"  # noqa: S105 - opens nothing else


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table. CPU in milliseconds a request, latencies in milliseconds.

    ``bare`` is the CPU of the bare page right after the line: on a machine that is shared, only what was measured
    together can be compared.
    """

    name: str
    rate: float
    cpu: float
    bare: float
    database_cpu: float | None = None
    p50: float | None = None
    p95: float | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A server under test; ``postmaster`` where its database is another process."""

    port: int
    pid: int
    postmaster: int | None

    def used(self) -> tuple[float, float]:
        """CPU seconds of the server and of its database."""
        database = 0.0 if self.postmaster is None else family_cpu_seconds(self.postmaster)
        return cpu_seconds(self.pid), database


@click.command()
@click.option("--database", default="both", type=click.Choice(["sqlite", "postgres", "both"]), show_default=True)
@click.option("--invoices", default=200_000, type=click.IntRange(2000, 2_000_000), show_default=True)
@click.option("--seconds", default=5.0, type=click.FloatRange(0.5, 60), show_default=True, help="For each line.")
@click.option("--connections", default=4, type=click.IntRange(1, 64), show_default=True)
@click.option("--only", default="", help="Only lines whose name contains this, and the bare ones.")
def main(database: str, invoices: int, seconds: float, connections: int, only: str) -> None:
    """Measure one process of this server on loaded databases; loopback only. The first run loads them."""
    data = functools.cache(functools.partial(build, invoices))
    for name in ("sqlite", "postgres"):
        if database not in {name, "both"}:
            continue
        click.echo(f"==> {name}: {invoices:,} invoices, {invoices * 5:,} history rows", err=True)
        with ExitStack() as stack:
            postmaster = None
            if name == "sqlite":
                url = stack.enter_context(sqlite_store(KEPT / name, invoices, data, say))
            else:
                url, store = stack.enter_context(postgres_store(KEPT / name, invoices, data, say))
                postmaster = store.pid
            rate, cpu = bare_page(url, min(seconds, 3))
            bare = Figure("bare: the page's rows by the driver, as JSON", rate, cpu, cpu)
            target = stack.enter_context(serving(url, postmaster))
            figures = [bare, *asyncio.run(_measure(target, url, seconds, connections, only))]
            click.echo(f"server memory at the end: {resident_megabytes(target.pid):.0f} MB", err=True)
        _print(name, invoices, seconds, connections, figures)


def say(text: str) -> None:
    """How far the bench has come, beside its figures."""
    click.echo(f"    {text}", err=True)


@contextmanager
def serving(url: str, postmaster: int | None) -> Iterator[Target]:
    """One server process on this database."""
    log = KEPT / "server.log"
    log.unlink(missing_ok=True)
    environment = {"TRAMESA_DATABASE_URL": url, "TRAMESA_SECRET_KEY": SECRET}
    with ServerProcess(log, environment) as server:
        yield Target(server.port, server._process.pid, postmaster)  # noqa: SLF001


async def _measure(target: Target, url: str, seconds: float, connections: int, only: str) -> list[Figure]:
    await asyncio.sleep(1)
    before = target.used()
    await asyncio.sleep(2)
    idle = tuple((after - start) / 2 for after, start in zip(target.used(), before, strict=True))
    figures = []
    for scenario in await scenarios(target.port):
        if only in scenario.name or scenario.name.startswith("bare"):
            figure = await _figure(target, scenario, seconds, connections, idle)
            _, bare = await asyncio.to_thread(bare_page, url, 0.5)
            figures.append(replace(figure, bare=bare))
            say(f"{figures[-1].name}: {figures[-1].cpu:.2f} ms")
    return figures


async def _figure(
    target: Target, scenario: Scenario, seconds: float, connections: int, idle: tuple[float, ...]
) -> Figure:
    answers: list[bytes] = []

    def check(body: bytes) -> None:
        scenario.check(body)
        if not answers:
            answers.append(body)

    await drive(target.port, scenario.requests, 0.3, connections, check)
    before, began = target.used(), time.perf_counter()
    outcome: Outcome = await drive(target.port, scenario.requests, seconds, connections, check)
    elapsed = time.perf_counter() - began
    done = len(outcome.latencies)
    if not done:
        raise click.ClickException(f"{scenario.name}: nothing was left to ask within the time; give fewer --seconds.")
    server, database = (
        max(0.0, after - start - rate * elapsed) / done * 1000
        for after, start, rate in zip(target.used(), before, idle, strict=True)
    )
    count = fields_in(orjson.loads(answers[0]))
    return Figure(
        f"{scenario.name} ({count:,} fields)" if count > 20 else scenario.name,
        done / outcome.seconds,
        server,
        math.nan,
        None if target.postmaster is None else database,
        outcome.percentile(0.5),
        outcome.percentile(0.95),
        outcome.size,
    )


def _print(name: str, invoices: int, seconds: float, connections: int, figures: list[Figure]) -> None:
    health = next(figure for figure in figures if "healthz" in figure.name)
    click.echo(
        f"\n### {name}\n\n{invoices:,} invoices, {invoices * 5:,} history rows; one server process, {connections}"
        f" connections, {seconds:g} s a line; Python {platform.python_version()}, {os.cpu_count()} cores shared"
        f" with the load{' and the database' if name == 'postgres' else ''}.\n"
    )
    heads = ("a second", "server CPU ms", "× bare page", "× healthz", "database CPU ms", "p50 ms", "p95 ms", "bytes")
    click.echo(f"| request | {' | '.join(heads)} |\n|---|{'---:|' * len(heads)}")
    for figure in figures:
        cells = (
            f"{figure.rate:,.0f}",
            f"{figure.cpu:.2f}",
            f"{figure.cpu / figure.bare:.1f}",
            f"{figure.cpu / figure.bare * health.bare / health.cpu:.0f}",
            _cell(figure.database_cpu, ".2f"),
            _cell(figure.p50, ".1f"),
            _cell(figure.p95, ".1f"),
            _cell(figure.size, ",d"),
        )
        click.echo(f"| {figure.name} | {' | '.join(cells)} |")


def _cell(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


if __name__ == "__main__":
    main()
