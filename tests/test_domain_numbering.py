"""Tax ids and numbers have one spelling; the check character is the law's; a year begins in Madrid."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramesa.models.domain.numbering import (
    KEY_LENGTH,
    duplicate_key,
    folded,
    full_number_key,
    legal_date,
    number_key,
    registry_number,
)
from tramesa.models.domain.tax_ids import is_valid_spanish, is_well_formed, looks_like_a_person, normalise


@pytest.mark.parametrize("tax_id", ["B28015865", "A28855260", "Q2826000H", "12345678Z", "X1234567L", "P2807900B"])
def test_a_good_check_character_is_taken(tax_id: str) -> None:
    assert is_valid_spanish(tax_id)
    assert is_well_formed(tax_id)


@pytest.mark.parametrize(
    "tax_id",
    ["A82735122", "B28015866", "B12345678", "12345678A", "00000000T", "X1234567A", "FR12345678901", "K1234567A"],
)
def test_a_wrong_check_character_is_not(tax_id: str) -> None:
    assert not is_valid_spanish(tax_id)


def test_a_special_natural_person_may_have_either_character() -> None:
    # 1234567 mod 23 is 19, L; as an entity's the control of 1234567 is 4, D.
    assert [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if is_valid_spanish(f"K1234567{letter}")] == ["D", "L"]


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [
        ("esb28015865", "B28015865"),
        (" b28015865 ", "B28015865"),
        ("ESPANA", "ESPANA"),
        ("ES12345678Z", "12345678Z"),
        ("fr1", "FR1"),
    ],
)
def test_each_tax_id_has_one_spelling(given_id: str, expected: str) -> None:
    assert normalise(given_id) == expected
    assert normalise(expected) == expected


@pytest.mark.parametrize("tax_id", ["B2", "B-28015865", "B 28015865", "b28015865", "A" * 31, "B2801586Ñ", ""])
def test_spaces_dashes_and_other_lengths_are_malformed(tax_id: str) -> None:
    assert not is_well_formed(tax_id)


@pytest.mark.parametrize(
    ("tax_id", "person"), [("12345678Z", True), ("X1234567L", True), ("K1234567L", True), ("B28015865", False)]
)
def test_persons_are_told_from_entities(tax_id: str, person: bool) -> None:
    assert looks_like_a_person(tax_id) is person


def test_the_legal_year_begins_in_madrid() -> None:
    assert legal_date(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert legal_date(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == date(2027, 1, 1)
    assert legal_date(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("position", "expected"), [(1, "E/2026/000001"), (999_999, "E/2026/999999"), (1_000_000, "E/2026/1000000")]
)
def test_registry_numbers_have_six_digits_until_there_are_more(position: int, expected: str) -> None:
    assert registry_number(2026, position) == expected


def test_keys_ignore_what_people_write_differently() -> None:
    assert number_key("A-2026/7") == number_key("a2026 7") == "a20267"
    assert full_number_key("7", "Sèrie-A ") == "seriea7"
    assert full_number_key("7", None) == number_key("7")
    assert number_key("---") == "---"
    assert folded("CONSTRUCCIONS Àngel·la Ñ") == "construccions angel·la n"


def test_a_duplicate_is_the_same_issuer_number_series_and_date() -> None:
    day = date(2026, 1, 15)
    key = duplicate_key("B28015865", "7", "A", day)

    assert duplicate_key("B28015865", " 7 ", "A ", day) == key
    others = [("B28015865", "A7", "", day), ("B28015865", "7", None, day), ("B28015865", "7", "A", date(2026, 1, 16))]
    assert key not in {duplicate_key(*other) for other in others}
    assert duplicate_key("B28015865", "7", None, day) == duplicate_key("B28015865", "7", "", day)


@given(st.text(max_size=2000))
def test_keys_fit_an_index_entry(text: str) -> None:
    assert len(number_key(text)) <= KEY_LENGTH
