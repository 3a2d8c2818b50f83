"""``tramesa check``: findings of files on disk, for people and programs, with a status that scripts can trust."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tramesa.documents.media import MAX_BYTES
from tramesa.server.cli import main
from tramesa.tests.facturae_files import VALID

GOOD = VALID.encode()
WRONG = VALID.replace("<InvoiceTotal>95.40</InvoiceTotal>", "<InvoiceTotal>95,40</InvoiceTotal>").encode()
DETAILS = (("at", "location"), ("expected", "expected"), ("found", "found"))
UNSIGNED = {
    "rule": "HF04",
    "severity": "WARNING",
    "message": "The document is not signed.",
    "location": "/",
    "line": None,
    "expected": None,
    "found": None,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.xml").write_bytes(GOOD)
    (tmp_path / "wrong.xml").write_bytes(WRONG)
    return tmp_path


def check(*arguments: str, given: bytes = b"", **environment: str) -> Result:
    variables: dict[str, str | None] = {"TRAMESA_TRUST_ANCHORS": None, "NO_COLOR": None, **environment}
    return CliRunner(env=variables).invoke(main, ["check", *arguments], input=given, color=False)


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def process(folder: Path, *arguments: bytes | str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRAMESA_")}
    command = [sys.executable, "-m", "tramesa.server.cli", "check", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, **options)


def test_a_good_file_is_told_in_one_line_besides_its_warnings(folder: Path) -> None:
    result = check("good.xml")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-3:] == [
        "good.xml: warning HF04: The document is not signed.",
        "    at /",
        "good.xml: 1 warning (FACTURAE_3_2_2, 2026A F-1, 12345678Z to Q2826000H, 95.40 EUR, signature absent)",
    ]


def test_a_wrong_file_is_told_with_place_line_and_values(folder: Path) -> None:
    result = check("wrong.xml")

    (told,) = lines_of(check("--json", "wrong.xml"))
    line = 1 + WRONG[: WRONG.index(b"<InvoiceTotal>")].count(b"\n")
    wrong = next(finding for finding in told["findings"] if finding["line"] == line)
    assert (wrong["severity"], wrong["found"]) == ("ERROR", "95,40")
    assert wrong["location"].endswith("/InvoiceTotals/InvoiceTotal")
    details = [f"    {label} {wrong[key]}" for label, key in DETAILS if wrong[key] is not None]
    expected = [f"wrong.xml:{line}: error {wrong['rule']}: {wrong['message']}", *details]
    assert "\n".join(["", *expected, ""]) in "\n" + result.stdout
    assert (result.exit_code, result.stderr) == (1, "")


def test_many_files_are_counted(folder: Path) -> None:
    result = check("good.xml", "wrong.xml", "good.xml", "missing.xml", ".")

    assert result.exit_code == 2
    assert result.stdout.splitlines()[-3:] == [
        "missing.xml: not readable: No such file or directory",
        ".: not readable: Is a directory",
        "5 files: 2 without errors, 1 with, 2 not readable",
    ]


def test_programs_get_a_line_of_json_a_file(folder: Path) -> None:
    result = check("--json", "good.xml", "wrong.xml", "missing.xml")

    good, wrong, missing = lines_of(result)
    assert result.exit_code == 2
    assert good == {
        "file": "good.xml",
        "valid": True,
        "unreadable": None,
        "findings": [UNSIGNED],
        "invoice": {
            "format": "FACTURAE_3_2_2",
            "series": "2026A",
            "number": "F-1",
            "issueDate": "2026-11-20",
            "issuer": "12345678Z",
            "receiver": "Q2826000H",
            "payable": "95.40",
            "currency": "EUR",
        },
        "signature": {"status": "ABSENT", "signer": None},
    }
    assert (wrong["file"], wrong["valid"], wrong["unreadable"]) == ("wrong.xml", False, None)
    assert "ERROR" in {finding["severity"] for finding in wrong["findings"]}
    assert missing == {
        "file": "missing.xml",
        "valid": False,
        "unreadable": "No such file or directory",
        "findings": [],
        "invoice": None,
        "signature": None,
    }
    assert result.stderr == "missing.xml: No such file or directory\n"


def test_the_answer_is_that_of_the_door(folder: Path) -> None:
    (folder / "not.xml").write_bytes(b"\x00")

    (told,) = lines_of(check("--json", "not.xml"))

    assert [finding["rule"] for finding in told["findings"]] == ["HF01"]
    assert told["invoice"] is None


def test_standard_input_is_a_file_too(folder: Path) -> None:
    good, wrong = check("--json", "-", given=GOOD), check("-", given=WRONG)

    assert (good.exit_code, lines_of(good)[0]["file"], lines_of(good)[0]["valid"]) == (0, "-", True)
    assert wrong.exit_code == 1


def test_a_signature_can_be_demanded(folder: Path) -> None:
    result = check("--json", "--require-signature", "good.xml")

    assert result.exit_code == 1
    assert lines_of(result)[0]["findings"] == [{**UNSIGNED, "severity": "ERROR"}]


def test_a_file_without_end_is_not_read_to_its_end(folder: Path) -> None:
    with (folder / "large.xml").open("wb") as file:
        file.truncate(50 * MAX_BYTES)

    (told,) = lines_of(check("--json", "large.xml"))

    assert [finding["rule"] for finding in told["findings"]] == ["TR0002"]


def test_no_text_of_a_document_reaches_the_terminal_as_a_command(folder: Path) -> None:
    hostile = VALID.replace("<fe:Facturae ", "<fe:\u009b31mFacturae ").replace("F-1", "F\u202e1\u0085")
    (folder / "a\x1b[31m.xml").write_text(hostile)

    result = check("a\x1b[31m.xml")

    assert set(result.stdout) & {"\x1b", "\u009b", "\u202e", "\u0085"} == set()
    assert "a\\x1b[31m.xml" in result.stdout


def test_usage_is_told_apart_from_findings(folder: Path) -> None:
    assert [check().exit_code, check("--anchors", "missing", "good.xml").exit_code] == [2, 2]
    assert check("good.xml", TRAMESA_TRUST_ANCHORS="missing").exit_code == 2


def test_it_needs_no_setting_and_leaves_nothing(folder: Path) -> None:
    before = sorted(folder.iterdir())
    name = os.fsencode("fa\udcf1.xml")
    (folder / os.fsdecode(name)).write_bytes(GOOD)

    done = process(folder, name, "--json")
    (folder / os.fsdecode(name)).unlink()

    assert (done.returncode, done.stderr, json.loads(done.stdout)["file"]) == (0, b"", "fa\udcf1.xml")
    assert sorted(folder.iterdir()) == before


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tramesa.server.cli", "check", *["good.xml"] * 3],
            cwd=folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)

    assert done.stderr == b""


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_is_for_terminals_that_want_it(folder: Path, no_color: str, coloured: bool) -> None:
    result = CliRunner(env={"NO_COLOR": no_color}).invoke(main, ["check", "wrong.xml"], color=True)

    assert ("\x1b[31merror\x1b[0m" in result.stdout) is coloured
    assert "\x1b" not in check("wrong.xml").stdout
