"""Which scope an operation needs of an API token: one line for each field that an operation can begin with.

People have all of them. What is asked for is looked at as a whole before any of it runs, so that a refused operation
has done nothing. A field without a line here needs every scope, and fails tests/test_scopes.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from ...models.domain.faults import ScopeMissing
from ...models.domain.scopes import ALL_SCOPES, Scope

NEEDS: dict[str, Scope | None] = {
    "query.cancellationChanges": Scope.INVOICES_READ,
    "query.cancellationCursor": Scope.INVOICES_READ,
    "query.feedCursor": Scope.INVOICES_READ,
    "query.invoice": Scope.INVOICES_READ,
    "query.invoiceSummary": Scope.INVOICES_READ,
    "query.invoices": Scope.INVOICES_READ,
    "query.node": Scope.INVOICES_READ,
    "query.nodes": Scope.INVOICES_READ,
    "query.statusChanges": Scope.INVOICES_READ,
    "query.statuses": None,
    "query.trackInvoice": None,
    "query.viewer": None,
    "mutation.acceptCancellation": Scope.STATUS_CHANGE,
    "mutation.conformInvoice": Scope.STATUS_CHANGE,
    "mutation.importInvoice": Scope.INVOICES_SEND,
    "mutation.issueInvoice": Scope.INVOICES_SEND,
    "mutation.markInvoiceDelivered": Scope.STATUS_CHANGE,
    "mutation.markInvoicePaid": Scope.STATUS_CHANGE,
    "mutation.markInvoiceReceived": Scope.STATUS_CHANGE,
    "mutation.markInvoiceSeen": Scope.STATUS_CHANGE,
    "mutation.recogniseInvoice": Scope.STATUS_CHANGE,
    "mutation.refuseCancellation": Scope.STATUS_CHANGE,
    "mutation.requestCancellation": Scope.INVOICES_SEND,
    "mutation.withdrawCancellation": Scope.INVOICES_SEND,
    "mutation.refreshSession": None,
    "mutation.registerInvoice": Scope.STATUS_CHANGE,
    "mutation.registerInvoiceInRcf": Scope.STATUS_CHANGE,
    "mutation.rejectInvoice": Scope.STATUS_CHANGE,
    "mutation.signIn": None,
    "mutation.signOut": None,
    "mutation.validateInvoice": Scope.INVOICES_SEND,
    "subscription.cancellationChanged": Scope.INVOICES_READ,
    "subscription.invoiceStatusChanged": Scope.INVOICES_READ,
    "query.invoiceStatistics": Scope.INVOICES_READ,
    "subscription.invoiceSummaryChanged": Scope.INVOICES_READ,
    "query.savedFilters": Scope.INVOICES_READ,
    "mutation.deleteFilter": Scope.PARTY_MANAGE,
    "mutation.saveFilter": Scope.PARTY_MANAGE,
    "mutation.updateFilter": Scope.PARTY_MANAGE,
    "query.partyUsers": Scope.PARTY_MANAGE,
    "query.partyUserEvents": Scope.PARTY_MANAGE,
    "query.userInvitations": Scope.PARTY_MANAGE,
    "mutation.acceptUserInvitation": None,
    "mutation.changePassword": None,
    "mutation.inviteUser": Scope.PARTY_MANAGE,
    "mutation.limitUserToOffices": Scope.PARTY_MANAGE,
    "mutation.requestPasswordReset": None,
    "mutation.resetPassword": None,
    "mutation.revokeUserInvitation": Scope.PARTY_MANAGE,
    "mutation.setUserActive": Scope.PARTY_MANAGE,
    "mutation.setUserRoles": Scope.PARTY_MANAGE,
    "query.pendingInvoices": Scope.INVOICES_READ,
    "mutation.createDocumentArchive": Scope.INVOICES_READ,
    "mutation.changeStatuses": Scope.STATUS_CHANGE,
    "mutation.confirmDelivery": Scope.STATUS_CHANGE,
    # Refused to everybody but other platforms, which have no scopes.
    "query.platformCancellations": None,
    "query.platformDirectory": None,
    "query.platformStates": None,
    "mutation.platformAnswerCancellation": None,
    "mutation.platformDeliverInvoice": None,
    "mutation.platformReportStates": None,
    "mutation.platformRequestCancellation": None,
    "query.webhooks": Scope.WEBHOOKS_MANAGE,
    "mutation.createWebhook": Scope.WEBHOOKS_MANAGE,
    "mutation.deleteWebhook": Scope.WEBHOOKS_MANAGE,
    "mutation.redeliver": Scope.WEBHOOKS_MANAGE,
    "mutation.rotateWebhookSecret": Scope.WEBHOOKS_MANAGE,
    "mutation.testWebhook": Scope.WEBHOOKS_MANAGE,
    "mutation.updateWebhook": Scope.WEBHOOKS_MANAGE,
    "query.apiTokens": Scope.TOKENS_MANAGE,
    "mutation.createApiToken": Scope.TOKENS_MANAGE,
    "mutation.revokeApiToken": Scope.TOKENS_MANAGE,
    "query.noticeAddresses": Scope.PARTY_MANAGE,
    "query.notifications": Scope.INVOICES_READ,
    "mutation.removeNoticeAddress": Scope.PARTY_MANAGE,
    "mutation.resendNotification": Scope.PARTY_MANAGE,
    "mutation.saveNoticeAddress": Scope.PARTY_MANAGE,
    "query.invitationEvents": Scope.INVOICES_READ,
    "query.invitations": Scope.INVOICES_READ,
    "query.receiverKeys": Scope.INVOICES_READ,
    "mutation.acceptInvitation": None,
    "mutation.createReceiverKey": Scope.INVOICES_SEND,
    "mutation.renewInvitation": Scope.INVOICES_SEND,
    "mutation.renewReceiverKey": Scope.INVOICES_SEND,
    "mutation.revokeReceiverKey": Scope.INVOICES_SEND,
}
"""What each field needs; None: nothing. A mutation's answer may show the invoice that it was about, without more."""


def check_scopes(document: DocumentNode, operation: OperationDefinitionNode, granted: Set[Scope]) -> None:
    """Raise :class:`ScopeMissing` where the operation begins with a field that these scopes do not give."""
    if granted >= ALL_SCOPES:
        return
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    for name in _names(operation.selection_set, fragments, set()):
        field = f"{operation.operation.value}.{name}"
        if name.startswith("__"):
            continue
        for scope in _needed(field):
            if scope not in granted:
                raise ScopeMissing(scope, f"{name} ({operation.operation.value})")


def _needed(field: str) -> list[Scope]:
    if field not in NEEDS:
        return sorted(ALL_SCOPES)
    scope = NEEDS[field]
    return [] if scope is None else [scope]


def _names(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], opened: set[str]
) -> Iterator[str]:
    """The fields that an operation begins with, skipped ones too: what is not run costs nothing to have a right to."""
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node.name.value
        elif isinstance(node, InlineFragmentNode):
            yield from _names(node.selection_set, fragments, opened)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in opened:
            opened.add(node.name.value)
            yield from _names(fragments[node.name.value].selection_set, fragments, opened)
