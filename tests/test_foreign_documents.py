"""Documents as other programs write them: the official verdict, and the same content however it is written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from tramesa.documents.reading import read_document
from tramesa.models.domain.findings import Severity
from tramesa.models.domain.invoice import InvoiceContent
from tramesa.tests import ubl_files
from tramesa.tests.facturae_files import NAMESPACES, NO_SAMPLES, VALID
from tramesa.tests.facturae_mutants import XSD, official
from tramesa.tests.facturae_whole import UTILITIES, WHOLE
from tramesa.tests.ubl_mutants import is_valid

Write = Callable[[str], str | bytes]

needs_schemas = pytest.mark.skipif(not XSD.exists(), reason=NO_SAMPLES)

NAMESPACE = NAMESPACES["3.2.2"]
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DS = "http://www.w3.org/2000/09/xmldsig#"


def declared(text: str, declaration: str) -> str:
    """With another XML declaration, or none."""
    assert text.startswith(DECLARATION)
    return declaration + text[len(DECLARATION) :].lstrip()


def in_encoding(name: str, python: str) -> Write:
    return lambda text: declared(text, f'<?xml version="1.0" encoding="{name}"?>\n').encode(python, "xmlcharrefreplace")


def at_root(attributes: str) -> Write:
    """With attributes or declarations in the root's start tag."""
    return lambda text: re.sub(r"(<(?:fe:Facturae|Invoice)\b)", rf"\1 {attributes}", text, count=1)


def before_root(inserted: str) -> Write:
    return lambda text: text.replace("?>", f"?>{inserted}", 1)


def after_root(inserted: str) -> Write:
    return lambda text: text.rstrip() + inserted


def split_texts(inserted: str) -> Write:
    """With something in the midst of every text of two letters and more."""
    return lambda text: re.sub(r"(>[^<>&\s]+?)([^<>&\s]</)", rf"\1{inserted}\2", text)


def in_cdata(text: str) -> str:
    return re.sub(r">([^<>&]*[^<>&\s][^<>&]*)</", r"><![CDATA[\1]]></", text)


def in_references(text: str) -> str:
    """Every letter beyond ASCII by its number."""
    return "".join(char if char.isascii() else f"&#x{ord(char):X};" for char in text)


def loosely(text: str) -> str:
    """On lines of their own, with tabs."""
    return text.replace("><", ">\r\n\t<")


def tightly(text: str) -> str:
    return re.sub(r">\s+<", "><", text)


ANY: dict[str, Write] = {
    "as it is": lambda text: text,
    "no declaration": lambda text: declared(text, ""),
    "declared without encoding": lambda text: declared(text, '<?xml version="1.0"?>\n'),
    "declared in single quotes": lambda text: declared(text, "<?xml version='1.0' encoding='utf-8'?>\n"),
    "standalone": lambda text: declared(text, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'),
    "not standalone": lambda text: declared(text, '<?xml version="1.0" encoding="utf-8" standalone="no" ?>'),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "byte order mark alone": lambda text: b"\xef\xbb\xbf" + declared(text, "").encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "ISO-8859-1": in_encoding("ISO-8859-1", "iso-8859-1"),
    "ISO-8859-15": in_encoding("iso-8859-15", "iso-8859-15"),
    "windows-1252": in_encoding("Windows-1252", "cp1252"),
    "UTF-16": in_encoding("UTF-16", "utf-16"),
    "US-ASCII": in_encoding("US-ASCII", "ascii"),
    "loosely": loosely,
    "tightly": tightly,
    "CDATA": in_cdata,
    "character references": in_references,
    "comments in texts": split_texts("<!-- - -->"),
    "instructions in texts": split_texts("<?a b?>"),
    "comments around": before_root("\n<!-- made by a program -->\n"),
    "stylesheet": before_root('<?xml-stylesheet type="text/xsl" href="factura.xsl"?>'),
    "after the end": after_root("\n<!-- end -->\n<?end?>\n\n"),
    "schema location": at_root(f'xmlns:xsi="{XSI}" xsi:schemaLocation="{NAMESPACE} http://example.org/Facturae.xsd"'),
    "no namespace schema location": at_root(f'xmlns:xsi="{XSI}" xsi:noNamespaceSchemaLocation="Facturae.xsd"'),
    "as .NET declares": at_root(f'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="{XSI}"'),
    "signature's prefix declared": at_root(f'xmlns:ds="{DS}" xmlns:etsi="http://uri.etsi.org/01903/v1.2.2#"'),
    "attribute of XML": at_root('xml:lang="es"'),
    "attribute": at_root('version="3"'),
    "nil": at_root(f'xmlns:xsi="{XSI}" xsi:nil="false"'),
}


def with_prefix(prefix: str) -> Write:
    return lambda text: text.replace("fe:Facturae", f"{prefix}:Facturae").replace("xmlns:fe=", f"xmlns:{prefix}=")


def by_default(text: str) -> str:
    """The root's namespace as the default one, taken back on each of its children."""
    text = text.replace("fe:Facturae", "Facturae").replace("xmlns:fe=", "xmlns=")
    return re.sub(r"<(FileHeader|Parties|Invoices)>", r'<\1 xmlns="">', text)


def all_qualified(text: str) -> str:
    """The root's namespace as the default one of all that is in it, as some programs get it wrong."""
    return text.replace("fe:Facturae", "Facturae").replace("xmlns:fe=", "xmlns=")


def empty(name: str, before: str) -> Write:
    return lambda text: text.replace(before, f"<{name}/>{before}", 1)


def numbers(change: str) -> Write:
    """Every number of two decimals, written otherwise."""
    return lambda text: re.sub(r">(-?[0-9]+\.[0-9]{2})</", lambda match: f">{change.format(match[1])}</", text)


SIGNATURE = f"""<ds:Signature xmlns:ds="{DS}" Id="Signature"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="urn:c"/><ds:SignatureMethod Algorithm="urn:s"/>
<ds:Reference><ds:DigestMethod Algorithm="urn:d"/><ds:DigestValue>AA==</ds:DigestValue></ds:Reference></ds:SignedInfo>
<ds:SignatureValue>AA==</ds:SignatureValue>
<ds:Object><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Target="#Signature"/></ds:Object>
</ds:Signature>"""


def ending(inserted: str) -> Write:
    return lambda text: text.replace("</fe:Facturae>", f"{inserted}</fe:Facturae>")


FACTURAE: dict[str, Write] = {
    **{f"prefix {name}": with_prefix(name) for name in ("m", "namespace", "ns2", "facturae", "n0", "_1-a.b")},
    "default namespace": by_default,
    "all in the namespace": all_qualified,
    "empty trade name": empty("TradeName", "<RegistrationData>"),
    "empty contact": empty("ContactDetails", "</Individual>"),
    "empty series": lambda text: re.sub("<InvoiceSeriesCode>2026A<", "<InvoiceSeriesCode><", text),
    "empty extensions": ending("<Extensions/>"),
    "empty legal literals": empty("LegalLiterals", "</Invoice>"),
    "empty additional data": empty("AdditionalData", "</Invoice>"),
    "more decimals": numbers("{}00"),
    "eight decimals": numbers("{}000000"),
    "nine decimals": numbers("{}0000000"),
    "leading zeros": numbers("00{}"),
    "plus signs": numbers("+{}"),
    "spaces around numbers": numbers(" {} "),
    "lines around numbers": numbers("\n{}\n"),
    "commas": lambda text: re.sub(r">([0-9]+)\.([0-9]{2})</", r">\1,\2</", text),
    "spaces around texts": lambda text: re.sub(r">(F-1|ca|FC|OO|2026-11-20)<", r"> \1 <", text),
    "time zones": lambda text: re.sub(r">(20[0-9]{2}-[0-9]{2}-[0-9]{2})<", r">\1+01:00<", text),
    "date and time": lambda text: re.sub(r">(2026-11-20)<", r">\1T00:00:00<", text),
    "signed at the end": ending(SIGNATURE),
    "signed twice": ending(SIGNATURE + SIGNATURE.replace('Id="Signature"', 'Id="Other"')),
    "signed at the start": lambda text: text.replace("<FileHeader>", f"{SIGNATURE}<FileHeader>", 1),
    "signature after extensions": ending(f"<Extensions/>{SIGNATURE}"),
    "signature before extensions": ending(f"{SIGNATURE}<Extensions/>"),
}


def content_in_facturae(text: str | bytes) -> tuple[InvoiceContent | None, bool]:
    """What is read of it, and whether the official schema takes it."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_document(data).content, official("3.2.2").validate(etree.fromstring(data))


@needs_schemas
@pytest.mark.parametrize("name", [*ANY, *FACTURAE])
@pytest.mark.parametrize("original", [VALID, WHOLE.replace(UTILITIES, DS).replace("u:UtilitiesExtension", "u:KeyName")])
def test_a_facturae_says_the_same_however_it_is_written_and_gets_the_official_verdict(original: str, name: str) -> None:
    original = original.replace("<Version>", "").replace("</Version>", "")
    usual = read_document(original.encode()).content
    assert usual is not None

    found, accepted = content_in_facturae((ANY | FACTURAE)[name](original))

    assert (found is not None) is accepted
    if found is not None:
        assert as_said(found) == as_said(usual, without_series=name == "empty series")


def as_said(content: InvoiceContent, *, without_series: bool = False) -> Any:
    """Without what is no part of what is said: the signature, the spelling of foreign elements."""
    details = replace(content.details, extensions=(), file_extensions=())
    lines = tuple(replace(line, extensions=()) for line in content.lines)
    series = None if without_series and content.series == "2026A" else content.series
    return replace(content, details=details, lines=lines, signed=False, series=series)


def prefixed(text: str) -> str:
    """Every element by a prefix of its own, declared where it stands."""
    root = etree.fromstring(text.encode())
    return re.sub(r"\bcbc\b", "b", re.sub(r"\bcac\b", "zz.1", etree.tostring(root, encoding="unicode")))


UBL: dict[str, Write] = {
    "other prefixes": lambda text: f"{DECLARATION}\n{prefixed(text)}",
    "root by a prefix": lambda text: re.sub(
        r"<(/?)Invoice\b", r"<\1inv:Invoice", text.replace("<Invoice xmlns=", "<Invoice xmlns:inv=")
    ),
    "spaces around dates": lambda text: re.sub(r">(20[0-9]{2}-[0-9]{2}-[0-9]{2})<", r"> \1 <", text),
    # Behind a number, the rules of EN 16931 count them as decimals.
    "spaces before numbers": lambda text: re.sub(r">([0-9]+\.[0-9]{2})<", r"> \1<", text),
    "one decimal less": lambda text: re.sub(r">([0-9]+\.[0-9]*?)0<", r">\1<", text),
    "commas": lambda text: re.sub(r">([0-9]+)\.([0-9]{2})<", r">\1,\2<", text),
}


@pytest.mark.parametrize("name", [*ANY, *UBL])
def test_a_ubl_document_says_the_same_however_it_is_written_and_gets_the_official_verdict(name: str) -> None:
    usual = read_document(ubl_files.VALID.encode()).content
    assert usual is not None

    text = (ANY | UBL)[name](ubl_files.VALID)
    data = text if isinstance(text, bytes) else text.encode()
    result = read_document(data)

    # libxml2 alone does not take the white space off around a date, which XML Schema says to do.
    accepted = is_valid(etree.fromstring(data)) or name == "spaces around dates"
    assert (not any(f.rule == "HF08" and f.severity is Severity.ERROR for f in result.findings)) is accepted
    assert (result.content is not None) is accepted
    if result.content is not None:
        assert as_said(result.content) == as_said(usual)
