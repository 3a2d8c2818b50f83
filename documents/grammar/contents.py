"""The elements within one element, matched with what its grammar wants there, and going on sensibly after a mistake."""

from __future__ import annotations

from collections.abc import Iterator

from .grammars import Grammars
from .matching import END, START, model_of, route
from .notation import AnyElement, Child, Grammar, Record
from .saying import Complaints
from .spots import Siblings, Spot


class Contents:
    """One element's children on their way along the automaton of its record."""

    def __init__(
        self, spot: Spot, record: Record, grammar: Grammar, grammars: Grammars, complaints: Complaints
    ) -> None:
        self._spot = spot
        self._siblings = Siblings(spot)
        self._model = model_of(record)
        self._grammar = grammar
        self._grammars = grammars
        self._complaints = complaints
        self._state = START
        self._met: set[int] = set()
        self._misplaced: set[int] = set()
        self._put_off: list[tuple[tuple[int, ...], Spot]] = []
        self._faulty = False

    def matched(self) -> Iterator[tuple[Spot, Child | AnyElement]]:
        """Each child that can be told, with its place in the grammar; the others are complained about."""
        places = self._model.places
        for child in self._siblings:
            if self._complaints.full:
                return
            at = self._next(self._state, child.element.tag)
            if at is None:
                at = self._recovered(child)
            else:
                self._pass(at)
            if at is not None:
                yield child, places[at]
        self._finish()

    @property
    def is_sound(self) -> bool:
        """Whether, once all have been matched, nothing was wrong with the names and order of the children."""
        return not (self._faulty or self._put_off or self._misplaced) and self._state in self._model.ends

    def _next(self, state: int, tag: str) -> int | None:
        """The place that an element of the tag takes after ``state``."""
        for at in self._model.follow[state]:
            if self._takes(at, tag):
                return at
        return None

    def _takes(self, at: int, tag: str) -> bool:
        place = self._model.places[at]
        if isinstance(place, Child):
            return self._grammars.tag(place, self._grammar) == tag
        return self._grammars.admits(place, tag, self._grammar)

    def _pass(self, at: int) -> None:
        self._state = at
        self._met.add(at)

    def _recovered(self, child: Spot) -> int | None:
        """The place of a child that does not follow: what is missing before it, or that it stands where it may not."""
        tag = child.element.tag
        candidates = [at for at in range(len(self._model.places)) if self._takes(at, tag)]
        if not candidates:
            return self._misnamed(child)
        for at in candidates:
            way = route(self._model, self._state, at)
            if way is not None:
                return self._ahead(child, at, way)
        self._faulty = True
        self._behind(child, candidates[0])
        return candidates[0]

    def _ahead(self, child: Spot, at: int, way: tuple[tuple[int, ...], ...]) -> int:
        """A child whose place comes later: it stands too early, or something is missing before it."""
        if self._is_early(child, way):
            self._faulty = True
            self._misplaced.add(at)
            self._complaints.early(child, self._names(way[0]))
        else:
            self._missing(way, before=child)
            self._pass(at)
        return at

    def _is_early(self, child: Spot, way: tuple[tuple[int, ...], ...]) -> bool:
        """Whether the child runs ahead of a sibling that comes next, and belongs behind it."""
        following = next(child.element.itersiblings("*"), None)
        at = None if following is None else self._next(self._state, following.tag)
        return at is not None and any(at in step for step in way)

    def _behind(self, child: Spot, at: int) -> None:
        """A child whose place has passed, or that another one excludes."""
        if at in self._met:
            self._complaints.repeated(child)
        elif self._state != START and route(self._model, at, self._state) is not None:
            self._complaints.late(child, self._names(self._first_after(at)))
        else:
            self._complaints.excluded(child, self._names(self._model.follow[self._state]), self._spot)

    def _first_after(self, at: int) -> tuple[int, ...]:
        """The place met that should have come after ``at``, nearest to it."""
        after = [met for met in sorted(self._met) if route(self._model, at, met) is not None]
        return tuple(after[:1]) or (self._state,)

    def _misnamed(self, child: Spot) -> int | None:
        """A child of a name that is not known here, and the place that it is probably meant for."""
        self._faulty = True
        wanted = self._model.follow[self._state]
        at = self._meant(child, wanted)
        if at is None:
            self._complaints.unknown(child, self._names(wanted), self._spot)
            return None
        self._complaints.misnamed(child, self._name(at), self._namespace(at))
        way = route(self._model, self._state, at)
        if way is None or at in self._met:
            return None
        self._missing(way, before=child)
        self._pass(at)
        return at

    def _meant(self, child: Spot, wanted: tuple[int, ...]) -> int | None:
        """The place whose name is this one but for its namespace, its capitals or its prefix."""
        local: str = child.element.tag.rpartition("}")[2].casefold()
        for at in (*wanted, *range(len(self._model.places))):
            place = self._model.places[at]
            if isinstance(place, Child) and place.name.removeprefix("ds:").casefold() == local:
                return int(at)
        return None

    def _missing(self, way: tuple[tuple[int, ...], ...], *, before: Spot) -> None:
        """Complain about what is not there; what only stands elsewhere is complained about where it stands."""
        for step in way:
            if any(map(self._comes_later, step)):
                self._put_off.append((step, before))
            elif self._misplaced.isdisjoint(step):
                self._faulty = True
                self._complaints.missing(self._spot, self._names(step), before)

    def _comes_later(self, at: int) -> bool:
        place = self._model.places[at]
        return isinstance(place, Child) and self._siblings.is_still_to_come(self._grammars.tag(place, self._grammar))

    def _finish(self) -> None:
        if not self._faulty:
            for step, before in self._put_off:
                self._complaints.missing(self._spot, self._names(step), before)
        if self._state not in self._model.ends:
            for step in route(self._model, self._state, END) or ():
                if self._misplaced.isdisjoint(step):
                    self._complaints.missing(self._spot, self._names(step), None)

    def _namespace(self, at: int) -> str:
        place = self._model.places[at]
        return self._grammars.tag_namespace(place, self._grammar) if isinstance(place, Child) else ""

    def _names(self, places: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(map(self._name, places))

    def _name(self, at: int) -> str:
        place = self._model.places[at]
        if isinstance(place, AnyElement):
            return "an element of another format"
        return f"ds:{place.name}" if self._grammar is self._grammars.signature else place.name
