"""Signatures that mean to deceive: each is INVALID, with the reason. python-xmlsec made the values, so they hold."""

from __future__ import annotations

import random
import re
import time
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from tramesa.documents.reading import read_document
from tramesa.documents.signatures.signing import sign_document
from tramesa.documents.signatures.verifying import verify_signature
from tramesa.documents.xml import open_document
from tramesa.models.domain.invoice import SignatureStatus
from tramesa.models.domain.signature import SignatureReport, findings_of
from tramesa.tests.facturae_files import VALID, edited
from tramesa.tests.signers import (
    C14N,
    DSIG,
    ENVELOPED,
    KEY,
    MORE,
    NOW,
    PROPERTIES,
    XPATH,
    anchors,
    holder,
    marta,
    named,
    reference,
    rsa_key,
    sign,
    template,
)

DOCUMENT = VALID.encode()
PART = "./Invoices"
FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"


def filtered(expression: str, how: str) -> str:
    """An expression of XML Signature Filter 2."""
    declared = f'xmlns:f="{FILTER}" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"'
    return f'<f:XPath {declared} Filter="{how}">{expression}</f:XPath>'


def verified(document: bytes) -> SignatureReport:
    return verify_signature(document, anchors(), now=NOW)


def assert_broken(document: bytes, detail: str) -> None:
    report = verified(document)

    assert (report.status, report.detail) == (SignatureStatus.INVALID, detail)
    assert [(one.rule, one.severity) for one in findings_of(report, required=False)] == [("HV01", "ERROR")]


def with_id(name: str, document: str = VALID) -> bytes:
    return document.replace("<Invoices>", f'<Invoices Id="{name}">').encode()


ALTERED = "The document was altered after it was signed."
NOT_COVERED = "It does not cover the whole document that it stands in."

SHAPES: list[tuple[str, dict[str, Any], str]] = [
    ("a part", {"references": (reference("#part", ()), PROPERTIES, KEY)}, NOT_COVERED),
    ("without itself", {"references": (PROPERTIES, KEY)}, NOT_COVERED),
    (
        "a transform for the whole on a part",
        {"references": (reference("#part", (ENVELOPED,)), PROPERTIES, KEY)},
        "The reference '#part' to a part uses a transform for the whole.",
    ),
    (
        "XPath that leaves out the lines",
        {
            "references": (
                reference("", (ENVELOPED, XPATH), inside="<ds:XPath>not(ancestor-or-self::Items)</ds:XPath>"),
                PROPERTIES,
                KEY,
            )
        },
        f"The transform '{XPATH}' is not accepted.",
    ),
    *(
        (
            f"Filter 2: {what}",
            {"references": (reference("", (ENVELOPED, FILTER), inside=filtered(expression, how)), PROPERTIES, KEY)},
            f"The transform '{FILTER}' is not accepted.",
        )
        for what, expression, how in (
            ("the lines left out", "/descendant::Items", "subtract"),
            ("signatures alone", "/descendant::ds:Signature", "intersect"),
            ("another's signatures", "/descendant::xades:Signature", "subtract"),
            ("more than signatures", "/descendant::ds:Signature | /descendant::Items", "subtract"),
        )
    ),
    (
        "the whole document many times",
        {"references": (*[reference()] * 4, PROPERTIES, KEY)},
        "4 references lead out of the signature; at most 3 are accepted.",
    ),
    (
        "digest MD5",
        {"references": (reference(digest=f"{MORE}md5"), PROPERTIES, KEY)},
        f"The digest method '{MORE}md5' is not accepted.",
    ),
    ("RSA with MD5", {"method": f"{MORE}rsa-md5"}, f"The signature method '{MORE}rsa-md5' is not accepted."),
    ("properties not signed", {"references": (reference(), KEY)}, "Its SignedProperties are not signed."),
    (
        "properties of another",
        {"target": "#Other"},
        "Its QualifyingProperties are another signature's (Target).",
    ),
    (
        "something else for its properties",
        {
            "references": (
                reference(),
                PROPERTIES,
                reference("#K", (), kind="http://uri.etsi.org/01903#SignedProperties"),
            )
        },
        "A reference takes something else for its SignedProperties.",
    ),
    (
        "another certificate named",
        {"certificate": named(holder("Somebody else"))},
        "Its SigningCertificate is another than the certificate whose key signed.",
    ),
    (
        "another serial number named",
        {"certificate": named(marta(), serial=7)},
        "Its SigningCertificate has the serial number of another certificate.",
    ),
    (
        "too many references",
        {"references": (reference(), PROPERTIES, *[KEY] * 20)},
        "It has 22 references; 1 to 16 are accepted.",
    ),
]


@pytest.mark.parametrize(("changes", "detail"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_a_signature_of_another_shape_is_broken_though_its_values_hold(changes: dict[str, Any], detail: str) -> None:
    assert_broken(sign(with_id("part"), marta(), **changes), detail)


REWRITTEN: list[tuple[str, Callable[[str], str], str]] = [
    (
        "canonicalisation first",
        lambda text: text.replace(
            f'<ds:Transform Algorithm="{ENVELOPED}"',
            f'<ds:Transform Algorithm="{C14N}"/><ds:Transform Algorithm="{ENVELOPED}"',
            1,
        ),
        f"The transform '{C14N}' is not accepted.",
    ),
    (
        "no reference",
        lambda text: re.sub("<ds:Reference.*</ds:Reference>", "", text, flags=re.DOTALL),
        "It has 0 references; 1 to 16 are accepted.",
    ),
    (
        "an empty digest",
        lambda text: re.sub("<ds:DigestValue>[^<]+", "<ds:DigestValue>", text, count=1),
        "DigestValue does not hold data in BASE64.",
    ),
    (
        "no value",
        lambda text: re.sub("(?s)<ds:SignatureValue>.*?<", "<ds:SignatureValue><", text),
        "SignatureValue does not hold data in BASE64.",
    ),
    (
        "no URI",
        lambda text: text.replace(' URI=""', ""),
        "Its value was not made over its SignedInfo by the key of a certificate in it.",
    ),
    (
        "http",
        lambda text: text.replace(' URI=""', ' URI="http://example.org/x"'),
        "A reference leads outside the document or is of an unknown kind: 'http://example.org/x'.",
    ),
    (
        "file",
        lambda text: text.replace(' URI=""', ' URI="file:///etc/passwd"'),
        "A reference leads outside the document or is of an unknown kind: 'file:///etc/passwd'.",
    ),
    (
        "XPointer",
        lambda text: text.replace(' URI=""', ' URI="#xpointer(/)"'),
        "A reference leads outside the document or is of an unknown kind: '#xpointer(/)'.",
    ),
    (
        "nowhere",
        lambda text: text.replace(' URI=""', ' URI="#x"'),
        "No element has the Id 'x', which must be one element's.",
    ),
    (
        "base64",
        lambda text: text.replace(ENVELOPED, f"{DSIG}base64", 1),
        f"The transform '{DSIG}base64' is not accepted.",
    ),
    (
        "XSLT",
        lambda text: text.replace(ENVELOPED, "http://www.w3.org/TR/1999/REC-xslt-19991116", 1),
        "The transform 'http://www.w3.org/TR/1999/REC-xslt-19991116' is not accepted.",
    ),
    (
        "canonicalisation unknown",
        lambda text: text.replace(f'Method Algorithm="{C14N}"', 'Method Algorithm="urn:x"', 1),
        "The canonicalisation 'urn:x' is not accepted.",
    ),
    (
        "KeyValue only",
        lambda text: re.sub("(?s)<ds:X509Data>.*</ds:X509Data>", "<ds:KeyValue/>", text),
        "It holds no certificate (X509Certificate).",
    ),
    (
        "certificate is none",
        lambda text: re.sub(
            "(?s)<ds:X509Data>.*</ds:X509Data>",
            "<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>",
            text,
        ),
        "The certificate in it cannot be read.",
    ),
    (
        "two SignedInfo",
        lambda text: text.replace("<ds:SignedInfo>", "<ds:SignedInfo/><ds:SignedInfo>"),
        "There are 2 SignedInfo elements where there must be one.",
    ),
    (
        "two values",
        lambda text: text.replace("<ds:SignatureValue>", "<ds:SignatureValue/><ds:SignatureValue>"),
        "There are 2 SignatureValue elements where there must be one.",
    ),
    ("two KeyInfo", lambda text: text.replace("<ds:KeyInfo ", "<ds:KeyInfo/><ds:KeyInfo "), "It has several KeyInfo."),
    (
        "two QualifyingProperties",
        lambda text: re.sub("(?s)(<ds:Object>.*</ds:Object>)", r"\1\1", text),
        "It has several QualifyingProperties.",
    ),
    (
        "an Id twice",
        lambda text: text.replace("<Invoices>", '<Invoices id="P">'),
        "Several elements have the Id 'P', which must be one element's.",
    ),
    (
        "its own Id twice",
        lambda text: text.replace("<Invoices>", '<Invoices xml:id="S">'),
        "Several elements have the Id 'S', which must be one element's.",
    ),
    (
        "the value of another",
        lambda text: re.sub("(?s)<ds:SignatureValue>.*?<", "<ds:SignatureValue>AAAA<", text),
        "Its value was not made over its SignedInfo by the key of a certificate in it.",
    ),
    (
        "BASE64 written otherwise",
        lambda text: re.sub(
            "([A-Za-z0-9+/])==(\\s*</ds:SignatureValue>)", lambda found: chr(ord(found[1]) + 1) + "==" + found[2], text
        ),
        "SignatureValue does not hold data in BASE64.",
    ),
    (
        "twice in the document",
        lambda text: re.sub("(?s)(<ds:Signature .*</ds:Signature>)", r"\1\1", text),
        "Several elements have the Id 'S', which must be one element's.",
    ),
    (
        "xml:lang around it",
        lambda text: text.replace("<fe:Facturae ", '<fe:Facturae xml:lang="ca" '),
        "Xml: attributes around what is signed are not supported.",
    ),
    ("a PI after the root", lambda text: text + "<?x y?>", ALTERED),
    ("a PI inside", lambda text: text.replace("<Invoices>", "<?x y?><Invoices>"), ALTERED),
    ("an element more", lambda text: text.replace("<Invoices>", "<Invoices><a/>"), ALTERED),
    (
        "another prefix",
        lambda text: text.replace("<fe:", "<f:").replace("</fe:", "</f:").replace(":fe=", ":f="),
        "Its value was not made over its SignedInfo by the key of a certificate in it.",
    ),
    ("an amount", lambda text: text.replace("95.40", "95.41"), ALTERED),
]


@pytest.mark.parametrize(("change", "detail"), [one[1:] for one in REWRITTEN], ids=[one[0] for one in REWRITTEN])
def test_what_was_changed_after_signing_is_broken(change: Callable[[str], str], detail: str) -> None:
    signed = sign(DOCUMENT, marta()).decode()
    changed = change(signed)
    assert changed != signed

    assert_broken(changed.encode(), detail)


def test_own_parts_that_are_large_are_not_gone_through_many_times() -> None:
    many = (reference(), *[reference("#O", ())] * 12, PROPERTIES)
    large = f'<ds:Object Id="O">{"<a/>" * 17_000}</ds:Object></ds:Signature>'

    signed = sign(DOCUMENT, marta(), template(marta(), references=many).replace("</ds:Signature>", large))

    assert_broken(signed, "Its references to its own parts are to more than 200000 elements together.")


@pytest.mark.parametrize("method", [f"{DSIG}hmac-sha1", f"{MORE}hmac-sha256", f"{MORE}hmac-sha512"])
def test_hmac_with_the_public_key_is_broken(method: str) -> None:
    public = marta().key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = sign(DOCUMENT, marta(), method=method, hmac=public)

    assert_broken(signed, f"The signature method '{method}' is not accepted.")


@pytest.mark.parametrize(
    "place", ["./Invoices", "./Parties/SellerParty", "./Invoices/Invoice/Items/InvoiceLine", "./FileHeader"]
)
def test_a_signature_deep_in_the_document_is_broken_though_it_holds(place: str) -> None:
    assert_broken(sign(DOCUMENT, marta(), place=place), "It stands where the signature of the document cannot stand.")


def test_a_signature_as_the_document_is_broken() -> None:
    assert_broken(template(marta()).encode(), "It stands where the signature of the document cannot stand.")


WRAPPERS = ("Extensions", "Invoices", "ds:Object")


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("moved", [True, False])
def test_a_signed_document_wrapped_in_another_is_broken(wrapper: str, moved: bool) -> None:
    """The classic: the signed bytes are all there, intact, and what is read is something else."""
    identified = DOCUMENT.replace(b"<fe:Facturae ", b'<fe:Facturae Id="D" ')
    signed = etree.fromstring(sign(identified, marta(), references=(reference("#D"), PROPERTIES, KEY)))
    assert verified(etree.tostring(signed)).status is SignatureStatus.VALID
    forged = etree.fromstring(edited(("12345678Z", "99999999R")))
    signature = signed.find(f"{{{DSIG}}}Signature")
    assert signature is not None
    if moved:
        signed.remove(signature)
    if wrapper == "ds:Object":
        etree.SubElement(signature, f"{{{DSIG}}}Object").append(signed) if moved else None
        forged.append(signature)
    else:
        etree.SubElement(forged, wrapper).append(signed)
        if moved:
            forged.append(signature)

    report = verified(etree.tostring(forged))

    assert report.status is SignatureStatus.INVALID


def test_comments_and_cdata_change_neither_the_signature_nor_what_is_read() -> None:
    signed = sign(DOCUMENT, marta())
    dressed = (
        signed.replace(b"<InvoiceTotal>95.40", b"<InvoiceTotal>9<!-- 1 -->5.4<![CDATA[0]]>")
        .replace(b"<DigestValue>", b"<DigestValue><!-- here -->")
        .replace(b"<fe:Facturae ", b"<!-- before --><fe:Facturae ")
    )

    assert dressed != signed
    assert verified(dressed).status is SignatureStatus.VALID
    assert read_document(dressed).content == read_document(signed).content


def test_no_byte_of_a_signed_document_can_be_changed() -> None:
    """A sweep over the texts and attribute values of document and signature, each with another letter or digit."""
    signed = sign_document(DOCUMENT, marta().credentials(), now=NOW)
    start = signed.index(b"<fe:Facturae")
    inside = [
        match.start() + offset
        for match in re.finditer(rb'>[^<]*[^<\s][^<]*<| [A-Z]\w+="[^"]+"', signed)
        for offset in range(match.group().index(b'"') + 1 if b'"' in match.group() else 1, len(match.group()) - 1)
        if match.start() > start and re.match(rb"\w", signed[match.start() + offset :])
    ]
    chosen = random.Random(20261125).sample(inside, 300)

    survivors = []
    for position in chosen:
        other = b"1" if signed[position : position + 1] != b"1" else b"2"
        changed = signed[:position] + other + signed[position + 1 :]
        if verified(changed).status is not SignatureStatus.INVALID and open_document(changed).root is not None:
            survivors.append(signed[position - 20 : position + 10])

    assert survivors == []


def declared(prefix: str) -> str:
    return " ".join(f'xmlns:{prefix}{place}="urn:{place}"' for place in range(250))


HEAVY: dict[str, tuple[str, str, str]] = {
    "many namespaces in scope": (
        "<Invoices>",
        f"<Invoices {declared('p')}><a {declared('q')}>" + "<a/>" * 100_000 + "</a>",
        "There are too many namespace declarations.",
    ),
    "200,000 Ids": (
        "<Invoices>",
        "<Invoices>" + "".join(f'<a Id="a{place}"/>' for place in range(200_000)),
        ALTERED,
    ),
    "many signatures": (
        "<Invoices>",
        f"<ds:Signature xmlns:ds='{DSIG}'/>" * 4 + "<Invoices>",
        "There are 5 signatures; at most 3 are accepted.",
    ),
    "a namespace that is no address": (
        "<Invoices>",
        "<Invoices xmlns:p='a'>",
        "The document has no canonical form (C14N failed).",
    ),
}


@pytest.mark.parametrize("name", HEAVY)
def test_what_would_take_minutes_is_refused_at_once(name: str) -> None:
    old, new, detail = HEAVY[name]
    document = sign(DOCUMENT, marta()).decode().replace(old, new, 1).encode()

    started = time.process_time()
    assert_broken(document, detail)

    assert time.process_time() - started < 2


def test_mutilated_signatures_are_told_about_and_raise_nothing() -> None:
    signed = sign(DOCUMENT, marta())
    start = signed.index(b"<ds:Signature ")
    chance = random.Random(7)
    unharmed = []

    for _ in range(300):
        cut, length = chance.randrange(start, len(signed)), chance.randrange(0, 40)
        junk = bytes(chance.choices(b"<>/=\"' ABCds:#&;\xc3\xa9", k=chance.randrange(0, 12)))
        mutilated = signed[:cut] + junk + signed[cut + length :]
        if verified(mutilated).status not in {SignatureStatus.INVALID, SignatureStatus.ABSENT}:
            unharmed.append(mutilated)

    assert {b"".join(one.split()) for one in unharmed} == {b"".join(signed.split())}


def test_mutilated_certificates_are_told_about_and_raise_nothing() -> None:
    chance = random.Random(11)
    der = marta().certificate.public_bytes(Encoding.DER)
    statuses = []

    for _ in range(200):
        place = chance.randrange(len(der))
        changed = der[:place] + bytes([chance.randrange(256)]) + der[place + 1 :]
        statuses.append(verified(with_certificate(changed)).status)

    assert set(statuses) <= {SignatureStatus.INVALID, SignatureStatus.VALID}


def with_certificate(der: bytes) -> bytes:
    signed = signed_once()
    return re.sub(b"(?s)<ds:X509Certificate>.*?<", b"<ds:X509Certificate>" + b64encode(der) + b"<", signed, count=1)


@cache
def signed_once() -> bytes:
    return sign(DOCUMENT, marta())


def test_a_key_of_1024_bits_proves_nothing() -> None:
    weak = holder("WEAK - 12345678Z", key=rsa_key(1024))

    report = verify_signature(sign(DOCUMENT, weak), anchors(weak), now=NOW)

    assert (report.status, report.detail) == (
        SignatureStatus.UNTRUSTED,
        "The certificate cannot be built on: its RSA key has 1024 bits; 2048 to 8192 are accepted.",
    )
