"""The quick constructor makes what the type's own makes, and nothing else."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, fields, is_dataclass
from typing import Any

import pytest

from tramesa.documents.quick import maker_of
from tramesa.models.domain import invoice

TYPES = [type_ for name in invoice.__all__ if is_dataclass(type_ := getattr(invoice, name))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    name: str
    size: int = 3

    @property
    def shout(self) -> str:
        return self.name.upper()


def needed(type_: Any) -> dict[str, str]:
    return {part.name: part.name for part in fields(type_) if part.default is MISSING}


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_made_quickly_is_what_the_constructor_makes(type_: Any) -> None:
    make, everything = maker_of(type_), {part.name: f"a {part.name}" for part in fields(type_)}

    for values in (needed(type_), everything):
        made = make(**values)

        assert made == type_(**values)
        assert (type(made), hash(made), repr(made)) == (type_, hash(type_(**values)), repr(type_(**values)))


def test_what_is_made_quickly_is_frozen_and_behaves_as_its_type() -> None:
    made = maker_of(Thing)(name="x")

    assert (made.shout, made.size) == ("X", 3)
    with pytest.raises(FrozenInstanceError):
        made.name = "y"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        made.other  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("values", [{}, {"size": 1}, {"name": "x", "other": 1}])
def test_what_lacks_something_or_has_too_much_is_not_made(values: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        maker_of(Thing)(**values)


def test_two_things_that_are_made_share_nothing() -> None:
    make = maker_of(Thing)

    first, second = make(name="a", size=1), make(name="b")

    assert (first, second) == (Thing(name="a", size=1), Thing(name="b"))
