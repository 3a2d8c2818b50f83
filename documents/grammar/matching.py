"""Which elements may follow which: the content of a record as a small automaton, one state a named place in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from .notation import AnyElement, Child, Choice, Particle, Record

START: Final = -1
"""Where matching begins: nothing has been met."""
END: Final = -2
"""Behind the last element, as the goal of a ``route``."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The places of one content, in the grammar's order; a place's index is the state of having just met it.

    ``follow`` says by state which places may come next; its last row, that of ``START``, those that may come first.
    """

    places: tuple[Child | AnyElement, ...]
    follow: tuple[tuple[int, ...], ...]
    ends: frozenset[int]


@cache
def model_of(record: Record) -> Model:
    """The automaton of a record's content; made once for each record."""
    builder = _Builder()
    first, last, nullable = builder.sequence(record.content)
    ends = last | ({START} if nullable else set())
    follow = (*(tuple(sorted(places)) for places in builder.follow), tuple(sorted(first)))
    return Model(tuple(builder.places), follow, frozenset(ends))


_Part = tuple[set[int], set[int], bool]
"""The first places, the last ones, and whether none at all will do."""


class _Builder:
    def __init__(self) -> None:
        self.places: list[Child | AnyElement] = []
        self.follow: list[set[int]] = []

    def sequence(self, content: Iterable[Particle]) -> _Part:
        first: set[int] = set()
        last: set[int] = set()
        nullable = True
        for particle in content:
            inner_first, inner_last, inner_nullable = self._particle(particle)
            self._link(last, inner_first)
            if nullable:
                first |= inner_first
            last = last | inner_last if inner_nullable else inner_last
            nullable = nullable and inner_nullable
        return first, last, nullable

    def _particle(self, particle: Particle) -> _Part:
        if isinstance(particle, Choice):
            first, last, nullable = self._choice(particle)
        else:
            first, last, nullable = self._place(particle)
        if particle.most is None:
            self._link(last, first)
        return first, last, nullable or particle.fewest == 0

    def _choice(self, choice: Choice) -> _Part:
        parts = [self.sequence(sequence) for sequence in choice.sequences]
        first = set().union(*(part[0] for part in parts))
        last = set().union(*(part[1] for part in parts))
        return first, last, any(part[2] for part in parts)

    def _place(self, place: Child | AnyElement) -> _Part:
        at = len(self.places)
        self.places.append(place)
        self.follow.append(set())
        return {at}, {at}, False

    def _link(self, places: set[int], following: set[int]) -> None:
        for place in places:
            self.follow[place] |= following


@cache
def route(model: Model, state: int, goal: int) -> tuple[tuple[int, ...], ...] | None:
    """The fewest places that must be met between a state and a goal, each as its alternatives; None without a way."""
    distance = _distances_to(model, goal)
    here = distance.get(state)
    if here is None:
        return None
    steps, places = [], model.follow[state]
    for left in range(here - 1, 0, -1):
        nearest = tuple(place for place in places if distance.get(place) == left)
        steps.append(nearest)
        places = model.follow[nearest[0]]
    return tuple(steps)


@cache
def _distances_to(model: Model, goal: int) -> dict[int, int]:
    """By state, how many places away the goal is."""
    states = [START, *range(len(model.places))]
    before: dict[int, list[int]] = {state: [] for state in [*states, goal]}
    for state in states:
        for place in model.follow[state]:
            before[place].append(state)
    if goal == END:
        before[END] = list(model.ends)
    distances: dict[int, int] = {}
    waiting = deque((state, 1) for state in before[goal])
    while waiting:
        state, steps = waiting.popleft()
        if state not in distances:
            distances[state] = steps
            waiting += [(earlier, steps + 1) for earlier in before.get(state, [])]
    return distances
