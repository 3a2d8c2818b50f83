"""The two keys as data: how many there are, how they are typed, what slips show, what is kept of them."""

from __future__ import annotations

import math
import unicodedata

from hypothesis import assume, given
from hypothesis import strategies as st

from tramesa.models.domain.keys import (
    ALPHABET,
    CARRYING,
    LENGTH,
    KeyKind,
    derived_key,
    hash_of,
    is_key,
    new_key,
    normalised,
    same_hash,
    spelt,
)

LOOK_ALIKES = ("0OQD"[:2], "1IL", "2Z", "5S", "8B", "6G", "UV")

keys = st.builds(new_key)


def test_there_are_more_than_128_bits_of_them() -> None:
    assert math.log2(len(ALPHABET)) * CARRYING > 128
    assert len(set(ALPHABET)) == len(ALPHABET) == 23


def test_no_two_signs_look_alike() -> None:
    assert [group for group in LOOK_ALIKES if len(set(group) & set(ALPHABET)) > 1] == []


def test_keys_are_drawn_evenly() -> None:
    drawn = [new_key() for _ in range(2300)]

    assert len(set(drawn)) == len(drawn)
    for place in range(LENGTH):
        seen = [key[place] for key in drawn]
        # A hundred of each are expected; forty of a fair one would be ten thousand times rarer than a bit flip.
        assert {sign: seen.count(sign) for sign in ALPHABET if not 40 < seen.count(sign) < 180} == {}


@given(st.text("abc 1é", max_size=50), st.text("abc 1é", max_size=50))
def test_a_derived_key_is_the_same_again_and_another_for_all_else(secret: str, about: str) -> None:
    key = derived_key(secret, about)

    assert is_key(key)
    assert key == derived_key(secret, about)
    assert key not in {derived_key(secret + "x", about), derived_key(secret, about + "x"), new_key()}


@given(keys, st.data())
def test_a_key_is_the_same_however_it_is_typed(key: str, data: st.DataObject) -> None:
    between = st.text(" -\u2011\u2013\t\u00a0", max_size=2)
    typed = "".join(
        sign + data.draw(between) for sign in (char.lower() if data.draw(st.booleans()) else char for char in key)
    )

    assert normalised(typed) == key
    assert normalised(spelt(key)) == key
    assert normalised(key.replace("6", "g").replace("V", "u")) == key


@given(keys, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_shows(key: str, place: int, sign: str) -> None:
    assume(key[place] != sign)

    assert not is_key(key[:place] + sign + key[place + 1 :])


@given(keys, st.integers(0, CARRYING - 2))
def test_two_neighbours_changed_show(key: str, place: int) -> None:
    assume(key[place] != key[place + 1])

    assert not is_key(key[:place] + key[place + 1] + key[place] + key[place + 2 :])


@given(st.text(max_size=400))
def test_anything_can_be_typed(typed: str) -> None:
    key = normalised(typed)

    assert len(hash_of(KeyKind.ONE, "B28015865", key)) == 64
    assert is_key(key) in {True, False}
    assert unicodedata.is_normalized("NFC", spelt(key)) in {True, False}


@given(keys, keys, st.sampled_from(["B28015865", "12345678Z", "P0800000B"]))
def test_a_hash_is_bound_to_kind_tax_id_and_key(key: str, other: str, tax_id: str) -> None:
    kept = hash_of(KeyKind.ONE, tax_id, key)

    assert same_hash(kept, hash_of(KeyKind.ONE, tax_id, key))
    others = [
        hash_of(KeyKind.TWO, tax_id, key),
        hash_of(KeyKind.ONE, "A28855260", key),
        hash_of(KeyKind.ONE, tax_id, other),
        # No part may run over into the next.
        hash_of(KeyKind.ONE, tax_id[:-1], tax_id[-1] + key),
    ]
    assert [same_hash(kept, one) for one in others] == [False] * 4
    assert key not in kept
