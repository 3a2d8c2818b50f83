"""The schema is the one that is checked in, holds all of the contract, and explains itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    find_breaking_changes,
    lexicographic_sort_schema,
    print_ast,
    print_schema,
    validate_schema,
)
from graphql import (
    build_schema as read_schema,
)

from tramesa.graphql.schema import schema_text

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT.parent / "shared" / "contract.graphql"

needs_contract = pytest.mark.skipif(not CONTRACT.exists(), reason=f"no {CONTRACT}: it is not part of the repository")


def contract() -> GraphQLSchema:
    return read_schema(CONTRACT.read_text())


def ours() -> GraphQLSchema:
    return read_schema(schema_text())


def own_types(schema: GraphQLSchema) -> dict[str, Any]:
    """Without introspection's and GraphQL's own scalars."""
    builtin = {"Int", "Float", "String", "Boolean", "ID"}
    return {name: type_ for name, type_ in schema.type_map.items() if not name.startswith("__") and name not in builtin}


def shape(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Everything that a client can rely on: where, and what."""
    for name, type_ in own_types(schema).items():
        yield name, type(type_).__name__
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{value}", "value") for value in type_.values)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            yield from ((f"{name}: {interface.name}", "implements") for interface in type_.interfaces)
            for field_name, field in type_.fields.items():
                yield f"{name}.{field_name}", str(field.type)
                for argument_name, argument in field.args.items():
                    yield f"{name}.{field_name}({argument_name})", promised(argument)
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{field_name}", promised(field)) for field_name, field in type_.fields.items())


def promised(argument: Any) -> str:
    default = argument.ast_node.default_value
    return str(argument.type) if default is None else f"{argument.type} = {print_ast(default)}"


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    for name, type_ in own_types(schema).items():
        yield name, type_.description
        for value_name, value in getattr(type_, "values", {}).items():
            yield f"{name}.{value_name}", value.description
        for field_name, field in getattr(type_, "fields", {}).items():
            yield f"{name}.{field_name}", field.description
            for argument_name, argument in getattr(field, "args", {}).items():
                yield f"{name}.{field_name}({argument_name})", argument.description


def test_the_schema_is_the_one_that_is_checked_in() -> None:
    assert (ROOT / "schema.graphql").read_text() == schema_text()


def test_the_schema_that_is_checked_in_is_valid_and_sorted() -> None:
    schema = read_schema((ROOT / "schema.graphql").read_text())

    assert validate_schema(schema) == []
    assert print_schema(lexicographic_sort_schema(schema)) + "\n" == schema_text()


def test_every_list_with_cursors_is_a_connection_as_relay_and_apollo_page_it() -> None:
    schema = ours()
    connections = {name: type_ for name, type_ in schema.type_map.items() if name.endswith("Connection")}

    assert len(connections) == 11
    for name, type_ in connections.items():
        assert {"edges", "nodes", "pageInfo"} <= type_.fields.keys(), name
        assert schema.type_map[name.removesuffix("Connection") + "Edge"].fields.keys() == {"node", "cursor"}


@needs_contract
def test_the_schema_has_all_of_the_contract() -> None:
    found, promises = dict(shape(ours())), dict(shape(contract()))

    assert {place: found.get(place) for place in promises} == promises


@needs_contract
def test_the_schema_breaks_no_client_of_the_contract() -> None:
    assert find_breaking_changes(contract(), ours()) == []


ADDED = {
    "": "Account Address Adjustment Contact Delivery DocumentParty Exchange Factoring FactoringDocument Identifier"
    " InvoiceDetails IssuerType Item ItemProperty LineTax Note PaymentOnAccount Period PersonName PlaceOfIssue"
    " Receipt Reference ReferenceKind Registration ReimbursableExpense Settlement"
    " SignerRelation SpecialTaxableEvent SupportingDocument",
    "Attachment": "reference sha256",
    "CorrectedInvoice": "detail period",
    "DocumentFormat": "PDF UBL_2_1",
    "Invoice": "details document(format) document(language) documentIssuer documentReceiver findings receipt"
    " receipt(language)",
    "InvoiceDocument": "findings",
    "InvoiceLine": "articleCode charges cost discounts extensions information item lineNumber period references"
    " specialEvent specialEventReason taxes transactionDate unitCode",
    "Office": "address contact gln operationalPoint responsible",
    "OfficeRole": "COLLECTION COLLECTOR ISSUER PAYEE SELLER",
    "PaymentInstallment": "cardHolder cardNetwork cardNumber credited creditorId debitReference debited dueDateStated"
    " information mandate meansCode meansText reference regulatory",
    "Query": "feedCursor feedCursor(role)",
    "SignatureCheck": "certificateIssuer relation role serial signerTaxId",
    "TaxTotal": "amountInEuros baseInEuros category exemptionCode exemptionReason specialAmount specialAmountInEuros"
    " specialBase specialBaseInEuros surchargeAmount surchargeInEuros surchargeRate",
}

DESK = {
    "": "LimitUserToOfficesInput PartyUser PartyUserPayload SetUserActiveInput SetUserRolesInput"
    " InvoiceStatistics InvoiceSummaryEvent SummaryGroup"
    " DeleteFilterInput DeleteFilterPayload InvoiceFilterParts InvoiceOrderParts SaveFilterInput SavedFilter"
    " SavedFilterPayload UpdateFilterInput",
    "InvoiceFilter": "office officeRole",
    "Mutation": "limitUserToOffices limitUserToOffices(input) setUserActive setUserActive(input) setUserRoles"
    " setUserRoles(input) deleteFilter deleteFilter(input) saveFilter saveFilter(input) updateFilter"
    " updateFilter(input)",
    "Query": "invoiceStatistics invoiceStatistics(filter) invoiceStatistics(groupBy) invoiceStatistics(role)"
    " invoiceSummary(groupBy) partyUsers savedFilters savedFilters(role)",
    "StatusSummary": "counterparty daysToPay daysWaiting longestWaiting month office officeName waiting",
    "Subscription": "invoiceSummaryChanged invoiceSummaryChanged(filter) invoiceSummaryChanged(groupBy)"
    " invoiceSummaryChanged(role)",
    "Viewer": "officeCodes",
}
"""What the receiver's desk adds."""

PROGRAMS = {
    "": "ApiToken ApiTokenConnection ApiTokenEdge CreateApiTokenInput CreateApiTokenPayload"
    " RevokeApiTokenInput RevokeApiTokenPayload Scope"
    " ChangeStatusesInput ChangeStatusesPayload ConfirmDeliveryInput ConfirmDeliveryPayload InvoiceResult"
    " PendingInvoices StatusChangeInput"
    " CreateWebhookInput DeliveryState DisabledWhy RedeliverInput UpdateWebhookInput Webhook WebhookDelivery"
    " WebhookDeliveryConnection WebhookDeliveryEdge WebhookDeliveryPayload WebhookEvent WebhookInput WebhookPayload"
    " WebhookSecretPayload WebhookState"
    " CreateDocumentArchiveInput CreateDocumentArchivePayload DocumentArchive",
    "Mutation": "createApiToken createApiToken(input) revokeApiToken revokeApiToken(input)"
    " changeStatuses changeStatuses(input) confirmDelivery confirmDelivery(input)"
    " createWebhook createWebhook(input) updateWebhook updateWebhook(input) deleteWebhook deleteWebhook(input)"
    " rotateWebhookSecret rotateWebhookSecret(input) testWebhook testWebhook(input) redeliver redeliver(input)"
    " createDocumentArchive createDocumentArchive(input)",
    "Query": "apiTokens apiTokens(after) apiTokens(first) pendingInvoices pendingInvoices(first) webhooks",
    "Viewer": "scopes",
}
"""What accounting programs have of their own."""

CANCELLATION = {
    "": "AcceptCancellationInput Cancellation CancellationAct CancellationChangeConnection CancellationChangeEdge"
    " CancellationChangedEvent CancellationEvent CancellationPayload CancellationRefusal CancellationRefused"
    " CancellationState RefuseCancellationInput RequestCancellationInput WithdrawCancellationInput"
    " TrackedInvoice TrackedStep",
    "CorrectedInvoice": "invoice",
    "Invoice": "canAnswerCancellation canRequestCancellation canWithdrawCancellation cancellation correctedBy",
    "InvoiceFilter": "cancellationPending",
    "Mutation": "acceptCancellation acceptCancellation(input) refuseCancellation refuseCancellation(input)"
    " requestCancellation requestCancellation(input) withdrawCancellation withdrawCancellation(input)",
    "Query": "cancellationChanges cancellationChanges(after) cancellationChanges(first) cancellationChanges(role)"
    " cancellationCursor cancellationCursor(role) trackInvoice trackInvoice(amount) trackInvoice(issuerTaxId)"
    " trackInvoice(number) trackInvoice(receiverTaxId)",
    "Subscription": "cancellationChanged cancellationChanged(after) cancellationChanged(role)",
    "UserErrorCode": "CANCELLATION_REFUSED",
}
"""Taking an invoice back, corrections, and following without an account."""

NOTICES = {
    "": "NoticeAddress NoticeEvent NoticeTiming Notification NotificationConnection NotificationEdge NotificationFilter"
    " NotificationKind NotificationState RemoveNoticeAddressInput RemoveNoticeAddressPayload ResendNotificationInput"
    " ResendNotificationPayload SaveNoticeAddressInput SaveNoticeAddressPayload",
    "Mutation": "removeNoticeAddress removeNoticeAddress(input) resendNotification resendNotification(input)"
    " saveNoticeAddress saveNoticeAddress(input)",
    "Query": "noticeAddresses notifications notifications(after) notifications(filter) notifications(first)",
}

PLATFORMS = {
    "": "CancellationTravel InvoiceTravel PlatformAnswerCancellationInput"
    " PlatformAnswerCancellationPayload PlatformCancellation"
    " PlatformDeliverInvoiceInput PlatformDeliverInvoicePayload PlatformDirectoryEntry PlatformFeed"
    " PlatformFeedEntry PlatformReportStatesInput PlatformReportStatesPayload PlatformRequestCancellationInput"
    " PlatformRequestCancellationPayload PlatformState PlatformStateInput TravelDirection TravelReceipt TravelState",
    "Invoice": "travel",
    "Mutation": "platformAnswerCancellation platformAnswerCancellation(input) platformDeliverInvoice"
    " platformDeliverInvoice(input) platformReportStates platformReportStates(input) platformRequestCancellation"
    " platformRequestCancellation(input)",
    "Query": "platformCancellations platformCancellations(requestIds) platformDirectory platformDirectory(taxIds)"
    " platformStates platformStates(after) platformStates(first)",
    "StatusChange": "reportedAt unexpected",
}
"""What other platforms need, and what is shown of them."""

ONBOARDING = {
    "": "AcceptInvitationInput AcceptInvitationPayload CreateReceiverKeyInput Invitation InvitationConnection"
    " InvitationEdge InvitationEvent InvitationEventConnection InvitationEventEdge InvitationEventKind KeyState"
    " ReceiverKey ReceiverKeyConnection ReceiverKeyEdge"
    " ReceiverKeyInput ReceiverKeyPayload RenewInvitationInput RenewInvitationPayload RevokeReceiverKeyPayload",
    "ImportInvoiceInput": "invitationLanguage receiverEmail",
    "Mutation": "acceptInvitation acceptInvitation(input) createReceiverKey createReceiverKey(input) renewInvitation"
    " renewInvitation(input) renewReceiverKey renewReceiverKey(input) revokeReceiverKey revokeReceiverKey(input)",
    "Query": "invitationEvents invitationEvents(after) invitationEvents(first) invitationEvents(receiverTaxId)"
    " invitations invitations(after) invitations(first) invitations(receiverTaxId)"
    " receiverKeys receiverKeys(after) receiverKeys(first) receiverKeys(receiverTaxId)",
    "ReceiverInput": "email language",
}
"""What there is of receivers who are not here yet."""

PEOPLE = {
    "": "AcceptUserInvitationInput ChangePasswordInput ChangePasswordPayload InviteUserInput PartyUserEvent"
    " PartyUserEventConnection PartyUserEventEdge PartyUserEventKind RequestPasswordResetInput"
    " RequestPasswordResetPayload ResetPasswordInput RevokeUserInvitationInput UserInvitation"
    " UserInvitationConnection UserInvitationEdge UserInvitationPayload",
    "Mutation": "acceptUserInvitation acceptUserInvitation(input) changePassword changePassword(input) inviteUser"
    " inviteUser(input) requestPasswordReset requestPasswordReset(input) resetPassword resetPassword(input)"
    " revokeUserInvitation revokeUserInvitation(input)",
    "Query": "partyUserEvents partyUserEvents(after) partyUserEvents(first) userInvitations userInvitations(after)"
    " userInvitations(first)",
    "UserErrorCode": "LAST_ADMINISTRATOR",
}
"""How people come in, and what is done to them."""

CONTENT = {
    "": "FurtherElement ItemInstance",
    "Finding": "message(language)",
    "InvoiceLine": "subLines",
    "PaymentInstallment": "percent",
}
"""What UBL says beyond EN 16931, and what findings say in other languages."""

TOPICS = (ADDED, DESK, PROGRAMS, CANCELLATION, NOTICES, PLATFORMS, ONBOARDING, PEOPLE, CONTENT)
"""A topic has a table of its own, so that two that grow at once do not meet."""


@needs_contract
def test_what_the_schema_adds_to_the_contract_is_known() -> None:
    # An addition is a promise too: it is made here, not by the way.
    added = {place for place, _ in shape(ours())} - {place for place, _ in shape(contract())}
    types = [name for topic in TOPICS for name in topic.get("", "").split()]
    rows = [(name, parts) for topic in TOPICS for name, parts in topic.items() if name]
    parts = {f"{name}.{part}" for name, parts in rows for part in parts.split()}
    assert {place for place in added if re.split(r"[.:]", place)[0] not in types} == parts
    assert {place for place in added if "." not in place and ":" not in place} == set(types)


def test_everything_is_described() -> None:
    found = dict(described(ours()))

    assert {place for place, text in found.items() if not (text or "").strip()} == set()
    assert set(found) == {place for place, what in shape(ours()) if what != "implements"}


def test_the_scalars_are_those_of_the_contract() -> None:
    scalars = {name for name, type_ in own_types(ours()).items() if isinstance(type_, GraphQLScalarType)}

    assert scalars == {"Date", "DateTime", "Decimal", "Upload"}
