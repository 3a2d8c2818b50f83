"""Making frozen types by the ten thousand: the constructor that ``dataclass`` gives them sets each field by a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


def maker_of(type_: type[T]) -> Callable[..., T]:
    """A constructor of a frozen dataclass with slots, in less than half of the time.

    It fills an object of the same layout that is not frozen yet, and then says what it is.
    """
    columns = [
        (part.name, Any, field() if part.default is MISSING else field(default=part.default))
        for part in fields(cast(Any, type_))
    ]
    draft = make_dataclass(type_.__name__, columns, slots=True, kw_only=True)

    def make(**values: object) -> T:
        made = draft(**values)
        made.__class__ = type_
        return cast(T, made)

    return make
