"""The lists of codes and the bounds of texts, value by value: ours, and the official schema's of each version."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import product

import pytest
from lxml import etree

from tramesa.documents.facturae import codes
from tramesa.documents.facturae.places import COUNTRIES, CURRENCIES
from tramesa.documents.grammar.formats import facturae_grammar
from tramesa.documents.grammar.notation import Value
from tramesa.tests.facturae_files import NAMESPACES, NO_SAMPLES
from tramesa.tests.facturae_mutants import XS, XSD

pytestmark = pytest.mark.skipif(not XSD.exists(), reason=NO_SAMPLES)
versions = pytest.mark.parametrize("version", sorted(NAMESPACES))

SCHEMA = {"xs": XS}

TEXTS = ["9" * length for length in range(13)] + ["x", "1x", "x1", " 1", "1 "]
TEXTS += map(
    "".join, product(["", "-", "+", "--"], ["", "0", "12"], [".", ","], ["9" * at for at in range(11)], ["", "-", "e1"])
)


def official_types(version: str) -> dict[str, etree._Element]:
    """By name, every named type of a text: its restriction."""
    tree = etree.parse(str(XSD / f"Facturaev{version.replace('.', '_')}.xsd"))
    found = tree.xpath("/xs:schema/xs:simpleType[xs:restriction]", namespaces=SCHEMA)
    return {element.get("name"): element.find("xs:restriction", SCHEMA) for element in found}


def facets(restriction: etree._Element, name: str) -> list[str]:
    return [facet.get("value") for facet in restriction.iterfind(f"xs:{name}", SCHEMA)]


def our_types(version: str) -> dict[str, Value]:
    return {value.type_name: value for value in facturae_grammar(version).values.values() if value.type_name}


def matches(pattern: str) -> list[str]:
    """Which of many digits and numbers a pattern allows; patterns can be written in many ways."""
    return [text for text in TEXTS if re.fullmatch(pattern, text)]


@versions
def test_every_type_of_a_text_has_the_codes_of_the_official_schema(version: str) -> None:
    official = {name: sorted(facets(found, "enumeration")) for name, found in official_types(version).items()}
    ours = {name: sorted(value.codes) for name, value in our_types(version).items()}

    assert {name: found for name, found in ours.items() if found} == {
        name: found for name, found in official.items() if found
    }


@versions
def test_every_type_of_a_text_has_the_bounds_of_the_official_schema(version: str) -> None:
    ours = our_types(version)
    official = official_types(version)

    assert set(ours) == set(official)
    for name, restriction in official.items():
        exact, least, most = (facets(restriction, facet) for facet in ("length", "minLength", "maxLength"))
        value = ours[name]
        assert (name, value.base) == (name, restriction.get("base").removeprefix("xs:"))
        for pattern in facets(restriction, "pattern"):
            assert (name, matches(value.pattern or "")) == (name, matches(pattern))
        assert (name, bool(value.pattern)) == (name, bool(facets(restriction, "pattern")))
        assert (name, value.shortest) == (name, int((exact or least or ["0"])[0]))
        assert (name, value.longest) == (name, int((exact or most)[0]) if exact or most else None)


@versions
def test_every_type_that_a_document_can_name_is_in_the_grammar(version: str) -> None:
    tree = etree.parse(str(XSD / f"Facturaev{version.replace('.', '_')}.xsd"))
    official = set(tree.xpath("/xs:schema/xs:complexType/@name", namespaces=SCHEMA))

    assert {record.type_name for record in facturae_grammar(version).records.values()} - {None} == official


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("CountryType", COUNTRIES),
        ("CurrencyCodeType", CURRENCIES),
        ("LanguageCodeType", codes.LANGUAGES),
        ("RoleTypeCodeType", codes.OFFICE_ROLES),
        ("InvoiceIssuerTypeType", codes.ISSUER_TYPES),
        ("InvoiceDocumentTypeType", codes.DOCUMENT_TYPES),
        ("InvoiceClassType", codes.CLASSES),
        ("SpecialTaxableEventCodeType", codes.SPECIAL_EVENTS),
        ("TaxTypeCodeType", codes.TAX_TYPES),
        ("PaymentMeansType", codes.PAYMENT_MEANS),
        ("UnitOfMeasureType", codes.UNITS),
        ("ReasonCodeType", codes.CORRECTION_REASONS),
        ("ReasonDescriptionType", codes.CORRECTION_REASONS.values()),
        ("CorrectionMethodType", codes.CORRECTION_METHODS),
        ("CorrectionMethodDescriptionType", codes.CORRECTION_METHODS.values()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_tables_of_codes_are_those_of_version_3_2_2(name: str, ours: Collection[str]) -> None:
    assert sorted(ours) == sorted(facets(official_types("3.2.2")[name], "enumeration"))


def test_texts_that_belong_to_a_code_stand_in_the_order_of_their_codes() -> None:
    official = official_types("3.2.2")

    for tables, code, text in (
        (codes.CORRECTION_REASONS, "ReasonCodeType", "ReasonDescriptionType"),
        (codes.CORRECTION_METHODS, "CorrectionMethodType", "CorrectionMethodDescriptionType"),
    ):
        pairs = zip(facets(official[code], "enumeration"), facets(official[text], "enumeration"), strict=True)
        assert dict(tables) == dict(pairs)
