"""``scripts/bench documents``: what it costs to read, check, sign, verify, draw and write a document.

Every step stands beside the limit: bare lxml parsing and the schema of the same file. Step and limit are measured in
turn, in CPU time of this process, and their ratio is the median of the pairs: machines change their speed under one's
hands. UBL is read with our own rules of EN 16931, and once more with the official ones where Saxon is installed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

import click

from tramesa.documents.converting import convert
from tramesa.documents.door import check_document
from tramesa.documents.pictures.drawing import draw_invoice
from tramesa.documents.pictures.subjects import InvoicePicture
from tramesa.documents.reading import read_document
from tramesa.documents.signatures.signing import sign_document
from tramesa.documents.signatures.verifying import verify_signature
from tramesa.documents.ubl import rules
from tramesa.documents.ubl.en16931 import is_installed
from tramesa.models.domain.invoice import DocumentFormat
from tramesa.models.domain.states import InvoiceStatus, Language
from tramesa.tests.signers import company

from .papers import MANY, NOW, Paper, content_of, papers

TICK = 0.005


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table: CPU milliseconds of one document, and how many times the limit that is."""

    paper: str
    step: str
    cpu: float
    ratio: float


@click.command()
@click.option("--seconds", default=1.0, type=click.FloatRange(0.1, 60), show_default=True, help="For each line.")
@click.option("--big/--no-big", default=True, show_default=True, help="Also 10 MB beside a busy event loop.")
def main(seconds: float, big: bool) -> None:
    """Measure documents: CPU, by the limit of bare parsing and schema validation."""
    _settle_memory()
    click.echo("| document | step | documents a CPU second | CPU ms | × limit |\n|---|---|---:|---:|---:|")
    for paper in papers():
        for figure in _figures(paper, seconds):
            rate = f"{1000 / figure.cpu:,.0f}"
            click.echo(f"| {figure.paper} | {figure.step} | {rate} | {figure.cpu:.2f} | {figure.ratio:.2f} |")
    if big:
        _settle_memory()
        with _own_rules():
            for paper in (Paper("Facturae", content_of(MANY), ubl=False), Paper("UBL", content_of(MANY), ubl=True)):
                _beside_a_loop(paper)


def _figures(paper: Paper, seconds: float) -> Iterator[Figure]:
    own = company("B28015865").credentials()
    signed = paper.data if paper.ubl else sign_document(paper.data, own, now=NOW)
    picture = InvoicePicture(content=paper.content, state=InvoiceStatus.SENT, state_since=NOW, sha256="0" * 64)
    steps: dict[str, Callable[[], object]] = {
        "limit: lxml and schema": paper.limit,
        "read, with all rules": lambda: read_document(paper.data, today=NOW.date()),
        "check at the door, unsigned": lambda: check_document(paper.data, anchors=None, now=NOW),
        "write": paper.write,
        "convert, and compare": lambda: convert(paper.data, _OTHER[paper.ubl]),
    }
    if paper.ubl and is_installed():
        steps["read, EN 16931 by Saxon in a process of its own"] = steps["read, with all rules"]
    if not paper.ubl:
        steps["check at the door, signed"] = lambda: check_document(signed, anchors=None, now=NOW)
        steps["sign"] = lambda: sign_document(paper.data, own, now=NOW)
        steps["verify"] = lambda: verify_signature(signed, None, now=NOW)
        steps["draw as PDF"] = lambda: draw_invoice(picture, Language.CA)
    for name, step in steps.items():
        with _own_rules() if "Saxon" not in name else nullcontext():
            cpu, ratio = _measured(step, paper.limit, seconds)
        yield Figure(f"{paper.name}, {len(paper.data) / 1024:,.0f} KB", name, cpu * 1000, ratio)


_OTHER: Final = {True: DocumentFormat.FACTURAE_3_2_2, False: DocumentFormat.UBL_2_1}


@contextmanager
def _own_rules() -> Iterator[None]:
    """As where Saxon is not installed: what it does in a process of its own would not be counted here."""
    official, installed = rules.official_findings, rules.is_installed
    rules.official_findings, rules.is_installed = lambda _: None, lambda: False
    try:
        yield
    finally:
        rules.official_findings, rules.is_installed = official, installed


def _measured(step: Callable[[], object], limit: Callable[[], object], seconds: float) -> tuple[float, float]:
    """CPU seconds of a step, and the median of its ratio to the limit right before it."""
    step()
    limit()
    ours, ratios = [], []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(ours) < 3:
        bare, own = _cpu(limit), _cpu(step)
        ours.append(own)
        ratios.append(own / bare)
    return statistics.median(ours), statistics.median(ratios)


def _cpu(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _beside_a_loop(paper: Paper) -> None:
    """How late a busy event loop gets, and how much memory is taken, while the largest document is checked."""
    size = len(paper.data)
    check = partial(check_document, paper.data, anchors=None, now=NOW)
    # The first of a kind reads its schema.
    check_document(Paper(paper.name, content_of(1), ubl=paper.ubl).data, anchors=None, now=NOW)
    before = _peak_memory()
    lags, seconds = asyncio.run(_lags(check))
    grown = _peak_memory() - before
    held = _longest_hold(check)
    click.echo(
        f"\n{paper.name}: {MANY:,} invoice lines, {size / 1e6:.1f} MB, checked in {seconds:.1f} s in a thread,"
        f" which held the interpreter for {held * 1000:.0f} ms of CPU at most; the event loop was late by"
        f" {max(lags) * 1000:.0f} ms at most, {sorted(lags)[len(lags) * 99 // 100] * 1000:.0f} ms at the 99th"
        f" percentile; memory grew by"
        f" {grown / 1e6:.0f} MB, {grown / size:.1f} bytes a byte."
    )


def _settle_memory() -> None:
    """As the server does once it has started."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _longest_hold(work: Callable[[], object]) -> float:
    """CPU seconds that a thread used at most between two turns of another one, which wants the interpreter always.

    Unlike the lateness of the event loop, it does not depend on what else the machine is doing.
    """
    kept: list[object] = []  # Let go of afterwards, as by a server that has asked for it.
    thread = threading.Thread(target=lambda: kept.append(work()))
    thread.start()
    assert thread.ident is not None
    clock = time.pthread_getcpuclockid(thread.ident)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -19)
    longest = last = 0.0
    while thread.is_alive():
        time.sleep(0.0005)
        with suppress(OSError):
            now = time.clock_gettime(clock)
            longest, last = max(longest, now - last), now
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 0)
    return longest


async def _lags(work: Callable[[], object]) -> tuple[list[float], float]:
    began = time.perf_counter()
    task = asyncio.create_task(asyncio.to_thread(work))
    lags = []
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(TICK)
        lags.append(time.perf_counter() - before - TICK)
    await task
    return lags, time.perf_counter() - began


def _peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
