"""All that a Facturae can say: read from a document written by hand, kept, and asked for field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, get_named_type, is_leaf_type
from lxml import etree

from tramesa.documents.grammar.formats import facturae_grammar
from tramesa.documents.grammar.matching import model_of
from tramesa.documents.grammar.notation import Child, Record
from tramesa.documents.reading import read_document
from tramesa.graphql.schema import schema_text
from tramesa.models.domain import invoice as domain
from tramesa.models.domain.findings import Severity
from tramesa.models.domain.money import plain_text
from tramesa.models.reading.content import (
    content_columns,
    load_details,
    load_lines,
    load_party,
    load_payments,
    load_taxes,
)
from tramesa.tests.facturae_files import NO_SAMPLES
from tramesa.tests.facturae_mutants import XSD, official
from tramesa.tests.facturae_whole import BUYER_ID, SAID, SELLER_ID, WHOLE
from tramesa.tests.operations import bring_file
from tramesa.tests.world import World


def test_everything_is_read_as_it_stands_there() -> None:
    result = read_document(WHOLE.encode())

    assert {finding.severity for finding in result.findings} == {Severity.WARNING}
    assert result.content == SAID


@pytest.mark.skipif(not XSD.exists(), reason=NO_SAMPLES)
def test_the_official_schema_takes_the_document_but_for_its_extensions() -> None:
    root = etree.fromstring(WHOLE.encode())
    for extensions in root.findall(".//Extensions"):
        del extensions[:]

    assert official("3.2.2").validate(root), official("3.2.2").error_log


def leaves(record: Record, above: str = "") -> Iterator[str]:
    """Each element that may stand in a record, by record and name, all the way down."""
    grammar = facturae_grammar("3.2.2")
    for place in model_of(record).places:
        if isinstance(place, Child) and ":" not in place.name:
            kind = grammar.kind(place)
            yield f"{above}/{place.name}"
            if isinstance(kind, Record):
                yield from leaves(kind, f"{above}/{place.name}")


ANYWHERE_ELSE = {"RegistrationData", "ContactDetails", "PartyIdentification", "AdministrativeCentres", "TradeName"}
ANYWHERE_ELSE |= {"AddressInSpain", "OverseasAddress", "LegalEntity", "Individual", "EquivalentInEuros"}
ANYWHERE_ELSE |= {"AccountToBeCredited", "AccountToBeDebited", "Name", "FirstSurname", "SecondSurname"}
ANYWHERE_ELSE |= {"IBAN", "AccountNumber", "BankCode", "BranchCode", "BIC", "BranchInSpainAddress"}
ANYWHERE_ELSE |= {"OverseasBranchAddress", "PhysicalGLN", "LogicalOperationalPoint", "CentreDescription"}
ANYWHERE_ELSE |= {"PaymentReconciliationReference", "CollectionAdditionalInformation", "RegulatoryReportingData"}
ANYWHERE_ELSE |= {"DebitReconciliationReference", "Town", "Province", "CountryCode", "PostCode", "Address"}
"""Parts of kinds that stand in several places, read by one table: it is enough that each stands somewhere."""


def test_the_document_leaves_nothing_out_that_the_format_has() -> None:
    root = etree.fromstring(WHOLE.encode())
    there = {plain(root, element) for element in root.iter("*")}
    names = {path.rpartition("/")[2] for path in there}

    possible = set(leaves(facturae_grammar("3.2.2").records["Facturae"]))
    missing = {path for path in possible - there if not ANYWHERE_ELSE.intersection(path.split("/"))}

    assert missing == set()
    assert {path.rpartition("/")[2] for path in possible} <= names


def plain(root: Any, element: Any) -> str:
    steps = [each.tag for each in (element, *element.iterancestors()) if each is not root]
    return "/" + "/".join(reversed(steps))


def test_everything_is_kept_as_it_was_read() -> None:
    columns = content_columns(SAID)

    assert load_party(columns["issuer"] or "") == SAID.issuer
    assert load_taxes(columns["taxes"] or "") == SAID.taxes
    assert load_lines(columns["lines"] or "") == SAID.lines
    assert load_payments(columns["payments"] or "") == SAID.payments
    assert load_details(columns["details"] or "") == SAID.details


# Over GraphQL

TYPES = {
    "AttachedFile": "Attachment",
    "Correction": "CorrectedInvoice",
    "Details": "InvoiceDetails",
    "InvoiceContent": "Invoice",
    "Line": "InvoiceLine",
    "Payment": "PaymentInstallment",
    "Totals": "InvoiceTotals",
}
"""Where a type of the API has another name than the domain's."""

RENAMED = {
    ("AttachedFile", "content"): "sha256",
    ("InvoiceContent", "format"): "document",
    ("InvoiceContent", "issuer"): "documentIssuer",
    ("InvoiceContent", "receiver"): "documentReceiver",
    ("InvoiceContent", "signed"): "document",
    ("Line", "id"): "lineNumber",
    ("Exchange", "day"): "date",
    ("Delivery", "day"): "date",
    ("PaymentOnAccount", "day"): "date",
    ("Reference", "day"): "date",
}


@cache
def schema() -> GraphQLSchema:
    return build_schema(schema_text())


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


@pytest.mark.parametrize("name", [name for name in domain.__all__ if is_dataclass(getattr(domain, name))])
def test_every_field_of_the_domain_can_be_asked_for(name: str) -> None:
    type_ = schema().type_map[TYPES.get(name, name)]
    assert isinstance(type_, GraphQLObjectType)

    wanted = {RENAMED.get((name, part.name), camel(part.name)) for part in fields(vars(domain)[name])}

    assert wanted - set(type_.fields) == set()


def selection(value: Any, type_: Any) -> str:
    """All of a plain value that its type of the API has a field for."""
    parts = []
    for part in fields(value):
        name = RENAMED.get((type(value).__name__, part.name), camel(part.name))
        inner = get_named_type(type_.fields[name].type)
        if is_leaf_type(inner):
            parts.append(name)
        else:
            found = getattr(value, part.name)
            samples = found if isinstance(found, tuple) else (found,)
            below = {selection(sample, inner) for sample in samples if is_dataclass(sample)}
            parts += [f"{name} {{ {text} }}" for text in sorted(below)]
    return " ".join(parts)


def as_answered(value: Any, type_: Any) -> Any:
    """A plain value as the API answers it."""
    if isinstance(value, tuple):
        return [as_answered(one, type_) for one in value]
    if is_dataclass(value):
        named = {
            RENAMED.get((type(value).__name__, part.name), camel(part.name)): getattr(value, part.name)
            for part in fields(value)
        }
        return {
            name: as_answered(one, get_named_type(type_.fields[name].type))
            for name, one in named.items()
            if (one is not None and one != ()) or is_leaf_type(get_named_type(type_.fields[name].type))
        }
    if isinstance(value, Decimal):
        return plain_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.name if isinstance(value, Enum) else value


async def test_everything_is_answered_as_it_was_read(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    document = WHOLE.replace(f">{SELLER_ID}<", f">{issuer.tax_id}<").replace(f">{BUYER_ID}<", f">{receiver.tax_id}<")
    payload = await bring_file(issuer, document.encode())
    assert payload["errors"] == []

    invoice_type = schema().type_map["Invoice"]
    for name in ("issuer", "receiver", "offices", "corrects", "totals", "taxes", "lines", "payments", "details"):
        value = getattr(SAID, name)
        field = RENAMED.get(("InvoiceContent", name), name)
        inner = get_named_type(invoice_type.fields[field].type)
        samples = value if isinstance(value, tuple) else (value,)
        wanted = " ".join({selection(sample, inner) for sample in samples})
        asked = f"query ($id: ID!) {{ invoice(id: $id) {{ {field} {{ {wanted} }} }} }}"

        answer = await issuer.ask(asked, id=payload["invoice"]["id"])

        expected = as_answered(value, inner)
        found = answer["invoice"][field]
        if name in {"issuer", "receiver"}:
            expected |= {"taxId": found["taxId"]}
        assert pruned(found) == pruned(expected), name


def pruned(value: Any) -> Any:
    """Without what is nothing: a list of several asks for what one of them has."""
    if isinstance(value, dict):
        return {name: pruned(one) for name, one in value.items() if one not in (None, [], {})}
    return [pruned(one) for one in value] if isinstance(value, list) else value
