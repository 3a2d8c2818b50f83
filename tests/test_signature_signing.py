"""What is signed here: python-xmlsec, signxml and our own verifier confirm it, and the schemas accept it."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone

import pytest
import xmlsec
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureMethod
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from tramesa.documents.facturae.codes import VERSIONS
from tramesa.documents.grammar.formats import facturae_schema
from tramesa.documents.signatures.signing import sign_document
from tramesa.documents.signatures.verifying import verify_signature
from tramesa.models.domain.invoice import SignatureStatus
from tramesa.models.domain.signature import SignerRole
from tramesa.tests.facturae_files import NAMESPACES, NO_SAMPLES, SAMPLES, VALID, edited
from tramesa.tests.signers import DSIG, MORE, NOW, Holder, anchors, holder, intermediate, marta, root

DOCUMENT = VALID.encode()
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"


def elliptic(curve: ec.EllipticCurve) -> Holder:
    return holder("MARTA", intermediate(), key=ec.generate_private_key(curve), serial_number="IDCES-12345678Z")


SIGNERS = [marta, lambda: elliptic(ec.SECP256R1()), lambda: elliptic(ec.SECP384R1())]


def signature_in(document: bytes) -> etree._Element:
    found = etree.fromstring(document).find(f"{{{DSIG}}}Signature")
    assert found is not None
    return found


@pytest.mark.parametrize("signer", SIGNERS, ids=["RSA", "P-256", "P-384"])
@pytest.mark.parametrize("version", [version for version, _ in VERSIONS.values()])
def test_what_is_signed_holds_in_every_version_and_by_every_verifier(version: str, signer: object) -> None:
    one: Holder = signer()  # type: ignore[operator]
    signed = sign_document(edited(version=version), one.credentials(), now=NOW)

    report = verify_signature(signed, anchors(), now=NOW)

    assert (report.status, report.detail) == (SignatureStatus.VALID, None)
    assert (report.signer_tax_id, report.role, report.signed_at) == ("12345678Z", "emisor", NOW)
    confirm_with_xmlsec(signed, one)
    confirm_with_signxml(signed, one)


def confirm_with_xmlsec(signed: bytes, one: Holder) -> None:
    """Raises where it does not hold."""
    node = signature_in(signed)
    xmlsec.tree.add_ids(node.getroottree().getroot(), ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(one.pem, xmlsec.KeyFormat.CERT_PEM)
    context.verify(node)


def confirm_with_signxml(signed: bytes, one: Holder) -> None:
    """Raises where it does not hold."""
    methods = frozenset({SignatureMethod.RSA_SHA256, SignatureMethod.ECDSA_SHA256})
    expected = XAdESSignatureConfiguration(
        signature_methods=methods,
        default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    results = XAdESVerifier().verify(signed, x509_cert=one.certificate, expect_config=expected)
    assert len(results) == 3


@pytest.mark.parametrize("version", NAMESPACES)
def test_a_signed_document_keeps_to_the_structure(version: str) -> None:
    signed = etree.fromstring(sign_document(edited(version=version), marta().credentials(), now=NOW))

    assert [str(error) for error in structure_errors(facturae_schema(version, NAMESPACES[version]), signed)] == []


@pytest.mark.skipif(not SAMPLES.exists(), reason=NO_SAMPLES)
@pytest.mark.parametrize("version", NAMESPACES)
def test_a_signed_document_keeps_to_the_official_schema(version: str) -> None:
    path = SAMPLES / "xsd" / "facturae" / f"Facturaev{version.replace('.', '_')}.xsd"
    schema = etree.XMLSchema(etree.parse(path, etree.XMLParser(load_dtd=True)))
    signed = etree.fromstring(sign_document(edited(version=version), marta().credentials(), now=NOW))

    assert [str(error) for error in structure_errors(schema, signed)] == []


def structure_errors(schema: etree.XMLSchema, document: etree._Element) -> list[object]:
    """What is said of the signature: the document of the tests leaves things out on purpose."""
    schema.validate(document)
    line = document.find(f"{{{DSIG}}}Signature").sourceline  # type: ignore[union-attr]
    return [error for error in schema.error_log if error.line >= line]


def test_the_signature_says_all_that_the_policy_demands() -> None:
    signature = signature_in(sign_document(DOCUMENT, marta().credentials(SignerRole.THIRD_PARTY), now=NOW))
    texts = {
        etree.QName(element).localname: " ".join((element.text or "").split())
        for element in signature.iter("*")
        if len(element) == 0
    }
    algorithms = [
        element.get("Algorithm")
        for element in signature.find(f"{{{DSIG}}}SignedInfo").iter("*")
        if element.get("Algorithm")
    ]  # type: ignore[union-attr]

    names = ("SigningTime", "Identifier", "ClaimedRole", "MimeType", "X509IssuerName", "X509SerialNumber")
    assert {name: texts[name] for name in names} == {
        "SigningTime": "2026-11-25T12:00:00+00:00",
        "Identifier": "http://www.facturae.es/politica_de_firma_formato_facturae/politica_de_firma_formato_facturae_v3_1.pdf",
        "ClaimedRole": "tercero",
        "MimeType": "text/xml",
        "X509IssuerName": "CN=Intermèdia de proves",
        "X509SerialNumber": str(marta().certificate.serial_number),
    }
    sha256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    assert algorithms == [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        f"{MORE}rsa-sha256",
        f"{DSIG}enveloped-signature",
        sha256,
        sha256,
        sha256,
    ]
    shown = [b64decode(one.text or "") for one in signature.iter(f"{{{DSIG}}}X509Certificate")]
    assert shown == list(marta().credentials().chain)
    assert signature.find(f".//{XADES}SigningCertificate") is not None
    assert signature.find(f".//{XADES}SigningCertificateV2") is None


def test_the_time_is_written_in_utc() -> None:
    elsewhere = datetime(2026, 11, 25, 13, 30, tzinfo=timezone(timedelta(hours=1)))

    report = verify_signature(sign_document(DOCUMENT, marta().credentials(), now=elsewhere), anchors(), now=NOW)

    assert report.signed_at == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


def test_an_issuer_with_odd_names_is_written_so_that_others_read_it() -> None:
    authority = holder(
        'AC "Proves", S.A.', root(), authority=True, serial_number="A82743287", email_address="ca@example.org"
    )
    one = holder("MARTA - 12345678Z", authority)

    signed = sign_document(DOCUMENT, one.credentials(), now=NOW)

    name = signature_in(signed).find(f".//{{{DSIG}}}X509IssuerName")
    assert name is not None
    assert name.text == 'CN=AC \\"Proves\\"\\, S.A.,EMAILADDRESS=ca@example.org,SERIALNUMBER=A82743287'
    assert verify_signature(signed, anchors(), now=NOW).status is SignatureStatus.VALID


@pytest.mark.parametrize("document", [b"", b"<a", b"<!-- a --><a/>", b"<a/><?b?>"])
def test_what_is_no_document_of_ours_is_not_signed(document: bytes) -> None:
    with pytest.raises(ValueError, match="not a document that can be signed"):
        sign_document(document, marta().credentials(), now=NOW)


def test_a_signed_document_is_not_signed_again() -> None:
    signed = sign_document(DOCUMENT, marta().credentials(), now=NOW)

    with pytest.raises(ValueError, match="the document is signed already"):
        sign_document(signed, marta().credentials(), now=NOW)


def test_credentials_do_not_show_the_key() -> None:
    assert "key" not in repr(marta().credentials()).partition("chain=")[0]
