"""How a file is written does not change what is read of it: encodings, byte order marks, envelopes, white space."""

import pytest

from tramesa.documents.envelopes import SBDH
from tramesa.documents.reading import read_document
from tramesa.models.domain.findings import Finding, Severity
from tramesa.tests.facturae_files import VALID, edited

DECLARED = 'encoding="UTF-8"'


def written(encoding: str, codec: str, *, mark: bytes = b"") -> bytes:
    """The valid document in an encoding that it declares."""
    return mark + VALID.replace(DECLARED, f'encoding="{encoding}"').encode(codec)


def warnings(data: bytes) -> list[tuple[str, Severity, int | None, str | None, str | None]]:
    """What is said of a file, whose content must be that of the valid document."""
    result = read_document(data)
    assert result.content == read_document(VALID.encode()).content
    return [(f.rule, f.severity, f.line, f.expected, f.found) for f in result.findings]


def errors(data: bytes) -> list[Finding]:
    result = read_document(data)
    assert result.content is None
    return list(result.findings)


@pytest.mark.parametrize(
    ("encoding", "codec", "name"),
    [
        ("ISO-8859-1", "latin-1", "ISO-8859-1"),
        ("iso-8859-1", "latin-1", "ISO-8859-1"),
        ("Latin1", "latin-1", "ISO-8859-1"),
        ("ISO-8859-15", "iso-8859-15", "ISO-8859-15"),
        ("windows-1252", "cp1252", "windows-1252"),
        ("Windows_1252", "cp1252", "windows-1252"),
        ("UTF-16", "utf-16", "UTF-16"),
        ("UTF-16", "utf-16-le", "UTF-16"),
        ("utf-16be", "utf-16-be", "UTF-16"),
    ],
)
def test_old_encodings_are_read_with_a_warning(encoding, codec, name):
    assert warnings(written(encoding, codec)) == [("HF01", Severity.WARNING, 1, "UTF-8", name)]


@pytest.mark.parametrize(
    ("byte", "encoding", "letter"),
    [(b"\xe7", "ISO-8859-1", "ç"), (b"\xa4", "ISO-8859-15", "€"), (b"\x80", "windows-1252", "€")],
)
def test_each_byte_has_the_reading_of_its_encoding(byte, encoding, letter):
    data = edited((">F-1<", ">F-@<"), (DECLARED, f'encoding="{encoding}"')).decode()

    content = read_document(data.encode("ascii", "xmlcharrefreplace").replace(b"F-@", b"F-" + byte)).content

    assert content is not None
    assert content.number == f"F-{letter}"


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-8", "UTF8", "utf_8"])
def test_utf_8_by_any_of_its_names_is_nothing_to_tell(encoding):
    assert warnings(written(encoding, "utf-8")) == []


def test_a_byte_order_mark_of_utf_8_wins_over_the_declaration():
    data = written("ISO-8859-1", "utf-8", mark=b"\xef\xbb\xbf")

    assert warnings(data) == [("HF01", Severity.WARNING, 1, "UTF-8", "ISO-8859-1")]


def test_no_declaration_is_utf_8():
    assert warnings(VALID.partition("?>\n")[2].encode()) == []


def test_white_space_before_the_declaration_is_told_where_it_is():
    assert warnings(b"\n\n " + VALID.encode()) == [("HF01", Severity.WARNING, 3, None, None)]


@pytest.mark.parametrize(
    ("data", "line", "expected", "found"),
    [
        (written("UTF-7", "utf-8"), 1, None, "UTF-7"),
        (written("EBCDIC-CP-ES", "utf-8"), 1, None, "EBCDIC-CP-ES"),
        (written("UTF-16", "utf-8"), 1, "UTF-8", "UTF-16"),
    ],
)
def test_other_encodings_are_refused_by_name(data, line, expected, found):
    [finding] = errors(data)

    assert (finding.rule, finding.severity, finding.line, finding.found) == ("HF01", Severity.ERROR, line, found)
    assert expected is None or finding.expected == expected


@pytest.mark.parametrize(
    "data",
    [
        VALID.encode("utf-32"),
        VALID.encode("utf-32-le"),
        VALID.encode("cp500", "replace"),
        b"+/v8-" + VALID.encode(),
        VALID.encode("utf-16")[:-1],
    ],
)
def test_bytes_that_no_invoice_comes_in_are_refused(data):
    assert [finding.rule for finding in errors(data)] == ["HF01"]


def test_bytes_that_are_not_utf_8_are_refused_in_their_line():
    data = VALID.encode().replace(b"Barcelona", b"Barcelon\xe0", 1)

    [finding] = errors(data)

    assert (finding.rule, finding.line) == ("HF01", data[: data.index(b"\xe0")].count(b"\n") + 1)


# Envelopes


def enveloped(document: str, *, attributes: str = "", prefix: str = "") -> bytes:
    version = "<{p}HeaderVersion>1.0</{p}HeaderVersion>"
    header = f"<{{p}}StandardBusinessDocumentHeader>{version}</{{p}}StandardBusinessDocumentHeader>"
    body = document.partition("?>\n")[2]
    name = f"{prefix}:" if prefix else ""
    declared = f'xmlns:{prefix}="{SBDH}"' if prefix else f'xmlns="{SBDH}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}StandardBusinessDocument {declared} {attributes}>\n'
        f"{header.format(p=name)}\n{body}</{name}StandardBusinessDocument>\n"
    ).encode()


@pytest.mark.parametrize("prefix", ["sbd", ""])
def test_an_envelope_is_taken_off(prefix):
    assert warnings(enveloped(VALID, prefix=prefix)) == []


def test_what_the_envelope_declares_is_still_declared():
    namespace = VALID.partition('xmlns:fe="')[2].partition('"')[0]
    bare = VALID.replace(f' xmlns:fe="{namespace}"', "")

    assert warnings(enveloped(bare, prefix="s", attributes=f'xmlns:fe="{namespace}"')) == []


def test_findings_in_an_envelope_have_the_lines_of_the_file():
    data = enveloped(VALID.replace(">F-1<", "><"), prefix="s")

    [finding] = errors(data)

    line = data[: data.index(b"<InvoiceNumber>")].count(b"\n") + 1
    assert (finding.rule, finding.line) == ("RCF03001", line)


@pytest.mark.parametrize(("documents", "found"), [(0, None), (2, "2")])
def test_an_envelope_holds_one_document(documents, found):
    body = VALID.partition("?>\n")[2] * documents

    [finding] = errors(enveloped("<?xml?>\n" + body, prefix="s"))

    assert (finding.rule, finding.found) == ("TR0001", found)
