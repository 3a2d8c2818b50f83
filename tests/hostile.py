"""Documents that mean harm: by name, how to make one of about so many bytes, and what it must be refused with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tramesa.tests.facturae_files import VALID
from tramesa.tests.ubl_files import VALID as UBL_VALID

FACTURAE = VALID.encode()
UBL = UBL_VALID.encode()
ROOT = FACTURAE[FACTURAE.index(b"<fe:Facturae") :]
"""The valid document without its declaration."""

DTD = "The document has a document type declaration (DTD)"
MALFORMED = "The document is not well-formed XML."
CROWDED = "The document has too many attributes or namespaces."
DEEP = "The document's elements are nested too deeply."
MANY = "The document has too many elements and attributes."
LARGE = "The document is larger than 10 MB."
UNKNOWN = "The document is written in an encoding that is not accepted"
UNDECODABLE = "The document has bytes that are not"

XSI = b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
DS = b' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
SBDH = b"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"


@dataclass(frozen=True)
class Bait:
    """What an attack tries to have opened: a folder of files, and a server's address."""

    folder: str = "/nowhere"
    server: str = "http://127.0.0.1:9"


Make = Callable[[int, Bait], bytes]
ATTACKS: dict[str, tuple[Make, str | None]] = {}
"""By name, the maker and the start of the first error's message; None where there is no error."""


def attack(name: str, says: str | None) -> Callable[[Make], Make]:
    def kept(make: Make) -> Make:
        ATTACKS[name] = make, says
        return make

    return kept


def of(name: str, says: str | None, make: Callable[[int], bytes]) -> None:
    """One that needs no bait."""
    ATTACKS[name] = (lambda size, _: make(size)), says


def instead(old: bytes, new: bytes, document: bytes = FACTURAE) -> bytes:
    if old not in document:
        raise ValueError(f"{old!r} is not in the document")
    return document.replace(old, new, 1)


def before(end: bytes, new: bytes, document: bytes = FACTURAE) -> bytes:
    return instead(end, new + end, document)


def with_dtd(inner: bytes, reference: bytes = b"F-1") -> bytes:
    return (
        b'<?xml version="1.0"?>\n<!DOCTYPE Facturae ['
        + inner
        + b"]>\n"
        + instead(b">F-1<", b">" + reference + b"<", ROOT)
    )


def numbered(pattern: bytes, size: int) -> bytes:
    """The pattern with growing numbers, about ``size`` bytes of it."""
    return b" ".join(pattern.replace(b"#", b"%d" % at) for at in range(size // (len(pattern) + 5)))


def repeated(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


def in_root(attributes: bytes, document: bytes = ROOT) -> bytes:
    return instead(b"<fe:Facturae ", b"<fe:Facturae " + attributes + b" ", document)


# Entities, DTDs, and what leads elsewhere

LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (at, b"&l%d;" % (at - 1) * 10) for at in range(1, 12))
of("billion laughs", DTD, lambda _: with_dtd(b'<!ENTITY l0 "ha">' + LAUGHS, b"&l11;"))
of("quadratic entities", DTD, lambda size: with_dtd(b'<!ENTITY a "' + b"x" * (size // 2) + b'">', b"&a;" * (size // 6)))
of("entity in an attribute", DTD, lambda _: with_dtd(b'<!ENTITY a "x"><!ATTLIST Facturae b CDATA "&a;">'))
of("endless entity", DTD, lambda _: with_dtd(b'<!ENTITY a "&b;"><!ENTITY b "&a;">', b"&a;"))
of("unknown entity", MALFORMED, lambda _: instead(b">F-1<", b">&foo;<"))
of("DTD in UTF-16", DTD, lambda _: with_dtd(b'<!ENTITY a "x">', b"&a;").decode().encode("utf-16"))
of("DTD in UTF-16 without mark", DTD, lambda _: with_dtd(b'<!ENTITY a "x">', b"&a;").decode().encode("utf-16-be"))
of("DTD after a mark", DTD, lambda _: b"\xef\xbb\xbf<!DOCTYPE a>" + ROOT)
of("DTD after comments", DTD, lambda size: repeated(b"<!-- a --><?b c?>\n", size // 4) + b"<!DOCTYPE a>" + ROOT)
of("DTD within an envelope", MALFORMED, lambda _: in_envelope(b'<!DOCTYPE a [<!ENTITY a "b">]>' + ROOT))
of("DTD in the root", MALFORMED, lambda _: before(b"<FileHeader>", b"<!DOCTYPE a>"))


@attack("external entity of a file", DTD)
def _(_: int, bait: Bait) -> bytes:
    return with_dtd(b'<!ENTITY a SYSTEM "file://%s/secret.txt">' % bait.folder.encode(), b"&a;")


@attack("external entity of a server", DTD)
def _(_: int, bait: Bait) -> bytes:
    return with_dtd(b'<!ENTITY a SYSTEM "%s/a.txt">' % bait.server.encode(), b"&a;")


@attack("parameter entity", DTD)
def _(_: int, bait: Bait) -> bytes:
    return with_dtd(b'<!ENTITY %% a SYSTEM "file://%s/a.dtd"> %%a;' % bait.folder.encode())


@attack("external DTD", DTD)
def _(_: int, bait: Bait) -> bytes:
    return b'<!DOCTYPE Facturae SYSTEM "%s/a.dtd">' % bait.folder.encode() + ROOT


@attack("external DTD of a server", DTD)
def _(_: int, bait: Bait) -> bytes:
    return b'<!DOCTYPE Facturae PUBLIC "a" "%s/a.dtd">' % bait.server.encode() + ROOT


@attack("XInclude", "xi:include does not belong in Facturae.")
def _(_: int, bait: Bait) -> bytes:
    name = b"http://www.w3.org/2001/XInclude"
    return before(
        b"</fe:Facturae>",
        b'<xi:include xmlns:xi="%s" href="%s/secret.txt" parse="text"/>' % (name, bait.folder.encode()),
    )


@attack("schema hints", None)
def _(_: int, bait: Bait) -> bytes:
    folder, server = bait.folder.encode(), bait.server.encode()
    hints = b'%s xsi:schemaLocation="urn:x %s/a.xsd urn:y %s/a.xsd"' % (XSI, folder, server)
    return in_root(hints + b' xsi:noNamespaceSchemaLocation="%s/a.xsd"' % folder)


@attack("schema hints in an extension", None)
def _(_: int, bait: Bait) -> bytes:
    hint = b'xsi:schemaLocation="urn:x file://%s/a.xsd"' % bait.folder.encode()
    approved = b"http://www.facturae.es/Facturae/Extensions/Utilities"
    extension = b'<Extensions><x:a xmlns:x="%s"%s %s/></Extensions>' % (approved, XSI, hint)
    return before(b"</fe:Facturae>", extension)


@attack("schema hints of UBL", None)
def _(_: int, bait: Bait) -> bytes:
    hints = b'%s xsi:schemaLocation="urn:x %s/a.xsd"' % (XSI, bait.folder.encode())
    return instead(b"<Invoice ", b"<Invoice" + hints + b" ", UBL)


@attack("stylesheets", None)
def _(_: int, bait: Bait) -> bytes:
    folder, server = bait.folder.encode(), bait.server.encode()
    sheets = b'<?xml-stylesheet type="text/xsl" href="%s/a.xsl"?><?xml-model href="%s/a.rng"?>' % (folder, server)
    return sheets + ROOT


@attack("signature over a file", None)
def _(_: int, bait: Bait) -> bytes:
    reference = b'<ds:Reference URI="file://%s/secret.txt"><ds:DigestMethod Algorithm="a"/>' % bait.folder.encode()
    reference += b"<ds:DigestValue>TWFu</ds:DigestValue></ds:Reference>"
    info = b'<ds:CanonicalizationMethod Algorithm="a"/><ds:SignatureMethod Algorithm="a"/>' + reference
    key = b'<ds:KeyInfo><ds:RetrievalMethod URI="%s/a"/></ds:KeyInfo>' % bait.server.encode()
    inner = b"<ds:SignedInfo>%s</ds:SignedInfo><ds:SignatureValue>TWFu</ds:SignatureValue>%s" % (info, key)
    return before(b"</fe:Facturae>", b"<ds:Signature%s>%s</ds:Signature>" % (DS, inner))


# Too much of something

of("deep", DEEP, lambda size: before(b"</fe:Facturae>", repeated(b"<a>", size // 2) + repeated(b"</a>", size // 2)))
of("deep and open", DEEP, lambda size: ROOT[: ROOT.index(b"<Parties>")] + repeated(b"<a>", min(size, 2_000_000)))
of(
    "deep beside a long text",
    DEEP,
    lambda _: before(b"</fe:Facturae>", b"<a>" * 300 + b"x" * 10_000_001 + b"</a>" * 300)[:10_485_760],
)
of("attributes", CROWDED, lambda size: in_root(numbered(b'a#="1"', size)))
of("attributes twice", MALFORMED, lambda size: in_root(repeated(b'a="1" ', size)))
of(
    "attributes of a late element",
    CROWDED,
    lambda size: before(b"</Items>", b"<a/>" * 4000 + b"<a " + numbered(b'a#="1"', size) + b"/>"),
)
of(
    "attributes of UBL",
    CROWDED,
    lambda size: instead(b"<Invoice ", b"<Invoice " + numbered(b'a#="1"', size) + b" ", UBL),
)
of("namespaces", CROWDED, lambda size: in_root(numbered(b'xmlns:a#="u#"', size)))
of("attributes of namespaces", CROWDED, lambda size: in_root(numbered(b'xmlns:a#="u" a#:b="1"', size)))
of("nested namespaces", CROWDED, lambda _: before(b"</fe:Facturae>", nested_namespaces()))
of("namespaces that expat minds", CROWDED, lambda size: in_root(b'xmlns:z="a b" ' + numbered(b'a#="1"', size)))
of("namespaces that are not declared", MALFORMED, lambda size: in_root(b'z:z="1" ' + numbered(b'a#="1"', size)))
of("empty lines", "ItemDescription is missing", lambda size: before(b"</Items>", repeated(b"<InvoiceLine/>", size)))
of(
    "wrong lines",
    "ItemDescription is missing",
    lambda size: before(b"</Items>", repeated(b"<InvoiceLine><Quantity>x</Quantity></InvoiceLine>", size)),
)
of("unknown elements", "a does not belong in Items.", lambda size: before(b"</Items>", repeated(b"<a/>", size)))
of("unknown names", "a0 does not belong in Items.", lambda size: before(b"</Items>", numbered(b"<a#/>", size)))
of(
    "lines out of order",
    "Quantity stands too early",
    lambda size: before(
        b"</Items>",
        b"<InvoiceLine>"
        + repeated(b"<Quantity>1</Quantity><ItemDescription>a</ItemDescription>", size)
        + b"</InvoiceLine>",
    ),
)
of("empty invoices", "InvoiceHeader is missing", lambda size: before(b"</Invoices>", repeated(b"<Invoice/>", size)))
of("empty taxes", "TaxTypeCode is missing", lambda size: before(b"</TaxesOutputs>", repeated(b"<Tax/>", size)))
of(
    "empty parts of a signature",
    "ds:SignedInfo is missing",
    lambda size: before(
        b"</fe:Facturae>",
        b"<ds:Signature%s><ds:Object>" % DS + repeated(b"<ds:KeyName/>", size) + b"</ds:Object></ds:Signature>",
    ),
)
of(
    "references of a signature",
    "ds:CanonicalizationMethod is missing",
    lambda size: before(
        b"</fe:Facturae>",
        b"<ds:Signature%s><ds:SignedInfo>" % DS
        + repeated(b'<ds:Reference URI=""/>', size)
        + b"</ds:SignedInfo></ds:Signature>",
    ),
)
of(
    "one id",
    "ds:SignedInfo is missing",
    lambda size: before(
        b"</fe:Facturae>",
        b"<ds:Signature%s><ds:Object>" % DS + repeated(b'<ds:KeyInfo Id="a"/>', size) + b"</ds:Object></ds:Signature>",
    ),
)
of(
    "signatures",
    "ds:SignedInfo is missing",
    lambda size: before(b"</fe:Facturae>", repeated(b"<ds:Signature%s/>" % DS, size)),
)
of(
    "types of instances",
    "ItemDescription is missing",
    lambda size: in_root(
        XSI, before(b"</Items>", repeated(b'<InvoiceLine xsi:type="fe:InvoiceLineType"/>', size), ROOT)
    ),
)
of(
    "comments in a text",
    "ItemDescription is too long",
    lambda size: instead(b"Hores de feina", repeated(b"a<!-- -->", size)),
)
of(
    "sections in a text",
    "ItemDescription is too long",
    lambda size: instead(b"Hores de feina", repeated(b"<![CDATA[a]]>", size)),
)
of(
    "references in a text",
    "ItemDescription is too long",
    lambda size: instead(b"Hores de feina", repeated(b"&#65;", size)),
)
of("instructions", None, lambda size: repeated(b"<?a b?>", size) + ROOT)
of("comments before", None, lambda size: repeated(b"<!-- -->\n", size) + ROOT)
of("unclosed comments before", MALFORMED, lambda size: repeated(b"<!--", size // 8) + ROOT)
of("spaces before", None, lambda size: b" " * size + FACTURAE)
of("long text", "ItemDescription is too long", lambda size: instead(b"Hores de feina", b"x" * size))
of(
    "long number",
    "The number Quantity cannot be read",
    lambda size: instead(b"<Quantity>2<", b"<Quantity>" + b"9" * size + b"<"),
)
of(
    "long amount",
    "The amount TotalCost cannot be read",
    lambda size: instead(b"<TotalCost>100.00<", b"<TotalCost>" + b"9" * size + b"<"),
)
of("long name", MALFORMED, lambda size: before(b"</Items>", b"<" + b"a" * size + b"/>"))
of("long namespace", None, lambda size: instead(b"<Items>", b'<Items xmlns:a="' + b"a" * size + b'">'))
of("long namespace of the root", "This version of Facturae", lambda size: b'<Facturae xmlns="' + b"a" * size + b'"/>')
of("larger than 10 MB", LARGE, lambda _: instead(b"Hores de feina", b"x" * 10_485_760))
of(
    "empty lines of UBL",
    "ID is missing in InvoiceLine.",
    lambda size: before(b"</Invoice>", repeated(b"<cac:InvoiceLine/>", size), UBL),
)
of(
    "unknown elements of UBL",
    "a does not belong in Invoice.",
    lambda size: before(b"</Invoice>", repeated(b"<a/>", size), UBL),
)
of(
    "nested parties of UBL",
    "EndpointID stands too late",
    lambda _: instead(b"<cac:Party>", b"<cac:Party>" + b"<cac:AgentParty>" * 240 + b"</cac:AgentParty>" * 240, UBL),
)
of("envelopes", "The document is of an unknown format.", lambda _: in_envelope(in_envelope(ROOT)))
PREFIXES = b"".join(b' xmlns:p%d="urn:%d"' % (at, at) for at in range(45))
of(
    "envelope of prefixes",
    "The document is of an unknown format.",
    lambda size: in_envelope(b"<a>" + b" q:'q:" * (size // 6) + b"</a>", PREFIXES),
)
of(
    "envelope of many",
    "The envelope has more than one document inside.",
    lambda size: in_envelope(repeated(b"<a/>", size)),
)


@attack("extensions of UBL", None)
def _(size: int, _: Bait) -> bytes:
    one = b'<ext:UBLExtension><ext:ExtensionContent><x:a xmlns:x="urn:x"/></ext:ExtensionContent></ext:UBLExtension>'
    name = b"urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
    block = b'<ext:UBLExtensions xmlns:ext="%s">%s</ext:UBLExtensions>' % (name, repeated(one, size))
    start = UBL.index(b">", UBL.index(b"<Invoice")) + 1
    return UBL[:start] + block + UBL[start:]


def nested_namespaces() -> bytes:
    opened = [b"<a %s>" % b" ".join(b'xmlns:n%dx%d="u"' % (level, at) for at in range(100)) for level in range(20)]
    return b"".join(opened) + b"</a>" * 20


def in_envelope(inner: bytes, declared: bytes = b"") -> bytes:
    name = b"StandardBusinessDocument"
    return b'<%s xmlns="%s"%s><%sHeader/>%s</%s>' % (name, SBDH, declared, name, inner, name)


# Bytes that are no text

of("nothing", "The document is empty.", lambda _: b"")
of("only spaces", "The document is empty.", lambda size: b" \n" * (size // 2))
of("UTF-32", UNKNOWN, lambda _: VALID.encode("utf-32"))
of("UTF-7", UNKNOWN, lambda _: b'<?xml version="1.0" encoding="UTF-7"?>' + ROOT)
of("EBCDIC", UNKNOWN, lambda _: VALID.replace("UTF-8", "cp500").encode("cp500", "replace"))
of("an encoding of nobody", UNKNOWN, lambda _: b'<?xml version="1.0" encoding="no-such"?>' + ROOT)
of(
    "UTF-16 that is not",
    "The document says that it is written in UTF-16",
    lambda _: b'<?xml version="1.0" encoding="UTF-16"?>' + ROOT,
)
of("UTF-8 that is not", UNDECODABLE, lambda _: instead(b">F-1<", b">\xe9<"))
of(
    "ASCII that is not",
    UNDECODABLE,
    lambda _: instead(b">F-1<", b">\xc3\xa9<", FACTURAE.replace(b'"UTF-8"', b'"US-ASCII"')),
)
of("half a letter", UNDECODABLE, lambda _: instead(b">F-1<", b">\xc3<"))
of("overlong slash", UNDECODABLE, lambda _: instead(b">F-1<", b">\xc0\xaf<"))
of("lone surrogate", UNDECODABLE, lambda _: instead(b">F-1<", b">\xed\xa0\x80<"))
of(
    "lone surrogate in UTF-16",
    UNDECODABLE,
    lambda _: VALID.encode("utf-16").replace("F-1".encode("utf-16-le"), b"F\0\0\xd8"),
)
of("lone surrogate by number", MALFORMED, lambda _: instead(b">F-1<", b">&#xD800;<"))
of("U+FFFE", MALFORMED, lambda _: instead(b">F-1<", b">\xef\xbf\xbe<"))
of("NUL", MALFORMED, lambda _: instead(b">F-1<", b">\0<"))
of("NUL by number", MALFORMED, lambda _: instead(b">F-1<", b">&#0;<"))
of("control character", MALFORMED, lambda _: instead(b">F-1<", b">\x01<"))
of("XML 1.1", MALFORMED, lambda _: b'<?xml version="1.1"?>' + instead(b">F-1<", b">&#1;<", ROOT))
of("C1 controls", None, lambda _: instead(b">F-1<", b">\xc2\x85\xc2\x80<"))
