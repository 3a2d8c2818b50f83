"""Authorities, certificates and signatures for tests. python-xmlsec signs: what it makes is right, whatever it says."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

from tramesa.documents.signatures.algorithms import SHA256, digest_of
from tramesa.documents.signatures.anchors import TrustAnchors
from tramesa.documents.signatures.certificates import of_parsed
from tramesa.documents.signatures.properties import POLICY_3_1
from tramesa.models.domain.signature import SignerRole, SigningCredentials

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DSIG = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
LONG_AGO, FAR_OFF = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
ENVELOPED = f"{DSIG}enveloped-signature"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"


@dataclass(frozen=True)
class Holder:
    """A certificate and its key, below others: the chain ends before the root."""

    certificate: x509.Certificate
    key: Any
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The private key."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def credentials(self, role: SignerRole = SignerRole.ISSUER) -> SigningCredentials:
        """What ``sign_document`` wants."""
        chain = (self.certificate, *self.chain)
        key = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return SigningCredentials(key=key, chain=tuple(one.public_bytes(Encoding.DER) for one in chain), role=role)


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key a size and process: making them takes long."""
    return rsa.generate_private_key(65537, bits)


def holder(
    common_name: str,
    issuer: Holder | None = None,
    *,
    key: Any = None,
    authority: bool = False,
    path_length: int | None = None,
    usage: str | None = None,
    begins: datetime = NOW - timedelta(days=300),
    ends: datetime = NOW + timedelta(days=300),
    digest: hashes.HashAlgorithm | None = None,
    extension: tuple[x509.ExtensionType, bool] | None = None,
    **attributes: str,
) -> Holder:
    """A certificate that ``issuer`` gives, or that signs itself. ``usage`` is one of KeyUsage's, else the usual one."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(getattr(NameOID, name.upper()), text) for name, text in attributes.items()]
    subject = x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usages = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        False,
    )  # fmt: skip
    usages[usage or ("key_cert_sign" if authority else "digital_signature")] = True
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(authority, path_length if authority else None), critical=True)
        .add_extension(x509.KeyUsage(**usages), critical=True)
    )
    if extension is not None:
        builder = builder.add_extension(extension[0], critical=extension[1])
    made = builder.sign(issuer.key if issuer else key, digest or hashes.SHA256())
    chain = (
        ()
        if issuer is None or issuer.certificate.issuer == issuer.certificate.subject
        else (issuer.certificate, *issuer.chain)
    )
    return Holder(made, key, chain)


@cache
def root() -> Holder:
    """A root authority."""
    return holder(
        "Arrel de proves", authority=True, begins=LONG_AGO, ends=FAR_OFF, organization_name="Autoritat de proves"
    )


@cache
def intermediate() -> Holder:
    """An authority under it, which may issue to people only."""
    return holder("Intermèdia de proves", root(), authority=True, path_length=0, begins=LONG_AGO, ends=FAR_OFF)


@cache
def marta() -> Holder:
    """The issuer of the tests' invoice, with an RSA key."""
    return holder("MARTA PUIG SERRA - 12345678Z", intermediate(), key=rsa_key(), serial_number="IDCES-12345678Z")


def company(tax_id: str, **changes: Any) -> Holder:
    """An entity that may sign at any time, with an RSA key."""
    dates = {"begins": LONG_AGO, "ends": FAR_OFF}
    identifier = f"VATES-{tax_id}"
    return holder("Empresa", intermediate(), key=rsa_key(), organization_identifier=identifier, **dates | changes)


def anchors(*trusted: Holder) -> TrustAnchors:
    """Trust in these, or in the root authority."""
    return TrustAnchors(tuple(of_parsed(one.certificate) for one in trusted or (root(),)))


POLICY = f"""<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId>
<xades:SigPolicyId><xades:Identifier>{POLICY_3_1}</xades:Identifier></xades:SigPolicyId>
<xades:SigPolicyHash><ds:DigestMethod Algorithm="{DSIG}sha1"/>
<ds:DigestValue>Ohixl6upD6av8N7pEvDABhEL6hM=</ds:DigestValue></xades:SigPolicyHash></xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>"""


def named(one: Holder, *, method: str = SHA256, serial: int | None = None, kind: str = "SigningCertificate") -> str:
    """A SigningCertificate."""
    digest = b64encode(digest_of(one.certificate.public_bytes(Encoding.DER), method)).decode()
    number = one.certificate.serial_number if serial is None else serial
    issuer = f"""<xades:IssuerSerial><ds:X509IssuerName>{one.certificate.issuer.rfc4514_string()}</ds:X509IssuerName>
<ds:X509SerialNumber>{number}</ds:X509SerialNumber></xades:IssuerSerial>"""
    issuer = issuer if kind == "SigningCertificate" else ""
    return f"""<xades:{kind}><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm="{method}"/>
<ds:DigestValue>{digest}</ds:DigestValue></xades:CertDigest>{issuer}</xades:Cert></xades:{kind}>"""


def reference(
    uri: str | None = "",
    transforms: Sequence[str] = (ENVELOPED,),
    *,
    digest: str = SHA256,
    kind: str | None = None,
    inside: str = "",
) -> str:
    """A reference whose digest is filled in by python-xmlsec. ``inside`` stands in the last transform."""
    *first, last = transforms or [""]
    listed = "".join(f'<ds:Transform Algorithm="{one}"/>' for one in first)
    listed += f'<ds:Transform Algorithm="{last}">{inside}</ds:Transform>' if last else ""
    attributes = "" if uri is None else f' URI="{uri}"'
    attributes += f' Type="{kind}"' if kind else ""
    return f"""<ds:Reference{attributes}>{f"<ds:Transforms>{listed}</ds:Transforms>" if listed else ""}
<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>"""


PROPERTIES = reference("#P", (), kind="http://uri.etsi.org/01903#SignedProperties")
KEY = reference("#K", ())


def template(
    one: Holder,
    *,
    references: Sequence[str] = (reference(), PROPERTIES, KEY),
    method: str = f"{MORE}rsa-sha256",
    form: str = C14N,
    time: str | None = "2026-11-25T11:00:00Z",
    certificate: str | None = None,
    policy: str = POLICY,
    role: str = "emisor",
    certificates: Sequence[x509.Certificate] | None = None,
    version: str = "1.3.2",
    name: str = "S",
    target: str = "#S",
    qualified: bool = True,
) -> str:
    """A ``ds:Signature`` without values."""
    shown = (one.certificate, *one.chain) if certificates is None else certificates
    der = (b64encode(each.public_bytes(Encoding.DER)).decode() for each in shown)
    listed = "".join(f"<ds:X509Certificate>{each}</ds:X509Certificate>" for each in der)
    namespace = f"http://uri.etsi.org/01903/v{version}#"
    says = f"""<ds:Object><xades:QualifyingProperties xmlns:xades="{namespace}" Target="{target}">
<xades:SignedProperties Id="P"><xades:SignedSignatureProperties>
{f"<xades:SigningTime>{time}</xades:SigningTime>" if time else ""}
{named(one) if certificate is None else certificate}{policy}
<xades:SignerRole><xades:ClaimedRoles><xades:ClaimedRole>{role}</xades:ClaimedRole>
</xades:ClaimedRoles></xades:SignerRole>
</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object>"""
    return f"""<ds:Signature xmlns:ds="{DSIG}" Id="{name}"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="{form}"/>
<ds:SignatureMethod Algorithm="{method}"/>{"".join(references)}</ds:SignedInfo><ds:SignatureValue/>
<ds:KeyInfo Id="K"><ds:X509Data>{listed}</ds:X509Data></ds:KeyInfo>
{says if qualified else ""}</ds:Signature>"""


def sign(
    document: bytes,
    one: Holder,
    signature: str | None = None,
    *,
    place: str = ".",
    hmac: bytes | None = None,
    **changes: Any,
) -> bytes:
    """The document with a signature by python-xmlsec as the last child of the element at ``place``."""
    tree = etree.fromstring(document).getroottree()
    node = etree.fromstring(template(one, **changes) if signature is None else signature)
    tree.find(place).append(node)
    xmlsec.tree.add_ids(tree.getroot(), ["Id"])
    context = xmlsec.SignatureContext()
    if hmac is None:
        context.key = xmlsec.Key.from_memory(one.key_pem, xmlsec.KeyFormat.PEM)
    else:
        context.key = xmlsec.Key.from_binary_data(xmlsec.KeyData.HMAC, hmac)
    context.sign(node)
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
