"""Findings in the reader's language: whatever can be found has a sentence there, made of what the English one names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tramesa.models.domain.finding_sentences import FAMILIES, RULES, SENTENCES, STRUCTURE
from tramesa.models.domain.finding_words import message_in
from tramesa.models.domain.findings import Finding
from tramesa.models.domain.states import Language
from tramesa.tests.facturae_files import VALID
from tramesa.tests.operations import bring_file
from tramesa.tests.world import World

ROOT = Path(__file__).parents[1]
CA, ES, EN = Language.CA, Language.ES, Language.EN


def said(rule: str, message: str, language: Language) -> str:
    return message_in(Finding(rule=rule, message=message), language)


@cache
def texts_of_the_code() -> str:
    """Every text in the code that makes findings; what an f-string puts in, as ``{}``."""
    found = []
    for path in [
        *(ROOT / "documents").rglob("*.py"),
        ROOT / "graphql/entering/importing.py",
        ROOT / "models/domain/signature.py",
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.append("".join(str(getattr(part, "value", "{}")) for part in node.values))
    return "\n".join(found)


@pytest.mark.parametrize("sentence", sorted({**SENTENCES, **STRUCTURE}))
def test_each_sentence_is_one_that_is_made(sentence: str) -> None:
    opening = (
        "The signature is not trusted",
        "The signature is not valid",
        "The amount {}",
        "The number {}",
        "The date {}",
    )
    for part in sentence.split("{}") if not sentence.startswith(opening) else ():
        assert part.strip(" ().:") in texts_of_the_code().replace("{'short' if", "")


def test_every_rule_is_about_something_in_both_languages() -> None:
    known = set(re.findall(r'"((?:HF|HV|RCF|TR)[0-9]{2,5})"', (ROOT / "models/domain/rules.py").read_text()))

    assert known - RULES.keys() == {"HF08"}
    assert len(known) > 25
    assert all(text.ca and text.es and text.ca != text.es for text in FAMILIES.values())


def test_names_and_values_are_put_in() -> None:
    message = "IssueDate or OperationDate is missing; expected before InvoiceCurrencyCode."

    assert said("HF08", message, CA) == "Falta IssueDate o OperationDate."
    assert said("HF08", message, EN) == message
    assert said("HF08", "Town is too long (51 characters).", ES) == "Town es demasiado largo (51 caracteres)."
    assert (
        said("TR0002", "Files of the kind of a.exe are not accepted.", ES) == "Los ficheros como a.exe no se aceptan."
    )


def test_what_has_no_sentence_says_what_its_rule_is_about() -> None:
    assert said("RCF06006", "InvoiceTotal is not whatever.", CA) == "Un total no és el que surt de sumar-ne les parts."
    assert said("BR-CO-15", "The total (BT-112) is not BT-109 plus BT-110.", ES) == (
        "No se cumple la regla BR-CO-15 de EN 16931 (BT-112, BT-109, BT-110)."
    )
    assert said("UBL-CR-453", "A UBL invoice should not include the PaymentTerms PaymentMeansID", CA) == (
        "EN 16931 no preveu aquest element; qui només llegeix la norma no el veurà (regla UBL-CR-453)."
    )


def test_a_structure_in_no_known_words_stays_in_english() -> None:
    assert said("HF08", "Something else.", CA) == "Something else."


async def test_a_finding_is_asked_for_in_a_language(small_world: World) -> None:
    issuer, receiver = await small_world.person(), await small_world.person()
    data = VALID.replace("12345678Z", issuer.tax_id).replace("Q2826000H", receiver.tax_id)
    payload = await bring_file(issuer, data.encode())
    query = "query ($id: ID!) { invoice(id: $id) { findings { rule message es: message(language: ES) } } }"

    answer = await issuer.ask(query, id=payload["invoice"]["id"])

    assert {"rule": "HF04", "message": "The document is not signed.", "es": "El documento no está firmado."} in answer[
        "invoice"
    ]["findings"]
