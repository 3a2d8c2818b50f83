"""The two grammars that a document keeps to, its format's and that of signatures: which one says what of an element."""

from __future__ import annotations

from dataclasses import dataclass

from .notation import AnyElement, Child, Grammar, Record, Value


@dataclass(frozen=True, slots=True)
class Grammars:
    """The grammar of a document and that of signatures, each with the namespace that its own elements are in."""

    document: Grammar
    namespace: str
    signature: Grammar
    signature_namespace: str

    def tag(self, child: Child, grammar: Grammar) -> str:
        """The tag of a child that a record of ``grammar`` names."""
        if child.name.startswith("ds:"):
            return f"{{{self.signature_namespace}}}{child.name[3:]}"
        return f"{{{self.signature_namespace}}}{child.name}" if grammar is self.signature else child.name

    def tag_namespace(self, child: Child, grammar: Grammar) -> str:
        """The namespace of that tag, empty where it has none."""
        return self.tag(child, grammar)[1:].rpartition("}")[0]

    def known(self, tag: str) -> Visit | None:
        """What an element holds that is known wherever it stands."""
        namespace, _, name = tag[1:].rpartition("}")
        grammar = {self.namespace: self.document, self.signature_namespace: self.signature}.get(namespace)
        if grammar is None or name not in grammar.elements:
            return None
        return Visit(grammar.kind(Child(name, None)), grammar)

    def visit(self, child: Child, grammar: Grammar) -> Visit:
        """What a child of a record of ``grammar`` holds."""
        if child.name.startswith("ds:"):
            child, grammar = Child(child.name[3:], None), self.signature
        return Visit(grammar.kind(child), grammar, may_be_empty=child.empty)

    def admits(self, place: AnyElement, tag: str, grammar: Grammar) -> bool:
        """Whether an element of any name that is said in ``grammar`` may be one of this tag."""
        if place.own_too:
            return True
        return tag.startswith("{") and not tag.startswith(f"{{{self.own_namespace(grammar)}}}")

    def own_namespace(self, grammar: Grammar) -> str:
        """The namespace of a grammar's own elements, as ``any(other …)`` means it."""
        return self.signature_namespace if grammar is self.signature else self.namespace


@dataclass(frozen=True, slots=True)
class Visit:
    """What an element is to be looked through as. Without a kind: as a stranger that may hold known elements."""

    kind: Record | Value | None
    grammar: Grammar
    may_be_empty: bool = False
