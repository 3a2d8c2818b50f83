"""Documents that mean harm, and those that are merely broken: each gets its answer, soon, and nothing else is touched.

Attacks run in processes with hard limits of CPU and memory (``hostile_process``); what they would like to have opened
is watched by the kernel. ``scripts/fuzz-documents`` runs the same at full size, and looks for more.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tramesa.documents.crowding import crowd
from tramesa.documents.door import check_document
from tramesa.models.domain.findings import errors_among
from tramesa.tests.hostile import ATTACKS, FACTURAE, UBL, Bait
from tramesa.tests.hostile_attachments import attached
from tramesa.tests.hostile_process import NOW
from tramesa.tests.signers import marta, sign
from tramesa.tests.sound import flaws_of

SIZE = 1_000_000
CHUNKS = 2
_IN_OPEN = 0x20


class Watch:
    """Whether the kernel saw a file of a folder being opened, by whichever library."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._events = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._events, os.fsencode(folder), _IN_OPEN) > 0

    def opened(self) -> list[str]:
        """The names of the files that were opened since."""
        try:
            data = os.read(self._events, 1 << 16)
        except BlockingIOError:
            return []
        names = []
        while data:
            length = struct.unpack_from("iIII", data)[3]
            names.append(data[16 : 16 + length].rstrip(b"\0").decode())
            data = data[16 + length :]
        return names

    def close(self) -> None:
        os.close(self._events)


@contextmanager
def baited(folder: Path) -> Iterator[tuple[Bait, Watch, socket.socket]]:
    """Files and a server that nobody may open."""
    for name in ("secret.txt", "a.dtd", "a.xsd", "a.xsl"):
        (folder / name).write_text("<!-- secret -->")
    watch = Watch(folder)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield Bait(str(folder), f"http://127.0.0.1:{server.getsockname()[1]}"), watch, server
    watch.close()


def run(names: list[str], bait: Bait) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "tramesa.tests.hostile_process", str(SIZE), bait.folder, bait.server, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    return {outcome["name"]: outcome for outcome in outcomes}


needs_inotify = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify is Linux's")


@needs_inotify
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_attacks_are_answered_within_bounds_and_open_nothing(chunk: int, tmp_path: Path) -> None:
    names = list(ATTACKS)[chunk::CHUNKS]

    with baited(tmp_path) as (bait, watch, server):
        outcomes = run(names, bait)

        assert list(outcomes) == names  # Who needs too much is killed, and missing here.
        for name in names:
            said, expected = outcomes[name]["error"], ATTACKS[name][1]
            assert (name, said) == (name, None) if expected is None else (said or "").startswith(expected), (name, said)
            assert (name, outcomes[name]["flaws"], outcomes[name]["events"]) == (name, [], [])
        assert watch.opened() == []
        with pytest.raises(BlockingIOError):
            server.accept()


@needs_inotify
def test_the_watch_sees_what_a_careless_parser_opens(tmp_path: Path) -> None:
    with baited(tmp_path) as (bait, watch, _):
        careless = etree.XMLParser(resolve_entities=True, load_dtd=True, no_network=False)
        etree.fromstring(ATTACKS["external entity of a file"][0](SIZE, bait), careless)

        assert watch.opened() == ["secret.txt"]


DOCUMENTS = {
    "Facturae": FACTURAE,
    "UBL": UBL,
    "signed": sign(FACTURAE, marta()),
    "attachment": attached(b"NONE", b"%PDF-1"),
}
documents = pytest.mark.parametrize("data", DOCUMENTS.values(), ids=DOCUMENTS)


@pytest.mark.parametrize("before", [*range(1_048_560, 1_048_590, 3), 2_097_150, 3_000_000])
def test_a_crowd_of_attributes_is_found_wherever_the_search_pauses(before: int) -> None:
    def of(count: int) -> bytes:
        attributes = " ".join(f'a{number}="="' for number in range(count))
        return b"<r>" + b"<e/>" * (before // 4) + b" " * (before % 4) + f"<e {attributes}/></r>".encode()

    assert crowd(of(257)) is not None
    assert crowd(of(256)) is None


def assert_sound(data: bytes) -> None:
    assert flaws_of(check_document(data, anchors=None, now=NOW)) == [], data


@documents
def test_no_part_of_a_document_is_one(data: bytes) -> None:
    whole = len(data.rstrip())

    for length in range(0, whole, 50):
        checked = check_document(data[:length], anchors=None, now=NOW)

        assert [error.rule for error in errors_among(checked.findings)] == ["HF01"], length
        assert checked.content is None
        assert flaws_of(checked) == []


@documents
def test_documents_with_bytes_changed_are_answered(data: bytes) -> None:
    rng = Random(f"changed {len(data)}")

    for _ in range(150):
        changed = bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 5, 20))):
            changed[rng.randrange(len(changed))] = rng.choice((rng.randrange(256), *b"<>&\"'/= \0\xff"))
        assert_sound(bytes(changed))


KEPT = {
    "a NUL in the name of the encoding came back in a message": FACTURAE.replace(b'"UTF-8"', b'"UT\0-8"'),
}
"""What once got an answer that was wrong in itself; those of whole kinds are among the attacks."""


@pytest.mark.parametrize("data", KEPT.values(), ids=KEPT)
def test_what_once_went_wrong_is_answered(data: bytes) -> None:
    assert_sound(data)


@documents
def test_documents_with_pieces_moved_are_answered(data: bytes) -> None:
    rng = Random(f"moved {len(data)}")

    for _ in range(100):
        start, end, at = (rng.randrange(len(data)) for _ in range(3))
        piece = data[min(start, end) : max(start, end)][:2000]
        assert_sound(data[:at] + piece * rng.choice((1, 2)) + data[at + rng.choice((0, len(piece))) :])


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"<?xml", b"<a>", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<\0"])
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_bytes_are_answered(data: bytes, start: bytes) -> None:
    assert_sound(start + data)


NAMES = sorted({str(element.tag) for element in etree.fromstring(FACTURAE).iter("*")} | {"Extensions", "Corrective"})
TEXTS = st.sampled_from(
    ["", "1", "-1", "1.00", "2026-11-20", "EUR", "x" * 50, "1e99", "NaN", "\u0085", "\ud7ff", "😀", " "]
)


def elements(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, attribute, inner: f"<{name}{attribute}>{''.join(inner)}</{name}>",
        st.sampled_from([name.rpartition("}")[2] for name in NAMES]),
        st.sampled_from(["", ' xmlns=""', ' xmlns="urn:x"', ' Id="a"', ' a="&lt;"']),
        st.lists(children, max_size=4),
    )


@given(
    st.lists(st.recursive(TEXTS, elements, max_leaves=20), max_size=5), st.sampled_from(sorted(DOCUMENTS)), st.randoms()
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_elements_anywhere_are_answered(inner: list[str], name: str, rng: Random) -> None:
    data = DOCUMENTS[name]
    at = rng.choice([at for at in range(len(data)) if data[at : at + 1] == b"<" and at > data.index(b"<", 60)])

    assert_sound(data[:at] + "".join(inner).encode() + data[at:])
