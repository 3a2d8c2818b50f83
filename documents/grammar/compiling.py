"""From a grammar to an XML Schema in memory: libxml2 checks documents by it at its own speed, without Python's lock."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from lxml import etree
from lxml.builder import ElementMaker

from ..xml import Element
from .notation import AnyElement, Attribute, Child, Grammar, Particle, Record, Value

XS: Final = "http://www.w3.org/2001/XMLSchema"
_IMPORTED: Final = "memory:imported"
_make = ElementMaker(namespace=XS, nsmap={"xs": XS})


def compile_schema(grammar: Grammar, namespace: str, *, imported: tuple[Grammar, str]) -> etree.XMLSchema:
    """The checker of documents whose root is in ``namespace``; their other elements have none.

    ``imported`` is the grammar of the elements named ``ds:…`` and its namespace, in which all its elements are.
    """
    other, other_namespace = imported
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_Imported(_text(schema_tree(other, other_namespace, qualified=True))))
    tree = schema_tree(grammar, namespace, imports=other_namespace)
    return etree.XMLSchema(etree.fromstring(_text(tree), parser))


def compile_values(values: Iterable[Value]) -> etree.XMLSchema:
    """The checker of single texts: each value is an element ``v0``, ``v1`` … of no namespace, in the order given."""
    schema = _make.schema()
    for at, value in enumerate(values):
        schema.append(_make.element(_simple_type(value), name=f"v{at}"))
    return etree.XMLSchema(etree.fromstring(_text(schema)))


def schema_tree(grammar: Grammar, namespace: str, *, imports: str | None = None, qualified: bool = False) -> Element:
    """The XML Schema of a grammar: every element known everywhere, every kind that has a name."""
    nsmap = {"xs": XS, "t": namespace} | ({"ds": imports} if imports else {})
    make = ElementMaker(namespace=XS, nsmap=nsmap)
    form = "qualified" if qualified else "unqualified"
    schema = make.schema(targetNamespace=namespace, elementFormDefault=form)
    if imports:
        schema.append(_make("import", namespace=imports, schemaLocation=_IMPORTED))
    writer = _Writer(grammar)
    for name in grammar.elements:
        schema.append(writer.element(Child(name, grammar.elements[name]), top=True))
    for record in grammar.records.values():
        if record.type_name:
            schema.append(writer.complex_type(record, name=record.type_name))
    named = {value.type_name: value for value in grammar.values.values() if value.type_name}
    for type_name, value in named.items():
        schema.append(_simple_type(value, name=type_name))
    return schema


class _Imported(etree.Resolver):  # type: ignore[misc]
    """Answers the one import that our schemas have from memory."""

    def __init__(self, schema: bytes) -> None:
        super().__init__()
        self._schema = schema

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> object:  # noqa: ARG002
        answer = self._schema if system_url == _IMPORTED else b""
        return self.resolve_string(answer, context)


class _Writer:
    """The parts of one grammar's schema."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def element(self, child: Child, *, top: bool = False) -> Element:
        """The declaration of an element, or the mention of one that is known everywhere."""
        if child.kind is None:
            name = child.name if ":" in child.name else f"t:{child.name}"
            return _make.element(_occurs(child), ref=name)
        kind = self._grammar.kind(child)
        declared = _make.element({} if top else _occurs(child), name=child.name)
        if child.empty and isinstance(kind, Value):
            declared.set("default", kind.codes[0])
        if isinstance(kind, Value) and not kind.type_name:
            declared.set("type", f"xs:{kind.base}")
        elif kind.type_name:
            declared.set("type", f"t:{kind.type_name}")
        elif isinstance(kind, Record):
            declared.append(self.complex_type(kind))
        return declared

    def complex_type(self, record: Record, **name: str) -> Element:
        """The type of an element with elements, or with text and attributes."""
        attributes = [_attribute(attribute) for attribute in record.attributes]
        if record.value is None:
            mixed = {"mixed": "true"} if record.mixed else {}
            return _make.complexType(self._sequence(record.content), *attributes, name | mixed)
        base = f"xs:{record.value.base}"
        if not attributes:
            return _make.simpleType(_make.restriction(base=base), name)
        return _make.complexType(_make.simpleContent(_make.extension(*attributes, base=base)), name)

    def _sequence(self, content: tuple[Particle, ...], occurs: dict[str, str] | None = None) -> Element:
        return _make.sequence(*map(self._particle, content), occurs or {})

    def _particle(self, particle: Particle) -> Element:
        if isinstance(particle, Child):
            return self.element(particle)
        if isinstance(particle, AnyElement):
            namespaces = "##any" if particle.own_too else "##other"
            contents = "strict" if particle.strict else "lax"
            return _make.any(_occurs(particle), namespace=namespaces, processContents=contents)
        if len(particle.sequences) == 1:
            return self._sequence(particle.sequences[0], _occurs(particle))
        return _make.choice(*map(self._sequence, particle.sequences), _occurs(particle))


def _attribute(attribute: Attribute) -> Element:
    use = "required" if attribute.required else "optional"
    return _make.attribute(name=attribute.name, type=f"xs:{attribute.value.base}", use=use)


def _simple_type(value: Value, **name: str) -> Element:
    facet = partial(_facet, _make.restriction(base=f"xs:{value.base}"))
    restriction = facet("enumeration", *value.codes)
    if value.longest is not None and value.shortest == value.longest:
        facet("length", value.longest)
    else:
        facet("minLength", *([value.shortest] if value.shortest else []))
        facet("maxLength", *([] if value.longest is None else [value.longest]))
    facet("pattern", *([value.pattern] if value.pattern else []))
    return _make.simpleType(restriction, name)


def _facet(restriction: Element, name: str, *values: str | int) -> Element:
    for value in values:
        restriction.append(_make(name, value=str(value)))
    return restriction


def _occurs(particle: Particle) -> dict[str, str]:
    most = "unbounded" if particle.most is None else str(particle.most)
    return {"minOccurs": str(particle.fewest), "maxOccurs": most}


def _text(tree: Element) -> bytes:
    return bytes(etree.tostring(tree))
