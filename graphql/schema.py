"""The schema, and its text as it is checked in."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    lexicographic_sort_schema,
    print_schema,
)
from strawberry import Schema
from strawberry.schema.config import StrawberryConfig

from .engine.plain import make_plain
from .errors import (
    CancellationRefused,
    DocumentRefused,
    DuplicateInvoice,
    InputError,
    TransitionRefused,
    VersionConflict,
)
from .invoices import Attachment, Invoice, StatusChange
from .mutations import Mutation
from .notices.types import Notification
from .parties import Party
from .queries import Query
from .scalars import SCALARS
from .subscriptions import Subscription

# Arguments of one name mean the same wherever they stand.
_ARGUMENTS = {
    "input": "What to do, and with what.",
    "id": "Global id.",
    "ids": "Global ids, at most 100.",
    "role": "From which side: as issuer or as receiver.",
    "filter": "Narrows the list; null does not.",
    "groupBy": "What the sums are told apart by; null or an empty list adds nothing.",
    "orderBy": "Newest first where null.",
    "first": "So many from the beginning, 1 to 100.",
    "after": "Cursor to begin after.",
    "last": "So many from the end, 1 to 100; not together with first.",
    "before": "Cursor to end before.",
    "language": "In which language; null for that of the viewer's party.",
    "format": "In which format; null for the document as it came.",
    "taxIds": "Tax ids, at most 100.",
    "requestIds": "What you call the requests, at most 100.",
    "receiverKind": "The kind of the party that the invoice is addressed to.",
    "number": "The invoice's number, alone or with its series before it; case does not count.",
    "issuerTaxId": "Tax id of who sent it; with or without `ES`.",
    "receiverTaxId": "Tax id of whom it is addressed to; likewise.",
    "amount": "What is to be paid, exactly (Facturae TotalExecutableAmount).",
    "invoiceIds": "Only changes of these invoices, at most 1,000; null follows all.",
}
# Where an argument differs from its namesakes.
_ONLY = {
    ("Query.pendingInvoices", "first"): "So many, 1 to 500, the oldest registration first.",
    ("StatusDefinition.name", "language"): "In which language; Catalan unless given.",
    ("Cancellation.name", "language"): "In which language; Catalan unless given.",
}


def build_schema() -> GraphQLSchema:
    """The executable schema."""
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[
            Invoice,
            StatusChange,
            Party,
            Attachment,
            Notification,
            InputError,
            TransitionRefused,
            VersionConflict,
            DuplicateInvoice,
            DocumentRefused,
            CancellationRefused,
        ],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    executable = schema._schema  # noqa: SLF001 - we execute it ourselves (graphql/engine/execution.py)
    for place, name, argument in _inputs(executable):
        if argument.default_value is None:
            # Strawberry prints Python's None as `= null`, which is a promise that the contract does not make.
            argument.default_value = Undefined
        if isinstance(argument, GraphQLArgument):
            argument.description = argument.description or _ONLY.get((place, name)) or _ARGUMENTS[name]
    make_plain(executable)
    return executable


def _inputs(schema: GraphQLSchema) -> Iterator[tuple[str, str, GraphQLArgument | GraphQLInputField]]:
    """Of each argument and input field: where it stands, its name, and itself."""
    for name, type_ in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((name, key, field) for key, field in type_.fields.items())
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for key, field in type_.fields.items():
                yield from ((f"{name}.{key}", argument, value) for argument, value in field.args.items())


def schema_text() -> str:
    """The schema in SDL, sorted; sorting the executable one would break Strawberry's enums."""
    return print_schema(lexicographic_sort_schema(build_schema())) + "\n"
