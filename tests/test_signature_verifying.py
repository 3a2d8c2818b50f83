"""What good signatures are worth: whom they are by, whom they are trusted by, and by which policy."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tramesa.documents.signatures.anchors import BadTrustAnchors, TrustAnchors
from tramesa.documents.signatures.certificates import of_parsed
from tramesa.documents.signatures.verifying import verify_signature
from tramesa.models.domain.invoice import SignatureStatus
from tramesa.models.domain.signature import SignatureReport, findings_of
from tramesa.tests.facturae_files import NO_SAMPLES, SAMPLES, VALID, edited
from tramesa.tests.signers import (
    C14N,
    DSIG,
    ENVELOPED,
    KEY,
    MORE,
    NOW,
    POLICY,
    PROPERTIES,
    XPATH,
    Holder,
    anchors,
    holder,
    intermediate,
    marta,
    named,
    reference,
    root,
    sign,
    template,
)

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
DOCUMENT = VALID.encode()
LINE = VALID.rstrip().count("\n") + 1
SHA1_LINK = b"""-----BEGIN CERTIFICATE-----
MIIBEjCBugIUDP36TmIi56anb7kvPykEX6H/pAEwCQYHKoZIzj0EATAOMQwwCgYD
VQQDDANPbGQwHhcNMjYxMTI1MTA0NTIxWhcNMzUwMjExMTA0NTIxWjAMMQowCAYD
VQQDDAFYMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOn72EX3Ln/mHAblHZlss
TpbwX2r3Sg2qkmYoebbUR3rDKo76/Yd2KYUYDmVdaFwZyeO6Gudz5rLol4c41MRe
tDAJBgcqhkjOPQQBA0gAMEUCIQDohi16m5z/0GegKxaZfXhnP75yQxuEwHPNq6Ua
E2yP5gIgCokSePJ++jSIXk7he7Z4ph9GHQJeNL86p0FhNr3YypA=
-----END CERTIFICATE-----"""
EVERYTHING_BUT_SIGNATURES = "<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>"


def told(report: SignatureReport) -> tuple[SignatureStatus, str | None]:
    return report.status, report.detail


VALID_ONE = (SignatureStatus.VALID, None)


def untrusted(detail: str) -> tuple[SignatureStatus, str]:
    return SignatureStatus.UNTRUSTED, detail


def verified(one: Holder, *trusted: Holder, now: datetime = NOW, **changes: Any) -> SignatureReport:
    return verify_signature(sign(DOCUMENT, one, **changes), anchors(*trusted), now=now)


def test_a_signature_says_who_signed_when_and_by_which_policy() -> None:
    report = verify_signature(sign(DOCUMENT, marta()), anchors(), now=NOW)

    assert report == SignatureReport(
        status=SignatureStatus.VALID,
        signer="MARTA PUIG SERRA - 12345678Z",
        signer_tax_id="12345678Z",
        relation="ISSUER",  # type: ignore[arg-type]
        serial=str(marta().certificate.serial_number),
        certificate_issuer="Intermèdia de proves",
        signed_at=datetime(2026, 11, 25, 11, tzinfo=UTC),
        policy="http://www.facturae.es/politica_de_firma_formato_facturae/politica_de_firma_formato_facturae_v3_1.pdf",
        role="emisor",
        location="/Facturae/Signature",
        line=LINE,
    )
    assert findings_of(report, required=True) == ()


def test_without_anchors_a_good_signature_is_untrusted_and_says_why() -> None:
    report = verify_signature(sign(DOCUMENT, marta()), None, now=NOW)

    assert told(report) == untrusted("This server has no trust anchors (TRAMESA_TRUST_ANCHORS).")
    [warning] = findings_of(report, required=False)
    assert (warning.rule, warning.severity, warning.location, warning.line) == (
        "HV01",
        "WARNING",
        "/Facturae/Signature",
        LINE,
    )
    assert warning.message == "The signature is not trusted: this server has no trust anchors (TRAMESA_TRUST_ANCHORS)."
    [error] = findings_of(report, required=True)
    assert (error.rule, error.severity) == ("HV01", "ERROR")


def test_an_unsigned_document_is_absent_and_a_warning_unless_a_signature_is_demanded() -> None:
    report = verify_signature(DOCUMENT, anchors(), now=NOW)

    assert report.status is SignatureStatus.ABSENT
    rules = [[(one.rule, one.severity) for one in findings_of(report, required=required)] for required in (False, True)]
    assert rules == [[("HF04", "WARNING")], [("HF04", "ERROR")]]


@pytest.mark.parametrize("data", [b"", b"<a", b"\x00\x01", b"<?xml version='1.0' encoding='EBCDIC'?><a/>"])
def test_what_is_no_document_is_absent(data: bytes) -> None:
    assert verify_signature(data, None, now=NOW).status is SignatureStatus.ABSENT


FORMS: list[tuple[str, dict[str, Any]]] = [
    ("RSA-SHA512", {"method": f"{MORE}rsa-sha512"}),
    ("RSA-PSS", {"method": "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"}),
    ("digest SHA-512", {"references": (reference(digest="http://www.w3.org/2001/04/xmlenc#sha512"), PROPERTIES, KEY)}),
    ("canonicalisation named", {"references": (reference("", (ENVELOPED, C14N)), PROPERTIES, KEY)}),
    ("Canonical XML 1.1", {"form": "http://www.w3.org/2006/12/xml-c14n11"}),
    (
        "with comments",
        {
            "form": f"{C14N}#WithComments",
            "references": (reference("", (ENVELOPED, f"{C14N}#WithComments")), PROPERTIES, KEY),
        },
    ),
    (
        "exclusive",
        {
            "form": EXCLUSIVE,
            "references": (
                reference("", (ENVELOPED, EXCLUSIVE)),
                reference("#P", (EXCLUSIVE,)),
                reference(
                    "#K",
                    (EXCLUSIVE,),
                    inside=f'<e:InclusiveNamespaces xmlns:e="{EXCLUSIVE}" PrefixList="fe #default"/>',
                ),
            ),
        },
    ),
    (
        "without all signatures",
        {"references": (reference("", (XPATH,), inside=EVERYTHING_BUT_SIGNATURES), PROPERTIES, KEY)},
    ),
    ("the key not signed", {"references": (PROPERTIES, reference())}),
    ("a part besides", {"references": (reference(), reference("#part", ()), PROPERTIES)}),
    ("SigningCertificateV2", {"certificate": named(marta(), kind="SigningCertificateV2")}),
    (
        "all of the chain named",
        {
            "certificate": named(marta()).replace("</xades:SigningCertificate>", "")
            + named(intermediate()).replace("<xades:SigningCertificate>", "")
        },
    ),
    ("the chain first", {"certificates": (intermediate().certificate, marta().certificate)}),
    ("XAdES 1.2.2", {"version": "1.2.2"}),
]


@pytest.mark.parametrize("changes", [form[1] for form in FORMS], ids=[form[0] for form in FORMS])
def test_every_form_that_programs_write_is_read(changes: dict[str, Any]) -> None:
    document = VALID.replace("<Invoices>", '<!-- a --><Invoices Id="part">').replace("<Facturae", "<?p i?><Facturae")
    signed = sign(document.encode(), marta(), **changes)

    assert told(verify_signature(signed, anchors(), now=NOW)) == VALID_ONE
    altered = signed.replace(b"Marta", b"Maria")
    assert verify_signature(altered, anchors(), now=NOW).status is SignatureStatus.INVALID


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_elliptic_keys_sign_as_well(curve: ec.EllipticCurve) -> None:
    one = holder("MARTA", root(), key=ec.generate_private_key(curve), serial_number="12345678Z")

    assert told(verified(one, method=f"{MORE}ecdsa-sha256")) == VALID_ONE


@pytest.mark.parametrize(
    ("encoding", "declared"), [("utf-8-sig", "UTF-8"), ("iso-8859-1", "ISO-8859-1"), ("utf-16", "UTF-16")]
)
def test_the_encoding_of_a_file_does_not_matter(encoding: str, declared: str) -> None:
    text = sign(DOCUMENT, marta()).decode().replace("'UTF-8'", f"'{declared}'")

    assert told(verify_signature(text.encode(encoding), anchors(), now=NOW)) == VALID_ONE


def test_line_ends_of_another_system_do_not_matter() -> None:
    assert told(verify_signature(sign(DOCUMENT, marta()).replace(b"\n", b"\r\n"), anchors(), now=NOW)) == VALID_ONE


def test_a_signed_document_may_come_in_an_envelope() -> None:
    inner = sign(DOCUMENT, marta()).partition(b"?>")[2]
    header = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    sbdh = f'<s:StandardBusinessDocument xmlns:s="{header}"><s:StandardBusinessDocumentHeader/>'.encode()

    report = verify_signature(sbdh + inner + b"</s:StandardBusinessDocument>", anchors(), now=NOW)

    assert told(report) == VALID_ONE


POLICIES: list[tuple[str, str, str]] = [
    ("none", "", "It names no signature policy, and Facturae demands one."),
    (
        "implied",
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyImplied/></xades:SignaturePolicyIdentifier>",
        "Its signature policy is only implied, and Facturae demands one by name.",
    ),
    ("3.0", POLICY.replace("v3_1", "v3_0"), "It follows version 3.0 of the signature policy, which 3.1 has replaced."),
    (
        "unknown",
        POLICY.replace(
            "http://www.facturae.es/politica_de_firma_formato_facturae/politica_de_firma_formato_facturae_v3_1.pdf",
            "urn:oid:1.2",
        ),
        "Its signature policy is unknown: urn:oid:1.2.",
    ),
    (
        "another digest",
        POLICY.replace("Ohix", "Ohiy"),
        "The digest of its signature policy is not that of the published document.",
    ),
    (
        "another kind of digest",
        POLICY.replace("#sha1", "#md5"),
        f"The digest of its signature policy is of an unknown kind: {DSIG}md5.",
    ),
]


@pytest.mark.parametrize(("policy", "detail"), [one[1:] for one in POLICIES], ids=[one[0] for one in POLICIES])
def test_another_policy_than_facturaes_is_hv02(policy: str, detail: str) -> None:
    report = verified(marta(), policy=policy)

    assert told(report) == untrusted(detail)
    assert [(one.rule, one.severity) for one in findings_of(report, required=False)] == [("HV02", "WARNING")]


@pytest.mark.parametrize(
    ("kind", "digest"),
    [
        ("http://www.w3.org/2001/04/xmlenc#sha256", "a/vDoueJq9zxWGCFwdsXdlXtkFSEek4XVtmlQCEDaE8="),
        (
            "http://www.w3.org/2001/04/xmlenc#sha512",
            "Olsv4wCqkGsabqxbGDLEkgocYLmEJ2CdZ1XsZMrvJiuUD30ryJoGYL2/DXTF1qqxdNRjviwXr2MBh4UZt/mS8w==",
        ),
    ],
)
def test_the_policy_is_known_by_every_digest(kind: str, digest: str) -> None:
    policy = POLICY.replace(f"{DSIG}sha1", kind).replace("Ohixl6upD6av8N7pEvDABhEL6hM=", digest)

    assert told(verified(marta(), policy=policy)) == VALID_ONE


def test_problems_of_both_kinds_are_all_told() -> None:
    report = verify_signature(sign(DOCUMENT, marta(), policy="", time=None), None, now=NOW)

    assert [(one.rule, one.message) for one in findings_of(report, required=False)] == [
        ("HV01", "The signature is not trusted: it does not say when it was made (SigningTime)."),
        ("HV01", "The signature is not trusted: this server has no trust anchors (TRAMESA_TRUST_ANCHORS)."),
        ("HV02", "The signature is not trusted: it names no signature policy, and Facturae demands one."),
    ]


DOUBTS: list[tuple[str, dict[str, Any], str]] = [
    ("RSA with SHA-1", {"method": f"{DSIG}rsa-sha1"}, "It uses SHA-1, which no longer proves anything."),
    (
        "digest SHA-1",
        {"references": (reference(digest=f"{DSIG}sha1"), PROPERTIES)},
        "It uses SHA-1, which no longer proves anything.",
    ),
    (
        "no certificate named",
        {"certificate": ""},
        "It does not say with which certificate it was made (SigningCertificate).",
    ),
    ("no time", {"time": "yesterday"}, "It does not say when it was made (SigningTime)."),
    (
        "the future",
        {"time": "2026-11-26T00:00:00Z"},
        "It says that it was made in the future, at 2026-11-26T00:00:00+00:00.",
    ),
    (
        "before the certificate",
        {"time": "2020-01-01T00:00:00"},
        "The certificate was not valid when it says that it was made.",
    ),
    (
        "no XAdES",
        {"qualified": False, "references": (reference(), KEY)},
        (
            "It does not say with which certificate it was made (SigningCertificate);"
            " it does not say when it was made (SigningTime); it names no signature policy, and Facturae demands one."
        ),
    ),
]


@pytest.mark.parametrize(("changes", "detail"), [one[1:] for one in DOUBTS], ids=[one[0] for one in DOUBTS])
def test_a_signature_that_proves_little_is_untrusted(changes: dict[str, Any], detail: str) -> None:
    assert told(verified(marta(), **changes)) == untrusted(detail)


def test_a_certificate_that_has_expired_since_is_told_by_date() -> None:
    report = verified(marta(), now=NOW + timedelta(days=400))

    assert report.status is SignatureStatus.UNTRUSTED
    assert report.problems[0].message == "the certificate expired on 2027-09-21"


def test_a_time_without_zone_is_legal_time() -> None:
    assert verified(marta(), time="2026-07-01T10:00:00").signed_at == datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "trusted", "detail"),
    [
        (lambda: holder("X", root()), [], None),
        (lambda: holder("X", intermediate()), [intermediate], None),
        (lambda: holder("X"), [], "No trust anchor vouches for its issuer, X."),
        (
            lambda: holder("X", holder("Arrel de proves", authority=True, organization_name="Autoritat de proves")),
            [],
            "No trust anchor vouches for its issuer, Arrel de proves.",
        ),
        (
            lambda: holder("X", holder("No CA", root())),
            [],
            "The certificate of No CA is not an authority's and may not issue others.",
        ),
        (
            lambda: holder("X", holder("Signs only", root(), authority=True, usage="digital_signature")),
            [],
            "The certificate of Signs only is not an authority's and may not issue others.",
        ),
        (
            lambda: holder("X", holder("Third", intermediate(), authority=True)),
            [],
            "The certificate of Intermèdia de proves does not allow so many authorities under it.",
        ),
        (
            lambda: holder("X", holder("Old", root(), authority=True, ends=NOW - timedelta(days=1))),
            [],
            "The certificate of Old is not valid on 2026-11-25.",
        ),
        (
            lambda: holder("X", root(), usage="key_encipherment"),
            [],
            "The certificate is not for signing (key usage).",
        ),
        (lambda: holder("X", root(), usage="content_commitment"), [], None),
        (
            lambda: holder(
                "X", root(), extension=(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b""), True)
            ),
            [],
            "The certificate cannot be built on: its critical extension 1.2.3 is not supported.",
        ),
        (lambda: holder("X", root(), begins=NOW + timedelta(days=1)), [], None),
    ],
)
def test_trust_leads_from_an_anchor_through_authorities(one: Any, trusted: list[Any], detail: str | None) -> None:
    signer = one()

    report = verified(signer, *(each() for each in trusted), method=f"{MORE}ecdsa-sha256")

    if signer.certificate.not_valid_before_utc > NOW:
        detail = (
            "The certificate was not valid when it says that it was made;"
            " the certificate is not valid before 2026-11-26."
        )
    assert told(report) == (VALID_ONE if detail is None else untrusted(detail))


def test_a_way_of_more_than_five_certificates_is_none() -> None:
    above = root()
    for place in range(4):
        above = holder(f"Authority {place}", above, authority=True)

    report = verified(holder("X", above), method=f"{MORE}ecdsa-sha256")

    assert told(report) == untrusted("No trust anchor vouches for its issuer, Authority 3.")


def test_authorities_that_issue_one_another_come_to_an_end() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    circle = [holder("Circle", authority=True, key=key) for _ in range(12)]
    one = holder("X", circle[0])
    shown = (one.certificate, *(each.certificate for each in circle))

    report = verified(one, method=f"{MORE}ecdsa-sha256", certificates=shown)

    assert told(report) == untrusted("No trust anchor vouches for its issuer, Circle.")


def test_a_link_made_with_sha1_is_none() -> None:
    """``cryptography`` makes none any more, so OpenSSL made this one."""
    old = of_parsed(x509.load_pem_x509_certificate(SHA1_LINK))

    assert (
        TrustAnchors(()).objection_to(old, (), at=NOW)
        == "the certificate of X was signed by its issuer with SHA-1 or MD5"
    )


@pytest.mark.parametrize(
    ("attributes", "tax_id", "relation"),
    [
        ({"common_name": "A", "serial_number": "IDCES-12345678Z"}, "12345678Z", "ISSUER"),
        ({"common_name": "A", "serial_number": "12345678z"}, "12345678Z", "ISSUER"),
        ({"common_name": "A", "organization_identifier": "VATES-Q2826000H"}, "Q2826000H", "RECEIVER"),
        (
            {"common_name": "A", "organization_identifier": "VATES-B12345674", "serial_number": "IDCES-12345678Z"},
            "B12345674",
            "ISSUER",
        ),
        ({"common_name": "12345678Z MARTA PUIG (R: B12345674)"}, "B12345674", "ISSUER"),
        ({"common_name": "ENTIDAD X - CIF B12345674 - NOMBRE PUIG - NIF 99999999R"}, "B12345674", "THIRD_PARTY"),
        ({"common_name": "A", "organization_identifier": "VATFR-40303265045"}, "FR40303265045", "THIRD_PARTY"),
        ({"common_name": "A", "serial_number": "PNOPT-12345678"}, "PT12345678", "THIRD_PARTY"),
        ({"common_name": "A", "organization_name": "B S.L."}, None, None),
    ],
)
def test_the_certificate_says_whose_it_is(attributes: dict[str, str], tax_id: str | None, relation: str | None) -> None:
    report = verified(holder(issuer=root(), **attributes), method=f"{MORE}ecdsa-sha256")  # type: ignore[arg-type]

    assert (report.signer_tax_id, report.relation) == (tax_id, relation)


def test_the_tax_id_may_stand_in_the_alternative_name() -> None:
    attribute = x509.NameAttribute(x509.ObjectIdentifier("1.3.6.1.4.1.5734.1.4"), "12345678Z")
    names = x509.SubjectAlternativeName([x509.DirectoryName(x509.Name([attribute]))])

    report = verified(holder("A", root(), extension=(names, False)), method=f"{MORE}ecdsa-sha256")

    assert (report.signer_tax_id, report.relation) == ("12345678Z", "ISSUER")


def signed_by_two() -> bytes:
    """First by somebody else, then by the issuer; both leave all signatures out of what they sign."""
    other = holder("OTHER - 99999999R", root(), serial_number="99999999R")
    apart = (reference("", (XPATH,), inside=EVERYTHING_BUT_SIGNATURES), PROPERTIES)
    first = template(other, references=apart, method=f"{MORE}ecdsa-sha256", name="T", target="#T")
    first = first.replace('"P"', '"Q"').replace('"#P"', '"#Q"').replace('"K"', '"L"')
    return sign(sign(DOCUMENT, other, first), marta(), references=apart)


def test_of_several_signatures_the_issuers_is_told() -> None:
    report = verify_signature(signed_by_two(), anchors(), now=NOW)

    assert told(report) == VALID_ONE
    assert report.signer_tax_id == "12345678Z"


def test_of_several_signatures_each_must_hold() -> None:
    broken = signed_by_two().replace(b"emisor", b"tercero", 1)

    report = verify_signature(broken, anchors(), now=NOW)

    assert (report.status, report.signer_tax_id) == (SignatureStatus.INVALID, "12345678Z")
    assert report.detail == (
        "Another signature of the document does not hold: what '#Q' refers to was altered after it was signed."
    )


def test_a_second_signature_beside_one_that_does_not_leave_it_out_breaks_that() -> None:
    other = template(marta(), name="T", target="#T").replace('"P"', '"Q"').replace("#P", "#Q")
    twice = sign(sign(DOCUMENT, marta()), marta(), other.replace('"K"', '"L"').replace("#K", "#L"))

    assert verify_signature(twice, anchors(), now=NOW).status is SignatureStatus.INVALID


def test_ubl_is_signed_in_an_extension_and_by_no_policy() -> None:
    extensions = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
    invoice = f"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:ext="{extensions}">
<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent/></ext:UBLExtension></ext:UBLExtensions>
<c:AccountingSupplierParty xmlns:c="urn:c"><c:CompanyID>ES12345678Z</c:CompanyID></c:AccountingSupplierParty>
</Invoice>"""
    place = f"./{{{extensions}}}UBLExtensions/{{{extensions}}}UBLExtension/{{{extensions}}}ExtensionContent"

    report = verify_signature(sign(invoice.encode(), marta(), place=place, policy=""), anchors(), now=NOW)

    assert told(report) == VALID_ONE
    assert (report.relation, report.location) == (
        "ISSUER",
        "/Invoice/UBLExtensions/UBLExtension/ExtensionContent/Signature",
    )


def test_a_countersignature_inside_is_not_the_documents() -> None:
    signed = sign(DOCUMENT, marta())
    counter = b'<ds:Object><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></ds:Object></ds:Signature>'

    assert told(verify_signature(signed.replace(b"</ds:Signature>", counter), anchors(), now=NOW)) == VALID_ONE


@pytest.mark.skipif(not SAMPLES.exists(), reason=NO_SAMPLES)
def test_the_samples_are_told_right_from_wrong() -> None:
    signed = sorted(path for path in (SAMPLES / "facturae").rglob("*") if b":Signature" in _bytes(path))

    told_of = {path.name: verify_signature(_bytes(path), None, now=NOW) for path in signed}

    right = {name: report for name, report in told_of.items() if report.status is SignatureStatus.UNTRUSTED}
    assert {name: (one.signer_tax_id, one.signed_at, one.role) for name, one in right.items()} == {
        "Facturae-3.1-firmada-real.xsig.xml": ("45499289E", datetime(2010, 2, 11, 16, 28, 24, tzinfo=UTC), "emisor"),
        "factura-prueba-v1-2-0.xsig": ("00000000T", datetime(2017, 8, 11, 8, 32, 51, tzinfo=UTC), "emisor"),
    }
    wrong = {name: report.status for name, report in told_of.items() if name not in right}
    assert len(wrong) == 7
    assert set(wrong.values()) == {SignatureStatus.INVALID}


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_ten_megabytes_are_verified_in_seconds() -> None:
    line = VALID[VALID.index("<InvoiceLine>") : VALID.index("</Items>")]
    big = edited(("</Items>", line * 9000 + "</Items>"))
    signed = sign(big, marta())

    started = time.process_time()
    report = verify_signature(signed, anchors(), now=NOW)

    assert told(report) == VALID_ONE
    assert time.process_time() - started < 3


def test_a_large_file_inside_is_verified_as_well() -> None:
    data = "QUJD" * 2_400_000
    extra = f"</PaymentDetails><AdditionalData><Extensions>{data}</Extensions></AdditionalData>"
    signed = sign(DOCUMENT, marta())
    report = verify_signature(signed.replace(b"</PaymentDetails>", extra.encode()), anchors(), now=NOW)

    assert told(report) == (SignatureStatus.INVALID, "The document was altered after it was signed.")


def test_anchors_are_read_from_every_pem_file_of_a_folder(tmp_path: Path) -> None:
    other = holder("Other", authority=True)
    (tmp_path / "both.pem").write_bytes(b"# two\n" + root().pem + other.pem)
    (tmp_path / "again.CRT").write_bytes(root().pem)
    (tmp_path / "README.txt").write_text("nothing")

    loaded = TrustAnchors.load(tmp_path)

    assert [one.identity.name for one in loaded.certificates] == ["Arrel de proves", "Other"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "{folder} has no certificate in a .pem, .crt or .cer file."),
        ({"a.txt": b"x"}, "{folder} has no certificate in a .pem, .crt or .cer file."),
        ({"a.pem": b"x"}, "{folder}/a.pem is no PEM file of certificates: "),
        (
            {"a.pem": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
            "{folder}/a.pem is no PEM file of certificates: ",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_is_told_about(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    with pytest.raises(BadTrustAnchors) as refused:
        TrustAnchors.load(tmp_path)

    assert str(refused.value).startswith(message.format(folder=tmp_path))


def test_a_folder_that_is_not_there_is_told_about(tmp_path: Path) -> None:
    with pytest.raises(BadTrustAnchors) as refused:
        TrustAnchors.load(tmp_path / "x")

    assert str(refused.value) == f"{tmp_path}/x cannot be read: No such file or directory"
