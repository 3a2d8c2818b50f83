"""Signatures as programs of several kinds shape them, genuine and tampered with: right ones hold, wrong ones do not."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner, methods
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESSignaturePolicy, XAdESSigner

from tramesa.documents.signatures.issuer_names import is_issuer
from tramesa.documents.signatures.properties import POLICY_3_1, POLICY_DIGESTS
from tramesa.documents.signatures.verifying import verify_signature
from tramesa.models.domain.invoice import SignatureStatus
from tramesa.tests.facturae_files import VALID
from tramesa.tests.signers import (
    DSIG,
    KEY,
    NOW,
    PROPERTIES,
    XPATH,
    anchors,
    holder,
    marta,
    named,
    reference,
    root,
    sign,
    template,
)

VALID_ONE, UNTRUSTED, INVALID = SignatureStatus.VALID, SignatureStatus.UNTRUSTED, SignatureStatus.INVALID
DOCUMENT = VALID.encode()

POLICY = XAdESSignaturePolicy(
    Identifier=POLICY_3_1,
    Description="Política de Firma FacturaE v3.1",
    DigestMethod=DigestAlgorithm.SHA256,
    DigestValue=POLICY_DIGESTS[DigestAlgorithm.SHA256.value],
)


class Signer(XAdESSigner):
    """signxml's, at the tests' time rather than today's."""

    def add_signing_time(self, signed_signature_properties: Any, sig_root: Any, signing_settings: Any) -> None:
        """Write the time of signing."""
        del sig_root, signing_settings
        time = etree.SubElement(signed_signature_properties, "{http://uri.etsi.org/01903/v1.3.2#}SigningTime")
        time.text = NOW.isoformat(timespec="seconds")


def by_signxml(**changes: Any) -> bytes:
    """A XAdES-EPES signature as signxml writes it on its own."""
    signer = Signer(signature_policy=POLICY, claimed_roles=["emisor"], **changes)
    chain = [marta().certificate, *marta().chain]
    return etree.tostring(signer.sign(etree.fromstring(DOCUMENT), key=marta().key, cert=chain), encoding="UTF-8")


def with_unsigned(*inside: str) -> bytes:
    """Signed, and with unsigned properties added later, as XAdES-T, -C, -X and -XL do."""
    added = f"""<xades:UnsignedProperties><xades:UnsignedSignatureProperties>{"".join(inside)}
</xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>"""
    return sign(DOCUMENT, marta()).replace(b"</xades:QualifyingProperties>", added.encode())


TIMESTAMP = """<xades:SignatureTimeStamp Id="TS">
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
<xades:EncapsulatedTimeStamp>MIIB</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"""
VALUES = """<xades:CertificateValues><xades:EncapsulatedX509Certificate>MIIB
</xades:EncapsulatedX509Certificate></xades:CertificateValues>
<xades:RevocationValues><xades:OCSPValues><xades:EncapsulatedOCSPValue>MIIB</xades:EncapsulatedOCSPValue>
</xades:OCSPValues></xades:RevocationValues>"""
COUNTER = f"""<xades:CounterSignature><ds:Signature xmlns:ds="{DSIG}" Id="Counter"><ds:SignedInfo/></ds:Signature>
</xades:CounterSignature>"""


def moved_up() -> bytes:
    """Signed where the signature stands before the invoices: the enveloped transform does not care where."""
    changed = DOCUMENT.replace(b"<Parties>", b'<Parties Id="parties">')
    tree = etree.fromstring(sign(changed, marta()))
    tree.insert(1, tree[-1])
    return etree.tostring(tree, encoding="UTF-8")


def with_object() -> bytes:
    """A part of the signature that says something more, and is signed too."""
    extra = (reference(), reference("#P", ()), reference("#O", ()))
    whole = template(marta(), references=extra)
    more = f'<ds:Object xmlns:ds="{DSIG}" Id="O"><note xmlns="urn:n">Marta</note></ds:Object></ds:Signature>'
    return sign(DOCUMENT, marta(), whole.replace("</ds:Signature>", more))


def unprefixed() -> bytes:
    """With XML Signature as the default namespace, as the .NET framework and many programs for Node write it."""
    whole = template(marta()).replace("xmlns:ds=", "xmlns=").replace("<ds:", "<").replace("</ds:", "</")
    return sign(DOCUMENT, marta(), whole)


def cut_by(algorithm: str, expression: str, namespace: str = DSIG) -> bytes:
    """Left out of what it signs by an expression instead of the enveloped transform."""
    filter_ = ' Filter="subtract"' if namespace == FILTER else ""
    inside = f'<f:XPath xmlns:f="{namespace}"{filter_}>{expression}</f:XPath>'
    return sign(DOCUMENT, marta(), references=(reference("", (algorithm,), inside=inside), PROPERTIES, KEY))


def beside_an_instruction() -> bytes:
    """Of the root element by its Id: what stands beside that is not signed."""
    document = re.sub(
        b"<(FileHeader|Parties|Invoices)>", rb'<\1 xmlns="">', DOCUMENT.replace(b"fe:Facturae", b"Facturae")
    )
    document = document.replace(b"<Facturae xmlns:fe=", b'<?xml-stylesheet href="face.xsl"?><Facturae Id="R" xmlns=')
    return sign(document, marta(), references=(reference("#R"), PROPERTIES, KEY))


FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"
OWN = "count(ancestor-or-self::ds:Signature | here()/ancestor::ds:Signature[1]) > count(ancestor-or-self::ds:Signature)"


SHAPES: list[tuple[str, Callable[[], bytes]]] = [
    ("signxml", by_signxml),
    ("signxml, SHA-384", lambda: by_signxml(signature_algorithm="rsa-sha384", digest_algorithm="sha384")),
    ("signxml, SHA-512", lambda: by_signxml(signature_algorithm="rsa-sha512", digest_algorithm="sha512")),
    ("signxml, PSS", lambda: by_signxml(signature_algorithm=SignatureMethod.SHA256_RSA_MGF1)),
    ("signxml, C14N 1.0", lambda: by_signxml(c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0)),
    ("XAdES-T", lambda: with_unsigned(TIMESTAMP)),
    ("XAdES-X-L", lambda: with_unsigned(TIMESTAMP, VALUES)),
    ("countersigned", lambda: with_unsigned(COUNTER)),
    ("another place in the root", moved_up),
    ("an object beside", with_object),
    ("no prefix", unprefixed),
    ("Filter 2, all signatures", lambda: cut_by(FILTER, "/descendant::ds:Signature", FILTER)),
    ("Filter 2, those of the root", lambda: cut_by(FILTER, "/*/ds:Signature", FILTER)),
    ("Filter 2, itself", lambda: cut_by(FILTER, "here()/ancestor::ds:Signature[1]", FILTER)),
    ("XPath, itself", lambda: cut_by(XPATH, OWN.replace(">", "&gt;"))),
    ("no URI", lambda: sign(DOCUMENT, marta(), references=(reference(None), PROPERTIES, KEY))),
    ("the root by its Id", beside_an_instruction),
]
ids = [name for name, _ in SHAPES]
makes = [make for _, make in SHAPES]


@pytest.mark.parametrize("make", makes, ids=ids)
def test_a_genuine_signature_holds_whatever_its_shape(make: Callable[[], bytes]) -> None:
    report = verify_signature(make(), anchors(), now=NOW)

    assert (report.status, report.detail) == (VALID_ONE, None)
    assert (report.signer_tax_id, report.relation, report.policy) == ("12345678Z", "ISSUER", POLICY_3_1)


def flipped(signed: bytes, name: str) -> bytes:
    tree = etree.fromstring(signed)
    element = next(tree.iter(f"{{{DSIG}}}{name}"))
    written = "".join((element.text or "").split())
    element.text = ("B" if written[0] == "A" else "A") + written[1:]
    return etree.tostring(tree, encoding="UTF-8")


def another_certificate(signed: bytes) -> bytes:
    tree = etree.fromstring(signed)
    other = holder("Somebody else", root(), key=marta().key)
    found = next(tree.iter(f"{{{DSIG}}}X509Certificate"))
    found.text = b64encode(other.certificate.public_bytes(Encoding.DER)).decode()
    return etree.tostring(tree, encoding="UTF-8")


TAMPERINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("a name", lambda signed: signed.replace(b"<Name>Marta", b"<Name>Maria", 1)),
    ("an amount", lambda signed: signed.replace(b"95.40", b"95.41", 1)),
    ("an element more", lambda signed: signed.replace(b"</Parties>", b"<X/></Parties>", 1)),
    ("an attribute more", lambda signed: signed.replace(b"<SellerParty>", b'<SellerParty x="y">', 1)),
    ("white space", lambda signed: signed.replace(b"</Parties>", b"</Parties> ", 1)),
    ("the role", lambda signed: signed.replace(b">emisor<", b">tercero<", 1)),
    ("the policy", lambda signed: signed.replace(b"formato_facturae_v3_1.pdf<", b"formato_facturae_v3_2.pdf<", 1)),
    ("a digest", lambda signed: flipped(signed, "DigestValue")),
    ("the value", lambda signed: flipped(signed, "SignatureValue")),
    ("the certificate", another_certificate),
]


@pytest.mark.parametrize("change", [change for _, change in TAMPERINGS], ids=[name for name, _ in TAMPERINGS])
@pytest.mark.parametrize("make", makes, ids=ids)
def test_a_signature_tampered_with_does_not_hold_and_says_why(
    make: Callable[[], bytes], change: Callable[[bytes], bytes]
) -> None:
    signed = make()
    tampered = change(signed)
    assert tampered != signed

    report = verify_signature(tampered, anchors(), now=NOW)

    assert report.status is INVALID
    assert report.detail is not None
    assert report.detail.endswith(".")


def test_a_signature_without_xades_is_untrusted_and_says_what_it_lacks() -> None:
    signer = XMLSigner(method=methods.enveloped, c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0)
    signed = etree.tostring(
        signer.sign(etree.fromstring(DOCUMENT), key=marta().key, cert=[marta().certificate, *marta().chain])
    )

    report = verify_signature(signed, anchors(), now=NOW)

    assert report.status is UNTRUSTED
    assert {one.message for one in report.problems} == {
        "it does not say when it was made (SigningTime)",
        "it does not say with which certificate it was made (SigningCertificate)",
        "it names no signature policy, and Facturae demands one",
    }


NAMES = [
    'CN=Intermèdia de proves, O=Autoritat\\, de \\"proves\\"\\+, 2.5.4.97=VATES-B12345674, C=ES',
    'C=ES,2.5.4.97=VATES-B12345674,O="Autoritat, de \\"proves\\"+",CN=Intermèdia de proves',
    "2.5.4.97=#0C0F56415445532D423132333435363734,c=es,cn=INTERMÈDIA DE  proves,o=Autoritat\\2C de \\22proves\\22\\2B",
    'CN=Interm\\C3\\A8dia de proves;O=Autoritat\\, de \\"proves\\"\\+;organizationIdentifier=VATES-B12345674;C=ES',
    '/C=ES/2.5.4.97=VATES-B12345674/O=Autoritat, de "proves"+/CN=Intermèdia de proves',
]


def odd() -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ES"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, "VATES-B12345674"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Autoritat, de "proves"+'),
            x509.NameAttribute(NameOID.COMMON_NAME, "Intermèdia de proves"),
        ]
    )


@pytest.mark.parametrize("written", [*NAMES, odd().rfc4514_string()])
def test_an_issuer_is_known_in_every_form_that_programs_write(written: str) -> None:
    assert is_issuer(written, odd())


@pytest.mark.parametrize(
    "written", ["", "CN=Intermèdia de proves", f"{NAMES[0]}, OU=x", NAMES[0].replace("ES", "PT"), "x" * 5000]
)
def test_another_issuer_is_another(written: str) -> None:
    assert not is_issuer(written, odd())


def test_a_signature_that_names_another_issuer_is_untrusted() -> None:
    certificate = named(marta()).replace("Intermèdia", "Arrel")

    report = verify_signature(sign(DOCUMENT, marta(), certificate=certificate), anchors(), now=NOW)

    message = "Its SigningCertificate names another issuer than the certificate's, or in an unknown form."
    assert (report.status, report.detail) == (UNTRUSTED, message)


def test_sha1_alone_is_told_in_clear_words() -> None:
    references = (reference(digest=f"{DSIG}sha1"), reference("#P", (), digest=f"{DSIG}sha1"))

    report = verify_signature(
        sign(DOCUMENT, marta(), method=f"{DSIG}rsa-sha1", references=references), anchors(), now=NOW
    )

    assert (report.status, report.detail) == (UNTRUSTED, "It uses SHA-1, which no longer proves anything.")
