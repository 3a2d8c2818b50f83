"""From the fields of an operation to ``models.reading.selection``: what is asked for decides what is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
)

from ..models.reading.selection import Selection

Fields = dict[str, list[FieldNode]]

_CANCELLATION_RIGHTS = ("canRequestCancellation", "canAnswerCancellation", "canWithdrawCancellation")
# GraphQL field of Invoice → attributes of InvoiceRow that it needs.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("number",),
    "series": ("series",),
    "documentType": ("document_type",),
    "invoiceClass": ("invoice_class",),
    "issueDate": ("issue_date",),
    "currency": ("currency",),
    "totals": ("totals",),
    "status": ("status",),
    "statusChangedAt": ("status_changed_at",),
    "registryNumber": ("registry_number",),
    "registeredAt": ("registered_at",),
    "rcfNumber": ("rcf_number",),
    "rejectionReason": ("rejection_reason",),
    "paymentDate": ("payment_date",),
    "seen": ("seen",),
    "version": ("version",),
    "createdAt": ("created_at",),
    "receipt": ("registry_number",),
    "availableTransitions": ("status", "receiver_kind", "receiver_key", "away"),
    **dict.fromkeys(_CANCELLATION_RIGHTS, ("status", "issuer_key", "receiver_key")),
}
# GraphQL field of Invoice → what of ``invoice_content`` it is.
_CONTENT = {
    "offices": "offices",
    "taxes": "taxes",
    "lines": "lines",
    "payments": "payments",
    "corrects": "corrects",
    "details": "details",
    "documentIssuer": "document_issuer",
    "documentReceiver": "document_receiver",
    "findings": "findings",
}


def fields_of(info: Any) -> Fields:
    """The fields selected under the field being resolved, by name."""
    raw: GraphQLResolveInfo[Any] = info._raw_info  # noqa: SLF001 - Strawberry's own view of it builds objects for each field
    return under(raw.field_nodes, raw)


def under(nodes: Iterable[FieldNode], raw: GraphQLResolveInfo[Any]) -> Fields:
    """The fields selected under several nodes of the same field, fragments opened, whatever their type condition."""
    found: Fields = {}
    for node in nodes:
        if node.selection_set is not None:
            _gather(node.selection_set, raw, found)
    return found


def _gather(selections: SelectionSetNode, raw: GraphQLResolveInfo[Any], found: Fields) -> None:
    for node in selections.selections:
        if node.directives and not _included(node, raw):
            continue
        if isinstance(node, FieldNode):
            found.setdefault(node.name.value, []).append(node)
        elif isinstance(node, InlineFragmentNode):
            _gather(node.selection_set, raw, found)
        elif isinstance(node, FragmentSpreadNode):
            fragment = raw.fragments[node.name.value]
            _gather(getattr(fragment, "definition", fragment).selection_set, raw, found)


def _included(node: Any, raw: GraphQLResolveInfo[Any]) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, node, raw.variable_values)
    include = get_directive_values(GraphQLIncludeDirective, node, raw.variable_values)
    return not (skip and skip["if"]) and (include is None or bool(include["if"]))


def invoice_selection(info: Any, nodes: Iterable[FieldNode]) -> Selection:
    """What the fields under these nodes, whose type is ``Invoice``, need."""
    return _invoice(list(nodes), info._raw_info)  # noqa: SLF001


def _invoice(nodes: list[FieldNode], raw: GraphQLResolveInfo[Any]) -> Selection:
    fields = under(nodes, raw)
    columns = frozenset(column for name in fields if name in _COLUMNS for column in _COLUMNS[name])
    selection = Selection(
        columns=columns,
        content=frozenset(part for name, part in _CONTENT.items() if name in fields),
        issuer="issuer" in fields,
        receiver="receiver" in fields,
        history="history" in fields,
        document="document" in fields,
        attachments="attachments" in fields,
        cancellation="cancellation" in fields or not fields.keys().isdisjoint(_CANCELLATION_RIGHTS),
        cancellation_history="history" in (cancellation := under(fields.get("cancellation", ()), raw)),
        corrected=_optional(under(fields.get("corrects", ()), raw).get("invoice"), raw),
        corrected_by=_optional(fields.get("correctedBy"), raw),
        travel="travel" in fields or not fields.keys().isdisjoint(_CANCELLATION_RIGHTS),
    )
    # A step's invoice is the very row that the history hangs on, so what is asked of it is read with it.
    steps = [*fields.get("history", ()), *cancellation.get("history", ())]
    nested = under(steps, raw).get("invoice", [])
    return selection.joined(_invoice(nested, raw)) if nested else selection


def _optional(nodes: list[FieldNode] | None, raw: GraphQLResolveInfo[Any]) -> Selection | None:
    return None if nodes is None else _invoice(nodes, raw)


def change_selection(info: Any, nodes: Iterable[FieldNode]) -> Selection | None:
    """What the ``invoice`` under these nodes, whose type is ``StatusChange``, needs; None where it is not selected."""
    nested = under(nodes, info._raw_info).get("invoice")  # noqa: SLF001
    return None if nested is None else invoice_selection(info, nested)


def event_selection(info: Any) -> Selection | None:
    """What the ``invoice`` of a pushed event and that of its ``change`` need; None where neither is selected."""
    selected = fields_of(info)
    own = invoice_selection(info, selected["invoice"]) if "invoice" in selected else None
    of_change = change_selection(info, selected.get("change", []))
    if own is None or of_change is None:
        return own or of_change
    return own.joined(of_change)
