"""Signing a Facturae as its policy says: XAdES-EPES, enveloped, with the signer's certificate inside."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSignaturePolicy, XAdESSigner

from ...models.domain.signature import SigningCredentials
from ..xml import Element, open_document
from .algorithms import SHA1, SHA256, digest_of
from .elements import DS
from .parts import XADES
from .properties import POLICY_3_1, POLICY_DIGESTS

_POLICY: Final = XAdESSignaturePolicy(
    Identifier=POLICY_3_1,
    Description="Política de Firma FacturaE v3.1",
    # It only says which document is meant, and is itself signed with SHA-256: all verifiers know this one.
    DigestMethod=DigestAlgorithm(SHA1),
    DigestValue=POLICY_DIGESTS[SHA1],
)
_FORMAT: Final = XAdESDataObjectFormat(Description="Factura electrónica", MimeType="text/xml")
_XADES: Final = f"{{{XADES[0]}}}"
_NAMES: Final = {NameOID.SERIAL_NUMBER: "SERIALNUMBER", NameOID.EMAIL_ADDRESS: "EMAILADDRESS"}


def sign_document(xml: bytes, credentials: SigningCredentials, *, now: datetime) -> bytes:
    """The document with a signature as the last element of its root, in UTF-8.

    RSA or ECDSA with SHA-256; certificate, properties and document are covered. ``xml`` is a document written here:
    :class:`ValueError` where it cannot be parsed, is signed already, or has anything around its root element.
    """
    root = open_document(xml, whole=True).root
    if root is None or root.getprevious() is not None or root.getnext() is not None:
        raise ValueError("not a document that can be signed")
    if root.find(f"{DS}Signature") is not None:
        raise ValueError("the document is signed already")
    chain = [x509.load_der_x509_certificate(der) for der in credentials.chain]
    # Checked when it was taken in (models.certificates); checking it again costs forty times what signing does.
    key: Any = load_der_private_key(credentials.key, None, unsafe_skip_rsa_key_validation=True)
    signer = _Signer(
        now, credentials, SignatureMethod.ECDSA_SHA256 if _is_elliptic(key) else SignatureMethod.RSA_SHA256
    )
    signed = signer.sign(root, key=key, cert=chain, always_add_key_value=False, exclude_c14n_transform_element=True)
    return etree.tostring(signed, encoding="UTF-8", xml_declaration=True)  # type: ignore[no-any-return]


def _is_elliptic(key: object) -> bool:
    return isinstance(key, ec.EllipticCurvePrivateKey)


class _Signer(XAdESSigner):
    """signxml's, with the time that it is given and the ``SigningCertificate`` that the policy demands.

    signxml writes ``SigningCertificateV2``, which the policy does not know, and the former only for some issuers.
    """

    def __init__(self, now: datetime, credentials: SigningCredentials, method: SignatureMethod) -> None:
        super().__init__(
            signature_policy=_POLICY,
            claimed_roles=[credentials.role.value],
            data_object_format=_FORMAT,
            signature_algorithm=method,
            digest_algorithm=DigestAlgorithm.SHA256,
            # What references without a canonicalisation of their own are in, by the standard.
            c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
        )
        self._now = now

    def add_signing_time(
        self,
        signed_signature_properties: Element,
        sig_root: Element,  # noqa: ARG002 - signxml hands it over
        signing_settings: Any,  # noqa: ARG002
    ) -> None:
        time = etree.SubElement(signed_signature_properties, f"{_XADES}SigningTime")
        time.text = self._now.astimezone(UTC).isoformat(timespec="seconds")

    def add_signing_certificate(
        self,
        signed_signature_properties: Element,
        sig_root: Element,  # noqa: ARG002 - signxml hands it over
        signing_settings: Any,
    ) -> None:
        certificate: x509.Certificate = signing_settings.cert_chain[0]
        listed = etree.SubElement(signed_signature_properties, f"{_XADES}SigningCertificate")
        one = etree.SubElement(listed, f"{_XADES}Cert")
        digest = etree.SubElement(one, f"{_XADES}CertDigest")
        etree.SubElement(digest, f"{DS}DigestMethod", Algorithm=SHA256)
        value = etree.SubElement(digest, f"{DS}DigestValue")
        value.text = b64encode(digest_of(certificate.public_bytes(Encoding.DER), SHA256)).decode()
        issuer = etree.SubElement(one, f"{_XADES}IssuerSerial")
        etree.SubElement(issuer, f"{DS}X509IssuerName").text = certificate.issuer.rfc4514_string(_NAMES)
        etree.SubElement(issuer, f"{DS}X509SerialNumber").text = str(certificate.serial_number)
