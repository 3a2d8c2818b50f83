"""``scripts/fuzz-documents``: attacks at full size, and documents broken at random, to see that each is answered."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from random import Random

import click
from lxml import etree

from tramesa.documents.door import check_document
from tramesa.tests.facturae_files import NAMESPACES, SAMPLES
from tramesa.tests.facturae_mutants import Author, mutant
from tramesa.tests.hostile import ATTACKS, FACTURAE, LARGE, MANY, UBL
from tramesa.tests.hostile_attachments import attached, zipped
from tramesa.tests.hostile_process import NOW
from tramesa.tests.signers import marta, sign
from tramesa.tests.sound import flaws_of

from .structure import KEPT

SLOW = 2.0
"""CPU seconds for a document of some kilobytes."""


@click.command()
@click.option("--seed", default="1", show_default=True, help="What the random choices follow from: any text.")
@click.option("--count", default=10_000, show_default=True, help="How many broken documents.")
@click.option("--size", default=9_000_000, show_default=True, help="Bytes of an attack; 0: no attacks.")
@click.option("--atheris", is_flag=True, help="Let atheris choose the bytes, until it is stopped, if it is installed.")
def main(seed: str, count: int, size: int, atheris: bool) -> None:
    """Look for documents that are not answered as they should be.

    An answer is wrong that is an exception, that holds what cannot be stored, or that takes long. What gets one is
    written to var/hunts; the exit status is 1 where there is one.
    """
    if atheris:
        _let_atheris()
        return
    failed = (_attack(size) if size else 0) + _break(Random(seed), seed, count)  # noqa: S311 - repeatable on purpose
    raise SystemExit(1 if failed else 0)


def _attack(size: int) -> int:
    """Every attack; how many were not answered rightly."""
    command = [sys.executable, "-m", "tramesa.tests.hostile_process", str(size), "/nowhere", "http://127.0.0.1:9"]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()  # noqa: S603
    outcomes = {outcome["name"]: outcome for outcome in map(json.loads, lines)}
    failed = 0
    for name, (_, expected) in ATTACKS.items():
        outcome = outcomes.get(name)
        if outcome is None:
            click.echo(f"KILLED {name}")
            failed += 1
            continue
        said = outcome["error"] or ""
        # At full size a document may be too large, or of too many parts, for what it would be refused with else.
        other = (said == "") != (expected is None) and not said.startswith((MANY, LARGE))
        wrong = outcome["flaws"] or outcome["events"] or other
        failed += bool(wrong)
        megabytes = outcome["memory"] / 1e6
        click.echo(f"{'WRONG ' if wrong else ''}{name}: {outcome['cpu']:.2f} s, {megabytes:.0f} MB, {outcome['error']}")
    return failed


def _break(rng: Random, seed: str, count: int) -> int:
    documents = _documents(rng)
    failed = 0
    slowest = 0.0
    for number in range(count):
        data = _broken(rng, documents)
        started = time.process_time()
        flaws = _flaws(data)
        taken = time.process_time() - started
        slowest = max(slowest, taken)
        if flaws or taken > SLOW:
            failed += 1
            _keep(data, f"document-{seed}-{number}.xml", [*flaws, f"{taken:.2f} s"])
    click.echo(f"{count} broken documents, {failed} of them not answered rightly; the slowest took {slowest:.3f} s")
    return failed


def _flaws(data: bytes) -> list[str]:
    try:
        return flaws_of(check_document(data, anchors=None, now=NOW))
    except Exception as error:  # noqa: BLE001 - what the hunt is for
        return [f"{type(error).__name__}: {error}"]


def _documents(rng: Random) -> list[bytes]:
    files = sorted(path for path in SAMPLES.rglob("*.x*") if path.is_file() and "xsd" not in path.parts)
    made_up = [etree.tostring(Author(rng, version).document()) for version in NAMESPACES for _ in range(10)]
    ours = [FACTURAE, UBL, sign(FACTURAE, marta()), attached(b"ZIP", zipped(2, 1)), FACTURAE.decode().encode("utf-16")]
    return ours + made_up + [path.read_bytes() for path in files]


def _broken(rng: Random, documents: list[bytes]) -> bytes:
    data = rng.choice(documents)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        data = rng.choice(_WAYS)(rng, data, rng.choice(documents))
    return data


def _with_bytes_changed(rng: Random, data: bytes, _: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 10)) if changed else 0):
        changed[rng.randrange(len(changed))] = rng.choice((rng.randrange(256), *b"<>&\"'/= :\0\xff\xfe"))
    return bytes(changed)


def _with_a_piece_of_another(rng: Random, data: bytes, other: bytes) -> bytes:
    at, start = rng.randint(0, len(data)), rng.randint(0, len(other))
    return data[:at] + other[start : start + rng.choice((3, 30, 300, 3000))] + data[at + rng.choice((0, 0, 10, 300)) :]


def _with_a_token(rng: Random, data: bytes, _: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_TOKENS) + data[at:]


def _cut(rng: Random, data: bytes, _: bytes) -> bytes:
    return data[: rng.randint(0, len(data))] if rng.random() < 0.3 else data[rng.choice((0, 1, 2, 3, 40)) :]


def _with_elements_changed(rng: Random, data: bytes, _: bytes) -> bytes:
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
        return bytes(etree.tostring(mutant(rng, root, rng.choice(sorted(NAMESPACES)))))
    except (etree.LxmlError, ValueError, LookupError, TypeError):
        return data


def _in_another_encoding(rng: Random, data: bytes, _: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(
        rng.choice(("utf-16", "utf-16-le", "latin-1", "utf-8-sig", "utf-32")), "replace"
    )


_WAYS: tuple[Callable[[Random, bytes, bytes], bytes], ...] = (
    _with_bytes_changed,
    _with_bytes_changed,
    _with_a_piece_of_another,
    _with_a_token,
    _with_a_token,
    _cut,
    _with_elements_changed,
    _with_elements_changed,
    _with_elements_changed,
    _in_another_encoding,
)
_TOKENS = (
    *(b"<", b">", b"</", b"/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"?>", b"<!DOCTYPE a [", b"]>", b"&a;"),
    *(
        b"&#0;",
        b"&#xD800;",
        b"&#x10FFFF;",
        b"&#1114112;",
        b"\0",
        b"\xef\xbf\xbe",
        b"\xed\xa0\x80",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
    ),
    *(
        b' xmlns=""',
        b' xmlns:a="b"',
        b' xml:id="a"',
        b' Id="a"',
        b' xsi:nil="true"',
        b' encoding="x"',
        b"<a>" * 300,
        b"=" * 300,
    ),
    *(
        b"9" * 400,
        b"1e999999999",
        b"-0",
        b"NaN",
        b"0001-01-01",
        b"9999-12-31",
        b"-2026-01-01",
        b"2026-01-01+14:00",
        b" " * 999,
    ),
)


def _keep(data: bytes, name: str, why: list[str]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / name).write_bytes(data)
    click.echo(f"var/hunts/{name}: {'; '.join(why)}")


def _let_atheris() -> None:
    try:
        import atheris  # noqa: PLC0415 - never required
    except ImportError:
        raise click.ClickException("atheris is not installed") from None

    def check(data: bytes) -> None:
        flaws = _flaws(data)
        if flaws:
            _keep(data, f"atheris-{hashlib.sha256(data).hexdigest()[:12]}.xml", flaws)

    atheris.instrument_all()
    atheris.Setup(sys.argv[:1], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
