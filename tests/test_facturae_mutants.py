"""The verdict on Facturae's structure, on thousands of documents that nobody wrote: ours, and the official schema's.

On all 10,000 mutants of each version that are made here the two agree; ``scripts/hunt-structure`` makes as many more as
one likes. Disagreements that are meant: none. The door takes approved extensions besides, which have their own schemas.
"""

from __future__ import annotations

import copy
from functools import cache
from random import Random

import pytest
from lxml import etree

from tramesa.documents.grammar.checking import check_structure
from tramesa.documents.reading import read_document
from tramesa.tests.facturae_files import NAMESPACES, NO_SAMPLES
from tramesa.tests.facturae_mutants import XSD, Author, mutant, official, samples

needs_schemas = pytest.mark.skipif(not XSD.exists(), reason=NO_SAMPLES)
versions = pytest.mark.parametrize("version", sorted(NAMESPACES))

CHUNKS = 10
MUTANTS = 1000
"""In each chunk, of each version."""


@cache
def published(version: str) -> list[etree._Element]:
    documents = [etree.fromstring(data) for data in samples(version)]
    return [root for root in documents if official(version).validate(root)]


def made_up(rng: Random, version: str, count: int) -> list[etree._Element]:
    return [etree.fromstring(etree.tostring(Author(rng, version, likely=0.2).document())) for _ in range(count)]


@versions
def test_made_up_documents_that_keep_to_the_grammar_are_accepted(version: str) -> None:
    for root in made_up(Random(f"made up {version}"), version, 100):
        assert check_structure(root, version, NAMESPACES[version]) == ()


@needs_schemas
@versions
def test_the_official_schema_accepts_what_keeps_to_our_grammar(version: str) -> None:
    schema = official(version)

    for root in made_up(Random(f"made up {version}"), version, 100):
        assert schema.validate(root), schema.error_log.last_error


@needs_schemas
@versions
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutants_get_the_official_verdict_and_words_of_our_own(version: str, chunk: int) -> None:
    rng = Random(f"{chunk} {version}")
    schema = official(version)
    seeds = published(version) + made_up(rng, version, 20)

    accepted = 0
    for number in range(MUTANTS):
        root = mutant(rng, rng.choice(seeds), version)
        findings = check_structure(root, version, NAMESPACES[version])
        accepted += not findings
        assert (not findings) == schema.validate(root), (number, findings, schema.error_log.last_error)
        assert None not in {finding.location for finding in findings}, (number, findings)

    assert MUTANTS // 5 < accepted < MUTANTS // 2


@needs_schemas
@versions
def test_what_the_official_schema_refuses_does_not_come_in(version: str) -> None:
    rng = Random(f"door {version}")
    schema = official(version)
    seeds = published(version) + made_up(rng, version, 5)

    refused = 0
    for _ in range(200):
        root = mutant(rng, rng.choice(seeds), version)
        if not schema.validate(root):
            refused += 1
            assert read_document(etree.tostring(root)).content is None, schema.error_log.last_error
    assert refused > 50


SIGNATURE = """<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="urn:c"/><ds:SignatureMethod Algorithm="urn:s"/>
<ds:Reference><ds:DigestMethod Algorithm="urn:d"/><ds:DigestValue>AA==</ds:DigestValue></ds:Reference></ds:SignedInfo>
<ds:SignatureValue>AA==</ds:SignatureValue></ds:Signature>"""
KEY_NAME = '<ds:KeyName xmlns:ds="http://www.w3.org/2000/09/xmldsig#">k</ds:KeyName>'
EXTENSIONS = [
    "",
    '<x xmlns="urn:x"/>',
    '<x:x xmlns:x="urn:x">a<b/></x:x>',
    "<Name>x</Name>",
    SIGNATURE,
    SIGNATURE * 2,
    SIGNATURE.replace("SignatureValue", "SignatureValues"),
    f'{SIGNATURE}<x xmlns="urn:x"/>',
    '<ds:Strange xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
    KEY_NAME,
]


@needs_schemas
@versions
@pytest.mark.parametrize("content", EXTENSIONS)
def test_extensions_get_the_official_verdict_wherever_they_stand(version: str, content: str) -> None:
    [root, *_] = published(version)
    for path, after in (("Invoices", True), (".//InvoiceLine", False)):
        changed = copy.deepcopy(root)
        element = changed.find(path)
        block = etree.fromstring(f"<Extensions>{content}</Extensions>")
        if after:
            element.addnext(block)
        else:
            element.append(block)
        known = not content or content in {SIGNATURE, SIGNATURE * 2, KEY_NAME}

        result = read_document(etree.tostring(changed))

        assert (result.content is not None) == official(version).validate(changed) == known, result.findings
