"""What an operation asks for, as a number: about as many as the fields that its answer may have.

A page counts as many times as it has entries, another list eight times; what makes the server write or compute counts
more. The number is told in ``extensions.cost``, refused above ``MAX_COST``, and counted against the caller's rate.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from ...models.domain.faults import FaultCode

MAX_COST = 100_000
"""A full page with all of an invoice and its history has about 30,000."""
MAX_LISTS = 5
"""Lists below one another: invoices, their history, its invoice's history make three."""

PAGE, MOST, LIST = 50, 100, 8
_ENTRIES = frozenset({"nodes", "edges", "invoices", "results"})
_SIZES = ("first", "last")

EXTRA = {
    ("Mutation", None): 50,
    ("Mutation", "issueInvoice"): 500,
    ("Mutation", "importInvoice"): 500,
    ("Mutation", "validateInvoice"): 500,
    ("Mutation", "createDocumentArchive"): 500,
    ("Mutation", "platformDeliverInvoice"): 500,
    ("Mutation", "acceptInvitation"): 500,
    ("Mutation", "acceptUserInvitation"): 500,
    ("Mutation", "changePassword"): 500,
    ("Mutation", "requestPasswordReset"): 500,
    ("Mutation", "resetPassword"): 500,
    ("InvoiceConnection", "totalCount"): 50,
    ("Query", "invoiceSummary"): 100,
    ("Query", "invoiceStatistics"): 100,
    ("Subscription", "invoiceSummaryChanged"): 200,
    ("Query", "trackInvoice"): 100,
}
"""What is more work than a field: any mutation, and these."""
LONG = {"pendingInvoices": 500}
"""Pages that may have more than 100 entries, and have so many where nothing else is asked for."""
BATCHES = {
    "changeStatuses": ("changes", 500),
    "confirmDelivery": ("invoiceIds", 500),
}
"""What does as much as its input lists: which list, and how long it may be. Each entry costs as a mutation does."""
CONVERSION = 500
"""A document that is made in another format."""

Size = tuple[int, int]
"""Cost, and lists below one another."""


def too_costly(cost: int, lists: int, node: OperationDefinitionNode) -> GraphQLError | None:
    """The refusal of an operation that asks for too much, else None."""
    if lists > MAX_LISTS:
        message = f"The operation has {lists} lists below one another; at most {MAX_LISTS} are allowed."
    elif cost > MAX_COST:
        message = f"The operation costs {cost}; at most {MAX_COST} are allowed. Ask for smaller pages or fewer fields."
    else:
        return None
    extensions = {"code": FaultCode.TOO_COMPLEX.value, "cost": {"requested": cost, "limit": MAX_COST}}
    return GraphQLError(message, node, extensions=extensions)


class CostOf:
    """The costs of one valid document's operations. ``variables`` are those that page sizes and lists depend on."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._values: dict[str, Any] = {}
        self._known: dict[tuple[str, int], Size] = {}
        self._costs: dict[tuple[Any, ...], Size] = {}
        self._sizes: dict[int, tuple[str, ...]] = {}

    def operation(self, node: OperationDefinitionNode, values: dict[str, Any]) -> Size:
        """Cost and depth of lists of an operation with these variables; kept for the next of the same sizes."""
        names = self._sizes.get(id(node))
        key = None if names is None else (id(node), *(_plain(values.get(name)) for name in names))
        if key is not None and key in self._costs:
            return self._costs[key]
        self._values, self._known, self._used = {**_defaults(node), **values}, {}, set[str]()
        cost, lists = self._selections(node.selection_set, self._schema.get_root_type(node.operation), 1)
        names = self._sizes[id(node)] = tuple(sorted(self._used))
        if len(self._costs) < 200:
            self._costs[(id(node), *(_plain(values.get(name)) for name in names))] = (cost, lists)
        return cost, lists

    def _selections(self, selections: SelectionSetNode, parent: Any, page: int) -> Size:
        cost = lists = 0
        for node in selections.selections:
            one, deep = self._selection(node, parent, page)
            cost += one
            lists = max(lists, deep)
        return cost, lists

    def _selection(self, node: Any, parent: Any, page: int) -> Size:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value, page)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            type_ = parent if condition is None else self._schema.get_type(condition.name.value)
            return self._selections(node.selection_set, type_, page)
        return self._field(node, parent, page)

    def _field(self, node: FieldNode, parent: Any, page: int) -> Size:
        name = node.name.value
        field = self._schema.get_field(parent, name)
        type_, many = _unwrapped(None if field is None else field.type)
        own = 1 + self._extra(node, parent.name, name)
        if node.selection_set is None:
            return own, many
        size = page
        if name in BATCHES:
            size = self._batch(node)
            own += (size - 1) * EXTRA["Mutation", None]
        elif field is not None and "first" in field.args:
            size = self._page(node)
        cost, lists = self._selections(node.selection_set, type_, size)
        times = self._times(node, page) if many else 1
        return own + times * cost, lists + many

    def _extra(self, node: FieldNode, parent: str, name: str) -> int:
        if name == "document" and node.arguments:
            return CONVERSION
        return EXTRA.get((parent, name), EXTRA.get((parent, None), 0))

    def _page(self, node: FieldNode) -> int:
        """How many entries a page has, as the arguments say; what is no page size is refused when it runs."""
        sizes = [self._value(argument.value) for argument in node.arguments or () if argument.name.value in _SIZES]
        known = [size for size in sizes if isinstance(size, int) and not isinstance(size, bool)]
        most = LONG.get(node.name.value, MOST)
        if known and max(known) > 0:
            return min(max(known), most)
        return LONG.get(node.name.value, PAGE)

    def _batch(self, node: FieldNode) -> int:
        """How many entries the input of a batch lists; what is none or too long is refused when it runs."""
        name, most = BATCHES[node.name.value]
        for argument in node.arguments or ():
            value = self._value(argument.value)
            if isinstance(value, ObjectValueNode):
                value = next((self._value(field.value) for field in value.fields if field.name.value == name), None)
            elif isinstance(value, dict):
                value = value.get(name)
            if isinstance(value, list | tuple):
                return min(max(len(value), 1), most)
        return 1

    def _times(self, node: FieldNode, page: int) -> int:
        if node.name.value not in _ENTRIES:
            return LIST
        for argument in node.arguments or ():
            if argument.name.value == "ids":
                value = self._value(argument.value)
                return min(len(value), MOST) if isinstance(value, list | tuple) else 1
        return page

    def _value(self, node: ValueNode) -> Any:
        if isinstance(node, VariableNode):
            self._used.add(node.name.value)
            return self._values.get(node.name.value)
        if isinstance(node, IntValueNode):
            return int(node.value)
        if isinstance(node, ObjectValueNode):
            return node
        return node.values if isinstance(node, ListValueNode) else None

    def _fragment(self, name: str, page: int) -> Size:
        key = (name, page)
        if key not in self._known:
            node = self._fragments[name]
            type_ = self._schema.get_type(node.type_condition.name.value)
            self._known[key] = self._selections(node.selection_set, type_, page)
        return self._known[key]


def _defaults(node: OperationDefinitionNode) -> dict[str, Any]:
    return {
        variable.variable.name.value: int(variable.default_value.value)
        for variable in node.variable_definitions or ()
        if isinstance(variable.default_value, IntValueNode)
    }


def _plain(value: Any) -> Any:
    """What a size depends on of a variable: the number, or how many there are."""
    if isinstance(value, list):
        return ("list", len(value))
    if isinstance(value, dict):
        return tuple((name, len(part)) for name, part in value.items() if isinstance(part, list))
    return value if isinstance(value, int | None) else None


def _unwrapped(type_: Any) -> tuple[Any, int]:
    """The type that a field's selections are of, and 1 where the field is a list."""
    many = 0
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        many = 1 if isinstance(type_, GraphQLList) else many
        type_ = type_.of_type
    return type_, many
